"""What somebody changed on Zoom's own pages, taken over as if the programme said so; and what cannot be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as fields_of
from datetime import datetime, timedelta
from typing import Any

from meetbot.core import times
from meetbot.core.meetings.differences import Difference, field_name
from meetbot.core.model import Meeting, Programme
from meetbot.core.remote import PlannedMeeting
from meetbot.core.times import Interval

#: What was adopted for one meeting, as plain JSON by field.
Fields = Mapping[str, Any]

#: Fields that the programme itself has; the others are only noted where they stand.
_OF_PROGRAMME = ("starts_at", "minutes", "topic", "waiting_room", "alternative_hosts", "chat", "host", "cancelled")
_DROPPED = ("interpreters", "sign_interpreters", "breakout_rooms")


#: How the values of some fields are read back from plain JSON.
_READ: Mapping[str, Callable[[Any], Any]] = {
    "starts_at": datetime.fromisoformat,
    "alternative_hosts": tuple,
    **dict.fromkeys(_DROPPED, lambda _gone: ()),
}


def _as_it_is(value: Any) -> Any:
    return value


def adoptable(found: Sequence[Difference]) -> str:
    """Why these differences cannot be adopted; "" when they can."""
    if any(one.field == "registration" for one in found):
        return "without approval by you anybody could come in; overwrite it"
    changed = [one.field for one in found if one.field in _DROPPED and one.value]
    if changed:
        what = " and ".join(one.replace("_", " ") for one in changed)
        return f"the {what} cannot be read into the programme: write them there, or overwrite"
    return ""


def adopted(found: Sequence[Difference]) -> dict[str, Any]:
    """What the programme takes over."""
    return {one.field: one.value for one in found if one.field in (*_OF_PROGRAMME, *_DROPPED)}


def held(planned: PlannedMeeting, found: Sequence[Difference]) -> PlannedMeeting:
    """What Zoom holds, given what it was last seen to hold and what was changed there since."""
    values: dict[str, Any] = {one.field: _READ.get(one.field, _as_it_is)(one.value) for one in found}
    # Our mark in the description is not given up, nor is Zoom's silence: both are put back.
    put_back = {"text": "changed at Zoom"} if values.keys() & {"text", "silence_of_its_own_mails"} else {}
    names = {one.name for one in fields_of(PlannedMeeting)}
    return replace(planned, **{name: value for name, value in values.items() if name in names} | put_back)


def with_adopted(programme: Programme, by_meeting: Mapping[str, Fields]) -> Programme:
    """The programme as its file has it, with what was adopted since."""
    meetings = {
        key: _with(meeting, by_meeting[key]) if key in by_meeting else meeting
        for key, meeting in programme.meetings.items()
    }
    return replace(programme, meetings=meetings)


def with_starts(programme: Programme, starts: Mapping[str, datetime]) -> Programme:
    """The programme at the instants that were meant, whatever the rules of its time zones have become since."""
    return with_adopted(programme, {key: {"starts_at": start.isoformat()} for key, start in starts.items()})


def _with(meeting: Meeting, fields: Fields) -> Meeting:
    start = datetime.fromisoformat(fields["starts_at"]) if "starts_at" in fields else meeting.interval.start
    shift = start - meeting.interval.start
    end = start + timedelta(minutes=fields["minutes"]) if "minutes" in fields else meeting.interval.end + shift
    rundown = tuple(replace(one, interval=_shifted(one.interval, shift)) for one in meeting.rundown)
    plain = {
        "title": fields.get("topic", meeting.title),
        "waiting_room": fields.get("waiting_room", meeting.waiting_room),
        "alternative_hosts": tuple(fields.get("alternative_hosts", meeting.alternative_hosts)),
        "chat": fields.get("chat", meeting.chat),
        "host": fields.get("host", meeting.host) if meeting.host else "",
        "cancelled": fields.get("cancelled", meeting.cancelled),
        "interpreters": tuple(
            one for one in meeting.interpreters if ("sign_interpreters" if one.sign else "interpreters") not in fields
        ),
        "breakout_rooms": () if "breakout_rooms" in fields else meeting.breakout_rooms,
    }
    return replace(meeting, interval=Interval(start, end), opens_at=meeting.opens_at + shift, rundown=rundown, **plain)


def _shifted(interval: Interval, by: timedelta) -> Interval:
    return Interval(interval.start + by, interval.end + by)


@dataclass(frozen=True)
class Kept:
    """What stays adopted when another file is applied, and where the two contradict each other."""

    adopted: Mapping[str, Fields]
    conflicts: tuple[str, ...]


def carried(before: Programme, after: Programme, by_meeting: Mapping[str, Fields]) -> Kept:
    """What stays of the adoptions between two files, both as written: a field that the new file changes is its own."""
    kept: dict[str, Fields] = {}
    conflicts: list[str] = []
    for key, fields in by_meeting.items():
        was, becomes = before.meetings.get(key), after.meetings.get(key)
        if was is None or becomes is None:
            continue
        stays = {}
        for field, value in fields.items():
            alone = {field: value}
            if _field_of(was, field) == _field_of(becomes, field):
                stays[field] = value
            elif _field_of(_with(becomes, alone), field) != _field_of(becomes, field):
                name, shown = field_name(field), _shown(value, was.zone)
                conflicts.append(
                    f"{key}: the {name} was changed at Zoom to {shown} and adopted; "
                    "the file now says something else. Write what was adopted into the file first"
                )
        if stays:
            kept[key] = stays
    return Kept(kept, tuple(conflicts))


def _shown(value: Any, zone: str) -> str:
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return "on" if value is True else "off" if value is False else str(value)
    return f"{times.date_text(at, zone)} {times.clock_text(at, zone)}"


def _field_of(meeting: Meeting, field: str) -> object:
    match field:
        case "starts_at":
            return meeting.interval.start
        case "minutes":
            return meeting.interval.duration
        case "topic":
            return meeting.title
        case "sign_interpreters":
            return tuple(one for one in meeting.interpreters if one.sign)
        case "interpreters":
            return tuple(one for one in meeting.interpreters if not one.sign)
    return getattr(meeting, field)
