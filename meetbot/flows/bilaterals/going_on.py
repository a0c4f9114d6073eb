"""A pair that wants to go on gets further meetings: shown beforehand, and made in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from meetbot.core.bilaterals import ANNOUNCED, Pair, State, letters, series
from meetbot.core.bilaterals.series import Series
from meetbot.core.model import Programme
from meetbot.errors import UserError
from meetbot.flows import programme as programme_flow
from meetbot.flows.bilaterals import confirming, gathering, people
from meetbot.store import audit, bilaterals, due
from meetbot.store import series as store_series
from meetbot.store.engine import Store, Transaction
from meetbot.store.seal import Seal

log = structlog.get_logger("bilaterals")


@dataclass(frozen=True)
class GoingOn:
    """Which further meetings a pair would get, as found at that moment."""

    programme: Programme
    pair: str
    count: int
    every: int  #: weeks
    subject: str  #: what they are about; "": nothing in particular
    series: Series
    refused: dict[str, str]  #: by key: why nobody could hold it
    made_at: datetime
    duration: timedelta
    missing: int  #: how many of them no time or no host was found for

    @property
    def coming(self) -> tuple[Pair, ...]:
        """The further meetings that can be held."""
        return tuple(one for one in self.series.pairs if one.key not in self.refused)


async def would_go_on(
    store: Store, key: str, *, count: int | None, every: int, subject: str = "", now: datetime
) -> GoingOn:
    """Which meetings are missing of `count` after the first, one each `every` weeks, and when; changes nothing.

    `count` None: of the series that a side has asked for. UserError for an unknown pair, one that has not been agreed,
    or one of which no side has asked.
    """
    async with store.reading() as tx:
        if count is not None:
            return await decide(tx, key, count=count, every=every, subject=subject, now=now)
        asked = await store_series.get(tx, series.first_of(key))
        if asked is None or asked.state is not State.PROPOSED:
            raise UserError(f"{key}: neither side has asked to go on; say how many meetings, for example --times 3")
        return await decide(tx, key, count=asked.count, every=asked.every, subject=asked.subject, now=now)


async def go_on(store: Store, shown: GoingOn, *, now: datetime, by: str) -> tuple[str, ...]:
    """Plan what was shown and register both delegations; returns the keys. Each focal point gets one letter.

    UserError, and no change, when anything has changed that could give another result.
    """
    async with store.transaction() as tx:
        await gathering.alone(tx)
        decided = await decide(
            tx, shown.pair, count=shown.count, every=shown.every, subject=shown.subject, now=shown.made_at
        )
        if (decided.series, decided.refused) != (shown.series, shown.refused):
            raise UserError("Something has changed since this was shown: nothing was planned. Give the command again.")
        await plan(tx, store.links, decided, now=now, by=by)
    return tuple(one.key for one in decided.coming)


async def plan(tx: Transaction, seal: Seal, decided: GoingOn, *, now: datetime, by: str) -> None:
    """The same as a part of what else is decided, under `gathering.alone`. What a side had asked for is settled."""
    if new := [replace(one, reason=f"agreed by {by}", since=now) for one in decided.coming]:
        await bilaterals.add(tx, new)
        agreed = {one.key: confirming.agreed(decided.programme, one) for one in new}
        programme = await programme_flow.agree(tx, agreed, now=now, by=by)
        await people.register(tx, programme, [*agreed], now=now, by=by)
        changes = [letters.Change(one, "agreed") for one in new]
        await confirming.tell(tx, seal, programme, changes, now=now)
        await due.add(tx, due.Kind.BILATERALS, "all", now)
        await audit.note(tx, now=now, who=by, what="bilaterals.go_on", subject=decided.pair, detail=", ".join(agreed))
        asked = await store_series.get(tx, decided.pair)
        if asked is not None and asked.state is State.PROPOSED:
            await store_series.put(tx, replace(asked, state=State.AGREED, reason=f"agreed by {by}", since=now))
    log.info("bilaterals.go_on", pair=decided.pair, further=len(new), by=by)


async def decide(tx: Transaction, key: str, *, count: int, every: int, subject: str, now: datetime) -> GoingOn:
    """As `would_go_on`, on what this transaction sees."""
    programme = await programme_flow.in_force(tx)
    known = await gathering.known(tx, programme, now=now)
    pair = next((one for one in known.pairs if one.key == series.first_of(key)), None)
    if pair is None:
        raise UserError(f"{key}: no such pair; see meetbot bilaterals")
    if pair.state not in ANNOUNCED or pair.key not in programme.meetings:
        raise UserError(f"{pair.key}: it is {pair.state}: only a pair that has agreed on a first time can go on")
    first, last = series.reach(programme, known, pair, count, every, now)
    known = replace(known, holidays=gathering.holidays_of(programme, first, last))
    found = series.further(programme, known, pair, count, every, now, subject=subject)
    agreed = {one.key: confirming.agreed(programme, one) for one in found.pairs}
    refused = dict(await confirming.without_host(tx, programme, agreed, now=now))
    missing = found.wanted - len(found.pairs) + len(refused)
    duration = gathering.plan_of(programme).duration
    return GoingOn(programme, pair.key, count, every, subject, found, refused, now, duration, missing)
