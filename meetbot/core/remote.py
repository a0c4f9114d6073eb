"""What Zoom should hold for us and what it says back, as nouns: past `zoom/` nobody sees JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from meetbot.core.model import JoinLink, MeetingKind
from meetbot.core.times import Interval


@dataclass(frozen=True)
class PlannedMeeting:
    """What Zoom should hold for a meeting."""

    key: str
    ref: str  #: our marker's reference, put into the first line of Zoom's `agenda`
    host: str
    topic: str
    text: str
    starts_at: datetime
    minutes: int
    zone: str
    waiting_room: bool = True
    alternative_hosts: tuple[str, ...] = ()
    kind: MeetingKind = MeetingKind.MEETING
    interpreters: tuple[tuple[str, str], ...] = ()  #: address and Zoom's names of the languages, "English,French"
    sign_interpreters: tuple[tuple[str, str], ...] = ()  #: address and Zoom's name of the sign language
    breakout_rooms: tuple[tuple[str, tuple[str, ...]], ...] = ()  #: name and the addresses assigned to it
    chat: bool = False  #: with a continuous meeting chat


@dataclass(frozen=True)
class RemoteMeeting:
    """A meeting as Zoom reports it. The fields with None are absent from Zoom's list answer."""

    id: str
    uuid: str
    host: str  #: Zoom's user id of the host
    ref: str | None  #: None: no marker of ours in its agenda
    topic: str
    starts_at: datetime | None
    minutes: int
    status: str | None = None  #: `waiting` or `started`
    approval_type: int | None = None
    waiting_room: bool | None = None
    silent: bool | None = None  #: Zoom's own registration mails are off
    alternative_hosts: tuple[str, ...] | None = None
    kind: MeetingKind = MeetingKind.MEETING
    host_address: str | None = None
    passcode: str | None = field(default=None, repr=False)
    door: str | None = None  #: a mark of the passcode, by which a change of it is seen without keeping it
    interpreters: tuple[tuple[str, str], ...] | None = None
    sign_interpreters: tuple[tuple[str, str], ...] | None = None
    breakout_rooms: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    chat: bool | None = None
    channel: str | None = None  #: of the continuous meeting chat; None: it has none (yet)
    countries_approved: tuple[str, ...] | None = None  #: only from these two-letter countries may people enter
    countries_denied: tuple[str, ...] = ()  #: from these nobody may


@dataclass(frozen=True)
class RemoteRegistrant:
    """A registrant as Zoom reports it."""

    id: str
    address: str
    first_name: str
    last_name: str
    status: str  #: Zoom's word: pending, approved, denied
    join_link: JoinLink | None = None  #: only approved ones have one
    organisation: str = ""
    position: str = ""
    country: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)  #: to questions in the organiser's words, by question


@dataclass(frozen=True)
class Instance:
    """One past run of a meeting."""

    uuid: str
    starts_at: datetime


@dataclass(frozen=True)
class Session:
    """One join to one leave of one participant: a row of Zoom's participant report."""

    name: str
    address: str  #: "" for most guests
    registrant_id: str  #: Zoom's; "" when not known
    interval: Interval
    in_waiting_room: bool = False
    in_breakout: bool = False
    seconds: int | None = None  #: Zoom's own `duration`, 0 while the report is being built; None when blank


@dataclass(frozen=True)
class Reading:
    """One complete reading of an instance's participant report, all pages."""

    uuid: str
    sessions: tuple[Session, ...]
    being_built: bool = False  #: Zoom still reports durations of 0, or its totals do not add up


@dataclass(frozen=True)
class HostSettings:
    """What a host's licence and account allow. None: Zoom does not say."""

    capacity: int | None = None  #: how many people fit into their meetings
    webinar_capacity: int | None = None  #: 0: no webinar licence
    cloud_recording: bool | None = None
    interpretation: bool | None = None
    sign_interpretation: bool | None = None
    breakout_rooms: bool | None = None
    waiting_room: bool | None = None
    chat: bool | None = None  #: continuous meeting chat
    countries_approved: tuple[str, ...] | None = None  #: only from these two-letter countries may people enter
    countries_denied: tuple[str, ...] = ()  #: from these nobody may


class FactKind(StrEnum):
    """What Zoom may tell about a meeting while it happens."""

    STARTED = "started"
    ENDED = "ended"
    JOINED = "joined"
    LEFT = "left"
    WAITING = "waiting"  #: came into the waiting room
    WAITED = "waited"  #: left the waiting room, to the meeting or away
    RECORDING_STARTED = "recording_started"
    RECORDING_STOPPED = "recording_stopped"
    CHANGED = "changed"  #: somebody changed, deleted or recovered the meeting: look at it
    REGISTERED = "registered"  #: somebody's registration came or changed: read the list


@dataclass(frozen=True)
class Fact:
    """One thing that happened at a moment: the same fact told twice, late or out of order is still the same."""

    kind: FactKind
    meeting_id: str  #: Zoom's
    at: datetime
    uuid: str = ""  #: of the instance; "" where the fact is not about one
    participant: str = ""  #: Zoom's name for one participant within one instance
    user_id: str = ""  #: Zoom's name for one connection of theirs
    name: str = ""
    address: str = ""
    registrant_id: str = ""
