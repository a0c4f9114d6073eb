"""Stores that were put back from a backup, and what the sent-mail journal says went out meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Text, and_, cast, delete, exists, func, insert, select, update

from meetbot.core.outbox import OPEN, LetterState
from meetbot.store import due
from meetbot.store.engine import Transaction
from meetbot.store.tables import Instant, audit, meeting, message, restored, sent_before
from meetbot.store.tables import due as due_row

#: Of messages that may leave yet, and so might leave a second time.
_OPEN = (*OPEN, LetterState.SENDING)
#: Calendars pass over an entry whose SEQUENCE is not higher than the one they have (RFC 5546 2.1.5), and how often it
#: went up after the backup nobody knows.
_SEQUENCE_LEAP = 1000
BY_THE_JOURNAL = "sent before the restore, by the journal"


@dataclass(frozen=True)
class Restored:
    """A backup that was put back."""

    made_at: datetime
    restored_at: datetime


@dataclass(frozen=True)
class Sent:
    """One message that went out after the backup was made."""

    message_id: str
    mark: str
    accepted_at: datetime


async def note(tx: Transaction, *, made_at: datetime, now: datetime) -> None:
    """Write down that this store is a copy of that age."""
    await tx.execute(insert(restored).values(made_at=made_at, restored_at=now))
    await tx.execute(update(meeting).values(sequence=meeting.c.sequence + _SEQUENCE_LEAP))


async def last_trace(tx: Transaction) -> datetime | None:
    """When anything was last written down; None in an empty store."""
    moments = (message.c.created_at, message.c.accepted_at, due_row.c.begun_at, due_row.c.done_at, audit.c.at)
    found = [await tx.scalar(select(func.max(one, type_=Instant))) for one in moments]
    return max((at for at in found if at is not None), default=None)


async def never_left(tx: Transaction, message_id: str) -> bool:
    """By this store the message is unknown, or no attempt at it has begun."""
    begun = select(message.c.id).where(message.c.message_id == message_id, message.c.copies > 0)
    return not await tx.scalar(select(begun.exists()))


async def waiting(tx: Transaction) -> Restored | None:
    """The backup that was put back and that nobody has resumed from yet; of several the one that was made first."""
    rows = select(restored).where(restored.c.resumed_at.is_(None)).order_by(restored.c.made_at).limit(1)
    row = (await tx.execute(rows)).first()
    return Restored(row.made_at, row.restored_at) if row else None


async def resumed(tx: Transaction, *, now: datetime) -> None:
    await tx.execute(update(restored).where(restored.c.resumed_at.is_(None)).values(resumed_at=now))


async def remember(tx: Transaction, sent: Iterable[Sent]) -> None:
    """Take in what went out after the backup; what the store knows as gone is left out."""
    settled = set(await tx.scalars(select(message.c.message_id).where(message.c.state.not_in(_OPEN))))
    known = settled | set(await tx.scalars(select(sent_before.c.message_id)))
    rows = {
        one.message_id: {"message_id": one.message_id, "mark": one.mark, "accepted_at": one.accepted_at}
        for one in sent
        if one.message_id not in known
    }
    if rows:
        await tx.execute(insert(sent_before), list(rows.values()))


async def forget(tx: Transaction) -> None:
    """Let what went out go again."""
    await tx.execute(delete(sent_before))


async def anything_went(tx: Transaction) -> bool:
    """Whether a letter that is decided now may have gone out in the time that the store has lost."""
    return bool(await tx.scalar(select(exists().select_from(sent_before))))


async def queued_again(tx: Transaction) -> Mapping[str, int]:
    """By kind, how many messages are to go by the store though they have gone by the journal."""
    rows = (
        select(message.c.kind, func.count().label("number"))
        .where(_gone())
        .group_by(message.c.kind)
        .order_by(message.c.kind)
    )
    return {row.kind: row.number for row in await tx.execute(rows)}


async def unheard_of(tx: Transaction) -> int:
    """How many messages have gone by the journal of which the store knows nothing."""
    known = select(message.c.id).where(message.c.message_id == sent_before.c.message_id)
    return await tx.scalar(select(func.count()).select_from(sent_before).where(~known.exists())) or 0


def _gone() -> ColumnElement[bool]:
    """The message may leave yet by the store, and has gone by the journal."""
    by_the_journal = select(sent_before.c.message_id).where(sent_before.c.message_id == message.c.message_id)
    return and_(message.c.state.in_(_OPEN), by_the_journal.exists())


async def end_gone(tx: Transaction, *, now: datetime) -> int:
    """End the messages that have gone by the journal; returns how many those were."""
    accepted_at = select(sent_before.c.accepted_at).where(sent_before.c.message_id == message.c.message_id)
    ended = set(
        await tx.scalars(
            update(message)
            .where(_gone())
            .values(
                state=LetterState.ACCEPTED, reason=BY_THE_JOURNAL, copies=1, accepted_at=accepted_at.scalar_subquery()
            )
            .returning(message.c.message_id)
        )
    )
    await tx.execute(delete(sent_before).where(sent_before.c.message_id.in_(ended)))
    over = select(message.c.id).where(
        cast(message.c.id, Text) == due_row.c.subject, message.c.state == LetterState.ACCEPTED
    )
    waits = and_(due_row.c.kind == due.Kind.LETTER, due_row.c.state == "waiting", over.exists())
    await tx.execute(update(due_row).where(waits).values(state="done", reason=BY_THE_JOURNAL, done_at=now))
    return len(ended)


async def take(tx: Transaction, mark: str) -> Sent | None:
    """The oldest message with that mark that went out, once: it stands for one letter that is decided anew."""
    oldest = select(sent_before.c.message_id).where(sent_before.c.mark == mark).order_by(sent_before.c.accepted_at)
    taken = await tx.execute(
        delete(sent_before)
        .where(sent_before.c.message_id == oldest.limit(1).scalar_subquery())
        .returning(sent_before.c.message_id, sent_before.c.mark, sent_before.c.accepted_at)
    )
    row = taken.first()
    return Sent(row.message_id, row.mark, row.accepted_at) if row else None


async def end_as(tx: Transaction, id_: int, sent: Sent) -> None:
    """The message is that one: it takes over its Message-ID, under which a server or a reader may speak of it."""
    values = {"state": LetterState.ACCEPTED, "reason": BY_THE_JOURNAL, "copies": 1}
    identity = {"message_id": sent.message_id, "accepted_at": sent.accepted_at}
    await tx.execute(update(message).where(message.c.id == id_).values(**values, **identity))
