"""What has to happen for a meeting and when, as due rows in place of what an older plan asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from meetbot.core import rundown
from meetbot.core.model import Meeting, Programme
from meetbot.flows import attendance as attendance_flow
from meetbot.store import due
from meetbot.store import rundown as store_rundown
from meetbot.store.due import Kind
from meetbot.store.engine import Transaction


async def passes(tx: Transaction, programme: Programme, meeting: Meeting, *, revision: int, now: datetime) -> None:
    """Reminders, the reading of Zoom's page and of its report, in place of what an older revision asked for."""
    over = not meeting.cancelled and meeting.interval.end <= now
    kinds = [Kind.REMINDER, Kind.POLL, *([] if over else [Kind.REPORT])]
    await due.cancel(tx, now=now, reason="superseded by a newer revision", meeting=meeting.key, kinds=kinds)
    if meeting.cancelled or meeting.interval.end <= now:
        return
    of_meeting: dict[str, Any] = {"meeting": meeting.key, "revision": revision}
    for before in programme.reminders.before:
        remind_at = meeting.interval.start - before
        if remind_at > now:
            subject = f"{meeting.key}:{int(before.total_seconds() // 60)}"
            await due.add(tx, Kind.REMINDER, subject, remind_at, **of_meeting)
    await due.add(tx, Kind.POLL, meeting.key, now, **of_meeting)
    await due.add(tx, Kind.REPORT, meeting.key, meeting.interval.end + attendance_flow.FIRST_LOOK, **of_meeting)


async def cues(
    tx: Transaction, programme: Programme, meeting: Meeting, *, number: int, briefed: set[str], now: datetime
) -> None:
    """The cues still to come, in place of what an older plan asked for."""
    await due.cancel(tx, now=now, reason="superseded by a newer plan", meeting=meeting.key, kinds=[Kind.CUE])
    if not meeting.cancelled and meeting.interval.end > now:
        day = await store_rundown.get(tx, meeting)
        rows = _cue_rows(programme, meeting, day.slip, number=number, briefed=briefed, now=now)
        await due.add_all(tx, Kind.CUE, list(rows))


def _cue_rows(
    programme: Programme, meeting: Meeting, slip: timedelta, *, number: int, briefed: set[str], now: datetime
) -> Iterator[Mapping[str, Any]]:
    """The cues still to come, as far behind the plan as the day is already.

    A brief whose time has passed goes out at once, unless it went out already.
    """
    for cue in rundown.cues(meeting, programme.cue_times):
        subject = f"{meeting.key}/{cue.key}"
        brief = cue.kind is rundown.CueKind.BRIEF
        due_at = cue.due_at if brief else cue.due_at + slip
        late_brief = brief and subject not in briefed and meeting.interval.start > now
        if due_at > now or late_brief:
            yield {
                "subject": subject,
                "meeting": meeting.key,
                "revision": number,
                "due_at": max(due_at, now),
                "detail": {"cue": cue.key},
            }
