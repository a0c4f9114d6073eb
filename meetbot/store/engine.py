"""Opens the store and hands out transactions. The only file that knows what SQLite needs to be safe."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, nullcontext
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from meetbot.errors import UserError
from meetbot.store import seal

#: The newest migration this program knows.
SCHEMA = "0003"
_BUSY_SECONDS = 10
_NO_ADDRESS = "is no address of a database, such as postgresql+psycopg://name:password@host/meetbot"

#: What the store's modules are handed: a connection with a transaction begun.
Transaction: TypeAlias = AsyncConnection


class Store:
    """The truth: an open database and the key that seals what is secret in it."""

    def __init__(self, engine: AsyncEngine, links: seal.Seal) -> None:
        self._engine = engine
        self._one_writer = asyncio.Lock() if engine.dialect.name == "sqlite" else None
        self.links = links

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """All of it is on disk when the block ends, or none of it."""
        async with self._one_writer or nullcontext(), self._engine.begin() as tx:
            yield tx

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """A consistent view that blocks no writer."""
        async with self._engine.connect() as connection:
            yield await connection.execution_options(meetbot_reads=True)

    async def aclose(self) -> None:
        await self._engine.dispose()


async def open_store(address: str, links: seal.Seal) -> Store:
    """The store at that SQLAlchemy address, checked and brought to the newest schema.

    UserError, and nothing written, when the address is none or the database is damaged or of a newer program.
    """
    try:
        await asyncio.to_thread(_prepare, address)
    except ArgumentError:  # its text may quote the address, and the address holds a password
        raise UserError(f"MEETBOT_DATABASE_URL: {_NO_ADDRESS}") from None
    except ModuleNotFoundError as error:
        raise UserError(f"MEETBOT_DATABASE_URL: needs the package {error.name}; install it beside meetbot") from None
    engine = create_async_engine(address, pool_pre_ping=not address.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        _make_safe(engine)
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


def _prepare(address: str) -> None:
    url = make_url(address)
    if url.get_backend_name() == "sqlite" and url.database:
        path = Path(url.database)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists():
            _check_file(path)
        path.touch(mode=0o600)  # names, addresses and attendance are nobody else's on this machine
        url = url.set(drivername="sqlite")
    engine = create_engine(url)
    try:
        found = _schema_of(engine.connect)
        if found != SCHEMA:
            from meetbot.store.migrations import upgrade  # Alembic takes 0.3 s to import and is rarely needed

            upgrade(engine, found)
    finally:
        engine.dispose()


def _check_file(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        raise UserError(f"{path}: the database is damaged ({verdict}). Nothing was written; put back a copy of it.")


def _schema_of(connect: Any) -> str | None:
    with connect() as connection:
        try:
            row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
        except DatabaseError:
            return None
    return str(row[0]) if row else None
