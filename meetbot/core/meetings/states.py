"""Where a meeting stands, and everything that can be wanted of it at Zoom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from meetbot.core.meetings.differences import Difference
from meetbot.core.model import MeetingKind
from meetbot.core.remote import PlannedMeeting, RemoteMeeting


class MeetingState(StrEnum):
    PLANNED = "planned"
    CREATING = "creating"  #: the intent is committed, the outcome not known
    CREATED = "created"
    BLOCKED = "blocked"  #: at Zoom, but Zoom did not keep what guards access or time: no link may leave
    DRIFTED = "drifted"  #: somebody changed access or time at Zoom: nothing leaves until the organiser has chosen
    OVERWRITING = "overwriting"  #: the organiser chose that Zoom is to hold what is planned; not done yet
    GONE = "gone"  #: deleted at Zoom by someone else
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class KnownMeeting:
    """What the store knows of a meeting."""

    key: str
    ref: str
    state: MeetingState
    zoom_id: str | None = None
    planned: PlannedMeeting | None = None  #: as last confirmed at Zoom; None: never
    attempted_at: datetime | None = None  #: when the last creation was sent; None: never
    host: str | None = None  #: who holds it; None: nobody chosen yet
    door: str | None = None  #: a mark of the passcode; None: not seen yet
    drift: tuple[Difference, ...] = ()  #: what Zoom is known to hold otherwise than planned


@dataclass(frozen=True)
class Retired:
    """A meeting at Zoom that another one of ours replaces."""

    zoom_id: str
    meeting: str  #: key
    kind: MeetingKind
    reason: str


@dataclass(frozen=True)
class Create:
    planned: PlannedMeeting
    reason: str


@dataclass(frozen=True)
class Adopt:
    """It stands at Zoom already: read it whole, compare, and take its id."""

    planned: PlannedMeeting
    remote: RemoteMeeting
    reason: str


@dataclass(frozen=True)
class Update:
    planned: PlannedMeeting
    remote_id: str
    changes: tuple[str, ...]  #: names of fields
    reason: str
    spares: tuple[Difference, ...] = ()  #: somebody else's changes at Zoom, about which nobody has chosen yet

    @property
    def sent(self) -> PlannedMeeting:
        """The plan with what it spares left as it is at Zoom."""
        left: dict[str, Any] = {
            one.field: one.value for one in self.spares if one.field in ("topic", "minutes", "chat")
        }
        hosts = [one.value for one in self.spares if one.field == "alternative_hosts"]
        if hosts and isinstance(hosts[0], list):
            left["alternative_hosts"] = tuple(hosts[0])
        return replace(self.planned, **left)


@dataclass(frozen=True)
class Drift:
    """Somebody changed it at Zoom: the organiser chooses whether to adopt that or to overwrite it."""

    planned: PlannedMeeting
    remote_id: str
    found: tuple[Difference, ...]
    reason: str

    @property
    def holds(self) -> bool:
        """It touches access or time: nothing may leave meanwhile."""
        return any(one.guards_access for one in self.found)


@dataclass(frozen=True)
class Cancel:
    key: str
    remote_id: str | None  #: None: nothing stands at Zoom
    reason: str
    kind: MeetingKind = MeetingKind.MEETING


@dataclass(frozen=True)
class DeleteTwin:
    """A surplus meeting with our marker, whose link was never sent."""

    key: str
    remote_id: str
    reason: str
    kind: MeetingKind = MeetingKind.MEETING


@dataclass(frozen=True)
class Retire:
    """Delete a meeting that another one of ours has replaced."""

    key: str
    remote_id: str
    reason: str
    kind: MeetingKind = MeetingKind.MEETING


@dataclass(frozen=True)
class Wait:
    key: str
    until: datetime
    reason: str


@dataclass(frozen=True)
class Gone:
    key: str
    reason: str


@dataclass(frozen=True)
class Keep:
    key: str
    reason: str


@dataclass(frozen=True)
class TooLate:
    key: str
    reason: str


@dataclass(frozen=True)
class NoHost:
    """Nobody can hold it until a person finds a host or puts one right."""

    key: str
    reason: str


@dataclass(frozen=True)
class Refuse:
    """Nothing at all is done in this pass; a person must look."""

    reason: str


Intent = Create | Adopt | Update | Drift | Cancel | DeleteTwin | Retire | Wait | Gone | Keep | TooLate | NoHost | Refuse


def key_of(intent: Intent) -> str | None:
    """Key of the meeting that the intent is about; None when it is about all of them."""
    match intent:
        case Create() | Adopt() | Update() | Drift():
            return intent.planned.key
        case Refuse():
            return None
    return intent.key
