"""An interpreter drops out: others take over, and each is registered for what they get (flows/registration)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from meetbot.core import times
from meetbot.core.bilaterals import Agreed, Pair, State, interpreters
from meetbot.core.bilaterals import moving as core_moving
from meetbot.core.bilaterals.confirmable import confirmable
from meetbot.core.bilaterals.moving import Days
from meetbot.core.model import Interpreter, Meeting, Programme
from meetbot.errors import UserError
from meetbot.flows import programme as programme_flow
from meetbot.flows.bilaterals import gathering, moving
from meetbot.store import audit, bilaterals, due
from meetbot.store import interpreters as store_interpreters
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("bilaterals")


@dataclass(frozen=True)
class InterpreterSwap:
    """What an interpreter's dropping out means."""

    address: str
    taken: Mapping[str, str]  #: by meeting: address of who interprets from now on
    left: Mapping[str, str]  #: by meeting: why nobody does, and what would help
    offered: Mapping[str, str]  #: by pair that is only proposed: who is to interpret; "": another time is looked for


async def swap_interpreter(store: Store, address: str, *, to: str | None = None, now: datetime) -> InterpreterSwap:
    """What `interpreter_drops_out` would do; changes nothing. UserError for somebody who interprets nothing."""
    async with _as_if_out(store, address, to, now=now) as (_, swap):
        return swap


async def would_move_left(
    store: Store, address: str, *, to: str | None = None, now: datetime, seconds: float
) -> moving.Moving:
    """Where the bilaterals that nobody can take over would go, once that interpreter has dropped out.

    Each to the nearest time at which somebody can, all others stay; changes nothing. UserError as `swap_interpreter`,
    and when no times were found within `seconds`.
    """
    async with _as_if_out(store, address, to, now=now) as (tx, swap):
        programme = await programme_flow.in_force(tx)
        keys = [key for key in swap.left if programme.meetings[key].delegations]
        wanted = await moving.wanted(tx, keys, _days(programme, keys), same_day=False, now=now)
    return await moving.solved(store, wanted, now=now, seconds=seconds)


async def interpreter_drops_out(
    store: Store, address: str, *, to: str | None = None, now: datetime, by: str
) -> InterpreterSwap:
    """Others of the pool take over, each bilateral at its time; only they and the one who drops out are told."""
    async with store.transaction() as tx:
        await gathering.alone(tx)
        swap = await _drop_out(tx, address, to, now=now, by=by)
    log.info("interpreters.dropped_out", taken=len(swap.taken), left=len(swap.left), by=by)
    return swap


async def interpreter_back(store: Store, address: str, *, now: datetime, by: str) -> None:
    """They may be asked again; what others have taken over stays with them. UserError when they were not out."""
    async with store.transaction() as tx:
        await gathering.alone(tx)
        if not await store_interpreters.back(tx, address):
            raise UserError(f"{address} had not dropped out.")
        await due.add(tx, due.Kind.BILATERALS, "all", now)
        await audit.note(tx, now=now, who=by, what="interpreters.back", subject=address, detail="")


@asynccontextmanager
async def _as_if_out(
    store: Store, address: str, to: str | None, *, now: datetime
) -> AsyncIterator[tuple[Transaction, InterpreterSwap]]:
    """All that follows from it, to be looked at; at the end it is taken back."""
    async with store.transaction() as tx:
        await gathering.alone(tx)
        attempt = await tx.begin_nested()
        yield tx, await _drop_out(tx, address, to, now=now, by="")
        await attempt.rollback()


async def _drop_out(tx: Transaction, address: str, to: str | None, *, now: datetime, by: str) -> InterpreterSwap:
    before = await programme_flow.in_force(tx)
    replaced = await _decide(tx, before, address, to, now=now)
    await store_interpreters.drop(tx, address, now=now, by=by)
    if replaced.taken:
        await _hand_over(tx, before, address, replaced.taken, now=now, by=by)
    offered = await _offer_anew(tx, address, now=now)
    await due.add(tx, due.Kind.BILATERALS, "all", now)
    taken = {key: one.address for key, one in replaced.taken.items()}
    detail = ", ".join(f"{key} → {one}" for key, one in taken.items()) or "nothing to hand over"
    await audit.note(tx, now=now, who=by, what="interpreters.dropped_out", subject=address, detail=detail)
    return InterpreterSwap(address, taken, replaced.left, offered)


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


async def _hand_over(
    tx: Transaction, before: Programme, address: str, taken: Mapping[str, Interpreter], *, now: datetime, by: str
) -> None:
    agreed = {key: _agreed(before.meetings[key], address, one) for key, one in taken.items()}
    await programme_flow.agree(tx, agreed, now=now, by=by)
    for pair in await bilaterals.pairs(tx):
        if pair.key in taken:
            await bilaterals.change(tx, pair, replace(pair, interpreter=taken[pair.key].address))


def _agreed(meeting: Meeting, address: str, taker: Interpreter) -> Agreed:
    """As it stands, with the taker in the place of the one who drops out."""
    a, b = meeting.delegations
    others = [one for one in meeting.interpreters if one.address.casefold() != address.casefold()]
    minutes = meeting.interval.duration // timedelta(minutes=1)
    return Agreed(a, b, meeting.interval.start, minutes, (*others, taker))


async def _offer_anew(tx: Transaction, address: str, *, now: datetime) -> Mapping[str, str]:
    """What is proposed with them stays at its time with another interpreter, or waits for another time."""
    programme = await programme_flow.in_force(tx)
    known = await gathering.known(tx, programme, now=now)
    theirs = {one.key: one for one in known.pairs if one.state is State.PROPOSED and _interprets(one, address)}
    pairs = [theirs.get(one.key) or core_moving.standing(one, known) for one in known.pairs]
    plan = gathering.plan_of(programme)
    possible = confirmable(programme, plan, replace(known, pairs=pairs), theirs, now)
    for pair in possible.pairs:
        await bilaterals.change(tx, theirs[pair.key], pair)
    for key, why in possible.refused.items():
        reason = f"{address}, who was to interpret, has dropped out: {why}"
        await bilaterals.change(tx, theirs[key], gathering.waiting(theirs[key], reason, now=now))
    return dict.fromkeys(possible.refused, "") | {one.key: one.interpreter or "" for one in possible.pairs}


def _interprets(pair: Pair, address: str) -> bool:
    return (pair.interpreter or "").casefold() == address.casefold()


def _days(programme: Programme, keys: Sequence[str]) -> Days:
    """The days of the bilaterals, and those on which these are."""
    plan = gathering.plan_of(programme)
    assert plan.first_on is not None and plan.last_on is not None, "see `plan_of`"
    zone = times.zone(programme.zone)
    on = [programme.meetings[key].interval.start.astimezone(zone).date() for key in keys]
    return Days(min(plan.first_on, *on), max(plan.last_on, *on))
