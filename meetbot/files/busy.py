"""When somebody is busy, from a calendar file (iCalendar, RFC 5545). Nothing else of it is kept: no titles, no people.

A calendar that cannot be read to the end is refused whole: half of it would show somebody free who is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import icalendar

from meetbot import errors
from meetbot.core import model, times
from meetbot.core.times import Interval
from meetbot.files import occurrences

_BEGINS = frozenset({"BEGIN:VEVENT", "BEGIN:VFREEBUSY"})
_AGAIN = "export the calendar again, or give the times without it"


@dataclass(frozen=True)
class _Entry:
    """A VEVENT or VFREEBUSY, and where it begins in the file."""

    part: icalendar.Component
    place: str
    uid: str
    replaces: datetime | None  #: the one start of its series that it stands for


def read(text: str, name: str, zone: str, window: Interval) -> tuple[Interval, ...]:
    """The busy times within the window, in order and without overlaps. `name` is said where something is wrong.

    Times without a zone, and whole days, are those of `zone`. What is cancelled or shown as free does not count.
    Raises UserError with each place that cannot be read.
    """
    problems: list[str] = []
    entries = [one for part, place in _parts(text, name) if (one := _entry(part, place, zone, problems))]
    moved = {(one.uid, one.replaces) for one in entries if one.replaces}
    found: list[Interval] = []
    for one in entries:
        try:
            own = occurrences.busy(one.part, zone, window)
        except ValueError as error:
            problems.append(_problem(one.place, error))
        else:
            found += (busy for busy in own if one.replaces or (one.uid, busy.start) not in moved)
    if problems:
        raise errors.UserError(*problems)
    return times.union(inside for busy in found if (inside := busy & window))


def _parts(text: str, name: str) -> Iterable[tuple[icalendar.Component, str]]:
    """All entries with their places, in the order of the file."""
    lines = [at for at, line in enumerate(text.splitlines(), 1) if line.strip().upper() in _BEGINS]
    try:
        if not text.strip().upper().endswith("END:VCALENDAR"):
            raise ValueError("this is no calendar, or it breaks off before its end")
        read = icalendar.Calendar.from_ical(text, multiple=True)
        parts = [part for one in read for part in one.walk() if f"BEGIN:{part.name}" in _BEGINS]
        if len(parts) != len(lines):
            raise ValueError("an entry of it has no end")
    except ValueError as error:
        raise errors.UserError(_problem(name, error)) from None
    return zip(parts, (f"{name}:{line}" for line in lines), strict=True)


def _entry(part: icalendar.Component, place: str, zone: str, problems: list[str]) -> _Entry | None:
    try:
        return _Entry(part, place, str(part.get("UID", place)), occurrences.replaces(part, zone))
    except ValueError as error:
        problems.append(_problem(place, error))
        return None


def _problem(place: str, error: ValueError) -> str:
    return str(model.Problem(place, str(error), _AGAIN))
