"""Upgrades copies of a database, each killed one step later than the last: `python -m ... ADDRESS EVERY FOLDER`.

Prints how many were killed, and at which steps the next start did not come to what an undisturbed upgrade comes to.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.engine import Engine

from meetbot.store import engine, migrations
from tests.store.test_upgrade import content

#: Steps beside the statements: files are opened, renamed, removed.
_FILES = ("sqlite3.connect", "os.mkdir", "os.rename", "os.remove")


@contextmanager
def copied(address: str, folder: Path, number: int) -> Iterator[str]:
    """A copy of the database; gone afterwards."""
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        place = folder / str(number)
        place.mkdir()
        shutil.copyfile(str(url.database), place / "meetbot.db")
        yield f"sqlite:///{place / 'meetbot.db'}"
        shutil.rmtree(place)
        return
    name = f"{url.database}_{number}"
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {url.database}"))
        yield url.set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def upgrade(address: str, copies: Path, *, killed_at: int) -> int:
    """The exit code of a process that upgrades it; 0 for `killed_at`: it lives."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    steps = 0

    def step(*_: object) -> None:
        nonlocal steps
        steps += 1
        if steps == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)

    made = create_engine(address)
    with made.connect() as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    event.listen(Engine, "after_cursor_execute", step)
    event.listen(Engine, "commit", step)
    sys.addaudithook(lambda name, _: step() if name in _FILES else None)
    if found != engine.SCHEMA:
        # Copying from a server takes a hundred statements, none of which writes there.
        migrations.upgrade(made, found, copies=copies if address.startswith("sqlite") else None)
    os._exit(0)


def main() -> None:
    address, every, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    copies = folder / "backups"
    with copied(address, folder, 0) as database:
        upgrade(database, copies, killed_at=0)
        wanted = content(database)
    kills, wrong, turn, died = 0, [], 1, True
    while died:
        with copied(address, folder, turn) as database:
            died = upgrade(database, copies, killed_at=turn) != 0
            kills += died
            if died and (upgrade(database, copies, killed_at=0) or content(database) != wanted):
                wrong.append(turn)
        turn += every
    print(json.dumps({"kills": kills, "wrong": wrong}))  # noqa: T201


if __name__ == "__main__":
    main()
