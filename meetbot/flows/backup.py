"""A running deployment into one encrypted file, and out of it again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from meetbot.errors import UserError
from meetbot.flows import programme, restored
from meetbot.flows.attendance import erased_again
from meetbot.flows.attendance.erased_again import Again
from meetbot.mail.journal import Journal
from meetbot.store import engine, programmes, seal, snapshot
from meetbot.store.backup import archive, contents, place
from meetbot.store.backup.home import Home
from meetbot.store.backup.workplace import workplace
from meetbot.store.engine import Store
from meetbot.store.erased_journal import ErasedJournal

log = structlog.get_logger("backup")

#: Told how far the work has come.
Progress = Callable[[str], None]


def make(file: Path, key: archive.Key, home: Home, *, now: datetime, progress: Progress) -> contents.Manifest:
    """Write a backup of everything, and try it before it gets its name. UserError when that name is taken.

    Whatever goes wrong, nothing in clear is left behind, and no file under that name.
    """
    if file.exists():
        raise UserError(f"{file}: is there already; choose another name")
    part = file.with_name(f"{file.name}.part")
    with workplace(home.data_dir) as folder:
        try:
            progress("copying the store")
            manifest = _collect(_folder(folder, "inside"), home, now=now)
            progress(f"encrypting {manifest.rows} rows")
            _only_mine(part)
            trial_key = archive.pack(sorted((folder / "inside").iterdir()), part, key, workplace=folder)
            progress("trying it out")
            tried = _folder(folder, "tried")
            archive.unpack(part, trial_key, tried, allowed=contents.FILES)
            contents.check(tried, file)
            if file.exists():
                raise UserError(f"{file}: is there by now; choose another name")
            _sync(part)
            part.replace(file)
            place.sync(file.parent)
        finally:
            part.unlink(missing_ok=True)
    log.info("backup.made", rows=manifest.rows, schema=manifest.schema)
    return manifest


def _collect(folder: Path, home: Home, *, now: datetime) -> contents.Manifest:
    """The store first: the journal may only know more than it, never less."""
    snapshot.take(home.address, folder / contents.DATABASE)
    (folder / contents.DATA_KEY).write_text(home.key_in_use())
    (folder / contents.JOURNAL).touch()
    with suppress(FileNotFoundError):
        shutil.copyfile(home.journal, folder / contents.JOURNAL)
    return contents.describe(folder, made_at=now)


@dataclass(frozen=True)
class Opened:
    """A backup, unpacked and found whole, and what stands where it is to go."""

    folder: Path
    manifest: contents.Manifest
    home: Home


def look_into(file: Path, key: archive.Key, home: Home, folder: Path, *, now: datetime, progress: Progress) -> Opened:
    """Unpack the backup into an empty folder and check all of it. UserError says why it cannot be put back."""
    progress("opening the backup")
    archive.unpack(file, key, folder, allowed=contents.FILES)
    progress("checking it")
    manifest = contents.check(folder, file)
    if manifest.schema > engine.SCHEMA:
        raise UserError(
            f"{file}: holds a database at version {manifest.schema}, made by meetbot {manifest.version}; "
            f"this program knows {engine.SCHEMA}. Install that meetbot, or a newer one"
        )
    if node := home.living(now=now):
        raise UserError(f"`meetbot serve` works on this store (node {node}). Stop it first")
    return Opened(folder, manifest, home)


@dataclass(frozen=True)
class PutBack:
    """What became of a backup that was put back."""

    kept: Sequence[Path] = ()  #: what was there before, aside
    erased_again: Sequence[Again] = ()
    erased_unknown: str = ""  #: why somebody who was erased may be back; "": nobody is


async def put_back(opened: Opened, *, now: datetime, progress: Progress) -> PutBack:
    """Let the deployment go on from the backup, all of it held, and without whoever was erased since."""
    home, staged = opened.home, opened.folder / contents.DATABASE
    fresh = (opened.folder / contents.DATA_KEY).read_text()
    progress("preparing the store")
    store = await engine.open_store(f"sqlite+aiosqlite:///{staged}", seal.from_settings(fresh, opened.folder))
    try:
        await restored.hold(store, made_at=opened.manifest.made_at, now=now)
        people, unknown = await _erase_again(store, ErasedJournal(home.erased_journal), now=now)
    finally:
        await store.aclose()
    ready = opened.folder / "ready.db"
    snapshot.take(f"sqlite:///{staged}", ready)
    progress("putting it in place")
    Journal(home.journal).merge(Journal(opened.folder / contents.JOURNAL))
    kept = [place.key(fresh, home, now=now)]
    if home.database is not None:
        kept.append(place.database(ready, home.database, now=now))
    else:
        kept.append(place.server(ready, home, now=now, progress=progress))
    log.info("backup.restored", rows=opened.manifest.rows, made_at=opened.manifest.made_at)
    return PutBack([path for path in kept if path is not None], people, unknown)


async def _erase_again(store: Store, journal: ErasedJournal, *, now: datetime) -> tuple[Sequence[Again], str]:
    """Who was erased again, and why others may be back."""
    is_there = journal.path.exists()
    async with store.reading() as tx:
        applied = await programmes.latest(tx)
    if applied is None:
        return (), ""  # nobody can have registered
    found = await erased_again.catch_up(store, programme.of(applied), journal, now=now, by="restore")
    if not is_there:
        return found.people, f"{journal.path} is missing"
    lines = "1 line" if found.foreign == 1 else f"{found.foreign} lines"
    was = "was" if found.foreign == 1 else "were"
    return found.people, f"{lines} of {journal.path} {was} written with another data.key" if found.foreign else ""


def _folder(parent: Path, name: str) -> Path:
    (parent / name).mkdir(mode=0o700)
    return parent / name


def _only_mine(path: Path) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
