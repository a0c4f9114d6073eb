"""Time that overlaps counts once: the loop for few rows and the arrays for many find the same, to the microsecond."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as some

from meetbot.core import times
from meetbot.core.attendance.attended import Attended
from meetbot.core.attendance.joined import MANY, Stays, inside, joined
from meetbot.core.model import Registrant
from meetbot.core.remote import Session
from meetbot.core.times import Interval
from tests.core.builders import bkk, reading, registrant, session, span
from tests.core.test_attendance import counted

Rows = list[tuple[int, int, int]]
PEOPLE = 4

rows_of_some = some.lists(
    some.builds(
        lambda person, start, length: (person, start, start + length),
        some.integers(0, PEOPLE - 1),
        some.integers(-40, 40),
        some.integers(1, 30),
    ),
    max_size=20,
)


def stays(rows: Sequence[tuple[int, int, int]]) -> Stays:
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    return Stays(*(array("q", column) for column in columns))


def rows_in(found: Stays) -> Rows:
    return list(zip(found.people, found.starts, found.ends, strict=True))


def doubles(rows: Rows) -> Rows:
    """The same rows of as many groups of the same people as make them many."""
    return [(person + PEOPLE * number, start, end) for number in range(MANY) for person, start, end in rows]


def there(rows: Rows, person: int) -> set[int]:
    """Every single microsecond at which the person was there."""
    return {instant for who, start, end in rows if who == person for instant in range(start, end)}


@settings(deadline=None)
@given(rows_of_some)
def test_P13_time_is_joined_as_one_counts_it_instant_by_instant(rows: Rows) -> None:
    """Of each person the very instants, in stretches that neither overlap nor touch."""
    found = rows_in(joined(stays(rows)))

    assert [there(found, person) for person in range(PEOPLE)] == [there(rows, person) for person in range(PEOPLE)]
    assert all(one[0] < next_[0] or one[2] < next_[1] for one, next_ in pairwise(found))


@settings(deadline=None)
@given(rows_of_some, some.integers(-50, 80), some.integers(0, 60))
def test_P13_time_inside_a_stretch_is_as_one_counts_it_instant_by_instant(rows: Rows, start: int, length: int) -> None:
    """Also of who was not there, and of a stretch of no length."""
    [found] = inside(joined(stays(rows)), PEOPLE, [(start, start + length)])

    stretch = set(range(start, start + length))
    assert found.tolist() == [len(there(rows, person) & stretch) for person in range(PEOPLE)]


@settings(deadline=None)
@given(rows_of_some, some.integers(-50, 80), some.integers(0, 60))
def test_many_rows_are_joined_like_few(rows: Rows, start: int, length: int) -> None:
    """A hundred times the same people: a hundred times the same time."""
    few, many = joined(stays(rows)), joined(stays(doubles(rows)))

    assert rows_in(many) == doubles(rows_in(few))
    windows = [(start, start + length), (0, 10)]
    in_few, in_many = inside(few, PEOPLE, windows), inside(many, PEOPLE * MANY, windows)
    assert [column.tolist() for column in in_many] == [column.tolist() * MANY for column in in_few]


def test_many_rows_that_lie_too_far_apart_for_one_axis_are_joined_too() -> None:
    """From the first to the last year that a calendar has, for many people."""
    end_of_time = 253_402_300_799_999_999
    rows = [(person, start, start + 1) for person in range(MANY) for start in (0, 1, end_of_time)]

    found = rows_in(joined(stays(rows)))

    assert found == [row for n in range(MANY) for row in ((n, 0, 2), (n, end_of_time, end_of_time + 1))]


def test_a_microsecond_is_not_lost() -> None:
    """Two stays that miss each other by one are two, and one short of half an hour is not half of an hour."""
    tick = timedelta(microseconds=1)
    parted = Interval(bkk("14:00"), bkk("14:30") - tick), Interval(bkk("14:30"), bkk("15:00"))
    rows = [Session("", "", "", one) for one in parted]

    attended = Attended([rows, rows[:1], rows[1:]], bkk("13:00"))

    assert attended.intervals() == [parted, parted[:1], parted[1:]]
    assert attended.at_least(Fraction(1, 2), [span("14:00", "15:00")]) == [True, False, True]


@settings(deadline=None, max_examples=40)
@given(some.lists(rows_of_some, max_size=5))
def test_people_are_there_for_the_union_of_their_rows_from_the_opening_on(rows_of_each: list[Rows]) -> None:
    """In the order in which they were given, also who has no row, or none after the opening."""
    opening = bkk("14:00")
    sessions = [[Session("", "", "", minutes_from(start, end)) for _, start, end in rows] for rows in rows_of_each]

    attended = Attended(sessions, opening).intervals()

    after = Interval(opening, bkk("23:00"))
    assert attended == [times.union(part for row in rows if (part := row.interval & after)) for rows in sessions]


def minutes_from(start: int, end: int) -> Interval:
    return Interval(bkk("14:00") + timedelta(minutes=start), bkk("14:00") + timedelta(minutes=end))


def test_of_no_time_nobody_attended_a_share() -> None:
    """A segment that was left out, a meeting that never ran."""
    attended = Attended([[session("14:00", "15:00")], []], bkk("13:00"))

    shares = [attended.at_least(Fraction(1, 2), those) for those in ([], [span("14:00", "14:00")])]

    assert shares == [[False, False], [False, False]]


def test_P13_a_large_meeting_is_counted_like_a_small_one() -> None:
    """Everybody does the same: two devices at once, a dropped line, and is early."""

    def rows(zoom_id: str) -> list[Session]:
        times_ = (("13:20", "13:40"), ("14:00", "15:00"), ("14:30", "15:10"), ("16:00", "16:50"))
        return [session(*both, zoom_id) for both in times_]

    def people(number: int) -> list[Registrant]:
        return [registrant(n, f"Sok {n}") for n in range(1, number + 1)]

    few = counted([reading(*rows("z1"))], people(1))
    many = counted([reading(*(row for n in range(1, MANY + 1) for row in rows(f"z{n}")))], people(MANY))

    [one] = few.lines
    expected = (one.intervals, one.segments, one.stayed, one.seconds)
    assert expected == (
        (span("13:30", "13:40"), span("14:00", "15:10"), span("16:00", "16:50")),
        ("welcome", "networking", "discussion", "closing"),
        True,
        130 * 60,
    )
    assert [(line.intervals, line.segments, line.stayed, line.seconds) for line in many.lines] == [expected] * MANY
    assert many.presence == tuple((at, MANY * count) for at, count in few.presence)
