"""The calendar entry of a letter, read back with icalendar and octet by octet."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from meetbot import errors
from meetbot.core import times
from meetbot.core.model import Contact, LetterKind
from meetbot.mail import calendar, letters
from tests.mail.builders import LINK, MADE_AT, ORGANISER, TITLE, UID, URL, message, rendered

LAUNCH = times.Interval(datetime(2021, 11, 10, 7, tzinfo=UTC), datetime(2021, 11, 10, 10, tzinfo=UTC))


def entry(
    *, title: str = TITLE, description: str = "", location: str = URL, attendee: str = "Kyaw Zaw", sequence: int = 2
) -> bytes:
    return calendar.entry(
        method="REQUEST",
        uid=UID,
        sequence=sequence,
        title=title,
        description=description,
        interval=LAUNCH,
        location=location,
        organiser=ORGANISER,
        attendee=Contact(attendee, "kyaw@cvt.example.org"),
        made_at=MADE_AT,
    )


def test_O02_whole_entry() -> None:
    """One event in UTC with UID, SEQUENCE and METHOD, from the organiser to this one reader."""
    assert entry(title="Launch", location="https://zoom.us/w/1?tk=x").decode() == "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//meetbot//meetbot//EN",
            "METHOD:REQUEST",
            "BEGIN:VEVENT",
            "SUMMARY:Launch",
            "DTSTART:20211110T070000Z",
            "DTEND:20211110T100000Z",
            "DTSTAMP:20211108T010000Z",
            f"UID:{UID}",
            "SEQUENCE:2",
            'ATTENDEE;CN="Kyaw Zaw";CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;ROLE=REQ-PARTIC',
            " IPANT;RSVP=FALSE:mailto:kyaw@cvt.example.org",
            "DESCRIPTION:",
            "LOCATION:https://zoom.us/w/1?tk=x",
            'ORGANIZER;CN="ILO-China Partnership Project":mailto:launch@project.example',
            " .org",
            "STATUS:CONFIRMED",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    )


def test_O02_lines_are_folded_between_characters() -> None:
    """A long Khmer title is folded at 75 octets, never inside a character, and comes back whole."""
    title = "ពិធីបើកសម្ពោធបណ្តាញអភិវឌ្ឍន៍ជំនាញតាមរយៈកិច្ចសហប្រតិបត្តិការត្បូង-ត្បូង" * 3

    raw = entry(title=title)

    lines = raw.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in raw.replace(b"\r\n", b"")
    for line in lines:
        line.decode()
    assert str(Calendar.from_ical(raw).events[0]["summary"]) == title


def test_O02_N09_typed_marks_cannot_forge_a_property() -> None:
    """Line breaks, semicolons, commas, quotation marks and control characters stay inside their value."""
    raw = entry(
        title="Launch; part, two\r\nATTENDEE:mailto:v@x.org\x00\x0b",
        description="line one\nline two\\n",
        attendee='Sok "X"; ដារា\r\nMETHOD:CANCEL',
    )

    event = Calendar.from_ical(raw).events[0]
    assert str(event["summary"]) == "Launch; part, two ATTENDEE:mailto:v@x.org"
    assert str(event["description"]) == "line one\nline two\\n"
    assert event["attendee"].params["CN"] == "Sok 'X'; ដារា METHOD:CANCEL"
    assert sum(line.startswith((b"METHOD", b"ATTENDEE")) for line in raw.split(b"\r\n")) == 2


@pytest.mark.parametrize("kind", [LetterKind.LINK, LetterKind.MOVED])
def test_request_carries_the_link(kind: LetterKind) -> None:
    """The entry of somebody admitted has the link as its place and in its words, with both times."""
    event = Calendar.from_ical(rendered(kind, sequence=4).calendar or b"").events[0]

    assert (str(event["uid"]), event["sequence"], str(event["status"])) == (UID, 4, "CONFIRMED")
    assert str(event["location"]) == URL
    assert f"Your personal link:\n{URL}\n" in str(event["description"])
    assert "Your time: 13:30–16:30 Yangon (UTC+6:30)" in str(event["description"])


@pytest.mark.parametrize("kind", [LetterKind.CANCELLED, LetterKind.DENIED])
def test_P01_cancel_withdraws_the_entry_without_link(kind: LetterKind) -> None:
    """What takes the meeting out of a calendar has the same UID, the higher SEQUENCE and no way in."""
    whole = Calendar.from_ical(rendered(kind, sequence=5).calendar or b"")

    event = whole.events[0]
    assert (str(whole["method"]), str(event["status"])) == ("CANCEL", "CANCELLED")
    assert (str(event["uid"]), event["sequence"]) == (UID, 5)
    assert "location" not in event
    assert "http" not in str(event["description"])


@pytest.mark.parametrize("kind", sorted(LetterKind))
def test_no_entry_without_a_sequence(kind: LetterKind) -> None:
    """Somebody who has no entry is not sent one, nor its withdrawal."""
    assert rendered(kind, sequence=None).calendar is None


@pytest.mark.parametrize("kind", [LetterKind.RECEIVED, LetterKind.REMINDER, LetterKind.CUE, LetterKind.REPORT])
def test_no_entry_with_other_kinds(kind: LetterKind) -> None:
    """A reminder, a cue or a report leaves the calendar as it is."""
    assert rendered(kind, sequence=1).calendar is None


def test_entry_needs_its_uid() -> None:
    """An entry without its lasting name would become a second meeting in the reader's calendar."""
    with pytest.raises(errors.MeetbotError, match="needs its UID"):
        letters.render(message(LetterKind.LINK, sequence=1), organiser=ORGANISER, link=LINK, uid=None, made_at=MADE_AT)


def test_an_entry_of_a_series_names_its_sibling_and_keeps_its_own_uid() -> None:
    """No rule of recurrence: each of them has its own link, and moves by itself."""
    written = message(LetterKind.LINK, sequence=2)
    words = letters.render(
        written, organiser=ORGANISER, link=LINK, uid=UID, related="first@network.example", made_at=MADE_AT
    )

    (event,) = Calendar.from_ical(words.calendar or b"").walk("VEVENT")

    assert (str(event["uid"]), str(event["related-to"])) == (UID, "first@network.example")
    assert event["related-to"].params == {"RELTYPE": "SIBLING"}
    assert "rrule" not in event and "recurrence-id" not in event
    assert b"RELATED-TO" not in (rendered(LetterKind.LINK, sequence=2).calendar or b"")
