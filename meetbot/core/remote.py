"""What Zoom should hold for us and what it says back, as nouns: past `zoom/` nobody sees JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from meetbot.core.model import JoinLink
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
