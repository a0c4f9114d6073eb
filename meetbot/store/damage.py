"""Whether a SQLite file can be the store. A damaged one is never written to, and a copy of it is kept."""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import stat
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from meetbot.errors import UserError
from meetbot.store import snapshot

_LOG = "-wal"


def refuse(path: Path) -> None:
    """UserError when there is a file and it is damaged, or is no database, or may not be written by this program."""
    if path.is_dir():
        raise UserError(f"{path}: is a folder, and should be the database. Move it away, then: meetbot restore FILE")
    refuse_locked_away(path.parent)
    if not path.exists():
        return
    refuse_locked_away(path)
    verdict = _verdict(path)
    if verdict != "ok":
        raise UserError(
            f"{path}: the database is damaged ({verdict}). Nothing was written to it; a copy of it is {_keep(path)}. "
            "Put back a backup: meetbot restore FILE"
        )


def refuse_locked_away(one: Path) -> None:
    """UserError when it is there and this program may not read and write it; SQLite would only say "cannot open"."""
    is_folder = one.is_dir()
    if not os.access(one, os.F_OK) or os.access(one, os.R_OK | os.W_OK | (os.X_OK if is_folder else 0)):
        return
    if os.statvfs(one).f_flag & os.ST_RDONLY:
        raise UserError(f"{one}: lies on a file system that is mounted read-only; mount it writable, or move the data")
    is_, me = one.stat(), _name_of(os.geteuid())
    remedy = f"sudo chown {me} {one} && sudo chmod {700 if is_folder else 600} {one}"
    raise UserError(
        f"{one}: may not be read and written by {me}; it belongs to {_name_of(is_.st_uid)}, mode "
        f"{stat.S_IMODE(is_.st_mode):03o}. Put it right: {remedy}"
    )


def _name_of(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _verdict(path: Path) -> str:
    """What SQLite finds, "ok" when nothing is wrong."""
    try:
        with closing(snapshot.only_read(path)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        return str(error)
    return " ".join(str(found).replace("*** in database main ***", "").split())


def _keep(path: Path) -> Path:
    """A copy of the file and its log, once: a service that is started again and again would fill the disk."""
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    kept = path.with_name(f"{path.name}.damaged-{changed:%Y%m%dT%H%M%SZ}")
    if not kept.exists():
        with suppress(FileNotFoundError):
            shutil.copy2(path.with_name(path.name + _LOG), kept.with_name(kept.name + _LOG))
        shutil.copy2(path, kept)
    return kept
