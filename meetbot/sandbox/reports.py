"""After the meeting: instances, participants, reports (Zoom API, Reports and Past meetings).

A report grows: missing (404 code 3001), empty, building (partial, duration 0), complete.
"""

from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import unquote

from meetbot.sandbox import times
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Json, Refusal, no_meeting
from meetbot.sandbox.model import Instance, Meeting, Presence

Stage = Literal["missing", "empty", "building", "complete"]
STAGES = ("missing", "empty", "building", "complete")

# Lower than what callers ask for: the page size to obey is the returned one.
_REPORT_PAGE = 30
_KEPT = timedelta(days=365)


def past_meeting(account: Account, call: Call) -> Answer:
    meeting, instance = _ended(account, call)
    return Answer(200, {**_summary(meeting, instance), "host_id": meeting.host.id, "source": "meetbot sandbox"})


def instances(account: Account, call: Call) -> Answer:
    """Every ended run of a meeting."""
    meeting = account.meeting(call.parts["meeting"])
    rows = [{"uuid": past.uuid, "start_time": times.text(past.started_at)} for past in meeting.past]
    return Answer(200, {"meetings": rows})


def past_participants(account: Account, call: Call) -> Answer:
    rows = [{**row, "internal_user": row["id"] != ""} for row in _participants(account, call)]
    return Answer(200, account.pages.cut("participants", rows, call, listing="past", most=_REPORT_PAGE))


def report(account: Account, call: Call) -> Answer:
    meeting, instance, stage = _reported(account, call)
    body = {
        **_summary(meeting, instance),
        "user_name": meeting.host.name,
        "user_email": meeting.host.email,
        "tracking_fields": [],
        "custom_keys": meeting.custom_keys,
    }
    if stage != "complete":
        body |= {"duration": 0, "total_minutes": 0}
    return Answer(200, body)


def report_participants(account: Account, call: Call) -> Answer:
    rows = _participants(account, call)
    return Answer(200, account.pages.cut("participants", rows, call, listing="report", most=_REPORT_PAGE))


def _participants(account: Account, call: Call) -> list[Json]:
    """The rows at the present stage; nothing for a meeting that only one person was in."""
    meeting, instance, stage = _reported(account, call)
    if stage == "empty" or _people(instance) < 2:
        return []
    asked = call.query.get("include_fields") == "registrant_id" and meeting.takes_registrations
    rows = [_row(presence, with_registrant=asked) for presence in instance.presences]
    if stage == "building":
        return [{**row, "duration": 0} for row in rows[: (len(rows) + 1) // 2]]
    return rows


def _row(presence: Presence, *, with_registrant: bool) -> Json:
    left_at = presence.left_at or presence.joined_at
    row: Json = {
        "id": presence.account_user_id,
        "user_id": presence.user_id,
        "name": presence.name,
        "user_email": presence.email,
        "join_time": times.text(presence.joined_at),
        "leave_time": times.text(left_at),
        "duration": int((left_at - presence.joined_at).total_seconds()),
        "status": presence.where,
        "failover": False,
    }
    if with_registrant:
        row["registrant_id"] = presence.registrant_id
    if presence.account_user_id:
        row["participant_user_id"] = presence.account_user_id
    return row


def _summary(meeting: Meeting, instance: Instance) -> Json:
    ended_at = instance.ended_at or instance.started_at
    stays = [presence for presence in instance.presences if presence.where == "in_meeting"]
    seconds = sum(((stay.left_at or stay.joined_at) - stay.joined_at).total_seconds() for stay in stays)
    return {
        "uuid": instance.uuid,
        "id": meeting.id,
        "type": meeting.type,
        "topic": meeting.topic,
        "start_time": times.text(instance.started_at),
        "end_time": times.text(ended_at),
        "duration": _minutes((ended_at - instance.started_at).total_seconds()),
        "total_minutes": _minutes(seconds),
        "participants_count": _people(instance),
        "dept": "",
    }


def _minutes(seconds: float) -> int:
    return int(-(-seconds // 60))


def _people(instance: Instance) -> int:
    return len({presence.person for presence in instance.presences if presence.where == "in_meeting"})


def _reported(account: Account, call: Call) -> tuple[Meeting, Instance, str]:
    """The instance and the stage of its report. Raises 404 code 3001 while it is missing."""
    if account.setup.plan == "free":
        raise Refusal(400, 200, f"Only available for Paid or ZMP account: {account.setup.account_id}.")
    meeting, instance = _ended(account, call)
    ended_at = instance.ended_at or call.now
    if call.now - ended_at > _KEPT:
        raise Refusal(400, 12702, "Can not access a meeting a year ago.")
    stage = call.report_stage or _stage(account, ended_at, call.now)
    if stage == "missing":
        raise no_meeting(call.parts["meeting"])
    return meeting, instance, stage


def _stage(account: Account, ended_at: datetime, now: datetime) -> Stage:
    delay = account.setup.report_delay
    age = now - ended_at
    if age < delay.missing:
        return "missing"
    if age < delay.missing + delay.empty:
        return "empty"
    if age < delay.missing + delay.empty + delay.building:
        return "building"
    return "complete"


def _ended(account: Account, call: Call) -> tuple[Meeting, Instance]:
    """By uuid, or by meeting id: then its latest ended instance."""
    key = call.parts["meeting"]
    instance = _latest(account, key) if key.isdecimal() else account.instances.get(_uuid(key))
    if instance is None or instance.ended_at is None:
        raise no_meeting(key)
    return account.meetings[instance.meeting_id], instance


def _latest(account: Account, meeting_id: str) -> Instance | None:
    meeting = account.meetings.get(int(meeting_id))
    return meeting.past[-1] if meeting and meeting.past else None


def _uuid(key: str) -> str:
    """`key` was decoded once: what shows a slash in front or two in a row by now was not encoded twice."""
    if key.startswith("/") or "//" in key:
        raise no_meeting(key)
    return unquote(key)
