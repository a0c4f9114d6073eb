"""Pairs and where they stand, what their sides said of when they can meet, and who comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, insert, or_, select, update

from meetbot.core.bilaterals import Availability, Can, Delegate, Pair, State
from meetbot.core.delegations import Wish
from meetbot.core.model import Sex
from meetbot.core.times import Interval
from meetbot.store.engine import Transaction
from meetbot.store.tables import availability, delegate, pair


async def pairs(tx: Transaction, organisation: str | None = None) -> tuple[Pair, ...]:
    """All of them, or those of one organisation, by key."""
    theirs = or_(pair.c.a == organisation, pair.c.b == organisation)
    rows = select(pair).order_by(pair.c.key)
    return tuple(map(_pair, await tx.execute(rows if organisation is None else rows.where(theirs))))


async def get(tx: Transaction, key: str) -> Pair | None:
    row = (await tx.execute(select(pair).where(pair.c.key == key))).first()
    return None if row is None else _pair(row)


async def add(tx: Transaction, new: Iterable[Pair]) -> None:
    """The caller has looked that none of them is there yet, under `locks.BILATERALS`."""
    if rows := [_columns(one) for one in new]:
        await tx.execute(insert(pair), rows)


async def change(tx: Transaction, was: Pair, now_is: Pair) -> bool:
    """Let a pair stand otherwise; False, and no change, when it no longer stands where the caller saw it."""
    still = and_(pair.c.key == was.key, pair.c.state == was.state, pair.c.revision == was.revision)
    return (await tx.execute(update(pair).where(still).values(**_columns(now_is)))).rowcount == 1


async def availabilities(tx: Transaction) -> Mapping[str, Availability]:
    """What has been said, by organisation; who has not answered is not in it."""
    rows = await tx.execute(select(availability))
    return {one.organisation: one for one in map(_availability, rows)}


async def said_by(tx: Transaction, organisation: str) -> Availability | None:
    """None while it has not answered."""
    row = (await tx.execute(select(availability).where(availability.c.organisation == organisation))).first()
    return None if row is None else _availability(row)


async def say(tx: Transaction, answer: Availability) -> None:
    """Let this be the organisation's answer, instead of an earlier one."""
    said = [[span.start.isoformat(), span.end.isoformat(), can] for span, can in answer.said]
    await tx.execute(delete(availability).where(availability.c.organisation == answer.organisation))
    row = {"organisation": answer.organisation, "answered_at": answer.answered_at, "answered_by": answer.by}
    await tx.execute(insert(availability).values(**row, said=said))


async def delegates(tx: Transaction, organisation: str | None = None) -> tuple[Delegate, ...]:
    """Of all organisations, or of one, in the order in which they were named."""
    rows = select(delegate).order_by(delegate.c.organisation, delegate.c.id)
    found = await tx.execute(rows if organisation is None else rows.where(delegate.c.organisation == organisation))
    return tuple(map(_delegate, found))


async def name(tx: Transaction, organisation: str, people: Sequence[Delegate]) -> None:
    """Let these be its delegation, instead of who was named before."""
    await tx.execute(delete(delegate).where(delegate.c.organisation == organisation))
    rows = [
        {
            "organisation": organisation,
            "name": one.name,
            "address": one.address,
            "position": one.position,
            "language": one.language,
            "sex": one.sex,
        }
        for one in people
    ]
    if rows:
        await tx.execute(insert(delegate), rows)


def _delegate(row: Row[Any]) -> Delegate:
    sex = Sex(row.sex) if row.sex else None
    return Delegate(row.organisation, row.name, row.address, row.position, row.language, sex)


def _pair(row: Row[Any]) -> Pair:
    return Pair(
        key=row.key,
        a=row.a,
        b=row.b,
        wish=Wish(row.wish),
        weight=row.weight,
        state=State(row.state),
        reason=row.reason,
        since=row.since,
        starts_at=row.starts_at,
        interpreter=row.interpreter,
        agreed_by=frozenset(row.agreed_by),
        revision=row.revision,
        subject=row.subject,
    )


def _columns(one: Pair) -> dict[str, Any]:
    return {
        "key": one.key,
        "a": one.a,
        "b": one.b,
        "wish": one.wish,
        "weight": one.weight,
        "state": one.state,
        "reason": one.reason,
        "since": one.since,
        "starts_at": one.starts_at,
        "interpreter": one.interpreter,
        "agreed_by": sorted(one.agreed_by),
        "revision": one.revision,
        "subject": one.subject,
    }


def _availability(row: Row[Any]) -> Availability:
    said = tuple(
        (Interval(datetime.fromisoformat(start), datetime.fromisoformat(end)), Can(can)) for start, end, can in row.said
    )
    return Availability(row.organisation, said, row.answered_at, row.answered_by)
