"""Zoom is told of decisions; whoever is approved comes back with their own join link."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

import structlog

from meetbot import errors
from meetbot.core import letters
from meetbot.core import registration as core_registration
from meetbot.core.meetings import MeetingState
from meetbot.core.model import Outcome, Programme, Registrant, Status
from meetbot.core.remote import RemoteRegistrant
from meetbot.store import due, meetings, outbox, registration
from meetbot.store.due import Due, Kind
from meetbot.store.engine import Store, Transaction
from meetbot.zoom.client import Zoom

log = structlog.get_logger("registration")

_BATCH = 100
_STATUSES: tuple[Literal["denied", "pending", "approved"], ...] = ("denied", "pending", "approved")
_AT_ONCE = 8  # calls under way at Zoom; more only wait there for each other
_AGAIN = timedelta(minutes=2)
_WHEN_PUT_RIGHT = timedelta(minutes=10)
#: A missing scope, plan or licence: nothing is wrong with the person, and somebody can put it right at Zoom
#: (Zoom API, Error codes).
_PUT_RIGHT_AT_ZOOM = frozenset({200, 3161, 4700, 4711})


async def ask_to_push(tx: Transaction, registrant: Registrant, *, now: datetime) -> None:
    """Let Zoom be told of a registrant's decision."""
    await due.add(tx, Kind.PUSH, str(registrant.id), now, meeting=registrant.form.meeting)


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
    zoom_id = stored.known.zoom_id
    if zoom_id is None or stored.known.state is not MeetingState.CREATED:
        await _put_back(store, batch, now + _AGAIN, "the meeting does not stand at Zoom yet", owner=owner)
        return Counter(waiting=len(batch))
    try:
        there = await _known_at_zoom(zoom, zoom_id)
    except errors.ZoomError as error:
        await _put_back(store, batch, _retry_at(error, now), str(error), owner=owner)
        return Counter(waiting=len(batch))
    results = await _gather([_tell_zoom(zoom, zoom_id, one, there.get(one.form.address.lower())) for _, one in batch])
    counts: Counter[str] = Counter()
    async with store.transaction() as tx:
        told = await outbox.told(tx, stored.known.key)
        for (row, one), result in zip(batch, results, strict=True):
            known = told.get(one.id, outbox.Told())
            counts[await _record(tx, store, programme, row, one, result, known, now=now, owner=owner)] += 1
    return counts


async def _gather(
    calls: Sequence[Awaitable[RemoteRegistrant | None]],
) -> list[RemoteRegistrant | errors.ZoomError | None]:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(call: Awaitable[RemoteRegistrant | None]) -> RemoteRegistrant | errors.ZoomError | None:
        async with gate:
            try:
                return await call
            except errors.ZoomError as error:
                return error

    return await asyncio.gather(*(one(call) for call in calls))


async def _known_at_zoom(zoom: Zoom, zoom_id: str) -> Mapping[str, RemoteRegistrant]:
    """Whom Zoom knows already, by address. Adding blindly would spend one of three calls a day and address."""
    found: dict[str, RemoteRegistrant] = {}
    for status in _STATUSES:
        found |= {one.address.lower(): one for one in await zoom.registrants(zoom_id, status)}
    return found


async def _tell_zoom(
    zoom: Zoom, zoom_id: str, registrant: Registrant, there: RemoteRegistrant | None
) -> RemoteRegistrant | None:
    """Make Zoom's status ours; returns an approved registrant as Zoom has them, None for one who may not come in."""
    if registrant.status is not Status.APPROVED:
        if there is not None and there.status != "denied":
            known = [(there.id, there.address)]
            await zoom.set_status(zoom_id, "cancel" if there.status == "approved" else "deny", known)
        return None
    if there is None:
        first, last = core_registration.split_name(registrant.form.name)
        form = registrant.form
        there = await zoom.add_registrant(
            zoom_id,
            address=form.address,
            first_name=first,
            last_name=last,
            organisation=form.organisation,
            position=form.position,
        )
    elif there.status != "approved":
        await zoom.set_status(zoom_id, "approve", [(there.id, there.address)])
    if there.join_link is None:
        # Zoom answers 204 whatever happened to a status, and sometimes leaves the link out: look.
        there = (await _known_at_zoom(zoom, zoom_id)).get(registrant.form.address.lower(), there)
    return there


async def _record(
    tx: Transaction,
    store: Store,
    programme: Programme,
    row: Due,
    registrant: Registrant,
    result: RemoteRegistrant | errors.ZoomError | None,
    told: outbox.Told,
    *,
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
    if result is not None and result.join_link is None:
        await due.again(tx, row, now + _AGAIN, owner=owner, reason="Zoom gave no join link yet")
        return "waiting"
    if not await due.finish(tx, [row.id], owner=owner, now=now):
        return "taken over"
    current = await registration.get(tx, registrant.id)
    stored = await meetings.get(tx, registrant.form.meeting)
    if current is None or stored is None or current.status is not registrant.status:
        await ask_to_push(tx, registrant, now=now)
        return "decided otherwise meanwhile"
    if result is None or result.join_link is None:
        return "told"
    await registration.admit(tx, registrant.id, zoom_id=result.id, link=result.join_link, links=store.links, now=now)
    meeting = programme.meetings[registrant.form.meeting]
    sequence = told.next_sequence(stored.sequence)
    letter = letters.link(programme, meeting, registrant, revision=stored.revision, sequence=sequence)
    await outbox.put(tx, [letter], now=now, domain=letters.domain(programme))
    return "admitted"


async def _put_back(
    store: Store, batch: Sequence[tuple[Due, Registrant]], due_at: datetime, reason: str, *, owner: str
) -> None:
    async with store.transaction() as tx:
        for row, _ in batch:
            await due.again(tx, row, due_at, owner=owner, reason=reason)


def _retry_at(error: errors.ZoomError, now: datetime) -> datetime:
    return error.retry_at if isinstance(error, errors.ZoomRateLimited) else now + _AGAIN
