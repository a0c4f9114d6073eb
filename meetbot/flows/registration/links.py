"""Join links on their way to their owners: kept for approved registrants only, with the letter that carries them."""

from __future__ import annotations

from datetime import datetime

import structlog

from meetbot import errors
from meetbot.core import letters
from meetbot.core import rundown as core_rundown
from meetbot.core.model import Programme, Registrant, Status
from meetbot.flows.registration.asking import ask_to_push
from meetbot.flows.registration.roster import Admitted, Roster
from meetbot.store import locks, meetings, outbox, registration
from meetbot.store.engine import Store, Transaction
from meetbot.zoom.client import Zoom

log = structlog.get_logger("registration")


async def keep(tx: Transaction, store: Store, registrant: Registrant, admitted: Admitted, *, now: datetime) -> bool:
    """Keep the link of an approved registrant; False when it is the one that they have already."""
    held = await registration.join_link(tx, registrant.id, store.links)
    kept = await registration.admit(
        tx, registrant.id, zoom_id=admitted.zoom_id, link=admitted.link, links=store.links, now=now
    )
    return kept and held != admitted.link


async def write(
    tx: Transaction,
    programme: Programme,
    registrant: Registrant,
    stored: meetings.Stored,
    told: outbox.Told,
    *,
    now: datetime,
) -> None:
    """Queue the letter that carries the link; it says so when it replaces one that they were sent before."""
    letter = letters.link(
        programme,
        programme.meetings[registrant.form.meeting],
        registrant,
        revision=stored.revision,
        sequence=told.next_sequence(stored.sequence),
        replaced=told.link,
    )
    await outbox.put(tx, [letter], now=now, domain=letters.domain(programme))


async def refresh(store: Store, programme: Programme, zoom: Zoom, meeting_key: str, *, now: datetime) -> int:
    """After a change at Zoom: keep the links that are others now, and write them to their owners. Returns how many.

    Whoever is about to hear of new times is written nothing here: that letter carries the link. When Zoom cannot be
    asked, everybody is pushed again, which comes to the same, and the ZoomError goes on to the caller.
    """
    async with store.reading() as tx:
        stored = await meetings.get(tx, meeting_key)
        approved = await registration.listing(tx, meeting_key, status=Status.APPROVED)
    pushed = [one for one in approved if one.pushed]
    if stored is None or stored.known.zoom_id is None or not pushed:
        return 0
    meeting = programme.meetings[meeting_key]
    roster = Roster(store, zoom, meeting, stored.known.zoom_id, now=now)
    try:
        await roster.read()
    except errors.ZoomError:
        async with store.transaction() as tx:
            for one in pushed:
                await ask_to_push(tx, meeting, one, now=now)
        raise
    changed = 0
    async with store.transaction() as tx:
        await locks.alone(tx, locks.meeting(meeting_key))
        current = await meetings.get(tx, meeting_key)
        if current is None or current.known.zoom_id != stored.known.zoom_id:
            return 0  # another meeting stands in its place by now, and everybody is pushed to that one
        told = await outbox.told(tx, meeting_key)
        for one in pushed:
            admitted = roster.admitted(one, on_stage=core_rundown.on_stage(one, meeting, programme))
            if admitted is None or not await keep(tx, store, one, admitted, now=now):
                continue
            changed += 1
            known = told.get(one.id, outbox.Told())
            if known.knows in (None, letters.times_of(meeting)):
                await write(tx, programme, one, stored, known, now=now)
    if changed:
        log.warning("registration.links_changed", meeting=meeting_key, changed=changed)
    return changed
