"""Zoom's limits of a day are kept by planning, not by being refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from meetbot.core import budget
from meetbot.core.budget import Spread, Write
from tests.core.builders import BANGKOK, bkk

NOW = bkk("12:00")  # 05:00 UTC
TOMORROW = bkk("07:01", "2021-11-11")
START = bkk("14:00", "2021-12-01")
HOST = "zoom-host@ilo.example"


def write(number: int, starts_at: datetime = START, host: str = HOST) -> Write:
    return Write(f"m{number:03}", host, starts_at + timedelta(minutes=number))


def test_zooms_day_changes_at_midnight_utc() -> None:
    """A minute later, so that no clock that is a little fast makes a call too early."""
    assert budget.next_day(NOW) == datetime(2021, 11, 11, 0, 1, tzinfo=UTC) == TOMORROW
    assert budget.next_day(datetime(2021, 11, 11, tzinfo=UTC)) == datetime(2021, 11, 12, 0, 1, tzinfo=UTC)


def test_what_fits_into_today_needs_no_words() -> None:
    """To the last of the ninety; each host has its own count."""
    writes = [write(number) for number in range(90)] + [write(100, host="other@ilo.example")]

    found = budget.spread(writes, {}, now=NOW)

    assert found == Spread(frozenset(one.key for one in writes), {}, {}, "")


def test_P08_F08_a_plan_that_is_too_large_for_a_day_says_so_before_its_first_call() -> None:
    """How many go today, how many later and from when, and how many days or hosts it needs."""
    writes = [write(number) for number in range(112)]

    found = budget.spread(list(reversed(writes)), {}, now=NOW, zone=BANGKOK)

    assert found.today == {one.key for one in writes[:90]}
    assert found.later == {one.key: TOMORROW for one in writes[90:]}
    assert found.too_late == {}
    assert found.text == (
        "112 meetings to create or change on zoom-host@ilo.example: 90 today, 22 from Thu 11 Nov 2021 07:01 (Bangkok). "
        "2 days or 2 hosts are needed: Zoom limits a host to 100 such calls a day, of which meetbot uses 90."
    )


def test_P08_A03_as_many_days_as_it_takes() -> None:
    """Four hundred meetings on one host: ninety a day, and the text names each day."""
    writes = [write(number) for number in range(400)]

    found = budget.spread(writes, {HOST: 10}, now=NOW, zone=BANGKOK)

    assert len(found.today) == 80
    assert found.later == {one.key: TOMORROW + timedelta(days=number // 90) for number, one in enumerate(writes[80:])}
    assert found.text.startswith(
        "400 meetings to create or change on zoom-host@ilo.example: 80 today, 90 from Thu 11 Nov 2021 07:01 (Bangkok), "
        "90 from Fri 12 Nov 2021 07:01 (Bangkok), 90 from Sat 13 Nov 2021 07:01 (Bangkok), "
        "50 from Sun 14 Nov 2021 07:01 (Bangkok). 5 days or 5 hosts are needed: "
    )


def test_what_was_spent_today_is_not_there_any_more() -> None:
    """However the host's address is written; also when more was spent than we allow."""
    writes = [write(number, host="Zoom-Host@ilo.example") for number in range(3)]

    some_left = budget.spread(writes, {HOST: 88}, now=NOW)
    none_left = budget.spread(writes, {HOST: 97}, now=NOW)

    assert some_left.today == {"m000", "m001"}
    assert some_left.later == {"m002": TOMORROW}
    assert none_left.today == set()
    assert none_left.later == dict.fromkeys(("m000", "m001", "m002"), TOMORROW)


def test_P08_a_meeting_that_starts_before_its_turn_is_refused_with_a_remedy() -> None:
    """It takes nobody's place in the queue. On the minute of its turn it is too late: Zoom would start it at once."""
    on_the_minute = Write("early", HOST, TOMORROW)
    later = Write("later", HOST, TOMORROW + timedelta(minutes=1))

    found = budget.spread([on_the_minute, later], {HOST: 90}, now=NOW, zone=BANGKOK)

    assert found.later == {"later": TOMORROW}
    assert found.too_late == {
        "early": "it starts on Thu 11 Nov 2021 07:01 (Bangkok), and host zoom-host@ilo.example has had all meetings "
        "that Zoom lets a host create or change in a day until Thu 11 Nov 2021 07:01 (Bangkok): name another host, "
        "or move it"
    }


@settings(max_examples=200, deadline=None)
@given(
    some.lists(some.tuples(some.sampled_from(["a@x", "b@x"]), some.integers(-2000, 9000)), max_size=400),
    some.integers(0, 120),
)
def test_P08_no_day_ever_has_more_than_the_limit(wanted: list[tuple[str, int]], spent: int) -> None:
    """Each meeting has one answer, no host writes more than ninety a day, and nothing is written after its start."""
    writes = [write(number, NOW + timedelta(minutes=start), host) for number, (host, start) in enumerate(wanted)]

    found = budget.spread(writes, {"a@x": spent}, now=NOW)

    keys = [*found.today, *found.later, *found.too_late]
    assert sorted(keys) == sorted(one.key for one in writes)
    for host, already in (("a@x", spent), ("b@x", 0)):
        of_host = [one for one in writes if one.host == host]
        assert sum(one.key in found.today for one in of_host) <= max(0, 90 - already)
        turns = [found.later[one.key] for one in of_host if one.key in found.later]
        assert all(turns.count(turn) <= 90 for turn in set(turns))
    assert all(found.later[one.key] < one.starts_at for one in writes if one.key in found.later)
