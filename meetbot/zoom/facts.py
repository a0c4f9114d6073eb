"""Events read into facts. Zoom API, Meetings, "Events": started, ended, participants, registrants, recordings.

A webinar tells the same under a name of its own. Zoom repeats events, loses some and sends them in any order, so a
fact is taken from every event that knows it: who left had joined, what ended had started.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetbot.core import text
from meetbot.core.remote import Fact, FactKind
from meetbot.zoom import fields
from meetbot.zoom.webhooks import Event, Unusable
from meetbot.zoom.wire import Row, Unreadable

#: Zoom tells within hours; a moment further away is a mistake.
_NEAR = timedelta(days=7)
_LONGEST_NAME = 200
_LONGEST_ID = 128
_LONGEST_ADDRESS = 320  # RFC 3696, erratum 1690: 64 before the @, 255 after it


@dataclass(frozen=True)
class _Told:
    """The object of an event: a meeting, or one run of it."""

    object_: Row
    meeting_id: str
    uuid: str
    at: datetime

    def fact(self, kind: FactKind, at: datetime | None) -> Fact:
        """That this happened to the run then, or else when the event says it happened."""
        return Fact(kind, self.meeting_id, at or self.at, uuid=self.uuid)

    def fact_of(self, kind: FactKind, participant: Row, name: str) -> Fact:
        """The same of one participant, of whom only what attendance needs is kept."""
        address = fields.text(participant, "email").strip().lower()
        return Fact(
            kind,
            self.meeting_id,
            fields.instant(participant, name) or self.at,
            uuid=self.uuid,
            participant=_id(participant, "participant_uuid") or _id(participant, "participant_user_id"),
            user_id=_id(participant, "user_id"),
            name=text.shortened(fields.text(participant, "user_name").strip(), _LONGEST_NAME),
            address=address if len(address) <= _LONGEST_ADDRESS else "",
            registrant_id=_id(participant, "registrant_id"),
        )


def facts(event: Event, *, received_at: datetime) -> tuple[Fact, ...]:
    """What the event tells, at the time of its receipt where it does not say when.

    Unusable when it tells nothing that we act on, or not of which meeting, run or person.
    """
    teller = _TELLERS.get(event.name)
    if teller is None:
        raise Unusable("unknown event")
    object_ = fields.part(event.payload, "object")
    try:
        meeting_id = fields.required_number(object_, "id")
    except Unreadable:
        raise Unusable("no meeting id") from None
    found = tuple(teller(_Told(object_, meeting_id, _id(object_, "uuid"), event.at or received_at)))
    if any(abs(fact.at - received_at) > _NEAR for fact in found):
        raise Unusable("time out of range")
    return found


def _id(row: Row, name: str) -> str:
    """Zoom's name for a thing, which it writes as text or as a number."""
    return (fields.text(row, name) or str(fields.whole(row, name) or ""))[:_LONGEST_ID]


def _run(told: _Told) -> Row:
    """The object, where the event has to say which run it is about."""
    if not told.uuid:
        raise Unusable("no run")
    return told.object_


def _participant(told: _Told) -> Row:
    participant = fields.part(_run(told), "participant")
    if not any(_id(participant, name) for name in ("participant_uuid", "participant_user_id", "user_id")):
        raise Unusable("no participant")
    return participant


def _started(told: _Told) -> Iterator[Fact]:
    yield told.fact(FactKind.STARTED, fields.instant(_run(told), "start_time"))


def _ended(told: _Told) -> Iterator[Fact]:
    if started_at := fields.instant(_run(told), "start_time"):
        yield told.fact(FactKind.STARTED, started_at)
    yield told.fact(FactKind.ENDED, fields.instant(told.object_, "end_time"))


def _joined(told: _Told) -> Iterator[Fact]:
    yield told.fact_of(FactKind.JOINED, _participant(told), "join_time")


def _left(told: _Told) -> Iterator[Fact]:
    participant = _participant(told)
    if fields.instant(participant, "join_time"):
        yield told.fact_of(FactKind.JOINED, participant, "join_time")
    yield told.fact_of(FactKind.LEFT, participant, "leave_time")


def _waiting(told: _Told) -> Iterator[Fact]:
    yield told.fact_of(FactKind.WAITING, _participant(told), "date_time")


def _waited(told: _Told) -> Iterator[Fact]:
    yield told.fact_of(FactKind.WAITED, _participant(told), "date_time")


def _recording_started(told: _Told) -> Iterator[Fact]:
    yield told.fact(FactKind.RECORDING_STARTED, fields.instant(_recording(told), "recording_start"))


def _recording_stopped(told: _Told) -> Iterator[Fact]:
    yield told.fact(FactKind.RECORDING_STOPPED, fields.instant(_recording(told), "recording_end"))


def _recording_resumed(told: _Told) -> Iterator[Fact]:
    """The file says when it was begun; when it goes on, only the event says."""
    _run(told)
    yield told.fact(FactKind.RECORDING_STARTED, None)


def _recording(told: _Told) -> Row:
    return fields.part(_run(told), "recording_file")


def _changed(told: _Told) -> Iterator[Fact]:
    yield Fact(FactKind.CHANGED, told.meeting_id, told.at)


def _registered(told: _Told) -> Iterator[Fact]:
    registrant = fields.part(told.object_, "registrant")
    yield Fact(FactKind.REGISTERED, told.meeting_id, told.at, registrant_id=_id(registrant, "id"))


_OF_MEETINGS: Mapping[str, Callable[[_Told], Iterator[Fact]]] = {
    "started": _started,
    "ended": _ended,
    "participant_joined": _joined,
    "participant_left": _left,
    "participant_joined_waiting_room": _waiting,
    "participant_put_in_waiting_room": _waiting,
    "participant_left_waiting_room": _waited,
    "participant_admitted": _waited,
    "updated": _changed,
    "deleted": _changed,
    "recovered": _changed,
    "permanently_deleted": _changed,
    "registration_created": _registered,
    "registration_approved": _registered,
    "registration_cancelled": _registered,
    "registration_denied": _registered,
}
_TELLERS = {
    **{f"{family}.{what}": tell for family in ("meeting", "webinar") for what, tell in _OF_MEETINGS.items()},
    "recording.started": _recording_started,
    "recording.resumed": _recording_resumed,
    "recording.paused": _recording_stopped,
    "recording.stopped": _recording_stopped,
}
