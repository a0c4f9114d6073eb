"""Lists of what one host has: meetings by type and date, the next 24 hours, webinars (Zoom API, List meetings)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from meetbot.sandbox import times, views
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Json, invalid
from meetbot.sandbox.model import Meeting

# Life of a one-off meeting id after its date; not documented, 30 days by experience.
_EXPIRES_AFTER = timedelta(days=30)
_UPCOMING = timedelta(hours=24)


def meetings(account: Account, call: Call) -> Answer:
    """GET list by `type` and, where given, by the dates `from` and `to` (both included)."""
    kind = call.query.get("type", "scheduled")
    if kind not in ("scheduled", "live", "upcoming", "upcoming_meetings", "previous_meetings"):
        raise invalid(("type", "Invalid field."))
    return _listed(account, call, kind, webinar=False)


def webinars(account: Account, call: Call) -> Answer:
    kind = call.query.get("type", "scheduled")
    if kind not in ("scheduled", "upcoming"):
        raise invalid(("type", "Invalid field."))
    return _listed(account, call, kind, webinar=True)


def upcoming(account: Account, call: Call) -> Answer:
    """What begins within 24 hours or runs now, all on one page."""
    host = account.user(call.parts["user"])
    rows = [
        {**row, "passcode": meeting.password}
        for meeting in account.meetings_by_host.get(host.id, [])
        if not meeting.deleted and not meeting.is_webinar
        for at, row in _dates(meeting)
        if meeting.live or call.now <= at <= call.now + _UPCOMING
    ]
    return Answer(200, {"total_records": len(rows), "meetings": sorted(rows, key=lambda row: str(row["start_time"]))})


def day(call: Call, name: str, otherwise: date) -> date:
    """A date of the query. Raises 400 code 300."""
    written = call.query.get(name)
    try:
        return date.fromisoformat(written[:10]) if written else otherwise
    except ValueError:
        raise invalid((name, "Invalid field.")) from None


def _listed(account: Account, call: Call, kind: str, *, webinar: bool) -> Answer:
    host = account.user(call.parts["user"])
    first, last = day(call, "from", date.min), day(call, "to", date.max)
    zone = _zone(call)
    chosen = [
        (at, meeting.id, row)
        for meeting in account.meetings_by_host.get(host.id, [])
        if not meeting.deleted and meeting.is_webinar == webinar and meeting.created_at <= call.now - call.lag
        for at, row in _dates(meeting)
        if _belongs(meeting, at, kind, call.now) and first <= at.astimezone(zone).date() <= last
    ]
    rows = [row for _, _, row in sorted(chosen, key=lambda one: one[:2])]
    key = "webinars" if webinar else "meetings"
    return Answer(200, account.pages.cut(key, rows, call, listing=key))


def _dates(meeting: Meeting) -> Iterator[tuple[datetime, Json]]:
    """A recurring meeting stands in the list once for each of its dates, every time with the same number."""
    for at, minutes in meeting.dates:
        yield at, {**views.row(meeting), "start_time": times.text(at), "duration": minutes}


def _belongs(meeting: Meeting, at: datetime, kind: str, now: datetime) -> bool:
    if kind == "live":
        return meeting.live is not None
    if kind == "previous_meetings":
        return bool(meeting.past)
    if kind == "scheduled":
        return meeting.ends_at + _EXPIRES_AFTER > now
    return meeting.live is not None or at >= now


def _zone(call: Call) -> ZoneInfo:
    named = call.query.get("timezone", "UTC")
    if not times.zoom_knows(named):
        raise invalid(("timezone", "Invalid field."))
    return ZoneInfo(named)
