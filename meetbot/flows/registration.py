"""A form becomes a registrant; approval pushes them to Zoom and puts the link letter in the outbox, each step a row."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

import structlog

from meetbot import errors
from meetbot.core import letters
from meetbot.core import registration as core_registration
from meetbot.core.meetings import MeetingState
from meetbot.core.model import Form, Outcome, Programme, Registrant, Status
from meetbot.core.remote import RemoteRegistrant
from meetbot.store import audit, due, meetings, outbox, registration
from meetbot.store.due import Due, Kind
from meetbot.store.engine import Store, Transaction
from meetbot.zoom.client import Zoom

log = structlog.get_logger("registration")

_BATCH = 100
_STATUSES: tuple[Literal["denied", "pending", "approved"], ...] = ("denied", "pending", "approved")
_AT_ONCE = 8  # calls under way at Zoom; more only wait there for each other
_AGAIN = timedelta(minutes=2)
_POLL_EVERY = timedelta(minutes=10)


async def submit(
    store: Store, programme: Programme, forms: Iterable[Form], *, now: datetime, by: str, approved_at_zoom: bool = False
) -> Outcome:
    """Take in forms, decide each by the programme's rules, and answer; all of them or none."""
    counts: Counter[str] = Counter()
    async with store.transaction() as tx:
        revisions = {key: stored.revision for key, stored in (await meetings.all_(tx)).items()}
        fresh: list[Registrant] = []
        for form in forms:
            registrant = await _take_in(tx, programme, form, now=now, by=by, approved_at_zoom=approved_at_zoom)
            counts[registrant.status if registrant else "repeated"] += 1
            fresh += [registrant] if registrant else []
        approved = (one for one in fresh if one.status is Status.APPROVED)
        pushes = ({"subject": str(one.id), "meeting": one.form.meeting, "due_at": now} for one in approved)
        await due.add_all(tx, Kind.PUSH, pushes)
        received = [
            letters.received(programme, programme.meetings[key], one, revision=revisions[key])
            for one in fresh
            if one.status is Status.PENDING and (key := one.form.meeting)
        ]
        await outbox.put(tx, received, now=now, domain=letters.domain(programme))
    log.info("registration.submitted", by=by, **counts)
    return Outcome(counts)


async def _take_in(
    tx: Transaction,
    programme: Programme,
    form: Form,
    *,
    now: datetime,
    by: str,
    approved_at_zoom: bool,
) -> Registrant | None:
    """The new registrant with the decision; None when the same person had registered before."""
    same_address = await registration.find(tx, form)
    for known in same_address:
        if core_registration.fold(known.form.name) == core_registration.fold(form.name):
            await registration.amend(tx, known.id, form)
            return None
    key = core_registration.organisation_of(form, programme.organisations)
    organisation = programme.organisations.get(key) if key else None
    decision = core_registration.decide(
        form,
        programme=programme,
        meeting=programme.meetings[form.meeting],
        approved_of_organisation=await registration.approved_of(tx, form.meeting, key) if key else 0,
        sharing_address=same_address[0].form.name if same_address else None,
        now=now,
        approved_at_zoom=approved_at_zoom,
    )
    approved = isinstance(decision, core_registration.Approve)
    new = registration.Decided(
        form=form,
        organisation=key,
        zone=form.zone or (organisation.zone if organisation else programme.zone),
        language=form.language or programme.language,
        status=Status.APPROVED if approved else Status.PENDING,
        reason=decision.reason,
    )
    return await registration.add(tx, new, now=now, by="rules" if approved else by)


async def _ask_to_push(tx: Transaction, registrant: Registrant, *, now: datetime) -> None:
    await due.add(tx, Kind.PUSH, str(registrant.id), now, meeting=registrant.form.meeting)


async def decide(
    store: Store, programme: Programme, ids: Sequence[int], action: str, *, reason: str, now: datetime, by: str
) -> Outcome:
    """A person approves, denies or cancels; what does not fit the status is refused and changes nothing."""
    counts: Counter[str] = Counter()
    remarks: list[str] = []
    async with store.transaction() as tx:
        for id_ in ids:
            registrant = await registration.get(tx, id_)
            if registrant is None:
                remarks.append(f"{id_}: no such registrant")
                continue
            status = core_registration.transition(registrant.status, action)
            if isinstance(status, core_registration.Refused):
                remarks.append(f"{registrant.form.name} <{registrant.form.address}>: {status.reason}")
                continue
            await _change(tx, programme, registrant, status, reason=reason, now=now, by=by)
            counts[status] += 1
            what = f"registration.{status}"
            await audit.note(tx, now=now, who=by, what=what, subject=str(id_), detail=reason)
            log.info(what, registrant=id_, by=by)
    return Outcome(counts, tuple(remarks))


async def _change(
    tx: Transaction,
    programme: Programme,
    was: Registrant,
    status: Status,
    *,
    reason: str,
    now: datetime,
    by: str,
) -> None:
    await registration.decide(tx, was.id, was=was.status, status=status, reason=reason, now=now, by=by)
    stored = await meetings.get(tx, was.form.meeting)
    assert stored is not None, "a registrant's meeting is always stored"
    await _ask_to_push(tx, was, now=now)
    if status is Status.APPROVED:
        return
    told = (await outbox.told(tx, was.form.meeting)).get(was.id, outbox.Told())
    letter = letters.denied(
        programme,
        programme.meetings[was.form.meeting],
        replace(was, status=status, reason=reason),
        revision=stored.revision,
        sequence=stored.sequence + 1 if told.link else None,
    )
    await outbox.put(tx, [letter], now=now, domain=letters.domain(programme))


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
        for (row, one), result in zip(batch, results, strict=True):
            counts[await _record(tx, store, programme, row, one, result, now=now, owner=owner)] += 1
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
    *,
    now: datetime,
    owner: str,
) -> str:
    """The link and the letter that carries it become true in one transaction."""
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
        await _ask_to_push(tx, registrant, now=now)
        return "decided otherwise meanwhile"
    if result is None or result.join_link is None:
        return "told"
    await registration.admit(tx, registrant.id, zoom_id=result.id, link=result.join_link, links=store.links, now=now)
    meeting = programme.meetings[registrant.form.meeting]
    letter = letters.link(programme, meeting, registrant, revision=stored.revision, sequence=stored.sequence)
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


async def poll(store: Store, programme: Programme, zoom: Zoom, *, now: datetime, owner: str) -> Outcome:
    """Read Zoom's own registration page: whoever filled it in becomes a registrant under the same rules."""
    async with store.transaction() as tx:
        rows = await due.claim(tx, [Kind.POLL], now=now, owner=owner)
        known = await meetings.all_(tx)
    counts: Counter[str] = Counter()
    for row in rows:
        meeting = programme.meetings.get(row.subject)
        if meeting is None or meeting.interval.end <= now:
            await _end_poll(store, row, now=now, owner=owner)
            continue
        reason = ""
        try:
            counts.update(await _read_page(store, programme, zoom, known[row.subject], now=now))
        except errors.ZoomError as error:
            reason = str(error)
        async with store.transaction() as tx:
            await due.again(tx, row, now + _POLL_EVERY, owner=owner, reason=reason)
    return Outcome(counts)


async def _end_poll(store: Store, row: Due, *, now: datetime, owner: str) -> None:
    async with store.transaction() as tx:
        await due.finish(tx, [row.id], owner=owner, now=now, reason="the meeting is over")


async def _read_page(
    store: Store, programme: Programme, zoom: Zoom, stored: meetings.Stored, *, now: datetime
) -> Counter[str]:
    zoom_id = stored.known.zoom_id
    if zoom_id is None:
        return Counter()
    async with store.reading() as tx:
        everyone = await registration.listing(tx, stored.known.key)
    ours = {one.form.address.lower() for one in everyone} | {one.zoom_id for one in everyone if one.zoom_id}
    counts: Counter[str] = Counter()
    for status in _STATUSES[1:]:
        strangers = [
            _form(stored.known.key, one)
            for one in await zoom.registrants(zoom_id, status)
            if one.address.lower() not in ours and one.id not in ours
        ]
        if strangers:
            taken = await submit(store, programme, strangers, now=now, by="zoom", approved_at_zoom=status == "approved")
            counts.update(taken.counts)
    return counts


def _form(meeting: str, one: RemoteRegistrant) -> Form:
    return Form(
        meeting=meeting,
        address=core_registration.canonical_address(one.address),
        name=f"{one.first_name} {one.last_name}".strip(),
        organisation=one.organisation,
        position=one.position,
        country=one.country,
        source="zoom",
        zoom_id=one.id,
    )


async def remind(store: Store, programme: Programme, *, now: datetime, owner: str) -> Outcome:
    """Remind everybody who is approved and has their link, unless the link letter has only just reached them."""
    counts: Counter[str] = Counter()
    async with store.transaction() as tx:
        for row in await due.claim(tx, [Kind.REMINDER], now=now, owner=owner):
            meeting = programme.meetings[row.meeting or ""]
            stored = await meetings.get(tx, meeting.key)
            before = timedelta(minutes=int(row.subject.rpartition(":")[2]))
            if stored is None or core_registration.stale(before, row.due_at, now):
                reason = f"found {now - row.due_at} late: a reminder of {before} would mislead now"
                await due.finish(tx, [row.id], owner=owner, now=now, state="missed", reason=reason)
                continue
            approved_at = await registration.approved_at(tx, meeting.key)
            remind_at = meeting.interval.start - before
            written = [
                letters.reminder(programme, meeting, one, revision=stored.revision, before=before)
                for one in await registration.listing(tx, meeting.key, status=Status.APPROVED)
                if one.pushed
                and remind_at in core_registration.reminders_due(meeting, programme.reminders, approved_at[one.id])
            ]
            counts["reminders"] += await outbox.put(tx, written, now=now, domain=letters.domain(programme))
            await due.finish(tx, [row.id], owner=owner, now=now)
    return Outcome(counts)
