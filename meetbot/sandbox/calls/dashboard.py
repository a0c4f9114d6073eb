"""The dashboard (Zoom API, Dashboards): live and past meetings as they are, at once. Business and higher."""

from datetime import UTC, date, datetime, time, timedelta

from meetbot.sandbox import answers, times
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Json, invalid, no_meeting
from meetbot.sandbox.calls import lists, reports
from meetbot.sandbox.model import Instance, Meeting, Presence

_TYPES = ("live", "past", "pastOne")
_KEPT = timedelta(days=183)


def meetings(account: Account, call: Call) -> Answer:
    """GET by `type`, `live` unless named, and by dates; `pastOne` are those that only one person was in."""
    kind = _kind(account, call)
    first = datetime.combine(lists.day(call, "from", date.min), time.min, UTC)
    last = datetime.combine(lists.day(call, "to", date.max), time.max, UTC)
    rows = [
        _row(meeting, instance)
        for meeting in account.meetings.values()
        if not meeting.is_webinar
        for instance in [*meeting.past, *([meeting.live] if meeting.live else [])]
        if _is(kind, instance) and first <= instance.started_at <= last and call.now - instance.started_at < _KEPT
    ]
    return Answer(200, account.pages.cut("meetings", rows, call, listing="dashboard", most=100))


def participants(account: Account, call: Call) -> Answer:
    """GET of one instance: no waiting for a report, and the one who was alone is there too."""
    kind = _kind(account, call)
    meeting, instance = _found(account, call.parts["meeting"])
    if not _is(kind, instance):
        raise no_meeting(call.parts["meeting"])
    asked = kind != "live" and call.query.get("include_fields") == "registrant_id"
    rows = [
        _participant(presence, instance, with_registrant=asked and meeting.takes_registrations)
        for presence in instance.presences
    ]
    return Answer(200, account.pages.cut("participants", rows, call, listing="dashboard participants", most=30))


def _kind(account: Account, call: Call) -> str:
    if account.setup.plan != "business":
        raise answers.paid_only(account.setup.account_id, "Business or higher plan, or ZMP")
    kind = call.query.get("type", "live")
    if kind not in _TYPES:
        raise invalid(("type", "Invalid field."))
    return kind


def _is(kind: str, instance: Instance) -> bool:
    if instance.ended_at is None:
        return kind == "live"
    return kind == ("pastOne" if reports.people(instance) < 2 else "past")


def _found(account: Account, key: str) -> tuple[Meeting, Instance]:
    """By uuid; by number the one that is live, else the latest."""
    if key.isdecimal():
        meeting = account.meeting(key)
        instance = meeting.live or (meeting.past[-1] if meeting.past else None)
    else:
        instance = account.instances.get(reports.uuid_of(key))
    if instance is None:
        raise no_meeting(key)
    return account.meetings[instance.meeting_id], instance


def _row(meeting: Meeting, instance: Instance) -> Json:
    ended = {"end_time": times.text(instance.ended_at)} if instance.ended_at else {}
    return {
        "uuid": instance.uuid,
        "id": meeting.id,
        "topic": meeting.topic,
        "host": meeting.host.name,
        "email": meeting.host.email,
        "start_time": times.text(instance.started_at),
        **ended,
        "participants": reports.people(instance),
        "has_recording": instance.recording != "off",
        "tracking_fields": meeting.tracking_fields,
        "in_room_participants": len(instance.inside),
    }


def _participant(presence: Presence, instance: Instance, *, with_registrant: bool) -> Json:
    who = presence.identity
    row: Json = {
        "id": who.account_user_id,
        "user_id": presence.user_id,
        "participant_uuid": presence.participant_uuid,
        "user_name": who.name,
        "email": who.email,
        "device": presence.device,
        "join_time": times.text(presence.joined_at),
        "status": presence.where,
    }
    if presence.left_at:
        reason = "Host ended the meeting." if presence.left_at == instance.ended_at else "Left the meeting."
        row |= {"leave_time": times.text(presence.left_at), "leave_reason": reason}
    if with_registrant:
        row["registrant_id"] = who.registrant_id
    return row
