"""What Zoom holds otherwise than planned: dropped in silence, or changed on Zoom's own pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from meetbot.core import times
from meetbot.core.remote import PlannedMeeting, RemoteMeeting

#: What Zoom's `approval_type` means (Zoom API, Create a meeting).
_REGISTRATION = {None: None, 0: "for everybody", 1: "with approval", 2: "off"}

#: A value of one field, as plain JSON.
Value = str | int | bool | list[object] | None


@dataclass(frozen=True)
class Difference:
    """One field that Zoom holds otherwise than planned."""

    field: str
    planned: str  #: in words
    remote: str  #: in words
    guards_access: bool  #: it decides who gets in, or when: no link may leave while it stands
    value: Value = None  #: what Zoom holds, for whoever wants to adopt it


def field_name(field: str) -> str:
    """The field as an organiser calls it."""
    names = {"starts_at": "start", "minutes": "duration", "text": "description", "topic": "title"}
    return names.get(field, field.replace("_", " "))


def differences(
    planned: PlannedMeeting, remote: RemoteMeeting, *, listed: bool = False, door: str | None = None
) -> tuple[Difference, ...]:
    """What Zoom holds otherwise than planned: Zoom drops settings that an account does not allow, in silence.

    `listed`: `remote` is a row of a list, which has no settings; what it does not say is not compared. `door`: the mark
    of the passcode as it was last seen.
    """
    return tuple(
        Difference(field, _shown(ours, planned.zone), _shown(theirs, planned.zone), guards, _plain(theirs))
        for field, ours, theirs, guards in _pairs(planned, remote, door)
        if not _same(ours, theirs) and not (listed and theirs in (None, ()))
    )


def _same(ours: object, theirs: object) -> bool:
    """Of what is not asked for, Zoom may say nothing."""
    return ours == theirs or (theirs is None and ours in (False, ()))


def _pairs(
    planned: PlannedMeeting, remote: RemoteMeeting, door: str | None
) -> Iterator[tuple[str, object, object, bool]]:
    """Field, as planned, as Zoom holds it, whether it guards access or time."""
    yield "topic", planned.topic, remote.topic, False
    yield "starts_at", planned.starts_at, remote.starts_at, True
    yield "minutes", planned.minutes, remote.minutes, True
    yield "registration", _REGISTRATION[1], _REGISTRATION.get(remote.approval_type), True
    yield "waiting_room", planned.waiting_room, remote.waiting_room, planned.waiting_room
    yield "silence_of_its_own_mails", True, remote.silent, False
    yield "alternative_hosts", _folded(planned.alternative_hosts), _folded(remote.alternative_hosts or ()), False
    yield "interpreters", _pairs_text(planned.interpreters), _pairs_text(remote.interpreters), False
    yield "sign_interpreters", _pairs_text(planned.sign_interpreters), _pairs_text(remote.sign_interpreters), False
    yield "breakout_rooms", _rooms(planned.breakout_rooms), _rooms(remote.breakout_rooms), False
    yield "chat", planned.chat, remote.chat, False
    if remote.host_address and "@" in planned.host:
        yield "host", planned.host.casefold(), remote.host_address.casefold(), False
    if door is not None and remote.door is not None:
        yield "passcode", "the former one", "the former one" if door == remote.door else "another one", True


def _folded(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(one.strip().casefold() for one in addresses))


def _pairs_text(pairs: Iterable[tuple[str, str]] | None) -> tuple[str, ...]:
    return tuple(sorted(f"{address.casefold()} ({languages})" for address, languages in pairs or ()))


def _rooms(rooms: Iterable[tuple[str, Iterable[str]]] | None) -> tuple[str, ...]:
    return tuple(sorted(f"{name} ({', '.join(_folded(people))})" for name, people in rooms or ()))


def _shown(value: object, zone: str) -> str:
    if isinstance(value, datetime):
        return f"{times.date_text(value, zone)} {times.clock_text(value, zone)}"
    if value is None:
        return "unsaid"
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(value) or "none" if isinstance(value, tuple) else str(value)


def _plain(value: object) -> Value:
    match value:
        case datetime():
            return value.isoformat()
        case tuple():
            return list(value)
        case str() | int() | None:
            return value
    raise TypeError(f"no plain form for {type(value).__name__}")
