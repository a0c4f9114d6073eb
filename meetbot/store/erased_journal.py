"""The journal of erasures: a file beside the store that remembers who was erased, should a copy take its place.

One line for each erasure: when, and a mark of the address that only this deployment can make. It names nobody. It is
only ever appended to, and synced before the store says "erased". Lines stay, like the receipts in the store.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_LINE = re.compile(r"(\S+) ([0-9a-f]{8}) ([0-9a-f]{32})")


@dataclass(frozen=True)
class Line:
    """One erasure."""

    at: datetime
    key: str  #: tells with which data key the mark was made
    mark: str  #: of the address

    def __str__(self) -> str:
        return f"{self.at.isoformat()} {self.key} {self.mark}"


class ErasedJournal:
    """The journal at that path; the file is made with the first line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, lines: Iterable[Line]) -> None:
        """Write these down; they are on disk when it returns. OSError when they are not."""
        text = "".join(f"\n{line}\n" for line in lines)  # begins anew also after a line that was torn
        if not text:
            return
        with os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def lines(self) -> frozenset[Line]:
        """All that it remembers; torn and foreign lines are passed over."""
        if not self.path.exists():
            return frozenset()
        text = self.path.read_text(encoding="utf-8", errors="replace")
        return frozenset(line for one in text.splitlines() if (line := _read(one)) is not None)


def _read(text: str) -> Line | None:
    found = _LINE.fullmatch(text)
    try:
        return Line(datetime.fromisoformat(found[1]), found[2], found[3]) if found else None
    except ValueError:
        return None
