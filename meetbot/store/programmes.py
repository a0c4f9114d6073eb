"""The applied programme files, as their authors wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from meetbot.store.engine import Transaction
from meetbot.store.tables import programme


@dataclass(frozen=True)
class Applied:
    """A programme file at the moment when it was applied."""

    id: int
    name: str  #: of the file
    text: str


async def latest(tx: Transaction) -> Applied | None:
    """The programme in force; None before the first apply."""
    row = (await tx.execute(select(programme).order_by(programme.c.id.desc()).limit(1))).first()
    return Applied(row.id, row.name, row.text) if row else None


async def latest_id(tx: Transaction) -> int | None:
    """Tells cheaply whether another programme has been applied."""
    found: int | None = await tx.scalar(select(programme.c.id).order_by(programme.c.id.desc()).limit(1))
    return found


async def apply(tx: Transaction, *, name: str, text: str, now: datetime, by: str) -> None:
    await tx.execute(insert(programme).values(name=name, text=text, applied_at=now, applied_by=by))
