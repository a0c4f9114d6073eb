"""Zoom's events are acted on: each becomes facts, and what they change is looked at soon instead of at the next poll.

Nothing rests on them: whatever an event would have told, a poll finds within ten minutes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from meetbot.core import attendance as core_attendance
from meetbot.core import live, times
from meetbot.core import rundown as core_rundown
from meetbot.core.model import Meeting, Outcome, Programme
from meetbot.core.remote import Fact, FactKind
from meetbot.flows import attendance as attendance_flow
from meetbot.store import due, facts, inbox, locks, meetings
from meetbot.store.due import Kind
from meetbot.store.engine import Store, Transaction
from meetbot.zoom import facts as zoom_facts
from meetbot.zoom import webhooks

log = structlog.get_logger("inbox")

_BATCH = 100
_NEXT_LOOK = timedelta(minutes=10)  # whether events come at all
_TOGETHER = timedelta(seconds=5)  # events come in swarms, also of our own doing: one look for all of them

_FOREIGN = "another account"

_RECORDED = {
    FactKind.RECORDING_STARTED: (core_rundown.CueKind.RECORDING_START, "Zoom says it records since"),
    FactKind.RECORDING_STOPPED: (core_rundown.CueKind.RECORDING_STOP, "Zoom says it stopped recording at"),
}


@dataclass(frozen=True)
class Picture:
    """A meeting as Zoom's events show it."""

    instance: live.LiveInstance | None  #: the run that goes on; None: none does, as far as was told
    silent: str | None  #: why the events are not to be relied on; None: nothing speaks against them


@dataclass(frozen=True)
class _Read:
    """An event as it was understood."""

    id: int
    facts: tuple[Fact, ...] = ()
    ignored: str = ""  #: why; "": it is acted on


async def run(
    store: Store, programme: Programme, *, account_id: str, listens: bool, now: datetime, owner: str
) -> Outcome:
    """Act on a batch of what came in, all of it or none. Bodies are erased, and facts in their time.

    Events of another account than `account_id` ("" for any) and of meetings that are not ours are ignored. `listens`
    False: none are taken in any more, and this ends when what came is done.
    """
    async with store.transaction() as tx:
        rows = await due.claim(tx, [Kind.INBOX], now=now, owner=owner)
        if not rows:
            return Outcome()
        stored = _ours(programme, await meetings.all_(tx))
        waiting = await inbox.waiting(tx, store.links, limit=_BATCH)
        read = [_read(one, stored, account_id) for one in waiting]
        told = {stored[fact.meeting_id].known.key for one in read for fact in one.facts}
        await locks.alone(tx, *map(locks.meeting, told))
        new = await _take(tx, programme, stored, read, now=now)
        if not waiting:
            await _look_around(tx, programme, stored.values(), listens=listens, now=now)
        for row in rows:
            if waiting or listens:
                await due.again(tx, row, now if waiting else now + _NEXT_LOOK, owner=owner, reason="")
            else:
                await due.finish(tx, [row.id], owner=owner, now=now, reason="no webhook secret is set")
    counts = Counter(f"ignored: {one.ignored}" if one.ignored else "taken" for one in read)
    if foreign := sum(one.ignored == _FOREIGN for one in read):
        log.warning("inbox.foreign_account", events=foreign)
    if read:
        log.info("inbox.taken", new_facts=new, **counts)
    return Outcome(counts)


async def picture(tx: Transaction, meeting: Meeting, stored: meetings.Stored, *, now: datetime) -> Picture:
    """The meeting as the events that came so far show it."""
    told = await facts.of(tx, stored.known.zoom_id) if stored.known.zoom_id else ()
    running = live.current(live.fold(told).values(), now)
    return Picture(running, live.silent(told, meeting, now, stored.live_at))


def _ours(programme: Programme, stored: Mapping[str, meetings.Stored]) -> Mapping[str, meetings.Stored]:
    """The meetings of the programme that stand at Zoom, by the id that they have there."""
    return {one.known.zoom_id: one for key, one in stored.items() if one.known.zoom_id and key in programme.meetings}


def _read(one: inbox.Waiting, ours: Mapping[str, meetings.Stored], account_id: str) -> _Read:
    try:
        event = webhooks.read(one.body.encode())
        if account_id and event.account_id not in ("", account_id):
            return _Read(one.id, ignored=_FOREIGN)
        told = zoom_facts.facts(event, received_at=one.received_at)
    except webhooks.Unusable as reason:
        return _Read(one.id, ignored=str(reason))
    if told[0].meeting_id not in ours:
        return _Read(one.id, ignored="not a meeting of ours")
    return _Read(one.id, told)


async def _take(
    tx: Transaction, programme: Programme, ours: Mapping[str, meetings.Stored], read: Sequence[_Read], *, now: datetime
) -> int:
    """Write down the facts, do what follows from them, and end the events; returns how many facts were new."""
    new = await facts.add(tx, [fact for one in read for fact in one.facts])
    for one in read:
        for fact in one.facts:
            await _act(tx, programme, programme.meetings[ours[fact.meeting_id].known.key], fact, now=now)
    for reason in {one.ignored for one in read}:
        ids = [one.id for one in read if one.ignored == reason]
        await inbox.end(tx, ids, "ignored" if reason else "taken", reason)
    return new


async def _act(tx: Transaction, programme: Programme, meeting: Meeting, fact: Fact, *, now: datetime) -> None:
    """Let what the fact may have changed be looked at soon; told twice, the second time changes nothing more."""
    match fact.kind:
        case FactKind.CHANGED:
            await due.hasten(tx, Kind.MEETING, now + _TOGETHER)
        case FactKind.REGISTERED:
            await due.hasten(tx, Kind.POLL, now + _TOGETHER, meeting=meeting.key)
        case FactKind.ENDED if fact.at >= meeting.interval.end - core_attendance.NEARLY_OVER:
            await due.hasten(tx, Kind.REPORT, fact.at + attendance_flow.ONCE_TOLD, meeting=meeting.key)
        case FactKind.RECORDING_STARTED | FactKind.RECORDING_STOPPED:
            await _note_recording(tx, programme, meeting, fact)


async def _note_recording(tx: Transaction, programme: Programme, meeting: Meeting, fact: Fact) -> None:
    """We only know that Zoom was asked; that it did so stands beside the cue."""
    kind, words = _RECORDED[fact.kind]
    for cue in core_rundown.cues(meeting, programme.cue_times):
        if cue.kind is kind:
            said = f"{words} {times.clock_text(fact.at, meeting.zone)}"
            await due.note(tx, Kind.CUE, f"{meeting.key}/{cue.key}", said)


async def _look_around(
    tx: Transaction, programme: Programme, ours: Iterable[meetings.Stored], *, listens: bool, now: datetime
) -> None:
    """When nothing waits: say so if Zoom's events stay away, and forget what is old."""
    for stored in ours if listens else ():
        meeting = programme.meetings[stored.known.key]
        if stored.live_at and (await picture(tx, meeting, stored, now=now)).silent:
            log.warning("inbox.silent", meeting=meeting.key, reason=live.NOT_HEARD)
    await facts.prune(tx, now - programme.retention.attendance)
    await inbox.prune(tx, now - programme.retention.attendance)
