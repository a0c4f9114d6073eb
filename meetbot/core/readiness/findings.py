"""What was checked, in words for an organiser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"  #: the meeting can be held, but somebody may be surprised
    FAIL = "fail"  #: has to be put right


@dataclass(frozen=True)
class Finding:
    """One thing that was checked."""

    level: Level
    text: str
    remedy: str = ""


def joined(names: Sequence[str], *, most: int = 4) -> str:
    """ "a, b and c", and after the first few only how many more."""
    shown = [*names] if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))
