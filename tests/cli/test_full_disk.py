"""No room left on the disk: a person is told so in one line, and nothing is half saved."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from meetbot.store import engine
from tests.cli import desk
from tests.store.test_upgrade import content, lay_down

#: A disk of its own, a megabyte large, on which the store is. Before the list is taken in the rest of it is filled, but
#: for ROOM: without any the store cannot even be opened, with a little it breaks off in the middle of writing.
SCRIPT = """
set -e
mkdir data
mount -t tmpfs -o size=1m none data
"$PYTHON" -m meetbot apply network.yaml --yes >/dev/null
dd if=/dev/zero of=data/filling bs=4k 2>/dev/null || true
truncate -s -$ROOM data/filling
"$PYTHON" -m meetbot import forms.csv --yes >/dev/null || echo "exit code $?"
rm data/filling
"$PYTHON" -m meetbot import forms.csv --yes >/dev/null
"$PYTHON" -m meetbot registrants list
"""
#: The same with the store of an older program, which is to be upgraded; what lies on the disk is kept at two moments.
UPGRADE = """
set -e
export MEETBOT_DATA_DIR=small
mkdir small
mount -t tmpfs -o size=1m none small
cp old.db small/meetbot.db
dd if=/dev/zero of=small/filling bs=4k 2>/dev/null || true
truncate -s -$ROOM small/filling
"$PYTHON" -m meetbot outbox list >/dev/null || true
rm small/filling
cp -R small failed
"$PYTHON" -m meetbot outbox list >/dev/null 2>&1 || true
cp -R small upgraded
"""
ALONE = ["unshare", "--mount", "--map-root-user"]


def can_mount() -> bool:
    try:
        return subprocess.run([*ALONE, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode == 0
    except OSError:
        return False


@pytest.mark.skipif(not can_mount(), reason="this machine lets nobody make a small disk")
@pytest.mark.parametrize("room", ["0", "96k"])
def test_F48_a_full_disk_is_told_in_words_and_nothing_is_lost(tmp_path: Path, room: str) -> None:
    """The command fails with one sentence; with room again it does all that it was asked."""
    forms = "".join(f"Sok Dara {number},d{number}@npic.example,NPIC\n" for number in range(200))
    (tmp_path / "forms.csv").write_text(f"Name,E-mail,Organisation\n{forms}")
    (tmp_path / "network.yaml").write_text(desk.PROGRAMME)
    with desk.zoom() as (_, url):
        environment = {
            **desk.settings_for(tmp_path, url),
            "PYTHON": sys.executable,
            "PATH": "/usr/bin:/bin",
            "ROOM": room,
        }

        done = subprocess.run(
            [*ALONE, "sh", "-c", SCRIPT], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
        )

    assert done.stderr == "The disk is full: this was not saved. Make room, then give the command again.\n"
    assert (done.returncode, done.stdout.partition("\n")[0]) == (0, "exit code 1")
    assert all(f"d{number}@npic.example" in done.stdout for number in range(200))


@pytest.mark.skipif(not can_mount(), reason="this machine lets nobody make a small disk")
@pytest.mark.parametrize("room", ["0", "32k", "128k", "300k"])
def test_F54_a_disk_that_fills_up_in_an_upgrade_leaves_the_store_as_it_was(tmp_path: Path, room: str) -> None:
    """While the key is made, in the copy before, or in a migration: the next start, with room, begins anew."""
    lay_down(f"sqlite:///{tmp_path / 'old.db'}", "0002")
    before = content(f"sqlite:///{tmp_path / 'old.db'}")
    environment = {"PYTHON": sys.executable, "PATH": "/usr/bin:/bin", "ROOM": room}

    done = subprocess.run(
        [*ALONE, "sh", "-c", UPGRADE], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )

    assert done.stderr == "The disk is full: this was not saved. Make room, then give the command again.\n"
    assert content(f"sqlite:///{tmp_path / 'failed' / 'meetbot.db'}") == before
    with closing(sqlite3.connect(tmp_path / "upgraded" / "meetbot.db")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [(engine.SCHEMA,)]
    copies = {
        tuple(sorted(path.name.partition("-")[0] for path in (tmp_path / folder / "backups").glob("*")))
        for folder in ("failed", "upgraded")
    }
    assert copies <= {(), ("before",), ("before", "before")}
