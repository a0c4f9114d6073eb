"""The programme in force: the file applied last, with what was adopted from Zoom, agreed and answered since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from meetbot.core import meetings
from meetbot.core.bilaterals import with_agreed, with_spoken
from meetbot.core.model import Programme
from meetbot.errors import UserError
from meetbot.files import programme as programme_file
from meetbot.store import locks, programmes
from meetbot.store import meetings as store_meetings
from meetbot.store.engine import Transaction


def of(applied: programmes.Applied) -> Programme:
    """The programme that this row stands for, at the instants that were meant when it was applied."""
    return replace(put_together(applied), number=applied.id)


def put_together(applied: programmes.Applied) -> Programme:
    """The file with all that has come to it since."""
    written = meetings.with_starts(programme_file.load(applied.text, applied.name), applied.starts)
    peers = with_spoken(with_agreed(written, applied.agreed), applied.spoken)
    return meetings.with_adopted(peers, applied.adopted)


def starts(programme: Programme) -> Mapping[str, datetime]:
    """When each meeting starts, to be kept with the programme."""
    return {key: meeting.interval.start for key, meeting in programme.meetings.items()}


async def in_force(tx: Transaction) -> Programme:
    """UserError before the first apply."""
    applied = await programmes.latest(tx)
    if applied is None:
        raise UserError("No programme has been applied yet. Begin with: meetbot plan FILE, meetbot apply FILE")
    return of(applied)


async def alone(tx: Transaction) -> None:
    """Until this transaction ends nobody else changes the programme, or decides about a meeting or its day."""
    await locks.alone(tx, locks.PROGRAMME)
    known = await store_meetings.all_(tx)
    await locks.alone(tx, *map(locks.meeting, known), *map(locks.rundown, known))
