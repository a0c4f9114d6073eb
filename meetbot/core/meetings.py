"""What must happen at Zoom so that exactly one meeting stands there for each planned one; done elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum

from meetbot.core import text, times
from meetbot.core.model import Meeting
from meetbot.core.remote import PlannedMeeting, RemoteMeeting

#: Begins the first line of Zoom's `agenda`, of which Zoom's list answer shows the first 250 characters
#: (Zoom API, List meetings): this is how a meeting is found again after the answer to its creation was lost.
MARKER = "meetbot:ref="

TOPIC_LIMIT = 200  # Zoom API, Create a meeting
AGENDA_LIMIT = 2000  # Zoom API, Create a meeting
SETTLE = timedelta(seconds=90)  # a meeting just made may be missing from Zoom's list for so long


#: What Zoom's `approval_type` means (Zoom API, Create a meeting).
_REGISTRATION = {None: None, 0: "for everybody", 1: "with approval", 2: "off"}


class MeetingState(StrEnum):
    PLANNED = "planned"
    CREATING = "creating"  #: the intent is committed, the outcome not known
    CREATED = "created"
    BLOCKED = "blocked"  #: at Zoom, but Zoom did not keep a setting that guards access: no link may leave
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
    changes: tuple[str, ...]  #: names of PlannedMeeting's fields
    reason: str


@dataclass(frozen=True)
class Cancel:
    key: str
    remote_id: str | None  #: None: nothing stands at Zoom
    reason: str


@dataclass(frozen=True)
class DeleteTwin:
    """A surplus meeting with our marker, whose link was never sent."""

    key: str
    remote_id: str
    reason: str


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
class Refuse:
    """Nothing at all is done in this pass; a person must look."""

    reason: str


Intent = Create | Adopt | Update | Cancel | DeleteTwin | Wait | Gone | Keep | TooLate | Refuse


def key_of(intent: Intent) -> str | None:
    """Key of the meeting that the intent is about; None when it is about all of them."""
    match intent:
        case Create() | Adopt() | Update():
            return intent.planned.key
        case Refuse():
            return None
    return intent.key


@dataclass(frozen=True)
class Difference:
    """What Zoom holds otherwise than planned."""

    field: str
    planned: str
    remote: str
    guards_access: bool  #: no link may leave while it stands


def marked(description: str, ref: str) -> str:
    """The agenda for Zoom: our marker in the first line, then the description, within Zoom's 2,000 characters."""
    return text.shortened(f"{MARKER}{ref}\n\n{description}", AGENDA_LIMIT).rstrip()


def ref_in(agenda: str) -> str | None:
    """The reference in our marker; None when the first line carries none, so that the meeting is not ours."""
    first = agenda.lstrip().partition("\n")[0].strip()
    return first.removeprefix(MARKER) or None if first.startswith(MARKER) else None


def planned(meeting: Meeting, ref: str) -> PlannedMeeting:
    """What Zoom should hold for the meeting."""
    return PlannedMeeting(
        key=meeting.key,
        ref=ref,
        host=meeting.host,
        topic=text.shortened(" ".join(meeting.title.split()), TOPIC_LIMIT),
        text=meeting.text,
        starts_at=meeting.interval.start,
        minutes=-(-meeting.interval.duration // timedelta(minutes=1)),
        zone=meeting.zone,
        waiting_room=meeting.waiting_room,
        alternative_hosts=meeting.alternative_hosts,
    )


def reconcile(
    planned: Sequence[PlannedMeeting],
    known: Sequence[KnownMeeting],
    remote: Sequence[RemoteMeeting],
    *,
    now: datetime,
    settle: timedelta = SETTLE,
) -> tuple[Intent, ...]:
    """What to do at Zoom: the planned meetings by their start, then what is known but no longer planned.

    `remote` is the whole list of Zoom's answer; a meeting there with neither our marker nor a known id is left alone.
    """
    expected = [
        one for one in known if _held_id(one) and one.state != MeetingState.GONE and not _over(one.planned, now)
    ]
    if len(expected) >= 2 and not any(_found(one, remote) for one in expected):
        return (Refuse(f"Zoom lists none of the {len(expected)} meetings made there: is this the right account?"),)
    known_by_key = {one.key: one for one in known}
    intents: list[Intent] = []
    for plan in sorted(planned, key=lambda one: (one.starts_at, one.key)):
        row = known_by_key.pop(plan.key, KnownMeeting(plan.key, plan.ref, MeetingState.PLANNED))
        intents += _wanted(plan, row, _found(row, remote), now, settle)
    for row in known_by_key.values():
        intents += _unwanted(row, _found(row, remote), now, settle)
    return tuple(intents)


def differences(planned: PlannedMeeting, remote: RemoteMeeting, *, listed: bool = False) -> tuple[Difference, ...]:
    """What Zoom holds otherwise than planned: Zoom drops settings that an account does not allow, in silence.

    `listed`: `remote` is a row of a list, which has no settings; what it does not say is not compared.
    """
    rows: tuple[tuple[str, object, object, bool], ...] = (
        ("topic", planned.topic, remote.topic, False),
        ("starts_at", planned.starts_at, remote.starts_at, True),
        ("minutes", planned.minutes, remote.minutes, False),
        ("registration", _REGISTRATION[1], _REGISTRATION.get(remote.approval_type), True),
        ("waiting_room", planned.waiting_room, remote.waiting_room, planned.waiting_room),
        ("silence_of_its_own_mails", True, remote.silent, False),
        ("alternative_hosts", _folded(planned.alternative_hosts), _folded(remote.alternative_hosts or ()), False),
    )
    return tuple(
        Difference(field, _shown(ours, planned.zone), _shown(theirs, planned.zone), guards)
        for field, ours, theirs, guards in rows
        if ours != theirs and not (listed and theirs in (None, ()))
    )


def _held_id(known: KnownMeeting) -> str | None:
    """The id under which people hold links; a cancelled or never confirmed meeting has none."""
    held = (MeetingState.CREATED, MeetingState.BLOCKED, MeetingState.GONE)
    return known.zoom_id if known.state in held else None


def _found(known: KnownMeeting, remote: Sequence[RemoteMeeting]) -> tuple[RemoteMeeting, ...]:
    """Ours at Zoom, the one to keep first: the one with links, else one that runs, else the first by its id."""
    ours = [one for one in remote if one.ref == known.ref or one.id == _held_id(known)]
    return tuple(sorted(ours, key=lambda one: (one.id != _held_id(known), one.status != "started", one.id)))


def _over(planned: PlannedMeeting | None, now: datetime) -> bool:
    return planned is not None and planned.starts_at + timedelta(minutes=planned.minutes) <= now


def _settling(known: KnownMeeting, now: datetime, settle: timedelta) -> Wait | None:
    if known.state != MeetingState.CREATING or known.attempted_at is None or now >= known.attempted_at + settle:
        return None
    return Wait(known.key, known.attempted_at + settle, "creation outcome unknown: checking with Zoom")


def _wanted(
    plan: PlannedMeeting, known: KnownMeeting, found: tuple[RemoteMeeting, ...], now: datetime, settle: timedelta
) -> tuple[Intent, ...]:
    held = _held_id(known)
    if found and held in (None, found[0].id):
        return (_present(plan, known, found[0], now), *(_twin(plan.key, one) for one in found[1:]))
    if held and _over(plan, now):
        return (Keep(plan.key, "over; Zoom no longer lists it"),)
    if held:
        twin = f"; Zoom has {found[0].id} with our marker, whose link nobody holds" if found else ""
        return (Gone(plan.key, f"meeting {held} was deleted at Zoom, and people may hold its links{twin}"),)
    return (_absent(plan, known, now, settle),)


def _absent(plan: PlannedMeeting, known: KnownMeeting, now: datetime, settle: timedelta) -> Intent:
    if wait := _settling(known, now, settle):
        return wait
    if plan.starts_at <= now:
        return TooLate(plan.key, "its start has passed: Zoom would make it start at once")
    lost = known.state == MeetingState.CREATING
    return Create(plan, "not at Zoom: the last attempt came to nothing" if lost else "not at Zoom yet")


def _present(plan: PlannedMeeting, known: KnownMeeting, remote: RemoteMeeting, now: datetime) -> Intent:
    if known.state == MeetingState.BLOCKED:
        return Adopt(plan, remote, "Zoom had not kept a setting that guards access: looking again")
    if known.state == MeetingState.GONE:
        return Adopt(plan, remote, "back at Zoom")
    if known.state != MeetingState.CREATED or known.planned is None:
        return Adopt(plan, remote, "found at Zoom by our marker")
    if _over(plan, now):
        return Keep(plan.key, "over")
    ours, theirs = _changed(known.planned, plan), _drifted(plan, known.planned, remote)
    if "starts_at" in ours + theirs and plan.starts_at <= now:
        return TooLate(plan.key, "its new start has passed: Zoom ignores such a change")
    if not ours + theirs:
        return Keep(plan.key, "as planned")
    words = (_words("the programme changed", ours), _words("changed at Zoom, put back", theirs))
    return Update(plan, remote.id, ours + theirs, "; ".join(filter(None, words)))


def _twin(key: str, twin: RemoteMeeting) -> Intent:
    if twin.status == "started":
        return Keep(key, f"its twin {twin.id} is running: not deleted before it ends")
    return DeleteTwin(key, twin.id, "a second meeting with our marker, whose link was never sent")


def _unwanted(
    known: KnownMeeting, found: tuple[RemoteMeeting, ...], now: datetime, settle: timedelta
) -> tuple[Intent, ...]:
    if known.state == MeetingState.CANCELLED and not found:
        return ()
    if _over(known.planned, now):
        return (Keep(known.key, "no longer planned, but over"),)
    if any(one.status == "started" for one in found):
        return (Keep(known.key, "no longer planned, but running: not deleted"),)
    if found:
        return tuple(Cancel(known.key, one.id, "no longer planned") for one in found)
    return (_settling(known, now, settle) or Cancel(known.key, None, "no longer planned; not at Zoom"),)


def _changed(before: PlannedMeeting, after: PlannedMeeting) -> tuple[str, ...]:
    return tuple(one.name for one in fields(after) if getattr(before, one.name) != getattr(after, one.name))


def _drifted(plan: PlannedMeeting, confirmed: PlannedMeeting, remote: RemoteMeeting) -> tuple[str, ...]:
    """What somebody else changed at Zoom since it was last confirmed."""
    found = tuple(one.field for one in differences(plan, remote, listed=True))
    marker = ("text",) if remote.ref != plan.ref else ()
    return tuple(one for one in found + marker if one not in _changed(confirmed, plan))


def _words(what: str, names: tuple[str, ...]) -> str:
    words = {"starts_at": "start", "minutes": "duration", "text": "description"}
    return f"{what}: {', '.join(words.get(one, one.replace('_', ' ')) for one in names)}" if names else ""


def _folded(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(one.strip().casefold() for one in addresses))


def _shown(value: object, zone: str) -> str:
    if isinstance(value, datetime):
        return f"{times.date_text(value, zone)} {times.clock_text(value, zone)}"
    if value is None:
        return "unsaid"
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
