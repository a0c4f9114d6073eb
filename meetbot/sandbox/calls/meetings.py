"""Meetings and webinars: create, get, update, delete, end (Zoom API, Meetings). Lists of them are in `lists`."""

from datetime import datetime

from meetbot.sandbox import defaults, effects, fields, live, occurrences, times, views
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Json, Refusal, invalid, no_meeting
from meetbot.sandbox.calls import tracking
from meetbot.sandbox.model import RECURRING, RECURRING_UNFIXED, WEBINAR_TYPES, Meeting, User

_SCHEDULED = 2
_FIXED_DATES = (RECURRING, WEBINAR_TYPES[-1])


def create(account: Account, call: Call) -> Answer:
    return made(account, call, otherwise=_SCHEDULED)


def made(account: Account, call: Call, *, otherwise: int) -> Answer:
    """POST: make what `type` says, `otherwise` when it says nothing."""
    booker = account.user(call.parts["user"])
    account.limits.host_write(booker.id, call.now)
    host = _host(account, booker, call.body)
    if not host.active:
        # Zoom's pages do not say which refusal this is; of their codes this one fits best.
        raise Refusal(400, 3000, f"You cannot schedule a meeting for {host.email}.")
    if host.licence == "none":
        raise Refusal(400, 3161, "Your user account is not allowed meeting hosting and scheduling capabilities.")
    webinar = otherwise in WEBINAR_TYPES
    fields.check(account, call.body, host.timezone, webinar=webinar)
    kind = call.body.get("type", otherwise)
    if kind in _FIXED_DATES and not call.body.get("recurrence"):
        raise invalid(("recurrence", "Invalid field."))
    meeting = _planned(account, host, kind, call)
    account.add_meeting(meeting)
    created = effects.meeting("created", meeting, **views.known(meeting))
    return Answer(201, views.full(account, meeting, call.now), (created,))


def get(account: Account, call: Call) -> Answer:
    """GET: `occurrence_id` shows one date, `show_previous_occurrences` the past ones as well."""
    meeting = account.planned(call.parts)
    body = views.full(account, meeting, call.now, past=call.query.get("show_previous_occurrences") == "true")
    if "occurrence_id" in call.query:
        one = occurrences.known(meeting, call.query["occurrence_id"])
        body |= {"start_time": times.text(one.start_at), "duration": one.duration}
    return Answer(200, body)


def update(account: Account, call: Call) -> Answer:
    """PATCH: a field that is missing stays, a start in the past is ignored, the answer is 204 with no body."""
    meeting = account.planned(call.parts)
    account.limits.host_write(meeting.host.id, call.now)
    fields.check(account, call.body, meeting.timezone, webinar=meeting.is_webinar)
    before = views.changeable(meeting)
    if "occurrence_id" in call.query:
        _change_one(meeting, call)
    else:
        _change(account, meeting, call)
    return Answer(204, effects=updated(meeting, before, views.changeable(meeting), **_scope(call)))


def edited(account: Account, meeting: Meeting, call: Call) -> tuple[Json, ...]:
    """Change what the call's body names, as Zoom's own pages do: it counts against no limit. The effect of it."""
    before = views.changeable(meeting)
    _change(account, meeting, call)
    return updated(meeting, before, views.changeable(meeting), operation="all")


def updated(meeting: Meeting, before: Json, after: Json, **more: object) -> tuple[Json, ...]:
    """The effect of a change, with what is new and what was; none when nothing changed."""
    changed = {name: after[name] for name in after if after[name] != before.get(name)}
    if not changed:
        return ()
    old = {name: before.get(name) for name in changed}
    for side in (changed, old):
        side.update({"password": "(secret)"} if "password" in side else {})
    return (effects.meeting("updated", meeting, changed=changed, old=old, **more),)


def delete(account: Account, call: Call) -> Answer:
    """DELETE: the whole, or one date of it with `occurrence_id`."""
    meeting = account.planned(call.parts)
    if meeting.live:
        raise Refusal(400, 3002, f"Sorry, you cannot delete this {meeting.noun} since it's in progress.")
    if "occurrence_id" in call.query:
        occurrences.known(meeting, call.query["occurrence_id"]).status = "deleted"
    else:
        meeting.deleted = True
    return Answer(204, effects=(effects.meeting("deleted", meeting, **views.known(meeting), **_scope(call)),))


def set_status(account: Account, call: Call) -> Answer:
    """PUT status: `end` ends a live meeting, `recover` brings a deleted one back."""
    action = call.body.get("action")
    if action == "recover":
        return _recover(account, next(iter(call.parts.values())))
    if action != "end":
        raise invalid(("action", "Invalid field."))
    meeting = account.planned(call.parts)
    if not meeting.live:
        raise Refusal(400, 3007, f"The {meeting.noun} has already ended.")
    return Answer(204, effects=tuple(live.end(meeting, meeting.live, call.now)))


def _host(account: Account, booker: User, body: Json) -> User:
    """Somebody may plan for a colleague, except on the spot."""
    if not body.get("schedule_for"):
        return booker
    if body.get("type") == 1:
        raise Refusal(400, 3000, "You cannot schedule an instant meeting for another user.")
    return account.user(str(body["schedule_for"]))


def _planned(account: Account, host: User, kind: int, call: Call) -> Meeting:
    body = call.body
    zone = body.get("timezone", host.timezone)
    password = body.get("password", "")
    if not password and body.get("default_password", True):
        password = account.names.passcode(account.setup.passcode)
    initial = defaults.of(webinar=kind in WEBINAR_TYPES)
    meeting = Meeting(
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
        settings=fields.merged(account, host, kind, initial, body.get("settings", {})),
        recurrence=body.get("recurrence", {}) if kind in (*_FIXED_DATES, RECURRING_UNFIXED, 6) else {},
        created_at=call.now,
        form_key=account.names.token(),
        tracking_fields=tracking.accepted(account, body),
    )
    _set_dates(meeting)
    return meeting


def _change(account: Account, meeting: Meeting, call: Call) -> None:
    body = call.body
    for name in ("topic", "agenda", "password", "duration", "timezone", "type", "recurrence", "custom_keys"):
        if name in body:
            setattr(meeting, name, body[name])
    meeting.recurrence = meeting.recurrence or {}
    if "tracking_fields" in body:
        meeting.tracking_fields = tracking.accepted(account, body)
    meeting.start_at = _start(body, meeting.timezone, call.now) or meeting.start_at
    meeting.settings = fields.merged(account, meeting.host, meeting.type, meeting.settings, body.get("settings", {}))
    if body.keys() & {"start_time", "duration", "timezone", "type", "recurrence"}:
        _set_dates(meeting)


def _change_one(meeting: Meeting, call: Call) -> None:
    """Of one date only its start and its length can change."""
    one = occurrences.known(meeting, call.query["occurrence_id"])
    one.start_at = _start(call.body, meeting.timezone, call.now) or one.start_at
    one.duration = call.body.get("duration", one.duration)


def _set_dates(meeting: Meeting) -> None:
    """Plan the dates anew; those that were moved or taken out by themselves come back."""
    meeting.occurrences = []
    if meeting.type in _FIXED_DATES:
        meeting.occurrences = occurrences.planned(
            meeting.recurrence, meeting.start_at, meeting.duration, meeting.timezone
        )


def _scope(call: Call) -> Json:
    """Whether all of a meeting is meant or one date: Zoom's webhooks tell it."""
    one = call.query.get("occurrence_id")
    return {"operation": "single", "occurrence_id": one} if one else {"operation": "all"}


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
    return Answer(204, effects=(effects.meeting("recovered", meeting, **views.known(meeting), operation="all"),))
