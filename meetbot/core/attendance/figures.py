"""Figures from lines: cells, from which every total is added up, and who was there when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from operator import attrgetter
from statistics import median
from typing import Literal

from meetbot.core.attendance.nouns import PARTICIPANT, Cell, Group, Line, Peak, Real, SegmentPresence, Who
from meetbot.core.attendance.people import OTHERS
from meetbot.core.model import Organisation, Sex
from meetbot.core.times import Interval

LATE = timedelta(minutes=5)

_Place = tuple[Sex | None, str, str, str, str]


def cells(
    organisations: Mapping[str, Organisation], registered: Iterable[Who], lines: Iterable[Line]
) -> tuple[Cell, ...]:
    """One for each invited organisation, also where nobody came, and one for whatever else guests have in common."""
    invited = {_home(one): one.quota for one in organisations.values()}
    members: dict[_Place, tuple[list[Who], list[Line]]] = {place: ([], []) for place in invited}
    for who in registered:
        members.setdefault(_place(who), ([], []))[0].append(who)
    for line in lines:
        members.setdefault(_place(line.who), ([], []))[1].append(line)
    return tuple(_cell(place, invited.get(place, 0), *those) for place, those in members.items())


def _cell(place: _Place, invited: int, registered: Sequence[Who], came: Sequence[Line]) -> Cell:
    return Cell(
        *place,
        invited=invited,
        registered=len(registered),
        approved=sum(who.approved for who in registered),
        attended=len(came),
        stayed=sum(line.stayed for line in came),
        seconds=sum(line.seconds for line in came),
    )


def _home(invited: Organisation) -> _Place:
    return (None, invited.constituent, invited.country, invited.name, PARTICIPANT)


def _place(who: Who) -> _Place:
    if who.organisation_key is None:
        return (who.sex, OTHERS, OTHERS, OTHERS, who.role)
    return (who.sex, who.constituent, who.country, who.organisation, who.role)


def groups(what: Literal["organisation", "country", "constituent"], cells: Iterable[Cell]) -> tuple[Group, ...]:
    """The cells added up; who was not invited is in the last, shown if anybody in it was approved or came."""
    members: dict[str, list[Cell]] = {}
    for cell in cells:
        members.setdefault(getattr(cell, what), []).append(cell)
    others = members.pop(OTHERS, [])
    found = [_group(name, those) for name, those in members.items()]
    rest = _group(OTHERS, others)
    return (*found, rest) if rest.approved or rest.attended else tuple(found)


def _group(name: str, members: Sequence[Cell]) -> Group:
    def total(what: str) -> int:
        return sum(getattr(cell, what) for cell in members)

    counts = [total(what) for what in ("invited", "registered", "approved", "attended", "stayed", "seconds")]
    return Group(name, *counts)


def by_segment(segments: Real, lines: Sequence[Line]) -> Iterator[SegmentPresence]:
    for segment, real in segments:
        present = sum(segment.key in line.segments for line in lines)
        yield SegmentPresence(segment.key, segment.title, segment.interval, real, present)


def presence(intervals: Iterable[Interval]) -> tuple[tuple[datetime, int], ...]:
    """How many were there from each instant on at which that changed; who leaves as another comes was not with them."""
    steps: Counter[datetime] = Counter()
    for one in intervals:
        steps[one.start] += 1
        steps[one.end] -= 1
    changes = [(at, step) for at, step in sorted(steps.items()) if step]
    return tuple(zip((at for at, _ in changes), accumulate(step for _, step in changes), strict=True))


def peak(presence: Iterable[tuple[datetime, int]]) -> Peak:
    most = (Peak(count, at) for at, count in presence)
    return max(most, key=attrgetter("present"), default=Peak(0, None))


def median_stay(lines: Iterable[Line]) -> timedelta:
    return timedelta(seconds=median([line.time.total_seconds() for line in lines] or [0]))


def late(lines: Iterable[Line], start: datetime) -> int:
    """How many came only after the meeting had gone on for a while."""
    return sum(line.first_joined > start + LATE for line in lines)
