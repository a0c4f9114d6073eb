"""A damaged store is never written to, and says what is wrong, where the copy is, and what to do."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from meetbot.errors import UserError
from tests.store import builders

PAGE = 4096
NOBODY = 65534

Damage = Callable[[bytes], bytes]


async def filled(folder: Path) -> Path:
    """A store with two hundred people, closed; the path of its file."""
    store = await builders.opened(folder)
    async with store.transaction() as tx:
        await builders.meeting(tx)
        for number in range(200):
            await builders.registrant(tx, f"person{number}@npic.example")
    await store.aclose()
    with closing(sqlite3.connect(folder / "meetbot.db")) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return folder / "meetbot.db"


def print_of(folder: Path) -> dict[str, str]:
    """Every file with a digest of what is in it; an empty log of SQLite and its index are no content."""
    files = [path for path in folder.iterdir() if path.is_file() and not path.name.endswith(("-wal", "-shm"))]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def copies(folder: Path) -> list[Path]:
    return list(folder.glob("meetbot.db.damaged-*"))


def at(place: int, fresh: bytes) -> Damage:
    """These bytes from that place on; a place below 0 counts from the end."""

    def write(file: bytes) -> bytes:
        begin = place % len(file)
        return file[:begin] + fresh + file[begin + len(fresh) :]

    return write


def cut(part: float, less: int = 0) -> Damage:
    return lambda file: file[: int(len(file) * part) - less]


def two_pages_swapped(file: bytes) -> bytes:
    return file[: 2 * PAGE] + file[3 * PAGE : 4 * PAGE] + file[2 * PAGE : 3 * PAGE] + file[4 * PAGE :]


def a_page_twice(file: bytes) -> bytes:
    return file[: 3 * PAGE] + file[2 * PAGE : 3 * PAGE] + file[4 * PAGE :]


def on_the_page_of_people(fresh: bytes, offset: int = 0) -> Damage:
    """On the first leaf page of the table of registrants."""
    return lambda file: at(file.index(b"person0@npic.example") // PAGE * PAGE + offset, fresh)(file)


DAMAGES: dict[str, Damage] = {
    "header zeroed": at(0, bytes(100)),
    "one bit of the first bytes": at(0, b"R"),
    "page size": at(16, b"\x00\x03"),
    "first page zeroed": at(0, bytes(PAGE)),
    "first page's type": at(100, b"\x42"),
    "first page's cell count": at(103, b"\xff\xff"),
    "names of the tables": lambda file: file.replace(b"CREATE TABLE registrant", b"CREATE TXBLE registrant"),
    "cut in half": cut(0.5),
    "cut within a page": cut(0.5, less=-1000),
    "cut to the first page": lambda file: file[:PAGE],
    "cut within the header": lambda file: file[:50],
    "the last page lost": lambda file: file[:-PAGE],
    "all zeros": lambda file: bytes(len(file)),
    "one page zeroed": on_the_page_of_people(bytes(PAGE)),
    "one page of noise": on_the_page_of_people(hashlib.shake_128(b"noise").digest(PAGE)),
    "one page's type": on_the_page_of_people(b"\x05"),
    "one page's cell count": on_the_page_of_people(b"\x7f\xff", offset=3),
    "one page's cells point elsewhere": on_the_page_of_people(b"\xff" * 64, offset=8),
    "two pages swapped": two_pages_swapped,
    "one page twice": a_page_twice,
    "a gzip file": gzip.compress,
    "a letter": lambda _: b"Dear colleagues, please find attached the database.\n" * 200,
}


@pytest.mark.parametrize("name", DAMAGES)
async def test_F51_a_damaged_database_is_refused_and_left_as_it_is(tmp_path: Path, name: str) -> None:
    """It names file, fault, copy and remedy; not a byte of it is changed, and the copy is made once."""
    path = await filled(tmp_path)
    damaged = DAMAGES[name](path.read_bytes())
    assert damaged != path.read_bytes()
    path.write_bytes(damaged)

    for _ in range(2):
        with pytest.raises(UserError) as refused:
            await builders.opened(tmp_path)

    (problem,) = refused.value.problems
    (copy,) = copies(tmp_path)
    assert problem.startswith(f"{path}: the database is damaged (")
    assert problem.endswith(
        f"). Nothing was written to it; a copy of it is {copy}. Put back a backup: meetbot restore FILE"
    )
    assert "\n" not in problem
    assert path.read_bytes() == copy.read_bytes() == damaged


async def test_F51_a_log_that_does_not_fit_is_refused_or_passed_over(tmp_path: Path) -> None:
    """Whatever became of SQLite's log after a crash, the store that opens is whole, or it does not open."""
    running, crashed = tmp_path / "running", tmp_path / "crashed"
    crashed.mkdir()
    store = await builders.opened(running)
    async with store.transaction() as tx:
        await builders.meeting(tx)
        await builders.registrant(tx)
    database, log = ((running / name).read_bytes() for name in ("meetbot.db", "meetbot.db-wal"))
    await store.aclose()
    people = []

    for damage in (None, cut(0.5), cut(0.9, less=7), at(0, bytes(32)), at(-PAGE, bytes(PAGE)), at(40, b"\xff" * 64)):
        (crashed / "meetbot.db").write_bytes(database)
        (crashed / "meetbot.db-wal").unlink(missing_ok=True)
        if damage is not None:
            (crashed / "meetbot.db-wal").write_bytes(damage(log))
        try:
            again = await builders.opened(crashed)
        except UserError as refused:
            assert "Put back a backup" in str(refused)
            continue
        await again.aclose()
        with closing(sqlite3.connect(crashed / "meetbot.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            people.append(connection.execute("SELECT count(*) FROM registrant").fetchone()[0])

    assert set(people) <= {0, 1}


async def test_F51_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    """And what is in it stays."""
    (tmp_path / "meetbot.db").mkdir()

    with pytest.raises(UserError) as refused:
        await builders.opened(tmp_path)

    assert refused.value.problems == (
        f"{tmp_path / 'meetbot.db'}: is a folder, and should be the database. Move it away, then: meetbot restore FILE",
    )


async def test_F51_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    """Our tables are not put beside somebody else's."""
    with closing(sqlite3.connect(tmp_path / "meetbot.db")) as connection:
        connection.execute("CREATE TABLE invoice (id INTEGER)")
    before = print_of(tmp_path)

    with pytest.raises(UserError) as refused:
        await builders.opened(tmp_path)

    assert refused.value.problems == (
        f"sqlite:///{tmp_path / 'meetbot.db'}: holds tables of another program (invoice); give meetbot one of its own",
    )
    assert {name: said for name, said in print_of(tmp_path).items() if name != "data.key"} == before


#: Opens the store as somebody who is nobody, and prints what they are told.
AS_NOBODY = """
import asyncio, concurrent.futures.thread, os, sys
from meetbot import bootstrap, clock, errors, settings
os.setgid(65534); os.setuid(65534)
async def main():
    try:
        async with bootstrap.opened(settings.Settings(data_dir=sys.argv[1]), clock.RealClock()):
            print("opened")
    except errors.UserError as error:
        print(error)
asyncio.run(main())
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize(
    ("place", "mode", "needed"), [("", 0o755, 700), ("meetbot.db", 0o640, 600), ("data.key", 0o600, 600)]
)
def test_F49_what_belongs_to_somebody_else_is_named_with_its_remedy(place: str, mode: int, needed: int) -> None:
    """Whose it is, how, and the command that puts it right; nothing is made beside it."""
    with tempfile.TemporaryDirectory(prefix="meetbot-", dir="/tmp") as name:  # pytest's own folders let nobody in
        folder = Path(name)
        asyncio.run(filled(folder))
        for one in (folder, *folder.iterdir()):
            os.chown(one, NOBODY, NOBODY)
        os.chown(folder / place, 0, 0)
        (folder / place).chmod(mode)

        said = subprocess.run([sys.executable, "-c", AS_NOBODY, name], capture_output=True, text=True)

        where = folder / place if place else folder
        assert said.stdout == (
            f"{where}: may not be read and written by nobody; it belongs to root, mode {mode:03o}. "
            f"Put it right: sudo chown nobody {where} && sudo chmod {needed} {where}\n"
        ), said.stderr
        assert {path.name for path in folder.iterdir()} == {"meetbot.db", "data.key"}
