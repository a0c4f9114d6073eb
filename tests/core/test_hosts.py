"""Every meeting has a host who can hold it, chosen for all of them at once, or a person hears why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from meetbot.core import hosts
from meetbot.core.hosts import Allocation, Assigned
from meetbot.core.model import Host, Licence, Meeting
from meetbot.core.times import Interval
from tests.core.builders import bkk, meeting, minutes, span

ONE, TWO = Host("one@ilo.example"), Host("two@ilo.example")
SPARE = Host("spare@ilo.example", backup=True)
FREE = "free at that time, with the fewest meetings"


def bilateral(key: str, start: str, end: str, **other: object) -> Meeting:
    """A meeting that names no host and opens when it starts."""
    return meeting(**{"key": key, "interval": span(start, end), "opens_at": bkk(start), "host": "", **other})


def next_day(key: str, start: str, end: str) -> Meeting:
    today = bilateral(key, start, end)
    return replace(today, interval=today.interval.moved(timedelta(days=1)), opens_at=today.opens_at + timedelta(days=1))


def allocated(meetings: Sequence[Meeting], *pool: Host, **other: object) -> Allocation:
    return hosts.allocate(meetings, pool, **{"standing": {}, **other})  # type: ignore[arg-type]


def host_by_key(allocation: Allocation) -> Mapping[str, str]:
    return {key: one.host for key, one in allocation.assigned.items()}


def test_the_least_loaded_host_is_taken() -> None:
    """Fewest meetings on that day first, then in all, then the order of the pool."""
    planned = [
        bilateral("a", "09:00", "10:00"),
        bilateral("b", "11:00", "12:00"),
        bilateral("c", "13:00", "14:00"),
        next_day("other-day", "09:00", "10:00"),
    ]

    found = allocated(planned, ONE, TWO)

    assert host_by_key(found) == {"a": ONE.address, "b": TWO.address, "c": ONE.address, "other-day": TWO.address}
    assert found.assigned["a"] == Assigned(ONE.address, None, FREE)


def test_one_meeting_at_a_time_with_a_pause_between() -> None:
    """On the minute the pause is enough; a minute less takes the other host."""
    first = bilateral("first", "09:00", "10:00")

    on_the_minute = allocated([first, bilateral("next", "10:15", "11:00")], ONE)
    too_early = allocated([first, bilateral("next", "10:14", "11:00")], ONE, TWO)

    assert host_by_key(on_the_minute) == {"first": ONE.address, "next": ONE.address}
    assert host_by_key(too_early) == {"first": ONE.address, "next": TWO.address}


def test_a_meeting_takes_its_host_from_the_opening_of_the_doors() -> None:
    """People may come in before the start, so the host must be there."""
    doors_at_half_past_one = meeting(host="")

    found = allocated([bilateral("before", "12:30", "13:20"), doors_at_half_past_one], ONE)

    assert host_by_key(found) == {"before": ONE.address}


def test_a_business_host_holds_two_at_once() -> None:
    """A third waits until one of the two has been over for the pause."""
    business = Host("b@ilo.example", Licence.BUSINESS, at_once=2)
    planned = [
        bilateral("a", "09:00", "10:00"),
        bilateral("b", "09:00", "11:00"),
        bilateral("c", "10:00", "11:00"),
        bilateral("d", "10:15", "11:00"),
    ]

    without_pause = allocated(planned[:3], business)
    with_pause = allocated([planned[0], planned[1], planned[3]], business)

    assert set(without_pause.assigned) == {"a", "b"}
    assert set(with_pause.assigned) == {"a", "b", "d"}


def test_without_a_free_host_the_reason_says_what_to_do() -> None:
    """When the hosts are taken, and by how much the meeting would have to move."""
    planned = [bilateral(key, "14:00", "15:00") for key in ("a", "b", "c")]

    found = allocated(planned, ONE, TWO)

    assert found.without == {
        "c": "all 2 hosts hold another meeting between 14:00 and 15:15 (Bangkok) on Wed 10 Nov 2021: "
        "add a host, or move it by 75 min"
    }


def test_without_any_host_the_reason_says_so() -> None:
    """No pool, or nobody in it who can hold a meeting."""
    reason = "no host can be chosen: list hosts in the programme, or name one for this meeting"

    assert allocated([bilateral("a", "14:00", "15:00")]).without == {"a": reason}
    assert allocated([bilateral("a", "14:00", "15:00")], ONE, out=frozenset({"ONE@ilo.example"})).without == {
        "a": reason
    }


def test_a_backup_host_holds_meetings_only_when_no_other_is_left() -> None:
    """And stands by for the others: a backup host without a meeting of their own at that time where there is one."""
    second_spare = Host("spare2@ilo.example", backup=True)

    found = allocated([bilateral(key, "14:00", "15:00") for key in ("a", "b")], SPARE, second_spare, ONE)

    assert found.assigned == {
        "a": Assigned(ONE.address, second_spare.address, FREE),
        "b": Assigned(SPARE.address, second_spare.address, "a backup host: no other is free at that time"),
    }


def test_a_named_host_is_kept_and_counts_as_load() -> None:
    """Its time is taken, however its address is written."""
    named = bilateral("named", "14:00", "15:00", host="ONE@ilo.example")

    found = allocated([bilateral("a", "14:30", "15:30"), named], ONE, TWO, SPARE)

    assert found.assigned == {
        "named": Assigned("ONE@ilo.example", SPARE.address, "named in the programme"),
        "a": Assigned(TWO.address, SPARE.address, FREE),
    }


def test_two_that_name_one_host_clash_and_both_keep_it() -> None:
    """Only the organiser knows which to move. A host outside the pool counts as a Pro one."""
    planned = [bilateral(key, start, "16:00", host="h@ilo.example") for key, start in (("a", "14:00"), ("b", "14:30"))]

    found = allocated(planned)

    assert host_by_key(found) == {"a": "h@ilo.example", "b": "h@ilo.example"}
    assert found.clashes == (
        "b names host h@ilo.example, who holds a at that time; Zoom lets them hold one meeting at once, and 15 min are "
        "kept free in between: name another host, or move one",
    )


def test_a_meeting_stays_with_the_host_that_it_has() -> None:
    """Another host would mean another link for everybody; others are placed around it."""
    planned = [bilateral("a", "14:00", "15:00"), bilateral("b", "14:00", "15:00")]

    found = allocated(planned, ONE, TWO, standing={"b": ONE.address})

    assert found.assigned == {
        "a": Assigned(TWO.address, None, FREE),
        "b": Assigned(ONE.address, None, "has this host already"),
    }


def test_a_meeting_leaves_a_host_who_is_out_or_taken() -> None:
    """The reason names the host who had it, and why no longer."""
    planned = [bilateral("a", "14:00", "15:00"), bilateral("b", "14:30", "15:30")]
    taken = {"a": ONE.address, "b": ONE.address}

    out = allocated(planned[:1], ONE, TWO, standing=taken, out=frozenset({ONE.address}))
    clashing = allocated(planned, ONE, TWO, standing=taken)

    assert out.assigned == {
        "a": Assigned(TWO.address, None, f"{FREE}; {ONE.address}, who had it, can hold no meeting at present")
    }
    assert clashing.assigned == {
        "a": Assigned(ONE.address, None, "has this host already"),
        "b": Assigned(TWO.address, None, f"{FREE}; {ONE.address}, who had it, holds another one at that time"),
    }


def test_a_cancelled_meeting_has_no_host_and_takes_none() -> None:
    """It is not in the answer at all."""
    planned = [bilateral("gone", "14:00", "15:00", cancelled=True), bilateral("a", "14:00", "15:00")]

    found = allocated(planned, ONE, standing={"gone": ONE.address})

    assert found == Allocation({"a": Assigned(ONE.address, None, FREE)}, {})


def test_meetings_that_have_no_host_yet_are_moved_to_make_room() -> None:
    """`a` would take the first host, whom alone `long` can have: host two holds something later."""
    planned = [
        bilateral("a", "09:00", "10:00"),
        bilateral("long", "09:30", "12:00"),
        bilateral("later", "11:00", "12:00"),
    ]

    found = allocated(planned, ONE, TWO, standing={"later": TWO.address})

    assert host_by_key(found) == {"a": TWO.address, "long": ONE.address, "later": TWO.address}
    assert found.without == {}


def test_meetings_are_moved_before_a_backup_host_is_taken() -> None:
    """A backup host who holds a meeting cannot stand by."""
    planned = [
        bilateral("a", "09:00", "10:00"),
        bilateral("long", "09:30", "12:00"),
        bilateral("later", "11:00", "12:00"),
    ]

    found = allocated(planned, ONE, TWO, SPARE, standing={"later": TWO.address})

    assert host_by_key(found) == {"a": TWO.address, "long": ONE.address, "later": TWO.address}


DAY = bkk("08:00")


#: Opening, start and end of a meeting on one crowded morning, in steps of ten minutes.
Plan = tuple[int, int, int]
PLANS = some.tuples(some.integers(0, 3), some.integers(0, 40), some.integers(1, 12)).map(
    lambda drawn: (drawn[1] - drawn[0], drawn[1], drawn[1] + drawn[2])
)


def morning(plans: Sequence[Plan]) -> list[Meeting]:
    """A meeting for each plan; the strategies draw figures because a failing example is to be readable."""
    moments = [[DAY + minutes(10 * step) for step in plan] for plan in plans]
    return [
        meeting(key=f"m{number}", host="", opens_at=opens, interval=Interval(start, end))
        for number, (opens, start, end) in enumerate(moments)
    ]


@some.composite
def pools(draw: some.DrawFn) -> list[Host]:
    return [
        Host(
            f"h{number}@ilo.example",
            at_once=draw(some.integers(1, 2)),
            buffer=minutes(draw(some.sampled_from([0, 10, 15]))),
            backup=draw(some.booleans()),
        )
        for number in range(draw(some.integers(0, 4)))
    ]


def at_once(held: Sequence[Meeting], moment: datetime, buffer: timedelta) -> int:
    return sum(one.opens_at <= moment < one.interval.end + buffer for one in held)


def most_at_once(held: Sequence[Meeting], buffer: timedelta) -> int:
    """How many of the meetings take a host at the busiest moment, which is the opening of one of them."""
    return max((at_once(held, one.opens_at, buffer) for one in held), default=0)


@settings(max_examples=300, deadline=None)
@given(some.lists(PLANS, max_size=14), pools(), some.data())
def test_no_host_ever_holds_more_than_zoom_allows(plans: list[Plan], pool: list[Host], data: some.DataObject) -> None:
    """Whatever stood before, whoever is out: limits and pauses hold, and every meeting has its answer."""
    planned = morning(plans)
    addresses = [one.address for one in pool]
    keys = [one.key for one in planned]
    standing = (
        data.draw(some.dictionaries(some.sampled_from(keys), some.sampled_from(addresses))) if keys and pool else {}
    )
    out = frozenset(data.draw(some.sets(some.sampled_from(addresses), max_size=1))) if pool else frozenset()

    found = hosts.allocate(planned, pool, standing=standing, out=out)

    assert found.assigned.keys() | found.without.keys() == set(keys)
    assert not found.assigned.keys() & found.without.keys()
    for host in pool:
        held = [one for one in planned if host_by_key(found).get(one.key) == host.address]
        assert most_at_once(held, host.buffer) <= host.at_once
        assert not (held and host.address in out)
    for one in found.assigned.values():
        assert one.backup is None or one.backup not in {one.host, *out}


@settings(max_examples=200, deadline=None)
@given(some.lists(PLANS, max_size=14), pools(), some.data())
def test_the_order_of_the_meetings_does_not_matter(plans: list[Plan], pool: list[Host], data: some.DataObject) -> None:
    """The same programme gives the same hosts, however its meetings are listed."""
    planned = morning(plans)
    shuffled = [planned[number] for number in data.draw(some.permutations(range(len(planned))))]

    assert hosts.allocate(shuffled, pool, standing={}) == hosts.allocate(planned, pool, standing={})


@settings(max_examples=200, deadline=None)
@given(some.lists(PLANS, max_size=20), some.integers(1, 3), some.integers(1, 2))
def test_among_equal_hosts_a_meeting_is_refused_only_where_none_could_hold_it(
    plans: list[Plan], count: int, most: int
) -> None:
    """Without a refusal when the busiest moment needs no more than the hosts can hold together, and only then."""
    planned = morning(plans)
    pool = [Host(f"h{number}@ilo.example", at_once=most) for number in range(count)]

    found = hosts.allocate(planned, pool, standing={})

    assert bool(found.without) == (most_at_once(planned, minutes(15)) > count * most)
