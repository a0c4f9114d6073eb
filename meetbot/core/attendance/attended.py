"""When each of many people was there, from the rows of Zoom's report that are theirs."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from meetbot.core.attendance import joined
from meetbot.core.remote import Session
from meetbot.core.times import Interval

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Attended:
    """The time of each person, counted once; people have the numbers of the order in which they were given."""

    def __init__(self, rows_of_each: Iterable[Iterable[Session]], since: datetime) -> None:
        """`since`: what was before does not count."""
        people, starts, ends = array("q"), array("q"), array("q")
        number, opening = -1, _number(since)
        for number, rows in enumerate(rows_of_each):
            for row in rows:
                start, end = max(_number(row.interval.start), opening), _number(row.interval.end)
                if start < end:
                    people.append(number)
                    starts.append(start)
                    ends.append(end)
        self._people = number + 1
        self._stays = joined.joined(joined.Stays(people, starts, ends))

    def intervals(self) -> list[tuple[Interval, ...]]:
        """Of each person, in order and without overlaps."""
        found: list[list[Interval]] = [[] for _ in range(self._people)]
        for person, start, end in zip(self._stays.people, self._stays.starts, self._stays.ends, strict=True):
            found[person].append(Interval(_instant(start), _instant(end)))
        return list(map(tuple, found))

    def at_least(self, share: Fraction, times: Sequence[Interval]) -> list[bool]:
        """Whether each person was there for that share of the times, which do not overlap; of no time nobody was."""
        bounds = [(_number(one.start), _number(one.end)) for one in times]
        enough = share.numerator * sum(end - start for start, end in bounds)
        if not enough:
            return [False] * self._people
        there = joined.inside(self._stays, self._people, bounds)
        return [share.denominator * sum(parts) >= enough for parts in zip(*there, strict=True)]


def _number(instant: datetime) -> int:
    """In whole microseconds, since a floating number is not exact."""
    return (instant - _EPOCH) // _MICROSECOND


def _instant(number: int) -> datetime:
    return _EPOCH + timedelta(microseconds=number)
