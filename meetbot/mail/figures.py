"""How a letter shows figures: bars, and no more lines than anybody reads on a telephone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

# Of each list, by the languages of the letter; the rest is in the tables. Gmail cuts off what is larger than 102 KB.
_LINES_SHOWN = {1: 18, 2: 6}
_GROUPS_SHOWN = {1: 32, 2: 10}
_STRETCHES = 12  #: into which the time of a meeting is divided, one bar each
_BLOCKS = 10  #: of a bar in text


def shown(languages: int) -> dict[str, int]:
    """How much of each list a letter shows that says everything in so many languages."""
    return {"lines_shown": _LINES_SHOWN[languages], "groups_shown": _GROUPS_SHOWN[languages]}


def figure(count: int | None) -> str:
    """ "–" for one that is hidden."""
    return "–" if count is None else str(count)


def blocks(share: int) -> str:
    """A bar for a share in per cent: "███████░░░"."""
    return ("█" * (share * _BLOCKS // 100)).ljust(_BLOCKS, "░")


def stretches(presence: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Equal stretches of time, each with its start and the most who were there. `presence`: instant, how many since."""
    steps = [(datetime.fromisoformat(at), count) for at, count in presence]
    first, length = steps[0][0], (steps[-1][0] - steps[0][0]) / _STRETCHES
    starts = [first + number * length for number in range(_STRETCHES)] if length else [first]
    most = []
    for start in starts:
        before = [count for at, count in steps if at <= start][-1:]
        within = [count for at, count in steps if start < at < start + length]
        most.append((start.isoformat(), max(before + within)))
    return most


FILTERS = {"figure": figure, "blocks": blocks, "stretches": stretches}
