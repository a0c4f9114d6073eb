"""Who acts: one lease for each running process, with a fencing number that goes up at every start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, insert, select, update

from meetbot.store import due, outbox
from meetbot.store.engine import Transaction
from meetbot.store.tables import node

LEASE = timedelta(seconds=3)


@dataclass(frozen=True)
class Life:
    """One run of a node, from its start to its end; what it claims begins with its name."""

    node: str
    fencing: int

    def __str__(self) -> str:
        return f"{self.node}#{self.fencing}"


async def start(tx: Transaction, name: str, *, now: datetime) -> Life | None:
    """Begin a life under that name; None while another has a valid lease. What a former one had claimed waits anew."""
    former = (await tx.execute(select(node).where(node.c.name == name))).first()
    if former is None:
        await tx.execute(insert(node).values(name=name, fencing=1, lease_until=now + LEASE))
        return Life(name, 1)
    if former.lease_until > now:
        return None
    life = Life(name, former.fencing + 1)
    await tx.execute(update(node).where(node.c.name == name).values(fencing=life.fencing, lease_until=now + LEASE))
    await due.take_over(tx, [str(Life(name, former.fencing))])
    await outbox.reopen_interrupted(tx)
    return life


async def renew(tx: Transaction, life: Life, *, now: datetime) -> bool:
    """Say that this life goes on, and take over what lapsed nodes had claimed; False: another life superseded it."""
    mine = and_(node.c.name == life.node, node.c.fencing == life.fencing)
    renewed = await tx.execute(update(node).where(mine).values(lease_until=now + LEASE))
    if renewed.rowcount == 0:
        return False
    lapsed = (await tx.execute(select(node.c.name, node.c.fencing).where(node.c.lease_until < now))).all()
    if await due.take_over(tx, [str(Life(row.name, row.fencing)) for row in lapsed]):
        await outbox.reopen_interrupted(tx)
    return True


async def end(tx: Transaction, life: Life, *, now: datetime) -> None:
    """Give the lease back, so that a successor need not wait for it to lapse."""
    mine = and_(node.c.name == life.node, node.c.fencing == life.fencing)
    await tx.execute(update(node).where(mine).values(lease_until=now))
