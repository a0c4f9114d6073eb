"""Who was erased and when, known again by a mark of their address alone; and what was said of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from meetbot.core.registration import canonical_address
from meetbot.store.engine import Transaction
from meetbot.store.seal import Seal
from meetbot.store.tables import erasure


@dataclass(frozen=True)
class Receipt:
    """What was erased of one person, in numbers and words that name nobody."""

    id: int
    at: datetime
    who: str
    said: Mapping[str, Any]


async def add(tx: Transaction, links: Seal, address: str, said: Mapping[str, Any], *, now: datetime, by: str) -> int:
    """Returns the receipt's number."""
    row = {"mark": _mark(links, address), "at": now, "who": by, "receipt": dict(said)}
    return int((await tx.execute(insert(erasure).values(**row).returning(erasure.c.id))).scalar_one())


async def get(tx: Transaction, id_: int) -> Receipt | None:
    row = (await tx.execute(select(erasure).where(erasure.c.id == id_))).first()
    return None if row is None else Receipt(row.id, row.at, row.who, row.receipt)


async def listing(tx: Transaction) -> tuple[Receipt, ...]:
    """All of them, the oldest first."""
    rows = await tx.execute(select(erasure).order_by(erasure.c.id))
    return tuple(Receipt(row.id, row.at, row.who, row.receipt) for row in rows)


async def say(tx: Transaction, id_: int, said: Mapping[str, Any]) -> None:
    """Let the receipt say this by now."""
    await tx.execute(update(erasure).where(erasure.c.id == id_).values(receipt=dict(said)))


async def erased_at(tx: Transaction, links: Seal, addresses: Collection[str]) -> Mapping[str, datetime]:
    """Of these addresses those whose people were erased, and when last."""
    mark_of = {address: _mark(links, address) for address in addresses}
    rows = select(erasure.c.mark, erasure.c.at).where(erasure.c.mark.in_(mark_of.values())).order_by(erasure.c.id)
    at = {row.mark: row.at for row in await tx.execute(rows)}
    return {address: at[mark] for address, mark in mark_of.items() if mark in at}


def _mark(links: Seal, address: str) -> str:
    return links.mark(f"erased:{canonical_address(address)}")
