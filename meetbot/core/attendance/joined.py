"""How long people were there, however often each of them came: time that overlaps counts once.

Numbers alone, in columns: people from 0 on, instants in whole microseconds. A loop does for the rows of most meetings,
numpy for many; both find the same, to the microsecond.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

#: From about so many rows on the arrays are quicker than the loop; measured by `scripts/bench attendance`.
MANY = 100
#: Beyond this the instants of all people, laid one behind another, are not surely whole numbers of 64 bits.
_WIDEST = 2**62

Column: TypeAlias = "array[int]"  #: of 64 bits each
Window: TypeAlias = tuple[int, int]  #: from its start up to, not including, its end
_Array: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Stays:
    """Stretches of time that people were there, a row for each; none ends before it starts."""

    people: Column
    starts: Column
    ends: Column

    def __len__(self) -> int:
        return len(self.people)


def joined(stays: Stays) -> Stays:
    """The same time without overlaps, by person and then by start; stretches that touch become one."""
    if len(stays) < MANY:
        return _joined_in_a_loop(stays)
    people, starts, ends = map(_numbers, (stays.people, stays.starts, stays.ends))
    first = int(starts.min())
    span = int(ends.max()) - first + 1  # one more, so that nobody touches the next
    if (int(people.max()) + 1) * span > _WIDEST:
        return _joined_in_a_loop(stays)
    return _joined_at_once(people, starts - first, ends - first, first, span)


def inside(stays: Stays, people: int, windows: Sequence[Window]) -> list[Column]:
    """By window, how many microseconds of it each of so many people was there. `stays`: as `joined` makes them."""
    if len(stays) < MANY:
        return _inside_in_a_loop(stays, people, windows)
    whose, starts, ends = map(_numbers, (stays.people, stays.starts, stays.ends))
    return [_inside_at_once(whose, starts, ends, people, window) for window in windows]


def _joined_in_a_loop(stays: Stays) -> Stays:
    people, starts, ends = array("q"), array("q"), array("q")
    for person, start, end in sorted(zip(stays.people, stays.starts, stays.ends, strict=True)):
        if people and people[-1] == person and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            people.append(person)
            starts.append(start)
            ends.append(end)
    return Stays(people, starts, ends)


def _joined_at_once(people: _Array, starts: _Array, ends: _Array, first: int, span: int) -> Stays:
    """Each person has a stretch of one long axis of time to themselves.

    Starts and ends are sorted apart: nobody is there before a start if as many have ended as had started.
    """
    starts, ends = np.sort(people * span + starts), np.sort(people * span + ends)
    gaps = np.flatnonzero(starts[1:] > ends[:-1])
    since, until = starts[np.append(0, gaps + 1)], ends[np.append(gaps, len(ends) - 1)]
    whose = since // span
    origin = first - whose * span
    return Stays(_column(whose), _column(since + origin), _column(until + origin))


def _inside_in_a_loop(stays: Stays, people: int, windows: Sequence[Window]) -> list[Column]:
    found = [array("q", bytes(8 * people)) for _ in windows]
    for person, start, end in zip(stays.people, stays.starts, stays.ends, strict=True):
        for column, (low, high) in zip(found, windows, strict=True):
            if start < high and low < end:
                column[person] += min(end, high) - max(start, low)
    return found


def _inside_at_once(whose: _Array, starts: _Array, ends: _Array, people: int, window: Window) -> Column:
    since, until = np.maximum(starts, window[0]), np.minimum(ends, window[1])
    # Added as floating numbers, which are whole up to 2**53: nobody is there for the 285 years of that.
    sums = np.bincount(whose, weights=np.maximum(until - since, 0), minlength=people)
    return _column(sums.astype(np.int64))


def _numbers(column: Column) -> _Array:
    """The same numbers, not copied."""
    return np.frombuffer(column, dtype=np.int64)


def _column(numbers: _Array) -> Column:
    return array("q", numbers.tobytes())
