"""One intent carried out at Zoom: intent committed, call made, read back, outcome recorded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import structlog

from meetbot import errors
from meetbot.core import budget
from meetbot.core import meetings as core_meetings
from meetbot.core.meetings import MeetingState
from meetbot.core.model import MeetingKind
from meetbot.core.remote import PlannedMeeting
from meetbot.flows.meetings.look import marked
from meetbot.flows.registration import asking
from meetbot.store import locks, meetings, outbox, quota
from meetbot.store.engine import Store, Transaction
from meetbot.zoom.client import Zoom

log = structlog.get_logger("meetings")

_DECIDED_ANEW = "somebody decided about it while Zoom was asked; it is looked at again"
_REGISTERED: tuple[Literal["approved", "pending"], ...] = ("approved", "pending")


def outcome_unknown(key: str) -> str:
    return f"{key}: creation outcome unknown, checking with Zoom"


async def on(
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
            return await _confirm(store, zoom, planned, remote.id, intent.reason, now=now)
        case core_meetings.Update(planned=planned, remote_id=remote_id):
            return await _update(store, zoom, intent, planned, remote_id, now=now)
        case core_meetings.Drift():
            return await _note_drift(store, intent, known[intent.planned.key].known, now=now)
        case core_meetings.Cancel(key=key, remote_id=remote_id, kind=kind):
            if remote_id is not None:
                await zoom.delete_meeting(remote_id, kind)
            await _record(store, key, MeetingState.CANCELLED, intent.reason)
        case core_meetings.DeleteTwin(key=key, remote_id=remote_id, kind=kind):
            return await _delete_twin(zoom, key, remote_id, kind)
        case core_meetings.Retire(remote_id=remote_id, kind=kind):
            await zoom.delete_meeting(remote_id, kind)
            async with store.transaction() as tx:
                await meetings.end_retired(tx, remote_id, now=now)
        case core_meetings.Gone(key=key):
            return await _note_gone(store, intent, known[key].known)
        case core_meetings.NoHost(key=key):
            if key in known:
                await _record(store, key, known[key].known.state, intent.reason)
            return f"{key}: {intent.reason}"
        case core_meetings.TooLate() | core_meetings.Wait():
            return f"{intent.key}: {intent.reason}"
        case core_meetings.Refuse():
            return intent.reason
    return None


async def _as_seen(tx: Transaction, known: core_meetings.KnownMeeting) -> bool:
    """Nobody has decided about the meeting since it was looked at, and nobody does before this transaction ends."""
    await locks.alone(tx, locks.meeting(known.key))
    stored = await meetings.get(tx, known.key)
    return stored is not None and (stored.known.ref, stored.known.state) == (known.ref, known.state)


async def _note_gone(store: Store, gone: core_meetings.Gone, known: core_meetings.KnownMeeting) -> str:
    async with store.transaction() as tx:
        if not await _as_seen(tx, known):
            return f"{known.key}: {_DECIDED_ANEW}"
        await meetings.set_state(tx, known.key, MeetingState.GONE, gone.reason)
    return f"{known.key}: {gone.reason}"


async def _note_drift(
    store: Store, drift: core_meetings.Drift, known: core_meetings.KnownMeeting, *, now: datetime
) -> str:
    """Write down what somebody changed at Zoom; what touches access or time holds every letter with a link."""
    state = MeetingState.DRIFTED if drift.holds else MeetingState.CREATED
    async with store.transaction() as tx:
        if not await _as_seen(tx, known):
            return f"{known.key}: {_DECIDED_ANEW}"
        await meetings.set_state(tx, known.key, state, drift.reason, drift=drift.found)
        if not drift.holds:
            await outbox.release(tx, known.key, now=now)
    held = "; letters are on hold" if drift.holds else ""
    return f"{known.key}: {drift.reason}{held}; choose: meetbot drift adopt {known.key}, or meetbot drift overwrite"


async def _delete_twin(zoom: Zoom, key: str, remote_id: str, kind: MeetingKind) -> str | None:
    """Delete a surplus meeting, unless somebody has registered for it at Zoom: then a person must look."""
    for status in _REGISTERED:
        if await zoom.registrants(remote_id, status, kind=kind):
            return f"{key}: meeting {remote_id} is a twin, and people have registered for it at Zoom; move them by hand"
    await zoom.delete_meeting(remote_id, kind)
    return None


async def _spend(store: Store, planned: PlannedMeeting, *, now: datetime) -> None:
    """Count a call before it leaves. ZoomRateLimited, by our own count, when the host has had its share of today."""
    async with store.transaction() as tx:
        host = planned.host.casefold()
        if not await quota.spend(tx, quota.Kind.WRITE, host, most=budget.WRITES_A_DAY, now=now):
            raise errors.ZoomRateLimited(
                f"{planned.host} has had its {budget.WRITES_A_DAY} created and changed meetings of today",
                retry_at=budget.next_day(now),
            )


async def _update(
    store: Store, zoom: Zoom, update: core_meetings.Update, planned: PlannedMeeting, zoom_id: str, *, now: datetime
) -> str | None:
    await _spend(store, planned, now=now)
    await zoom.update_meeting(zoom_id, update.sent)
    return await _confirm(store, zoom, planned, zoom_id, update.reason, now=now)


async def _create(
    store: Store, zoom: Zoom, planned: PlannedMeeting, known: core_meetings.KnownMeeting, *, now: datetime
) -> str | None:
    await _spend(store, planned, now=now)
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
        return outcome_unknown(planned.key)
    return await _confirm(store, zoom, planned, made.id, "created and read back", now=now)


async def _confirm(
    store: Store, zoom: Zoom, planned: PlannedMeeting, zoom_id: str, reason: str, *, now: datetime
) -> str | None:
    """Read the meeting back; what Zoom did not keep blocks every link if it guards the door."""
    async with store.transaction() as tx:
        # Kept at once: whatever happens next, this meeting is ours and known.
        before = await meetings.get(tx, planned.key)
        await meetings.set_state(tx, planned.key, MeetingState.BLOCKED, "not read back yet", zoom_id=zoom_id)
        if before is not None and before.known.zoom_id not in (None, zoom_id):
            await asking.admit_anew(tx, planned.key, now=now)  # one before was deleted while somebody reinstated it
    remote = marked(await zoom.meeting(zoom_id, planned.kind), store)
    found = core_meetings.differences(planned, remote)
    barred = [one for one in found if one.guards_access]
    text = "; ".join(
        f"Zoom holds {core_meetings.field_name(one.field)} {one.remote}, not {one.planned}" for one in found
    )
    state = MeetingState.BLOCKED if barred else MeetingState.CREATED
    async with store.transaction() as tx:
        await meetings.set_state(
            tx,
            planned.key,
            state,
            text or reason,
            confirmed=planned,
            drift=found,
            door=remote.door,
            channel=remote.channel,
        )
        if not barred:
            await outbox.release(tx, planned.key, now=now)
    if barred:
        return f"{planned.key}: {text}; links are on hold"
    return f"{planned.key}: {text}" if found else None


async def _record(store: Store, key: str, state: MeetingState, reason: str) -> None:
    async with store.transaction() as tx:
        await meetings.set_state(tx, key, state, reason)
