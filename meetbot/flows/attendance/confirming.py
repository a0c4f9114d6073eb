"""Whoever attended gets it on paper, if somebody asks for it: only from a final report, and only once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog

from meetbot.core import erasure, letters
from meetbot.core.model import Meeting, Outcome, Programme, Registrant
from meetbot.core.registration import canonical_address
from meetbot.errors import UserError
from meetbot.store import attendance, audit, confirmations, locks, meetings, outbox, registration
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("confirmation")


async def confirm(
    store: Store, programme: Programme, meeting: Meeting, addresses: Collection[str] | None, *, now: datetime, by: str
) -> Outcome:
    """Send a confirmation to those with these canonical addresses who attended; None: to everybody who did.

    UserError when the meeting has no final report. With a remark for each who was named and gets none, and why.
    """
    async with store.transaction() as tx:
        await locks.alone(tx, locks.meeting(meeting.key))
        lines = await _lines(tx, meeting)
        there = [one for one in await registration.listing(tx, meeting.key) if one.id in lines]
        reachable = [one for one in there if not erasure.is_stand_in(one.form.address)]
        chosen = [one for one in reachable if addresses is None or _address(one) in addresses]
        given = await confirmations.given(tx, meeting.key)
        fresh = [one for one in chosen if one.id not in given]
        for one in fresh:
            await _give(tx, store, programme, meeting, one, lines[one.id], now=now)
        if fresh:
            what = f"{len(fresh)} people"
            await audit.note(tx, now=now, who=by, what="attendance.confirmed", subject=meeting.key, detail=what)
    log.info("attendance.confirmed", meeting=meeting.key, sent=len(fresh), by=by)
    remarks = () if addresses is None else tuple(_remarks(meeting, addresses, chosen, given))
    return Outcome(+Counter(sent=len(fresh)), remarks)


def _remarks(
    meeting: Meeting, addresses: Collection[str], chosen: Sequence[Registrant], given: Mapping[int, datetime]
) -> Iterator[str]:
    """Of those who were named and get none now, why."""
    for address in sorted(set(addresses) - {_address(one) for one in chosen}):
        yield f"{address}: is not among those who attended {meeting.title}"
    for one in chosen:
        if one.id in given:
            yield f"{_address(one)}: has one since {given[one.id]:%Y-%m-%d}"


async def _lines(tx: Transaction, meeting: Meeting) -> Mapping[int, Mapping[str, Any]]:
    """By registrant, the line of who attended; whoever is not registered has no address to write to."""
    made = await attendance.reports(tx, meeting.key)
    if not made or not made[-1].document.get("final"):
        raise UserError(f"{meeting.title} has no final attendance report yet; nobody's attendance can be confirmed.")
    return {line["registrant"]: line for line in made[-1].document["lines"] if line.get("registrant") is not None}


def _address(one: Registrant) -> str:
    return canonical_address(one.form.address)


async def _give(
    tx: Transaction,
    store: Store,
    programme: Programme,
    meeting: Meeting,
    registrant: Registrant,
    line: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    facts = {
        "name": registrant.form.name,
        "organisation": line["organisation"],
        "programme": programme.title,
        "organiser": programme.organiser.name,
        "minutes": line["minutes"],
        **letters.times_of(meeting),
    }
    stored = await meetings.get(tx, meeting.key)
    assert stored is not None, "a meeting with a report is stored"
    number = await confirmations.add(tx, store.links, meeting.key, registrant.id, facts, now=now)
    written = letters.confirmation(programme, meeting, registrant, number=number, revision=stored.revision)
    await outbox.put(tx, [written], now=now, domain=letters.domain(programme))
