"""After the meeting: instances, participants, reports (Zoom API, Reports and Past meetings).

A report grows: missing (404 code 3001), empty, building (partial, duration 0), complete; then it may be revised.
"""

from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import unquote

from meetbot.sandbox import answers, plans, times
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Json, Refusal, no_meeting
from meetbot.sandbox.faults import attendance
from meetbot.sandbox.model import Instance, Meeting, Presence

Stage = Literal["missing", "empty", "building", "complete", "revised"]

# Lower than what callers ask for: the page size to obey is the returned one.
_REPORT_PAGE = 30
#: The app that made the meeting, as Zoom names it.
SOURCE = "meetbot sandbox"
_KEPT = timedelta(days=365)


def past(account: Account, call: Call) -> Answer:
    meeting, instance = ended(account, call)
    return Answer(200, {**summary(meeting, instance), "host_id": meeting.host.id, "source": SOURCE})


def instances(account: Account, call: Call) -> Answer:
    """Every ended run of a meeting."""
    meeting = account.planned(call.parts)
    rows = [{"uuid": past.uuid, "start_time": times.text(past.started_at)} for past in meeting.past]
    return Answer(200, {f"{meeting.noun}s": rows})


def past_participants(account: Account, call: Call) -> Answer:
    rows = [{**row, "internal_user": row["id"] != ""} for row in _participants(account, call)]
    return Answer(200, account.pages.cut("participants", rows, call, listing="past", most=_REPORT_PAGE))


def report(account: Account, call: Call) -> Answer:
    meeting, instance, stage = _reported(account, call)
    body = {
        **summary(meeting, instance),
        "user_name": meeting.host.name,
        "user_email": meeting.host.email,
        "tracking_fields": meeting.tracking_fields,
        "custom_keys": meeting.custom_keys,
    }
    if stage in ("empty", "building"):
        body |= {"duration": 0, "total_minutes": 0}
    return Answer(200, body)


def participants(account: Account, call: Call) -> Answer:
    rows = _participants(account, call)
    return Answer(200, account.pages.cut("participants", rows, call, listing="report", most=_REPORT_PAGE))


def summary(meeting: Meeting, instance: Instance) -> Json:
    """What all reports on one instance have in common."""
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
        "participants_count": people(instance),
        "dept": "",
    }


def people(instance: Instance) -> int:
    """How many came in; who only waited is not counted."""
    return len({presence.person for presence in instance.presences if presence.where == "in_meeting"})


def ended(account: Account, call: Call) -> tuple[Meeting, Instance]:
    """By uuid, or by the number of a meeting or webinar: then its latest ended instance. Raises 404 code 3001."""
    ((noun, key),) = call.parts.items()
    instance = _latest(account, key) if key.isdecimal() else account.instances.get(uuid_of(key))
    if instance is None or instance.ended_at is None or account.meetings[instance.meeting_id].noun != noun:
        raise no_meeting(key, noun)
    return account.meetings[instance.meeting_id], instance


def uuid_of(key: str) -> str:
    """`key` was decoded once: what shows a slash in front or two in a row by now was not encoded twice."""
    if key.startswith("/") or "//" in key:
        raise no_meeting(key)
    return unquote(key)


def _participants(account: Account, call: Call) -> list[Json]:
    """The rows at the present stage; nothing for a meeting that only one person was in."""
    meeting, instance, stage = _reported(account, call)
    if stage == "empty" or people(instance) < 2:
        return []
    asked = call.query.get("include_fields") == "registrant_id" and meeting.takes_registrations
    rows = [_row(presence, with_registrant=asked) for presence in instance.presences]
    if stage == "building":
        rows = [{**row, "duration": 0} for row in rows[: (len(rows) + 1) // 2]]
    return call.distorted(attendance.revised(rows) if stage == "revised" else rows)


def _row(presence: Presence, *, with_registrant: bool) -> Json:
    left_at = presence.left_at or presence.joined_at
    row: Json = {
        "id": presence.identity.account_user_id,
        "user_id": presence.user_id,
        "name": presence.identity.name,
        "user_email": presence.identity.email,
        "join_time": times.text(presence.joined_at),
        "leave_time": times.text(left_at),
        "duration": int((left_at - presence.joined_at).total_seconds()),
        "status": presence.where,
        "failover": False,
    }
    if presence.room_id:
        row["bo_mtg_id"] = presence.room_id
    if with_registrant:
        row["registrant_id"] = presence.identity.registrant_id
    if presence.identity.account_user_id:
        row["participant_user_id"] = presence.identity.account_user_id
    return row


def _minutes(seconds: float) -> int:
    return int(-(-seconds // 60))


def _reported(account: Account, call: Call) -> tuple[Meeting, Instance, str]:
    """The instance and the stage of its report. Raises 404 code 3001 while it is missing."""
    if not plans.has_reports(account.setup):
        raise answers.paid_only(account.setup.account_id)
    meeting, instance = ended(account, call)
    ended_at = instance.ended_at or call.now
    if call.now - ended_at > _KEPT:
        raise Refusal(400, 12702, "Can not access a meeting a year ago.")
    stage = call.report_stage or _stage(account, ended_at, call.now)
    if stage == "missing":
        raise no_meeting(next(iter(call.parts.values())), meeting.noun)
    return meeting, instance, stage


def _stage(account: Account, ended_at: datetime, now: datetime) -> Stage:
    delay = account.setup.report_delay
    age = now - ended_at
    if age < delay.missing:
        return "missing"
    if age < delay.missing + delay.empty:
        return "empty"
    complete = delay.missing + delay.empty + delay.building
    if age < complete:
        return "building"
    if delay.revised is None or age < complete + delay.revised:
        return "complete"
    return "revised"


def _latest(account: Account, meeting_id: str) -> Instance | None:
    meeting = account.meetings.get(int(meeting_id))
    return meeting.past[-1] if meeting and meeting.past else None
