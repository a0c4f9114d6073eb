"""Every pair on one line: nobody has to open a second page to know what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from meetbot.core.bilaterals import Pair, State, overview
from meetbot.core.bilaterals.series import Proposal
from meetbot.core.delegations import FocalPoint
from meetbot.core.model import Organisation
from tests.core.bilaterals.builders import CVT, NOW, YUNNAN, always, between, organisation, pair, programme, wall

LATER = NOW + timedelta(hours=30)


def test_a_line_says_when_how_long_and_what_comes_next() -> None:
    """The meeting takes as long as the programme says, and its age counts from when it came to stand there."""
    proposed = pair(state=State.PROPOSED, starts_at=wall("09:00"), agreed_by=frozenset({"cvt"}))

    (row,) = overview.rows(programme(), [proposed], {}, now=LATER)

    next_step = "yunnan agree on the page, or meetbot create-bilaterals"
    expected = overview.Row(proposed, CVT, YUNNAN, between("09:00", "10:00"), "", timedelta(hours=30), next_step)
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


def test_the_language_of_a_pair_is_said_and_who_interprets() -> None:
    """One that both speak, whoever interprets otherwise, or that somebody is needed; nothing while it is not known."""
    burmese, chinese = replace(CVT, speaks=("Burmese", "English")), replace(YUNNAN, speaks=("Chinese",))
    agreed = pair(state=State.AGREED, starts_at=wall("09:00"))
    needs = "it needs an interpreter: meetbot bilaterals move --pairs cvt+yunnan --to DAY finds a time with one"

    def line(a: Organisation, b: Organisation, one: Pair = agreed) -> tuple[str, str]:
        (row,) = overview.rows(programme(a, b), [one], {}, now=LATER)
        return row.language, row.next_step

    assert line(burmese, YUNNAN) == ("", "the service makes its meeting at Zoom")
    assert line(burmese, replace(YUNNAN, speaks=("english", "Chinese")))[0] == "English"
    assert line(burmese, chinese) == ("Burmese or English – Chinese, an interpreter is needed", needs)
    assert line(burmese, chinese, replace(agreed, interpreter="lin@words.example")) == (
        "Burmese or English – Chinese, interpreted by lin@words.example",
        "the service makes its meeting at Zoom",
    )


def test_a_pair_of_which_one_side_wants_to_go_on_says_who_is_asked() -> None:
    """And how the organiser confirms it for both."""
    held = pair(state=State.HELD, starts_at=wall("09:00"))
    starts = {"cvt+yunnan.2": wall("09:00") + timedelta(weeks=1)}
    asked = Proposal(held.key, "Workshop", 1, 1, starts, State.PROPOSED, "", NOW, frozenset({"cvt"}), 1)

    rows = [
        overview.rows(programme(), [held], {}, [one], now=LATER) for one in (asked, replace(asked, state=State.AGREED))
    ]

    assert [one.next_step for (one,) in rows] == [
        "yunnan agree on the page to a further meeting about Workshop, or meetbot bilaterals series cvt+yunnan",
        "the attendance report follows",
    ]
