"""What the database counts for the status."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from meetbot.store import figures
from meetbot.store.engine import Store
from meetbot.store.tables import message as message_table
from tests.store.builders import NOW, after, message, put, registrant

pytestmark = pytest.mark.every_database


async def test_F23_how_fast_letters_left_is_told_without_the_idle_time(store: Store) -> None:
    """Three within ten seconds and one a minute later are four in twenty seconds; one of before is not counted."""
    accepted_at = [after(seconds=-1), NOW, after(seconds=3), after(seconds=9), after(seconds=63)]
    async with store.transaction() as tx:
        to = await registrant(tx)
        await put(tx, *(message(to, f"link:{number}") for number in range(6)))
        for number, at in enumerate(accepted_at, 1):
            await tx.execute(update(message_table).where(message_table.c.id == number).values(accepted_at=at))

        sent = await figures.letters_accepted(tx, since=NOW)

    assert sent == figures.Sent(4, timedelta(seconds=20))
