"""Who did what, when. Rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from meetbot.store.engine import Transaction
from meetbot.store.tables import audit


async def note(tx: Transaction, *, now: datetime, who: str, what: str, subject: str, detail: str = "") -> None:
    """Write it down in the transaction that does it."""
    await tx.execute(insert(audit).values(at=now, who=who, what=what, subject=subject, detail=detail))


async def listing(tx: Transaction) -> tuple[Row[Any], ...]:
    """Everything, the oldest first."""
    return tuple(await tx.execute(select(audit).order_by(audit.c.id)))
