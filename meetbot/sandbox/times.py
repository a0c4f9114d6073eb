"""Zoom's notation of times: UTC with `Z`, or local time in a named zone without it."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_ZOOM_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?")

# Zones that IANA has and Zoom's own list lacks (Zoom API, Timezones).
_NOT_ZOOMS = {"Asia/Phnom_Penh", "Asia/Vientiane", "Asia/Yangon", "Asia/Rangoon"}


def text(at: datetime) -> str:
    """`2021-11-10T07:00:00Z`: UTC in whole seconds, as Zoom writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_zoom(written: str, zone: str) -> datetime:
    """Read a `start_time`: UTC when it ends in Z, else local time in `zone`. Raises ValueError otherwise."""
    if not _ZOOM_TIME.fullmatch(written):
        raise ValueError(f"not a Zoom time: {written}")
    wall = datetime.fromisoformat(written.removesuffix("Z"))
    return wall.replace(tzinfo=UTC if written.endswith("Z") else ZoneInfo(zone)).astimezone(UTC)


def from_iso(written: str) -> datetime:
    """Read an aware ISO time of the control calls. Raises ValueError when it has no zone."""
    at = datetime.fromisoformat(written)
    if at.tzinfo is None:
        raise ValueError(f"{written} has no zone: add Z or an offset")
    return at.astimezone(UTC)


def zoom_knows(zone: str) -> bool:
    """Whether Zoom's own list has this zone."""
    if zone in _NOT_ZOOMS:
        return False
    try:
        ZoneInfo(zone)
    except (KeyError, OSError, ValueError):
        return False
    return True


def midnight_after(now: datetime) -> datetime:
    """The next 00:00 UTC, when Zoom's daily counters start again."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
