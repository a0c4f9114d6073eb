"""Zoom's meetings follow the programme: read both sides, decide, act one intent at a time, read back, record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import structlog

from meetbot import errors
from meetbot.core import letters
from meetbot.core import meetings as core_meetings
from meetbot.core.meetings import MeetingState
from meetbot.core.model import Message, Outcome, Programme, Registrant, Status
from meetbot.core.remote import PlannedMeeting, RemoteMeeting
from meetbot.store import due, meetings, outbox, registration
from meetbot.store.due import Kind
from meetbot.store.engine import Store
from meetbot.zoom.client import Zoom

log = structlog.get_logger("meetings")

_REGISTERED: tuple[Literal["approved", "pending"], ...] = ("approved", "pending")
_AGAIN = timedelta(minutes=2)  # after Zoom could not be reached
_NEXT_LOOK = timedelta(minutes=10)  # what somebody changed in Zoom's own pages is seen within this time


@dataclass(frozen=True)
class Sight:
    """Both sides, read once, and what follows from them."""

    known: Mapping[str, meetings.Stored]
    planned: Mapping[str, PlannedMeeting]
    intents: tuple[core_meetings.Intent, ...]


async def run(store: Store, programme: Programme, zoom: Zoom, *, now: datetime, owner: str) -> Outcome:
    """The pass of the daemon: act on what is due, and say when to look again."""
    async with store.transaction() as tx:
        rows = await due.claim(tx, [Kind.MEETING], now=now, owner=owner)
    if not rows:
        return Outcome()
    next_look, reason, outcome = now + _NEXT_LOOK, "", Outcome()
    try:
        outcome = await sync(store, programme, zoom, now=now)
    except errors.ZoomRateLimited as error:
        next_look, reason = error.retry_at, str(error)
    except errors.ZoomError as error:
        next_look, reason = now + _AGAIN, str(error)
        log.warning("meetings.waiting_for_zoom", reason=reason)
    if outcome.counts.get("wait"):
        next_look = min(next_look, now + core_meetings.SETTLE)
    async with store.transaction() as tx:
        for row in rows:
            await due.again(tx, row, next_look, owner=owner, reason=reason)
    return outcome


async def look(store: Store, programme: Programme, zoom: Zoom, *, now: datetime) -> Sight:
    """Read the programme, the store and Zoom, and decide; changes nothing."""
    async with store.reading() as tx:
        known = await meetings.all_(tx)
    planned = {
        key: core_meetings.planned(meeting, known[key].known.ref if key in known else "")
        for key, meeting in programme.meetings.items()
        if not meeting.cancelled and meeting.interval.end > now
    }
    wanted = [one.known for key, one in known.items() if key in planned or _stands(one, programme)]
    hosts = sorted({one.host for one in planned.values()} | {one.planned.host for one in wanted if one.planned})
    remote: list[RemoteMeeting] = []
    for host in hosts:
        remote += await zoom.list_meetings(host)
    return Sight(known, planned, core_meetings.reconcile(list(planned.values()), wanted, remote, now=now))


def _stands(stored: meetings.Stored, programme: Programme) -> bool:
    """At Zoom, but not planned any more; a meeting that is merely over stays as it is."""
    meeting = programme.meetings.get(stored.known.key)
    withdrawn = meeting is None or meeting.cancelled
    return withdrawn and stored.known.state is not MeetingState.CANCELLED


async def sync(store: Store, programme: Programme, zoom: Zoom, *, now: datetime) -> Outcome:
    """Bring Zoom in line with the programme; run twice, the second time writes nothing.

    ZoomRateLimited and ZoomUnreachable end the pass: what was done is recorded, the rest waits for the next one.
    """
    sight = await look(store, programme, zoom, now=now)
    counts: Counter[str] = Counter()
    remarks: list[str] = []
    for intent in sight.intents:
        name = type(intent).__name__.lower()
        counts[name] += 1
        if name != "keep":
            log.info(f"meetings.{name}", reason=intent.reason, meeting=core_meetings.key_of(intent))
        try:
            remark = await _act(store, zoom, intent, sight.known, now=now)
        except errors.ZoomRefused as refusal:  # that meeting waits for a person; the others go on
            remark = f"{core_meetings.key_of(intent)}: {refusal}"
        if remark:
            remarks.append(remark)
    for key in programme.meetings:
        await _tell(store, programme, key, now=now)
    return Outcome(counts, tuple(remarks))


async def _act(
    store: Store,
    zoom: Zoom,
    intent: core_meetings.Intent,
    known: Mapping[str, meetings.Stored],
    *,
    now: datetime,
) -> str | None:
    """Carry out one intent; returns what a person should know."""
    match intent:
        case core_meetings.Create(planned=planned):
            return await _create(store, zoom, planned, known[planned.key].known, now=now)
        case core_meetings.Adopt(planned=planned, remote=remote):
            return await _confirm(store, zoom, planned, remote.id, intent.reason)
        case core_meetings.Update(planned=planned, remote_id=remote_id):
            await zoom.update_meeting(remote_id, planned)
            return await _confirm(store, zoom, planned, remote_id, intent.reason)
        case core_meetings.Cancel(key=key, remote_id=remote_id):
            if remote_id is not None:
                await zoom.delete_meeting(remote_id)
            await _record(store, key, MeetingState.CANCELLED, intent.reason)
        case core_meetings.DeleteTwin(key=key, remote_id=remote_id):
            return await _delete_twin(zoom, key, remote_id)
        case core_meetings.Gone(key=key):
            await _record(store, key, MeetingState.GONE, intent.reason)
            return f"{key}: {intent.reason}"
        case core_meetings.TooLate(key=key):
            return f"{key}: {intent.reason}"
        case core_meetings.Wait(key=key):
            return f"{key}: {intent.reason}"
        case core_meetings.Refuse():
            return intent.reason
        case core_meetings.Keep():
            return None
    return None


async def _delete_twin(zoom: Zoom, key: str, remote_id: str) -> str | None:
    """Delete a surplus meeting, unless somebody has registered for it at Zoom: then a person must look."""
    for status in _REGISTERED:
        if await zoom.registrants(remote_id, status):
            return f"{key}: meeting {remote_id} is a twin, and people have registered for it at Zoom; move them by hand"
    await zoom.delete_meeting(remote_id)
    return None


async def _create(
    store: Store, zoom: Zoom, planned: PlannedMeeting, known: core_meetings.KnownMeeting, *, now: datetime
) -> str | None:
    async with store.transaction() as tx:
        if not await meetings.begin_create(tx, known, now=now):
            return f"{planned.key}: another process is creating it"
    try:
        made = await zoom.create_meeting(planned)
    except (errors.ZoomRefused, errors.ZoomUnreachable, errors.ZoomRateLimited) as error:
        # Certainly not made: the next pass may create it without waiting for Zoom's list to settle.
        await _record(store, planned.key, MeetingState.PLANNED, str(error))
        raise
    except errors.ZoomUnknownOutcome as error:
        log.warning("meetings.create_outcome_unknown", meeting=planned.key, reason=str(error))
        return f"{planned.key}: creation outcome unknown, checking with Zoom"
    return await _confirm(store, zoom, planned, made.id, "created and read back")


async def _confirm(store: Store, zoom: Zoom, planned: PlannedMeeting, zoom_id: str, reason: str) -> str | None:
    """Read the meeting back; what Zoom did not keep blocks every link if it guards the door."""
    async with store.transaction() as tx:
        # Kept at once: whatever happens next, this meeting is ours and known.
        await meetings.set_state(tx, planned.key, MeetingState.BLOCKED, "not read back yet", zoom_id=zoom_id)
    found = core_meetings.differences(planned, await zoom.meeting(zoom_id))
    barred = [one for one in found if one.guards_access]
    text = "; ".join(f"Zoom holds {one.field.replace('_', ' ')} {one.remote}, not {one.planned}" for one in found)
    state = MeetingState.BLOCKED if barred else MeetingState.CREATED
    async with store.transaction() as tx:
        await meetings.set_state(tx, planned.key, state, text or reason, confirmed=planned)
    if barred:
        return f"{planned.key}: {text}; links are on hold"
    return f"{planned.key}: {text}" if found else None


async def _record(store: Store, key: str, state: MeetingState, reason: str) -> None:
    async with store.transaction() as tx:
        await meetings.set_state(tx, key, state, reason)


async def _tell(store: Store, programme: Programme, key: str, *, now: datetime) -> None:
    """After a change stands at Zoom: one letter to each person who knew the old times, the link to the others."""
    meeting = programme.meetings[key]
    settled = MeetingState.CANCELLED if meeting.cancelled else MeetingState.CREATED
    async with store.transaction() as tx:
        stored = await meetings.get(tx, key)
        if stored is None or stored.known.state is not settled or meeting.interval.end <= now:
            return
        told = await outbox.told(tx, key)
        news = (
            _news(programme, stored, registrant, told.get(registrant.id, outbox.Told()))
            for registrant in await registration.listing(tx, key)
        )
        written = [message for message in news if message is not None]
        await outbox.put(tx, written, now=now, domain=letters.domain(programme))


def _news(programme: Programme, stored: meetings.Stored, registrant: Registrant, told: outbox.Told) -> Message | None:
    """What one registrant must hear about the meeting as it stands now."""
    meeting = programme.meetings[stored.known.key]
    if registrant.status in (Status.DENIED, Status.CANCELLED):
        return None
    revision, sequence = stored.revision, told.next_sequence(stored.sequence)
    if meeting.cancelled:
        withdrawn = sequence if told.link else None
        write = letters.cancelled(programme, meeting, registrant, revision=revision, sequence=withdrawn)
        return write if told.anything else None
    if not told.anything and registrant.status is Status.PENDING:
        return letters.received(programme, meeting, registrant, revision=revision)
    if told.knows is not None and told.knows != letters.times_of(meeting):
        return letters.moved(programme, meeting, registrant, revision=revision, sequence=sequence, before=told.knows)
    if registrant.pushed and registrant.status is Status.APPROVED and not told.link:
        return letters.link(programme, meeting, registrant, revision=revision, sequence=sequence)
    return None
