"""The state of everything as one document. Counted by the database, and no list in it is longer than 20 lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meetbot.cli.status import letters, meetings, serving, work
from meetbot.cli.status.look import Look
from meetbot.store import figures

if TYPE_CHECKING:
    from meetbot.bootstrap import App


async def made(app: App) -> dict[str, Any]:
    """Instants in UTC, and beside them as the organiser's clock shows them."""
    programme, now = await app.programme(), app.clock.now()
    async with app.store.reading() as tx:
        look = Look(tx, programme, now)
        of_letters, letters_more = await letters.part(look)
        of_work, work_more = await work.part(look)
        return {
            "programme": programme.key if programme else None,
            "zone": look.zone,
            **await serving.part(look),
            "meetings": await meetings.part(look, hears=bool(app.settings.webhook_secrets)),
            "bilaterals": dict(await figures.pairs(tx)),
            **of_letters,
            **of_work,
            "more": {**work_more, **letters_more},
        }
