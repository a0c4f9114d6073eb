"""What PostgreSQL needs so that several nodes can lean on it: how we connect, how we commit, who migrates."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import structlog
from sqlalchemy import Engine, Text, cast, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from meetbot.errors import StoreAway

log = structlog.get_logger("store")

#: How long a commit whose answer was lost is looked up, in seconds: longer than a failover takes.
_LOOK_UP = 40
_BETWEEN_LOOKS = 0.5

#: libpq's own words (PostgreSQL, Database Connection Control Functions).
CONNECTION: Mapping[str, str | int] = {
    "application_name": "meetbot",
    "connect_timeout": 5,
    "target_session_attrs": "read-write",  # a standby that takes no writes counts as away
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    # A node that is paused in the middle of a transaction would keep its locks from all others.
    "options": "-c idle_in_transaction_session_timeout=10s -c lock_timeout=10s",
}


async def commit(engine: AsyncEngine, tx: AsyncConnection) -> None:
    """Commit; when the connection breaks and takes the answer along, look up what became of it instead of repeating.

    PostgreSQL keeps the outcome of each transaction under its number (System Information Functions, pg_xact_status).
    """
    number = await tx.scalar(select(cast(func.pg_current_xact_id_if_assigned(), Text)))
    try:
        await tx.commit()
    except DBAPIError as error:
        if number is None or not error.connection_invalidated or not await _was_committed(engine, number):
            raise
        log.warning("store.commit_looked_up", outcome="committed")


async def _was_committed(engine: AsyncEngine, number: str) -> bool:
    status = text("SELECT pg_xact_status(CAST(:number AS xid8))")
    deadline = asyncio.get_running_loop().time() + _LOOK_UP
    while asyncio.get_running_loop().time() < deadline:
        try:
            async with engine.connect() as connection:
                found = await connection.scalar(status, {"number": number})
        except DBAPIError:
            found = None
        if found in ("committed", "aborted"):
            return bool(found == "committed")
        await asyncio.sleep(_BETWEEN_LOOKS)
    raise StoreAway("the database went away in the middle of a commit; whether it was written is not known")


def no_driver(package: str | None) -> str:
    """What to do when the driver that an address asks for is not installed."""
    if package == "psycopg":
        return "PostgreSQL needs its driver: pip install 'meetbot[postgres]', or in a checkout scripts/setup postgres"
    if package == "psycopg2":
        return "begin the address with postgresql+psycopg:// (psycopg2 is not used)"
    return f"needs the package {package}; install it beside meetbot"


@contextmanager
def one_at_a_time(engine: Engine) -> Iterator[None]:
    """No other node migrates this database before this block ends and the engine is disposed of."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SELECT pg_advisory_lock(hashtextextended('meetbot.migrations', 0))"))
        yield
