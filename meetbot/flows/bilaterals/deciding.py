"""One side, or the organiser, decides about one pair: agree to its time, decline it, cancel the bilateral."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from meetbot.core.bilaterals import ANNOUNCED, Agreed, Can, Pair, State, letters
from meetbot.core.model import Programme
from meetbot.core.times import Interval
from meetbot.errors import UserError
from meetbot.flows import programme as programme_flow
from meetbot.flows.bilaterals import gathering
from meetbot.flows.bilaterals.confirming import confirm_within, tell
from meetbot.store import audit, bilaterals, due, locks
from meetbot.store.engine import Store, Transaction
from meetbot.store.seal import Seal

log = structlog.get_logger("bilaterals")


async def agree(
    store: Store, programme: Programme, pair_key: str, organisation: str, *, revision: int, now: datetime
) -> None:
    """One side agrees to the time of that revision; when both have, the bilateral is confirmed.

    UserError when another time, or none, is proposed by now, or this one is not possible any more: then the pair
    waits for another.
    """
    async with store.transaction() as tx:
        await gathering.alone(tx)
        pair = await _proposed(tx, pair_key, organisation, revision, done_before=True)
        if pair.state in ANNOUNCED or organisation in pair.agreed_by:
            return
        agreed_by = pair.agreed_by | {organisation}
        becomes = replace(pair, agreed_by=agreed_by, reason=f"{_name(programme, organisation)} has agreed")
        await bilaterals.change(tx, pair, becomes)
        await audit.note(tx, now=now, who=organisation, what="bilaterals.side_agreed", subject=pair_key, detail="")
        both = agreed_by == {pair.a, pair.b}
        came = await confirm_within(tx, store.links, [pair_key], now=now, by="both sides") if both else None
    if came is not None and pair_key in came.refused:  # said after the commit: that it waits again is to stand
        raise UserError(f"This time is not possible any more: {came.refused[pair_key]}. Another one is looked for.")


async def decline(
    store: Store,
    programme: Programme,
    pair_key: str,
    organisation: str,
    *,
    revision: int,
    now: datetime,
    reason: str = "",
) -> None:
    """One side cannot at the time of that revision: it is not proposed to it again, and another is looked for.

    UserError when another time, or none, is proposed by now.
    """
    async with store.transaction() as tx:
        await locks.alone(tx, locks.BILATERALS)
        pair = await _proposed(tx, pair_key, organisation, revision)
        await _strike(tx, programme, pair, organisation, now=now)
        why = f"{_name(programme, organisation)} has declined{f': {reason}' if reason else ''}"
        await bilaterals.change(tx, pair, gathering.waiting(pair, why, now=now))
        await due.add(tx, due.Kind.BILATERALS, "all", now)
        await audit.note(tx, now=now, who=organisation, what="bilaterals.declined", subject=pair_key, detail=reason)
    log.info("bilaterals.declined", pair=pair_key, organisation=organisation)


async def cancel(store: Store, pair_key: str, *, reason: str, now: datetime, by: str) -> None:
    """The two do not meet. A meeting that was planned is cancelled, and everybody who knew of it is told.

    UserError, and no change, when there is no such pair or it has met already; cancelled twice is cancelled once.
    """
    async with store.transaction() as tx:
        await gathering.alone(tx)
        pair = await bilaterals.get(tx, pair_key)
        if pair is None:
            raise UserError(f"{pair_key}: no such pair; see meetbot bilaterals")
        if pair.state in (State.HELD, State.REPORTED):
            raise UserError(f"{pair_key}: the two have met already")
        if pair.state is State.CANCELLED:
            return
        becomes = replace(pair, state=State.CANCELLED, reason=reason, since=now, agreed_by=frozenset())
        await bilaterals.change(tx, pair, becomes)
        if pair.state in ANNOUNCED:
            await _call_off(tx, store.links, becomes, reason=reason, now=now, by=by)
        await due.add(tx, due.Kind.BILATERALS, "all", now)
        await audit.note(tx, now=now, who=by, what="bilaterals.cancelled", subject=pair_key, detail=reason)
    log.info("bilaterals.cancelled", pair=pair_key, by=by)


async def _proposed(tx: Transaction, key: str, organisation: str, revision: int, *, done_before: bool = False) -> Pair:
    """`done_before`: a pair that was confirmed at that revision will do as well."""
    pair = await bilaterals.get(tx, key)
    if pair is None or organisation not in (pair.a, pair.b):
        raise UserError("There is no such bilateral of your organisation.")
    standing = pair.state is State.PROPOSED or (done_before and pair.state in ANNOUNCED)
    if not standing or pair.revision != revision:
        raise UserError("This time is no longer the one that is proposed: please look at the page again.")
    return pair


async def _strike(tx: Transaction, programme: Programme, pair: Pair, organisation: str, *, now: datetime) -> None:
    said = await bilaterals.said_by(tx, organisation)
    if said is None or pair.starts_at is None:
        return
    span = Interval(pair.starts_at, pair.starts_at + gathering.plan_of(programme).duration)
    await bilaterals.say(tx, replace(said, said=(*said.said, (span, Can.NO)), answered_at=now))


async def _call_off(tx: Transaction, seal: Seal, pair: Pair, *, reason: str, now: datetime, by: str) -> None:
    before = (await programme_flow.in_force(tx)).meetings
    meeting = before[pair.key]
    minutes = meeting.interval.duration // timedelta(minutes=1)
    off = Agreed(pair.a, pair.b, meeting.interval.start, minutes, meeting.interpreters, cancelled=True)
    programme = await programme_flow.agree(tx, {pair.key: off}, now=now, by=by)
    change = letters.Change(pair, "cancelled", before=meeting.interval.start, reason=reason)
    await tell(tx, seal, programme, [change], now=now)


def _name(programme: Programme, organisation: str) -> str:
    return programme.organisations[organisation].name
