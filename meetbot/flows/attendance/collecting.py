"""Zoom's participant report is read with patience, counted, and mailed: first preliminary, then final."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from meetbot import errors
from meetbot.core import attendance as core_attendance
from meetbot.core import letters
from meetbot.core import rundown as core_rundown
from meetbot.core.model import Meeting, MeetingKind, Outcome, Programme
from meetbot.core.remote import Instance, Reading
from meetbot.store import attendance, due, locks, meetings, outbox, registration, rundown
from meetbot.store.due import Due, Kind
from meetbot.store.engine import Store, Transaction
from meetbot.zoom.client import Zoom

log = structlog.get_logger("attendance")

#: After the planned end; Zoom's staff speak of a minute or two until a report is there, and big meetings take longer.
FIRST_LOOK = timedelta(minutes=5)
_WHILE_LIVE = timedelta(minutes=5)
_AFTER_AN_ERROR = timedelta(minutes=5)
#: Zoom never reports a run with one participant, such as a host who tried the room: others are waited for this long.
_LATEST_REPORT = timedelta(hours=1)
#: Instances that started within this time around the planned meeting belong to it: hosts start early and run late.
_SAME_DAY = timedelta(hours=12)


_Verdict = core_attendance.Preliminary | core_attendance.Final | core_attendance.Incomplete


@dataclass(frozen=True)
class _Found:
    """What came of one look at a meeting."""

    again_at: datetime | None  #: when to look again; None: never
    reason: str
    verdict: _Verdict | None = None  #: None: there is nothing to report yet


async def collect(store: Store, programme: Programme, zoom: Zoom, *, now: datetime, owner: str) -> Outcome:
    """Read what is due to be read; a report goes out when the first reading is complete, and again when it is final."""
    counts: Counter[str] = Counter()
    async with store.transaction() as tx:
        rows = await due.claim(tx, [Kind.REPORT], now=now, owner=owner)
    for row in rows:
        meeting = programme.meetings[row.subject]
        found = await _collect_one(store, zoom, meeting, now=now)
        async with store.transaction() as tx:  # together, or a stop between the two would let the report go once more
            await locks.alone(tx, locks.meeting(meeting.key))
            if not await due.still_mine(tx, row, owner=owner):
                continue
            if found.verdict is not None:
                await _report(tx, programme, meeting, found.verdict, now=now)
            await _end(tx, row, found, now=now, owner=owner)
        counts["waiting" if found.again_at else "ended"] += 1
        log.info("attendance.read", meeting=meeting.key, reason=found.reason)
    return Outcome(counts)


async def _end(tx: Transaction, row: Due, found: _Found, *, now: datetime, owner: str) -> None:
    if found.again_at is None:
        await due.finish(tx, [row.id], owner=owner, now=now, reason=found.reason)
    else:
        await due.again(tx, row, found.again_at, owner=owner, reason=found.reason)


async def _collect_one(store: Store, zoom: Zoom, meeting: Meeting, *, now: datetime) -> _Found:
    """One look at one meeting."""
    async with store.reading() as tx:
        stored = await meetings.get(tx, meeting.key)
    if stored is None or stored.known.zoom_id is None:
        return _Found(None, "the meeting never stood at Zoom")
    try:
        if await _is_live(zoom, stored.known.zoom_id, meeting.kind):
            return _Found(now + _WHILE_LIVE, "the meeting is still running")
        nothing = await _look(store, zoom, meeting, stored.known.zoom_id, now=now)
    except errors.ZoomError as error:
        if now < meeting.interval.end + core_attendance.GIVE_UP:
            return _Found(now + _AFTER_AN_ERROR, str(error))
        nothing = f"Zoom could not be asked within 24 hours of the end: {error}"
    async with store.reading() as tx:
        history = await attendance.history(tx, meeting.key)
    verdict = core_attendance.maturity(history, meeting.interval.end, now)
    if isinstance(verdict, core_attendance.Incomplete) and nothing:
        verdict = core_attendance.Incomplete(nothing)
    again_at = verdict.look_again_at if isinstance(verdict, core_attendance.Preliminary) else None
    return _Found(again_at, verdict.reason, verdict)


async def _look(store: Store, zoom: Zoom, meeting: Meeting, zoom_id: str, *, now: datetime) -> str:
    """Keep what Zoom reports by now; returns why there is nothing to count, "" when there is."""
    instances = _of_the_day(meeting, await zoom.instances(zoom_id, meeting.kind))
    readings = [reading for one in instances if (reading := await _read(zoom, one, meeting.kind)) is not None]
    complete = bool(readings) and (len(readings) == len(instances) or now > meeting.interval.end + _LATEST_REPORT)
    digest = core_attendance.digest(readings) if complete else None
    async with store.transaction() as tx:
        await attendance.note_reading(tx, meeting.key, readings, digest=digest, now=now)
    if not instances:
        return "not held: Zoom knows of no run of this meeting on its day"
    if not any(one.sessions or one.being_built for one in readings):
        return "Zoom has no report of this meeting's run, as when only one person came"
    return ""


async def _is_live(zoom: Zoom, zoom_id: str, kind: MeetingKind) -> bool:
    try:
        return await zoom.is_live(zoom_id, kind)
    except errors.ZoomRefused as refusal:
        if not refusal.missing:
            raise
        return False  # deleted since, or expired; its past runs may still be reported


async def _read(zoom: Zoom, instance: Instance, kind: MeetingKind) -> Reading | None:
    try:
        return await zoom.report(instance.uuid, kind)
    except errors.ZoomRefused as refusal:  # no scope for reports, or a plan without them
        log.warning("attendance.report_refused", reason=str(refusal))
        return await zoom.past_participants(instance.uuid, kind)


def _of_the_day(meeting: Meeting, instances: Sequence[Instance]) -> list[Instance]:
    first, last = meeting.opens_at - _SAME_DAY, meeting.interval.end + _SAME_DAY
    return [one for one in instances if first <= one.starts_at <= last]


async def _report(tx: Transaction, programme: Programme, meeting: Meeting, verdict: _Verdict, *, now: datetime) -> None:
    """Count and mail: once preliminary with the first complete reading, once at the end."""
    readings = await attendance.latest_reading(tx, meeting.key)
    made = await attendance.reports(tx, meeting.key)
    if isinstance(verdict, core_attendance.Preliminary) and (made or not readings):
        return
    stored = await meetings.get(tx, meeting.key)
    assert stored is not None, "what is read of a meeting is read under its row"
    state = await rundown.get(tx, meeting)
    real = {one.segment: one.interval for one in core_rundown.expected(state)}
    tally = core_attendance.tally(
        readings,
        await registration.listing(tx, meeting.key),
        programme.organisations,
        meeting,
        [(segment, real[segment.key]) for segment in meeting.rundown],
    )
    final = isinstance(verdict, core_attendance.Final)
    document = core_attendance.to_json(tally, final=final, reason=verdict.reason)
    report = await attendance.add_report(tx, meeting.key, document, final=final, now=now)
    written = [
        letters.report(programme, meeting, reader, document=document, version=report.version, revision=stored.revision)
        for reader in programme.reports_to
    ]
    await outbox.put(tx, written, now=now, domain=letters.domain(programme), report=report.id)
    log.info("attendance.reported", meeting=meeting.key, version=report.version, final=final)
