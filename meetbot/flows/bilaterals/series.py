"""One side of a pair that has met asks for further meetings; they are planned once the other agrees to their times."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import structlog

from meetbot.core import letters as core_letters
from meetbot.core.bilaterals import Pair, State, letters, series
from meetbot.core.bilaterals.series import Proposal
from meetbot.core.model import Programme
from meetbot.errors import UserError
from meetbot.flows import programme as programme_flow
from meetbot.flows.bilaterals import asking, gathering, going_on
from meetbot.flows.bilaterals.going_on import GoingOn
from meetbot.store import audit, bilaterals, outbox
from meetbot.store import series as store_series
from meetbot.store.engine import Store, Transaction
from meetbot.store.seal import Seal

log = structlog.get_logger("bilaterals")

_MET = (State.HELD, State.REPORTED)


async def ask_for_series(
    store: Store, pair_key: str, organisation: str, *, subject: str, count: int, every: int, now: datetime
) -> None:
    """One side asks for `count` more meetings, one each `every` weeks; the other gets a letter with their times.

    UserError, and no change, while the two have not met or one of them has asked already, and where no time is found.
    """
    async with store.transaction() as tx:
        await gathering.alone(tx)
        pair = await _own(tx, pair_key, organisation)
        before = await store_series.get(tx, pair.key)
        if pair.state not in _MET:
            raise UserError("The two have not met yet: further meetings can be asked for afterwards.")
        if before is not None and before.state is State.PROPOSED:
            raise UserError("Further meetings have been asked for already: please look at the page again.")
        further = sum(series.first_of(one.key) == pair.key for one in await bilaterals.pairs(tx, organisation)) - 1
        found = await going_on.decide(tx, pair.key, count=further + count, every=every, subject=subject, now=now)
        if not found.coming:
            raise UserError("No time has been found for further meetings.", *_why(found))
        revision = 1 if before is None else before.revision + 1
        asked = _proposed(found, frozenset({organisation}), revision, now=now)
        await store_series.put(tx, asked)
        await _write(tx, store.links, found.programme, asked, pair, pair.other(organisation), now=now)
        await audit.note(
            tx, now=now, who=organisation, what="bilaterals.series_asked", subject=pair.key, detail=subject
        )
    log.info("bilaterals.series_asked", pair=pair_key, organisation=organisation, meetings=len(asked.starts))


async def agree_to_series(store: Store, pair_key: str, organisation: str, *, revision: int, now: datetime) -> None:
    """One side agrees to the times of that revision; once both have, all of the meetings are planned.

    UserError when others, or none, are asked for by now, or one of the times is not possible any more: then other times
    are offered to both, and neither has agreed to those.
    """
    async with store.transaction() as tx:
        await gathering.alone(tx)
        pair = await _own(tx, pair_key, organisation)
        asked = await _asked(tx, pair, revision, also=State.AGREED)
        if asked.state is State.AGREED or organisation in asked.agreed_by:
            return
        found = await going_on.decide(
            tx, pair.key, count=asked.count, every=asked.every, subject=asked.subject, now=now
        )
        await audit.note(tx, now=now, who=organisation, what="bilaterals.series_agreed", subject=pair.key, detail="")
        refusal = await _settle(tx, store.links, asked, found, pair, organisation, now=now)
    if refusal:  # said after the commit: the other times are to stand
        raise UserError(*refusal)


async def decline_series(
    store: Store, pair_key: str, organisation: str, *, revision: int, now: datetime, reason: str = ""
) -> None:
    """One side does not want the series of that revision, or no longer; the other gets a letter.

    UserError when another one, or none, is asked for by now.
    """
    async with store.transaction() as tx:
        await gathering.alone(tx)
        pair = await _own(tx, pair_key, organisation)
        asked = await _asked(tx, pair, revision)
        programme = await programme_flow.in_force(tx)
        why = f"{programme.organisations[organisation].name} has declined{f': {reason}' if reason else ''}"
        declined = replace(asked, state=State.CANCELLED, reason=why, since=now, agreed_by=frozenset())
        await store_series.put(tx, declined)
        await _write(tx, store.links, programme, declined, pair, pair.other(organisation), now=now)
        await audit.note(
            tx, now=now, who=organisation, what="bilaterals.series_declined", subject=pair.key, detail=reason
        )
    log.info("bilaterals.series_declined", pair=pair_key, organisation=organisation)


async def _settle(
    tx: Transaction, seal: Seal, asked: Proposal, found: GoingOn, pair: Pair, organisation: str, *, now: datetime
) -> tuple[str, ...]:
    """What follows from the agreement of this side; and why it cannot be as agreed, () when it can."""
    if {one.key: one.starts_at for one in found.coming} != asked.starts:
        if not found.coming:
            why = "no time is left for it"
            await store_series.put(tx, replace(asked, state=State.CANCELLED, reason=why, since=now))
            return ("These meetings are not possible any more.", *_why(found))
        await store_series.put(tx, _proposed(found, frozenset(), asked.revision + 1, now=now))
        return ("Not all of these times are possible any more: please look at the new ones, and agree to them.",)
    agreed_by = asked.agreed_by | {organisation}
    if agreed_by == {pair.a, pair.b}:
        await going_on.plan(tx, seal, found, now=now, by="both sides")
        return ()
    one_side = replace(asked, agreed_by=agreed_by)
    await store_series.put(tx, one_side)
    await _write(tx, seal, found.programme, one_side, pair, pair.other(organisation), now=now)
    return ()


def _proposed(found: GoingOn, agreed_by: frozenset[str], revision: int, *, now: datetime) -> Proposal:
    return Proposal(
        pair=found.pair,
        subject=found.subject,
        count=found.count,
        every=found.every,
        starts={one.key: one.starts_at for one in found.coming if one.starts_at},
        state=State.PROPOSED,
        reason="; ".join(_why(found)),
        since=now,
        agreed_by=agreed_by,
        revision=revision,
    )


def _why(found: GoingOn) -> tuple[str, ...]:
    """Why it is not each week as asked."""
    return (*found.series.why.values(), *found.series.skipped, *found.refused.values())


async def _own(tx: Transaction, key: str, organisation: str) -> Pair:
    pair = await bilaterals.get(tx, key)
    if pair is None or organisation not in (pair.a, pair.b) or series.first_of(key) != key:
        raise UserError("There is no such bilateral of your organisation.")
    return pair


async def _asked(tx: Transaction, pair: Pair, revision: int, *, also: State | None = None) -> Proposal:
    asked = await store_series.get(tx, pair.key)
    if asked is None or asked.state not in (State.PROPOSED, also) or asked.revision != revision:
        raise UserError("These meetings are no longer those that are asked for: please look at the page again.")
    return asked


async def _write(
    tx: Transaction, seal: Seal, programme: Programme, asked: Proposal, pair: Pair, to: str, *, now: datetime
) -> None:
    """To the focal point of that side; one without hears of it from the organiser, whose board shows it."""
    organisation = programme.organisations[to]
    if organisation.focal_point is not None:
        page = await asking.page(tx, seal, programme, to, now=now)
        written = letters.series(programme, organisation, asked, pair, page=page)
        await outbox.put(tx, [written], now=now, domain=core_letters.domain(programme))
