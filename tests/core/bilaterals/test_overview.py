"""Every pair on one line: nobody has to open a second page to know what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from meetbot.core.bilaterals import State, overview
from meetbot.core.delegations import FocalPoint
from tests.core.bilaterals.builders import CVT, NOW, YUNNAN, always, between, organisation, pair, programme, wall

LATER = NOW + timedelta(hours=30)


def test_a_line_says_when_how_long_and_what_comes_next() -> None:
    """The meeting takes as long as the programme says, and its age counts from when it came to stand there."""
    proposed = pair(state=State.PROPOSED, starts_at=wall("09:00"), agreed_by=frozenset({"cvt"}))

    (row,) = overview.rows(programme(), [proposed], {}, now=LATER)

    next_step = "yunnan agree on the page, or meetbot create-bilaterals"
    expected = overview.Row(proposed, CVT, YUNNAN, between("09:00", "10:00"), timedelta(hours=30), next_step)
    assert row == expected


def test_what_needs_somebody_stands_first() -> None:
    """Stuck before waiting before proposed; within a state by time; what is over last."""
    others = [organisation(key, "China", "Asia/Shanghai") for key in ("b", "c", "d", "e")]
    pairs = [
        pair("cvt", "b", state=State.REPORTED, starts_at=wall("08:00")),
        pair("cvt", "c", state=State.PROPOSED, starts_at=wall("11:00")),
        pair("cvt", "d", state=State.PROPOSED, starts_at=wall("09:00")),
        pair("cvt", "e", state=State.STUCK),
    ]

    shown = overview.rows(programme(CVT, *others), pairs, {}, now=LATER)

    assert [one.pair.key for one in shown] == ["cvt+e", "cvt+d", "cvt+c", "cvt+b"]
    assert overview.counts(shown) == {State.STUCK: 1, State.PROPOSED: 2, State.REPORTED: 1}


def test_a_waiting_pair_names_whom_to_telephone() -> None:
    """Of the sides that have not answered, each with its focal point; without one that is said."""
    reached = replace(CVT, focal_point=FocalPoint("Daw Khin", "khin@cvt.example", "+95 1 000"))

    (both,) = overview.rows(programme(reached, YUNNAN), [pair()], {}, now=LATER)
    (one,) = overview.rows(programme(reached, YUNNAN), [pair()], {"yunnan": always("yunnan")}, now=LATER)

    assert both.next_step == "answer of cvt (Daw Khin, +95 1 000) and yunnan (no focal point)"
    assert one.next_step == "answer of cvt (Daw Khin, +95 1 000)"


def test_a_pair_of_an_organisation_that_has_left_is_not_shown() -> None:
    """The programme no longer has it."""
    assert overview.rows(programme(CVT), [pair()], {}, now=LATER) == ()
