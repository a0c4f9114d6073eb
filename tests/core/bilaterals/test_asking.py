"""Until when focal points are asked, and when they are asked once more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from meetbot.core import times
from meetbot.core.bilaterals import asking
from meetbot.core.delegations import WorkingHours
from tests.core.bilaterals.builders import CVT, plan, programme

DAY = timedelta(days=1)
OFFICE = WorkingHours()
#: Friday and Saturday are free, as in Bangladesh.
FRIDAY_FREE = WorkingHours(weekdays=frozenset({6, 0, 1, 2, 3}))


def yangon(wall: str) -> datetime:
    return times.at(wall, "Asia/Yangon")


def nudged(until: datetime, rules: WorkingHours = OFFICE, holidays: dict[date, str] | None = None) -> list[datetime]:
    first, last = asking.nudges(until, CVT, rules, holidays or {})
    assert (first.before, last.before) == (2 * DAY, DAY)
    return [first.at, last.at]


def test_the_deadline_is_the_planned_one_or_the_evening_before() -> None:
    """17:00 by the clocks of the programme on the day before the first, where no other time is planned."""
    planned = yangon("2021-11-12 12:00")

    assert asking.deadline(programme(), plan(answers_by=planned)) == planned
    assert asking.deadline(programme(), plan()) == times.at("2021-11-14 17:00", "Asia/Bangkok")


def test_nudges_in_working_hours_stay_at_their_time() -> None:
    """Friday 15:30 in Yangon: Wednesday and Thursday at 15:30 there are in the office hours."""
    assert nudged(yangon("2021-11-12 15:30")) == [yangon("2021-11-10 15:30"), yangon("2021-11-11 15:30")]


@pytest.mark.parametrize(
    ("until", "first", "last"),
    [
        ("2021-11-12 11:00", "2021-11-10 11:00", "2021-11-11 11:00"),
        ("2021-11-12 03:00", "2021-11-10 08:30", "2021-11-11 08:30"),  # at night: in the morning after
        ("2021-11-12 22:00", "2021-11-10 16:00", "2021-11-11 16:00"),  # late: with an hour left of the day
        ("2021-11-15 09:00", "2021-11-11 09:00", "2021-11-12 09:00"),  # Monday: Thursday and Friday before
        ("2021-11-14 17:00", "2021-11-11 16:00", "2021-11-12 16:00"),  # Sunday
    ],
)
def test_nudges_come_on_working_days_of_that_side(until: str, first: str, last: str) -> None:
    """Outside the hours of Yangon they come before, each on a day of its own and early enough to answer."""
    assert nudged(yangon(until)) == [yangon(first), yangon(last)]


def test_nudges_know_another_weekend() -> None:
    """Where Friday and Saturday are free, Sunday's deadline is nudged on Wednesday and Thursday."""
    assert nudged(yangon("2021-11-14 10:00"), FRIDAY_FREE) == [yangon("2021-11-10 10:00"), yangon("2021-11-11 10:00")]


def test_nudges_keep_off_holidays() -> None:
    """The full moon of Tazaungmon, a Thursday, is free in Myanmar: Wednesday and Tuesday instead."""
    holidays = {date(2021, 11, 18): "Full Moon of Tazaungmon"}

    assert nudged(yangon("2021-11-19 10:00"), holidays=holidays) == [
        yangon("2021-11-16 10:00"),
        yangon("2021-11-17 10:00"),
    ]


def test_a_nudge_is_sent_from_its_time_to_the_deadline() -> None:
    """Not a moment before, the newer one alone when both have come, none after the deadline or just after asking."""
    until, asked_at = yangon("2021-11-12 11:00"), yangon("2021-11-01 11:00")
    both = first, last = asking.nudges(until, CVT, OFFICE, {})
    second = timedelta(seconds=1)

    def now(at: datetime, asked: datetime = asked_at) -> asking.Nudge | None:
        return asking.nudge_now(both, asked_at=asked, until=until, now=at)

    assert [now(first.at - second), now(first.at), now(last.at - second)] == [None, first, first]
    assert [now(last.at), now(until - second), now(until)] == [last, last, None]
    assert now(first.at, first.at - timedelta(hours=11)) is None
    assert now(last.at, first.at + second) == last


def test_an_organisation_without_a_working_day_is_nudged_all_the_same() -> None:
    """Rules without any weekday do not let the search go on for ever."""
    never = replace(OFFICE, weekdays=frozenset())

    assert nudged(yangon("2021-11-12 11:00"), never) == [yangon("2021-11-10 11:00"), yangon("2021-11-11 11:00")]
