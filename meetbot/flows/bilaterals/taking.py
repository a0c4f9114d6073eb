"""Pairs come in: from the programme file, from a list, from preferences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from meetbot.core.delegations import Pairing
from meetbot.core.model import Programme
from meetbot.errors import UserError
from meetbot.flows.bilaterals.gathering import with_pairings
from meetbot.store import audit, bilaterals, due, locks
from meetbot.store.engine import Store

log = structlog.get_logger("bilaterals")


@dataclass(frozen=True)
class TakenIn:
    """What came of a list of pairs."""

    added: int
    changed: int  #: another wish or weight
    same: int  #: nothing new, or announced already


async def take_in(
    store: Store, programme: Programme, pairings: Sequence[Pairing], *, now: datetime, by: str
) -> TakenIn:
    """Let these pairs be among those that are to meet; the same list again changes nothing.

    A pair that must not meet is kept, and no time is sought for it. UserError, and nothing taken in, when an
    organisation is unknown.
    """
    _refuse_unknown(programme, pairings)
    async with store.transaction() as tx:
        await locks.alone(tx, locks.BILATERALS)
        before = {one.key: one for one in await bilaterals.pairs(tx)}
        after = with_pairings(before.values(), pairings, now=now)
        fresh = [one for key, one in after.items() if key not in before]
        changed = [(was, after[key]) for key, was in before.items() if after[key] != was]
        await bilaterals.add(tx, fresh)
        for was, becomes in changed:
            await bilaterals.change(tx, was, becomes)
        if fresh or changed:
            await due.add(tx, due.Kind.BILATERALS, "all", now)
            detail = f"{len(fresh)} new, {len(changed)} changed"
            await audit.note(tx, now=now, who=by, what="bilaterals.taken_in", subject=programme.key, detail=detail)
    same = len({one.key for one in pairings}) - len(fresh) - len(changed)
    log.info("bilaterals.taken_in", added=len(fresh), changed=len(changed), same=same, by=by)
    return TakenIn(len(fresh), len(changed), same)


def _refuse_unknown(programme: Programme, pairings: Sequence[Pairing]) -> None:
    unknown = sorted({side for one in pairings for side in (one.a, one.b)} - programme.organisations.keys())
    if unknown:
        raise UserError(*(f"{key!r} is no organisation of the programme." for key in unknown))
