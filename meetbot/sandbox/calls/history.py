"""Reports on the whole account: what was held, what is to come (Zoom API, Reports)."""

from datetime import UTC, date, datetime, time, timedelta

from meetbot.sandbox import answers, plans, times
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Json, invalid
from meetbot.sandbox.calls import lists, reports
from meetbot.sandbox.model import Instance, Meeting

_LONGEST = timedelta(days=31)
_PAGE = 30


def held(account: Account, call: Call) -> Answer:
    """`/report/history_meetings`: ended meetings and webinars between two dates, a month at most."""
    first, last = _between(account, call)
    kind = call.query.get("meeting_type", "all")
    rows = [
        _held(meeting, instance)
        for meeting in account.meetings.values()
        if kind in ("all", meeting.noun)
        for instance in meeting.past
        if first <= instance.started_at <= last
    ]
    rows.sort(key=lambda row: str(row["start_time"]))
    return Answer(200, account.pages.cut("history_meetings", rows, call, listing="history", most=_PAGE))


def upcoming(account: Account, call: Call) -> Answer:
    """`/report/upcoming_events`: what is planned between two dates, of all hosts."""
    first, last = _between(account, call)
    kind = call.query.get("type", "all")
    rows = [
        {
            "id": str(meeting.id),
            "dept": "",
            "host_id": meeting.host.id,
            "host_name": meeting.host.name,
            "topic": meeting.topic,
            "start_time": times.text(at),
        }
        for meeting in account.meetings.values()
        if not meeting.deleted and kind in ("all", meeting.noun)
        for at, _ in meeting.dates
        if first <= at <= last
    ]
    rows.sort(key=lambda row: row["start_time"])
    return Answer(200, account.pages.cut("upcoming_events", rows, call, listing="upcoming_events", most=_PAGE))


def _between(account: Account, call: Call) -> tuple[datetime, datetime]:
    if not plans.has_reports(account.setup):
        raise answers.paid_only(account.setup.account_id)
    first, last = lists.day(call, "from", date.min), lists.day(call, "to", date.max)
    if not timedelta(0) <= last - first <= _LONGEST:
        raise invalid(("from", "The dates `from` and `to` must lie within one month."))
    return datetime.combine(first, time.min, UTC), datetime.combine(last, time.max, UTC)


def _held(meeting: Meeting, instance: Instance) -> Json:
    summary = reports.summary(meeting, instance)
    return {
        "meeting_uuid": instance.uuid,
        "meeting_id": meeting.id,
        "type": meeting.noun.capitalize(),
        "host_display_name": meeting.host.name,
        "host_email": meeting.host.email,
        **{name: summary[name] for name in ("start_time", "end_time", "topic", "duration")},
        "participants": summary["participants_count"],
        "total_participant_minutes": summary["total_minutes"],
        "tracking_fields": meeting.tracking_fields,
        "source": reports.SOURCE,
        "unique_viewers": 0,
        "max_concurrent_views": 0,
        "create_time": times.text(meeting.created_at),
        "custom_fields": [],
        "feature_used": {},
    }
