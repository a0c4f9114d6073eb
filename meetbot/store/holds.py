"""What does not happen until a person says so. The claiming statement itself looks here (`due.claim`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, and_, case, cast, delete, func, insert, or_, select

from meetbot.core.model import LetterKind
from meetbot.store import locks
from meetbot.store.due import HELD, Kind, Scope
from meetbot.store.engine import Transaction
from meetbot.store.tables import Instant, due, hold, message


@dataclass(frozen=True)
class Hold:
    since: datetime
    who: str
    reason: str


@dataclass(frozen=True)
class Waiting:
    """Letters of one kind that are due, and wait."""

    kind: LetterKind
    of_use: bool  #: False: they will expire instead of leaving
    count: int
    oldest: datetime  #: when the first of them was decided


async def put(tx: Transaction, scopes: Collection[Scope], *, now: datetime, who: str, reason: str) -> set[Scope]:
    """Hold these; what is held already keeps its first reason. Returns what is held anew."""
    await locks.alone(tx, "hold")  # two nodes may find the same storm
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


async def letters(tx: Transaction, *, now: datetime) -> tuple[Waiting, ...]:
    """The letters that are due now, as many of them as there are of each kind."""
    of_use = case((or_(message.c.useful_until.is_(None), message.c.useful_until > now), 1), else_=0)
    waits = and_(due.c.kind == Kind.LETTER, due.c.state == "waiting", due.c.due_at <= now)
    of_letter = due.c.subject == cast(message.c.id, Text)
    # Grouped from outside: PostgreSQL does not see that an expression with a value bound into it is the same twice.
    one = (
        select(message.c.kind, of_use.label("of_use"), message.c.created_at)
        .join(due, of_letter)
        .where(waits)
        .subquery()
    )
    rows = select(one.c.kind, one.c.of_use, func.count(), func.min(one.c.created_at, type_=Instant))
    grouped = rows.group_by(one.c.kind, one.c.of_use).order_by(one.c.kind, one.c.of_use)
    return tuple(
        Waiting(LetterKind(kind), bool(useful), count, oldest)
        for kind, useful, count, oldest in await tx.execute(grouped)
    )


async def rows(tx: Transaction, scope: Scope, *, now: datetime) -> Mapping[Kind, int]:
    """How much is due now of what the scope holds, by kind."""
    waits = and_(due.c.kind.in_(HELD[scope]), due.c.state == "waiting", due.c.due_at <= now)
    counted = select(due.c.kind, func.count()).where(waits).group_by(due.c.kind).order_by(due.c.kind)
    return {Kind(kind): count for kind, count in await tx.execute(counted)}
