"""Series of further meetings that one side of a pair has asked for: the newest of each pair."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select

from meetbot.core.bilaterals import State
from meetbot.core.bilaterals.series import Proposal
from meetbot.store.engine import Transaction
from meetbot.store.tables import series


async def proposals(tx: Transaction, pairs: Sequence[str] | None = None) -> tuple[Proposal, ...]:
    """Of all pairs, or of these (keys), by key."""
    rows = select(series).order_by(series.c.pair)
    return tuple(map(_proposal, await tx.execute(rows if pairs is None else rows.where(series.c.pair.in_(pairs)))))


async def get(tx: Transaction, pair: str) -> Proposal | None:
    """None: nobody has ever asked."""
    return next(iter(await proposals(tx, [pair])), None)


async def put(tx: Transaction, one: Proposal) -> None:
    """Let this stand for its pair, instead of an earlier one; under `locks.BILATERALS`."""
    await tx.execute(delete(series).where(series.c.pair == one.pair))
    row = {
        "pair": one.pair,
        "subject": one.subject,
        "count": one.count,
        "every": one.every,
        "starts": {key: at.isoformat() for key, at in one.starts.items()},
        "state": one.state,
        "reason": one.reason,
        "since": one.since,
        "agreed_by": sorted(one.agreed_by),
        "revision": one.revision,
    }
    await tx.execute(insert(series).values(**row))


def _proposal(row: Row[Any]) -> Proposal:
    # `count` is also a method of every row.
    return Proposal(
        pair=row.pair,
        subject=row.subject,
        count=row._mapping["count"],
        every=row.every,
        starts={key: datetime.fromisoformat(at) for key, at in row.starts.items()},
        state=State(row.state),
        reason=row.reason,
        since=row.since,
        agreed_by=frozenset(row.agreed_by),
        revision=row.revision,
    )
