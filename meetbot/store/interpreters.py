"""Interpreters of the pool who have dropped out, until they are back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from meetbot.store.engine import Transaction
from meetbot.store.tables import interpreter_out


async def out(tx: Transaction) -> frozenset[str]:
    """Their addresses, in lower case."""
    return frozenset(await tx.scalars(select(interpreter_out.c.address)))


async def drop(tx: Transaction, address: str, *, now: datetime, by: str) -> None:
    """They interpret in no bilateral from now on."""
    await back(tx, address)
    await tx.execute(insert(interpreter_out).values(address=address.casefold(), since=now, who=by))


async def back(tx: Transaction, address: str) -> bool:
    """They may be asked again; False when they had not dropped out."""
    gone = await tx.execute(delete(interpreter_out).where(interpreter_out.c.address == address.casefold()))
    return gone.rowcount == 1
