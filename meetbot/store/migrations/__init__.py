"""Brings a database to the newest schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from meetbot.errors import UserError


def upgrade(engine: Engine, found: str | None) -> None:
    """Run the migrations that are missing, all in one transaction. UserError when the database is newer than that."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        newest = max(known)
        raise UserError(f"The database is at version {found}, this program knows {newest}: install a newer meetbot.")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
