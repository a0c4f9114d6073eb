"""The nouns as Zoom keeps them: users, meetings, registrants, instances. Plain state; the rules live next door."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from meetbot.sandbox.answers import Json
from meetbot.sandbox.limits import Plan

Licence = Literal["licensed", "basic", "none"]
RegistrantStatus = Literal["pending", "approved", "denied"]
Where = Literal["in_meeting", "in_waiting_room"]

MANUAL_APPROVAL = 1
NO_REGISTRATION = 2
WEB = "https://us06web.zoom.us"


@dataclass(frozen=True)
class ReportDelay:
    """How a report grows after the end: missing, then empty, then building (partial, duration 0), then complete."""

    missing: timedelta = timedelta(minutes=4)
    empty: timedelta = timedelta(minutes=1)
    building: timedelta = timedelta(minutes=2)


@dataclass(frozen=True)
class Setup:
    """What may differ from one sandbox to the next."""

    seed: int = 1
    plan: Plan = "pro"
    limits: bool = True
    #: The scopes of new tokens; None means all that any call needs.
    scopes: frozenset[str] | None = None
    account_id: str = "sandbox"
    client_id: str = "sandbox"
    client_secret: str = field(default="sandbox", repr=False)
    api_url: str = "https://api.zoom.us"
    #: Whether language interpretation is switched on for the account.
    interpretation: bool = False
    report_delay: ReportDelay = ReportDelay()


@dataclass
class User:
    id: str
    email: str
    pmi: int
    first_name: str = ""
    last_name: str = ""
    licence: Licence = "licensed"
    timezone: str = "UTC"

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

    @property
    def name(self) -> str:
        return f"{self.form['first_name']} {self.form['last_name']}".strip()


@dataclass
class Presence:
    """One stay of one person on one device, in the meeting or in its waiting room: a row of the report."""

    person: str
    device: str
    user_id: str
    name: str
    email: str
    registrant_id: str
    #: The Zoom user's id; empty for guests.
    account_user_id: str
    where: Where
    joined_at: datetime
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


@dataclass
class Meeting:
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
    deleted: bool = False
    registrants: dict[str, Registrant] = field(default_factory=dict)
    registrant_by_email: dict[str, Registrant] = field(default_factory=dict)
    questions: Json = field(default_factory=lambda: {"questions": [], "custom_questions": []})
    live: Instance | None = None
    past: list[Instance] = field(default_factory=list)
    #: Who came before the host.
    lobby: list[Action] = field(default_factory=list)

    @property
    def takes_registrations(self) -> bool:
        return bool(self.settings["approval_type"] != NO_REGISTRATION)

    @property
    def ends_at(self) -> datetime:
        return self.start_at + timedelta(minutes=self.duration)

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
    def join_url(self) -> str:
        """Leads to the form when the meeting takes registrations, else into the meeting."""
        if self.takes_registrations:
            return self.registration_url
        return f"{WEB}/j/{self.id}" + (f"?pwd={self.password}" if self.password else "")


@dataclass(frozen=True)
class Token:
    scopes: frozenset[str]
    dies_at: datetime
