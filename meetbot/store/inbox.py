"""Webhook events as they came: on disk before Zoom is thanked for them, sealed, and erased once they are acted on.

Only the fingerprint stays, by which a repeat is known: Zoom repeats an event with the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from meetbot.store.engine import Transaction
from meetbot.store.seal import Seal
from meetbot.store.tables import inbox


@dataclass(frozen=True)
class Arrival:
    """An event as it came in."""

    event: str  #: its name
    body: str = field(repr=False)
    received_at: datetime

    @property
    def fingerprint(self) -> str:
        return sha256(self.body.encode()).hexdigest()


@dataclass(frozen=True)
class Waiting:
    """An event to be acted on."""

    id: int
    body: str = field(repr=False)
    received_at: datetime


async def put(tx: Transaction, arrivals: Iterable[Arrival], links: Seal) -> int:
    """Write down the events that are not there yet; returns how many were new."""
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    fresh = dialect.insert(inbox).on_conflict_do_nothing(index_elements=["fingerprint"]).returning(inbox.c.id)
    return len((await tx.execute(fresh, [_row(one, links) for one in arrivals])).all())


def _row(one: Arrival, links: Seal) -> dict[str, object]:
    fingerprint = one.fingerprint
    return {
        "fingerprint": fingerprint,
        "received_at": one.received_at,
        "body": links.close(one.body, _place(fingerprint)),
        "event": one.event,
        "state": "waiting",
        "reason": "",
    }


def _place(fingerprint: str) -> str:
    return f"inbox:{fingerprint}"


async def waiting(tx: Transaction, links: Seal, *, limit: int) -> tuple[Waiting, ...]:
    """What waits, the first to come first. UserError when the key is not the one it was sealed with."""
    rows = select(inbox).where(inbox.c.state == "waiting").order_by(inbox.c.id).limit(limit)
    return tuple(
        Waiting(row.id, links.open(row.body, _place(row.fingerprint)), row.received_at)
        for row in await tx.execute(rows)
    )


async def end(tx: Transaction, ids: Sequence[int], state: str, reason: str = "") -> None:
    """These events were `taken` or `ignored`; what they said is erased."""
    ended = update(inbox).where(inbox.c.id.in_(ids))
    await tx.execute(ended.values(state=state, reason=reason, body=None))


async def prune(tx: Transaction, before: datetime) -> None:
    """Forget that events came which came before then and have ended."""
    await tx.execute(delete(inbox).where(inbox.c.received_at < before, inbox.c.state != "waiting"))
