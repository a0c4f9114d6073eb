"""How long a backup of 100,000 rows takes, and its restore on an empty machine."""

from __future__ import annotations

import asyncio
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from pyrage import x25519
from sqlalchemy import insert

from meetbot import log
from meetbot.flows import backup
from meetbot.store import engine, seal, tables
from meetbot.store.backup import archive
from meetbot.store.backup.home import Home
from meetbot.store.backup.workplace import workplace
from scripts.benchmarks.figures import Figure, show

_ROWS = 100_000
_NOW = datetime.now(UTC)
_MOST = 5 * 60  # seconds


def home(folder: Path) -> Home:
    return Home(f"sqlite+aiosqlite:///{folder / 'meetbot.db'}", folder, "")


async def fill(folder: Path) -> None:
    """A store with as many lines of the audit log and due rows, as an office has after years."""
    store = await engine.open_store(home(folder).address, seal.from_settings("", folder))
    async with store.transaction() as tx:
        noted = [
            {"at": _NOW, "who": "desk (command line)", "what": "registration.approved", "subject": str(n), "detail": ""}
            for n in range(_ROWS // 2)
        ]
        due = [
            {"kind": "letter", "subject": str(n), "revision": 1, "due_at": _NOW, "state": "done", "attempt": 1}
            | {"urgency": 1, "reason": "", "detail": {}}
            for n in range(_ROWS // 2)
        ]
        await tx.execute(insert(tables.audit), noted)
        await tx.execute(insert(tables.due), due)
    await store.aclose()


async def restore(file: Path, key: archive.Key, folder: Path) -> None:
    with workplace(folder) as inside:
        opened = backup.look_into(file, key, home(folder), inside, now=_NOW, progress=lambda _: None)
        await backup.put_back(opened, now=_NOW, progress=lambda _: None)


def main() -> None:
    log.configure(level="ERROR")
    identity = x25519.Identity.generate()
    key = archive.KeyFile([identity.to_public()], [identity])
    with tempfile.TemporaryDirectory() as name:
        here, there, file = Path(name) / "here", Path(name) / "there", Path(name) / "b.age"
        asyncio.run(fill(here))
        began = time.perf_counter()
        manifest = backup.make(file, key, home(here), now=_NOW, progress=lambda _: None)
        made = time.perf_counter()
        asyncio.run(restore(file, key, there))
        done = time.perf_counter()
        size = file.stat().st_size / 1e6
    show(
        "restore",
        [
            Figure("rows", manifest.rows, ""),
            Figure("size of the backup", size, "MB"),
            Figure("backup, trial restore included", made - began, "s"),
            Figure("restore on an empty machine", done - made, "s", _MOST),
        ],
    )


if __name__ == "__main__":
    main()
