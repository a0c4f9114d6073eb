"""A pair that wants to go on gets further meetings: shown beforehand, and made in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from meetbot.core.bilaterals import ANNOUNCED, letters, series
from meetbot.core.bilaterals.series import Series
from meetbot.core.model import Programme
from meetbot.errors import UserError
from meetbot.flows import programme as programme_flow
from meetbot.flows.bilaterals import confirming, gathering, people
from meetbot.store import audit, bilaterals, due
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("bilaterals")


@dataclass(frozen=True)
class GoingOn:
    """Which further meetings a pair would get, as found at that moment."""

    programme: Programme
    pair: str
    count: int
    every: int  #: weeks
    series: Series
    refused: dict[str, str]  #: by key: why nobody could hold it
    made_at: datetime
    duration: timedelta
    missing: int  #: how many of them no time or no host was found for


async def would_go_on(store: Store, key: str, *, count: int, every: int, now: datetime) -> GoingOn:
    """Which meetings are missing of `count` after the first, one each `every` weeks, and when; changes nothing.

    UserError for an unknown pair, or one that has not been agreed.
    """
    async with store.reading() as tx:
        return await _decide(tx, key, count=count, every=every, now=now)


async def go_on(store: Store, shown: GoingOn, *, now: datetime, by: str) -> tuple[str, ...]:
    """Plan what was shown and register both delegations; returns the keys. Each focal point gets one letter.

    UserError, and no change, when anything has changed that could give another result.
    """
    async with store.transaction() as tx:
        await gathering.alone(tx)
        decided = await _decide(tx, shown.pair, count=shown.count, every=shown.every, now=shown.made_at)
        if (decided.series, decided.refused) != (shown.series, shown.refused):
            raise UserError("Something has changed since this was shown: nothing was planned. Give the command again.")
        new = [
            replace(one, reason=f"agreed by {by}", since=now)
            for one in decided.series.pairs
            if one.key not in decided.refused
        ]
        if new:
            before = decided.programme
            await bilaterals.add(tx, new)
            agreed = {one.key: confirming.agreed(before, one) for one in new}
            programme = await programme_flow.agree(tx, agreed, now=now, by=by)
            await people.register(tx, programme, [*agreed], now=now, by=by)
            changes = [letters.Change(one, "agreed") for one in new]
            await confirming.tell(tx, store.links, programme, changes, was=before.meetings, now=now)
            await due.add(tx, due.Kind.BILATERALS, "all", now)
            await audit.note(tx, now=now, who=by, what="bilaterals.go_on", subject=shown.pair, detail=", ".join(agreed))
    log.info("bilaterals.go_on", pair=shown.pair, further=len(new), by=by)
    return tuple(one.key for one in new)


async def _decide(tx: Transaction, key: str, *, count: int, every: int, now: datetime) -> GoingOn:
    programme = await programme_flow.in_force(tx)
    known = await gathering.known(tx, programme, now=now)
    pair = next((one for one in known.pairs if one.key == series.first_of(key)), None)
    if pair is None:
        raise UserError(f"{key}: no such pair; see meetbot bilaterals")
    if pair.state not in ANNOUNCED or pair.key not in programme.meetings:
        raise UserError(f"{pair.key}: it is {pair.state}: only a pair that has agreed on a first time can go on")
    first, last = series.reach(programme, known, pair, count, every, now)
    known = replace(known, holidays=gathering.holidays_of(programme, first, last))
    found = series.further(programme, known, pair, count, every, now)
    agreed = {one.key: confirming.agreed(programme, one) for one in found.pairs}
    refused = dict(await confirming.without_host(tx, programme, agreed, now=now))
    missing = found.wanted - len(found.pairs) + len(refused)
    duration = gathering.plan_of(programme).duration
    return GoingOn(programme, pair.key, count, every, found, refused, now, duration, missing)
