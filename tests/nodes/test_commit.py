"""A COMMIT whose answer was lost is looked up, and the store's bell rings in other processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from itertools import count
from pathlib import Path
from typing import Literal

import pytest
from sqlalchemy import text

from meetbot.errors import StoreAway
from meetbot.store import bell, due, engine, seal
from meetbot.store.engine import Store
from tests import postgres
from tests.nodes import cut
from tests.store import builders

_numbers = count()


@pytest.fixture
async def line(server: postgres.Server) -> AsyncIterator[cut.Line]:
    async with cut.line_to(server.folder / ".s.PGSQL.5432") as made:
        yield made


@pytest.fixture
async def store(tmp_path: Path, server: postgres.Server, line: cut.Line) -> AsyncIterator[Store]:
    """A store at the other end of that line."""
    name = f"commit{next(_numbers)}"
    server.address(name)
    address = f"postgresql+psycopg://meetbot@127.0.0.1:{line.port}/{name}"
    made = await engine.open_store(address, seal.from_settings("", tmp_path))
    async with made.transaction() as tx:
        await builders.meeting(tx)
    yield made
    await made.aclose()


async def test_F53_a_commit_that_arrived_is_not_repeated(store: Store, line: cut.Line) -> None:
    """The line breaks before the answer: the look-up finds it committed, and the caller never hears of it."""
    line.cut = "after"

    async with store.transaction() as tx:
        await builders.cues(tx, builders.NOW)

    assert line.cuts == 1
    assert await builders.rows(store) == [("cue1", "waiting", None)]


async def test_F53_a_commit_that_did_not_arrive_is_told_as_nothing_written(store: Store, line: cut.Line) -> None:
    """The line breaks on the way there: the look-up finds it aborted, and nothing of it is in the store."""
    line.cut = "before"

    with pytest.raises(StoreAway):
        async with store.transaction() as tx:
            await builders.cues(tx, builders.NOW)

    assert line.cuts == 1
    assert await builders.rows(store) == []


async def test_a_connection_that_broke_while_idle_is_replaced_unseen(store: Store, line: cut.Line) -> None:
    """Nothing had been said on it: the next transaction begins on another one."""
    line.close()

    async with store.transaction() as tx:
        await builders.cues(tx, builders.NOW)

    assert await builders.rows(store) == [("cue1", "waiting", None)]


@pytest.mark.parametrize(("state", "rings"), [("waiting", True), ("done", False)])
async def test_other_processes_hear_of_what_waits_and_of_nothing_else(
    store: Store, state: Literal["waiting", "done"], rings: bool
) -> None:
    """One ring for each statement, however many rows begin to wait by it; none for a row that ends."""
    async with store.transaction() as tx:
        await builders.cues(tx, *[builders.NOW] * 300)

    async with aclosing(bell.rings(store)) as heard:
        await anext(heard)  # it listens
        async with store.transaction() as tx:
            await tx.execute(text("UPDATE due SET state = :state"), {"state": state})
        again = asyncio.ensure_future(anext(heard))
        if not rings:
            async with store.transaction() as tx:
                await due.add(tx, due.Kind.REMINDER, "a ring after all", builders.NOW)
        await again
        async with store.transaction() as tx:
            told = await tx.scalar(text("SELECT pg_notification_queue_usage()"))

    assert told == 0


async def test_F53_a_database_that_takes_no_writes_counts_as_away(store: Store, server: postgres.Server) -> None:
    """A standby answers questions, and is no place to work."""
    async with store.reading() as tx:
        name = await tx.scalar(text("SELECT current_database()"))
    server.say(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    await store.engine.dispose()

    with pytest.raises(StoreAway, match="read-only"):
        async with store.transaction() as tx:
            await builders.cues(tx, builders.NOW)
