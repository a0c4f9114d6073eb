"""What Zoom told of running meetings. A fact is here once, however often and in whatever order it was told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from meetbot.core.remote import Fact, FactKind
from meetbot.store.engine import Transaction
from meetbot.store.tables import fact


async def add(tx: Transaction, facts: Iterable[Fact]) -> int:
    """Write down the facts that are not known yet; returns how many that were."""
    rows = [asdict(one) for one in facts]
    if not rows:
        return 0
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    fresh = dialect.insert(fact).on_conflict_do_nothing().returning(fact.c.id)
    return len((await tx.execute(fresh, rows)).all())


async def of(tx: Transaction, meeting_id: str) -> tuple[Fact, ...]:
    """Everything told of the meeting with that id at Zoom, the oldest first."""
    rows = select(fact).where(fact.c.meeting_id == meeting_id).order_by(fact.c.at, fact.c.id)
    return tuple(_noun(row) for row in await tx.execute(rows))


async def prune(tx: Transaction, before: datetime) -> None:
    """Forget what happened before then."""
    await tx.execute(delete(fact).where(fact.c.at < before))


def _noun(row: Row[Any]) -> Fact:
    told = {name: value for name, value in row._asdict().items() if name != "id"}
    return Fact(**{**told, "kind": FactKind(row.kind)})
