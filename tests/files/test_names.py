"""Names of people in any script."""

from __future__ import annotations

import unicodedata

import pytest

from meetbot.files import names, written


@pytest.mark.parametrize(
    "name",
    [
        "ສົມພອນ ແກ້ວມະນີ",
        "សុខ ដារា",
        "សុខ\u200bដារា",
        "ကျော်ဇော",
        "王䶮",
        "𠮷田",
        "Nguyễn Văn An",
        "Suharto",
        "ဦးသန့်",
        "O'Brien",
        "D’Souza",
        "Müller-Lüdenscheidt",
        "Null",
        "H.E. TANG Tao",
        "ឯកឧត្តម សុខ ដារា",
        "İ",
        "=1+1 Dara",
    ],
)
def test_N01_N02_N04_N10_N15_N17_names_stay_as_they_are(name: str) -> None:
    """Scripts, single words, titles, odd looks: a name is what its owner writes."""
    assert names.read(name) == name


def test_N01_S11_composed_form_and_single_spaces() -> None:
    """Letter and mark become one letter; copied spaces and soft hyphens vanish."""
    assert names.read(unicodedata.normalize("NFD", " Nguyễn\u00a0 Văn\u3000Á\u00adn ")) == "Nguyễn Văn Án"


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u2069", "\u200f", "\r\n", "\x0b", "\u2028", "\x00", "\x1b"])
def test_N05_N09_signs_that_do_not_show_are_refused(sign: str) -> None:
    """They turn the text round, break a header or colour a terminal."""
    with pytest.raises(written.Wrong) as wrong:
        names.read(f"Sok{sign}Dara")

    assert wrong.value.what == f"the invisible sign U+{ord(sign[0]):04X} stands in the name"


@pytest.mark.parametrize("name", ["", "   ", "...", "\u200b", "😀", "-", "12"])
def test_N12_name_without_a_letter_is_refused(name: str) -> None:
    """Nobody could be called in by it."""
    with pytest.raises(written.Wrong) as wrong:
        names.read(name)

    assert wrong.value.what == "there is no letter in the name"


def test_N06_piled_marks_are_refused() -> None:
    """Sixty accents on one letter cover the lines above and below."""
    with pytest.raises(written.Wrong) as wrong:
        names.read("S" + "\u0301" * 60 + "ok")

    assert wrong.value.what == "too many marks stand on one letter of the name"


def test_N11_name_of_120_signs_is_the_longest() -> None:
    """One sign more is refused."""
    assert names.read("x" * 120) == "x" * 120
    with pytest.raises(written.Wrong) as wrong:
        names.read("x" * 121)
    assert (wrong.value.what, wrong.value.remedy) == ("the name has 121 signs", "shorten it to 120")
