"""The key of the data folder: whole or not there, one for all, and no second name for it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from meetbot.store import seal

#: Ends itself, as by kill -9, when it comes to the named call of `os` for the key.
_KILLED = f"""
import os, sys
from pathlib import Path
from meetbot.store import seal

def die(*_, **__):
    os.kill(os.getpid(), {signal.SIGKILL})

setattr(os, sys.argv[2], die)
seal.from_settings("", Path(sys.argv[1]))
"""


@pytest.mark.parametrize("step", ["fsync", "link", "unlink"])
def test_P17_F54_a_kill_while_the_key_is_made_leaves_nothing_behind(tmp_path: Path, step: str) -> None:
    """The next start has one whole key under one name, and it stays the same."""
    ended = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path), step], check=False)

    opened = seal.from_settings("", tmp_path)

    assert ended.returncode == -signal.SIGKILL
    assert [one.name for one in tmp_path.iterdir()] == ["data.key"]
    assert seal.from_settings("", tmp_path).open(opened.close("a link", "row 1"), "row 1") == "a link"


def test_copy_of_the_key_that_somebody_laid_beside_it_stays(tmp_path: Path) -> None:
    """Whatever a person calls it: without the key nobody reads the links again."""
    seal.from_settings("", tmp_path)
    copies = {f"data.key.{name}": name for name in ("old", "2021", "draft-1", "before-restore-20211110")}
    for name, text in copies.items():
        (tmp_path / name).write_text(text)

    seal.from_settings("", tmp_path)

    assert {name: (tmp_path / name).read_text() for name in copies} == copies
