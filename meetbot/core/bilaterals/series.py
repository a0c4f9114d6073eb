"""Two that want to go on: further meetings, each in a week of its own, on the weekday and at the time of the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

from meetbot.core import times
from meetbot.core.bilaterals import moving, windows
from meetbot.core.bilaterals.nouns import Pair, State
from meetbot.core.bilaterals.problem import Schedule
from meetbot.core.bilaterals.question import Known
from meetbot.core.model import Programme

#: So many weeks in a row without any time, and the series ends early.
_MOST_SKIPPED = 6
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Proposal:
    """Further meetings that one side of a pair has asked for. Nobody's time is kept until both have agreed."""

    pair: str  #: key of the two's first meeting
    subject: str  #: what they are about
    count: int  #: meetings after the first, once it has come about
    every: int  #: weeks
    starts: Mapping[str, datetime]  #: by key of the meeting that it would be
    state: State  #: proposed, agreed, or cancelled: declined or withdrawn
    reason: str  #: why it stands where it stands, for a person
    since: datetime  #: when it came to stand there
    agreed_by: frozenset[str]  #: sides (keys) that have agreed to these times; whoever asks agrees
    revision: int  #: up whenever other times, or another series, are asked for


@dataclass(frozen=True)
class Series:
    """The further meetings of a pair."""

    pairs: tuple[Pair, ...]  #: new ones, each with its time and its interpreter
    why: dict[str, str]  #: by key: why it is not on that weekday and at that time
    skipped: tuple[str, ...]  #: weeks without any time, and why
    wanted: int  #: how many were missing


def first_of(key: str) -> str:
    """The pair that a series goes on from: "a+b" of "a+b.3"; no key of an organisation has a dot."""
    return key.partition(".")[0]


def of(key: str, known: Known) -> set[str]:
    """The keys of all meetings of the two, the first among them, whatever became of each."""
    return {one.key for one in known.pairs if first_of(one.key) == key}


def reach(programme: Programme, known: Known, pair: Pair, count: int, every: int, now: datetime) -> tuple[date, date]:
    """The days on which further meetings may come to lie: holidays have to be known of these."""
    there = of(pair.key, known)
    first = next(aims := _aims(programme, pair, there, every, now))
    last = list(islice(aims, count + _MOST_SKIPPED))[-1]
    return moving.week_of(first.date()).first_on - _WEEK, moving.week_of(last.date()).last_on + _WEEK


def further(
    programme: Programme, known: Known, pair: Pair, count: int, every: int, now: datetime, *, subject: str = ""
) -> Series:
    """What is missing of `count` meetings after the first, one each `every` weeks; what is there already stays.

    A time that cannot be gives way to the nearest of its week, a week without any to the following one. `subject`: what
    they are about; more than one of a subject are numbered.
    """
    there = of(pair.key, known)
    keys = [key for number in range(2, count + 2) if (key := f"{pair.key}.{number}") not in there]
    titles = _titles(subject, [one.subject for one in known.pairs if one.key in there], len(keys))
    found: list[Pair] = []
    why: dict[str, str] = {}
    skipped: list[str] = []
    aims = _aims(programme, pair, there, every, now)
    while len(found) < len(keys) and len(skipped) < _MOST_SKIPPED:
        one = replace(_new(pair, keys[len(found)], now), subject=titles[len(found)])
        new, reason = _in_week(programme, known, one, next(aims), now)
        if new.starts_at is None:
            skipped.append(reason)
            continue
        found.append(new)
        why |= {new.key: reason} if reason else {}
    return Series(tuple(found), why, tuple(skipped), len(keys))


def _new(pair: Pair, key: str, now: datetime) -> Pair:
    return replace(
        pair, key=key, state=State.AGREED, since=now, starts_at=None, agreed_by=frozenset(), revision=1, reason=""
    )


def _titles(subject: str, before: Sequence[str], count: int) -> list[str]:
    """ "Workshop 3", "Workshop 4" after two of them."""
    had = sum(one.rstrip("0123456789").rstrip() == subject for one in before)
    if not subject or had + count == 1:
        return [subject] * count
    return [f"{subject} {had + number}" for number in range(1, count + 1)]


def _aims(programme: Programme, pair: Pair, there: set[str], every: int, now: datetime) -> Iterator[datetime]:
    """Week after week, after what is there already, and not without notice."""
    first = programme.meetings[pair.key].interval.start
    last = max(programme.meetings[key].interval.start for key in there if key in programme.meetings)
    taken = moving.week_of(last.astimezone(times.zone(programme.zone)).date())
    day = first.astimezone(times.zone(programme.zone)).date()
    while True:
        day += timedelta(weeks=every)
        week = moving.week_of(day)
        at = moving.aim(first, week, programme.zone)
        if week.first_on > taken.last_on and at >= now + windows.NOTICE:
            yield at


def _in_week(programme: Programme, known: Known, new: Pair, aim: datetime, now: datetime) -> tuple[Pair, str]:
    """The pair at its time in the week of the aim, or without one; and why it is not the one aimed at."""
    week = moving.week_of(aim.astimezone(times.zone(programme.zone)).date())
    there = replace(known, pairs=[*known.pairs, new])
    asked = moving.asked(programme, there, week, {new.key: aim}, now)
    placed = moving.first(asked, new.key)
    starts_at = None if placed is None else asked.problem.grid.at(placed.step)
    why = "" if starts_at == aim else moving.why_not(programme, asked, Schedule({}, {}, 0, 0.0, 0), new, now)
    if placed is None:
        return new, f"{times.date_text(aim, programme.zone)}: {why}; no other time of that week is possible either"
    return replace(new, starts_at=starts_at, interpreter=placed.interpreter), why
