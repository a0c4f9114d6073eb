"""Numbers, dates and times as people write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest

from meetbot.files import written


def refusal(read: Callable[[str], object], text: str) -> tuple[str, str]:
    with pytest.raises(written.Wrong) as wrong:
        read(text)
    return wrong.value.what, wrong.value.remedy


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("14:30", written.Moment(time(14, 30))),
        ("9:05", written.Moment(time(9, 5))),
        ("00:00", written.Moment(time(0, 0))),
        ("23:59", written.Moment(time(23, 59))),
        ("2021-11-11 00:30", written.Moment(time(0, 30), date(2021, 11, 11))),
        ("2021-11-10T14:00", written.Moment(time(14, 0), date(2021, 11, 10))),
    ],
)
def test_T01_time_is_hours_and_minutes_with_a_day_where_needed(text: str, moment: written.Moment) -> None:
    """A wall time without a day is on the day of its meeting."""
    assert written.moment(text) == moment


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("14.30", "14:30"),
        ("14,30", "14:30"),
        ("14h30", "14:30"),
        ("2.30 pm", "14:30"),
        ("2:30 PM", "14:30"),
        ("12.15 am", "00:15"),
        ("1430", "14:30"),
        ("14.30 hrs.", "14:30"),
        ("14:30:00", "14:30"),
        ("１４：３０", "14:30"),
        ("១៤:៣០", "14:30"),
    ],
)
def test_T03_other_ways_to_write_a_time_are_refused_with_what_they_mean(text: str, meant: str) -> None:
    """Half an hour is never lost in silence."""
    assert refusal(written.moment, text) == (f"'{text}' is not a time", f"write {meant}")


@pytest.mark.parametrize("text", ["14:60", "25:00", "-01:00", "24:01", "23:59:60", "noon", "3"])
def test_T06_impossible_time_is_refused(text: str) -> None:
    """What no clock shows is never bent into a time."""
    assert refusal(written.moment, text)[0] == f"'{text}' is not a time"


def test_T06_midnight_at_the_end_of_a_day_belongs_to_the_next() -> None:
    """24:00 says nothing of the day, so the day must be written."""
    assert refusal(written.moment, "24:00") == (
        "'24:00' is midnight of the next day",
        "write the day too, such as 2021-11-11 00:00",
    )


def test_T02_offset_is_refused() -> None:
    """The zone is given once, for the whole file."""
    assert refusal(written.moment, "14:30+07:00") == (
        "'14:30+07:00' has an offset",
        "write 14:30; the zone is given by 'zone'",
    )


def test_T04_date_that_can_be_read_two_ways_is_refused() -> None:
    """10/11 is in October for some and in November for others."""
    assert refusal(written.day, "10/11/2021") == (
        "'10/11/2021' is not a date",
        "it is ambiguous: write 2021-10-11 or 2021-11-10",
    )


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("2564-11-10", "the year 2564 cannot be meant", "write 2021-11-10 if 2564 is a year of the Buddhist calendar"),
        ("110-11-10", "'110-11-10' is not a date", "write 2021-11-10 if 110 is a year of the ROC calendar"),
        ("2021年11月10日下午2点", "'2021年11月10日下午2点' is not a date", "write 2021-11-10"),
        ("၂၀၂၁-၁၁-၁၀", "'၂၀၂၁-၁၁-၁၀' is not a date", "write 2021-11-10"),
        ("10 November 2021", "'10 November 2021' is not a date", "write 2021-11-10"),
        ("31/12/2021", "'31/12/2021' is not a date", "write 2021-12-31"),
    ],
)
def test_T05_date_in_another_form_or_calendar_is_refused_with_what_it_means(text: str, what: str, remedy: str) -> None:
    """A year of another calendar is a question, never a date five centuries ahead."""
    assert refusal(written.day, text) == (what, remedy)


@pytest.mark.parametrize(
    "text", ["2022-02-29", "2021-04-31", "0001-01-01", "9999-12-31", "1636527600", "2021-W45-3", "44510"]
)
def test_T07_impossible_date_is_refused(text: str) -> None:
    """No day is made of what the calendar does not have."""
    assert refusal(written.day, text)[1] == "write year, month and day, such as 2021-11-10"


@pytest.mark.parametrize("text", ["TBD", "to be determined by peer TVETs", "待定", "?", "-"])
def test_T19_undated_is_no_date(text: str) -> None:
    """A meeting without a date is left out, never put at midnight."""
    assert refusal(written.day, text) == (f"'{text}' is not a date", "leave the meeting out until its date is known")


@pytest.mark.parametrize("text", ["90.5", "1:30", "-30", "NaN", "1_0", "៣០", "１０", "", "12345"])
def test_T14_number_is_digits_only(text: str) -> None:
    """Python reads some of these as numbers; a programme does not."""
    assert refusal(written.whole, text) == (f"'{text}' is not a whole number", "write digits only, such as 5")


def test_duration_has_a_unit() -> None:
    """A bare number of nobody knows what is refused."""
    assert written.duration("1 day") == timedelta(days=1)
    assert written.duration("2 hours") == timedelta(hours=2)
    assert written.duration("5 minutes") == timedelta(minutes=5)
    assert refusal(written.duration, "5") == (
        "'5' is not a length of time",
        "write a number and days, hours or minutes, such as 5 minutes",
    )
