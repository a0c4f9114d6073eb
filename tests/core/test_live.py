"""The picture of a running meeting follows from the facts alone, in whatever order and however often they were told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from meetbot.core import live
from meetbot.core.remote import Fact, FactKind
from tests.core.builders import BANGKOK, bkk, meeting

RUN = "run=="


def fact(kind: FactKind, clock: str, uuid: str = RUN) -> Fact:
    return Fact(kind, "85011112222", bkk(clock), uuid=uuid)


def of(kind: FactKind, clock: str, name: str = "dara", user_id: str = "1") -> Fact:
    """The same of a participant."""
    who = {"participant": name, "user_id": user_id, "name": name.title(), "address": f"{name}@npic.example"}
    return Fact(kind, "85011112222", bkk(clock), uuid=RUN, **who)


def joined(clock: str, name: str = "dara", user_id: str = "1") -> Fact:
    return of(FactKind.JOINED, clock, name, user_id)


def left(clock: str, name: str = "dara", user_id: str = "1") -> Fact:
    return of(FactKind.LEFT, clock, name, user_id)


STARTED = fact(FactKind.STARTED, "13:40")
ENDED = fact(FactKind.ENDED, "17:00")


def stay(joined_at: str | None, left_at: str | None, name: str = "dara", user_id: str = "1") -> live.Session:
    who = (name, user_id, name.title(), f"{name}@npic.example", "")
    return live.Session(*who, joined_at and bkk(joined_at), left_at and bkk(left_at))  # type: ignore[arg-type]


def run_of(*facts: Fact) -> live.LiveInstance:
    (instance,) = live.fold(facts).values()
    return instance


def sessions(*facts: Fact) -> tuple[live.Session, ...]:
    return run_of(*facts).sessions


def test_a_run_with_people_in_it() -> None:
    """Since when, who is inside, who waits, since when it is recorded, and when something was last heard."""
    facts = (
        STARTED,
        joined("13:45"),
        joined("13:50", "lin", "2"),
        left("14:10", "lin", "2"),
        of(FactKind.WAITING, "14:12", "maria", "3"),
        fact(FactKind.RECORDING_STARTED, "14:00"),
    )

    assert run_of(*facts) == live.LiveInstance(
        uuid=RUN,
        meeting_id="85011112222",
        started_at=bkk("13:40"),
        ended_at=None,
        sessions=(stay("13:45", None), stay("13:50", "14:10", "lin", "2")),
        waiting=frozenset({"maria"}),
        recording_since=bkk("14:00"),
        last_at=bkk("14:12"),
    )
    assert run_of(*facts).inside == {"dara"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([left("14:30"), joined("14:00")], [stay("14:00", "14:30")]),
        ([left("14:30")], [stay(None, "14:30")]),
        ([joined("14:00"), left("14:30"), left("14:31")], [stay("14:00", "14:30")]),
        ([joined("14:00"), joined("14:00"), left("14:30"), left("14:30")], [stay("14:00", "14:30")]),
        ([joined("14:00"), joined("14:05")], [stay("14:00", None)]),
        (
            [joined("14:00"), joined("14:20", user_id="9"), left("14:30", user_id="9")],
            [stay("14:00", None), stay("14:20", "14:30", user_id="9")],
        ),
        (
            [joined("14:00"), left("14:10"), joined("14:20"), left("14:30")],
            [stay("14:00", "14:10"), stay("14:20", "14:30")],
        ),
        ([left("14:00"), joined("14:05")], [stay(None, "14:00"), stay("14:05", None)]),
    ],
    ids=[
        "left before joined",
        "left alone",
        "left twice",
        "all of it twice",
        "joined twice",
        "joined from a second device",
        "came back",
        "joined after they left",
    ],
)
def test_W15_F32_joins_and_leaves_become_sessions_by_when_they_happened(
    facts: Sequence[Fact], expected: Sequence[live.Session]
) -> None:
    """Whichever came first, came twice or did not come."""
    assert sessions(STARTED, *facts) == tuple(expected)


def test_W16_an_old_fact_after_the_end_does_not_start_the_run_again() -> None:
    """It is merged: who joined before the end left with it, and nobody is inside."""
    before, after = run_of(STARTED, ENDED), run_of(STARTED, ENDED, joined("14:00"), joined("17:00:10", "lin", "2"))

    assert (before.ended_at, after.ended_at) == (bkk("17:00"), bkk("17:00"))
    assert after.sessions == (stay("14:00", "17:00"), stay("17:00:10", "17:00:10", "lin", "2"))
    assert after.inside == frozenset()


def test_W17_another_run_of_the_same_meeting_is_a_run_of_its_own() -> None:
    """It ended by mistake and was started again: the second one goes on."""
    again = fact(FactKind.STARTED, "14:20", "again==")

    found = live.fold([STARTED, joined("14:00"), fact(FactKind.ENDED, "14:15"), again])

    assert {uuid: (one.started_at, one.ended_at) for uuid, one in found.items()} == {
        RUN: (bkk("13:40"), bkk("14:15")),
        "again==": (bkk("14:20"), None),
    }
    assert live.current(found.values(), bkk("14:21")) == found["again=="]


def test_F32_a_run_whose_start_was_lost_began_with_its_first_join() -> None:
    """Somebody is inside, so it runs."""
    assert run_of(joined("14:00"), joined("13:50", "lin", "2")).started_at == bkk("13:50")


def test_a_run_of_which_nothing_is_heard_for_half_a_day_is_over() -> None:
    """Its end was lost; it does not run for ever."""
    runs = live.fold([STARTED, joined("14:00")]).values()

    assert live.current(runs, bkk("01:59", "2021-11-11")) == run_of(STARTED, joined("14:00"))
    assert live.current(runs, bkk("02:00", "2021-11-11")) is None


def test_who_is_put_back_into_the_waiting_room_is_not_inside() -> None:
    """And is again once admitted."""
    back = of(FactKind.WAITING, "14:10")
    admitted = of(FactKind.WAITED, "14:12")

    assert [
        (run_of(STARTED, joined("14:00"), *more).inside, run_of(STARTED, joined("14:00"), *more).waiting)
        for more in ([], [back], [back, admitted])
    ] == [(frozenset({"dara"}), frozenset()), (frozenset(), frozenset({"dara"})), (frozenset({"dara"}), frozenset())]


@pytest.mark.parametrize(
    ("facts", "since"),
    [
        ([("14:00", True)], "14:00"),
        ([("14:00", True), ("14:30", False)], None),
        ([("14:00", True), ("14:30", False), ("14:40", True)], "14:40"),
        ([("14:00", True), ("14:40", True)], "14:00"),
    ],
)
def test_a_recording_goes_on_until_it_is_stopped(facts: Sequence[tuple[str, bool]], since: str | None) -> None:
    """A pause stops it, and its going on starts it anew."""
    kind = {True: FactKind.RECORDING_STARTED, False: FactKind.RECORDING_STOPPED}

    found = run_of(STARTED, *(fact(kind[on], clock) for clock, on in facts))

    assert found.recording_since == (bkk(since) if since else None)
    assert run_of(STARTED, ENDED, *(fact(kind[on], clock) for clock, on in facts)).recording_since is None


def test_facts_of_no_run_make_no_run() -> None:
    """A changed meeting does not run."""
    assert live.fold([Fact(FactKind.CHANGED, "85011112222", bkk("14:00"))]) == {}


@some.composite
def perfect_sequence(draw: some.DrawFn) -> list[Fact]:
    """A run from start to end, or still going on, told as it happened."""
    facts = [STARTED]
    for number in range(draw(some.integers(0, 6))):
        moments = sorted(draw(some.sets(some.integers(0, 199), max_size=6)))
        for place, minute in enumerate(moments):
            kind = FactKind.LEFT if place % 2 else FactKind.JOINED
            clock = f"{13 + (40 + minute) // 60}:{(40 + minute) % 60:02}"
            facts.append(of(kind, clock, f"guest{number}", str(number)))
    ends = draw(some.booleans())
    return sorted(facts, key=lambda one: one.at) + ([ENDED] if ends else [])


@given(perfect_sequence(), some.data())
@settings(deadline=None)
def test_P14_F30_any_order_with_repeats_gives_the_picture_of_the_perfect_sequence(
    perfect: list[Fact], data: some.DataObject
) -> None:
    """Delayed by hours, in disorder, each up to fifty times."""
    repeats = data.draw(some.lists(some.sampled_from(perfect), max_size=50))
    told = data.draw(some.permutations([*perfect, *repeats]))

    assert live.fold(told) == live.fold(perfect)


any_fact = some.builds(
    of,
    some.sampled_from(FactKind),
    some.sampled_from(["14:00", "14:01"]),
    some.sampled_from(["dara", "lin"]),
    some.sampled_from(["1", "2"]),
)


@given(some.lists(any_fact, max_size=12), some.data())
@settings(deadline=None)
def test_P14_F32_facts_of_one_moment_give_one_picture_in_any_order(told: list[Fact], data: some.DataObject) -> None:
    """Also facts that contradict each other: no two machines see the meeting differently."""
    assert live.fold(data.draw(some.permutations(told))) == live.fold(told)


@given(perfect_sequence())
@settings(deadline=None)
def test_P14_the_perfect_sequence_gives_sessions_that_alternate(perfect: list[Fact]) -> None:
    """As many sessions as joins; each ends after it began; inside is who joined last and did not leave."""
    joins = [one for one in perfect if one.kind is FactKind.JOINED]

    found = run_of(*perfect)

    assert sorted(str(one.joined_at) for one in found.sessions) == sorted(str(one.at) for one in joins)
    assert all(one.joined_at <= one.left_at for one in found.sessions if one.joined_at and one.left_at)
    lefts = {one.participant: 0 for one in joins}
    for one in perfect:
        if one.participant:
            lefts[one.participant] += 1 if one.kind is FactKind.JOINED else -1
    assert found.inside == (set() if found.ended_at else {name for name, inside in lefts.items() if inside})


def seen(ago: float) -> datetime:
    return bkk("14:30") - timedelta(minutes=ago)


@pytest.mark.parametrize(
    ("facts", "now", "seen_live_at", "expected"),
    [
        ([], "14:30", seen(0), live.NOT_HEARD),
        ([], "14:30", seen(15), live.NOT_HEARD),
        ([], "14:30", seen(15.1), None),
        ([], "14:30", None, None),
        ([], "13:29", bkk("13:29"), None),
        ([], "13:30", bkk("13:30"), live.NOT_HEARD),
        ([], "17:00", bkk("17:00"), None),
        ([STARTED], "14:30", seen(0), None),
        ([joined("14:00")], "14:30", seen(0), None),
        ([STARTED, fact(FactKind.ENDED, "14:25")], "14:30", seen(10), None),
        ([STARTED, fact(FactKind.ENDED, "14:15")], "14:30", seen(10), live.NOT_HEARD),
        ([Fact(FactKind.CHANGED, "85011112222", bkk("14:29"))], "14:30", seen(0), live.NOT_HEARD),
    ],
    ids=[
        "runs, nothing heard",
        "seen 15 minutes ago",
        "seen too long ago",
        "not seen to run",
        "before the doors open",
        "as the doors open",
        "after its time",
        "start was heard",
        "only a join was heard",
        "ended since it was seen",
        "runs again, unheard",
        "heard of something else",
    ],
)
def test_P16_F39_a_running_meeting_of_which_nothing_is_heard_is_an_alarm(
    facts: Sequence[Fact], now: str, seen_live_at: datetime | None, expected: str | None
) -> None:
    """Within its time, and only while Zoom itself says that it runs."""
    assert live.silent(facts, meeting(), bkk(now), seen_live_at) == expected


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ([joined("14:03")], "runs since 13:40 Bangkok (UTC+7), 1 inside (Zoom's events, the last 2 min ago)"),
        (
            [
                of(FactKind.WAITING, "14:05", "lin", "2"),
                of(FactKind.WAITING, "14:05", "ana", "3"),
                fact(FactKind.RECORDING_STARTED, "14:00"),
            ],
            "runs since 13:40 Bangkok (UTC+7), 0 inside, 2 waiting, recorded since 14:00 Bangkok (UTC+7) "
            "(Zoom's events, the last 0 min ago)",
        ),
    ],
)
def test_a_run_is_told_in_one_line(facts: Sequence[Fact], said: str) -> None:
    """With how fresh the news is, so that nobody takes silence for calm."""
    assert live.summary(run_of(STARTED, *facts), bkk("14:05:30"), BANGKOK) == said
