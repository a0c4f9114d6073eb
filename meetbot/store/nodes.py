"""Who acts: one lease for each running process, with a fencing number that goes up at every start."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from meetbot.store import due, outbox
from meetbot.store.engine import Transaction
from meetbot.store.tables import node

LEASE = timedelta(seconds=3)


async def start(tx: Transaction, name: str, *, now: datetime) -> str:
    """Begin a life under that name; returns what its claims begin with. What a former life had claimed waits anew."""
    fencing = (await tx.scalar(select(node.c.fencing).where(node.c.name == name))) or 0
    if fencing:
        lease = {"fencing": fencing + 1, "lease_until": now + LEASE}
        await tx.execute(update(node).where(node.c.name == name).values(**lease))
        await due.take_over(tx, [_life(name, fencing)])
    else:
        await tx.execute(insert(node).values(name=name, fencing=1, lease_until=now + LEASE))
    await outbox.reopen_interrupted(tx)
    return _life(name, fencing + 1)


async def renew(tx: Transaction, name: str, *, now: datetime) -> int:
    """Say that this node lives, and take over what nodes without a valid lease had claimed."""
    await tx.execute(update(node).where(node.c.name == name).values(lease_until=now + LEASE))
    lapsed = (await tx.execute(select(node.c.name, node.c.fencing).where(node.c.lease_until < now))).all()
    taken = await due.take_over(tx, [_life(row.name, row.fencing) for row in lapsed])
    if taken:
        await outbox.reopen_interrupted(tx)
    return taken


def _life(name: str, fencing: int) -> str:
    return f"{name}#{fencing}"
