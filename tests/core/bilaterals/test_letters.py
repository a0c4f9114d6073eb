"""The letters of the bilaterals before they are words: to whom, in whose zone, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from meetbot.core import storm
from meetbot.core.bilaterals import letters
from meetbot.core.delegations import FocalPoint
from meetbot.core.model import Contact, LetterKind, Programme
from tests.core.bilaterals.builders import CVT, NOW, YUNNAN, pair, programme, wall

KHIN = FocalPoint("Daw Khin Mar", "Khin@cvt.example", language="my")
SIDE = replace(CVT, focal_point=KHIN)
UNTIL = wall("09:00") - timedelta(days=3)


def office() -> Programme:
    return programme(SIDE, YUNNAN)


def test_a_focal_point_is_written_to_in_their_language_and_zone() -> None:
    """The page goes with the letter by its number alone."""
    letter = letters.availability(office(), SIDE, [YUNNAN], page=7, until=UNTIL)

    assert (letter.to, letter.page) == (Contact("Daw Khin Mar", "Khin@cvt.example"), 7)
    assert (letter.letter.language, letter.letter.zone) == ("my", "Asia/Yangon")
    assert (letter.useful_until, letter.needs_link) == (UNTIL, False)


def test_asking_and_each_nudge_are_letters_of_their_own() -> None:
    """Once each for a deadline; a new deadline is nudged anew, a new focal point is asked anew."""
    later, other = UNTIL + timedelta(days=1), replace(SIDE, focal_point=replace(KHIN, address="new@cvt.example"))
    keys = [
        letters.availability(office(), side, [YUNNAN], page=7, until=until, nudge=nudge).dedupe
        for side, until, nudge in (
            (SIDE, UNTIL, None),
            (SIDE, UNTIL, timedelta(days=2)),
            (SIDE, UNTIL, timedelta(days=1)),
            (SIDE, later, timedelta(days=1)),
            (other, UNTIL, None),
        )
    ]

    assert len(set(keys)) == 5
    assert keys[0] == letters.availability(office(), SIDE, [YUNNAN], page=8, until=later).dedupe
    assert keys[0] == letters.asked_key(SIDE)


def test_a_proposal_is_told_once_for_each_time() -> None:
    """The same pairs in another order are the same letter; another revision is another one."""
    one, two = pair(starts_at=NOW), pair("cvt", "yunnan", key="cvt+yunnan.2", starts_at=NOW)

    def dedupe(*pairs: letters.Pair) -> str:
        return letters.proposal(office(), SIDE, pairs, page=7, until=UNTIL).dedupe

    assert dedupe(one, two) == dedupe(two, one)
    assert dedupe(one, two) != dedupe(one, replace(two, revision=1))


def test_nobody_writes_to_a_side_without_a_focal_point() -> None:
    """The error names the organisation."""
    with pytest.raises(ValueError, match="cvt has no focal point"):
        letters.proposal(office(), CVT, [pair(starts_at=NOW)], page=7, until=UNTIL)


def test_letters_about_all_sides_at_once_are_no_storm() -> None:
    """Asking forty organisations is planned; forty letters to each of them are not."""
    sides = [replace(SIDE, key=f"side{number}") for number in range(40)]
    plan = programme(*sides)

    def flood(kind: LetterKind, count: int) -> str | None:
        return storm.flood([storm.Amount(None, kind, count)], {}, plan)

    kinds = (LetterKind.AVAILABILITY, LetterKind.PROPOSAL, LetterKind.BILATERALS)
    assert [flood(kind, 40) for kind in kinds] == [None, None, None]
    assert [flood(kind, 1600) is None for kind in kinds] == [False, False, False]
