"""Brings a database to the newest schema."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from meetbot.errors import UserError
from meetbot.store import snapshot

#: The version of a database that a copy is still on its way into.
UNFINISHED = "copying"
#: How many copies from before an upgrade are kept.
_KEPT = 5


def upgrade(engine: Engine, found: str | None, *, copies: Path | None = None, to: str = "head") -> None:
    """Run the migrations that are missing, all in one transaction, after a copy of what is there has been laid down.

    `found` is the schema that the database is at; None: it is empty. UserError, and nothing written, when it is of a
    newer program or of another one, or cannot be copied.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    newest = str(scripts.get_current_head())
    if found == UNFINISHED:
        raise UserError(
            f"{engine.url}: a copy into it was broken off. Give that command again: meetbot migrate-store or restore"
        )
    if found is not None and found not in known:
        raise UserError(_newer(found, newest, copies))
    if found is None and (tables := inspect(engine).get_table_names()):
        raise UserError(f"{engine.url}: holds tables of another program ({tables[0]}); give meetbot one of its own")
    if found is not None and copies is not None:
        _copy(engine, copies, newest)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            # By itself sqlite3 begins no transaction before CREATE: a kill would leave half of the tables for ever.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def _newer(found: str, newest: str, copies: Path | None) -> str:
    before = sorted(copies.glob(f"before-{found}-*.db")) if copies else []
    copy = f", or put back {before[-1]}, which was made before the upgrade" if before else ""
    return f"The database is at version {found}, this program knows {newest}: install a newer meetbot{copy}."


def _copy(engine: Engine, copies: Path, newest: str) -> None:
    """Lay down a copy that the program of before can go on from; of several the oldest goes."""
    copies.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(sqlite3.connect(":memory:")) as clock:
        (now,) = clock.execute("SELECT strftime('%Y%m%dT%H%M%fZ', 'now')").fetchone()
    final = copies / f"before-{newest}-{now}.db"
    draft = final.with_suffix(".part")
    try:
        snapshot.take(engine.url.render_as_string(hide_password=False), draft)
        draft.replace(final)
    finally:
        draft.unlink(missing_ok=True)
    for old in sorted(copies.glob("before-*.db"))[:-_KEPT]:
        old.unlink()
