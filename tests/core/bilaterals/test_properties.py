"""Whole small programmes in awkward weeks, from answers to times, looked at by somebody with a clock on the wall."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetbot.core import times
from meetbot.core.bilaterals import Availability, Can, Problem, Schedule, State, openings, question
from meetbot.core.bilaterals.question import Known
from meetbot.core.bilaterals.solver import solve
from meetbot.core.delegations import Wish
from meetbot.core.model import Bilaterals, Host, Interpreter, Programme
from meetbot.core.times import Interval
from tests.core.bilaterals import builders, checker

NOW = datetime(2021, 1, 1, tzinfo=UTC)
HALF = timedelta(minutes=30)
QUARTER = timedelta(minutes=15)
#: Four days from a Friday to a Monday, in most of which somebody's clocks are changed.
WEEKS = (date(2021, 10, 29), date(2021, 3, 26), date(2021, 11, 5), date(2021, 11, 12))
WEST = (
    builders.organisation("cvt", "Myanmar", "Asia/Yangon", speaks=("English",)),
    builders.organisation("ilo", "Switzerland", "Europe/Zurich", speaks=("English", "French")),
    builders.organisation("york", "United States", "America/New_York"),
)
EAST = (
    builders.organisation("kath", "Nepal", "Asia/Kathmandu", speaks=("Nepali",)),
    builders.organisation("yunnan", "China", "Asia/Shanghai", speaks=("Chinese",)),
)
INTERPRETERS = (Interpreter("Lin", "lin@x.example", ("English", "Chinese")),)
Drawn = tuple[Programme, Bilaterals, Known]


def drawn(seed: int) -> Drawn:
    """Answers, holidays and meetings that stand by chance; six pairs at most."""
    chance = random.Random(seed)
    first = chance.choice(WEEKS)
    plan = builders.plan(
        first_on=first,
        last_on=first + timedelta(days=3),
        duration=timedelta(minutes=chance.choice([45, 60])),
        rest=timedelta(minutes=chance.choice([0, 15])),
        most_a_day=chance.choice([0, 1, 2]),
        interpreters=chance.choice([(), INTERPRETERS]),
    )
    hosts = tuple(Host(f"{number}@x.example") for number in range(chance.choice([1, 2])))
    zone = chance.choice(["Asia/Bangkok", "Europe/Zurich"])
    taken = builders.meeting("taken", _stretch(chance, first), delegations=(chance.choice(WEST).key, "x"))
    programme = builders.programme(*WEST, *EAST, bilaterals=plan, hosts=hosts, zone=zone, meetings={"taken": taken})
    pairs = [
        builders.pair(one.key, other.key, wish=chance.choice([Wish.LIKE, Wish.MUST]), weight=chance.choice([1, 3]))
        for one, other in product(WEST, EAST)
        if chance.random() < 0.7
    ]
    known = builders.known(
        *pairs or [builders.pair()],
        availabilities={one.key: _said(chance, one.key, first) for one in (*WEST, *EAST)},
        holidays={one.country: _holidays(chance, first) for one in (*WEST, *EAST)},
        meetings=(taken,),
    )
    return programme, plan, known


def _stretch(chance: random.Random, first: date) -> Interval:
    start = datetime.combine(first, time(), UTC) + chance.randrange(4 * 96) * timedelta(minutes=15)
    return Interval(start, start + chance.randrange(4, 48) * timedelta(minutes=15))


def _said(chance: random.Random, key: str, first: date) -> Availability:
    said = [(_stretch(chance, first), chance.choice([Can.YES, Can.YES, Can.IF_NEEDED, Can.NO])) for _ in range(6)]
    whole = Interval(datetime.combine(first, time(), UTC), datetime.combine(first + timedelta(days=4), time(), UTC))
    return Availability(key, (*said, *([(whole, Can.YES)] if chance.random() < 0.5 else [])), NOW, "focal point")


def _holidays(chance: random.Random, first: date) -> dict[date, str]:
    return {first + timedelta(days=chance.choice([0, 3])): "holiday"} if chance.random() < 0.3 else {}


def solved(of: Drawn) -> tuple[Problem, Schedule]:
    programme, plan, known = of
    problem = question.problem(programme, plan, known, NOW)
    return problem, solve(problem, rounds=1)


def could(known: Known, side: str, meeting: Interval) -> bool:
    """Whether what a side said covers the meeting, quarter by quarter."""
    said = known.availabilities[side].said
    quarters = [meeting.start + number * QUARTER for number in range(meeting.duration // QUARTER)]
    return all(
        any(span.start <= at < span.end and can is not Can.NO for span, can in said)
        and not any(span.start <= at < span.end and can is Can.NO for span, can in said)
        for at in quarters
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_T03_T12_nothing_is_ever_outside_what_the_clocks_on_both_walls_allow(seed: int) -> None:
    """Yangon, Kathmandu, Zurich and New York, in weeks in which clocks are changed; holidays, lunch and answers of
    both sides; rest, days and interpreters. Nobody is left out in silence."""
    of = drawn(seed)
    programme, plan, known = of

    problem, schedule = solved(of)

    starts = {
        one.pair: problem.grid.at(schedule.placed[one.pair].step)
        for one in problem.requests
        if one.pair in schedule.placed
    }
    pairs = {one.key: one for one in known.pairs}
    meetings = {(pairs[key].a, pairs[key].b): Interval(at, at + plan.duration) for key, at in starts.items()}
    who = {
        (pairs[key].a, pairs[key].b): one.interpreter or "" for key, one in schedule.placed.items() if one.interpreter
    }
    assert checker.faults(problem, schedule) == []
    assert checker.faults_on_the_clock(programme, meetings, known.holidays, interpreters=who) == []
    assert [sides for sides, at in meetings.items() if not all(could(known, side, at) for side in sides)] == []
    assert {*schedule.placed, *schedule.left} == set(pairs)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_no_common_time_is_said_only_where_there_is_none(seed: int) -> None:
    """At none of the half hours of the four days could both: seen without the sets of steps."""
    of = drawn(seed)
    programme, plan, known = of

    problem, schedule = solved(of)

    pairs = {one.key: one for one in known.pairs}
    for key in (key for key, why in schedule.left.items() if why[0].what == "no common time"):
        sides = (pairs[key].a, pairs[key].b)
        tried = (problem.grid.origin + number * HALF for number in range(4 * 48 + 2))
        ends = problem.grid.at(problem.grid.count)
        for at in (Interval(one, one + plan.duration) for one in tried if one + plan.duration <= ends):
            bare = replace(programme, meetings={})
            fits = not checker.faults_on_the_clock(bare, {sides: at}, known.holidays)
            assert not (fits and all(could(known, side, at) for side in sides))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_a_time_that_is_named_as_possible_is_possible(seed: int) -> None:
    """Both give exactly that time, all that stands stays where it is, and the pair is placed."""
    of = drawn(seed)
    programme, plan, known = of
    problem, schedule = solved(of)

    for key, opening in openings.openings(programme, plan, known, problem, schedule, NOW).items():
        pair = next(one for one in known.pairs if one.key == key)
        standing = [_standing(one, problem, schedule) for one in known.pairs if one.key in schedule.placed]
        given_ = {side: Availability(side, ((opening, Can.YES),), NOW, "telephone") for side in (pair.a, pair.b)}
        then = replace(known, pairs=[*standing, pair], availabilities={**known.availabilities, **given_})
        again = solve(question.problem(programme, plan, then, NOW), rounds=1)
        assert key in again.placed
        assert again.moved == ()


def _standing(pair: builders.Pair, problem: Problem, schedule: Schedule) -> builders.Pair:
    placed = schedule.placed[pair.key]
    starts_at = problem.grid.at(placed.step)
    return replace(pair, state=State.AGREED, starts_at=starts_at, interpreter=placed.interpreter)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_who_is_named_first_changes_nothing(seed: int) -> None:
    """Pairs, organisations and answers in the opposite order."""
    programme, plan, known = drawn(seed)
    turned = replace(
        known,
        pairs=list(reversed(known.pairs)),
        availabilities=dict(reversed(known.availabilities.items())),
    )
    other = replace(programme, organisations=dict(reversed(programme.organisations.items())))

    assert solved((other, plan, turned))[1] == solved((programme, plan, known))[1]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_other_names_and_another_order_change_nothing_of_value(seed: int) -> None:
    """Organisations, interpreters and hosts renamed, so that what was first by name is last, and written backwards."""
    of = drawn(seed)
    problem, schedule = solved(of)
    renamed = _renamed(of)

    other_problem, other = solved(renamed)

    assert other.proven == schedule.proven
    assert (*_goals(renamed[2], other), _unevenness(other_problem, other)) == (
        *_goals(of[2], schedule),
        _unevenness(problem, schedule),
    )


def _renamed(of: Drawn) -> Drawn:
    programme, plan, known = of
    keys = sorted(programme.organisations)
    new = dict(zip(keys, (f"n{number}" for number in reversed(range(len(keys)))), strict=True))
    plan = replace(plan, interpreters=tuple(replace(one, address="a@x.example") for one in plan.interpreters))
    meetings = tuple(
        replace(one, delegations=tuple(new.get(key, key) for key in one.delegations)) for one in known.meetings
    )
    other = replace(
        programme,
        organisations={new[key]: replace(one, key=new[key]) for key, one in reversed(programme.organisations.items())},
        hosts=tuple(replace(one, address=f"z{one.address}") for one in reversed(programme.hosts)),
        meetings={one.key: one for one in meetings},
        bilaterals=plan,
    )
    pairs = [
        replace(one, key=f"{new[one.a]}+{new[one.b]}", a=new[one.a], b=new[one.b]) for one in reversed(known.pairs)
    ]
    said = {new[key]: replace(one, organisation=new[key]) for key, one in reversed(known.availabilities.items())}
    return other, plan, replace(known, pairs=pairs, availabilities=said, meetings=meetings)


def _unevenness(problem: Problem, schedule: Schedule) -> int:
    """The sum of the squares of what each delegation bears."""
    borne: Counter[str] = Counter()
    for one in problem.requests:
        placed = schedule.placed.get(one.pair)
        for side in (one.a, one.b):
            borne[side] += 1 if placed is None else problem.if_needed.get(side, 0) >> placed.step & 1
    return sum(one * one for one in borne.values())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_whoever_can_less_never_gets_more(seed: int) -> None:
    """One day is taken back by one side: no more pairs that must meet, and with as many of them no more weight."""
    programme, plan, known = drawn(seed)
    side = known.pairs[0].a
    day = datetime.combine(plan.first_on or NOW.date(), time(), UTC)
    less = replace(
        known.availabilities[side],
        said=(*known.availabilities[side].said, (Interval(day, day + timedelta(days=1)), Can.NO)),
    )
    without = replace(known, availabilities={**known.availabilities, side: less})

    before, after = solved((programme, plan, known))[1], solved((programme, plan, without))[1]

    assert _goals(known, after) <= _goals(known, before)


def _goals(known: Known, schedule: Schedule) -> tuple[int, int, int]:
    must = sum(one.wish is Wish.MUST for one in known.pairs if one.key in schedule.placed)
    return must, schedule.weight, -schedule.reluctant


@pytest.mark.parametrize(
    ("day", "yangon"),
    [
        (date(2021, 10, 29), "13:00"),
        (date(2021, 11, 1), "14:00"),
        (date(2021, 3, 26), "14:00"),
        (date(2021, 3, 29), "13:00"),
    ],
)
def test_T11_half_past_eight_in_zurich_is_another_hour_in_yangon_after_the_change(day: date, yangon: str) -> None:
    """The Friday before and the Monday after, in autumn and in spring."""
    programme = builders.programme(*WEST, *EAST, bilaterals=builders.plan(first_on=day, last_on=day))
    plan = programme.bilaterals
    assert plan is not None

    _, schedule = solved((programme, plan, builders.known(builders.pair("cvt", "ilo"))))

    grid = question.problem(programme, plan, builders.known(builders.pair("cvt", "ilo")), NOW).grid
    assert f"{grid.at(schedule.placed['cvt+ilo'].step).astimezone(times.zone('Asia/Yangon')):%H:%M}" == yangon
