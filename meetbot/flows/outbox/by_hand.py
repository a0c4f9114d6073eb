"""What a person decides about single letters. What is let go is looked at again before it leaves, like any other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from meetbot.core import outbox as core_outbox
from meetbot.core.outbox import LetterState
from meetbot.errors import UserError
from meetbot.store import audit, by_hand, outbox
from meetbot.store.engine import Store, Transaction
from meetbot.store.outbox import Outgoing


async def release(store: Store, numbers: Sequence[int], *, now: datetime, by: str) -> list[Outgoing]:
    """Let letters that wait for a person go once more. UserError, and none goes, when one of them cannot."""
    async with store.transaction() as tx:
        found = await _found(tx, numbers, lambda one: core_outbox.cannot_release(one.state, one.next_at is not None))
        for one in found:
            await by_hand.release(tx, one, now=now, reason=f"released by {by}")
            await _note(tx, "outbox.released", one, f"was {one.state}: {one.reason}", now=now, by=by)
    return found


async def edit(store: Store, number: int, *, address: str, now: datetime, by: str) -> Outgoing:
    """Send one letter to another address, under a Message-ID of its own. UserError when it has gone or cannot go.

    Only this letter: later ones go where the registration says.
    """
    async with store.transaction() as tx:
        cannot = core_outbox.cannot_edit
        (one,) = await _found(tx, [number], lambda one: cannot(one.state, one.next_at is not None))
        await by_hand.readdress(tx, one, address, now=now, reason=f"address corrected by {by}")
        await _note(tx, "outbox.edited", one, f"to {address} instead of {one.message.to.address}", now=now, by=by)
    return one


async def discard(store: Store, numbers: Sequence[int], *, reason: str, now: datetime, by: str) -> list[Outgoing]:
    """Never send these. UserError, and none is discarded, when one of them has gone."""
    async with store.transaction() as tx:
        found = await _found(tx, numbers, lambda one: core_outbox.cannot_discard(one.state))
        for one in found:
            await by_hand.discard(tx, one, now=now, reason=f"discarded by {by}" + (f": {reason}" if reason else ""))
            await _note(tx, "outbox.discarded", one, reason, now=now, by=by)
    return found


async def _found(tx: Transaction, numbers: Sequence[int], cannot: Callable[[Outgoing], str]) -> list[Outgoing]:
    """The letters of these numbers, all of which can be acted on."""
    found, problems = [], []
    for number in dict.fromkeys(numbers):
        one = await outbox.one(tx, number)
        if one is None:
            problems.append(f"There is no letter {number}; see `meetbot outbox list`.")
        elif why := cannot(one):
            ended = one.state in (LetterState.CANCELLED, LetterState.EXPIRED)
            problems.append(f"Letter {number}: {why} ({one.reason})." if ended else f"Letter {number}: {why}.")
        else:
            found.append(one)
    if problems:
        raise UserError(*problems)
    return found


async def _note(tx: Transaction, what: str, one: Outgoing, detail: str, *, now: datetime, by: str) -> None:
    await audit.note(tx, now=now, who=by, what=what, subject=f"letter {one.id}", detail=detail)
