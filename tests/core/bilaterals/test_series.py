"""A pair goes on: the same weekday and time, week after week, or the nearest that both sides have."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from meetbot.core.bilaterals import Pair, State, series
from meetbot.core.bilaterals.series import Series
from meetbot.core.times import Interval
from tests.core.bilaterals.builders import MONDAY, NOW, between, known, meeting, pair, programme, wall

FIRST = pair(state=State.HELD, starts_at=wall("09:00"), revision=1)
HOUR = timedelta(hours=1)


def further(*others: Pair, count: int = 3, every: int = 1, subject: str = "", **facts: Any) -> Series:
    held = [
        meeting(one.key, Interval(one.starts_at, one.starts_at + HOUR), delegations=(one.a, one.b))
        for one in (FIRST, *others)
        if one.starts_at
    ]
    of = programme(meetings={one.key: one for one in held})
    now = facts.pop("now", NOW)
    there = known(FIRST, *others, **{"meetings": held, "availabilities": {}, **facts})
    return series.further(of, there, FIRST, count, every, now, subject=subject)


def monday(weeks: int) -> date:
    return MONDAY + timedelta(weeks=weeks)


def when(found: Series) -> dict[str, Any]:
    return {one.key: one.starts_at for one in found.pairs}


@pytest.mark.parametrize("every", [1, 2])
def test_the_same_weekday_and_time_week_after_week(every: int) -> None:
    """Or every second week; each is a pair of its own that both sides are told of."""
    found = further(every=every)

    assert when(found) == {f"cvt+yunnan.{n + 1}": wall("09:00", day=monday(n * every)) for n in (1, 2, 3)}
    assert (found.why, found.skipped, found.wanted) == ({}, (), 3)
    assert {(one.a, one.b, one.state, one.revision) for one in found.pairs} == {("cvt", "yunnan", State.AGREED, 1)}


def test_a_holiday_of_one_side_gives_way_to_the_nearest_time_of_that_week() -> None:
    """The others keep theirs."""
    found = further(holidays={"Myanmar": {monday(2): "National Day"}})

    assert when(found) == {
        "cvt+yunnan.2": wall("09:00", day=monday(1)),
        "cvt+yunnan.3": wall("09:00", day=monday(2) + timedelta(days=1)),
        "cvt+yunnan.4": wall("09:00", day=monday(3)),
    }
    assert found.why == {"cvt+yunnan.3": f"{monday(2):%a %-d %b %Y} is National Day in Myanmar"}


def test_a_week_without_any_time_is_left_out_and_named() -> None:
    """The series still has as many meetings as were asked for."""
    golden = {"China": {monday(1) + timedelta(days=n): "Golden Week" for n in range(7)}}

    found = further(count=2, holidays=golden)

    assert when(found) == {f"cvt+yunnan.{n}": wall("09:00", day=monday(n)) for n in (2, 3)}
    assert found.skipped == (
        "Mon 22 Nov 2021: Mon 22 Nov 2021 is Golden Week in China; no other time of that week is possible either",
    )


def test_a_series_that_is_there_is_not_planned_twice() -> None:
    """More of it begins in the week after its last."""
    there = [
        replace(FIRST, key=f"cvt+yunnan.{n}", state=State.AGREED, starts_at=wall("13:30", day=monday(n - 1)))
        for n in (2, 3)
    ]

    again, more = further(*there, count=2), further(*there, count=3)

    assert again == Series((), {}, (), 0)
    assert when(more) == {"cvt+yunnan.4": wall("09:00", day=monday(3))}


def test_the_first_of_them_is_at_least_a_day_ahead() -> None:
    """However long ago the first meeting was."""
    late = wall("09:01", day=monday(5) - timedelta(days=1))

    found = further(count=1, now=late)

    assert when(found) == {"cvt+yunnan.2": wall("09:00", day=monday(6))}


def test_what_one_side_has_at_that_time_is_gone_around() -> None:
    """With its rest, and with the lunch of both: 13:30 in Bangkok is the next moment at which both work."""
    other = meeting("workshop", between("09:00", "10:00", day=monday(1)), delegations=("cvt", "ilo"))

    held = meeting(FIRST.key, between("09:00", "10:00"), delegations=("cvt", "yunnan"))
    of = programme(meetings={one.key: one for one in (held, other)})
    found = series.further(of, known(FIRST, meetings=[held, other], availabilities={}), FIRST, 1, 1, NOW)

    assert when(found) == {"cvt+yunnan.2": wall("13:30", day=monday(1))}
    assert found.why == {
        "cvt+yunnan.2": "CVT has another meeting at that time by now; all hosts hold other meetings at that time by now"
    }


def test_meetings_about_one_subject_are_numbered_on() -> None:
    """A single one has no number until there is another; those about something else count for themselves."""
    first = further(count=1, subject="Workshop").pairs[0]
    others = [
        replace(
            FIRST, key=f"cvt+yunnan.{n}", subject=subject, state=State.AGREED, starts_at=wall("13:30", day=monday(n))
        )
        for n, subject in ((2, "Workshop"), (3, "Training 1"), (4, "Training 2"))
    ]

    more = further(*others, count=5, subject="Workshop")
    both = further(*others, count=5, subject="Training")

    assert first.subject == "Workshop"
    assert [[one.subject for one in found.pairs] for found in (more, both)] == [
        ["Workshop 2", "Workshop 3"],
        ["Training 3", "Training 4"],
    ]
