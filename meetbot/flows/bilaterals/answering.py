"""What an organisation says: when it can meet, who comes, and in which languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from meetbot.core import times
from meetbot.core.bilaterals import ANNOUNCED, Availability, Can, Delegate, Pair, State, asking
from meetbot.core.bilaterals.series import Proposal
from meetbot.core.model import Programme
from meetbot.core.times import Interval
from meetbot.errors import UserError
from meetbot.flows import programme as programme_flow
from meetbot.flows.bilaterals import gathering, people
from meetbot.flows.programme import current
from meetbot.store import audit, bilaterals, due, series
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("bilaterals")


@dataclass(frozen=True)
class Known:
    """What stands written of one organisation."""

    pairs: tuple[Pair, ...]
    availability: Availability | None  #: None: it has not answered
    delegates: tuple[Delegate, ...]
    series: tuple[Proposal, ...]  #: of further meetings, asked for by it or by a peer


async def known(store: Store, organisation: str) -> Known:
    """Of an organisation that nobody has spoken of there is nothing."""
    async with store.reading() as tx:
        pairs = await bilaterals.pairs(tx, organisation)
        return Known(
            pairs,
            await bilaterals.said_by(tx, organisation),
            await bilaterals.delegates(tx, organisation),
            await series.proposals(tx, [one.key for one in pairs]),
        )


async def answer(
    store: Store,
    programme: Programme,
    availability: Availability,
    delegates: Sequence[Delegate] | None,
    *,
    speaks: Sequence[str] | None = None,
    now: datetime,
) -> bool:
    """Let this be the organisation's answer, these its delegation and languages (None: as it was); True when late.

    The same answer again changes nothing. A time proposed to it that it no longer can is taken back. Other languages
    count for whatever is looked for from now on; what is agreed stays.
    """
    key, late = availability.organisation, _late(programme, now)
    async with store.transaction() as tx:
        programme = await _alone(tx, key)
        before = await bilaterals.said_by(tx, key)
        if before is None or before.said != availability.said:
            await bilaterals.say(tx, availability)
            await _take_back(tx, programme, availability, now=now)
            await due.add(tx, due.Kind.BILATERALS, "all", now)
            detail = f"{availability.by}{', after the deadline' if late else ''}"
            await audit.note(tx, now=now, who=availability.by, what="bilaterals.answered", subject=key, detail=detail)
        if speaks is not None and tuple(speaks) != programme.organisations[key].speaks:
            programme = await programme_flow.speak(tx, key, speaks, now=now, by=availability.by)
            await due.add(tx, due.Kind.BILATERALS, "all", now)
            spoken = ", ".join(speaks)
            await audit.note(tx, now=now, who=availability.by, what="bilaterals.speaks", subject=key, detail=spoken)
        if delegates is not None:
            await _name(tx, programme, key, delegates, now=now)
    log.info("bilaterals.answered", organisation=key, by=availability.by, late=late)
    return late


async def name_delegation(store: Store, organisation: str, delegates: Sequence[Delegate], *, now: datetime) -> None:
    """Let these be its delegation. Whoever is new gets a link for each bilateral that is agreed already."""
    async with store.transaction() as tx:
        programme = await _alone(tx, organisation)
        await _name(tx, programme, organisation, delegates, now=now)


async def _alone(tx: Transaction, organisation: str) -> Programme:
    """The programme in force, in which a bilateral may just have been agreed. UserError for an unknown organisation."""
    await gathering.alone(tx)
    programme = await current.in_force(tx)
    if organisation not in programme.organisations:
        raise UserError(f"{organisation!r} is no organisation of the programme.")
    return programme


async def _take_back(tx: Transaction, programme: Programme, said: Availability, *, now: datetime) -> None:
    name = programme.organisations[said.organisation].name
    for pair in await bilaterals.pairs(tx, said.organisation):
        if pair.state is State.PROPOSED and not _can(programme, said, pair):
            reason = f"{name} can no longer at the time that was proposed"
            await bilaterals.change(tx, pair, gathering.waiting(pair, reason, now=now))


def _can(programme: Programme, said: Availability, pair: Pair) -> bool:
    """Whether what was said covers the whole meeting."""
    assert pair.starts_at is not None, "what is proposed has a time"
    meeting = Interval(pair.starts_at, pair.starts_at + gathering.plan_of(programme).duration)
    able = times.union(span for span, can in said.said if can is not Can.NO)
    refused = any(can is Can.NO and span & meeting for span, can in said.said)
    return not refused and any(span & meeting == meeting for span in able)


async def _name(
    tx: Transaction, programme: Programme, organisation: str, delegates: Sequence[Delegate], *, now: datetime
) -> None:
    if tuple(delegates) == await bilaterals.delegates(tx, organisation):
        return
    await bilaterals.name(tx, organisation, delegates)
    agreed = [one for one in await bilaterals.pairs(tx, organisation) if one.state in ANNOUNCED]
    await people.register(tx, programme, [one.key for one in agreed], now=now, by=f"focal point of {organisation}")


def _late(programme: Programme, now: datetime) -> bool:
    plan = gathering.plan_of(programme)
    return now >= asking.deadline(programme, plan)
