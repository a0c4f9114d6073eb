"""What does not happen until a person says so. The claiming statement itself looks here (`due.claim`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from meetbot.store.due import Scope
from meetbot.store.engine import Transaction
from meetbot.store.tables import hold


@dataclass(frozen=True)
class Hold:
    since: datetime
    who: str
    reason: str


async def put(tx: Transaction, scopes: Collection[Scope], *, now: datetime, who: str, reason: str) -> set[Scope]:
    """Hold these; what is held already keeps its first reason. Returns what is held anew."""
    fresh = set(scopes) - set(await all_(tx))
    for scope in sorted(fresh):
        await tx.execute(insert(hold).values(scope=scope, since=now, who=who, reason=reason))
    return fresh


async def lift(tx: Transaction, scopes: Collection[Scope]) -> set[Scope]:
    """Let these go on; returns what had been held."""
    lifted = await tx.scalars(delete(hold).where(hold.c.scope.in_(scopes)).returning(hold.c.scope))
    return {Scope(scope) for scope in lifted}


async def all_(tx: Transaction) -> Mapping[Scope, Hold]:
    """What is held, since when, by whom and why."""
    return {Scope(row.scope): Hold(row.since, row.who, row.reason) for row in await tx.execute(select(hold))}
