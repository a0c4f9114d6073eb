"""The confirmation of attendance as a page."""

from __future__ import annotations

import re
from typing import Any

import pytest

from meetbot.files.report import confirmation

PAPER = {
    "name": "H.E. SOK Dara",
    "organisation": "National Polytechnic Institute of Cambodia (NPIC)",
    "programme": "Skills Network",
    "organiser": "Launch desk",
    "minutes": 171,
    "title": "Launching Ceremony",
    "starts_at": "2021-11-10T07:00:00+00:00",
    "ends_at": "2021-11-10T10:00:00+00:00",
    "zone": "Asia/Bangkok",
    "given_at": "2021-11-12T03:00:00+00:00",
    "code": "K7QFA-22XYZ-MNBVC-LKJHG-FDSAP-Q",
}


def pages(**said: Any) -> int:
    content = confirmation.page({**PAPER, **said}, "https://meetbot.example/verify").content
    return len(re.findall(rb"/Type\s*/Page\b", content))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"name": "ឯកឧត្តម សុខ ដារ៉ា", "organisation": "វិទ្យាស្ថានជាតិពហុបច្ចេកទេសកម្ពុជា"},
        {"name": "ທ່ານ ສົມສັກ ພົມມະຈັນ"},
        {"name": "ဦးလှမင်းထွန်း"},
        {"name": '马和祖 #panic("x") $a$ \\ [*b*]', "organisation": "云南技师学院"},
        {"name": "Long " * 40, "organisation": "Office " * 30, "title": "Ceremony " * 22, "programme": "Network " * 20},
        {"organisation": ""},
    ],
)
def test_O04_it_is_one_page_whatever_people_are_called(said: dict[str, str]) -> None:
    """Names in five scripts, markup in a name, and the longest that a form takes."""
    assert pages(**said) == 1


def test_the_same_paper_gives_the_same_bytes() -> None:
    """A letter that is sent a second time after a lost answer brings the same file."""
    first, second = (confirmation.page(PAPER, "") for _ in range(2))

    assert first == second


def test_it_may_be_given_out_at_any_moment() -> None:
    """A clock has fractions of a second."""
    assert pages(given_at="2021-11-12T03:00:00.250000+00:00") == 1
