"""Several meetings that moved are one letter: each with its times, link and calendar entry."""

from __future__ import annotations

import email
from dataclasses import replace
from email import policy
from typing import Any

import pytest
from icalendar import Calendar

from meetbot import errors
from meetbot.core.model import JoinLink, LetterKind
from meetbot.mail import compose, letters
from tests.mail.builders import BEFORE, LINK, MADE_AT, ORGANISER, TITLE, URL, message, words_of

PEERS = "Bilateral <b>CVT</b> – Yunnan"
LATER = {"starts_at": "2021-11-15T03:00:00+00:00", "ends_at": "2021-11-15T04:00:00+00:00"}
THEIR_URL = "https://us06web.zoom.us/w/86222233333?tk=Bilateral&uuid=WN_456"
THEIR_LINK = JoinLink(THEIR_URL)


def change(key: str, link: JoinLink | None = LINK, sequence: int | None = 2, **facts: Any) -> letters.Change:
    moved = replace(message(LetterKind.MOVED, sequence=sequence, **facts), meeting=key)
    return letters.Change(moved, link, f"{key}@project.example.org")


def bilateral(link: JoinLink | None = THEIR_LINK, **facts: Any) -> letters.Change:
    before = {**BEFORE, "title": PEERS}
    told = {"meeting": PEERS, **LATER, "opens_at": LATER["starts_at"]}
    return change("c1+m1", link, 5, **told, change={"before": before, "after": {**before, **LATER}}, **facts)


def together(*changes: letters.Change) -> letters.Rendered:
    return letters.together(changes, organiser=ORGANISER, made_at=MADE_AT)


def test_T13_what_begins_first_comes_first_whatever_its_zone() -> None:
    """15:00 in Shanghai is before 14:30 in Bangkok, and not as its text would be sorted."""
    shanghai = {"starts_at": "2021-11-10T15:00:00+08:00", "ends_at": "2021-11-10T16:00:00+08:00"}
    bangkok = {"starts_at": "2021-11-10T14:30:00+07:00", "ends_at": "2021-11-10T15:30:00+07:00"}

    written = together(
        change("bangkok", meeting="In Bangkok", **bangkok), change("shanghai", meeting="In Shanghai", **shanghai)
    )

    assert [line for line in written.text.splitlines() if line.startswith(("1. ", "2. "))] == [
        "1. In Shanghai",
        "2. In Bangkok",
    ]


def test_F45_old_and_new_times_of_each_the_earliest_first() -> None:
    """In both zones; the link of each stands with its meeting; nobody takes one for the other."""
    written = together(bilateral(), change("launch"))

    first, second = written.text.split(f"2. {PEERS}\n")
    assert written.subject == "Changed: 2 of your meetings, ILO/China Partnership Project"
    assert first.startswith(
        "Dear Kyaw Zaw,\n\n2 of your meetings have changed.\nThe attached files are calendar entries."
    )
    assert (
        f"""1. {TITLE}

The time of this meeting has changed.

Now:
  {TITLE}
  Wed 10 Nov 2021, 14:00–17:00 Bangkok (UTC+7)
  Your time: 13:30–16:30 Yangon (UTC+6:30), Wed 10 Nov 2021

Before:
  {TITLE}
  Tue 9 Nov 2021, 14:00–17:00 Bangkok (UTC+7)
  Your time: 13:30–16:30 Yangon (UTC+6:30), Tue 9 Nov 2021

Your personal link:

  {URL}
"""
        in first
    )
    assert first.endswith("The attached file launch.ics replaces the entry in your calendar.\n\n")
    assert "  Mon 15 Nov 2021, 10:00–11:00 Bangkok (UTC+7)\n  Your time: 09:30–10:30 Yangon (UTC+6:30)" in second
    assert (first.count(URL), second.count(URL), first.count(THEIR_URL), second.count(THEIR_URL)) == (1, 0, 0, 1)


def test_P37_the_page_says_the_same_and_mark_up_of_others_stays_text() -> None:
    """Titles come from whoever wrote the programme."""
    written = together(change("launch"), bilateral())

    seen = words_of(written.html)
    assert f"2. {PEERS}" in seen
    assert "<b>CVT</b>" not in written.html
    assert [
        seen.count(words) for words in ("Join the meeting", "The time of this meeting has changed.", "Before:")
    ] == [2] * 3


def test_F45_each_entry_is_a_file_of_its_own_and_none_takes_the_mail_over() -> None:
    """RFC 5546 3.2.2: one UID for each REQUEST. Beside the text, one of them would make the mail its invitation."""
    changes = (change("launch"), bilateral())

    content = compose.compose(
        changes[0].message,
        together(*changes),
        message_id="<m1@project.example.org>",
        organiser=ORGANISER,
        made_at=MADE_AT,
    )

    whole = email.message_from_bytes(content, policy=policy.default)
    assert [part.get_content_type() for part in whole.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "text/calendar",
    ]
    files = [part for part in whole.walk() if part.get_content_type() == "text/calendar"]
    assert [(one.get_filename(), one.get_content_disposition(), one.get_param("method")) for one in files] == [
        ("launch.ics", "attachment", "REQUEST"),
        ("c1+m1.ics", "attachment", "REQUEST"),
    ]
    entries = [Calendar.from_ical(bytes(one.get_payload(decode=True))) for one in files]
    assert [
        (str(one["method"]), str(event["uid"]), event["sequence"], str(event["location"]))
        for one in entries
        for event in one.events
    ] == [
        ("REQUEST", "launch@project.example.org", 2, URL),
        ("REQUEST", "c1+m1@project.example.org", 5, THEIR_URL),
    ]


def test_P01_whoever_waits_for_approval_gets_neither_link_nor_entry() -> None:
    """While they are admitted to the other meeting."""
    written = together(change("launch"), bilateral(link=None))

    *_, waiting = written.text.partition(f"2. {PEERS}\n")
    assert "your personal link comes in a letter of its own" in waiting
    assert "http" not in waiting
    assert [one.name for one in written.entries] == ["launch.ics"]
    assert "attached files" not in together(change("launch", None), bilateral(link=None)).text


def test_one_change_is_the_letter_as_ever() -> None:
    """With the invitation in the mail itself, which calendars take without being asked."""
    one = change("launch")

    alone = letters.render(one.message, organiser=ORGANISER, link=one.link, uid=one.uid, made_at=MADE_AT)

    assert together(one) == alone
    assert (alone.calendar is None, alone.entries) == (False, ())


def test_P01_a_letter_of_a_kind_without_link_is_refused_one() -> None:
    """Also when it stands with others that may have theirs."""
    denied = letters.Change(message(LetterKind.DENIED), LINK, None)

    with pytest.raises(errors.MeetbotError, match="may not carry a join link"):
        together(change("launch"), denied)


def test_the_link_shows_in_no_repr() -> None:
    """Files hold it as well as words."""
    assert "us06web" not in repr(together(change("launch"), bilateral()))
