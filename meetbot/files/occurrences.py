"""The times of one entry of a calendar file, repeated as it says (RFC 5545 3.6.1, 3.6.4, 3.8.5).

A series repeats by the clocks of its own zone: what is at 09:00 stays there when the clocks are changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

import icalendar
from dateutil import rrule  # type: ignore[import-untyped]

from meetbot.core import times
from meetbot.core.times import Interval

#: What must be readable; None is a line that is none. A broken picture or description does no harm.
_NEEDED = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "FREEBUSY", None})
_DAY = timedelta(days=1)


def busy(part: icalendar.Component, zone: str, window: Interval) -> list[Interval]:
    """The busy times of a VEVENT or VFREEBUSY that touch the window, whole. ValueError says what cannot be read."""
    _refuse_broken(part)
    if part.name == "VFREEBUSY":
        return [_period(one.dt) for one in _each(part, "FREEBUSY") if one.params.get("FBTYPE", "").upper() != "FREE"]
    if part.get("TRANSP", "").upper() == "TRANSPARENT" or part.get("STATUS", "").upper() == "CANCELLED":
        return []
    return _Event(part, times.zone(zone)).within(window)


def replaces(part: icalendar.Component, zone: str) -> datetime | None:
    """The start that an entry of a series stands for; None: for none in particular. ValueError: for all that follow."""
    _refuse_broken(part)
    replaced: Any = part.get("RECURRENCE-ID")
    if replaced is None:
        return None
    if "RANGE" in replaced.params:
        raise ValueError("it changes all later meetings of a series at once")
    return _instant(*_wall(replaced, times.zone(zone)))


def _refuse_broken(part: icalendar.Component) -> None:
    for field, what in part.errors:
        if field in _NEEDED:
            raise ValueError(f"{field or 'a line'} cannot be read: {what}")


class _Event:
    """Wall times of the entry's own zone; only what comes out is UTC."""

    def __init__(self, part: icalendar.Component, zone: tzinfo) -> None:
        if "DTSTART" not in part:
            raise ValueError("it has no start")
        self.part, self.usual = part, zone
        self.start, self.zone = _wall(part["DTSTART"], zone)
        self.lasts = self._lasts()

    def _lasts(self) -> timedelta:
        if "DTEND" in self.part:
            end, zone = _wall(self.part["DTEND"], self.usual)
            return max(timedelta(), end.replace(tzinfo=zone).astimezone(self.zone).replace(tzinfo=None) - self.start)
        if "DURATION" in self.part:
            lasts: timedelta = self.part.decoded("DURATION")
            return max(timedelta(), lasts)
        return timedelta() if isinstance(self.part.decoded("DTSTART"), datetime) else _DAY

    def within(self, window: Interval) -> list[Interval]:
        excluded = {_instant(*_wall(one, self.usual)) for dates in _each(self.part, "EXDATE") for one in dates.dts}
        found = [one for one in self._all(window) if one.start not in excluded]
        return [one for one in found if one & window]

    def _all(self, window: Interval) -> Iterator[Interval]:
        walls = {self.start}
        for rule in _each(self.part, "RRULE"):
            walls.update(self._repeated(rule, window))
        for one in (one for dates in _each(self.part, "RDATE") for one in dates.dts):
            if isinstance(one.dt, tuple):
                yield _period(one.dt)
            else:
                wall, zone = _wall(one, self.usual)
                walls.add(wall.replace(tzinfo=zone).astimezone(self.zone).replace(tzinfo=None))
        for wall in sorted(walls):
            yield Interval(_instant(wall, self.zone), _instant(wall + self.lasts, self.zone))

    def _repeated(self, rule: icalendar.vRecur, window: Interval) -> Iterator[datetime]:
        """The starts near the window. The rule is cut off after it: some never end, and some never come."""
        parts = {name: values for name, values in rule.items() if name != "UNTIL"}
        if {"SECONDLY", "MINUTELY"} & {str(one).upper() for one in rule.get("FREQ", ())}:
            raise ValueError("it repeats every minute or more often")
        low, high = (at.astimezone(self.zone).replace(tzinfo=None) for at in (window.start, window.end))
        text = icalendar.vRecur(parts).to_ical().decode()  # type: ignore[no-untyped-call]
        walls = rrule.rrulestr(text, dtstart=self.start)
        until = min([high, *(self._until(one) for one in rule.get("UNTIL", ()))])
        if "COUNT" not in parts:
            walls = walls.replace(until=until)
        yield from walls.between(low - self.lasts - _DAY, until, inc=True)

    def _until(self, until: date) -> datetime:
        if not isinstance(until, datetime):
            return datetime.combine(until, time.max)
        return until if until.tzinfo is None else until.astimezone(self.zone).replace(tzinfo=None)


def _each(part: icalendar.Component, name: str) -> list[Any]:
    """All values of a property that may stand there more than once."""
    found = part.get(name, [])
    return found if isinstance(found, list) else [found]


def _wall(value: Any, usual: tzinfo) -> tuple[datetime, tzinfo]:
    """What the clocks show then, and where."""
    if not isinstance(value.dt, datetime):
        return datetime.combine(value.dt, time()), usual
    if value.dt.tzinfo is not None:
        return value.dt.replace(tzinfo=None), value.dt.tzinfo
    if name := value.params.get("TZID"):
        raise ValueError(f"'{name}' is not a known time zone")
    return value.dt, usual


def _instant(wall: datetime, zone: tzinfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _period(period: tuple[datetime, datetime | timedelta]) -> Interval:
    """A PERIOD with its end or its duration (RFC 5545 3.3.9)."""
    start, end = period
    if start.tzinfo is None:
        raise ValueError("a period has no zone")
    return Interval(start, start + end if isinstance(end, timedelta) else end)
