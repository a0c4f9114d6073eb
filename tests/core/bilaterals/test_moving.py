"""What was agreed goes to other days: to the same time where that can be, else as near as can be, and says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from meetbot.core import times
from meetbot.core.bilaterals import Can, Pair, Schedule, State, moving, solver
from meetbot.core.bilaterals.moving import Asked, Days
from meetbot.core.bilaterals.nouns import Availability
from meetbot.core.delegations import Wish
from meetbot.core.model import Host, Interpreter, Programme
from meetbot.core.times import Interval
from tests.core.bilaterals import checker
from tests.core.bilaterals.builders import (
    CVT,
    ILO,
    MONDAY,
    NOW,
    YUNNAN,
    always,
    between,
    known,
    meeting,
    organisation,
    pair,
    programme,
    wall,
)

NEXT = MONDAY + timedelta(days=7)
WEEK = moving.week_of(NEXT)


def agreed(a: str = "cvt", b: str = "yunnan", at: str = "09:00", **other: Any) -> Pair:
    return pair(a, b, state=State.AGREED, starts_at=wall(at), **other)


def planned(one: Pair) -> Any:
    start = one.starts_at
    assert start is not None
    return meeting(one.key, Interval(start, start + timedelta(hours=1)), delegations=(one.a, one.b))


def asked(*pairs: Pair, to: Days = WEEK, of: Programme | None = None, same_day: bool = False, **other: Any) -> Asked:
    """All that are agreed are to go there."""
    of = of or programme()
    going = [one for one in pairs if one.state is State.AGREED]
    aims = {one.key: moving.aim(one.starts_at, to, of.zone) for one in going if one.starts_at}
    there = known(*pairs, **{"meetings": [planned(one) for one in going], "availabilities": {}, **other})
    return moving.asked(of, there, to, aims, NOW, same_day=same_day)


def solved(question: Asked, had: Mapping[str, str | None] | None = None) -> Schedule:
    schedule = moving.nearest(question, solver.solve(question.problem, rounds=20), had or {})
    assert checker.faults(question.problem, schedule) == []
    return schedule


def begin(question: Asked, schedule: Schedule) -> dict[str, datetime]:
    return {key: question.problem.grid.at(one.step) for key, one in schedule.placed.items()}


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("week48", Days(date(2021, 11, 29), date(2021, 12, 5))),
        ("Week 48", Days(date(2021, 11, 29), date(2021, 12, 5))),
        ("week44", Days(date(2021, 11, 1), date(2021, 11, 7))),
        ("week43", Days(date(2022, 10, 24), date(2022, 10, 30))),
        ("week53", Days(date(2026, 12, 28), date(2027, 1, 3))),
        ("2021-11-29", Days(date(2021, 11, 29), date(2021, 11, 29))),
        ("2021-11-07", Days(date(2021, 11, 7), date(2021, 11, 7))),
    ],
)
def test_a_week_is_the_next_of_its_number_that_is_not_over(said: str, days: Days) -> None:
    """On the last day of week 44 that week is still meant, and a week of another year where this one's is over."""
    assert moving.named(said, date(2021, 11, 7)) == days


@pytest.mark.parametrize("said", ["week0", "week54", "week", "monday", "2021-11-06", "48"])
def test_what_is_no_week_and_no_day_to_come_is_refused(said: str) -> None:
    """Instead of being guessed at."""
    with pytest.raises(ValueError, match=r"no year has|neither a week|is over"):
        moving.named(said, date(2021, 11, 7))


def test_T08_the_same_time_is_that_of_the_clocks_on_the_wall() -> None:
    """In Zurich 09:00 stays 09:00 over the night in which the clocks are put back: an hour later in UTC."""
    summer = times.at("2021-10-27 09:00", "Europe/Zurich")

    found = moving.aim(summer, moving.week_of(date(2021, 11, 1)), "Europe/Zurich")

    assert found == times.at("2021-11-03 09:00", "Europe/Zurich")
    assert found - summer == timedelta(days=7, hours=1)


def test_on_one_day_all_aim_at_their_time_of_day() -> None:
    """Whatever weekday they had."""
    thursday = Days(date(2021, 11, 25), date(2021, 11, 25))

    assert moving.aim(wall("10:30"), thursday, "Asia/Bangkok") == wall("10:30", day=date(2021, 11, 25))


def test_what_fits_stays_at_its_weekday_and_time() -> None:
    """All at once, each with the interpreter whom it had, although both interpreters would do."""
    sides = [organisation(key, "Myanmar", "Asia/Yangon", speaks=("Burmese",)) for key in ("a", "b")]
    others = [organisation(key, "China", "Asia/Shanghai", speaks=("Chinese",)) for key in ("c", "d")]
    pool = tuple(Interpreter(name, name, ("Burmese", "Chinese")) for name in ("lin@x.example", "wang@x.example"))
    base = programme(*sides, *others)
    assert base.bilaterals is not None
    of = replace(
        base, hosts=(Host("one@x.example", at_once=2),), bilaterals=replace(base.bilaterals, interpreters=pool)
    )
    pairs = [agreed("a", "c", interpreter="wang@x.example"), agreed("b", "d", interpreter="lin@x.example")]
    question = asked(*pairs, of=of)

    schedule = solved(question, {one.key: one.interpreter for one in pairs})

    assert begin(question, schedule) == {one.key: wall("09:00", day=NEXT) for one in pairs}
    assert {key: one.interpreter for key, one in schedule.placed.items()} == {
        "a+c": "wang@x.example",
        "b+d": "lin@x.example",
    }


def test_T12_a_holiday_of_one_side_moves_it_to_the_nearest_time_of_that_week() -> None:
    """The next morning, as soon as both work; and the reason is the holiday by its name."""
    off = {"China": {NEXT: "Lantern Day"}}
    question = asked(agreed(), holidays=off)

    schedule = solved(question)

    meetings = {("cvt", "yunnan"): Interval(at := begin(question, schedule)["cvt+yunnan"], at + timedelta(hours=1))}
    assert at == wall("09:00", day=NEXT + timedelta(days=1))
    assert checker.faults_on_the_clock(programme(), meetings, off) == []
    assert why(question, schedule) == "Mon 22 Nov 2021 is Lantern Day in China"


def why(question: Asked, schedule: Schedule, one: Pair | None = None) -> str:
    return moving.why_not(programme(CVT, YUNNAN, ILO), question, schedule, one or agreed(), NOW)


def test_on_the_same_weekday_or_not_at_all() -> None:
    """A holiday leaves nothing of that day, and no other day is taken."""
    question = asked(agreed(), holidays={"China": {NEXT: "Lantern Day"}}, same_day=True)

    schedule = solved(question)

    assert begin(question, schedule) == {}
    assert list(schedule.left) == ["cvt+yunnan"]


def test_of_the_other_times_the_nearest_is_taken() -> None:
    """The side said that it cannot in that hour; half an hour later it can."""
    no = Availability("cvt", ((between("09:00", "09:30", day=NEXT), Can.NO),), NOW, "focal point")
    yes = replace(no, said=(*no.said, (between("09:30", "18:00", day=NEXT), Can.YES)))
    question = asked(agreed(), availabilities={"cvt": yes, "yunnan": always("yunnan")})

    schedule = solved(question)

    assert begin(question, schedule) == {"cvt+yunnan": wall("09:30", day=NEXT)}
    assert why(question, schedule) == "CVT cannot then, as it has said"


def test_working_hours_count_where_nobody_has_spoken_of_the_day() -> None:
    """At 15:30 in Bangkok the people of Shanghai are on their way home by the end of the hour: it goes to 15:00."""
    question = asked(agreed(at="15:30"))

    schedule = solved(question)

    assert begin(question, schedule) == {"cvt+yunnan": wall("15:00", day=NEXT)}
    assert schedule.reluctant == 1
    assert why(question, schedule, agreed(at="15:30")) == (
        "16:30–17:30 Shanghai (UTC+8) is outside the working hours of YUNNAN"
    )


def test_A05_what_others_have_is_not_taken_from_them() -> None:
    """Neither a meeting that was announced for that day, nor a time that is only proposed."""
    announced = replace(agreed("ilo", "yunnan"), starts_at=wall("09:00", day=NEXT), wish=Wish.MUST)
    offered = replace(
        announced, key="cvt+ilo", a="cvt", b="ilo", state=State.PROPOSED, starts_at=wall("10:30", day=NEXT)
    )
    of = programme(CVT, YUNNAN, replace(ILO, zone="Asia/Bangkok"))
    going = agreed()
    there = known(going, announced, offered, meetings=[planned(going), planned(announced)], availabilities={})
    question = moving.asked(of, there, WEEK, {going.key: wall("09:00", day=NEXT)}, NOW)

    schedule = solved(question)

    assert begin(question, schedule) == {
        "cvt+ilo": wall("10:30", day=NEXT),
        "ilo+yunnan": wall("09:00", day=NEXT),
        "cvt+yunnan": wall("13:30", day=NEXT),
    }
    assert why(question, schedule) == "YUNNAN has another meeting at that time by now; " + (
        "all hosts hold other meetings at that time by now"
    )


def test_nobody_is_moved_to_within_a_day() -> None:
    """One minute more than a day ahead is enough."""
    question = asked(agreed())
    late, in_time = wall("09:01", day=NEXT - timedelta(days=1)), wall("08:59", day=NEXT - timedelta(days=1))

    said = [moving.why_not(programme(), question, solved(question), agreed(), now)[:29] for now in (late, in_time)]

    assert said == ["that is less than a day ahead", ""]


@pytest.mark.parametrize("seed", range(4))
def test_forty_bilaterals_go_to_a_week_with_a_holiday(seed: int) -> None:
    """Nobody twice, nobody at night or on their holiday, and every one that can stays at its time."""
    myanmar = [organisation(f"m{n}", "Myanmar", "Asia/Yangon") for n in range(8)]
    china = [organisation(f"c{n}", "China", "Asia/Shanghai") for n in range(8)]
    of = programme(*myanmar, *china, hosts=(Host("one@x.example", at_once=8),))
    pairs = _week_of(seed, [one.key for one in myanmar], [one.key for one in china])
    off = {"Myanmar": {NEXT + timedelta(days=3): "National Day"}}
    question = asked(*pairs, of=of, holidays=off)

    schedule = solved(question)

    begins = begin(question, schedule)
    sides = {(one.a, one.b): Interval(begins[one.key], begins[one.key] + timedelta(hours=1)) for one in pairs}
    assert checker.faults_on_the_clock(replace(of, meetings={}), sides, off) == []
    thursday = {one.key for one in pairs if one.starts_at and one.starts_at.date() == MONDAY + timedelta(days=3)}
    stay = {key for key, at in begins.items() if at == question.aims[key]}
    assert stay == {one.key for one in pairs} - thursday


def _week_of(seed: int, a: Sequence[str], b: Sequence[str]) -> list[Pair]:
    """Eight on each day, four at a time; each side once a day."""
    found = []
    for day in range(5):
        for row in range(8):
            at = wall("09:00" if row < 4 else "14:30", day=MONDAY + timedelta(days=day))
            found.append(replace(agreed(a[row], b[(row + day + seed) % 8]), starts_at=at))
    return found
