"""Claims that come to no end: rows whose owner broke off, stopped or died wait again, as `due` has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, and_, false, not_, or_, select, update

from meetbot.store.engine import Transaction
from meetbot.store.tables import due


async def put_back(tx: Transaction, owner: str, due_at: datetime, reason: str) -> int:
    """Let what one owner has claimed wait again until `due_at`; returns how many rows that were."""
    theirs = and_(due.c.state == "claimed", due.c.owner == owner)
    back = await tx.execute(update(due).where(theirs).values(state="waiting", owner=None, due_at=due_at, reason=reason))
    return back.rowcount


async def give_back(tx: Transaction, owner: str, reason: str) -> int:
    """Let what one owner has claimed wait again, as due as it was; returns how many rows that were."""
    theirs = and_(due.c.state == "claimed", due.c.owner.startswith(owner, autoescape=True))
    return await _free(tx, select(due.c.id).where(theirs), reason)


async def owners(tx: Transaction) -> set[str]:
    """Whoever has claimed something."""
    return set(await tx.scalars(select(due.c.owner).where(due.c.state == "claimed").distinct()))


async def take_over(tx: Transaction, *, beside: Sequence[str]) -> int:
    """Let wait again, as due as it was, what is claimed by owners who begin with none of these; returns how many.

    Rows that a paused process keeps locked are left out.
    """
    theirs = or_(false(), *(due.c.owner.startswith(one, autoescape=True) for one in beside))
    stray = select(due.c.id).where(due.c.state == "claimed", not_(theirs)).with_for_update(skip_locked=True)
    return await _free(tx, stray, "taken over after a stop")


async def _free(tx: Transaction, ids: Select[tuple[int]], reason: str) -> int:
    values = {"state": "waiting", "owner": None, "reason": reason}
    freed = await tx.execute(update(due).where(due.c.id.in_(ids.scalar_subquery())).values(**values))
    return freed.rowcount
