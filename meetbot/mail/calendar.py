"""The calendar entry that goes with a letter (RFC 5545, RFC 5546, RFC 6047): one meeting, one attendee."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from icalendar import Calendar, Event, vCalAddress

from meetbot.core import times
from meetbot.core.model import Contact, Letter, LetterKind
from meetbot.mail import inert

Method = Literal["REQUEST", "CANCEL"]

_METHODS: dict[LetterKind, Method] = {
    LetterKind.LINK: "REQUEST",
    LetterKind.MOVED: "REQUEST",
    LetterKind.CANCELLED: "CANCEL",
    LetterKind.DENIED: "CANCEL",  # for those who had been approved before
}


def method(letter: Letter) -> Method | None:
    """What the letter's calendar entry asks of the reader's calendar; None: letters of that kind have no entry."""
    return _METHODS.get(letter.kind)


def entry(
    *,
    method: Method,
    uid: str,
    related: str | None = None,
    sequence: int,
    title: str,
    description: str,
    interval: times.Interval,
    location: str,
    organiser: Contact,
    attendee: Contact,
    made_at: datetime,
) -> bytes:
    """The iTIP object, CRLF and folded at 75 octets, times in UTC so that no zone definition can be read wrongly.

    `uid` is the same for ever and `sequence` goes up at each change that matters (RFC 5546, 2.1.4): calendars keep the
    highest. `related` is the UID of an entry with which this one makes a series: a sibling, for each has its own link
    and moves by itself (RFC 5545, 3.8.4.5). `location` is the reader's join URL, or empty.
    """
    event = Event()
    event.add("uid", uid)
    if related:
        event.add("related-to", related, parameters={"RELTYPE": "SIBLING"})
    event.add("sequence", sequence)
    event.add("dtstamp", times.utc(made_at))
    event.add("dtstart", interval.start)
    event.add("dtend", interval.end)
    event.add("summary", inert.line(title))
    event.add("description", inert.lines(description))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("organizer", _person(organiser))
    event.add("attendee", _attendee(attendee))
    if location:
        event.add("location", location)
    return _object(method, event)


def _object(method: Method, event: Event) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//meetbot//meetbot//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _person(contact: Contact) -> vCalAddress:
    person = vCalAddress(f"mailto:{inert.address(contact.address)}")
    # A quotation mark in a parameter needs RFC 6868, which not every calendar reads.
    person.params["CN"] = inert.line(contact.name).replace('"', "'")
    return person


def _attendee(contact: Contact) -> vCalAddress:
    attendee = _person(contact)
    # They asked to come and were approved: no calendar has to ask them again or flood the organiser with answers.
    attendee.params.update({"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"})
    return attendee
