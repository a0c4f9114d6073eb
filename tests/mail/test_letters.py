"""What each kind of letter says, and what it never says."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from meetbot import errors
from meetbot.core.model import LINK_KINDS, LetterKind
from meetbot.mail import letters
from tests.mail.builders import (
    BEFORE,
    COMMON,
    LINK,
    MADE_AT,
    ORGANISER,
    SEGMENT,
    TITLE,
    UID,
    URL,
    rendered,
    words_of,
)
from tests.mail.builders import message as letter

WITHOUT_LINK = sorted(set(LetterKind) - LINK_KINDS)


def test_link_letter_reads_as_a_whole() -> None:
    """The text of the link letter, word for word: times in both zones, the link once, the programme, what to do."""
    text = rendered(LetterKind.LINK, sequence=0).text

    assert (
        text
        == f"""\
Dear Kyaw Zaw,

Your registration is approved. We look forward to welcoming you.

  {TITLE}
  Wed 10 Nov 2021, 14:00–17:00 Bangkok (UTC+7)
  Your time: 13:30–16:30 Yangon (UTC+6:30), Wed 10 Nov 2021

Your personal link:

  {URL}

The room opens at 13:30 Bangkok (UTC+7) = 13:00 Yangon (UTC+6:30). Please come a few minutes early.
The link lets you in under your own name. Please keep it to yourself and do not pass it on.

Programme of the day (Bangkok / Yangon)

  14:40–15:10 / 14:10–14:40   Session 1: Power of Networking
      Mr Ma Hezu, MOHRSS

If it does not work
- Copy the whole link into the address line of your browser, then choose "Join from your browser".
- Try your sound and picture beforehand: https://zoom.us/test
- Still outside? Write to ILO-China Partnership Project, launch@project.example.org.

ILO-China Partnership Project
launch@project.example.org

{"-- "}
ILO/China Partnership Project
Sent by meetbot for ILO-China Partnership Project. Your answer to this letter reaches them.
"""
    )


def test_a_letter_with_another_link_says_that_the_former_one_is_of_no_use() -> None:
    """In the subject, in both bodies, and nothing of an approval that they heard of long ago."""
    words = rendered(LetterKind.LINK, sequence=1, replaced=True)

    said = "Your link has changed; the one you had no longer works. Please use this one."
    assert words.subject == f"Your new link: {TITLE}, Wed 10 Nov 2021, 14:00 Bangkok (UTC+7)"
    assert words.text.partition("\n\n")[2].startswith(f"{said}\n")
    assert said in words_of(words.html)
    assert "approved" not in words.text


@pytest.mark.parametrize("kind", WITHOUT_LINK)
def test_P01_kinds_without_link_refuse_one(kind: LetterKind) -> None:
    """A join link cannot get into a letter whose kind may go to people nobody has approved."""
    with pytest.raises(errors.MeetbotError, match="may not carry a join link"):
        letters.render(letter(kind), organiser=ORGANISER, link=LINK, uid=UID, made_at=MADE_AT)


@pytest.mark.parametrize("kind", [LetterKind.LINK, LetterKind.REMINDER])
def test_P01_a_letter_about_the_link_needs_it(kind: LetterKind) -> None:
    """No letter promises a link that it does not have."""
    with pytest.raises(errors.MeetbotError, match="needs the reader's join link"):
        letters.render(letter(kind), organiser=ORGANISER, link=None, uid=UID, made_at=MADE_AT)


def test_P01_moved_without_link_has_no_way_in() -> None:
    """Who is not approved hears of a change without link, button or calendar entry."""
    written = letters.render(
        letter(LetterKind.MOVED, sequence=3), organiser=ORGANISER, link=None, uid=UID, made_at=MADE_AT
    )

    assert written.calendar is None
    assert re.findall(r"https?://[^\s\"<]+", written.text + written.html) == []


@pytest.mark.parametrize("kind", sorted(LINK_KINDS))
def test_link_is_a_button_and_spelled_out(kind: LetterKind) -> None:
    """The link stands in the page twice as a target and once in letters, and once in the text."""
    written = rendered(kind)

    escaped = URL.replace("&", "&amp;")
    assert written.text.count(URL) == 1
    assert written.html.count(f'href="{escaped}"') == 2
    assert words_of(written.html).count(URL) == 1


@pytest.mark.parametrize("kind", sorted(LetterKind))
def test_P31_bodies_never_show_in_a_repr(kind: LetterKind) -> None:
    """A log line with the rendered letter in it shows the subject alone."""
    written = rendered(kind, sequence=1)

    assert repr(written) == f"Rendered(subject={written.subject!r})"


TIMES_OF_THEIR_OWN = {
    LetterKind.CUE,
    LetterKind.REPORT,
    LetterKind.AVAILABILITY,
    LetterKind.PROPOSAL,
    LetterKind.BILATERALS,
    LetterKind.SERIES,
    LetterKind.SILENT,
}


@pytest.mark.parametrize("kind", sorted(set(LetterKind) - TIMES_OF_THEIR_OWN))
def test_P22_both_times_in_text_and_page(kind: LetterKind) -> None:
    """A reader in Yangon finds the programme's time and their own, with place, offset and date, in both parts."""
    written = rendered(kind)

    assert "Wed 10 Nov 2021, 14:00–17:00 Bangkok (UTC+7)\n" in written.text
    assert "Your time: 13:30–16:30 Yangon (UTC+6:30), Wed 10 Nov 2021\n" in written.text
    page = words_of(written.html)
    assert "Wed 10 Nov 2021 14:00–17:00 Bangkok (UTC+7)" in page
    assert "Your time Wed 10 Nov 2021 13:30–16:30 Yangon (UTC+6:30)" in page


def test_P22_reader_in_the_programmes_zone_reads_it_once() -> None:
    """Nobody is told their own time twice."""
    written = rendered(LetterKind.LINK, zone="Asia/Bangkok")

    assert "Your time" not in written.text + written.html
    assert "Programme of the day (Bangkok)\n\n  14:40–15:10   Session 1" in written.text


def test_P22_reader_on_the_day_before() -> None:
    """In Los Angeles the ceremony begins at night; the times after midnight say that they are of the next day."""
    late = {**SEGMENT, "starts_at": "2021-11-10T08:30:00+00:00", "timed": True, "people": []}
    written = rendered(LetterKind.LINK, zone="America/Los_Angeles", segments=[late | {"ends_at": COMMON["ends_at"]}])

    assert "Your time: 23:00–02:00 (+1 d) Los Angeles (UTC-8), Tue 9 Nov 2021\n" in written.text
    assert "  15:30–17:00 / 00:30 (+1 d)–02:00 (+1 d)" in written.text


def test_P27_received_says_that_it_is_not_the_link() -> None:
    """The confirmation repeats nothing of the form but the name."""
    written = rendered(LetterKind.RECEIVED, name="Sok Dara")

    assert written.subject == f"We received your registration: {TITLE}"
    assert written.text.startswith(
        "Dear Sok Dara,\n\nWe received your registration. This is NOT the link to the meeting.\n"
    )
    assert "The organiser decides on each registration." in written.text


@pytest.mark.parametrize(
    "name", ["Click https://evil.example for prize", "www.evil.example", "evil。example", "t.me/x"]
)
def test_P27_N07_a_link_for_a_name_is_not_repeated(name: str) -> None:
    """Whoever writes a link into the name field cannot have it mailed to a stranger."""
    written = rendered(LetterKind.RECEIVED, name=name)

    assert written.text.startswith("Dear registrant,\n")
    assert "evil" not in written.text + written.html
    assert "t.me" not in written.text + written.html


@pytest.mark.parametrize("kind", sorted(LetterKind))
@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '"><svg/onload=x>', "{{7*7}}", "%(x)s", "{0.__class__}", "[x](javascript:y)"]
)
def test_N08_typed_marks_show_literally(kind: LetterKind, name: str) -> None:
    """A name or title that looks like code is shown as it was typed, and does nothing."""
    written = rendered(kind, name=name, meeting=name, programme=name)

    page = words_of(written.html)
    assert page.count(name) >= 2
    assert name in written.subject + written.text
    assert not re.search(r"<script|<svg|onload=x>|49", written.html)


def test_N09_unseen_characters_go() -> None:
    """Line breaks, NUL, escape codes and direction marks typed into a name cannot forge a line."""
    written = rendered(LetterKind.LINK, name="Sok\r\nBcc: v@x.org\x00\x1b[31m\u2028\u202eX\ud800")

    assert written.text.splitlines()[0] == "Dear Sok Bcc: v@x.org[31m X,"


def test_O04_page_fetches_nothing_and_runs_nothing() -> None:
    """No letter has a picture, script, form, frame or foreign style: reading it tells nobody."""
    for kind in LetterKind:
        page = rendered(kind).html
        assert not re.search(r"<(img|script|link|iframe|form|object|video)\b|url\(|@import|src=", page)


def test_moved_begins_with_what_changed() -> None:
    """The first words are the change; the time that no longer holds is there to compare."""
    written = rendered(LetterKind.MOVED)

    assert written.text.startswith(
        f"""Dear Kyaw Zaw,

The time of this meeting has changed.

Now:
  {TITLE}
  Wed 10 Nov 2021, 14:00–17:00 Bangkok (UTC+7)
  Your time: 13:30–16:30 Yangon (UTC+6:30), Wed 10 Nov 2021

Before:
  {TITLE}
  Tue 9 Nov 2021, 14:00–17:00 Bangkok (UTC+7)
  Your time: 13:30–16:30 Yangon (UTC+6:30), Tue 9 Nov 2021
"""
    )


def test_moved_in_title_alone_says_so() -> None:
    """A new title is not announced as a new time."""
    same_time = {**BEFORE, "title": "Launch", "starts_at": COMMON["starts_at"], "ends_at": COMMON["ends_at"]}
    written = rendered(LetterKind.MOVED, change={"before": same_time, "after": {**same_time, "title": TITLE}})

    assert "The title of this meeting has changed." in written.text
    assert "The time of this meeting has changed." not in written.text


@pytest.mark.parametrize(("minutes", "words"), [(1440, "1 day"), (60, "1 hour"), (120, "2 hours"), (90, "90 minutes")])
def test_reminder_says_how_long_before(minutes: int, words: str) -> None:
    """The reminder counts in the largest unit that fits."""
    assert f"This meeting begins in {words}.\n" in rendered(LetterKind.REMINDER, before_minutes=minutes).text


def test_missing_fact_is_an_answer() -> None:
    """A letter with a fact too few is refused with its name; nothing half-written leaves."""
    with pytest.raises(errors.MeetbotError, match="'reason' is undefined"):
        incomplete = letter(LetterKind.DENIED)
        facts = {name: fact for name, fact in incomplete.letter.facts.items() if name != "reason"}
        letters.render(
            replace(incomplete, letter=replace(incomplete.letter, facts=facts)),
            organiser=ORGANISER,
            link=None,
            uid=None,
            made_at=MADE_AT,
        )
