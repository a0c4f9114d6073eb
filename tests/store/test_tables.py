"""Instants are kept exactly, and only if everybody can say what they mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import StatementError

from meetbot.store import due
from meetbot.store.engine import Store
from tests.store.builders import rows


@pytest.mark.parametrize(
    ("instant", "kept"),
    [
        (datetime(2021, 11, 10, 7, 0, tzinfo=UTC), 1636527600000000),
        (datetime(2021, 11, 10, 13, 30, tzinfo=timezone(timedelta(hours=6, minutes=30))), 1636527600000000),
        (datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), -1),
        (datetime(2199, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), 7258118399999999),
    ],
)
async def test_an_instant_is_kept_to_the_microsecond(store: Store, instant: datetime, kept: int) -> None:
    """As a number that any database can add to, and back as the same instant in UTC."""
    async with store.transaction() as tx:
        await due.add(tx, due.Kind.CUE, "one", instant)
        found = await due.next_at(tx)
        on_disk = (await tx.exec_driver_sql("SELECT due_at FROM due")).scalar_one()

    assert (found, found.tzinfo if found else None, on_disk) == (instant, UTC, kept)


async def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    """Nobody can say which instant it is; nothing is written."""
    with pytest.raises(StatementError, match=r"naive datetime .* an instant needs a zone"):
        async with store.transaction() as tx:
            await due.add(tx, due.Kind.CUE, "one", datetime(2021, 11, 10, 14, 0))  # noqa: DTZ001

    assert await rows(store) == []
