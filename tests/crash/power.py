"""Power cuts: each write and sync of the database's files is logged, and at any moment of it the files are rebuilt.

What was synced is there. What was written since may be there or not, sector by sector, and a sector may be torn: a
disk keeps its own order (SQLite, Atomic Commit In SQLite, 2.0 Hardware Assumptions). The program's own statements are
recorded from a real store and said again through apsw, since Python's own module lets nobody between it and the disk.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

import apsw
from sqlalchemy import Engine, event

from meetbot.store import engine
from tests.flows import stage

_SECTOR = 512
_VFS = "meetbot-power"
_LOGS = ("-wal", "-journal")
_PRAGMAS = ("journal_mode", "synchronous", "foreign_keys")


@dataclass(frozen=True)
class Operation:
    """What the database asked of the disk."""

    file: str  #: "" for the database itself, "-wal" or "-journal" for its logs
    kind: Literal["write", "sync", "truncate", "delete"]
    offset: int = 0
    content: bytes = b""


@dataclass
class Log:
    """Everything that was asked of the disk, and after which operations a commit had been acknowledged."""

    operations: list[Operation] = field(default_factory=list)
    acknowledged: list[tuple[int, str]] = field(default_factory=list)  #: operations by then, digest of the content


class _File(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int], log: Log) -> None:
        super().__init__("", name, flags)
        self._suffix = _suffix(name.filename() if isinstance(name, apsw.URIFilename) else str(name))
        self._log = log

    def xWrite(self, data: Any, offset: int) -> None:
        self._log.operations.append(Operation(self._suffix, "write", offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        self._log.operations.append(Operation(self._suffix, "truncate", size))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        self._log.operations.append(Operation(self._suffix, "sync"))
        super().xSync(flags)


class _Disk(apsw.VFS):
    """The machine's disk, with somebody who writes down what is asked of it."""

    def __init__(self, log: Log) -> None:
        self._log = log
        super().__init__(_VFS, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        return _File(name, flags, self._log)

    def xDelete(self, name: str, sync_folder: bool) -> None:
        self._log.operations.append(Operation(_suffix(name), "delete"))
        super().xDelete(name, sync_folder)


def _suffix(path: str) -> str:
    return next((one for one in _LOGS if path.endswith(one)), "")


Statement = tuple[str, Any]


class Recorded:
    """The statements of every transaction that was committed, in the order of the commits."""

    def __init__(self) -> None:
        self.transactions: list[list[Statement]] = []
        self._open: dict[int, list[Statement]] = {}
        self._listening: dict[str, Callable[..., None]] = {
            "begin": self._begin,
            "before_cursor_execute": self._statement,
            "commit": self._commit,
        }

    def __enter__(self) -> Self:
        for name, listener in self._listening.items():
            event.listen(Engine, name, listener)
        return self

    def __exit__(self, *_error: object) -> None:
        for name, listener in self._listening.items():
            event.remove(Engine, name, listener)

    def _begin(self, connection: Any) -> None:
        self._open[id(connection)] = []

    def _statement(self, connection: Any, _cursor: Any, statement: str, given: Any, *_more: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            self._open[id(connection)] += [(statement, one) for one in (given if isinstance(given, list) else [given])]

    def _commit(self, connection: Any) -> None:
        self.transactions.append(self._open.pop(id(connection)))


async def pragmas_of(store: engine.Store) -> dict[str, Any]:
    """What makes the store safe, as it is set on its own connections."""
    async with store.reading() as tx:
        return {name: (await tx.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in _PRAGMAS}


def replay(transactions: Sequence[Sequence[Statement]], pragmas: Mapping[str, Any], path: Path) -> Log:
    """Say it all again to a database at `path`: the first transaction, which lays out the tables, as SQLite comes, the
    others under the settings of the store."""
    log = Log()
    disk = _Disk(log)
    with closing(apsw.Connection(str(path), vfs=_VFS)) as connection:
        for number, transaction in enumerate(transactions):
            for name, value in pragmas.items() if number == 1 else ():
                connection.execute(f"PRAGMA {name}={value}")
            connection.execute("BEGIN IMMEDIATE")
            for statement, parameters in transaction:
                connection.execute(statement, parameters).fetchall()
            connection.execute("COMMIT")
            log.acknowledged.append((len(log.operations), digest(connection)))
    disk.unregister()
    return log


def digest(connection: Any) -> str:
    """Everything in the database, as one short text."""
    hashed = hashlib.sha256()
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    for (table,) in tables:
        hashed.update(f"\0{table}".encode())
        for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY rowid'):  # noqa: S608
            hashed.update(repr(tuple(row)).encode())
    return hashed.hexdigest()[:16]


def after_a_cut(log: Log, moment: int, chance: random.Random, path: Path) -> None:
    """Lay down the files as they may be when the power fails before that operation."""
    for suffix in ("", *_LOGS):
        done = [one for one in log.operations[:moment] if one.file == suffix]
        synced = max((index + 1 for index, one in enumerate(done) if one.kind in ("sync", "delete")), default=0)
        content = bytearray()
        for one in done[:synced]:
            _carry_out(content, one)
        for one in done[synced:]:
            for part in _survives(one, chance):
                _carry_out(content, part)
        if done and done[-1].kind != "delete":
            Path(f"{path}{suffix}").write_bytes(content)


def _survives(one: Operation, chance: random.Random) -> Iterator[Operation]:
    """Any of its sectors, whole or torn; a change of length happens or does not."""
    if one.kind == "truncate":
        if chance.random() < 0.5:
            yield one
        return
    start = 0
    while start < len(one.content):
        end = min(len(one.content), start + _SECTOR - (one.offset + start) % _SECTOR)
        fate = chance.random()
        if fate < 0.5:
            yield Operation(one.file, "write", one.offset + start, one.content[start:end])
        elif fate < 0.6:
            yield Operation(one.file, "write", one.offset + start, one.content[start : start + (end - start) // 2])
        start = end


def _carry_out(content: bytearray, one: Operation) -> None:
    if one.kind in ("truncate", "delete"):
        del content[one.offset :]
    elif one.kind == "write":
        content.extend(b"\0" * max(0, one.offset - len(content)))
        content[one.offset : one.offset + len(one.content)] = one.content


def lost(log: Log, moment: int, chance: random.Random, path: Path) -> str | None:
    """What is wrong with the database after a power cut at that moment; None: all that was acknowledged is there."""
    after_a_cut(log, moment, chance, path)
    by_then = [what for when, what in log.acknowledged if when <= moment]
    # A commit whose acknowledgement had not come yet may be there as well: all of it.
    may_be = {*by_then[-1:], *(what for _, what in log.acknowledged[len(by_then) : len(by_then) + 1])}
    try:
        with closing(apsw.Connection(str(path))) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchall()
            found = digest(connection)
    except apsw.Error as error:
        return f"at operation {moment}: it cannot be read: {error}"
    if verdict != [("ok",)]:
        return f"at operation {moment}: it is damaged: {verdict}"
    if by_then and found not in may_be:
        return f"at operation {moment}: of {len(by_then)} commits acknowledged by then not all are there"
    return None


def losses(log: Log, moments: int, *, seed: int) -> list[str]:
    """What was lost, tried at that many moments."""
    chance = random.Random(seed)
    found = []
    for _ in range(moments):
        with tempfile.TemporaryDirectory() as folder:
            moment = chance.randrange(len(log.operations) + 1)
            found.append(lost(log, moment, chance, Path(folder) / "cut.db"))
    return [one for one in found if one]


async def a_launch(folder: Path) -> tuple[Sequence[Sequence[Statement]], Mapping[str, Any]]:
    """What a store is told from the first apply until the second half of the day, and how it is set."""
    with Recorded() as recorded:
        async with stage.set_up(folder) as one:
            await one.apply()
            await one.register(*(stage.form(f"{name}@npic.example", name) for name in ("dara", "sok", "maly")))
            await one.run_due()
            one.leap("2021-11-10 12:30")
            await one.until("2021-11-10 14:40")
            pragmas = await pragmas_of(one.app.store)
    return recorded.transactions, pragmas
