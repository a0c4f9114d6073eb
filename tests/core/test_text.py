"""Texts in any script are cut and masked without harm."""

from __future__ import annotations

import pytest

from meetbot.core import text


@pytest.mark.parametrize(
    ("written", "limit", "cut"),
    [
        ("Sok Dara", 8, "Sok Dara"),
        ("Sok Dara", 7, "Sok Dar"),
        ("Sok Dara", 4, "Sok"),
        ("អ្នក", 1, ""),
        ("កអ្នក", 3, "ក"),
        ("កអ្នក", 4, "កអ្ន"),
        ("xကျော်", 3, "x"),
        ("xe\u0301", 2, "x"),
        ("x👩\u200d🏫", 3, "x"),
    ],
)
def test_N11_a_cut_never_falls_within_a_letter(written: str, limit: int, cut: str) -> None:
    """Vowel signs, subscripts, accents and joined emoji stay with their letter; only an endless one is cut."""
    assert text.shortened(written, limit) == (cut or written[:limit])


def test_N06_a_letter_longer_than_the_limit_is_cut_all_the_same() -> None:
    """Sixty marks on one letter are no name, but a first name may not be empty."""
    assert text.shortened("e" + "\u0301" * 80, 64) == "e" + "\u0301" * 63
    assert text.shortened("\u0301" * 80, 64) == "\u0301" * 64


def test_an_address_is_shown_in_part() -> None:
    """Enough to recognise it, not enough to write to; what is no address shows nothing."""
    masked = [text.masked(one) for one in ("sok@npic.example", "@npic.example", "sok", "")]

    assert masked == ["s…@npic.example", "…@npic.example", "", ""]
