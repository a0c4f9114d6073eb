"""Interpreters hear of each bilateral that they get, that moves, or that they have no more; and who drops out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import structlog

from meetbot.core import letters as core_letters
from meetbot.core.bilaterals import Agreed, interpreters, letters
from meetbot.core.model import Interpreter, LetterKind, Meeting, Message, Programme
from meetbot.errors import UserError
from meetbot.flows import programme as programme_flow
from meetbot.flows.bilaterals import gathering
from meetbot.store import audit, bilaterals, due, meetings, outbox
from meetbot.store import interpreters as store_interpreters
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("bilaterals")


@dataclass(frozen=True)
class InterpreterSwap:
    """What an interpreter's dropping out means."""

    address: str
    taken: Mapping[str, str]  #: by meeting: address of who interprets from now on
    left: Mapping[str, str]  #: by meeting: why nobody does, and what would help


async def swap_interpreter(store: Store, address: str, *, to: str | None = None, now: datetime) -> InterpreterSwap:
    """What `interpreter_drops_out` would do; changes nothing. UserError for somebody who interprets nothing."""
    async with store.reading() as tx:
        replaced = await _decide(tx, await programme_flow.in_force(tx), address, to, now=now)
    return _swap(address, replaced)


async def interpreter_drops_out(
    store: Store, address: str, *, to: str | None = None, now: datetime, by: str
) -> InterpreterSwap:
    """Others of the pool take over, each bilateral at its time; only they and the one who drops out are told."""
    async with store.transaction() as tx:
        await gathering.alone(tx)
        before = await programme_flow.in_force(tx)
        replaced = await _decide(tx, before, address, to, now=now)
        await store_interpreters.drop(tx, address, now=now, by=by)
        if replaced.taken:
            await _hand_over(tx, before, address, replaced.taken, now=now, by=by)
        await due.add(tx, due.Kind.BILATERALS, "all", now)
        detail = ", ".join(f"{key} → {one.address}" for key, one in replaced.taken.items()) or "nothing to hand over"
        await audit.note(tx, now=now, who=by, what="interpreters.dropped_out", subject=address, detail=detail)
    log.info("interpreters.dropped_out", taken=len(replaced.taken), left=len(replaced.left), by=by)
    return _swap(address, replaced)


async def interpreter_back(store: Store, address: str, *, now: datetime, by: str) -> None:
    """They may be asked again; what others have taken over stays with them. UserError when they were not out."""
    async with store.transaction() as tx:
        await gathering.alone(tx)
        if not await store_interpreters.back(tx, address):
            raise UserError(f"{address} had not dropped out.")
        await due.add(tx, due.Kind.BILATERALS, "all", now)
        await audit.note(tx, now=now, who=by, what="interpreters.back", subject=address, detail="")


async def letters_to(tx: Transaction, programme: Programme, was: Meeting | None, key: str) -> list[Message]:
    """To the interpreters of a bilateral, about what is new for them since it was so (None: it was not planned)."""
    stored, meeting = await meetings.get(tx, key), programme.meetings[key]
    assert stored is not None, "an agreed bilateral is a meeting of the programme"
    had, has = _by_address(was), _by_address(meeting)
    moved = was is not None and was.interval != meeting.interval
    written = []
    for address, interpreter in {**had, **has}.items():
        if (what := _what(address in had, address in has, moved)) is None:
            continue
        then = meeting if was is None or address in has else replace(was, cancelled=True)
        sequence = await _next_sequence(tx, key, address, stored.sequence)
        numbers = {"revision": stored.revision, "sequence": sequence}
        written.append(letters.interpreting(programme, then, interpreter, what=what, **numbers))
    return written


def _what(had: bool, has: bool, moved: bool) -> Literal["new", "moved", "cancelled"] | None:
    if had and has:
        return "moved" if moved else None
    return "new" if has else "cancelled"


def _by_address(meeting: Meeting | None) -> Mapping[str, Interpreter]:
    return {} if meeting is None or meeting.cancelled else {one.address.casefold(): one for one in meeting.interpreters}


async def _next_sequence(tx: Transaction, key: str, address: str, of_meeting: int) -> int:
    """Higher than in the last entry written to them, so that their calendar takes it (RFC 5546, 2.1.4)."""
    theirs = await outbox.listing(tx, kinds=[LetterKind.INTERPRETING], meetings=[key], to=address)
    told = [one.message.sequence for one in theirs if one.message.to.address.casefold() == address]
    return max([of_meeting, *(one + 1 for one in told if one is not None)])


async def _decide(
    tx: Transaction, programme: Programme, address: str, to: str | None, *, now: datetime
) -> interpreters.Replaced:
    plan = gathering.plan_of(programme)
    pool = {one.address.casefold() for one in plan.interpreters}
    away = await store_interpreters.out(tx)
    replaced = interpreters.replace(programme, plan, address, away=away, to=to, now=now)
    if address.casefold() not in pool and not replaced.taken and not replaced.left:
        raise UserError(f"{address} interprets nothing that is still to come, and is not among the interpreters.")
    if to is not None and (to.casefold() not in pool or to.casefold() == address.casefold()):
        raise UserError(f"{to} is no other interpreter of the programme's bilaterals.")
    if to is not None and to.casefold() in away:
        raise UserError(f"{to} has dropped out as well.")
    return replaced


def _swap(address: str, replaced: interpreters.Replaced) -> InterpreterSwap:
    return InterpreterSwap(address, {key: one.address for key, one in replaced.taken.items()}, replaced.left)


async def _hand_over(
    tx: Transaction, before: Programme, address: str, taken: Mapping[str, Interpreter], *, now: datetime, by: str
) -> None:
    agreed = {key: _agreed(before.meetings[key], address, one) for key, one in taken.items()}
    after = await programme_flow.agree(tx, agreed, now=now, by=by)
    for pair in await bilaterals.pairs(tx):
        if pair.key in taken:
            await bilaterals.change(tx, pair, replace(pair, interpreter=taken[pair.key].address))
    written = [one for key in taken for one in await letters_to(tx, after, before.meetings[key], key)]
    await outbox.put(tx, written, now=now, domain=core_letters.domain(after))


def _agreed(meeting: Meeting, address: str, taker: Interpreter) -> Agreed:
    """As it stands, with the taker in the place of the one who drops out."""
    a, b = meeting.delegations
    others = [one for one in meeting.interpreters if one.address.casefold() != address.casefold()]
    minutes = meeting.interval.duration // timedelta(minutes=1)
    return Agreed(a, b, meeting.interval.start, minutes, (*others, taker))
