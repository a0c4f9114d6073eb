"""The programme in force: the file that was applied last, with what was adopted from Zoom's own pages since."""

from __future__ import annotations

from meetbot.core import meetings
from meetbot.core.model import Programme
from meetbot.errors import UserError
from meetbot.files import programme as programme_file
from meetbot.store import programmes
from meetbot.store.engine import Transaction


def of(applied: programmes.Applied) -> Programme:
    """The programme that this row stands for."""
    return meetings.with_adopted(programme_file.load(applied.text, applied.name), applied.adopted)


async def in_force(tx: Transaction) -> Programme:
    """UserError before the first apply."""
    applied = await programmes.latest(tx)
    if applied is None:
        raise UserError("No programme has been applied yet. Begin with: meetbot plan FILE, meetbot apply FILE")
    return of(applied)
