"""How much of everything there is. Counted by SQL and never by loading rows: a look costs the same on the worst day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, case, func, or_, select, type_coerce

from meetbot.core.outbox import MOST_COPIES, LetterState
from meetbot.store.due import Kind
from meetbot.store.engine import Transaction
from meetbot.store.tables import Instant, audit, due, message, microseconds, pair, registrant

#: How a row can end badly.
TROUBLE = ("failed", "missed")
_STRETCH = timedelta(seconds=10)


@dataclass(frozen=True)
class Waiting:
    """What waits of one kind."""

    count: int
    oldest: datetime | None  #: when the oldest that should be done by now first fell due; None: all of it is to come


@dataclass(frozen=True)
class PutOff:
    """What was tried and put off for one and the same reason."""

    kind: Kind
    reason: str
    count: int
    next_at: datetime


@dataclass(frozen=True)
class Sent:
    """What left lately."""

    count: int
    busy: timedelta  #: for how long something left


async def waiting(tx: Transaction, *, now: datetime) -> Mapping[Kind, Waiting]:
    """How much waits of each kind. What was put off counts from when it first fell due, not from its next try."""
    began = func.coalesce(due.c.open_since, due.c.due_at)
    late = or_(due.c.open_since.is_not(None), due.c.due_at <= now)
    oldest = func.min(case((late, began)), type_=Instant)
    rows = select(due.c.kind, func.count(), oldest).where(due.c.state == "waiting").group_by(due.c.kind)
    return {Kind(kind): Waiting(count, oldest) for kind, count, oldest in await tx.execute(rows.order_by(due.c.kind))}


async def letters(tx: Transaction) -> Mapping[str, int]:
    """How many letters are in each state."""
    rows = select(message.c.state, func.count().label("count_")).group_by(message.c.state).order_by(message.c.state)
    return {row.state: row.count_ for row in await tx.execute(rows)}


async def letters_unknown(tx: Transaction) -> int:
    """How many letters are unknown and yet go once more; the others of them wait for a person."""
    goes_again = (message.c.state == LetterState.UNKNOWN, message.c.copies < MOST_COPIES)
    return int(await tx.scalar(select(func.count()).where(*goes_again)) or 0)


async def letters_due(tx: Transaction, *, now: datetime) -> int:
    """How many letters should leave now."""
    rows = select(func.count()).where(due.c.state == "waiting", due.c.kind == Kind.LETTER, due.c.due_at <= now)
    return int(await tx.scalar(rows) or 0)


async def letters_accepted(tx: Transaction, *, since: datetime) -> Sent:
    """How many letters a mail server has accepted since, and in how many stretches of ten seconds."""
    stretch = type_coerce(message.c.accepted_at, BigInteger) // microseconds(_STRETCH)
    figures = select(func.count(), func.count(stretch.distinct())).where(message.c.accepted_at >= since)
    count, stretches = (await tx.execute(figures)).one()
    return Sent(count, stretches * _STRETCH)


async def pairs(tx: Transaction) -> Mapping[str, int]:
    """How many pairs of the bilaterals stand where."""
    rows = select(pair.c.state, func.count().label("count_")).group_by(pair.c.state).order_by(pair.c.state)
    return {row.state: row.count_ for row in await tx.execute(rows)}


async def people(tx: Transaction) -> Mapping[str, Mapping[str, int]]:
    """By meeting, how many registrants have each status."""
    found: dict[str, dict[str, int]] = {}
    of_meeting = (registrant.c.meeting, registrant.c.status)
    for key, status, count in await tx.execute(select(*of_meeting, func.count()).group_by(*of_meeting)):
        found.setdefault(key, {})[status] = count
    return found


async def put_off(tx: Transaction, *, most: int) -> tuple[PutOff, ...]:
    """What was tried and put off, alike ones together, the next try first."""
    next_at = func.min(due.c.due_at, type_=Instant)
    alike = select(due.c.kind, due.c.reason, func.count(), next_at).where(due.c.state == "waiting", due.c.reason != "")
    rows = alike.group_by(due.c.kind, due.c.reason).order_by(next_at, due.c.kind, due.c.reason).limit(most)
    return tuple(PutOff(Kind(kind), reason, count, at) for kind, reason, count, at in await tx.execute(rows))


async def troubled(tx: Transaction, *, most: int) -> tuple[int, Sequence[Row[Any]]]:
    """How many rows ended badly, and the newest of them as they stand."""
    badly = due.c.state.in_(TROUBLE)
    count = await tx.scalar(select(func.count()).where(badly))
    newest = select(due).where(badly).order_by(due.c.done_at.desc(), due.c.id.desc()).limit(most)
    return int(count or 0), (await tx.execute(newest)).all()


async def ended_badly(tx: Transaction) -> Mapping[tuple[str, str], int]:
    """How many rows of each kind failed or were missed."""
    of_kind = (due.c.kind, due.c.state)
    rows = select(*of_kind, func.count()).where(due.c.state.in_(TROUBLE)).group_by(*of_kind)
    return {(kind, state): count for kind, state, count in await tx.execute(rows)}


async def next_due(tx: Transaction) -> Row[Any] | None:
    """The row that falls due next, as it stands."""
    return (
        await tx.execute(select(due).where(due.c.state == "waiting").order_by(due.c.due_at, due.c.id).limit(1))
    ).first()


async def letters_in(tx: Transaction, states: Collection[str], *, most: int) -> Sequence[Row[Any]]:
    """The newest letters in one of these states: number, kind, address, state and reason."""
    return await _letters(tx, message.c.state.in_(states), most)


async def maybe_twice(tx: Transaction, *, most: int) -> tuple[int, Sequence[Row[Any]]]:
    """How many letters may have reached their reader more than once, under one Message-ID, and the newest of them."""
    twice = message.c.copies >= MOST_COPIES
    count = await tx.scalar(select(func.count()).where(twice))
    return int(count or 0), await _letters(tx, twice, most) if count else ()


async def _letters(tx: Transaction, which: ColumnElement[bool], most: int) -> Sequence[Row[Any]]:
    columns = (message.c.id, message.c.kind, message.c.to_name, message.c.to_address, message.c.state, message.c.reason)
    rows = select(*columns).where(which).order_by(message.c.id.desc()).limit(most)
    return list(await tx.execute(rows))


async def noted(tx: Transaction, what: str, *, since: datetime, most: int) -> Sequence[Row[Any]]:
    """The newest notes of one kind in the audit log."""
    rows = select(audit).where(audit.c.what == what, audit.c.at >= since).order_by(audit.c.id.desc()).limit(most)
    return (await tx.execute(rows)).all()
