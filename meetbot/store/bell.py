"""Rings when another process has written rows that wait: PostgreSQL's LISTEN and NOTIFY. SQLite has no such bell."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from sqlalchemy import text

from meetbot.errors import StoreAway
from meetbot.store.engine import Store, telling


def hangs_in(store: Store) -> bool:
    """Whether this store can ring."""
    return store.engine.dialect.name == "postgresql"


async def rings(store: Store) -> AsyncGenerator[None, None]:
    """One item as soon as it listens, then one for each ring. StoreAway when the line is lost; what rang meanwhile is
    not made up for."""
    from psycopg import Error  # an extra, which a store in one file does not need

    with telling():
        async with store.engine.connect() as connection:
            listening = await connection.execution_options(isolation_level="AUTOCOMMIT")
            line = (await listening.get_raw_connection()).driver_connection
            assert line is not None
            try:
                await listening.execute(text("LISTEN due"))
                yield
                async for _ring in line.notifies():
                    yield
            except Error as error:
                raise StoreAway(f"the database: {error}") from None
            finally:
                await listening.invalidate()  # nobody else is to be handed a connection that listens
