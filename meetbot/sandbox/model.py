"""The nouns as Zoom keeps them: users, meetings, registrants, instances. Plain state; the rules live next door."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from meetbot.sandbox.answers import Json

Licence = Literal["licensed", "basic", "none"]
RegistrantStatus = Literal["pending", "approved", "denied"]
Where = Literal["in_meeting", "in_waiting_room"]

MANUAL_APPROVAL = 1
NO_REGISTRATION = 2
RECURRING_UNFIXED = 3
RECURRING = 8
#: Webinar; recurring without and with fixed times.
WEBINAR_TYPES = (5, 6, 9)
WEB = "https://us06web.zoom.us"


@dataclass
class User:
    id: str
    email: str
    pmi: int
    first_name: str = ""
    last_name: str = ""
    licence: Licence = "licensed"
    timezone: str = "UTC"
    active: bool = True

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass
class Registrant:
    id: str
    meeting_id: int
    email: str
    status: RegistrantStatus
    created_at: datetime
    #: The secret of the join link.
    tk: str = field(repr=False)
    pin: int
    #: The answers to Zoom's form, names included.
    form: Json
    #: Ids of the dates chosen; empty for all.
    occurrences: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return f"{self.form['first_name']} {self.form['last_name']}".strip()


@dataclass(frozen=True)
class Identity:
    """Who somebody in a meeting is to Zoom."""

    name: str
    #: Empty for guests.
    email: str = ""
    registrant_id: str = ""
    #: The Zoom user's id; empty for guests.
    account_user_id: str = ""
    #: The number of those who came by phone; else empty.
    phone: str = ""


@dataclass
class Presence:
    """One stay of one person on one device, in one room: a row of the report."""

    person: str
    device: str
    user_id: str
    #: The same for all stays on this device in one instance.
    participant_uuid: str
    identity: Identity
    where: Where
    joined_at: datetime
    #: The breakout room's id; empty in the main room.
    room_id: str = ""
    left_at: datetime | None = None


@dataclass
class Instance:
    """One run of a meeting."""

    uuid: str
    meeting_id: int
    started_at: datetime
    #: Who was in it, in the order of their coming.
    presences: list[Presence] = field(default_factory=list)
    #: Who is in it now, by person and device.
    inside: dict[tuple[str, str], Presence] = field(default_factory=dict)
    participant_uuids: dict[tuple[str, str], str] = field(default_factory=dict)
    #: Breakout rooms by name: their ids.
    rooms: dict[str, str] = field(default_factory=dict)
    host_came: bool = False
    recording: Literal["off", "on", "paused"] = "off"
    ended_at: datetime | None = None


class CannotHappen(Exception):
    """Zoom would not let this person do this now."""


@dataclass(frozen=True)
class Action:
    """Something a person does at a moment."""

    at: datetime
    meeting_id: int
    action: str
    person: str
    name: str | None
    registrant_id: str | None
    email: str
    #: None in a leave means every device of the person.
    device: str | None
    #: The number of somebody who dials in.
    phone: str = ""
    #: The breakout room to go to; empty for the main one.
    room: str = ""
    #: Two letters; empty when not told.
    country: str = ""
    #: Of an invite link without registration.
    link_dies_at: datetime | None = None
    #: The secret of the start link that the host used, None for none.
    zak: str | None = None


@dataclass
class Occurrence:
    """One date of a recurring meeting; the id stays when the date is moved."""

    id: str
    start_at: datetime
    duration: int
    status: Literal["available", "deleted"] = "available"


@dataclass(frozen=True)
class Panelist:
    id: str
    name: str
    email: str
    tk: str = field(repr=False)


@dataclass(frozen=True)
class InviteLink:
    """A personal link without registration: it carries a name and no address."""

    meeting_id: int
    name: str
    dies_at: datetime


@dataclass
class ChatGroup:
    """The Team Chat group of a meeting with continuous chat."""

    channel_id: str
    #: Ids of users.
    members: set[str] = field(default_factory=set)


@dataclass
class Meeting:
    """A meeting, or a webinar: its `type` says which."""

    id: int
    uuid: str
    host: User
    topic: str
    type: int
    start_at: datetime
    duration: int
    timezone: str
    agenda: str
    password: str = field(repr=False)
    settings: Json
    recurrence: Json
    created_at: datetime
    #: The secret part of the registration page's address.
    form_key: str = field(repr=False)
    custom_keys: list[Json] = field(default_factory=list)
    tracking_fields: list[Json] = field(default_factory=list)
    #: Of types 8 and 9.
    occurrences: list[Occurrence] = field(default_factory=list)
    #: Of a webinar, by address.
    panelists: dict[str, Panelist] = field(default_factory=dict)
    #: None until the first message or the first start.
    chat: ChatGroup | None = None
    deleted: bool = False
    registrants: dict[str, Registrant] = field(default_factory=dict)
    registrant_by_email: dict[str, Registrant] = field(default_factory=dict)
    questions: Json = field(default_factory=lambda: {"questions": [], "custom_questions": []})
    live: Instance | None = None
    past: list[Instance] = field(default_factory=list)
    #: Who came before the host.
    lobby: list[Action] = field(default_factory=list)

    @property
    def is_webinar(self) -> bool:
        return self.type in WEBINAR_TYPES

    @property
    def noun(self) -> str:
        return "webinar" if self.is_webinar else "meeting"

    @property
    def takes_registrations(self) -> bool:
        return bool(self.settings["approval_type"] != NO_REGISTRATION)

    @property
    def ends_at(self) -> datetime:
        return max(start + timedelta(minutes=minutes) for start, minutes in self.dates)

    @property
    def dates(self) -> list[tuple[datetime, int]]:
        """Start and minutes of each date that stands; a meeting that does not recur has one."""
        standing = [(one.start_at, one.duration) for one in self.occurrences if one.status == "available"]
        return standing or [(self.start_at, self.duration)]

    def start_near(self, at: datetime) -> datetime:
        """The start of the first date that is not over, of the last one when all are."""
        return next(
            (start for start, minutes in self.dates if at < start + timedelta(minutes=minutes)), self.dates[-1][0]
        )

    @property
    def alternative_hosts(self) -> list[str]:
        listed = self.settings["alternative_hosts"].replace(",", ";").split(";")
        return [address.strip().lower() for address in listed if address.strip()]

    @property
    def hosts(self) -> list[str]:
        """Who may start it."""
        return [self.host.email, *self.alternative_hosts]

    @property
    def registration_url(self) -> str:
        return f"{WEB}/meeting/register/{self.form_key}"

    @property
    def channel_id(self) -> str:
        """Of its continuous chat; empty when that is off."""
        chat = self.settings["continuous_meeting_chat"]
        return str(chat["channel_id"]) if chat.get("enable") else ""

    @property
    def join_url(self) -> str:
        """Leads to the form when the meeting takes registrations, else into the meeting."""
        if self.takes_registrations:
            return self.registration_url
        return f"{WEB}/j/{self.id}" + (f"?pwd={self.password}" if self.password else "")


@dataclass(frozen=True)
class Token:
    scopes: frozenset[str]
    dies_at: datetime
