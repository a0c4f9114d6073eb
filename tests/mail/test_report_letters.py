"""The letter with the attendance report: figures first, what is not certain before anything else, short enough."""

from __future__ import annotations

import pytest

from meetbot.core.model import LetterKind
from meetbot.mail import letters
from tests.mail.builders import GROUP, MADE_AT, ORGANISER, REPORT, TITLE, message, rendered, words_of


@pytest.mark.parametrize("state", ["preliminary", "incomplete"])
def test_P12_report_is_not_final_until_it_is(state: str) -> None:
    """Before Zoom's figures are settled, and where they never were, the first words say so and why."""
    early = rendered(LetterKind.REPORT, report={**REPORT, "state": state, "reason": "from live events only"})
    final = rendered(LetterKind.REPORT)

    word = state.upper()
    assert early.subject == f"{word} attendance: {TITLE}"
    assert early.text.startswith(f"Dear Kyaw Zaw,\n\n*** {word} ***\nfrom live events only\n")
    assert f"{word} from live events only" in words_of(early.html)
    assert final.subject == f"Attendance: {TITLE}"
    assert word not in final.text + final.html


def test_P12_final_report_says_first_what_changed() -> None:
    """Whoever has read the preliminary one sees at once what is other now."""
    changes = ["47 attended, 2 more than before", "Sok Dara is counted now"]

    written = rendered(LetterKind.REPORT, report={**REPORT, "changes": changes})

    said = "Changed since the last report:\n- 47 attended, 2 more than before\n- Sok Dara is counted now\n\n47 attended"
    assert written.text.startswith(f"Dear Kyaw Zaw,\n\n{said}")
    seen = words_of(written.html)
    assert seen.index("Sok Dara is counted now") < seen.index("47 attended (45 proven, 2 declared), 1 line open")


def test_no_share_of_the_approved_is_given_where_more_came() -> None:
    """Before the screen of a hall sit people who had not registered: they are no share of anybody."""
    written = rendered(LetterKind.REPORT, report={**REPORT, "attended": 60})

    assert "\nAttended: 60\n" in written.text
    assert "of those approved" not in written.html


def test_group_of_which_more_came_than_were_approved_says_both() -> None:
    """ "18 of 9" would look like a mistake."""
    hall = {**GROUP, "attended": 18, "approved": 9}

    written = rendered(LetterKind.REPORT, report={**REPORT, "organisations": [hall]})

    for words in (written.text, words_of(written.html)):
        assert "18 (9 approved)" in words
        assert "18 of 9" not in words


def test_report_has_the_same_figures_in_both_parts() -> None:
    """Text and page give every figure, with real times beside planned ones."""
    written = rendered(LetterKind.REPORT)

    page = words_of(written.html)
    for words in ("Places: 70", "Registered: 64", "Approved: 58", "Attended: 47 (81%)"):
        assert words in written.text
    assert "70 Places 64 Registered 58 Approved 47 Attended" in page
    for words in (
        "47 attended (45 proven, 2 declared), 1 line open",
        "Stayed 60% of the time or more: 41.",
        "Most at one time: 45, 14:35 Bangkok (UTC+7) = 14:05 Yangon (UTC+6:30).",
        "Median stay: 151 min.",
        "Came more than 5 minutes late: 6.",
        "3 of 4, 480 min",
        "iPhone 12",
        "two share this address",
        "ຄຳໝັ້ນ ສີສຸກ",
    ):
        assert words in written.text
        assert words in page
    assert "Champasak Center\n      ███████░░░ 3 of 4" in written.text
    assert "16:30–17:00 → 16:41–17:12, 44 present" in written.text
    assert "  14:00 ████████░░ 40\n  14:15 ████████░░ 40\n  14:30 ██████████ 45\n" in written.text
    assert 'width="75%"' in written.html


NOBODY = {
    "registered": 0,
    "approved": 0,
    "attended": 0,
    "proven": 0,
    "declared": 0,
    "stayed": 0,
    "late": 0,
    "open": 0,
    "organisations": [{"name": "NPIC", "registered": 0, "approved": 0, "attended": 0, "minutes": 0}],
    "countries": [],
    "constituents": [],
    "presence": [],
    "peak": {"present": 0, "at": None},
    "median_minutes": 0,
}


def test_report_on_a_meeting_to_which_nobody_came() -> None:
    """No share of nothing, no peak, no bar: the report still reads."""
    nobody = {**NOBODY, "segments": [], "open_lines": [], "absent": []}
    written = rendered(LetterKind.REPORT, report={**REPORT, **nobody})

    assert "0 attended (0 proven, 0 declared), 0 lines open\n" in written.text
    assert "Most at one time" not in written.text + written.html
    assert "░░░░░░░░░░ 0 of 0, 0 min" in written.text


def test_report_of_five_thousand_people_is_a_letter_that_gmail_does_not_cut() -> None:
    """Less than 100 KB, also with the longest names that Zoom keeps in three-byte scripts; it says how many more."""
    name = "ကျော်ဇော" * 8
    group = {**GROUP, "name": name}
    absent = {"name": name, "organisation": name}
    many = {"organisations": [group] * 900, "absent": [absent] * 2_000, "open_lines": REPORT["open_lines"] * 300}

    written = rendered(LetterKind.REPORT, report={**REPORT, **many, "segments": REPORT["segments"] * 40})

    assert len(written.html.encode()) < 100_000
    for words in ("868 more are in the tables.", "1982 more are in the tables.", "282 more are in the tables."):
        assert words in written.text
        assert words in words_of(written.html)


def test_report_asks_for_a_look_at_open_lines() -> None:
    """One button, where the reader may settle them."""
    written = letters.render(
        message(LetterKind.REPORT),
        organiser=ORGANISER,
        link=None,
        uid=None,
        made_at=MADE_AT,
        page="https://m.example/b/x",
    )

    assert "1 line needs you:\n\n  https://m.example/b/x\n" in written.text
    assert 'href="https://m.example/b/x"' in written.html


def test_P37_report_for_outside_shows_no_figure_of_a_small_group() -> None:
    """What is hidden is told as such, in both parts."""
    group = {"name": "CVT", "invited": 5, "registered": None, "approved": None, "attended": None, "stayed": None}

    written = rendered(LetterKind.REPORT, report={**REPORT, "organisations": [group], "absent": [], "open_lines": []})

    assert "  CVT\n      hidden, for a group is smaller than five\n" in written.text
    assert "CVT hidden, for a group is smaller than five" in words_of(written.html)
