"""Languages as people write them."""

from __future__ import annotations

import pytest

from meetbot.errors import UserError
from meetbot.files import languages

KNOWN = ("Burmese", "Chinese", "English")


@pytest.mark.parametrize(
    ("chosen", "other", "read"),
    [
        (["English", "Burmese"], "", ("English", "Burmese")),
        (["English"], "english, CHINESE", ("English", "Chinese")),
        ([], " Mon ;Shan/ Karen (Sgaw)\n", ("Mon", "Shan", "Karen (Sgaw)")),
        ([], "汉语", ("汉语",)),
        ([], ", ;", ()),
    ],
)
def test_chosen_and_written_ones_are_put_together(chosen: list[str], other: str, read: tuple[str, ...]) -> None:
    """None twice, and one of the list as the list has it."""
    assert languages.read(chosen, other, KNOWN) == read


def test_P40_all_that_are_no_languages_are_named_at_once() -> None:
    """What cannot be one, what is too long; signs that are not seen do no harm."""
    with pytest.raises(UserError) as refused:
        languages.read(["<b>"], f"Eng\u202elish, {'x' * 61}, 2", KNOWN)

    remedy = "is not the name of one language; write it as Zoom shows it, such as English."
    assert refused.value.problems == tuple(f"'{one}' {remedy}" for one in ("<b>", "x" * 61, "2"))
