"""Working hours, holidays and answers as sets of steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetbot.core import times
from meetbot.core.bilaterals import windows
from meetbot.core.bilaterals.nouns import Can
from meetbot.core.bilaterals.problem import Grid
from meetbot.core.delegations import WorkingHours
from meetbot.core.times import Interval
from tests.core.bilaterals.builders import (
    CVT,
    ILO,
    MONDAY,
    NOW,
    YUNNAN,
    always,
    begins,
    between,
    organisation,
    plan,
    programme,
    wall,
)

NO_LUNCH = WorkingHours(lunch=None)


def shown(steps: int, grid: Grid, zone: str) -> list[str]:
    """The stretches of a set of steps as the clocks in that zone show them."""
    spans = ((at.start.astimezone(times.zone(zone)), at.end) for at in windows.intervals(steps, grid))
    return [f"{start:%a %H:%M}–{end.astimezone(times.zone(zone)):%H:%M}" for start, end in spans]


def test_grid_covers_every_day_by_the_clocks_of_the_programme() -> None:
    """From midnight of the first day to midnight after the last, in the zone of the programme."""
    found = windows.grid(plan(last_on=MONDAY + timedelta(days=1)), programme())

    assert found == Grid(wall("00:00"), timedelta(minutes=30), 96)


def test_grid_is_fine_enough_for_a_meeting_to_be_whole_steps() -> None:
    """45 minutes that may begin every half hour are three steps of 15 minutes."""
    found = windows.grid(plan(duration=timedelta(minutes=45)), programme())

    assert (found.step, found.count) == (timedelta(minutes=15), 96)


def test_grid_of_a_week_in_which_clocks_go_back_has_an_hour_more() -> None:
    """31 October 2021 had 25 hours in Geneva."""
    found = windows.grid(
        plan(first_on=date(2021, 10, 31), last_on=date(2021, 10, 31)), programme(ILO, zone="Europe/Zurich")
    )

    assert found.count * found.step == timedelta(hours=25)


def test_grid_without_days_is_refused() -> None:
    """While nobody knows the days there is nothing to cut into steps."""
    with pytest.raises(ValueError, match="not known yet"):
        windows.grid(plan(first_on=None), programme())


@pytest.mark.parametrize(
    ("college", "hours"),
    [
        (CVT, ["Mon 08:30–12:00", "Mon 13:00–17:00"]),
        (YUNNAN, ["Mon 08:30–12:00", "Mon 13:00–17:00"]),
        (organisation("kathmandu", "Nepal", "Asia/Kathmandu"), ["Mon 08:45–11:45", "Mon 13:15–16:45"]),
    ],
)
def test_T12_workable_hours_are_those_of_the_clocks_there(college: object, hours: list[str]) -> None:
    """Half and quarter hours of a zone included; what is only partly within the hours is not offered."""
    grid = windows.grid(plan(), programme())

    found = windows.workable(college, WorkingHours(), {}, grid)  # type: ignore[arg-type]

    assert shown(found, grid, college.zone) == hours  # type: ignore[attr-defined]


def test_workable_hours_stay_where_they_are_when_clocks_change() -> None:
    """08:30 in Geneva on the Friday before and on the Monday after, an hour apart from each other in UTC."""
    grid = windows.grid(plan(first_on=date(2021, 10, 29), last_on=date(2021, 11, 1)), programme())

    found = windows.workable(ILO, NO_LUNCH, {}, grid)

    assert shown(found, grid, "Europe/Zurich") == ["Fri 08:30–17:00", "Mon 08:30–17:00"]
    assert [at.start.strftime("%H:%M") for at in windows.intervals(found, grid)] == ["06:30", "07:30"]


def test_nobody_works_at_weekends_or_on_holidays() -> None:
    """A week of which Thursday is the Full Moon Day of Tazaungmon."""
    grid = windows.grid(plan(last_on=MONDAY + timedelta(days=6)), programme())

    found = windows.workable(CVT, NO_LUNCH, {date(2021, 11, 18): "Full Moon Day of Tazaungmon"}, grid)

    assert [one[:3] for one in shown(found, grid, CVT.zone)] == ["Mon", "Tue", "Wed", "Fri"]


def test_holiday_is_a_date_of_its_own_country() -> None:
    """It ends at midnight there, not at midnight of the programme's zone."""
    grid = windows.grid(plan(last_on=MONDAY + timedelta(days=1)), programme())
    night = WorkingHours(time(0), time(2), lunch=None)

    found = windows.workable(YUNNAN, night, {date(2021, 11, 16): "holiday"}, grid)

    # By the clocks of Bangkok the two days are cut off at 01:00 of Monday and of Wednesday in Shanghai.
    assert shown(found, grid, "Asia/Shanghai") == ["Mon 01:00–02:00", "Wed 00:00–01:00"]


@given(st.integers(0, 23), st.integers(1, 47), st.sampled_from(["Europe/Zurich", "America/New_York", "Asia/Yangon"]))
def test_every_workable_step_is_within_the_hours_on_the_wall(hour: int, halves: int, zone: str) -> None:
    """In whatever zone, in weeks in which clocks are changed: seen minute by minute, by a clock on the wall."""
    begin = hour * 60
    end = min(begin + halves * 30, 24 * 60 - 1)
    rules = WorkingHours(time(hour), time(*divmod(end, 60)), lunch=None)
    college = organisation("x", "X", zone)
    grid = windows.grid(plan(first_on=date(2021, 10, 30), last_on=date(2021, 11, 8)), programme(college))

    found = windows.workable(college, rules, {}, grid)

    for number in range(grid.count):
        for minute in (0, 29) if found >> number & 1 else ():
            seen = (grid.at(number) + timedelta(minutes=minute)).astimezone(times.zone(zone))
            assert rules.start <= seen.time() < rules.end
            assert seen.weekday() in rules.weekdays


def test_answers_become_steps_and_the_less_willing_of_two_holds() -> None:
    """Yes 09:00-12:00, if needed 11:00-13:00, no at 09:10: yes from 09:30, if needed from 11:00."""
    grid = windows.grid(plan(), programme())
    answer = replace(
        always("cvt"),
        said=(
            (between("09:00", "12:00"), Can.YES),
            (between("11:00", "13:00"), Can.IF_NEEDED),
            (between("09:10", "09:20"), Can.NO),
        ),
    )

    able, reluctant = windows.said(answer, grid)

    assert shown(able, grid, "Asia/Bangkok") == ["Mon 09:30–13:00"]
    assert shown(reluctant, grid, "Asia/Bangkok") == ["Mon 11:00–13:00"]


def test_two_answers_that_touch_within_a_step_make_it_whole() -> None:
    """09:00-09:15 and 09:15-10:00 are an hour in which one can."""
    grid = windows.grid(plan(), programme())
    answer = replace(
        always("cvt"), said=((between("09:00", "09:15"), Can.YES), (between("09:15", "10:00"), Can.IF_NEEDED))
    )

    assert [shown(one, grid, "Asia/Bangkok") for one in windows.said(answer, grid)] == [["Mon 09:00–10:00"]] * 2


@given(st.integers(0, 2**20 - 1), st.integers(0, 2**20 - 1), st.integers(1, 5))
def test_a_start_is_where_both_are_free_throughout(free_a: int, free_b: int, length: int) -> None:
    """The sets give what looking at each step in turn gives."""
    looked = {
        step for step in range(20) if all(free_a >> at & 1 and free_b >> at & 1 for at in range(step, step + length))
    }

    found = windows.starts(free_a, free_b, length)

    assert {step for step in range(20) if found >> step & 1} == looked


def test_T17_nothing_begins_in_the_past_or_without_a_day_of_notice() -> None:
    """On Sunday at 10:10 in Bangkok, Monday begins at 10:30."""
    grid = windows.grid(plan(), programme())
    sunday = wall("10:10", day=date(2021, 11, 14))

    assert begins(windows.begins(plan(), grid, sunday), grid.origin, grid.step)[:2] == ["10:30", "11:00"]
    assert windows.begins(plan(), grid, wall("10:10", day=date(2021, 11, 20))) == 0


def test_meetings_begin_as_often_as_the_programme_says_however_fine_the_steps() -> None:
    """With 45 minutes and a beginning each half hour, none begins at a quarter."""
    rules = plan(duration=timedelta(minutes=45))
    grid = windows.grid(rules, programme())

    assert begins(windows.begins(rules, grid, NOW), grid.origin, grid.step)[:3] == ["00:00", "00:30", "01:00"]


def test_days_of_a_delegation_are_those_of_its_own_calendar() -> None:
    """In Geneva, Monday of Bangkok begins on Sunday at 18:00."""
    grid = windows.grid(plan(), programme())

    assert windows.days("Europe/Zurich", grid) == ((1 << 12) - 1, ((1 << 48) - 1) ^ ((1 << 12) - 1))
    assert windows.days("Asia/Bangkok", grid) == ((1 << 48) - 1,)


def test_offered_times_are_within_both_working_days() -> None:
    """Yangon 08:30-17:00 is Shanghai 10:00-18:30: both can 10:00-12:00 and 14:30-17:00 in Shanghai, but for lunches."""
    grid = windows.grid(plan(), programme())

    found = windows.offered(CVT, [YUNNAN], plan(), {}, grid, NOW)

    # Shanghai's lunch is 10:30-11:30 in Yangon, whose own is 12:00-13:00; half an hour is too little for a meeting.
    assert found == {MONDAY: (between("08:30", "10:30", CVT.zone), between("13:00", "15:30", CVT.zone))}


def test_offered_times_follow_the_holidays_of_both() -> None:
    """A holiday of the only peer leaves nothing to ask for; with a second peer its hours are asked for."""
    grid = windows.grid(plan(), programme())
    off = {"China": {MONDAY: "holiday"}}
    vedi = organisation("vedi", "Lao PDR", "Asia/Vientiane")

    assert windows.offered(CVT, [YUNNAN], plan(), off, grid, NOW) == {}
    assert windows.offered(CVT, [YUNNAN, vedi], plan(), off, grid, NOW) == {
        MONDAY: (between("08:30", "11:30", CVT.zone), between("13:00", "16:30", CVT.zone))
    }


def test_offered_times_stand_under_the_date_of_the_reader() -> None:
    """Monday's first hours of Bangkok are Sunday in New York."""
    late = {"United States": WorkingHours(time(18), time(22), lunch=None, weekdays=frozenset(range(7)))}
    rules = plan(hours={**late, "Myanmar": WorkingHours(time(5), time(9), lunch=None)})
    york = organisation("york", "United States", "America/New_York")
    grid = windows.grid(rules, programme())

    found = windows.offered(york, [CVT], rules, {}, grid, NOW)

    assert found == {date(2021, 11, 14): (between("18:00", "21:30", york.zone, date(2021, 11, 14)),)}


def test_intervals_of_a_set_join_what_touches() -> None:
    """Steps 0, 1 and 3 are two stretches."""
    grid = Grid(wall("00:00"), timedelta(minutes=30), 4)

    assert windows.intervals(0b1011, grid) == (
        Interval(wall("00:00"), wall("01:00")),
        Interval(wall("01:30"), wall("02:00")),
    )
