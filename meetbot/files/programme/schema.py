"""The shape of the programme file: its groups and their fields. Nothing here looks beyond its own group.

A text beside the kind of a field is for editors. No `from __future__ import annotations` here: they are looked at.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from typing import Annotated

from pydantic_core import SchemaValidator

from meetbot.core import delegations, model
from meetbot.files import written
from meetbot.files.programme import fields
from meetbot.files.programme.groups import group, schema_of

_SHORTEST_DAYS = 7


@group
class Contact:
    name: fields.Line
    address: fields.Address


@group
class ReportReader:
    name: fields.Line
    address: fields.Address
    version: Annotated[
        fields.Version,
        "organiser: all of it; donor: once it is more than preliminary, without names, and groups under five hidden",
    ] = model.Reader.ORGANISER


@group
class Registration:
    approve_invited: Annotated[fields.YesNo, "approve people of an invited organisation by themselves"] = True
    quota: Annotated[fields.Whole, "how many people of one organisation are approved without being looked at"] = 5
    ask_sex: Annotated[fields.YesNo, "lists and forms ask for the sex, so that reports can count by it"] = False


@group
class Retention:
    attendance_days: Annotated[fields.Whole, "after a meeting: who was there when, as Zoom reported it"] = 90
    registrations_months: Annotated[fields.Whole, "after a meeting: who registered for it, and their letters"] = 12

    def __post_init__(self) -> None:
        """A report has become final, and what came back by mail has been looked at."""
        if self.attendance_days < _SHORTEST_DAYS:
            what = f"{self.attendance_days} days: reports are settled within a week"
            raise written.Wrong(what, f"write {_SHORTEST_DAYS} or more", ("attendance_days",))
        if self.registrations_months * 30 < self.attendance_days:
            what = "registrations go before the attendance that is counted from them"
            raise written.Wrong(what, "keep them for as long, or longer", ("registrations_months",))


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
class FocalPoint:
    name: fields.Line
    address: fields.Address
    telephone: Annotated[fields.Line, "for when no answer comes"] = ""
    language: Annotated[fields.Language | None, "of letters to them, where it is not that of the programme"] = None


@group
class Organisation:
    number: Annotated[fields.Whole | None, "its number in the list of participants"] = None
    name: fields.Line
    country: fields.Line
    constituent: Annotated[fields.Line, "the kind of organisation, such as government"]
    zone: Annotated[fields.ZoneName | None, "where its zone is not that of its country"] = None
    quota: Annotated[fields.Whole | None, "where it is not the quota of all"] = None
    aliases: Annotated[tuple[fields.Line, ...], "other names that people write on forms"] = ()
    focal_point: Annotated[FocalPoint | None, "who answers for its bilaterals"] = None
    speaks: Annotated[tuple[fields.Spoken, ...], "languages that its people can meet in, the best first"] = ()


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
class Hours:
    from_: fields.Clock = delegations.WorkingHours.start
    to: fields.Clock = delegations.WorkingHours.end
    lunch: Annotated[tuple[fields.Clock, ...], "kept free, such as [11:30, 13:30]; [] for none"] = (
        delegations.WorkingHours.lunch or ()
    )
    weekdays: Annotated[tuple[fields.WeekdayName, ...], "on which they work"] = tuple(fields.Weekday)[:5]

    def __post_init__(self) -> None:
        """There is time to meet in them."""
        if self.to <= self.from_:
            what = f"they end at {self.to:%H:%M}, not after their start at {self.from_:%H:%M}"
            raise written.Wrong(what, "correct one of them", ("to",))
        if not self.weekdays:
            raise written.Wrong("there is no working day", "write at least one, such as [Mon]", ("weekdays",))
        if len(self.lunch) not in (0, 2):
            raise written.Wrong("lunch has a start and an end", "write two times, such as [12:00, 13:00]", ("lunch",))
        if self.lunch and not self.from_ <= self.lunch[0] < self.lunch[1] <= self.to:
            what = f"lunch does not lie within {self.from_:%H:%M} to {self.to:%H:%M}"
            raise written.Wrong(what, "correct it, or write [] for none", ("lunch",))


@group
class Pairing:
    a: fields.OrganisationKey
    b: fields.OrganisationKey
    wish: Annotated[fields.Wish, "how much they are to meet"] = delegations.Pairing.wish
    weight: Annotated[fields.Whole, "of two pairs that cannot both be placed the heavier one is"] = 1

    def __post_init__(self) -> None:
        """Two different organisations."""
        if self.a == self.b:
            raise written.Wrong(f"'{self.a}' cannot meet itself", "name another organisation", ("b",))
        if self.weight == 0:
            raise written.Wrong("a pair without weight is never placed", "write 1 or more, or wish: no", ("weight",))


@group
class Bilaterals:
    title: fields.Title
    after: Annotated[fields.MeetingKey, "key of the meeting that they follow"]
    when: Annotated[fields.Line, "in your own words while there is no date"] = ""
    sides: Annotated[tuple[tuple[fields.OrganisationKey, ...], ...], "who meets: across the sides, not within one"] = ()
    pairs: Annotated[tuple[Pairing, ...], "others come by list"] = ()
    from_: Annotated[fields.Day | None, "the first day; without days nobody is asked"] = None
    to: Annotated[fields.Day | None, "the last day"] = None
    answers_by: Annotated[fields.Moment | None, "until when focal points are asked, with its day"] = None
    minutes: Annotated[fields.Whole, "how long each of them takes"] = 60
    step: Annotated[fields.Span, "between two moments at which one may begin"] = model.Bilaterals.step
    rest: Annotated[fields.Span, "of a delegation or an interpreter between two of theirs"] = model.Bilaterals.rest
    most_a_day: Annotated[fields.Whole, "for each delegation"] = model.Bilaterals.most_a_day
    hours: Annotated[dict[fields.Word, Hours], "by country"] = field(default_factory=dict)
    interpreters: Annotated[tuple[Interpreter, ...], "the pool of all bilaterals"] = ()

    def __post_init__(self) -> None:
        """Its days and lengths agree."""
        if (self.from_ is None) != (self.to is None):
            given, missing = ("to", "from") if self.from_ is None else ("from", "to")
            raise written.Wrong(
                f"it has '{given}' and no '{missing}'", f"add '{missing}', the same day for one", (given,)
            )
        if self.from_ and self.to and self.to < self.from_:
            raise written.Wrong(f"the last day {self.to} is before the first, {self.from_}", "correct one", ("to",))
        if self.answers_by and not self.answers_by.day:
            raise written.Wrong("the deadline needs its day", "write it as 2021-11-12 17:00", ("answers_by",))
        if self.answers_by and self.answers_by.day and self.from_ and self.answers_by.day >= self.from_:
            what = f"answers are awaited until {self.answers_by.day}, when the first day has come"
            raise written.Wrong(what, f"write a day before {self.from_}", ("answers_by",))
        if not 0 < self.minutes <= 8 * 60:
            raise written.Wrong(f"each takes {self.minutes} minutes", "write 1 to 480", ("minutes",))
        if not timedelta(minutes=5) <= self.step <= timedelta(hours=8):
            raise written.Wrong("such a step cuts no working day into times", "write 5 minutes to 8 hours", ("step",))
        if self.most_a_day == 0:
            raise written.Wrong("0 a day: nobody would ever meet", "write 1 or more", ("most_a_day",))


@group
class File:
    key: fields.Key
    title: fields.Title
    zone: Annotated[fields.ZoneName, "in which all times of the file are meant, such as Asia/Bangkok"]
    language: fields.Language = "en"
    organiser: Annotated[Contact, "letters come from here and answers go there"]
    reports_to: tuple[ReportReader, ...] = ()
    registration: Registration = Registration()
    retention: Retention = Retention()
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
