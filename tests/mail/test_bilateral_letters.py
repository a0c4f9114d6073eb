"""The letters of the bilaterals: what they say first, whose clock they tell, and the page that they lead to."""

from __future__ import annotations

import pytest
from icalendar import Calendar

from meetbot.core.model import LetterKind
from meetbot.mail import letters
from tests.mail.builders import (
    BILATERAL,
    INTERPRETING,
    MADE_AT,
    ORGANISER,
    TITLE,
    UID,
    URL,
    message,
    rendered,
    words_of,
)

PAGE = "https://meet.example.org/b/Xy7-_kQXy7"
WITH_PAGE = [LetterKind.AVAILABILITY, LetterKind.PROPOSAL, LetterKind.BILATERALS, LetterKind.SERIES]


@pytest.mark.parametrize("kind", WITH_PAGE)
def test_P31_the_page_is_a_button_and_spelled_out(kind: LetterKind) -> None:
    """Once to press and once to read in the page, once in the text; nowhere in a repr or a subject."""
    written = letters.render(message(kind), organiser=ORGANISER, link=None, uid=None, made_at=MADE_AT, page=PAGE)

    assert (written.html.count(f'href="{PAGE}"'), words_of(written.html).count(PAGE), written.text.count(PAGE)) == (
        1,
        1,
        1,
    )
    assert PAGE not in repr(written)


@pytest.mark.parametrize("kind", WITH_PAGE)
def test_without_a_page_there_is_no_button(kind: LetterKind) -> None:
    """A deployment that people cannot reach asks for an answer by mail, and promises no page."""
    written = rendered(kind)

    assert "http" not in written.text
    assert "The page" not in written.text + words_of(written.html)


def test_a_nudge_says_first_what_is_missing_and_until_when() -> None:
    """In the reader's own time alone."""
    written = rendered(LetterKind.AVAILABILITY, nudge=True)

    assert written.subject.startswith("Still missing: your times for ")
    assert written.text.split("\n\n")[1] == (
        "The answer of CVT is still missing. It is needed by Fri 12 Nov 2021, 16:30 Yangon (UTC+6:30)."
    )


def test_P22_a_proposal_gives_the_readers_time_first_and_the_peers_beside_it() -> None:
    """A reader in Yangon finds 09:30 before the 11:00 of Shanghai."""
    written = rendered(LetterKind.PROPOSAL)

    assert (
        """\
  Yunnan Technician College, China
      Mon 15 Nov 2021, 09:30–10:30 Yangon (UTC+6:30)
      For them: 11:00–12:00 Shanghai (UTC+8), Mon 15 Nov 2021
"""
        in written.text
    )


def test_changes_come_in_one_letter_sorted_by_what_became_of_them() -> None:
    """Moved with the former time, cancelled with the reason, agreed; and no way in."""
    before = {**BILATERAL, "starts_at": "2021-11-15T02:00:00+00:00", "ends_at": "2021-11-15T03:00:00+00:00"}
    moved = {**BILATERAL, "before": before, "reason": "the hall is taken"}
    cancelled = {**BILATERAL, "peer": "Hangzhou College", "before": BILATERAL, "reason": "they withdrew"}
    written = rendered(LetterKind.BILATERALS, moved=[moved], cancelled=[cancelled])

    body = written.text.partition("This has changed for CVT:\n")[2].partition("\nEverybody")[0]
    assert (
        body
        == """
Another time

  Yunnan Technician College, China
      Mon 15 Nov 2021, 09:30–10:30 Yangon (UTC+6:30)
      For them: 11:00–12:00 Shanghai (UTC+8), Mon 15 Nov 2021
      Before: Mon 15 Nov 2021, 08:30–09:30 Yangon (UTC+6:30) = 10:00–11:00 Shanghai (UTC+8)
      Reason: the hall is taken

Cancelled

  Hangzhou College, China
      Mon 15 Nov 2021, 09:30–10:30 Yangon (UTC+6:30)
      For them: 11:00–12:00 Shanghai (UTC+8), Mon 15 Nov 2021
      Reason: they withdrew

Agreed

  Yunnan Technician College, China
      Mon 15 Nov 2021, 09:30–10:30 Yangon (UTC+6:30)
      For them: 11:00–12:00 Shanghai (UTC+8), Mon 15 Nov 2021
"""
    )


def test_a_first_agreement_is_not_called_a_change() -> None:
    """Where nothing was moved or cancelled, subject and first line say that it is agreed."""
    written = rendered(LetterKind.BILATERALS)

    assert written.subject.endswith(": what is agreed for CVT")
    assert "\n\nThis is agreed. These are the meetings of CVT:\n" in written.text


def test_O02_an_interpreter_gets_one_entry_with_link_direction_and_address() -> None:
    """REQUEST under the meeting's own UID; the entry alone is enough to come and interpret."""
    written = rendered(LetterKind.LINK, sequence=2, interpreting=INTERPRETING, segments=[])

    event = Calendar.from_ical(written.calendar or b"").events[0]
    assert (str(event["uid"]), event["sequence"], str(event["location"])) == (UID, 2, URL)
    assert str(event["description"]).startswith(
        "From Burmese into Chinese, and from Chinese into Burmese\n"
        "Please sign in at Zoom with li@interpreters.example.org before you join.\n"
        "\n"
        f"Your personal link:\n{URL}\n"
    )
    assert written.subject == f"Interpreting: {TITLE}, Wed 10 Nov 2021, 14:00 Bangkok (UTC+7)"
    assert written.text.startswith("Dear Kyaw Zaw,\n\nThank you for interpreting in this meeting.\n")
    assert (
        """
  CVT, Myanmar – 13:30 Yangon (UTC+6:30)
  Yunnan Technician College, China – 15:00 Shanghai (UTC+8)

From Burmese into Chinese, and from Chinese into Burmese

Please sign in at Zoom with li@interpreters.example.org before you join: Zoom makes you an interpreter \
only under this address, and only when you are signed in.
Please come 15 minutes early, to try the sound in both directions.
"""
        in written.text
    )


@pytest.mark.parametrize("kind", [LetterKind.LINK, LetterKind.MOVED, LetterKind.REMINDER])
def test_O02_each_letter_with_an_interpreters_link_says_under_which_address_they_sign_in(kind: LetterKind) -> None:
    """In the text and in the page; a guest's letter says nothing of it."""
    sign_in, direction = "li@interpreters.example.org", "From Burmese into Chinese, and from Chinese into Burmese"
    theirs, guests = rendered(kind, interpreting=INTERPRETING), rendered(kind)

    for words in (theirs.text, words_of(theirs.html)):
        assert (words.count(sign_in), words.count(direction)) == (1, 1)
    assert sign_in not in guests.text + guests.html


def test_O02_an_interpreter_into_a_sign_language_is_told_into_which() -> None:
    """One language, and no sides where everybody is invited."""
    signs = {**INTERPRETING, "languages": ["American Sign Language"], "sign": True, "sides": []}
    written = rendered(LetterKind.LINK, interpreting=signs)

    assert "\n\nInto American Sign Language\n\nPlease sign in at Zoom with " in written.text


def test_O02_an_interpreter_who_is_not_needed_any_more_has_the_entry_taken_back() -> None:
    """CANCEL with the same UID, and nothing of how to come in."""
    written = rendered(
        LetterKind.DENIED, sequence=3, interpreting=INTERPRETING, reason="another interpreter takes over"
    )

    whole = Calendar.from_ical(written.calendar or b"")
    assert (str(whole["method"]), str(whole.events[0]["uid"]), whole.events[0]["sequence"]) == ("CANCEL", UID, 3)
    assert written.subject == f"Not needed any more: interpreting, {TITLE}"
    assert written.text.split("\n\n")[1] == "You are not needed to interpret in this meeting any more."
    assert "sign in" not in written.text + written.html


def test_the_list_of_the_silent_names_whom_to_telephone() -> None:
    """Person, telephone, address, their clock, and who waits for them."""
    text = rendered(LetterKind.SILENT, zone="Asia/Bangkok").text

    assert (
        """\
  Lao Women Union
      Ms Keo, +856 21 000 000, keo@lwu.example.org
      When this was written it was 17:05 Vientiane (UTC+7) there; they work from 08:30 to 17:00.
      Waiting for them: Yunnan Technician College; Hangzhou College
"""
        in text
    )
