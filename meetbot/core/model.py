"""The nouns that every floor shares: plain frozen data, no behaviour beyond what the data itself can tell.

Instants are aware UTC datetimes; `zone` fields are IANA names; `None` is "not known" or "not yet", as the field says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from meetbot.core.delegations import FocalPoint, Pairing, WorkingHours
from meetbot.core.times import Interval

# The programme: what is planned.


@dataclass(frozen=True)
class Contact:
    """A name and an address to write to."""

    name: str
    address: str


class Reader(StrEnum):
    """For whom a report is."""

    ORGANISER = "organiser"
    DONOR = "donor"


@dataclass(frozen=True)
class ReportReader(Contact):
    """Somebody who gets the attendance reports."""

    outside: bool = False  #: of the office: the version without names and small groups, and none that is preliminary


@dataclass(frozen=True)
class Organisation:
    """A ministry, college or office that takes part."""

    key: str
    name: str
    country: str  #: as the organiser lists it; an international office may have its own
    constituent: str  #: the kind of organisation: government, training institution, …
    zone: str  #: where its people are, for the times written to them
    quota: int  #: how many of its people the rules may approve by themselves
    aliases: tuple[str, ...] = ()  #: other names that people write on forms
    focal_point: FocalPoint | None = None
    speaks: tuple[str, ...] = ()  #: Zoom's names of the languages that its people can meet in, the best first


@dataclass(frozen=True)
class Person:
    """Somebody with a part in the rundown, as the organiser wrote them."""

    key: str
    name: str
    office: str
    organisation: str | None = None  #: key; None for somebody from outside
    address: str | None = None  #: None until known; a registrant can be tied to the person instead


class Role(StrEnum):
    SPEAKER = "speaker"
    PRESENTER = "presenter"
    DISCUSSANT = "discussant"
    MODERATOR = "moderator"


@dataclass(frozen=True)
class Part:
    """One person's or one delegation's part in a segment: exactly one of the two is set."""

    role: Role
    person: str | None = None
    organisation: str | None = None


@dataclass(frozen=True)
class Segment:
    """A titled stretch of a rundown."""

    key: str
    title: str
    interval: Interval  #: planned, never overwritten; empty where the programme gives no time
    timed: bool  #: False: it has a place in the order but no time of its own
    text: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Recording:
    """Record in Zoom's cloud from the start of one segment to the end of another (keys)."""

    first: str
    last: str


class MeetingKind(StrEnum):
    MEETING = "meeting"
    WEBINAR = "webinar"  #: those on stage are panelists, the others only watch; Zoom sells it as an add-on


class Licence(StrEnum):
    """What a host's Zoom licence is; Education and Enterprise count as Business."""

    PRO = "pro"
    BUSINESS = "business"


@dataclass(frozen=True)
class Host:
    """A licensed Zoom user who may be given meetings to hold."""

    address: str  #: Zoom user id or address
    licence: Licence = Licence.PRO
    at_once: int = 1  #: how many meetings Zoom lets them hold at one time: 1 on Pro, 2 on Business
    buffer: timedelta = timedelta(minutes=15)  #: kept free between two of their meetings
    backup: bool = False  #: stands by as alternative host, and is given meetings only where no other host is left


@dataclass(frozen=True)
class Interpreter:
    """Somebody who interprets in a meeting."""

    name: str
    address: str  #: with which they sign in at Zoom; only so does Zoom know them
    languages: tuple[str, ...]  #: Zoom's names: two languages, or the one sign language
    sign: bool = False  #: into a sign language, on video


@dataclass(frozen=True)
class BreakoutRoom:
    """A room beside the meeting, with those who are sent there beforehand (keys)."""

    name: str
    organisations: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class Meeting:
    """A planned Zoom meeting. Its key never changes; everything else may."""

    key: str
    title: str
    text: str
    interval: Interval
    opens_at: datetime  #: when people may come in; at or before the start
    zone: str  #: the zone in which the programme speaks of it
    host: str  #: Zoom user id or address of the licensed host; "": one of the programme's hosts is chosen
    alternative_hosts: tuple[str, ...] = ()
    waiting_room: bool = True
    rundown: tuple[Segment, ...] = ()
    recording: Recording | None = None
    cancelled: bool = False
    kind: MeetingKind = MeetingKind.MEETING
    interpreters: tuple[Interpreter, ...] = ()
    breakout_rooms: tuple[BreakoutRoom, ...] = ()
    waiting_room_follows: bool = False  #: the waiting room shows which segment runs
    chat: bool = False  #: cues are also posted into the meeting's continuous chat, as far as Zoom carries them
    delegations: tuple[str, ...] = ()  #: keys of the two organisations of a bilateral; (): for everybody invited

    def interpreter(self, address: str) -> Interpreter | None:
        """Who interprets under that address, however its capitals are written."""
        return next((one for one in self.interpreters if one.address.casefold() == address.casefold()), None)


@dataclass(frozen=True)
class Bilaterals:
    """The bilateral meetings: who may meet whom, within which days, and under which rules."""

    title: str
    after: str  #: key of the meeting that they follow
    when: str  #: the organiser's own words while there is no date
    sides: tuple[tuple[str, ...], ...] = ()  #: organisation keys that meet across, not within, a side
    pairs: tuple[Pairing, ...] = ()  #: as the file lists them; others come by list or from preferences
    first_on: date | None = None  #: in the zone of the programme; None: not known yet, so nobody is asked
    last_on: date | None = None  #: the last day, included
    answers_by: datetime | None = None  #: until when focal points are asked; None: until the day before `first_on`
    duration: timedelta = timedelta(hours=1)
    step: timedelta = timedelta(minutes=30)  #: between two moments at which a bilateral may begin
    rest: timedelta = timedelta(minutes=15)  #: of each delegation and interpreter between two of theirs
    most_a_day: int = 4  #: for each delegation, by its own calendar
    hours: Mapping[str, WorkingHours] = field(default_factory=dict)  #: by country, as the organiser names it
    interpreters: tuple[Interpreter, ...] = ()  #: the pool


@dataclass(frozen=True)
class Reminders:
    """How long before the start approved registrants are reminded."""

    before: tuple[timedelta, ...] = (timedelta(days=1), timedelta(hours=1))


@dataclass(frozen=True)
class CueTimes:
    """When people on stage are told: before the meeting, before their segment starts, before it ends."""

    brief: timedelta = timedelta(hours=24)
    next: timedelta = timedelta(minutes=5)
    closing: timedelta = timedelta(minutes=2)
    grace: timedelta = timedelta(minutes=2)


@dataclass(frozen=True)
class Retention:
    """How long what is about persons is kept. Figures are kept for good."""

    attendance: timedelta = timedelta(days=90)  #: after a meeting: who was there when, and what Zoom told of it
    registrations: timedelta = timedelta(days=365)  #: after a meeting: who registered for it, and their letters


@dataclass(frozen=True)
class Programme:
    """All that is planned."""

    key: str
    title: str
    zone: str
    language: str
    organiser: Contact  #: letters come from here and answers go there
    reports_to: tuple[ReportReader, ...]
    organisations: Mapping[str, Organisation]
    people: Mapping[str, Person]
    meetings: Mapping[str, Meeting]
    bilaterals: Bilaterals | None = None
    hosts: tuple[Host, ...] = ()  #: the pool for meetings that name no host, in the order of the file
    approve_invited: bool = True  #: approve an invited organisation's people within its quota
    asks_sex: bool = False  #: forms ask for it, so that reports may count by it
    retention: Retention = Retention()
    reminders: Reminders = Reminders()
    cue_times: CueTimes = CueTimes()
    number: int = field(default=0, compare=False)  #: up at each apply; 0: a file that was not applied


# Registration.


class Status(StrEnum):
    """What a registrant may do. A pending one with a hold reason waits for a person."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    CANCELLED = "cancelled"


class Sex(StrEnum):
    """As somebody stated it on a form that asked."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


@dataclass(frozen=True)
class Form:
    """What somebody wrote to ask to join one meeting, however it reached us."""

    meeting: str
    address: str  #: canonical: domain in lower case, compared without regard to case
    name: str  #: as written, in its own script, NFC
    organisation: str = ""  #: as written
    position: str = ""
    country: str = ""
    language: str | None = None  #: None: not chosen
    zone: str | None = None  #: None: not chosen; the organisation's is used
    person: str | None = None  #: key of the person in the rundown, as the organiser noted it
    source: str = "import"  #: import, zoom, admin, delegation or interpreter
    zoom_id: str | None = None  #: Zoom's registrant id where it came from Zoom's own page
    sex: Sex | None = None  #: None: not stated, or the form did not ask


@dataclass(frozen=True)
class Registrant:
    """Someone who asked to join. Carries no join link: that is a secret with a way of its own."""

    id: int
    form: Form
    organisation: str | None  #: key; None when what they wrote matches no invited organisation
    status: Status
    reason: str  #: why it has this status, or why it waits
    zone: str  #: the reader's zone
    language: str
    zoom_id: str | None = None  #: None until Zoom knows them
    pushed: bool = False  #: Zoom has approved them and their own join link is stored


class JoinLink:
    """A registrant's own join URL: whoever holds it enters under that name, so it never shows by accident."""

    __slots__ = ("_url",)

    def __init__(self, url: str) -> None:
        self._url = url

    def reveal(self) -> str:
        """The URL itself. Only a letter to its owner may carry it."""
        return self._url

    def __repr__(self) -> str:
        return "JoinLink(***)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JoinLink) and other._url == self._url

    def __hash__(self) -> int:
        return hash(self._url)


# Letters.


class LetterKind(StrEnum):
    RECEIVED = "received"  #: your form came; this is not the link
    LINK = "link"
    REMINDER = "reminder"
    MOVED = "moved"
    CANCELLED = "cancelled"
    DENIED = "denied"
    CUE = "cue"
    REPORT = "report"
    CONFIRMATION = "confirmation"  #: on paper, that somebody attended
    AVAILABILITY = "availability"  #: to a focal point: when can you meet? also each nudge
    PROPOSAL = "proposal"  #: to a focal point: these times have been found
    BILATERALS = "bilaterals"  #: to a focal point: all that has changed for them, in one letter
    SERIES = "series"  #: to a focal point: the other side asks for further meetings, or does not agree to them
    SILENT = "silent"  #: to the organiser: who has not answered


#: The kinds that carry the registrant's own join link, and therefore only ever go to approved registrants.
LINK_KINDS = frozenset({LetterKind.LINK, LetterKind.REMINDER, LetterKind.MOVED})


@dataclass(frozen=True)
class Letter:
    """What is said to one person, before it is rendered. `facts` is plain JSON, frozen when the letter is decided."""

    kind: LetterKind
    facts: Mapping[str, Any]
    language: str
    zone: str  #: the reader's


@dataclass(frozen=True)
class Message:
    """A letter with its address, ready to go."""

    letter: Letter
    to: Contact
    dedupe: str  #: makes a second letter of the same kind to the same person impossible
    meeting: str | None = None  #: key
    registrant: int | None = None
    revision: int = 0  #: of the meeting when the letter was decided
    sequence: int | None = None  #: of its calendar entry; None: no calendar entry
    useful_until: datetime | None = None  #: later it is not sent any more; None: always of use
    needs_link: bool = False  #: carries the registrant's own join link, and leaves only while they are approved
    page: int | None = None  #: id of the signed page link that it carries; its address is made when the letter leaves


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    media_type: str
    content: bytes


# What came of it.


@dataclass(frozen=True)
class Problem:
    """Something wrong in what a person gave us: where, what, and what to do. `warning`: pointed out, not refused."""

    place: str  #: "launch.yaml:14:7" or "Registrations!D17"
    what: str
    remedy: str = ""
    line: str = ""  #: the line itself, where there is one
    column: int | None = None  #: 1-based, of `line`
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.what}{f' - {self.remedy}' if self.remedy else ''}"


@dataclass(frozen=True)
class Outcome:
    """What came of a pass: counts by word, and what a person should know."""

    counts: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
