"""Live events give rows like those of Zoom's report: who was in the meeting, and when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest

from meetbot.core import attendance
from meetbot.core.remote import Fact, FactKind, Reading, Session
from tests.core import builders as a
from tests.core.builders import bkk, span


def fact(kind: FactKind, clock: str, who: str = "", **other: Any) -> Fact:
    """`who` "dara": one participant with one connection, who came by the link z-dara."""
    known = {"participant": who, "user_id": f"u-{who}", "name": who.title(), "registrant_id": f"z-{who}"} if who else {}
    return Fact(**{"kind": kind, "meeting_id": "9", "at": bkk(clock), "uuid": "uuid-1", **known, **other})


def row(start: str, end: str, who: str = "dara", **other: Any) -> Session:
    return Session(who.title(), "", f"z-{who}", span(start, end), **other)


STARTED, ENDED = fact(FactKind.STARTED, "13:50"), fact(FactKind.ENDED, "17:02")
JOINED, LEFT = fact(FactKind.JOINED, "14:00", "dara"), fact(FactKind.LEFT, "16:00", "dara")


def heard(*facts: Fact) -> attendance.Heard:
    return attendance.heard(facts, a.meeting())


def test_a_stay_that_was_told_is_a_row_with_the_registration() -> None:
    """Whoever is not told to have left was there until the end; the order of the events does not matter."""
    told = (STARTED, JOINED, LEFT, fact(FactKind.JOINED, "14:05", "lina"), ENDED)

    found = {heard(*order) for order in permutations(told)}

    assert found == {
        attendance.Heard((Reading("uuid-1", (row("14:00", "16:00"), row("14:05", "17:02", "lina"))),), bkk("17:02"))
    }


def test_what_somebody_waited_in_between_is_not_time_in_the_meeting() -> None:
    """Put back into the waiting room from 14:30 to 14:50: a row of its own, as Zoom reports it."""
    told = [JOINED, fact(FactKind.WAITING, "14:30", "dara"), fact(FactKind.WAITED, "14:50", "dara"), LEFT, ENDED]

    assert heard(*told).readings == (
        Reading(
            "uuid-1",
            (row("14:00", "14:30"), row("14:50", "16:00"), row("14:30", "14:50", in_waiting_room=True)),
        ),
    )


def test_a_leave_without_a_join_is_a_row_of_no_time() -> None:
    """Nobody knows since when they were there: nothing is credited."""
    assert heard(LEFT, ENDED).readings == (Reading("uuid-1", (row("16:00", "16:00"),)),)


@pytest.mark.parametrize(
    ("told", "ended_at"),
    [
        ([STARTED, JOINED], None),
        ([STARTED, JOINED, fact(FactKind.ENDED, "16:44")], None),
        ([STARTED, JOINED, fact(FactKind.ENDED, "16:45")], "16:45"),
        ([STARTED, JOINED, ENDED, fact(FactKind.STARTED, "17:03", uuid="uuid-2")], None),
        ([STARTED, ENDED, fact(FactKind.ENDED, "17:20", uuid="uuid-2")], "17:20"),
        ([], None),
    ],
)
def test_F38_it_is_over_when_every_run_has_ended_near_the_planned_end(
    told: Sequence[Fact], ended_at: str | None
) -> None:
    """A run that ended early may be started again, and one that goes on is not over."""
    assert heard(*told).ended_at == (bkk(ended_at) if ended_at else None)


def test_F38_the_runs_of_another_day_are_not_of_this_meeting() -> None:
    """The room was tried the day before: its events count nowhere."""
    yesterday: dict[str, Any] = {"uuid": "uuid-0", "at": bkk("15:00", "2021-11-09")}
    tried = [fact(FactKind.JOINED, "15:00", "host", **yesterday), fact(FactKind.ENDED, "15:10", **yesterday)]

    assert heard(*tried, JOINED, LEFT, ENDED).readings == (Reading("uuid-1", (row("14:00", "16:00"),)),)
