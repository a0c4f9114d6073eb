"""Meetings: create, get, update, delete, end, list (Zoom API, Meetings)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from meetbot.sandbox import fields, live, times, views
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Json, Refusal, invalid, no_meeting
from meetbot.sandbox.model import Meeting, User

_SCHEDULED = 2
# Life of a one-off meeting id after its date; not documented, 30 days by experience.
_EXPIRES_AFTER = timedelta(days=30)


def create(account: Account, call: Call) -> Answer:
    host = account.user(call.parts["user"])
    account.limits.host_write(host.id, call.now)
    if host.licence == "none":
        raise Refusal(400, 3161, "Your user account is not allowed meeting hosting and scheduling capabilities.")
    fields.check(account, call.body, host.timezone)
    meeting = _planned(account, host, call)
    account.add_meeting(meeting)
    effect = {
        "kind": "meeting.created",
        "meeting": meeting.id,
        "host": host.email,
        "topic": meeting.topic,
        "start_time": times.text(meeting.start_at),
        "duration": meeting.duration,
        "approval_type": meeting.settings["approval_type"],
        "agenda": meeting.agenda,
    }
    return Answer(201, views.full(account, meeting), (effect,))


def get(account: Account, call: Call) -> Answer:
    return Answer(200, views.full(account, account.meeting(call.parts["meeting"])))


def update(account: Account, call: Call) -> Answer:
    """PATCH: a field that is missing stays, a start in the past is ignored, the answer is 204 with no body."""
    meeting = account.meeting(call.parts["meeting"])
    account.limits.host_write(meeting.host.id, call.now)
    fields.check(account, call.body, meeting.timezone)
    before = views.changeable(meeting)
    _change(account, meeting, call)
    after = views.changeable(meeting)
    changed = {name: after[name] for name in after if after[name] != before[name]}
    if "password" in changed:
        changed["password"] = "(changed)"
    if not changed:
        return Answer(204)
    return Answer(204, effects=({"kind": "meeting.updated", "meeting": meeting.id, "changed": changed},))


def delete(account: Account, call: Call) -> Answer:
    meeting = account.meeting(call.parts["meeting"])
    if meeting.live:
        raise Refusal(400, 3002, "Sorry, you cannot delete this meeting since it's in progress.")
    meeting.deleted = True
    return Answer(204, effects=({"kind": "meeting.deleted", "meeting": meeting.id},))


def set_status(account: Account, call: Call) -> Answer:
    """PUT status: `end` ends a live meeting, `recover` brings a deleted one back."""
    action = call.body.get("action")
    if action == "recover":
        return _recover(account, call.parts["meeting"])
    if action != "end":
        raise invalid(("action", "Invalid field."))
    meeting = account.meeting(call.parts["meeting"])
    if not meeting.live:
        raise Refusal(400, 3007, "The meeting has already ended.")
    return Answer(204, effects=(live.end(meeting, meeting.live, call.now),))


def listed(account: Account, call: Call) -> Answer:
    """GET list of one host, by `type` and, where given, by the dates `from` and `to` (both included)."""
    host = account.user(call.parts["user"])
    kind = call.query.get("type", "scheduled")
    if kind not in ("scheduled", "live", "upcoming", "upcoming_meetings", "previous_meetings"):
        raise invalid(("type", "Invalid field."))
    first, last = _day(call, "from", date.min), _day(call, "to", date.max)
    zone = _listing_zone(call)
    chosen = [
        meeting
        for meeting in account.meetings_by_host.get(host.id, [])
        if not meeting.deleted
        and _belongs(meeting, kind, call.now)
        and first <= meeting.start_at.astimezone(zone).date() <= last
        and meeting.created_at <= call.now - call.lag
    ]
    chosen.sort(key=lambda meeting: (meeting.start_at, meeting.id))
    page = account.pages.cut("meetings", [views.row(meeting) for meeting in chosen], call, listing="meetings")
    return Answer(200, page)


def _planned(account: Account, host: User, call: Call) -> Meeting:
    body = call.body
    kind = body.get("type", _SCHEDULED)
    zone = body.get("timezone", host.timezone)
    password = body.get("password", "")
    if not password and body.get("default_password", True):
        password = account.names.passcode()
    return Meeting(
        id=account.names.meeting_id(),
        uuid=account.names.uuid(),
        host=host,
        topic=body.get("topic", "Zoom Meeting"),
        type=kind,
        start_at=_start(body, zone, call.now) or call.now.replace(microsecond=0),
        duration=body.get("duration", 60),
        timezone=zone,
        agenda=body.get("agenda", ""),
        password=password,
        settings=fields.merged(account, host, kind, fields.DEFAULTS, body.get("settings", {})),
        recurrence=body.get("recurrence", {}),
        created_at=call.now,
        form_key=account.names.token(),
    )


def _change(account: Account, meeting: Meeting, call: Call) -> None:
    body = call.body
    for name in ("topic", "agenda", "password", "duration", "timezone", "type", "recurrence", "custom_keys"):
        if name in body:
            setattr(meeting, name, body[name])
    meeting.start_at = _start(body, meeting.timezone, call.now) or meeting.start_at
    meeting.settings = fields.merged(account, meeting.host, meeting.type, meeting.settings, body.get("settings", {}))


def _start(body: Json, zone: str, now: datetime) -> datetime | None:
    """The start that was asked for; None when it is missing or past."""
    written = body.get("start_time")
    asked = times.from_zoom(written, zone) if written else None
    return asked if asked and asked >= now.replace(microsecond=0) else None


def _recover(account: Account, key: str) -> Answer:
    meeting = account.meetings.get(int(key)) if key.isdecimal() else None
    if meeting is None or not meeting.deleted:
        raise no_meeting(key)
    meeting.deleted = False
    return Answer(204, effects=({"kind": "meeting.recovered", "meeting": meeting.id},))


def _belongs(meeting: Meeting, kind: str, now: datetime) -> bool:
    if kind == "live":
        return meeting.live is not None
    if kind == "previous_meetings":
        return bool(meeting.past)
    if kind == "scheduled":
        return meeting.ends_at + _EXPIRES_AFTER > now
    return meeting.live is not None or meeting.start_at >= now


def _day(call: Call, name: str, otherwise: date) -> date:
    written = call.query.get(name)
    try:
        return date.fromisoformat(written[:10]) if written else otherwise
    except ValueError:
        raise invalid((name, "Invalid field.")) from None


def _listing_zone(call: Call) -> ZoneInfo:
    named = call.query.get("timezone", "UTC")
    if not times.zoom_knows(named):
        raise invalid(("timezone", "Invalid field."))
    return ZoneInfo(named)
