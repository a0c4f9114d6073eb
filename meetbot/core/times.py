"""Instants, intervals and zones. Inside, every instant is an aware UTC datetime; zones are for reading and showing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Names that zoneinfo accepts and people get wrong: `Etc/GMT+7` is UTC-7, the others mean "whatever this machine has".
_MISLEADING = ("Etc/GMT", "GMT+", "GMT-", "localtime", "Factory", "posixrules", "right/", "posix/")
_ZONE_NAME = re.compile(r"UTC|[A-Z][A-Za-z_]+(/[A-Z][A-Za-z0-9_+-]+)+")
_COMMON_SLIPS = {
    "ICT": "Asia/Bangkok",
    "Bangkok": "Asia/Bangkok",
    "UTC+7": "Asia/Bangkok",
    "GMT+7": "Asia/Bangkok",
    "Asia/Beijing": "Asia/Shanghai",
    "Asia/Hanoi": "Asia/Ho_Chi_Minh",
    "CST": "Asia/Shanghai",
}


class Clock(Protocol):
    """What tells the time: the real one in service, a faster one in a rehearsal."""

    def now(self) -> datetime:
        """The current instant, aware, UTC."""
        ...

    async def sleep_until(self, at: datetime) -> None:
        """Return when `now()` has reached `at`."""
        ...

    def real_delay(self, until: datetime) -> timedelta:
        """How long, on the wall clock of this machine, until `until`; zero when it has passed."""
        ...


def utc(instant: datetime) -> datetime:
    """The same instant in UTC; a naive datetime is refused because nobody can say what it means."""
    if instant.tzinfo is None:
        raise ValueError(f"naive datetime {instant!r}: an instant needs a zone")
    return instant.astimezone(UTC)


@lru_cache
def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name. ValueError, with a suggestion where there is one, for anything else."""
    if name in _COMMON_SLIPS:
        raise ValueError(f"{name!r} is not an IANA time zone; did you mean {_COMMON_SLIPS[name]!r}?")
    if name.startswith(_MISLEADING):
        raise ValueError(f"{name!r} does not mean what it seems to; name a place, such as 'Asia/Bangkok'")
    try:
        # Not by `available_timezones`: it reads a thousand files. The pattern keeps paths out.
        found = ZoneInfo(name) if _ZONE_NAME.fullmatch(name) else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        found = None
    if found is None:
        raise ValueError(f"{name!r} is not an IANA time zone, such as 'Asia/Bangkok' or 'Asia/Yangon'")
    return found


def at(wall: str, zone_name: str) -> datetime:
    """The UTC instant at which clocks in the zone show `wall` ("2021-11-10 14:00").

    ValueError when that wall time does not exist there or exists twice (changes of daylight saving time).
    """
    local = datetime.fromisoformat(wall).replace(tzinfo=zone(zone_name))
    instant = local.astimezone(UTC)
    if instant.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError(f"{wall} does not exist in {zone_name}: clocks are put forward then")
    if local.replace(fold=1).utcoffset() != local.utcoffset():
        raise ValueError(f"{wall} exists twice in {zone_name}: clocks are put back then")
    return instant


@dataclass(frozen=True, order=True)
class Interval:
    """From `start` up to, not including, `end`; both aware, UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", utc(self.start))
        object.__setattr__(self, "end", utc(self.end))
        if self.end < self.start:
            raise ValueError(f"interval ends at {self.end} before it starts at {self.start}")

    @property
    def duration(self) -> timedelta:
        return self.end - self.start

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def __and__(self, other: Interval) -> Interval | None:
        """What both have in common; None when they only touch or lie apart."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None

    def moved(self, by: timedelta) -> Interval:
        return Interval(self.start + by, self.end + by)


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same stretches of time without overlaps, in order; stretches that touch become one."""
    merged: list[Interval] = []
    for interval in sorted(intervals):
        if merged and interval.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, interval.end))
        else:
            merged.append(interval)
    return tuple(merged)


def total(intervals: Iterable[Interval]) -> timedelta:
    """How much time the intervals cover, counting no moment twice."""
    return sum((interval.duration for interval in union(intervals)), timedelta())


def city(zone_name: str) -> str:
    """The place after which the zone is named, as people write it: "Phnom Penh" for `Asia/Phnom_Penh`."""
    return zone_name.rsplit("/", 1)[-1].replace("_", " ")


def offset(instant: datetime, zone_name: str) -> str:
    """How far the zone is from UTC at that instant: "UTC+6:30", "UTC+7", "UTC"."""
    minutes = int((instant.astimezone(zone(zone_name)).utcoffset() or timedelta()).total_seconds() // 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}{f':{rest:02}' if rest else ''}"


def clock_text(instant: datetime, zone_name: str) -> str:
    """The time of day with its place and offset, never a bare hour: "13:30 Yangon (UTC+6:30)"."""
    return f"{instant.astimezone(zone(zone_name)):%H:%M} {city(zone_name)} ({offset(instant, zone_name)})"


def span_text(interval: Interval, *zone_names: str) -> str:
    """From when to when in each zone, the first zone first and none twice.

    >>> span_text(launch, "Asia/Bangkok", "Asia/Yangon")
    '14:00–17:00 Bangkok (UTC+7) = 13:30–16:30 Yangon (UTC+6:30)'
    """
    return " = ".join(_span_in(interval, name) for name in dict.fromkeys(zone_names))


def _span_in(interval: Interval, zone_name: str) -> str:
    start, end = (instant.astimezone(zone(zone_name)) for instant in (interval.start, interval.end))
    days = (end.date() - start.date()).days
    later = f" (+{days} d)" if days else ""
    return f"{start:%H:%M}–{end:%H:%M}{later} {city(zone_name)} ({offset(interval.start, zone_name)})"


def date_text(instant: datetime, zone_name: str) -> str:
    """The date in that zone, unmistakable in any country: "Wed 10 Nov 2021"."""
    return f"{instant.astimezone(zone(zone_name)):%a %-d %b %Y}"
