"""Approvals of several people at once: found again in the audit log, so that they can be taken back in time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select, update

from meetbot.core.model import Status
from meetbot.core.outbox import LetterState
from meetbot.store.due import Kind
from meetbot.store.engine import Transaction
from meetbot.store.tables import audit, due, message, registrant

_APPROVED = audit.c.what == f"registration.{Status.APPROVED}"
#: A mail server has these, or may have.
_BEGUN = (LetterState.SENDING, LetterState.ACCEPTED, LetterState.UNKNOWN, LetterState.BOUNCED)


@dataclass(frozen=True)
class Together:
    """People whom one person approved with one command."""

    at: datetime
    who: str
    ids: tuple[int, ...]


async def newest(tx: Transaction) -> Together | None:
    """The last approval of several people at once; None: there was none."""
    by_command = select(audit.c.at, audit.c.who).where(_APPROVED).group_by(audit.c.at, audit.c.who)
    several = by_command.having(func.count() > 1).order_by(audit.c.at.desc()).limit(1)
    one = (await tx.execute(several)).first()
    if one is None:
        return None
    people = select(audit.c.subject).where(_APPROVED, audit.c.at == one.at, audit.c.who == one.who)
    return Together(one.at, one.who, tuple(int(subject) for subject in await tx.scalars(people.order_by(audit.c.id))))


async def untouched(tx: Transaction, together: Together) -> set[int]:
    """Whom nobody has decided about since."""
    still = and_(registrant.c.status == Status.APPROVED, registrant.c.decided_at == together.at)
    return set(await tx.scalars(select(registrant.c.id).where(registrant.c.id.in_(together.ids), still)))


async def withdraw_letters(tx: Transaction, ids: Collection[int], *, since: datetime, reason: str) -> set[int]:
    """Cancel their link letters that no mail server has seen; returns who was written one since then already."""
    theirs = and_(message.c.registrant.in_(ids), message.c.needs_link, message.c.created_at >= since)
    unseen = and_(theirs, message.c.copies == 0, message.c.state.in_((LetterState.QUEUED, LetterState.DEFERRED)))
    await tx.execute(update(message).where(unseen).values(state=LetterState.CANCELLED, reason=reason))
    return set(await tx.scalars(select(message.c.registrant).where(theirs, message.c.state.in_(_BEGUN))))


async def call_off(tx: Transaction, id_: int, *, now: datetime, reason: str) -> bool:
    """Let Zoom not be told of a registrant; False when that has begun, or is done."""
    not_begun = and_(due.c.kind == Kind.PUSH, due.c.subject == str(id_), due.c.state == "waiting", due.c.attempt == 0)
    ended = await tx.execute(update(due).where(not_begun).values(state="cancelled", reason=reason, done_at=now))
    return ended.rowcount == 1
