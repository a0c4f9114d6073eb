"""When somebody can meet, as an organiser notes it on the telephone: "Mon 15 Nov 09:00-12:00"."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

from meetbot.core import times
from meetbot.core.times import Interval
from meetbot.files import written

_STRETCH = re.compile(r"(?P<day>.+?)\s+(?P<start>[0-9][^\s–-]*)\s*(?:-|–|to)\s*(?P<end>[0-9]\S*)")
_FORMS = ("%Y-%m-%d", "%a %-d %b", "%-d %b", "%A %-d %B", "%-d %B", "%a %-d %b %Y", "%-d %b %Y", "%-d %B %Y")
_EXAMPLE = "write the day, and from when to when, such as Mon 15 Nov 09:00-12:00"

#: By the dates of a side, the times of which it is asked.
Offered = Mapping[date, tuple[Interval, ...]]


def stretch(text: str, offered: Offered, zone: str) -> Interval:
    """On the clock of `zone`. Raises Wrong, also where nothing of it is asked about."""
    found = _STRETCH.fullmatch(text.strip())
    if not found:
        raise written.Wrong(f"'{text}' is not a stretch of time", _EXAMPLE)
    return between(found["day"], found["start"], found["end"], offered, zone)


def between(day_: str, start: str, end: str, offered: Offered, zone: str) -> Interval:
    """The same in three cells."""
    on = day(day_, offered)
    begins, ends = (times.at(f"{on} {written.moment(one).time:%H:%M}", zone) for one in (start, end))
    if ends <= begins:
        raise written.Wrong(f"{start}-{end} ends before it begins", "a stretch lies within one day")
    span = Interval(begins, ends)
    if not any(span & one for one in offered[on]):
        hours = ", ".join(f"{_clock(one, zone)}" for one in offered[on])
        raise written.Wrong(f"{start}-{end} is outside the hours of {on:%a %-d %b}", f"asked about are {hours}")
    return span


def day(text: str, days: Collection[date]) -> date:
    """One of the days that are asked about. A date that could be two, or lies outside, is refused."""
    meant = {f"{one:{form}}".casefold(): one for one in days for form in _FORMS}
    folded = " ".join(text.replace(",", " ").split()).casefold()
    if folded in meant:
        return meant[folded]
    if not re.search("[a-z]", folded):
        written.day(folded)
    known = ", ".join(f"{one:%a %-d %b}" for one in sorted(days))
    raise written.Wrong(f"'{text}' is not a day that is asked about", f"these are: {known}")


def _clock(span: Interval, zone: str) -> str:
    start, end = (at.astimezone(times.zone(zone)) for at in (span.start, span.end))
    return f"{start:%H:%M}-{end:%H:%M}"
