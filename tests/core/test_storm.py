"""When sending stops itself, and when a busy day does not stop it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from meetbot.core import storm
from meetbot.core.model import Contact, LetterKind, Programme, Reminders
from meetbot.core.storm import Amount, Said
from tests.core import builders

READERS = (Contact("Officer", "officer@network.example"), Contact("Dean", "dean@network.example"))
DARA = ("dara@npic.example", "Sok Dara")


def programme(**other: object) -> Programme:
    return builders.programme(reports_to=READERS, **other)


def said(kind: LetterKind, words: str = "come", *, revision: int = 1, sequence: int = 0) -> Said:
    return Said("launch", DARA, kind, words, (revision, sequence))


@pytest.mark.parametrize(
    ("kind", "planned"),
    [
        (LetterKind.RECEIVED, 100),
        (LetterKind.LINK, 200),
        (LetterKind.MOVED, 200),
        (LetterKind.CANCELLED, 100),
        (LetterKind.DENIED, 100),
        (LetterKind.REMINDER, 200),
        (LetterKind.REPORT, 6),
    ],
)
def test_P41_sending_stops_above_what_any_plan_makes(kind: LetterKind, planned: int) -> None:
    """Of a meeting with 100 people: at 1.2 times the plan and a margin of ten it goes on, one letter more stops it."""
    most = int(planned * 1.2) + 10

    within, above = (
        storm.flood([Amount("launch", kind, letters)], {"launch": 100}, programme()) for letters in (most, most + 1)
    )

    assert within is None
    assert above == f"{most + 1} letters ({kind}) about launch in an hour, {planned} were planned"


def test_P41_an_import_of_a_thousand_and_two_moves_are_a_normal_hour() -> None:
    """Everybody gets one letter that their form came, the link, and two that the meeting moved."""
    hour = [(LetterKind.RECEIVED, 1000), (LetterKind.LINK, 1000), (LetterKind.MOVED, 2000)]

    stops = storm.flood([Amount("launch", kind, letters) for kind, letters in hour], {"launch": 1000}, programme())

    assert stops is None


def test_P41_a_whole_days_cues_are_a_normal_hour() -> None:
    """Even if all of them fell into one hour, and the rundown was planned anew in it; ten times as many are a loop."""
    of_a_day = 18  # six speakers: brief, next, closing

    stops = [
        storm.flood([Amount("launch", LetterKind.CUE, letters)], {"launch": 40}, programme())
        for letters in (2 * of_a_day, 10 * of_a_day)
    ]

    assert stops == [None, "180 letters (cue) about launch in an hour, 36 were planned"]


def test_P41_reminders_that_lie_close_together_are_all_planned() -> None:
    """Three within one hour, as the programme says, and one more because of a move."""
    close = Reminders(tuple(timedelta(minutes=minutes) for minutes in (90, 60, 45, 31)))

    stops = [
        storm.flood([Amount("launch", LetterKind.REMINDER, n)], {"launch": 100}, programme(reminders=close))
        for n in (490, 491, 611)
    ]

    assert stops == [None, None, "611 letters (reminder) about launch in an hour, 500 were planned"]


def test_P41_a_meeting_that_nobody_planned_has_a_margin_of_ten() -> None:
    """Letters about what is not in the programme any more, or about no meeting, stop early."""
    stops = [
        storm.flood([Amount(meeting, LetterKind.CUE, letters)], {}, programme())
        for meeting, letters in (("gone", 10), ("gone", 11), (None, 11))
    ]

    assert stops == [
        None,
        "11 letters (cue) about gone in an hour, 0 were planned",
        "11 letters (cue) about no meeting in an hour, 0 were planned",
    ]


def test_P41_the_very_same_letter_again_stops_sending() -> None:
    """The same words under the same revision, directly after each other: nobody meant that."""
    stops = storm.echo([said(LetterKind.REMINDER), said(LetterKind.REMINDER)])

    assert stops == "the same letter (reminder) about launch twice within 10 min to dara@npic.example"


def test_P41_what_a_person_takes_back_and_decides_again_goes_on() -> None:
    """Approved, cancelled by mistake, approved; moved, moved back, and moved after all; two hosts swapped in turn."""
    approved = [said(LetterKind.LINK), said(LetterKind.DENIED, "sorry", sequence=1), said(LetterKind.LINK, sequence=2)]
    moved = [said(LetterKind.MOVED, words, revision=at) for at, words in enumerate(("at 3", "at 2", "at 3"))]
    swapped = [said(LetterKind.LINK, "a new link", revision=at) for at in range(2)]

    assert [storm.echo(one) for one in (approved, moved, swapped)] == [None, None, None]


def test_P41_what_goes_to_and_fro_by_itself_stops_at_the_third_time() -> None:
    """Two programmes applied in turn; somebody whom one rule lets in and another one keeps out."""
    moved = [said(LetterKind.MOVED, words, revision=at) for at, words in enumerate(["at 3", "at 2"] * 3)]
    flapping = [LetterKind.LINK, LetterKind.DENIED] * 3
    decided = [said(kind, kind, sequence=at) for at, kind in enumerate(flapping)]

    assert [storm.echo(moved[:4]), storm.echo(decided[:4])] == [None, None]
    assert storm.echo(moved) == "the same letter (moved) about launch three times within 10 min to dara@npic.example"
    assert storm.echo(decided) == "the same letter (link) about launch three times within 10 min to dara@npic.example"


def test_P41_two_people_who_share_an_address_are_two() -> None:
    """They get the same words, each under their own name, and about another meeting once more."""
    office = [("office@npic.example", name) for name in ("Sok Dara", "Chan Rithy")]

    stops = storm.echo(
        Said(meeting, reader, LetterKind.LINK, "come", (1, 0)) for meeting in ("launch", "talk") for reader in office
    )

    assert stops is None
