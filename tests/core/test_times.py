"""Wall times become instants, instants become wall times, and nothing is guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from meetbot.core import times
from meetbot.core.times import Interval
from tests.core.builders import bkk, span


@pytest.mark.parametrize(
    ("wall", "zone", "instant"),
    [
        ("2021-11-10 14:00", "Asia/Bangkok", datetime(2021, 11, 10, 7, 0, tzinfo=UTC)),
        ("2021-11-10 13:30", "Asia/Yangon", datetime(2021, 11, 10, 7, 0, tzinfo=UTC)),
        ("2021-11-10 13:30", "Asia/Rangoon", datetime(2021, 11, 10, 7, 0, tzinfo=UTC)),
        ("2021-11-10 14:00", "Asia/Phnom_Penh", datetime(2021, 11, 10, 7, 0, tzinfo=UTC)),
        ("2021-11-10 14:00", "Asia/Vientiane", datetime(2021, 11, 10, 7, 0, tzinfo=UTC)),
        ("2021-11-10 15:00", "Asia/Shanghai", datetime(2021, 11, 10, 7, 0, tzinfo=UTC)),
        ("2022-03-25 09:00", "Europe/Zurich", datetime(2022, 3, 25, 8, 0, tzinfo=UTC)),
        ("2022-03-28 09:00", "Europe/Zurich", datetime(2022, 3, 28, 7, 0, tzinfo=UTC)),
    ],
)
def test_P22_T12_a_wall_time_is_an_instant(wall: str, zone: str, instant: datetime) -> None:
    """Yangon is half an hour off, and Geneva an hour nearer from the end of March."""
    assert times.at(wall, zone) == instant
    assert times.at(wall, zone).tzinfo is UTC


def test_T10_a_wall_time_that_does_not_exist_is_refused() -> None:
    """Clocks in New York jump from 02:00 to 03:00."""
    with pytest.raises(ValueError, match="2026-03-08 02:30 does not exist in America/New_York: clocks are put forward"):
        times.at("2026-03-08 02:30", "America/New_York")


def test_T11_a_wall_time_that_exists_twice_is_refused() -> None:
    """Clocks in New York go back from 02:00 to 01:00."""
    with pytest.raises(ValueError, match="2026-11-01 01:30 exists twice in America/New_York: clocks are put back"):
        times.at("2026-11-01 01:30", "America/New_York")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ICT", "did you mean 'Asia/Bangkok'"),
        ("GMT+7", "did you mean 'Asia/Bangkok'"),
        ("Asia/Hanoi", "did you mean 'Asia/Ho_Chi_Minh'"),
        ("Etc/GMT-7", "does not mean what it seems to"),
        ("localtime", "does not mean what it seems to"),
        ("Asia/Atlantis", "is not an IANA time zone"),
        ("", "is not an IANA time zone"),
        ("../etc/passwd", "is not an IANA time zone"),
    ],
)
def test_C12_C13_C14_only_plain_iana_names_are_zones(name: str, said: str) -> None:
    """Abbreviations, offsets and what depends on the machine are refused with a suggestion."""
    with pytest.raises(ValueError, match=said):
        times.zone(name)


def test_naive_datetimes_are_refused() -> None:
    """Nobody can say what they mean."""
    naive = datetime(2021, 11, 10, 14, 0)  # noqa: DTZ001

    with pytest.raises(ValueError, match="an instant needs a zone"):
        times.utc(naive)
    with pytest.raises(ValueError, match="an instant needs a zone"):
        Interval(naive, naive)


def test_T08_an_interval_does_not_end_before_it_starts() -> None:
    """Empty is allowed: a segment without a time of its own is."""
    with pytest.raises(ValueError, match="ends at"):
        span("17:00", "14:00")

    assert span("14:00", "14:00").duration == timedelta()


def test_intervals_are_half_open() -> None:
    """The start belongs to it, the end does not; what only touches has nothing in common."""
    hour = span("14:00", "15:00")

    assert (bkk("14:00") in hour, bkk("14:59:59") in hour, bkk("15:00") in hour) == (True, True, False)
    assert hour & span("14:30", "16:00") == span("14:30", "15:00")
    assert hour & span("15:00", "16:00") is None


def test_a_union_counts_no_moment_twice() -> None:
    """In any order; what touches becomes one."""
    pieces = [span("15:00", "15:30"), span("14:00", "14:40"), span("14:10", "14:20"), span("15:30", "16:00")]

    assert times.union(pieces) == (span("14:00", "14:40"), span("15:00", "16:00"))
    assert times.total(pieces) == timedelta(minutes=100)


def test_P22_a_span_is_told_in_every_readers_zone() -> None:
    """Programme's zone first, none twice; over midnight it says so."""
    launch = span("14:00", "17:00")
    late = Interval(bkk("22:00"), bkk("01:00", "2021-11-11"))

    told = times.span_text(launch, "Asia/Bangkok", "Asia/Yangon", "Asia/Bangkok")

    assert told == "14:00–17:00 Bangkok (UTC+7) = 13:30–16:30 Yangon (UTC+6:30)"
    assert times.span_text(late, "Asia/Bangkok") == "22:00–01:00 (+1 d) Bangkok (UTC+7)"


def test_a_date_is_the_readers_date() -> None:
    """Thursday in Auckland is still Wednesday in Bangkok."""
    evening = bkk("20:00")

    assert times.date_text(evening, "Asia/Bangkok") == "Wed 10 Nov 2021"
    assert times.date_text(evening, "Pacific/Auckland") == "Thu 11 Nov 2021"
    assert times.clock_text(evening, "Pacific/Auckland") == "02:00 Auckland (UTC+13)"
