"""Opens the store and hands out transactions; knows what SQLite needs to be safe (`postgres` knows the rest)."""

from __future__ import annotations

import asyncio
import copy
import errno
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Self, TypeAlias

from sqlalchemy import Connection, create_engine, event, exc, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from meetbot.errors import StoreAway, UserError
from meetbot.store import damage, postgres, seal, snapshot

#: The newest migration this program knows.
SCHEMA = "0007"
_BUSY_SECONDS = 10
_NO_ADDRESS = "is no address of a database, such as postgresql+psycopg://name:password@host/meetbot"

#: What the store's modules are handed: a connection with a transaction begun.
Transaction: TypeAlias = AsyncConnection


#: Looks, at the very end of a transaction, whether it may be; raises what speaks against it.
Guard: TypeAlias = Callable[[Transaction], Awaitable[None]]

_AWAY = (exc.OperationalError, exc.InterfaceError, exc.InternalError, exc.TimeoutError)


class Store:
    """The truth: an open database and the key that seals what is secret in it."""

    def __init__(self, engine: AsyncEngine, links: seal.Seal) -> None:
        self.engine = engine
        self._one_writer = asyncio.Lock() if engine.dialect.name == "sqlite" else None
        self._guard: Guard | None = None
        self._file = _mark_of(engine.url.database) if engine.dialect.name == "sqlite" else None
        self.links = links

    def guarded(self, guard: Guard) -> Self:
        """The same store, but that each transaction is written only if `guard` lets it."""
        other = copy.copy(self)
        other._guard = guard
        return other

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """All of it is on disk when the block ends, or none of it. StoreAway when the database cannot do it."""
        async with self._one_writer or nullcontext():
            self._look_for_file()
            with telling():
                async with self.engine.connect() as tx:
                    await tx.begin()
                    yield tx
                    if self._guard is not None:
                        await self._guard(tx)
                    if self._one_writer is None:
                        await postgres.commit(self.engine, tx)
                    else:
                        await tx.commit()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """A consistent view that blocks no writer. StoreAway when the database cannot give it."""
        self._look_for_file()
        with telling():
            async with self.engine.connect() as connection:
                yield await connection.execution_options(meetbot_reads=True)

    def _look_for_file(self) -> None:
        """StoreAway when another file lies there by now, or none: what is written would be seen by nobody."""
        path = self.engine.url.database
        if self._file is not None and _mark_of(path) != self._file:
            raise StoreAway(f"{path} was moved, deleted or replaced under this process; start it again")

    async def aclose(self) -> None:
        await self.engine.dispose()


def _mark_of(path: str | None) -> tuple[int, int] | None:
    """By which a file is known again; None: there is none, as for a store in memory."""
    with suppress(FileNotFoundError):
        found = Path(path or "").stat()
        return found.st_dev, found.st_ino
    return None


@contextmanager
def telling() -> Iterator[None]:
    """Name what only the database can put right, without the statement: it may quote what is secret."""
    try:
        yield
    except _AWAY as error:
        said = getattr(error, "orig", None) or error
        if getattr(said, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            raise  # a statement that SQLite does not understand: a mistake of ours
        raise StoreAway(f"the database: {str(said).partition(chr(10))[0]}") from None


async def open_store(address: str, links: seal.Seal, *, copies: Path | None = None) -> Store:
    """The store at that SQLAlchemy address, checked and brought to the newest schema; before that a copy goes to
    `copies`, where one is named.

    UserError, and nothing written, when the address is none or the database is away, damaged or of a newer program.
    OSError, and nothing written, when the disk is full.
    """
    try:
        await asyncio.to_thread(_prepare, address, copies)
    except exc.ArgumentError:  # its text may quote the address, and the address holds a password
        raise UserError(f"MEETBOT_DATABASE_URL: {_NO_ADDRESS}") from None
    except ModuleNotFoundError as error:
        raise UserError(f"MEETBOT_DATABASE_URL: {postgres.no_driver(error.name)}") from None
    except exc.OperationalError as error:
        if snapshot.is_full(error.orig):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), make_url(address).database) from None
        raise UserError(f"MEETBOT_DATABASE_URL: {str(error.orig).strip()}") from None
    if make_url(address).get_backend_name() == "sqlite":
        engine = create_async_engine(address)
        _make_safe(engine)
    else:
        engine = create_async_engine(
            address, connect_args=dict(postgres.CONNECTION), pool_size=10, pool_timeout=10, pool_pre_ping=True
        )
    return Store(engine, links)


def _make_safe(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # what was acknowledged survives a power cut; NORMAL would not in WAL mode
            "foreign_keys=ON",
            f"busy_timeout={_BUSY_SECONDS * 1000}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # A deferred BEGIN that writes later fails at once with SQLITE_BUSY, whatever the timeout.
        reads = connection.get_execution_options().get("meetbot_reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _prepare(address: str, copies: Path | None) -> None:
    url = make_url(address)
    if url.get_backend_name() == "sqlite" and url.database:
        path = Path(url.database)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        damage.refuse(path)
        path.touch(mode=0o600)  # names, addresses and attendance are nobody else's on this machine
        url = url.set(drivername="sqlite")
    engine = create_engine(url)
    try:
        with postgres.one_at_a_time(engine) if engine.dialect.name == "postgresql" else nullcontext():
            found = _schema_of(engine.connect)
            if found != SCHEMA:
                from meetbot.store.migrations import upgrade  # Alembic takes 0.3 s to import and is rarely needed

                upgrade(engine, found, copies=copies)
    finally:
        engine.dispose()


def _schema_of(connect: Any) -> str | None:
    with connect() as connection:
        try:
            row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
        except exc.DatabaseError:
            return None
    return str(row[0]) if row else None
