"""Puts a store and its key in the place of the present ones, which are kept aside."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import column, create_engine, inspect, select, table, update

from meetbot.errors import UserError
from meetbot.store import copying, migrations, snapshot
from meetbot.store.backup.home import Home

_VERSION = table("alembic_version", column("version_num"))
_LOG, _INDEX = "-wal", "-shm"  # of SQLite; both belong to one database file, and would damage another


def key(fresh: str, home: Home, *, now: datetime) -> Path | None:
    """Let the data folder hold this key; returns where another one is kept that was there.

    UserError when the settings give another key: then no join link of the backup could be read.
    """
    if home.data_key:
        if home.data_key.strip() != fresh.strip():
            raise UserError("MEETBOT_DATA_KEY: is not the key of this backup. Leave it unset, or set the one of then")
        return None
    kept = None
    if home.key_path.exists():
        if home.key_path.read_text().strip() == fresh.strip():
            return None
        kept = _aside(home.key_path, now)
        shutil.copy2(home.key_path, kept)
    draft = home.key_path.with_name("data.key.part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(fresh)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(home.key_path)
    sync(home.data_dir)
    return kept


def database(staged: Path, present: Path, *, now: datetime) -> Path | None:
    """Let the staged file be the store; returns where the present one is kept, if there was one.

    There is a whole store under that name at every moment: the present one, and then the other.
    """
    kept = None
    present.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if present.exists():
        _write_back(present)
        kept = _aside(present, now)
        os.link(present, kept)
        for suffix in (_LOG, _INDEX):  # only a damaged store still has them
            if (beside := present.with_name(present.name + suffix)).exists():
                beside.replace(kept.with_name(kept.name + suffix))
    staged.replace(present)
    sync(present.parent)
    return kept


def server(staged: Path, home: Home, *, now: datetime, progress: Callable[[str], None]) -> Path | None:
    """Let what is in the staged file be the store on the server; returns the file in which the present one is kept.

    Until all has arrived no program opens it. A restore that was broken off is given once more.
    """
    engine = create_engine(home.address)
    kept = None
    try:
        with engine.connect() as connection:
            is_store = inspect(connection).has_table("alembic_version")
            found = connection.scalar(select(_VERSION.c.version_num)) if is_store else None
        if found not in (None, migrations.UNFINISHED):
            kept = _aside(home.data_dir / "meetbot.db", now)
            snapshot.take(home.address, kept)
            migrations.upgrade(engine, found)
            with engine.begin() as connection:
                connection.execute(update(_VERSION).values(version_num=migrations.UNFINISHED))
    finally:
        engine.dispose()
    copying.copy(f"sqlite:///{staged}", home.address, progress)
    return kept


def _write_back(present: Path) -> None:
    """Bring what is in the log into the file itself, and let go of the log. A damaged file stays as it is."""
    try:
        with closing(sqlite3.connect(present, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise UserError(f"{present}: another program has it open. Stop that first") from None


def _aside(path: Path, now: datetime) -> Path:
    """A name that says when, and that nothing has: a restore that was killed may be given again in the same second."""
    name = f"{path.name}.before-restore-{now:%Y%m%dT%H%M%SZ}"
    free, number = path.with_name(name), 1
    while free.exists():
        number += 1
        free = path.with_name(f"{name}-{number}")
    return free


def sync(folder: Path) -> None:
    """Let names in that folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
