"""What people on stage read, and the organiser for those without an address."""

from __future__ import annotations

import pytest

from meetbot.core.model import LetterKind
from tests.mail.builders import SEGMENT, TITLE, rendered, words_of


def test_cue_tells_expected_and_planned_time() -> None:
    """Ten minutes behind, a presenter reads when they really start, in both zones, and what was planned."""
    written = rendered(LetterKind.CUE)

    assert written.subject == "You are next: Session 1: Power of Networking, 14:40 Bangkok (UTC+7)"
    assert "Session 1: Power of Networking (presenter)\n" in written.text
    assert "Starts 14:40 Bangkok (UTC+7) = 14:10 Yangon (UTC+6:30)\n" in written.text
    assert (
        "The programme runs 10 minutes late. Planned: 14:30 Bangkok (UTC+7) = 14:00 Yangon (UTC+6:30).\n"
        in written.text
    )


def test_cue_text_keeps_its_lines_in_the_page() -> None:
    """A list in the segment's text stays a list, and marks typed into it do nothing."""
    written = rendered(LetterKind.CUE, segment={**SEGMENT, "text": "- MOLVT, Cambodia\r\n- MOLSW\n- <b>NPIC</b>"})

    assert "\n- MOLVT, Cambodia\n- MOLSW\n- <b>NPIC</b>\n" in written.text
    assert ">- MOLVT, Cambodia<br>- MOLSW<br>- &lt;b&gt;NPIC&lt;/b&gt;</p>" in written.html


def test_closing_cue_is_courteous() -> None:
    """Nobody on stage is told to stop: they read that time is nearly over, until when, and thanks."""
    written = rendered(LetterKind.CUE, cue="closing")

    words = "Time is nearly over. Thank you for bringing your part to its end:"
    assert written.subject == "Time is nearly over: Session 1: Power of Networking, until 15:10 Bangkok (UTC+7)"
    assert written.text.startswith(f"Dear Kyaw Zaw,\n\n{words}\n\n  Session 1: Power of Networking (presenter)\n")
    assert words in words_of(written.html)


@pytest.mark.parametrize(
    ("cue", "subject", "words"),
    [
        ("brief", "Session 1: Power of Networking, Wed 10 Nov 2021, 14:40", "This is their part in the programme:"),
        ("next", "Next is Session 1: Power of Networking, 14:40", "Their part comes next:"),
        ("closing", "Time is nearly over: Session 1: Power of Networking, until 15:10", "Their time is nearly over:"),
    ],
)
def test_cue_for_somebody_without_address(cue: str, subject: str, words: str) -> None:
    """The organiser is asked to pass the word on; nothing speaks of a part or a link of their own."""
    written = rendered(LetterKind.CUE, name="Li Na", cue=cue, slip_minutes=0, **{"for": "H.E. TANG Tao"})

    page = words_of(written.html)
    assert written.subject == f"Please tell H.E. TANG Tao: {subject} Bangkok (UTC+7)"
    assert (
        written.text
        == f"""\
Dear Li Na,

Please tell H.E. TANG Tao, whose address we do not have:

{words}

  Session 1: Power of Networking (presenter)

  Starts 14:40 Bangkok (UTC+7) = 14:10 Yangon (UTC+6:30)
  Ends 15:10 Bangkok (UTC+7) = 14:40 Yangon (UTC+6:30)
  Wed 10 Nov 2021

Introduction to peer skills training centres

With them on stage:
  Mr Ma Hezu, MOHRSS

Meeting: {TITLE}

ILO-China Partnership Project
launch@project.example.org

{"-- "}
ILO/China Partnership Project
Sent by meetbot for ILO-China Partnership Project. Your answer to this letter reaches them.
"""
    )
    assert f"Please tell H.E. TANG Tao, whose address we do not have: {words} Session 1" in page
    assert f"With them on stage: Mr Ma Hezu, MOHRSS Meeting: {TITLE} ILO-China Partnership Project" in page
