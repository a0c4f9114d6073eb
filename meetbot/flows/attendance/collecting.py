"""Zoom's participant report is read with patience until it can be called final."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import structlog

from meetbot import errors
from meetbot.core import attendance as core_attendance
from meetbot.core.attendance import Preliminary
from meetbot.core.model import Meeting, MeetingKind, Outcome, Programme
from meetbot.core.remote import Instance, Reading
from meetbot.flows.attendance import consolidating, reporting
from meetbot.store import attendance, due, locks, meetings, taken_out
from meetbot.store.due import Due, Kind
from meetbot.store.engine import Store, Transaction
from meetbot.zoom.client import Zoom

log = structlog.get_logger("attendance")

#: After the planned end; Zoom's staff speak of a minute or two until a report is there, and big meetings take longer.
FIRST_LOOK = timedelta(minutes=5)
#: After Zoom's event that the meeting ended: what its last minutes told is there by then, and gives first figures.
ONCE_TOLD = timedelta(minutes=1)
_WHILE_LIVE = timedelta(minutes=5)
_AFTER_AN_ERROR = timedelta(minutes=5)
#: Zoom never reports a run with one participant, such as a host who tried the room: others are waited for this long.
_LATEST_REPORT = timedelta(hours=1)


async def collect(store: Store, programme: Programme, zoom: Zoom, *, now: datetime, owner: str) -> Outcome:
    """Read what is due to be read; a report goes out when there are first figures, and again when it is final.

    What was settled by people since is mailed when its time has come.
    """
    counts: Counter[str] = Counter()
    async with store.transaction() as tx:
        rows = await due.claim(tx, [Kind.REPORT], now=now, owner=owner)
    for row in rows:
        if row.subject == consolidating.subject(programme):
            await consolidating.consolidate(store, programme, row, now=now, owner=owner)
            continue
        meeting = programme.meetings[row.meeting or row.subject]
        reads = row.subject == meeting.key
        verdict = await _verdict(store, zoom, meeting, now=now) if reads else None
        async with store.transaction() as tx:  # together, or a stop between the two would let the report go once more
            await locks.alone(tx, locks.meeting(meeting.key))
            if not await due.still_mine(tx, row, owner=owner):
                continue
            if verdict is not None:
                await reporting.report(tx, programme, meeting, verdict, links=store.links, now=now)
                if not isinstance(verdict, Preliminary):
                    await consolidating.ring(tx, programme, now=now)
            elif not reads:
                await reporting.mail_newest(tx, programme, meeting, links=store.links, now=now)
            await _end(tx, row, verdict, reads=reads, now=now, owner=owner)
        counts["waiting" if isinstance(verdict, Preliminary) else "ended"] += 1
        log.info("attendance.read", meeting=meeting.key, reason=verdict.reason if verdict else "")
    return Outcome(counts)


async def _end(
    tx: Transaction, row: Due, verdict: reporting.Verdict | None, *, reads: bool, now: datetime, owner: str
) -> None:
    if isinstance(verdict, Preliminary):
        await due.again(tx, row, verdict.look_again_at, owner=owner, reason=verdict.reason)
    else:
        reason = verdict.reason if verdict else "the meeting never stood at Zoom" if reads else ""
        await due.finish(tx, [row.id], owner=owner, now=now, reason=reason)


async def _verdict(store: Store, zoom: Zoom, meeting: Meeting, *, now: datetime) -> reporting.Verdict | None:
    """What one look at one meeting says of its report; None: it never stood at Zoom."""
    async with store.reading() as tx:
        stored = await meetings.get(tx, meeting.key)
    if stored is None or stored.known.zoom_id is None:
        return None
    try:
        if await _is_live(zoom, stored.known.zoom_id, meeting.kind):
            return Preliminary("the meeting is still running", now + _WHILE_LIVE)
        nothing = await _look(store, zoom, meeting, stored.known.zoom_id, now=now)
    except errors.ZoomError as error:
        if now < meeting.interval.end + core_attendance.GIVE_UP:
            return Preliminary(str(error), now + _AFTER_AN_ERROR)
        nothing = f"Zoom could not be asked within 24 hours of the end: {error}"
    async with store.reading() as tx:
        history = await attendance.history(tx, meeting.key)
    verdict = core_attendance.maturity(history, meeting.interval.end, now)
    return (
        core_attendance.Incomplete(nothing) if isinstance(verdict, core_attendance.Incomplete) and nothing else verdict
    )


async def _look(store: Store, zoom: Zoom, meeting: Meeting, zoom_id: str, *, now: datetime) -> str:
    """Keep what Zoom reports by now; returns why there is nothing to count, "" when there is."""
    runs = await zoom.instances(zoom_id, meeting.kind)
    instances = [one for one in runs if core_attendance.of_its_day(meeting, one.starts_at)]
    readings = [reading for one in instances if (reading := await _read(zoom, one, meeting.kind)) is not None]
    complete = bool(readings) and (len(readings) == len(instances) or now > meeting.interval.end + _LATEST_REPORT)
    digest = core_attendance.digest(readings) if complete else None
    async with store.transaction() as tx:
        veiled = await taken_out.veiled(tx, store.links, meeting.key, readings)
        await attendance.note_reading(tx, meeting.key, veiled, digest=digest, now=now)
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
