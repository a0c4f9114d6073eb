"""Bilaterals on other days than those of the programme: where each aims, what is asked, and how near it comes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from meetbot.core import times
from meetbot.core.bilaterals import question, reasons, windows
from meetbot.core.bilaterals.board import Board, bits
from meetbot.core.bilaterals.confirmable import obstacle_text
from meetbot.core.bilaterals.nouns import ANNOUNCED, Availability, Can, Pair, State
from meetbot.core.bilaterals.problem import Placement, Problem, Schedule
from meetbot.core.bilaterals.question import Known
from meetbot.core.model import Bilaterals, Organisation, Programme
from meetbot.core.times import Interval

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_WEEK_NAME = re.compile(r"(?:week|w)\s*(\d{1,2})", re.IGNORECASE)


@dataclass(frozen=True)
class Days:
    """A week or a single day, by the calendar of the programme."""

    first_on: date
    last_on: date  #: included

    @property
    def a_week(self) -> bool:
        return self.first_on != self.last_on

    def holds(self, instant: datetime, zone: str) -> bool:
        return self.first_on <= instant.astimezone(times.zone(zone)).date() <= self.last_on


@dataclass(frozen=True)
class Asked:
    """What is asked of the solver about other days."""

    plan: Bilaterals  #: as if these were its days
    known: Known
    problem: Problem
    aims: Mapping[str, datetime]  #: by pair: when it would best begin


def named(text: str, today: date) -> Days:
    """The days that "week48" or "2021-11-29" stands for; of a week the next one that is not over (ISO 8601).

    ValueError for anything else, and for a day that is over.
    """
    if match := _WEEK_NAME.fullmatch(text.strip()):
        return _next_week(int(match[1]), today)
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is neither a week, such as week48, nor a day, such as 2021-11-29") from None
    if day < today:
        raise ValueError(f"{day} is over")
    return Days(day, day)


def _next_week(number: int, today: date) -> Days:
    for year in range(today.isocalendar().year, today.isocalendar().year + 8):  # not each year has a week 53
        try:
            monday = date.fromisocalendar(year, number, 1)
        except ValueError:
            continue
        if monday + _WEEK > today:
            return week_of(monday)
    raise ValueError(f"no year has a week {number}")


def week_of(day: date) -> Days:
    """From Monday to Sunday."""
    monday = day - day.weekday() * _DAY
    return Days(monday, monday + 6 * _DAY)


def aim(starts_at: datetime, to: Days, zone: str) -> datetime:
    """The same time of day by the clocks of the zone, and in a week on the same weekday."""
    wall = starts_at.astimezone(times.zone(zone))
    day = to.first_on + wall.weekday() * _DAY if to.a_week else to.first_on
    return datetime.combine(day, wall.time(), times.zone(zone)).astimezone(UTC)


def asked(
    programme: Programme,
    known: Known,
    to: Days,
    aims: Mapping[str, datetime],
    now: datetime,
    *,
    same_day: bool = False,
) -> Asked:
    """The question for those pairs on those days; all else that is announced or proposed stays where it is.

    A side that has said nothing of a day is asked for its working hours, "if needed": whoever moves it has to know
    better. `same_day`: each only on the day at which it aims.
    """
    if programme.bilaterals is None:
        raise ValueError("the programme has no bilaterals")
    plan = replace(programme.bilaterals, first_on=to.first_on, last_on=to.last_on)
    pairs = [standing(one, known) for one in known.pairs if one.key not in aims and _has_a_time(one)]
    pairs += [replace(one, starts_at=aims[one.key]) for one in known.pairs if one.key in aims]
    sides = {programme.organisations[side] for one in pairs for side in (one.a, one.b)}
    reach = Interval(*(windows.grid(plan, programme).at(step) for step in (0, windows.grid(plan, programme).count)))
    said = {one.key: _said_or_free(known.availabilities.get(one.key), one, reach, now) for one in sides}
    there = replace(known, pairs=pairs, availabilities=said, release=frozenset(aims), creates=None)
    problem = question.problem(programme, plan, there, now)
    if same_day:
        problem = _on_the_day(problem, aims, programme.zone)
    return Asked(plan, there, problem, aims)


def _has_a_time(pair: Pair) -> bool:
    return pair.state in ANNOUNCED or pair.state is State.PROPOSED


def standing(pair: Pair, known: Known) -> Pair:
    """As what stays: what is offered to others is not taken from them, and its meeting's own time is the true one."""
    meeting = next((one for one in known.meetings if one.key == pair.key and not one.cancelled), None)
    starts_at = pair.starts_at if meeting is None else meeting.interval.start
    return replace(pair, starts_at=starts_at, state=State.AGREED if pair.state is State.PROPOSED else pair.state)


def _said_or_free(said: Availability | None, side: Organisation, reach: Interval, now: datetime) -> Availability:
    """What it said; of the days of which it said nothing, that it can if needed."""
    spans = () if said is None else said.said
    open_days = tuple(
        (day, Can.IF_NEEDED) for day in _days(reach, side.zone) if not any(day & span for span, _ in spans)
    )
    return Availability(side.key, (*spans, *open_days), now if said is None else said.answered_at, "working hours")


def _days(reach: Interval, zone: str) -> Iterator[Interval]:
    """The days of that place's calendar which these stretches of time touch."""
    day = reach.start.astimezone(times.zone(zone)).date()
    while (start := datetime.combine(day, time(), times.zone(zone))) < reach.end:
        day += _DAY
        yield Interval(start, datetime.combine(day, time(), times.zone(zone)))


def _on_the_day(problem: Problem, aims: Mapping[str, datetime], zone: str) -> Problem:
    def steps(aim: datetime) -> int:
        day = aim.astimezone(times.zone(zone)).date()
        start, end = (datetime.combine(one, time(), times.zone(zone)) for one in (day, day + _DAY))
        return problem.grid.inside(Interval(start, end))

    kept = [
        replace(one, allowed=one.allowed & steps(aims[one.pair])) if one.pair in aims else one
        for one in problem.requests
    ]
    return replace(problem, requests=tuple(kept))


def nearest(asked: Asked, schedule: Schedule, had: Mapping[str, str | None]) -> Schedule:
    """The same pairs placed, each as near to its aim as the others let it, with the interpreter whom it `had`.

    A time at which a side can comes before one at which it can only if needed.
    """
    board = _seated(asked.problem, schedule, had) or _seated(asked.problem, schedule, {})
    assert board is not None, "the solver has found places for all of them"
    for number, request in enumerate(board.requests):
        step = board.at[number]
        if step is not None and not request.fixed and step != request.announced:
            board.take(number)
            near = min(bits(board.open(number)), key=lambda at: _order(asked, request.pair, request.reluctant, at))
            board.put(number, near, _own(board, number, near, had.get(request.pair)))
    return _scheduled(board, schedule)


def first(asked: Asked, pair: str) -> Placement | None:
    """The open time nearest to the aim of this pair; None: there is none."""
    board = _standing_only(asked.problem)
    number = next(number for number, one in enumerate(board.requests) if one.pair == pair)
    reluctant = board.requests[number].reluctant
    steps = sorted(bits(board.open(number)), key=lambda at: _order(asked, pair, reluctant, at))
    if not steps:
        return None
    by = board.interpreter(number, steps[0]) if board.needed[number] else None
    return Placement(steps[0], None if by is None else board.interpreters[by])


def _order(asked: Asked, pair: str, reluctant: int, at: int) -> tuple[int, timedelta, int]:
    return reluctant >> at & 1, abs(asked.problem.grid.at(at) - asked.aims[pair]), at


def _standing_only(problem: Problem) -> Board:
    board = Board(problem)
    for number, one in enumerate(board.requests):
        if one.fixed and one.announced is not None:
            board.put(number, one.announced)
    return board


def _seated(problem: Problem, schedule: Schedule, had: Mapping[str, str | None]) -> Board | None:
    """The schedule on a board, each with the interpreter whom it had if they can; None: not all find one so."""
    board = _standing_only(problem)
    for number, one in enumerate(board.requests):
        placed = schedule.placed.get(one.pair)
        if placed is None or one.fixed:
            continue
        if not board.open(number) >> placed.step & 1:
            return None
        wanted = (had.get(one.pair), placed.interpreter)
        able = [by for name in wanted if (by := _own(board, number, placed.step, name)) is not None]
        board.put(number, placed.step, able[0] if able else None)
    return board


def _own(board: Board, number: int, step: int, name: str | None) -> int | None:
    """That interpreter, if they can then."""
    if not board.needed[number] or name not in board.interpreters:
        return None
    one = board.interpreters.index(name)
    return one if one in board.can[number] and (board.free[one] & ~board.closed_by[one]) >> step & 1 else None


def _scheduled(board: Board, before: Schedule) -> Schedule:
    placed, reluctant = {}, 0
    for request, step, by in zip(board.requests, board.at, board.by, strict=True):
        if step is not None:
            placed[request.pair] = Placement(step, None if by is None else board.interpreters[by])
            reluctant += request.reluctant >> step & 1
    elsewhere = [
        one.pair
        for one in board.requests
        if one.announced is not None and (one.pair not in placed or placed[one.pair].step != one.announced)
    ]
    return replace(before, placed=placed, reluctant=reluctant, moved=tuple(sorted(elsewhere)))


def why_not(programme: Programme, asked: Asked, schedule: Schedule, pair: Pair, now: datetime) -> str:
    """Why it cannot begin when it aims to, in words; "" when nothing but the sides' own wishes is in the way."""
    at = asked.aims[pair.key]
    span = Interval(at, at + asked.plan.duration)
    sides = [programme.organisations[key] for key in (pair.a, pair.b)]
    if at < now + windows.NOTICE:
        return "that is less than a day ahead, so that nobody could be told in time"
    said = [words for one in sides if (words := _objection(asked, one, span))]
    return "; ".join(said or _taken(programme, asked, schedule, pair.key))


def _objection(asked: Asked, side: Organisation, span: Interval) -> str:
    """What its calendar, its clocks and its own answer say against it."""
    grid, rules = asked.problem.grid, windows.hours_of(side, asked.plan)
    off = asked.known.holidays.get(side.country, {})
    wall = [at.astimezone(times.zone(side.zone)).date() for at in (span.start, span.end - timedelta(minutes=1))]
    if free := [day for day in wall if day in off]:
        return f"{free[0]:%a %-d %b %Y} is {off[free[0]]} in {side.country}"
    if closed := [day for day in wall if day.weekday() not in rules.weekdays]:
        return f"{closed[0]:%a %-d %b %Y} is no working day of {side.name}"
    steps = grid.touched(span)
    if steps & ~windows.workable(side, rules, off, grid):
        return f"{times.span_text(span, side.zone)} is outside the working hours of {side.name}"
    if steps & ~windows.said(asked.known.availabilities[side.key], grid)[0]:
        return f"{side.name} cannot then, as it has said"
    return ""


def _taken(programme: Programme, asked: Asked, schedule: Schedule, key: str) -> Sequence[str]:
    """What others have taken."""
    board = _seated(asked.problem, replace(schedule, placed=_without(schedule, key)), {})
    if board is None:
        return ()
    number, request = next((number, one) for number, one in enumerate(board.requests) if one.pair == key)
    if request.announced is None:
        return ("no bilateral begins at that time",)
    found = sorted(reasons.obstacles(board, number, request.announced))
    return [obstacle_text(programme, what, who) for what, who in found]


def _without(schedule: Schedule, key: str) -> Mapping[str, Placement]:
    return {other: placed for other, placed in schedule.placed.items() if other != key}
