"""What a person changes about a message in the outbox. Whether it may leave is looked at again when it begins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, update

from meetbot.core.outbox import MOST_COPIES, LetterState, urgency
from meetbot.store import due, outbox
from meetbot.store.engine import Transaction
from meetbot.store.tables import due as due_row
from meetbot.store.tables import message


async def release(tx: Transaction, one: outbox.Outgoing, *, now: datetime, reason: str) -> None:
    """Let a message go once more, and be repeated once if its outcome is unknown again."""
    await _afresh(tx, one, now=now, reason=reason, copies=min(one.copies, MOST_COPIES - 1))


async def readdress(tx: Transaction, one: outbox.Outgoing, address: str, *, now: datetime, reason: str) -> None:
    """Send it to another address, as another message: what comes back of the former one is not about it."""
    fresh = outbox.fresh_message_id(one.message_id.rpartition("@")[2].rstrip(">"))
    values = {"copies": 0, "to_address": address, "message_id": fresh, "sent_as": None}
    await _afresh(tx, one, now=now, reason=reason, **values)


async def _afresh(tx: Transaction, one: outbox.Outgoing, *, now: datetime, reason: str, **values: Any) -> None:
    queued = update(message).where(message.c.id == one.id)
    await tx.execute(queued.values(state=LetterState.QUEUED, reason=reason, accepted_at=None, **values))
    what = one.message
    await due.add(
        tx,
        due.Kind.LETTER,
        str(one.id),
        now,
        meeting=what.meeting,
        revision=what.revision,
        urgency=urgency(what.letter.kind),
    )
    await tx.execute(update(due_row).where(_row_of(one)).values(detail={}))  # it is given the patience of a new one


async def discard(tx: Transaction, one: outbox.Outgoing, *, now: datetime, reason: str) -> None:
    """Never send it, nor decide it anew: its dedupe key stays taken."""
    await tx.execute(update(message).where(message.c.id == one.id).values(state=LetterState.CANCELLED, reason=reason))
    await tx.execute(update(due_row).where(_row_of(one)).values(state="cancelled", reason=reason, done_at=now))


def _row_of(one: outbox.Outgoing) -> ColumnElement[bool]:
    """The row that lets it go, while it waits."""
    return and_(due_row.c.kind == due.Kind.LETTER, due_row.c.subject == str(one.id), due_row.c.state == "waiting")
