"""The file that holds the truth is opened safely, or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import String, create_engine, text
from sqlalchemy.exc import IntegrityError

from meetbot.errors import StoreAway, UserError
from meetbot.store import seal, tables
from meetbot.store.engine import open_store
from tests.store import builders

WRITERS, WRITES = 20, 5


def print_of(folder: Path) -> dict[str, str]:
    """Every file in the folder with a digest of what is in it."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


async def filled(folder: Path) -> Path:
    """A store with two hundred people, closed; the path of its file."""
    store = await builders.opened(folder)
    async with store.transaction() as tx:
        await builders.meeting(tx)
        for number in range(200):
            await builders.registrant(tx, f"person{number}@npic.example")
    await store.aclose()
    return folder / "meetbot.db"


async def test_what_is_acknowledged_survives_a_power_cut(tmp_path: Path) -> None:
    """Write-ahead log, synced at every commit, references kept, and a writer waits ten seconds for its turn."""
    store = await builders.opened(tmp_path)

    async with store.transaction() as tx:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = {name: (await tx.exec_driver_sql(f"PRAGMA {name}")).scalar_one() for name in names}
    await store.aclose()

    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


async def test_a_reference_to_nothing_is_refused(tmp_path: Path) -> None:
    """The pragma is not only set: a registrant of no meeting cannot be written."""
    store = await builders.opened(tmp_path)

    with pytest.raises(IntegrityError):
        async with store.transaction() as tx:
            await builders.registrant(tx)
    await store.aclose()


async def test_all_of_a_transaction_is_kept_or_none_of_it(tmp_path: Path) -> None:
    """An error in the middle leaves nothing behind."""
    store = await builders.opened(tmp_path)

    with pytest.raises(ZeroDivisionError):
        async with store.transaction() as tx:
            await builders.cues(tx, builders.NOW)
            raise ZeroDivisionError
    left = await builders.rows(store)
    await store.aclose()

    assert left == []


async def test_P20_F50_twenty_writers_at_once_wait_for_each_other(tmp_path: Path) -> None:
    """As many processes read, then write what they read plus one: none is refused, no count is lost."""
    stores = [await builders.opened(tmp_path) for _ in range(WRITERS)]
    async with stores[0].transaction() as tx:
        await tx.execute(text("INSERT INTO node (name, fencing, lease_until) VALUES ('count', 0, 0)"))

    async def count(number: int) -> None:
        for _ in range(WRITES):
            async with stores[number].transaction() as tx:
                found = await tx.scalar(text("SELECT fencing FROM node")) or 0
                await asyncio.sleep(0)
                await tx.execute(text("UPDATE node SET fencing = :next"), {"next": found + 1})

    await asyncio.gather(*(count(number) for number in range(WRITERS)))

    async with stores[0].reading() as tx:
        assert await tx.scalar(text("SELECT fencing FROM node")) == WRITERS * WRITES
    for store in stores:
        await store.aclose()


async def test_a_reader_neither_waits_for_a_writer_nor_sees_half_of_its_work(tmp_path: Path) -> None:
    """While a transaction is open in another process, the state before it is there to be read, at once."""
    writer, reader = await builders.opened(tmp_path), await builders.opened(tmp_path)

    async with writer.transaction() as tx:
        await builders.cues(tx, builders.NOW)
        async with asyncio.timeout(5):
            before = await builders.rows(reader)
    after = await builders.rows(reader)
    await writer.aclose()
    await reader.aclose()

    assert (before, after) == ([], [("cue1", "waiting", None)])


async def test_an_empty_database_becomes_what_the_tables_say(tmp_path: Path) -> None:
    """The migrations and the tables in code do not differ in a column, a type or an index.

    SQLite looks at no length, so none is changed there.
    """
    store = await builders.opened(tmp_path / "made" / "on the way")
    await store.aclose()
    engine = create_engine(f"sqlite:///{tmp_path / 'made' / 'on the way' / 'meetbot.db'}")

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _other_than_in_length})
        differences = compare_metadata(context, tables.metadata)
    engine.dispose()

    assert differences == []


def _other_than_in_length(_context: Any, _found: Any, _meant: Any, found_type: Any, meant_type: Any) -> bool | None:
    return False if isinstance(found_type, String) and isinstance(meant_type, String) else None


async def test_opening_again_finds_what_was_written(tmp_path: Path) -> None:
    """A restart migrates nothing and loses nothing."""
    await filled(tmp_path)

    store = await builders.opened(tmp_path)
    async with store.reading() as tx:
        people = await tx.scalar(text("SELECT count(*) FROM registrant"))
    await store.aclose()

    assert people == 200


def take_away(path: Path, what: str) -> None:
    path.rename(path.with_suffix(".aside"))
    if what == "replaced":
        path.write_bytes(b"")


@pytest.mark.parametrize("what", ["deleted", "replaced"])
async def test_P24_nothing_is_written_into_a_file_that_lies_there_no_more(tmp_path: Path, what: str) -> None:
    """Deleted, or another put in its place, under a process: it says so, and neither reads nor writes what is lost."""
    store = await builders.opened(tmp_path)
    take_away(Path(store.engine.url.database or ""), what)

    with pytest.raises(StoreAway, match="was moved, deleted or replaced under this process; start it again"):
        async with store.transaction():
            pass
    with pytest.raises(StoreAway):
        async with store.reading():
            pass
    await store.aclose()


async def test_P40_a_missing_driver_is_told_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever installed meetbot without the extra for PostgreSQL learns how to add it, and no password is shown."""
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(UserError) as refused:
        await open_store("postgresql+psycopg://me:S3cret@host/x", seal.from_settings("", tmp_path))

    assert str(refused.value) == (
        "MEETBOT_DATABASE_URL: PostgreSQL needs its driver: "
        "pip install 'meetbot[postgres]', or in a checkout scripts/setup postgres"
    )
