"""The dates of a recurring meeting with fixed times (Zoom API, Create a meeting: `recurrence`)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from meetbot.sandbox import times
from meetbot.sandbox.answers import Json, Refusal
from meetbot.sandbox.model import Meeting, Occurrence

_MOST = 60
_LONGEST_INTERVAL = {1: 99, 2: 50, 3: 10}


def wrong(recurrence: object) -> Iterator[str]:
    """The names of the fields that Zoom would refuse."""
    if not recurrence:
        return
    if not isinstance(recurrence, dict) or recurrence.get("type") not in tuple(_LONGEST_INTERVAL):
        yield "type"
        return
    if not _within(recurrence.get("repeat_interval", 1), _LONGEST_INTERVAL[recurrence["type"]]):
        yield "repeat_interval"
    if any(day not in "1234567" or len(day) != 1 for day in str(recurrence.get("weekly_days", "1")).split(",")):
        yield "weekly_days"
    if not _within(recurrence.get("monthly_day", 1), 31):
        yield "monthly_day"
    if recurrence.get("monthly_week", 1) not in (-1, 1, 2, 3, 4):
        yield "monthly_week"
    if not _within(recurrence.get("monthly_week_day", 1), 7):
        yield "monthly_week_day"
    if not _within(recurrence.get("end_times", 1), _MOST) or {"end_times", "end_date_time"} <= set(recurrence):
        yield "end_times"
    try:
        times.from_zoom(str(recurrence.get("end_date_time", "2000-01-01T00:00:00Z")), "UTC")
    except ValueError:
        yield "end_date_time"


def planned(recurrence: Json, start_at: datetime, duration: int, zone: str) -> list[Occurrence]:
    """Every date at the same wall time in `zone`; the id is the start in milliseconds, as at Zoom."""
    wall = start_at.astimezone(ZoneInfo(zone))
    until = recurrence.get("end_date_time")
    last = times.from_zoom(until, zone) if until else None
    found: list[Occurrence] = []
    for day in _days(recurrence, wall.date()):
        at = datetime.combine(day, wall.time(), ZoneInfo(zone)).astimezone(UTC)
        if len(found) == (_MOST if last else recurrence.get("end_times", 1)) or (last and at > last):
            break
        found.append(Occurrence(str(int(at.timestamp() * 1000)), at, duration))
    return found


def known(meeting: Meeting, occurrence_id: str) -> Occurrence:
    """Raises 400 code 300 when the meeting has no such date, or has it no more."""
    for occurrence in meeting.occurrences:
        if occurrence.id == occurrence_id and occurrence.status == "available":
            return occurrence
    raise Refusal(400, 300, f"Invalid occurrence_id: {occurrence_id}.")


def row(occurrence: Occurrence) -> Json:
    return {
        "occurrence_id": occurrence.id,
        "start_time": times.text(occurrence.start_at),
        "duration": occurrence.duration,
        "status": occurrence.status,
    }


def _within(value: object, most: int) -> bool:
    return type(value) is int and 1 <= value <= most


def _days(recurrence: Json, first: date) -> Iterator[date]:
    """Without end, from `first` on."""
    every = recurrence.get("repeat_interval", 1)
    if recurrence.get("type", 1) == 1:
        return (first + timedelta(days=n * every) for n in count())
    if recurrence["type"] == 2:
        return _weekly(first, every, str(recurrence.get("weekly_days", first.isoweekday() % 7 + 1)))
    return _monthly(first, every, recurrence)


def _weekly(first: date, every: int, days: str) -> Iterator[date]:
    """Zoom's week begins on Sunday, which is day 1."""
    sunday = first - timedelta(days=first.isoweekday() % 7)
    wanted = sorted(int(day) - 1 for day in days.split(","))
    for n in count():
        for day in wanted:
            at = sunday + timedelta(weeks=n * every, days=day)
            if at >= first:
                yield at


def _monthly(first: date, every: int, recurrence: Json) -> Iterator[date]:
    """A month without the wanted day is left out."""
    for n in count(step=every):
        year, month = divmod(first.year * 12 + first.month - 1 + n, 12)
        found = _in_month(year, month + 1, recurrence, first.day)
        if found and found >= first:
            yield found


def _in_month(year: int, month: int, recurrence: Json, otherwise: int) -> date | None:
    days = [date(year, month, 1) + timedelta(days=n) for n in range(31)]
    days = [day for day in days if day.month == month]
    if "monthly_week" not in recurrence:
        wanted = recurrence.get("monthly_day", otherwise)
        return days[wanted - 1] if wanted <= len(days) else None
    weekday = recurrence.get("monthly_week_day", 1)
    same = [day for day in days if day.isoweekday() % 7 + 1 == weekday]
    week = recurrence["monthly_week"]
    return same[-1] if week == -1 else same[week - 1]
