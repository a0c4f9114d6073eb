"""Classic mistakes as patches: each names itself, the promise that it breaks and where a test should notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).parents[2]
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Mistake:
    """A patch of one mistake that somebody might well make."""

    patch: Path
    what: str
    tests: tuple[str, ...]  #: where it should be noticed; the whole suite is asked only if it is not


def planted() -> tuple[Mistake, ...]:
    """Every mistake that is kept, by the name of its patch."""
    return tuple(_read(path) for path in sorted(_FOLDER.glob("*.patch")))


def _read(path: Path) -> Mistake:
    what, tests = path.read_text().splitlines()[:2]
    return Mistake(path, what, tuple(tests.removeprefix("Tests: ").split()))
