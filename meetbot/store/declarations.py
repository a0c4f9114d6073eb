"""What people declared of lines of Zoom's report that prove nothing by themselves. Rows are only ever taken back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import insert, select, update

from meetbot.core.attendance import Declaration
from meetbot.core.attendance.guests import Named
from meetbot.core.model import Sex
from meetbot.store.engine import Transaction
from meetbot.store.tables import declaration


async def of(tx: Transaction, meeting: str) -> tuple[Declaration, ...]:
    """What was declared and not taken back, the oldest first."""
    standing = declaration.c.meeting == meeting, declaration.c.withdrawn_at.is_(None)
    rows = await tx.execute(select(declaration).where(*standing).order_by(declaration.c.id))
    return tuple(
        Declaration(
            row.id,
            row.line,
            row.registrant,
            row.name,
            row.organisation,
            Sex(row.sex) if row.sex else None,
            row.said_by,
            row.said_at,
        )
        for row in rows
    )


async def add(tx: Transaction, meeting: str, line: str, one: Named, *, now: datetime, by: str) -> None:
    """Keep what somebody said of a line."""
    await tx.execute(
        insert(declaration).values(
            meeting=meeting,
            line=line,
            registrant=one.registrant,
            name=one.name,
            organisation=one.organisation,
            sex=one.sex,
            said_by=by,
            said_at=now,
        )
    )


async def withdraw(tx: Transaction, ids: Collection[int], *, now: datetime) -> None:
    """Let these no longer stand; that they were said stays on record."""
    standing = declaration.c.id.in_(ids), declaration.c.withdrawn_at.is_(None)
    await tx.execute(update(declaration).where(*standing).values(withdrawn_at=now))
