"""A consistent copy of a store that may be in use, as one SQLite file."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from meetbot.errors import StoreAway, UserError


def file_of(address: str) -> Path | None:
    """Where a SQLite store lies; None when it is kept by a server, or in memory."""
    url = make_url(address)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def only_read(file: Path) -> sqlite3.Connection:
    """A connection that writes nothing, and does not even bring SQLite's log into the file."""
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


def take(address: str, target: Path) -> None:
    """Copy the store at that SQLAlchemy address and look whether the copy is whole; others may go on writing.

    UserError when there is no store, or when it is damaged; StoreAway when the disk is full.
    """
    source = file_of(address)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)):
        pass
    if source is None:
        from meetbot.store import copying  # SQLAlchemy's reflection is rarely needed

        copying.copy(address, f"sqlite:///{target}")
    else:
        _copy_file(source, target)
    _look(target, source or target)


def _copy_file(source: Path, target: Path) -> None:
    if not source.is_file():
        raise UserError(f"{source}: there is no store here")
    try:
        with (
            closing(only_read(source)) as present,
            closing(sqlite3.connect(target)) as copy,
        ):
            # All pages in one step: with several, each commit of another process would make it begin anew.
            present.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
    except sqlite3.DatabaseError as error:
        if is_full(error):
            raise StoreAway("the disk is full") from None
        raise UserError(f"{source}: cannot be copied ({error})") from None


def is_full(error: BaseException | None) -> bool:
    """SQLite found no room on the disk."""
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL


def _look(copy: Path, named: Path) -> None:
    with closing(sqlite3.connect(copy)) as database:
        try:
            (verdict,) = database.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            verdict = str(error)
    if verdict != "ok":
        raise UserError(f"{named}: the database is damaged ({verdict})")
    descriptor = os.open(copy, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
