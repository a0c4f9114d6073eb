"""A proposed time becomes a planned meeting: looked at once more, and then all that follows in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from meetbot.core import letters as core_letters
from meetbot.core.bilaterals import Agreed, Pair, State, letters, with_agreed
from meetbot.core.bilaterals.confirmable import confirmable
from meetbot.core.model import Message, Programme
from meetbot.flows import meetings as meetings_flow
from meetbot.flows import programme as programme_flow
from meetbot.flows.bilaterals import asking, gathering, people
from meetbot.store import audit, bilaterals, due, hosts, meetings, outbox
from meetbot.store.engine import Store, Transaction
from meetbot.store.seal import Seal

log = structlog.get_logger("bilaterals")


@dataclass(frozen=True)
class Confirmed:
    """What came of confirming; every pair that was asked for is in one of the two."""

    agreed: tuple[str, ...]  #: keys
    refused: Mapping[str, str]  #: by key: why its time is not possible any more


async def confirm(store: Store, keys: Iterable[str], *, now: datetime, by: str) -> Confirmed:
    """Plan the meetings of these pairs at the times proposed to them. Zoom is not called here: a due row asks for that.

    Both delegations are registered, and focal points and interpreters told. A pair whose time is not possible any more
    waits for another one.
    """
    async with store.transaction() as tx:
        await gathering.alone(tx)
        return await confirm_within(tx, store.links, list(keys), now=now, by=by)


async def confirm_within(tx: Transaction, seal: Seal, keys: Sequence[str], *, now: datetime, by: str) -> Confirmed:
    """The same as a part of what else is decided, under `gathering.alone`."""
    before = await programme_flow.in_force(tx)
    known = await gathering.known(tx, before, now=now)
    possible = confirmable(before, gathering.plan_of(before), known, keys, now)
    planned = {one.key: agreed(before, one) for one in possible.pairs}
    unheld = await without_host(tx, before, planned, now=now)
    fits = [one for one in possible.pairs if one.key not in unheld]
    refused = {**possible.refused, **unheld}
    for pair in known.pairs:
        if pair.key in refused and pair.state is State.PROPOSED:
            await bilaterals.change(tx, pair, gathering.waiting(pair, refused[pair.key], now=now))
    if fits:
        await _plan(tx, seal, fits, {one.key: planned[one.key] for one in fits}, now=now, by=by)
    await due.add(tx, due.Kind.BILATERALS, "all", now)
    log.info("bilaterals.confirmed", agreed=len(fits), refused=len(refused), by=by)
    return Confirmed(tuple(one.key for one in fits), refused)


def agreed(programme: Programme, pair: Pair) -> Agreed:
    """What becomes of a pair that has a time."""
    assert pair.starts_at is not None, "what is proposed has a time"
    plan = gathering.plan_of(programme)
    interpreters = tuple(one for one in plan.interpreters if one.address == pair.interpreter)
    minutes = plan.duration // timedelta(minutes=1)
    return Agreed(pair.a, pair.b, pair.starts_at, minutes, interpreters, subject=pair.subject)


async def without_host(
    tx: Transaction, programme: Programme, agreed: Mapping[str, Agreed], *, now: datetime
) -> Mapping[str, str]:
    """By key, why nobody can hold it. Hosts were counted until here; now all meetings are given theirs."""
    known, out = await meetings.all_(tx), await hosts.out(tx)
    allocation = meetings_flow.allocate(with_agreed(programme, agreed), known, out, now=now)
    return {key: why for key, why in allocation.without.items() if key in agreed}


async def _plan(
    tx: Transaction,
    seal: Seal,
    pairs: Sequence[Pair],
    agreed: Mapping[str, Agreed],
    *,
    now: datetime,
    by: str,
) -> None:
    stored = {one.key: one for one in await bilaterals.pairs(tx)}
    becomes = [replace(one, state=State.AGREED, reason=f"confirmed by {by}", since=now) for one in pairs]
    for one in becomes:
        await bilaterals.change(tx, stored[one.key], one)
    programme = await programme_flow.agree(tx, agreed, now=now, by=by)
    await people.register(tx, programme, [one.key for one in becomes], now=now, by=by)
    changes = [letters.Change(one, "agreed") for one in becomes]
    await tell(tx, seal, programme, changes, now=now)
    for one in becomes:
        await audit.note(tx, now=now, who=by, what="bilaterals.agreed", subject=one.key, detail=str(one.starts_at))


async def tell(
    tx: Transaction, seal: Seal, programme: Programme, changes: Sequence[letters.Change], *, now: datetime
) -> None:
    """One letter to each focal point with all that has changed for them."""
    written: list[Message] = []
    for key in sorted({side for one in changes for side in (one.pair.a, one.pair.b)}):
        organisation = programme.organisations[key]
        if organisation.focal_point is not None:
            theirs = [one for one in changes if key in (one.pair.a, one.pair.b)]
            page = await asking.page(tx, seal, programme, key, now=now)
            written.append(letters.bilaterals(programme, organisation, theirs, page=page))
    await outbox.put(tx, written, now=now, domain=core_letters.domain(programme))
