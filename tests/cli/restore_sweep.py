"""Restores a backup again and again, each time killed two steps later: `python -m ... FOLDER BACKUP KEY_FILE`.

FOLDER holds the data folder. Prints how many registrants and holds the store has after each.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from meetbot import log
from meetbot.flows import backup
from meetbot.store import copying, migrations  # noqa: F401  # imported late otherwise, at every life anew
from meetbot.store.backup import archive
from meetbot.store.backup.home import Home
from meetbot.store.backup.workplace import workplace

_STEPS = ("sqlite3.connect", "os.link", "os.mkdir", "os.rename", "os.remove")


def restore(folder: Path, file: str, key_file: str, *, killed_at: int) -> bool:
    """Whether it came to its end before the step at which it is killed."""
    if child := os.fork():
        return os.waitpid(child, 0)[1] == 0
    steps, now = 0, datetime.now(UTC)

    def step(name: str, _: object) -> None:
        nonlocal steps
        steps += name in _STEPS
        if steps == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)

    home = Home(f"sqlite+aiosqlite:///{folder / 'data' / 'meetbot.db'}", folder / "data", "")
    key = archive.key_file(folder / key_file)
    with workplace(home.data_dir) as inside:
        opened = backup.look_into(folder / file, key, home, inside, now=now, progress=lambda _: None)
        sys.addaudithook(step)
        asyncio.run(backup.put_back(opened, now=now, progress=lambda _: None))
    os._exit(0)


def main() -> None:
    log.configure(level="ERROR")
    folder, outcomes = Path(sys.argv[1]), []
    shutil.copytree(folder / "data", folder / "whole")
    for turn in range(1, 1000, 2):
        shutil.rmtree(folder / "data")
        shutil.copytree(folder / "whole", folder / "data")
        if restore(folder, *sys.argv[2:], killed_at=turn):
            break
        with closing(sqlite3.connect(folder / "data/meetbot.db")) as store:
            tables = ("registrant", "hold")
            outcomes.append([store.execute(f"SELECT count(*) FROM {one}").fetchone()[0] for one in tables])  # noqa: S608
    print(json.dumps(outcomes))  # noqa: T201


if __name__ == "__main__":
    main()
