"""Where a backup is put together and tried: a folder that nobody else can read, and of which nothing is left."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from meetbot.errors import UserError

_NAME = "backup-in-progress"


@contextmanager
def workplace(data_dir: Path) -> Iterator[Path]:
    """An empty folder within the data folder; UserError while another backup or restore has it."""
    folder = data_dir / _NAME
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise UserError(f"{data_dir}: another backup or restore is under way; wait until it has ended") from None
    try:
        _empty(folder)  # of what a former one left that was killed
        yield folder
    finally:
        shutil.rmtree(folder)
        os.close(descriptor)


def clear(data_dir: Path) -> None:
    """Remove what a backup left that was killed: it holds the store and its key in clear."""
    if (data_dir / _NAME).exists():
        with suppress(UserError), workplace(data_dir):
            pass


def _empty(folder: Path) -> None:
    for one in folder.iterdir():
        shutil.rmtree(one) if one.is_dir() else one.unlink()
