"""What one programme changes in another, in sentences for an organiser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from meetbot.core import text, times
from meetbot.core.model import Meeting, Organisation, Person, Programme, Segment

Sign = Literal["+", "~", "-"]
What = Literal["programme", "organisation", "person", "meeting", "segment"]

_PROGRAMME = {
    "title": "title",
    "zone": "time zone",
    "language": "language",
    "organiser": "organiser",
    "reports_to": "readers of the report",
    "approve_invited": "approval of invited organisations",
    "asks_sex": "the question for sex",
    "retention": "how long personal data is kept",
    "reminders": "reminders",
    "cue_times": "times of the cues",
    "bilaterals": "bilaterals",
    "hosts": "hosts",
}
_ORGANISATION = {
    "name": "name",
    "country": "country",
    "constituent": "constituent",
    "zone": "time zone",
    "quota": "quota",
    "aliases": "other names",
    "focal_point": "focal point",
    "speaks": "languages",
}
_PERSON = {"name": "name", "office": "office", "organisation": "organisation", "address": "address"}
_MEETING = {
    "title": "title",
    "kind": "kind",
    "text": "description",
    "opens_at": "opening",
    "host": "host",
    "alternative_hosts": "alternative hosts",
    "waiting_room": "waiting room",
    "waiting_room_follows": "words in the waiting room",
    "chat": "words in the chat",
    "interpreters": "interpreters",
    "breakout_rooms": "breakout rooms",
    "recording": "recording",
}
#: The fields that change who gets in, or from when.
_ACCESS = frozenset(
    {
        "approve_invited",
        "quota",
        "aliases",
        "hosts",
        "kind",
        "opens_at",
        "host",
        "alternative_hosts",
        "waiting_room",
    }
)


@dataclass(frozen=True)
class Change:
    """One difference, as an organiser reads it."""

    sign: Sign
    what: What
    key: str  #: a segment's is "meeting/segment"
    text: str
    moved: bool = False  #: its time changed: people must be told
    access: bool = False  #: it changes who gets in, or from when


def diff(before: Programme | None, after: Programme) -> tuple[Change, ...]:
    """What `after` changes; None before: everything is new. A cancelled meeting counts as taken out."""
    old = before or replace(after, organisations={}, people={}, meetings={})
    return (
        *_of_programme(old, after),
        *_of_entries("organisation", old.organisations, after.organisations, _ORGANISATION),
        *_of_entries("person", old.people, after.people, _PERSON),
        *_of_meetings(old, after),
    )


def moved(before: Meeting, after: Meeting) -> bool:
    """Start, end or zone differ: everybody who holds the old time must be told."""
    return (before.interval, before.zone) != (after.interval, after.zone)


def change_text(before: Meeting, after: Meeting) -> str:
    """From when to when.

    >>> change_text(launch, launch_a_day_later)
    'Wed 10 Nov 2021 14:00–17:00 Bangkok (UTC+7) → Thu 11 Nov 2021 14:00–17:00 Bangkok (UTC+7)'
    """
    return f"{_when(before)} → {_when(after)}"


def _of_programme(before: Programme, after: Programme) -> Iterator[Change]:
    if altered := _altered(before, after, _PROGRAMME):
        yield Change("~", "programme", after.key, f"{after.title}: {_list(altered)}", access=_opens(altered))


def _of_entries(
    what: Literal["organisation", "person"],
    before: Mapping[str, Organisation | Person],
    after: Mapping[str, Organisation | Person],
    words: Mapping[str, str],
) -> Iterator[Change]:
    invites = what == "organisation"
    for key, new in after.items():
        if key not in before:
            yield Change("+", what, key, new.name, access=invites)
        elif altered := _altered(before[key], new, words):
            yield Change("~", what, key, f"{new.name}: {_list(altered)}", access=_opens(altered))
    for key, old in before.items():
        if key not in after:
            yield Change("-", what, key, old.name, access=invites)


def _of_meetings(before: Programme, after: Programme) -> Iterator[Change]:
    old = {key: one for key, one in before.meetings.items() if not one.cancelled}
    new = {key: one for key, one in after.meetings.items() if not one.cancelled}
    for key, meeting in new.items():
        if key in old:
            yield from _of_meeting(old[key], meeting)
            yield from _of_rundown(before, old[key], after, meeting)
        else:
            count = len(meeting.rundown)
            segments = f", {count} segment{'s' * (count > 1)}" if count else ""
            yield Change("+", "meeting", key, f"{meeting.title}: {_when(meeting)}{segments}", access=True)
    for key, meeting in old.items():
        if key not in new:
            how = "cancelled" if key in after.meetings else "no longer in the programme"
            yield Change("-", "meeting", key, f"{meeting.title}: {how}, was {_when(meeting)}", access=True)


def _of_meeting(before: Meeting, after: Meeting) -> Iterator[Change]:
    altered = _altered(_with_some_host(before), _with_some_host(after), _MEETING)
    if before.interval.start - before.opens_at == after.interval.start - after.opens_at:
        altered.pop("opens_at", None)  # the doors move with the meeting
    if _order(before, after) != _order(after, before):
        altered["rundown"] = "order of the rundown changed"
    when = [change_text(before, after)] if moved(before, after) else []
    if when or altered:
        said = "; ".join([*when, *altered.values()])
        yield Change("~", "meeting", after.key, f"{after.title}: {said}", bool(when), _opens(altered))


def _with_some_host(meeting: Meeting) -> Meeting:
    return replace(meeting, host=meeting.host or "one of the hosts")


def _of_rundown(old: Programme, before: Meeting, new: Programme, after: Meeting) -> Iterator[Change]:
    had = {one.key: one for one in before.rundown}
    has = {one.key: one for one in after.rundown}
    for key, segment in has.items():
        where = f"{after.key}/{key}"
        if key not in had:
            yield Change("+", "segment", where, f"{segment.title}: {_time(segment, after)}")
            continue
        altered = _altered(had[key], segment, {"title": "title", "text": "text"})
        if had[key].parts != segment.parts:
            altered["parts"] = f"{_people(had[key], old)} → {_people(segment, new)}"
        shifted = (had[key].interval, had[key].timed) != (segment.interval, segment.timed)
        if shifted:
            altered["interval"] = f"{_time(had[key], before)} → {_time(segment, after)}"
        if altered:
            yield Change("~", "segment", where, f"{segment.title}: {_list(altered)}", shifted)
    for key, segment in had.items():
        if key not in has:
            yield Change("-", "segment", f"{after.key}/{key}", f"{segment.title}: {_time(segment, before)}")


def _altered(before: object, after: object, words: Mapping[str, str]) -> dict[str, str]:
    """By field, what to say of it; its values where they are short enough to be read."""
    said = {}
    for field, word in words.items():
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            short = all(isinstance(one, str | bool | int | None) and len(str(one)) <= 60 for one in (old, new))
            said[field] = f"{word} {_value(old)} → {_value(new)}" if short else f"{word} changed"
    return said


def _value(value: str | int | None) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value in (None, "") else str(value)


def _opens(altered: Mapping[str, str]) -> bool:
    return not _ACCESS.isdisjoint(altered)


def _list(altered: Mapping[str, str]) -> str:
    return "; ".join(altered.values())


def _order(one: Meeting, other: Meeting) -> list[str]:
    """The keys of the segments that both have, in the order of the first."""
    both = {segment.key for segment in other.rundown}
    return [segment.key for segment in one.rundown if segment.key in both]


def _when(meeting: Meeting) -> str:
    start = times.date_text(meeting.interval.start, meeting.zone)
    return f"{start} {times.span_text(meeting.interval, meeting.zone)}"


def _time(segment: Segment, meeting: Meeting) -> str:
    return times.span_text(segment.interval, meeting.zone) if segment.timed else "no time of its own"


def _people(segment: Segment, programme: Programme) -> str:
    names = [programme.people[one.person].name for one in segment.parts if one.person]
    names += [programme.organisations[one.organisation].name for one in segment.parts if one.organisation]
    return ", ".join(text.shortened(name, 60) for name in names) or "nobody"
