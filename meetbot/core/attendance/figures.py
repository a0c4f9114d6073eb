"""Figures from lines: cells, from which every total is added up, and who was there when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import accumulate, groupby
from operator import attrgetter, itemgetter
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
    found: dict[_Place, Cell] = {}
    for invited in organisations.values():
        home = (invited.constituent, invited.country, invited.name)
        found[None, *home, PARTICIPANT] = Cell(None, *home, PARTICIPANT, invited=invited.quota)
    for who in registered:
        where = _place(who)
        cell = found.get(where) or Cell(*where)
        found[where] = replace(cell, registered=cell.registered + 1, approved=cell.approved + who.approved)
    for line in lines:
        where = _place(line.who)
        cell = found.get(where) or Cell(*where)
        came, stayed, seconds = cell.attended + 1, cell.stayed + line.stayed, cell.seconds + line.seconds
        found[where] = replace(cell, attended=came, stayed=stayed, seconds=seconds)
    return tuple(found.values())


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
    steps = sorted((at, step) for one in intervals for at, step in ((one.start, 1), (one.end, -1)))
    changes = [(at, sum(step for _, step in those)) for at, those in groupby(steps, itemgetter(0))]
    counts = accumulate(change for _, change in changes)
    return tuple((at, count) for (at, change), count in zip(changes, counts, strict=True) if change)


def peak(presence: Iterable[tuple[datetime, int]]) -> Peak:
    most = (Peak(count, at) for at, count in presence)
    return max(most, key=attrgetter("present"), default=Peak(0, None))


def median_stay(lines: Iterable[Line]) -> timedelta:
    return timedelta(seconds=median([line.time.total_seconds() for line in lines] or [0]))


def late(lines: Iterable[Line], start: datetime) -> int:
    """How many came only after the meeting had gone on for a while."""
    return sum(line.first_joined > start + LATE for line in lines)
