"""Lets one transaction decide alone about a subject: its answer rests on rows that another one may be changing."""

from __future__ import annotations

from sqlalchemy import func, select

from meetbot.store.engine import Transaction


async def alone(tx: Transaction, *subjects: str) -> None:
    """Until this transaction ends, no other one decides about these: a meeting's key, say. Wait while one does.

    SQLite has one writer at a time, so every writing transaction is alone there as it is.
    """
    if tx.dialect.name == "postgresql":
        for subject in sorted(subjects):  # always in the same order, so that two cannot wait for each other
            await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(subject, 0))))
