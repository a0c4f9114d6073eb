"""What was deleted is still in free pages of the database and in its log, until these are written anew."""

from __future__ import annotations

from sqlalchemy import text

from meetbot.store.engine import Store, telling


async def wipe(store: Store) -> None:
    """Let the files of the store hold nothing that has been deleted. StoreAway when another process keeps it busy.

    SQLite: VACUUM rewrites the file, and the write-ahead log is emptied (SQLite, PRAGMA wal_checkpoint).
    PostgreSQL: VACUUM frees what no transaction sees any more; its own log goes round by itself.
    """
    with telling():
        if store.engine.dialect.name == "postgresql":
            async with store.engine.connect() as connection:
                alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
                await alone.execute(text("VACUUM"))
            return
        async with store.engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None, "it was connected just now"
            await driver.execute("VACUUM")
            await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
