"""Who somebody was there as, who stayed, who came late: the words of the donor's table."""

from __future__ import annotations

from typing import Any

import pytest

from meetbot.core.attendance import SegmentPresence
from tests.core import builders as a
from tests.core.builders import RUNDOWN, bkk, minutes, reading, registrant, session, span
from tests.core.test_attendance import counted, total

HOST = session("13:20", "17:00", address="host@ilo.example", name="Host")


@pytest.mark.parametrize(
    ("form", "delegations", "role"),
    [
        ({}, (), "participant"),
        ({"person": "tang"}, (), "speaker"),
        ({"source": "interpreter"}, (), "interpreter"),
        ({"source": "delegation"}, ("npic", "yunnan"), "delegate"),
        ({"source": "delegation"}, (), "participant"),
    ],
)
def test_somebody_has_the_role_of_their_part(form: dict[str, Any], delegations: tuple[str, ...], role: str) -> None:
    """A part in the rundown, an interpreter, one of a delegation to a bilateral; everybody else takes part."""
    who = registrant(form=a.form(**form))
    meeting = a.meeting(delegations=delegations)

    tally = counted([reading(session("14:00", "15:00", "z1"))], [who], meeting=meeting)

    assert [line.who.role for line in (*tally.lines, *tally.interpreters)] == [role]


def test_interpreters_are_there_to_work_and_in_no_figure() -> None:
    """One came, one did not: neither attended nor absent, and every row is accounted for."""
    two = [registrant(number, organisation=None, source="interpreter") for number in (1, 2)]

    tally = counted([reading(session("14:00", "15:00", "z1"))], two)

    assert (tally.lines, tally.absent, tally.others, len(tally.interpreters)) == ((), (), (), 1)
    assert [total(tally, what) for what in ("registered", "approved", "attended")] == [0, 0, 0]
    assert tally.rows_accounted == 1


@pytest.mark.parametrize(("left", "stayed"), [("15:48", True), ("15:47", False)])
def test_who_was_there_for_60_per_cent_of_the_meeting_as_it_ran_stayed(left: str, stayed: bool) -> None:
    """Of 14:00 to 17:00 that is until 15:48; the doors that opened at 13:30 are not a part of the meeting."""
    tally = counted([reading(HOST, session("13:40", left, "z1"))], [registrant()])

    assert ([line.stayed for line in tally.lines], tally.run) == ([stayed], minutes(180))


def test_of_a_meeting_that_was_over_early_the_share_is_of_what_there_was() -> None:
    """Everybody left at 15:00, and the rundown closed then: an hour is all there was."""
    tally = counted(
        [reading(session("14:00", "15:00", "z1"))], [registrant()], segments=[(RUNDOWN[1], span("14:00", "15:00"))]
    )

    assert ([line.stayed for line in tally.lines], tally.run) == ([True], minutes(60))


@pytest.mark.parametrize(("joined", "late"), [("14:05", 0), ("14:06", 1)])
def test_late_is_who_came_more_than_five_minutes_after_the_start(joined: str, late: int) -> None:
    """By the plan, which is what people were told."""
    assert counted([reading(session(joined, "15:00", "z1"))], [registrant()]).late == late


def test_presence_is_told_at_every_change() -> None:
    """Two come, one goes as a third comes: no dip in between."""
    rows = [session("14:00", "15:00", "z1"), session("14:30", "16:00", "z2"), session("15:00", "16:00", "z3")]
    people = [registrant(1), registrant(2, "Chan Lina"), registrant(3, "Keo Mali")]

    tally = counted([reading(*rows)], people, segments=[(RUNDOWN[1], span("14:20", "14:40"))])

    assert tally.presence == ((bkk("14:00"), 1), (bkk("14:30"), 2), (bkk("16:00"), 0))
    assert tally.by_segment == (
        SegmentPresence("welcome", "Welcome", span("14:00", "14:30"), span("14:20", "14:40"), 2),
    )
