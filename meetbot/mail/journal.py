"""The sent-mail journal: a file beside the store that remembers what left, should the store be put back from a copy.

One line for each message that a mail server accepted: when, a mark of what it said to whom, its Message-ID and the
revision it was made from. It names nobody. It is only ever appended to, and synced before the store says "accepted".
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

#: No backup is put back after so long.
KEPT_FOR = timedelta(days=400)


@dataclass(frozen=True)
class Line:
    """One accepted message."""

    at: datetime
    mark: str  #: the same for the same words to the same reader; says nothing of either
    message_id: str
    revision: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()} {self.mark} {self.message_id} {self.revision}\n"


class Journal:
    """The journal at that path; the file is made with the first line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def note(self, *lines: Line) -> None:
        """Write these down; they are on disk when it returns. OSError when they are not."""
        await asyncio.to_thread(self.append, lines)

    def append(self, lines: Iterable[Line]) -> None:
        """The same for a caller without a loop."""
        with self._alone() as file:
            if file.seek(0, os.SEEK_END) and not self._ends_whole(file):
                file.write(b"\n")  # a former process died while it wrote; its torn line stays alone
            file.write("".join(map(str, lines)).encode())
            _sync(file)

    def since(self, at: datetime) -> Iterator[Line]:
        """What was accepted later than that, in the order it was written; torn and foreign lines are passed over."""
        if self.path.exists():
            with self.path.open(encoding="utf-8", errors="replace") as file:
                yield from (line for text in file if (line := _read(text)) is not None and line.at > at)

    def last(self) -> Line | None:
        """The newest line."""
        return max(self.since(_BEGINNING), key=lambda line: line.at, default=None)

    def merge(self, other: Journal) -> None:
        """Take over what only the other one knows."""
        mine = {line.message_id for line in self.since(_BEGINNING)}
        missing = [line for line in other.since(_BEGINNING) if line.message_id not in mine]
        if missing:
            self.append(missing)

    def prune(self, *, now: datetime) -> None:
        """Leave out what is older than any backup that may still be put back."""
        if not self.path.exists():
            return
        with self._alone():
            kept = [str(line) for line in self.since(now - KEPT_FOR)]
            draft = self.path.with_name(f"{self.path.name}.part")
            with _opened(draft, "wb", os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as file:
                file.write("".join(kept).encode())
                _sync(file)
            draft.replace(self.path)
            _sync_folder(self.path.parent)

    def _alone(self) -> IO[bytes]:
        """The file, open at its end and locked: `prune` may be putting another one in its place."""
        while True:
            is_new = not self.path.exists()
            file = _opened(self.path, "ab+", os.O_RDWR | os.O_CREAT | os.O_APPEND)
            fcntl.flock(file, fcntl.LOCK_EX)
            if self.path.exists() and self.path.stat().st_ino == os.fstat(file.fileno()).st_ino:
                if is_new:
                    _sync_folder(self.path.parent)
                return file
            file.close()

    @staticmethod
    def _ends_whole(file: IO[bytes]) -> bool:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


_BEGINNING = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _read(text: str) -> Line | None:
    """The line; None when it is not whole."""
    try:
        at, mark, message_id, revision = text.split(" ")
        return Line(datetime.fromisoformat(at), mark, message_id, int(revision)) if text.endswith("\n") else None
    except ValueError:
        return None


def _opened(path: Path, mode: str, flags: int) -> IO[bytes]:
    return os.fdopen(os.open(path, flags, 0o600), mode)


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
