"""A programme file becomes the truth: what it would change, said beforehand; then all of it in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from meetbot.core import letters, meetings, rundown
from meetbot.core import programme as core_programme
from meetbot.core.model import Contact, Meeting, Programme, Status
from meetbot.errors import UserError
from meetbot.files import programme as programme_file
from meetbot.flows import attendance as attendance_flow
from meetbot.flows import meetings as meetings_flow
from meetbot.store import audit, due, outbox, programmes, registration
from meetbot.store import meetings as store_meetings
from meetbot.store import rundown as store_rundown
from meetbot.store.due import Kind
from meetbot.store.engine import Store, Transaction
from meetbot.zoom.client import Zoom

log = structlog.get_logger("programme")


@dataclass(frozen=True)
class Told:
    """Who would hear of a change."""

    meeting: str
    text: str  #: from when to when
    people: tuple[Contact, ...]


@dataclass(frozen=True)
class Plan:
    """What an apply would do, in the order in which an organiser reads it."""

    programme: Programme
    changes: tuple[core_programme.Change, ...]
    intents: tuple[meetings.Intent, ...]  #: empty when Zoom was not asked
    told: tuple[Told, ...]
    cues: Mapping[str, tuple[rundown.Cue, ...]]  #: by meeting, those still to come
    conflicts: tuple[str, ...]  #: why an apply would be refused
    made_at: datetime

    @property
    def empty(self) -> bool:
        """Nothing would change, neither here nor at Zoom."""
        return not self.changes and all(isinstance(intent, meetings.Keep) for intent in self.intents)


async def plan(store: Store, after: Programme, zoom: Zoom | None, *, now: datetime) -> Plan:
    """What applying the programme would do; changes nothing. `zoom` None: what Zoom holds is left out."""
    async with store.reading() as tx:
        applied = await programmes.latest(tx)
        before = programme_file.load(applied.text, applied.name) if applied else None
        told = [await _told(tx, before, after, key) for key in after.meetings]
        conflicts = await _conflicts(tx, before, after, now=now)
    sight = await meetings_flow.look(store, after, zoom, now=now) if zoom else None
    return Plan(
        programme=after,
        changes=core_programme.diff(before, after),
        intents=sight.intents if sight else (),
        told=tuple(one for one in told if one is not None),
        cues={key: _cues_to_come(after, meeting, now) for key, meeting in after.meetings.items()},
        conflicts=conflicts,
        made_at=now,
    )


def _cues_to_come(programme: Programme, meeting: Meeting, now: datetime) -> tuple[rundown.Cue, ...]:
    if meeting.cancelled:
        return ()
    return tuple(cue for cue in rundown.cues(meeting, programme.cue_times) if cue.due_at > now)


async def _told(tx: Transaction, before: Programme | None, after: Programme, key: str) -> Told | None:
    was, becomes = before.meetings.get(key) if before else None, after.meetings[key]
    if was is None or not _is_news(was, becomes):
        return None
    known = await outbox.told(tx, key)
    people = tuple(
        Contact(one.form.name, one.form.address)
        for one in await registration.listing(tx, key)
        if one.id in known and one.status in (Status.PENDING, Status.APPROVED)
    )
    text = "cancelled" if becomes.cancelled else core_programme.change_text(was, becomes)
    return Told(key, text, people)


def _is_news(before: Meeting, after: Meeting) -> bool:
    """People must hear of it, and nothing made from the old state may leave any more."""
    return core_programme.moved(before, after) or before.cancelled != after.cancelled or before.title != after.title


async def _conflicts(tx: Transaction, before: Programme | None, after: Programme, *, now: datetime) -> tuple[str, ...]:
    """Why the file cannot be applied as it is: not everything that runs or that people know follows a file."""
    if before is None:
        return ()
    found = [
        f"{key}: the meeting is missing. People may know of it: keep it and write `cancelled: yes`"
        for key in before.meetings
        if key not in after.meetings
    ]
    for key, meeting in after.meetings.items():
        was = before.meetings.get(key)
        if was is None:
            continue
        if was.host != meeting.host:
            found.append(f"{key}: Zoom hands no meeting to another host; cancel it and plan a new one under a new key")
        if core_programme.moved(was, meeting) and meeting.interval.start <= now and not meeting.cancelled:
            found.append(f"{key}: its new start has passed already; nobody could be told of it in time")
        if _cues_differ(before, after, key) and (await store_rundown.get(tx, was)).started:
            found.append(f"{key}: the rundown is running; move it by `meetbot rundown`, or wait until it is over")
    return tuple(found)


def _cues_differ(before: Programme | None, after: Programme, key: str) -> bool:
    """Other cues, or at other times: those that wait must be laid out anew."""
    was = before.meetings.get(key) if before else None
    if before is None or was is None:
        return True
    becomes = after.meetings[key]
    return (was.rundown, was.recording, was.cancelled, before.cue_times) != (
        becomes.rundown,
        becomes.recording,
        becomes.cancelled,
        after.cue_times,
    ) or core_programme.moved(was, becomes)


async def apply(store: Store, text: str, name: str, *, now: datetime, by: str) -> None:
    """Make the file the programme in force, with everything that follows from it, or nothing at all.

    Zoom is not called here: a due row asks for that. UserError when it conflicts with a live change.
    """
    after = programme_file.load(text, name)
    async with store.transaction() as tx:
        applied = await programmes.latest(tx)
        if applied is not None and applied.text == text:
            await due.add(tx, Kind.MEETING, "all", now)
            return
        before = programme_file.load(applied.text, applied.name) if applied else None
        if conflicts := await _conflicts(tx, before, after, now=now):
            raise UserError(*(f"{name}: {conflict}" for conflict in conflicts))
        await programmes.apply(tx, name=name, text=text, adopted={}, now=now, by=by)
        number = await programmes.latest_id(tx) or 0
        for meeting in after.meetings.values():
            await _apply_meeting(tx, before, after, meeting, number=number, now=now)
        await due.add(tx, Kind.MEETING, "all", now)
        await audit.note(tx, now=now, who=by, what="programme.applied", subject=after.key, detail=name)
    log.info("programme.applied", programme=after.key, by=by)


async def _apply_meeting(
    tx: Transaction,
    before: Programme | None,
    after: Programme,
    meeting: Meeting,
    *,
    number: int,
    now: datetime,
) -> None:
    was = before.meetings.get(meeting.key) if before else None
    stored = await store_meetings.get(tx, meeting.key)
    if stored is None:
        await store_meetings.add(tx, meeting.key, domain=letters.domain(after))
        revision, news = 1, True
    else:
        news = was is None or _is_news(was, meeting)
        revision = stored.revision
    if stored is not None and news:
        revision = await store_meetings.revise(tx, meeting.key, reason="changed in the programme")
        await outbox.supersede(tx, meeting.key, before_revision=revision)
        if stored.known.state is meetings.MeetingState.CANCELLED and not meeting.cancelled:
            await _reinstate(tx, meeting, now=now)
    if news:
        await _lay_out_passes(tx, after, meeting, revision=revision, now=now)
    if news or _cues_differ(before, after, meeting.key):
        briefed = set() if news else await due.subjects_done(tx, Kind.CUE, meeting.key)
        await _lay_out_cues(tx, after, meeting, number=number, briefed=briefed, now=now)


async def _reinstate(tx: Transaction, meeting: Meeting, *, now: datetime) -> None:
    """A meeting withdrawn at Zoom takes place after all: it is created anew, and everybody gets a new link."""
    await store_meetings.plan_anew(tx, meeting.key, reason="takes place after all")
    await registration.forget_links(tx, meeting.key)
    for one in await registration.listing(tx, meeting.key, status=Status.APPROVED):
        await due.add(tx, Kind.PUSH, str(one.id), now, meeting=meeting.key)


async def _lay_out_passes(
    tx: Transaction, programme: Programme, meeting: Meeting, *, revision: int, now: datetime
) -> None:
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


async def _lay_out_cues(
    tx: Transaction, programme: Programme, meeting: Meeting, *, number: int, briefed: set[str], now: datetime
) -> None:
    """The cues still to come, in place of what an older plan asked for."""
    await due.cancel(tx, now=now, reason="superseded by a newer plan", meeting=meeting.key, kinds=[Kind.CUE])
    if not meeting.cancelled and meeting.interval.end > now:
        rows = _cue_rows(programme, meeting, number=number, briefed=briefed, now=now)
        await due.add_all(tx, Kind.CUE, list(rows))


def _cue_rows(
    programme: Programme, meeting: Meeting, *, number: int, briefed: set[str], now: datetime
) -> Iterator[Mapping[str, Any]]:
    """The cues still to come; a brief whose time has passed goes out at once, unless it went out already."""
    for cue in rundown.cues(meeting, programme.cue_times):
        subject = f"{meeting.key}/{cue.key}"
        late_brief = cue.kind is rundown.CueKind.BRIEF and subject not in briefed and meeting.interval.start > now
        if cue.due_at > now or late_brief:
            yield {
                "subject": subject,
                "meeting": meeting.key,
                "revision": number,
                "due_at": max(cue.due_at, now),
                "detail": {"cue": cue.key},
            }


def hosts_with_calls(intents: Sequence[meetings.Intent]) -> Mapping[str, int]:
    """How many create and update calls each host would spend of the 100 that Zoom allows in a UTC day."""
    calls: dict[str, int] = {}
    for intent in intents:
        if isinstance(intent, meetings.Create | meetings.Update):
            calls[intent.planned.host] = calls.get(intent.planned.host, 0) + 1
    return calls
