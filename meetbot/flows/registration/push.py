"""Zoom is told of decisions; whoever is approved comes back with their own join link."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from meetbot import errors
from meetbot.core import rundown as core_rundown
from meetbot.core.meetings import MeetingState
from meetbot.core.model import Meeting, Outcome, Programme, Registrant, Status
from meetbot.flows.registration import links
from meetbot.flows.registration.asking import ask_to_push
from meetbot.flows.registration.roster import Admitted, Roster
from meetbot.store import due, locks, meetings, outbox, programmes, registration
from meetbot.store.due import Due, Kind
from meetbot.store.engine import Store, Transaction
from meetbot.zoom.client import Zoom

log = structlog.get_logger("registration")

_BATCH = 100
_AT_ONCE = 8  # calls under way at Zoom; more only wait there for each other
_AGAIN = timedelta(minutes=2)
_CHANGED = "the programme was changed meanwhile"
_WHEN_PUT_RIGHT = timedelta(minutes=10)
#: A token not taken, a missing scope, plan or licence: nothing is wrong with the person, and somebody can put it right
#: at Zoom (Zoom API, Error codes). A refusal without a code is of our credentials or of the way to Zoom.
_PUT_RIGHT_AT_ZOOM = frozenset({None, 124, 200, 3161, 4700, 4711})

#: What came of one registrant; None: Zoom has let them in nowhere.
_Result = Admitted | errors.ZoomError | None


async def push(store: Store, programme: Programme, zoom: Zoom, *, now: datetime, owner: str) -> Outcome:
    """Tell Zoom of decisions: approved people come back with their own join link, which their letter then carries."""
    counts: Counter[str] = Counter()
    async with store.transaction() as tx:
        rows = await due.claim(tx, [Kind.PUSH], now=now, owner=owner, limit=_BATCH)
        known = await meetings.all_(tx)
        registrants = {row.id: await registration.get(tx, int(row.subject)) for row in rows}
    for key in sorted({row.meeting for row in rows if row.meeting}):
        batch = [(row, one) for row in rows if row.meeting == key and (one := registrants[row.id]) is not None]
        counts.update(await _push_meeting(store, programme, zoom, known[key], batch, now=now, owner=owner))
    if counts:
        log.info("registration.pushed", **counts)
    return Outcome(counts)


async def _push_meeting(
    store: Store,
    programme: Programme,
    zoom: Zoom,
    stored: meetings.Stored,
    batch: Sequence[tuple[Due, Registrant]],
    *,
    now: datetime,
    owner: str,
) -> Counter[str]:
    zoom_id, meeting = stored.known.zoom_id, programme.meetings.get(stored.known.key)
    if meeting is None or meeting.cancelled or zoom_id is None or stored.known.state is not MeetingState.CREATED:
        return await _without_meeting(store, programme, stored.known.key, batch, now=now, owner=owner)
    roster = Roster(store, zoom, meeting, zoom_id, now=now)
    try:
        await roster.read()
    except errors.ZoomError as error:
        await _put_back(store, batch, _retry_at(error, now), str(error), owner=owner)
        return Counter(waiting=len(batch))
    results = await _told(roster, programme, meeting, [one for _, one in batch])
    counts: Counter[str] = Counter()
    async with store.transaction() as tx:
        await locks.alone(tx, locks.meeting(meeting.key))
        if not await programmes.in_force(tx, programme.number):
            for row, _ in batch:
                await due.again(tx, row, now, owner=owner, reason=_CHANGED)
            return Counter(waiting=len(batch))
        told = await outbox.told(tx, stored.known.key)
        for (row, one), result in zip(batch, results, strict=True):
            known = told.get(one.id, outbox.Told())
            counts[
                await _record(tx, store, programme, row, one, result, known, zoom_id=zoom_id, now=now, owner=owner)
            ] += 1
    return counts


async def _told(
    roster: Roster, programme: Programme, meeting: Meeting, registrants: Sequence[Registrant]
) -> list[_Result]:
    """Tell Zoom of each; what its answers leave open, its lists say a moment later."""
    on_stage = {one.id: core_rundown.on_stage(one, meeting, programme) for one in registrants}
    failed = await _gather([roster.tell(one, on_stage=on_stage[one.id]) for one in registrants])
    pairs = list(zip(registrants, failed, strict=True))
    waited_for = [one for one, error in pairs if error is None and one.status is Status.APPROVED]
    if any(roster.admitted(one, on_stage=on_stage[one.id]) is None for one in waited_for):
        with suppress(errors.ZoomError):  # whoever is not seen now is looked up in the next pass
            await roster.read()
    return [error or roster.admitted(one, on_stage=on_stage[one.id]) for one, error in pairs]


async def _gather(calls: Sequence[Awaitable[None]]) -> list[errors.ZoomError | None]:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(call: Awaitable[None]) -> errors.ZoomError | None:
        async with gate:
            try:
                await call
            except errors.ZoomError as error:
                return error
        return None

    return await asyncio.gather(*(one(call) for call in calls))


async def _record(
    tx: Transaction,
    store: Store,
    programme: Programme,
    row: Due,
    registrant: Registrant,
    result: _Result,
    told: outbox.Told,
    *,
    zoom_id: str,
    now: datetime,
    owner: str,
) -> str:
    """The link and the letter that carries it become true in one transaction."""
    if isinstance(result, errors.ZoomRefused) and result.code in _PUT_RIGHT_AT_ZOOM:
        await due.again(tx, row, now + _WHEN_PUT_RIGHT, owner=owner, reason=str(result))
        return "waiting"
    if isinstance(result, errors.ZoomRefused):
        await registration.remark(tx, registrant.id, f"Zoom refused: {result}")
        await due.finish(tx, [row.id], owner=owner, now=now, state="failed", reason=str(result))
        return "refused"
    if isinstance(result, errors.ZoomError):
        await due.again(tx, row, _retry_at(result, now), owner=owner, reason=str(result))
        return "waiting"
    if result is None and registrant.status is Status.APPROVED:
        await due.again(tx, row, now + _AGAIN, owner=owner, reason="Zoom gave no join link yet")
        return "waiting"
    if not await due.finish(tx, [row.id], owner=owner, now=now):
        return "taken over"
    current = await registration.get(tx, registrant.id)
    stored = await meetings.get(tx, registrant.form.meeting)
    same = current is not None and current.status is registrant.status
    if stored is None or not same or stored.known.zoom_id != zoom_id:
        await ask_to_push(tx, programme.meetings[registrant.form.meeting], registrant, now=now)
        return "decided otherwise meanwhile"
    if result is None or registrant.status is not Status.APPROVED:
        return "told"
    if await links.keep(tx, store, registrant, result, now=now) or not told.link:
        await links.write(tx, programme, registrant, stored, told, now=now)
    return "admitted"


async def _without_meeting(
    store: Store, programme: Programme, key: str, batch: Sequence[tuple[Due, Registrant]], *, now: datetime, owner: str
) -> Counter[str]:
    """Nobody can be let in yet, or any more: whoever makes a cancelled meeting take place asks for everybody anew."""
    meeting = programme.meetings.get(key)
    cancelled = meeting is None or meeting.cancelled
    ended = cancelled or (meeting is not None and now >= meeting.interval.end)
    why = "the meeting is cancelled" if cancelled else "the meeting is over"
    async with store.transaction() as tx:
        await locks.alone(tx, locks.meeting(key))
        if not await programmes.in_force(tx, programme.number):
            for row, _ in batch:
                await due.again(tx, row, now, owner=owner, reason=_CHANGED)
            return Counter(waiting=len(batch))
        for row, _ in batch:
            if ended:
                await due.finish(tx, [row.id], owner=owner, now=now, state="cancelled", reason=why)
            else:
                await due.again(tx, row, now + _AGAIN, owner=owner, reason="the meeting does not stand at Zoom yet")
    return Counter({"cancelled" if ended else "waiting": len(batch)})


async def _put_back(
    store: Store, batch: Sequence[tuple[Due, Registrant]], due_at: datetime, reason: str, *, owner: str
) -> None:
    async with store.transaction() as tx:
        for row, _ in batch:
            await due.again(tx, row, due_at, owner=owner, reason=reason)


def _retry_at(error: errors.ZoomError, now: datetime) -> datetime:
    return error.retry_at if isinstance(error, errors.ZoomRateLimited) else now + _AGAIN
