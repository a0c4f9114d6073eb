"""Who was erased and when, known again by a mark of their address alone; and what was said of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from meetbot.core.registration import canonical_address
from meetbot.store.engine import Transaction
from meetbot.store.erased_journal import Line
from meetbot.store.seal import Seal
from meetbot.store.tables import erasure


@dataclass(frozen=True)
class Receipt:
    """What was erased of one person, in numbers and words that name nobody."""

    id: int
    at: datetime
    who: str
    said: Mapping[str, Any]


async def add(tx: Transaction, mark: str, said: Mapping[str, Any], *, at: datetime, by: str) -> int:
    """Returns the receipt's number."""
    row = {"mark": mark, "at": at, "who": by, "receipt": dict(said)}
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
    mark_of = {address: mark(links, address) for address in addresses}
    rows = select(erasure.c.mark, erasure.c.at).where(erasure.c.mark.in_(mark_of.values())).order_by(erasure.c.at)
    at = {row.mark: row.at for row in await tx.execute(rows)}
    return {address: at[theirs] for address, theirs in mark_of.items() if theirs in at}


async def lines(tx: Transaction, links: Seal) -> frozenset[Line]:
    """Every erasure as the journal beside the store has it."""
    rows = await tx.execute(select(erasure.c.mark, erasure.c.at))
    return frozenset(Line(row.at, key_mark(links), row.mark) for row in rows)


def mark(links: Seal, address: str) -> str:
    """By which a person is known again who was erased."""
    return links.mark(f"erased:{canonical_address(address)}")


def key_mark(links: Seal) -> str:
    """By which marks of this data key are told from those of another."""
    return links.mark("erased.journal")[:8]
