"""A person is taken out: here at once, at Zoom as soon as it answers, and a receipt says what remains where."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from meetbot import chance, errors
from meetbot.core import erasure
from meetbot.core import rundown as core_rundown
from meetbot.core.model import MeetingKind, Outcome, Programme, Registrant
from meetbot.core.outbox import LetterState
from meetbot.core.registration import fold
from meetbot.errors import UserError
from meetbot.store import audit, due, erasures, leftovers, locks, meetings, persons, taken_out
from meetbot.store.due import Due, Kind
from meetbot.store.engine import Store, Transaction
from meetbot.store.erased_journal import ErasedJournal, Line
from meetbot.store.seal import Seal
from meetbot.zoom.client import Zoom

log = structlog.get_logger("erasure")

#: What the receipt says of somebody of whom the store holds nothing.
NOBODY: Mapping[str, Any] = {"here": {}, "at_zoom": [], "sent": 0, "named": []}
_AGAIN = timedelta(hours=1)
_WAITS, _REMOVED, _WAS_NOT_THERE = "waits", "removed", "was not there"
#: What Zoom says of a registrant that a meeting does not have (Zoom API, Delete a meeting registrant).
_UNKNOWN_REGISTRANT = 300


@dataclass(frozen=True)
class Held:
    """What is held of whoever has an address, before anything is done."""

    address: str  #: canonical
    names: Sequence[str]
    registrations: Sequence[str]  #: keys of their meetings
    letters: int
    at_zoom: Sequence[str]  #: keys of the meetings at Zoom that they are to be removed from
    named: Sequence[str]  #: where the programme file names them


async def held(store: Store, programme: Programme, addresses: Iterable[str]) -> list[Held]:
    """Look at whoever has these canonical addresses; nothing is changed. UserError names those of whom nothing is."""
    async with store.reading() as tx:
        found = {address: await persons.rows(tx, address) for address in addresses}
        if problems := [await nothing(tx, store.links, address) for address, rows in found.items() if rows.empty]:
            raise UserError(*problems)
        return [await _held(tx, programme, address, rows) for address, rows in found.items()]


async def _held(tx: Transaction, programme: Programme, address: str, found: persons.Rows) -> Held:
    at_zoom = await _at_zoom(tx, programme, found.registrants)
    return Held(
        address=address,
        names=sorted({fold(name): name for name in sorted(found.names)}.values()),
        registrations=[one.form.meeting for one in found.registrants],
        letters=len(found.letters),
        at_zoom=[one["meeting"] for one in at_zoom],
        named=erasure.places(address, programme),
    )


async def erase(
    store: Store, programme: Programme, journal: ErasedJournal, address: str, *, now: datetime, by: str
) -> int:
    """Take whoever has that canonical address out of the store, and ask for them to be removed at Zoom.

    Returns the number of the receipt. UserError, and nothing done, when nothing is held of them, or a letter or a
    registration of theirs is under way at this moment.
    """
    async with store.transaction() as tx:
        await locks.alone(tx, *map(locks.meeting, sorted(await meetings.all_(tx))))
        found = await persons.rows(tx, address)
        if found.empty:
            raise UserError(await nothing(tx, store.links, address))
        await _refuse_busy(tx, address, found)
        number = await take_out(tx, store, programme, address, found, at=now, now=now, by=by)
        line = Line(now, erasures.key_mark(store.links), erasures.mark(store.links, address))
        await asyncio.to_thread(journal.note, [line])  # before it is done: what is killed now is finished by `serve`
    await leftovers.wipe(store)
    log.info("person.erased", receipt=number, by=by)
    return number


async def take_out(
    tx: Transaction,
    store: Store,
    programme: Programme,
    address: str,
    found: persons.Rows,
    *,
    at: datetime,
    now: datetime,
    by: str,
) -> int:
    """Take these rows out, whatever is under way for them; returns the number of the receipt, which says `at`."""
    calls = await _at_zoom(tx, programme, found.registrants)
    said = {
        "here": await _erase(tx, store, programme, address, found, now=now),
        "at_zoom": [{"meeting": one["meeting"], "state": _WAITS, "reason": ""} for one in calls],
        "sent": sum(one.state == LetterState.ACCEPTED for one in found.letters),
        "named": erasure.places(address, programme),
    }
    number = await erasures.add(tx, erasures.mark(store.links, address), said, at=at, by=by)
    if calls:
        await due.add(tx, Kind.ERASURE, str(number), now, detail={"left": calls})
    await audit.note(tx, now=now, who=by, what="person.erased", subject=f"receipt {number}")
    return number


async def nothing(tx: Transaction, links: Seal, address: str) -> str:
    """Why nothing is held of anybody with the address: whoever was erased is told from whoever was never there."""
    if at := (await erasures.erased_at(tx, links, [address])).get(address):
        day = f"{at:%Y-%m-%d}"
        return f"{address}: erased on {day}; nothing is held of them any more. See `meetbot person receipts`."
    return f"{address}: nothing is held of anybody with this address."


async def _refuse_busy(tx: Transaction, address: str, found: persons.Rows) -> None:
    if found.busy or await persons.being_pushed(tx, [one.id for one in found.registrants]):
        raise UserError(f"{address}: a letter or registration of theirs is under way just now. Try again in a minute.")


async def _erase(
    tx: Transaction, store: Store, programme: Programme, address: str, found: persons.Rows, *, now: datetime
) -> Mapping[str, int]:
    person = erasure.person(
        address,
        found.registrants,
        named=found.names,
        sole_names=await persons.sole_names(tx, found),
        chance=chance.hexadecimal(64),
        mark=store.links.mark,
    )
    over = [key for key, one in programme.meetings.items() if one.interval.end <= now]
    return await taken_out.erase(tx, store.links, person, found, over=over)


async def _at_zoom(tx: Transaction, programme: Programme, registrants: Sequence[Registrant]) -> list[dict[str, Any]]:
    """What is to be removed there, as a due row keeps it."""
    stored = await meetings.all_(tx)
    there = [
        (one, zoom_id) for one in registrants if one.zoom_id and (zoom_id := stored[one.form.meeting].known.zoom_id)
    ]
    return [
        {
            "entry": entry,
            "meeting": one.form.meeting,
            "zoom_id": zoom_id,
            "registrant": one.zoom_id,
            "webinar": _kind(programme, one) is MeetingKind.WEBINAR,
            "panelist": _is_panelist(programme, one),
        }
        for entry, (one, zoom_id) in enumerate(there)
    ]


def _kind(programme: Programme, one: Registrant) -> MeetingKind:
    meeting = programme.meetings.get(one.form.meeting)
    return meeting.kind if meeting else MeetingKind.MEETING


def _is_panelist(programme: Programme, one: Registrant) -> bool:
    meeting = programme.meetings.get(one.form.meeting)
    return bool(meeting and meeting.kind is MeetingKind.WEBINAR and core_rundown.on_stage(one, meeting, programme))


async def remove_at_zoom(store: Store, zoom: Zoom, *, now: datetime, owner: str) -> Outcome:
    """Remove at Zoom whoever was erased here. What Zoom does not do now stays queued; the receipt says so."""
    counts: Counter[str] = Counter()
    async with store.transaction() as tx:
        rows = await due.claim(tx, [Kind.ERASURE], now=now, owner=owner)
    for row in rows:
        states = [await _remove(zoom, call) for call in row.detail["left"]]
        async with store.transaction() as tx:
            if await due.still_mine(tx, row, owner=owner):
                await _note(tx, row, states, now=now, owner=owner)
                counts.update(state for state, _ in states)
    if counts:
        log.info("person.removed_at_zoom", **counts)
    return Outcome(counts)


async def _remove(zoom: Zoom, call: Mapping[str, Any]) -> tuple[str, str]:
    """The state afterwards and, while it waits, why."""
    kind = MeetingKind.WEBINAR if call["webinar"] else MeetingKind.MEETING
    try:
        if call["panelist"]:
            await zoom.delete_panelist(call["zoom_id"], call["registrant"])
        else:
            await zoom.delete_registrant(call["zoom_id"], call["registrant"], kind)
    except errors.ZoomRefused as refusal:
        gone = refusal.missing or refusal.code == _UNKNOWN_REGISTRANT
        return (_WAS_NOT_THERE, "") if gone else (_WAITS, str(refusal))
    except errors.ZoomError as error:
        return _WAITS, str(error)
    return _REMOVED, ""


async def _note(tx: Transaction, row: Due, states: Sequence[tuple[str, str]], *, now: datetime, owner: str) -> None:
    receipt = await erasures.get(tx, int(row.subject))
    assert receipt is not None, "a receipt stays"
    calls = row.detail["left"]
    said = list(receipt.said["at_zoom"])
    for call, (state, reason) in zip(calls, states, strict=True):
        said[call["entry"]] = {"meeting": call["meeting"], "state": state, "reason": reason}
    await erasures.say(tx, receipt.id, {**receipt.said, "at_zoom": said})
    if left := [call for call, (state, _) in zip(calls, states, strict=True) if state == _WAITS]:
        why = next(reason for state, reason in states if state == _WAITS)
        await due.again(tx, row, now + _AGAIN, owner=owner, reason=why, detail={"left": left})
    else:
        await due.finish(tx, [row.id], owner=owner, now=now, detail={})
