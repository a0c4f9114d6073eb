"""A store moves to another database whole, or it is said that it did not."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from meetbot.errors import UserError
from meetbot.store import copying, due, seal
from meetbot.store import registration as store_registration
from meetbot.store.engine import Store, open_store
from tests import postgres
from tests.store import builders
from tests.store.builders import LINK, NOW

Address = Callable[[str], str]


@pytest.fixture(params=["sqlite to postgres", "postgres to sqlite", "sqlite to sqlite"])
def ways(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Addresses of a source and of a target that does not exist yet."""
    made: list[str] = []

    def address(kind: str, name: str) -> str:
        if kind == "sqlite":
            return f"sqlite+aiosqlite:///{tmp_path / name}.db"
        made.append(postgres.shared().address(f"copying_{name}"))
        return made[-1]

    source, _, target = request.param.partition(" to ")
    yield address(source, "source"), address(target, "target")
    for one in made:
        postgres.drop(one)


async def opened(folder: Path, address: str) -> Store:
    return await open_store(address, seal.from_settings("", folder))


async def fill(folder: Path, address: str) -> None:
    """A store with each kind of value: links, letters, booleans, JSON that is null and JSON that is not there."""
    store = await opened(folder, address)
    async with store.transaction() as tx:
        await builders.meeting(tx)
        dara = await builders.admitted(tx, store, name="Sók Dárá 中文 ខ្មែរ")
        await builders.put(tx, builders.message(dara))
        await builders.cues(tx, *[NOW] * 2500)
        await tx.execute(text("UPDATE meeting SET confirmed = 'null'"))
        await builders.meeting(tx, "second")
    await store.aclose()


async def test_a_store_arrives_as_it_was_and_goes_on(ways: tuple[str, str], tmp_path: Path) -> None:
    """Every row is equal there, the join link opens, and new rows get numbers of their own."""
    source, target = ways
    await fill(tmp_path, source)

    copied = await asyncio.to_thread(copying.copy, source, target)

    assert copied == await asyncio.to_thread(copying.look, source)
    assert copied.tables["due"].rows == 2501
    assert await asyncio.to_thread(copying.compare, source, target) == {}
    moved = await opened(tmp_path, target)
    async with moved.transaction() as tx:
        link = await store_registration.join_link(tx, 1, moved.links)
        another = await builders.registrant(tx, "other@npic.example")
        await due.add(tx, due.Kind.PUSH, "2", NOW)
    await moved.aclose()
    assert link is not None and link.reveal() == LINK
    assert another.id == 2


async def test_what_differs_is_found(ways: tuple[str, str], tmp_path: Path) -> None:
    """One changed name among thousands of rows shows in its table."""
    source, target = ways
    await fill(tmp_path, source)
    await asyncio.to_thread(copying.copy, source, target)
    moved = await opened(tmp_path, target)
    async with moved.transaction() as tx:
        await tx.execute(text("UPDATE registrant SET name = 'Another'"))
    await moved.aclose()

    assert list(await asyncio.to_thread(copying.compare, source, target)) == ["registrant"]


async def test_a_copy_that_was_broken_off_is_finished(ways: tuple[str, str], tmp_path: Path) -> None:
    """Until then no program opens the target; the tables that had arrived are not copied again."""
    source, target = ways
    await fill(tmp_path, source)

    def stop_at(said: str) -> None:
        if said.startswith("meeting:"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await asyncio.to_thread(copying.copy, source, target, stop_at)
    with pytest.raises(UserError, match="migrate-store"):
        await opened(tmp_path, target)
    said: list[str] = []
    await asyncio.to_thread(copying.copy, source, target, said.append)

    assert await asyncio.to_thread(copying.compare, source, target) == {}
    assert "registrant: 1 rows" in said
    assert "due: 2501 rows" not in said
    await (await opened(tmp_path, target)).aclose()


def test_P17_a_copy_that_was_killed_is_finished(tmp_path: Path) -> None:
    """`kill -9` at whatever moment leaves the source as it was and a target that the same command finishes."""
    source, target = builders.address(tmp_path), postgres.shared().address("copying_killed")
    asyncio.run(fill(tmp_path, source))
    program = f"from meetbot.store import copying; copying.copy({source!r}, {target!r}, print)"
    for lines in (1, 4, 9):
        with subprocess.Popen([sys.executable, "-u", "-c", program], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for _ in range(lines):
                process.stdout.readline()
            process.send_signal(signal.SIGKILL)

    copied = copying.copy(source, target)

    assert copying.compare(source, target) == {}
    assert copied.tables["due"].rows == 2501
    postgres.drop(target)


async def test_a_target_with_another_programme_is_left_as_it_is(ways: tuple[str, str], tmp_path: Path) -> None:
    """Nothing is deleted that this copy did not bring; copied twice, the second time finds all of it there."""
    source, target = ways
    await fill(tmp_path, source)
    taken = await opened(tmp_path, target)
    async with taken.transaction() as tx:
        await builders.meeting(tx, "theirs")
    await taken.aclose()

    with pytest.raises(UserError, match=r"holds another store \(meeting has rows\)"):
        await asyncio.to_thread(copying.copy, source, target)

    left = await asyncio.to_thread(copying.look, target)
    assert {name: one.rows for name, one in left.tables.items() if one.rows} == {"meeting": 1}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sqlite:////nowhere/at/all.db", "there is no store here"),
        ("no address", "that is no address of a database"),
        ("postgresql+psycopg://me:S3cret@127.0.0.1:1/x", "connection failed"),
        ("mysql+mysqldb://me:S3cret@host/x", "needs the package MySQLdb"),
        ("postgresql+psycopg2://me:S3cret@host/x", "begin the address with postgresql+psycopg://"),
    ],
)
def test_P40_a_source_that_is_none_is_named(tmp_path: Path, address: str, said: str) -> None:
    """The answer says what is wrong and no password; the target is not made."""
    with pytest.raises(UserError) as refused:
        copying.copy(address, f"sqlite:///{tmp_path / 'target.db'}")

    assert said in str(refused.value)
    assert "S3cret" not in str(refused.value)
    assert not (tmp_path / "target.db").exists()


def test_an_older_schema_is_copied_as_it_is(tmp_path: Path) -> None:
    """A backup before an upgrade must be one that the program of before can read."""
    from meetbot.store import migrations

    old, target = f"sqlite:///{tmp_path / 'old.db'}", f"sqlite:///{tmp_path / 'target.db'}"
    engine = create_engine(old)
    migrations.upgrade(engine, None, to="0002")
    engine.dispose()

    copied = copying.copy(old, target)

    assert copied.schema == "0002"
    assert copying.compare(old, target) == {}
