"""What a person decides about single letters. What is let go is looked at again before it leaves, like any other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from meetbot.core import erasure
from meetbot.core import outbox as core_outbox
from meetbot.core.outbox import LetterState
from meetbot.errors import UserError
from meetbot.store import audit, by_hand, outbox, together
from meetbot.store.engine import Store, Transaction
from meetbot.store.outbox import Outgoing


async def release(store: Store, numbers: Sequence[int], *, now: datetime, by: str) -> list[Outgoing]:
    """Let letters that wait for a person go once more, and those of the same mail with them.

    UserError, and none goes, when one of them cannot.
    """
    async with store.transaction() as tx:
        found = await _found(tx, numbers, _cannot_release)
        found += await _with_them(tx, found, _cannot_release)
        for one in found:
            await by_hand.release(tx, one, now=now, reason=f"released by {by}")
            await _note(tx, "outbox.released", one, f"was {one.state}: {one.reason}", now=now, by=by)
    return found


async def edit(store: Store, number: int, *, address: str, now: datetime, by: str) -> Outgoing:
    """Send one letter to another address, under a Message-ID of its own. UserError when it has gone or cannot go.

    With it what leaves in the same mail; later ones go where the registration says.
    """
    async with store.transaction() as tx:
        (letter,) = await _found(tx, [number], _cannot_edit)
        for one in [letter, *await _with_them(tx, [letter], _cannot_edit)]:
            await by_hand.readdress(tx, one, address, now=now, reason=f"address corrected by {by}")
            await _note(tx, "outbox.edited", one, f"to {address} instead of {one.message.to.address}", now=now, by=by)
    return letter


async def discard(store: Store, numbers: Sequence[int], *, reason: str, now: datetime, by: str) -> list[Outgoing]:
    """Never send these. UserError, and none is discarded, when one of them has gone."""
    async with store.transaction() as tx:
        found = await _found(tx, numbers, lambda one: core_outbox.cannot_discard(one.state))
        for one in found:
            await by_hand.discard(tx, one, now=now, reason=f"discarded by {by}" + (f": {reason}" if reason else ""))
            await _note(tx, "outbox.discarded", one, reason, now=now, by=by)
    return found


def _cannot_release(one: Outgoing) -> str:
    return _says_nothing(one) or core_outbox.cannot_release(one.state, one.next_at is not None)


def _cannot_edit(one: Outgoing) -> str:
    return _says_nothing(one) or core_outbox.cannot_edit(one.state, one.next_at is not None)


def _says_nothing(one: Outgoing) -> str:
    erased = erasure.is_stand_in(one.message.to.address)
    return "its reader has been erased, and what it said with them" if erased else ""


async def _with_them(tx: Transaction, found: Sequence[Outgoing], cannot: Callable[[Outgoing], str]) -> list[Outgoing]:
    """What leaves in one mail with these, and can be acted on as well."""
    with_them = {one.id: one for letter in found for one in await together.others(tx, letter)}
    named = {one.id for one in found}
    return [one for number, one in with_them.items() if number not in named and not cannot(one)]


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
