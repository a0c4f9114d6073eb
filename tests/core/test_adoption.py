"""What somebody changed at Zoom becomes the programme's, when the organiser says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from meetbot.core import meetings
from meetbot.core.meetings import Difference
from meetbot.core.model import Interpreter
from tests.core import builders as a
from tests.core.builders import bkk, planned, span

LATER = Difference("starts_at", "14:00", "14:30", True, "2021-11-10T07:30:00+00:00")
SHORTER = Difference("minutes", "180", "150", True, 150)
TITLE = Difference("topic", "Launch", "Our launch", False, "Our launch")
MARKER = Difference("text", "with our mark in its first line", "without it", False)
ALONE = Difference("alternative_hosts", "a@ilo.example", "none", False, [])


def test_F16_an_adopted_start_moves_the_whole_meeting() -> None:
    """Doors, segments and end keep their distance from the start."""
    programme = a.programme()

    after = meetings.with_adopted(programme, {"launch": meetings.adopted([LATER])}).meetings["launch"]

    half = timedelta(minutes=30)
    before = programme.meetings["launch"]
    assert (after.interval, after.opens_at) == (span("14:30", "17:30"), bkk("14:00"))
    assert [one.interval.start for one in after.rundown] == [one.interval.start + half for one in before.rundown]
    assert replace(after, interval=before.interval, opens_at=before.opens_at, rundown=before.rundown) == before


def test_F16_what_is_adopted_is_what_zoom_is_held_to_from_then_on() -> None:
    """After an adoption the plan, what was confirmed and what Zoom holds are the same: nothing is written."""
    programme = a.programme()
    found = (LATER, SHORTER, TITLE, ALONE)
    before = meetings.planned(programme.meetings["launch"], "ref")

    after = meetings.with_adopted(programme, {"launch": meetings.adopted(found)})

    assert meetings.held(before, found) == meetings.planned(after.meetings["launch"], "ref")


def test_our_mark_is_put_back_with_an_adoption() -> None:
    """Without it a lost meeting could not be found again: the description differs, so that it is written anew."""
    plan = planned(text="About us")

    held = meetings.held(plan, (TITLE, MARKER))

    assert held == replace(plan, topic="Our launch", text="changed at Zoom")


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (TITLE, ""),
        (Difference("passcode", "the former one", "another one", True, "another one"), ""),
        (Difference("interpreters", "x (English,Khmer)", "none", False, []), ""),
        (
            Difference("registration", "with approval", "off", True, "off"),
            "without approval by you anybody could come in; overwrite it",
        ),
        (
            Difference("interpreters", "none", "x (English,Khmer)", False, ["x (English,Khmer)"]),
            "the interpreters cannot be read into the programme: write them there, or overwrite",
        ),
    ],
)
def test_P01_not_everything_can_be_adopted(found: Difference, why: str) -> None:
    """What would let anybody in, or what Zoom does not say in full, is refused with what to do instead."""
    assert meetings.adoptable([found]) == why


def test_F14_interpreters_that_zoom_dropped_can_be_given_up() -> None:
    """The account has no interpretation: the organiser adopts that, and the meeting has none."""
    spoken, signed = (
        Interpreter("A", "a@x.example", ("English", "Khmer")),
        Interpreter("B", "b@x.example", ("ASL",), True),
    )
    programme = a.programme(a.meeting(interpreters=(spoken, signed)))

    after = meetings.with_adopted(programme, {"launch": {"interpreters": []}})

    assert after.meetings["launch"].interpreters == (signed,)


def test_an_adoption_stays_while_the_file_says_nothing_new_about_it() -> None:
    """The next file changes the description only: the adopted start stands."""
    before = a.programme()
    after = a.programme(a.meeting(text="Another description"))
    adopted = {"launch": meetings.adopted([LATER])}

    assert meetings.carried(before, after, adopted) == meetings.Kept(adopted, ())


def test_an_adoption_ends_where_the_file_says_the_same() -> None:
    """The organiser wrote the new time down: it is the programme's own now."""
    before = a.programme()
    after = meetings.with_adopted(before, {"launch": meetings.adopted([LATER])})

    assert meetings.carried(before, after, {"launch": meetings.adopted([LATER])}) == meetings.Kept({}, ())


def test_F16_a_file_that_contradicts_an_adoption_is_a_conflict() -> None:
    """Shown, never guessed."""
    before = a.programme()
    after = a.programme(a.meeting(interval=span("15:00", "18:00")))

    kept = meetings.carried(before, after, {"launch": meetings.adopted([LATER])})

    assert kept.conflicts == (
        "launch: the start was changed at Zoom to Wed 10 Nov 2021 14:30 Bangkok (UTC+7) and adopted; "
        "the file now says something else. Write what was adopted into the file first",
    )
