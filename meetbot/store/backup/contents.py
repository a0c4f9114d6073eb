"""The inside of a backup: the store as one SQLite file, its data key, the sent-mail journal, and a manifest."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from meetbot import __version__
from meetbot.errors import UserError
from meetbot.store import seal

FORMAT = 1
MANIFEST, DATABASE, DATA_KEY, JOURNAL = FILES = ("manifest.json", "meetbot.db", "data.key", "sent.journal")


@dataclass(frozen=True)
class Count:
    """How much is in a table, and a digest of it."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    format: int
    schema: str
    made_at: datetime  #: just before the store was copied
    version: str  #: of the program that made it
    tables: Mapping[str, Count]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    def document(self) -> dict[str, object]:
        """As plain JSON."""
        return {**asdict(self), "made_at": self.made_at.isoformat()}


def describe(folder: Path, *, made_at: datetime) -> Manifest:
    """Write and return the manifest of what lies in the folder."""
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        (schema,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
        manifest = Manifest(FORMAT, schema, made_at, __version__, counts(database))
    (folder / MANIFEST).write_text(json.dumps(manifest.document(), indent=2))
    return manifest


def counts(database: sqlite3.Connection) -> dict[str, Count]:
    """Every table with its rows and a digest of them, in the order of their row numbers."""
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    return {name: _count(database, name) for (name,) in database.execute(named).fetchall()}


def _count(database: sqlite3.Connection, table: str) -> Count:
    digest, number = hashlib.sha256(), 0
    for row in database.execute(f'SELECT * FROM "{table}" ORDER BY rowid'):  # noqa: S608  # a name of the schema itself
        digest.update(repr(row).encode())
        number += 1
    return Count(number, digest.hexdigest())


def check(folder: Path, place: Path) -> Manifest:
    """Whether all is there and whole; `place` is what an error names. UserError says what is not."""
    manifest = _manifest(folder, place)
    try:
        with closing(sqlite3.connect(folder / DATABASE)) as database:
            problems = [row[0] for row in database.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
            problems += [f"{row[0]}: a reference to nothing" for row in database.execute("PRAGMA foreign_key_check")]
            found = counts(database)
            link = database.execute("SELECT id, sealed_link FROM registrant WHERE sealed_link IS NOT NULL").fetchone()
    except sqlite3.DatabaseError as error:
        raise UserError(f"{place}: its database is damaged ({error})") from None
    problems += [
        f"{name}: rows differ"
        for name in found.keys() | manifest.tables
        if found.get(name) != manifest.tables.get(name)
    ]
    if problems:
        raise UserError(f"{place}: its database is damaged ({'; '.join(problems[:3])})")
    links = seal.from_settings((folder / DATA_KEY).read_text(), folder)
    if link is not None:
        links.open(link[1], f"registrant:{link[0]}")
    return manifest


def _manifest(folder: Path, place: Path) -> Manifest:
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise UserError(f"{place}: is not a backup of meetbot; it has no {missing[0]}")
    try:
        said = json.loads((folder / MANIFEST).read_text())
        tables = {name: Count(**count) for name, count in said["tables"].items()}
        manifest = Manifest(**{**said, "tables": tables, "made_at": datetime.fromisoformat(said["made_at"])})
    except (ValueError, TypeError, KeyError):
        raise UserError(f"{place}: its {MANIFEST} is not one of meetbot's, or of a newer meetbot") from None
    return manifest
