"""The shape of the programme file: its groups and their fields. Nothing here looks beyond its own group.

A text beside the kind of a field is for editors. No `from __future__ import annotations` here: they are looked at.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated

from pydantic_core import SchemaValidator

from meetbot.core import model
from meetbot.files import written
from meetbot.files.programme import fields
from meetbot.files.programme.groups import group, schema_of


@group
class Contact:
    name: fields.Line
    address: fields.Address


@group
class Registration:
    approve_invited: Annotated[fields.YesNo, "approve people of an invited organisation by themselves"] = True
    quota: Annotated[fields.Whole, "how many people of one organisation are approved without being looked at"] = 5


@group
class Reminders:
    before: Annotated[tuple[fields.Span, ...], "how long before the start, such as 1 day"]


@group
class Cues:
    brief: Annotated[fields.Span, "before the meeting: the brief"] = model.CueTimes.brief
    next: Annotated[fields.Span, "before their segment: you are next"] = model.CueTimes.next
    closing: Annotated[fields.Span, "before the end of their segment: the last minutes"] = model.CueTimes.closing
    grace: Annotated[fields.Span, "a cue later than this is not given any more"] = model.CueTimes.grace


@group
class Host:
    address: Annotated[fields.HostName, "address or Zoom id of a licensed Zoom user"]
    licence: Annotated[fields.Licence, "business also for Education and Enterprise"] = model.Host.licence
    at_once: Annotated[fields.Whole | None, "how many meetings Zoom lets them hold at one time"] = None
    buffer: Annotated[fields.Span, "kept free between two of their meetings"] = model.Host.buffer
    backup: Annotated[fields.YesNo, "stands by for the others"] = False

    def __post_init__(self) -> None:
        """They can hold a meeting."""
        if self.at_once == 0:
            raise written.Wrong("a host who may hold 0 meetings at once holds none", "write 1 or more", ("at_once",))


@group
class Organisation:
    number: Annotated[fields.Whole | None, "its number in the list of participants"] = None
    name: fields.Line
    country: fields.Line
    constituent: Annotated[fields.Line, "the kind of organisation, such as government"]
    zone: Annotated[fields.ZoneName | None, "where its zone is not that of its country"] = None
    quota: Annotated[fields.Whole | None, "where it is not the quota of all"] = None
    aliases: Annotated[tuple[fields.Line, ...], "other names that people write on forms"] = ()


@group
class Person:
    name: fields.Line
    office: fields.Line = ""
    organisation: fields.OrganisationKey | None = None
    address: fields.Address | None = None


@group
class Segment:
    title: fields.Title
    start: Annotated[fields.Moment | None, "wall time; without it the segment follows the one before"] = None
    end: fields.Moment | None = None
    minutes: Annotated[fields.Whole | None, "how long, where there is no end"] = None
    text: fields.Text = ""
    speakers: tuple[fields.SomebodyKey, ...] = ()
    presenters: tuple[fields.SomebodyKey, ...] = ()
    discussants: tuple[fields.SomebodyKey, ...] = ()
    moderators: tuple[fields.SomebodyKey, ...] = ()

    def __post_init__(self) -> None:
        """Its times agree."""
        if self.end and self.minutes is not None:
            raise written.Wrong("it has both an end and minutes", "keep one of them", ("minutes",))
        if self.end and not self.start:
            raise written.Wrong("it has an end and no start", "add start, or give minutes instead of end", ("end",))
        if self.start and not self.end and self.minutes is None:
            raise written.Wrong("it has a start and no end", "add end or minutes", ("start",))
        if self.minutes == 0:
            raise written.Wrong(
                "it lasts 0 minutes", "leave minutes out where there is no time of its own", ("minutes",)
            )
        _refuse_backward(self.start, self.end)


@group
class Recording:
    from_: Annotated[fields.Word, "key of the segment with which the recording begins"]
    to: Annotated[fields.Word, "key of the segment after which it stops"]


@group
class Interpreter:
    name: fields.Line
    address: Annotated[fields.Address, "with which they sign in at Zoom"]
    languages: Annotated[tuple[fields.Spoken, ...], "two, by Zoom's names, such as [English, Chinese]"] = ()
    sign_language: Annotated[fields.Spoken | None, "such as American Sign Language, instead of languages"] = None

    def __post_init__(self) -> None:
        """Between two languages, or into one sign language."""
        if self.sign_language and self.languages:
            raise written.Wrong("it has both languages and a sign language", "keep one of them", ("sign_language",))
        if not self.sign_language and not len(self.languages) == len({one.casefold() for one in self.languages}) == 2:
            what = f"{', '.join(self.languages) or 'no language'}: an interpreter stands between two languages"
            raise written.Wrong(what, "write two, such as [English, Chinese]", ("languages",))


@group
class BreakoutRoom:
    name: fields.Line
    organisations: tuple[fields.OrganisationKey, ...] = ()
    people: tuple[fields.PersonKey, ...] = ()


@group
class Meeting:
    title: fields.Title
    text: fields.Text = ""
    date: fields.Day
    start: fields.Moment
    end: fields.Moment | None = None
    minutes: Annotated[fields.Whole | None, "how long, where there is no end"] = None
    opens: Annotated[fields.Moment | None, "when people may come in; without it at the start"] = None
    zone: Annotated[fields.ZoneName | None, "where it is not the zone of the programme"] = None
    kind: Annotated[fields.MeetingKind, "in a webinar only those on stage speak"] = model.Meeting.kind
    host: Annotated[fields.HostName, "a licensed Zoom user; without it one of the hosts of the programme"] = ""
    alternative_hosts: tuple[fields.HostName, ...] = ()
    waiting_room: fields.YesNo = True
    waiting_room_follows: Annotated[fields.YesNo, "those who wait read which segment runs"] = False
    chat: Annotated[fields.YesNo, "each segment is announced in the chat of the meeting"] = False
    interpreters: tuple[Interpreter, ...] = ()
    breakout_rooms: tuple[BreakoutRoom, ...] = ()
    cancelled: fields.YesNo = False
    recording: Recording | None = None
    rundown: dict[fields.Key, Segment] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Its times agree."""
        if (self.end is None) == (self.minutes is None):
            raise written.Wrong("it needs either an end or minutes", "write one of them", ("start",))
        if self.minutes is not None and not 0 < self.minutes <= 24 * 60:
            raise written.Wrong(f"it lasts {self.minutes} minutes", "write 1 to 1440", ("minutes",))
        _refuse_backward(self.start, self.end)


@group
class Bilaterals:
    title: fields.Title
    after: Annotated[fields.MeetingKey, "key of the meeting that they follow"]
    when: Annotated[fields.Line, "in your own words while there is no date"] = ""
    sides: Annotated[tuple[tuple[fields.OrganisationKey, ...], ...], "who meets: across the sides, not within one"] = ()


@group
class File:
    key: fields.Key
    title: fields.Title
    zone: Annotated[fields.ZoneName, "in which all times of the file are meant, such as Asia/Bangkok"]
    language: fields.Language = "en"
    organiser: Annotated[Contact, "letters come from here and answers go there"]
    reports_to: tuple[Contact, ...] = ()
    registration: Registration = Registration()
    reminders: Reminders | None = None
    cues: Cues = Cues()
    hosts: Annotated[tuple[Host, ...], "who may hold the meetings that name no host"] = ()
    countries: Annotated[dict[fields.Word, fields.ZoneName], "the zone of each country"] = field(default_factory=dict)
    organisations: dict[fields.Key, Organisation]
    people: dict[fields.Key, Person] = field(default_factory=dict)
    meetings: dict[fields.Key, Meeting]
    bilaterals: Bilaterals | None = None


SCHEMA = schema_of(File)
_VALIDATOR = SchemaValidator(SCHEMA)


def read(tree: object, known: Mapping[str, tuple[str, ...]]) -> File:
    """The tree as a file in which references are among the `known` keys. Raises pydantic_core.ValidationError."""
    file: File = _VALIDATOR.validate_python(tree, context=dict(known))
    return file


def _refuse_backward(start: written.Moment | None, end: written.Moment | None) -> None:
    if not start or not end or (start.day is None) != (end.day is None):
        return
    if (end.day or 0, end.time) <= (start.day or 0, start.time):
        what = f"it ends at {end.time:%H:%M}, not after its start at {start.time:%H:%M}"
        raise written.Wrong(
            what, "correct one of them; over midnight the end needs its day, such as 2021-11-11 00:30", ("end",)
        )
