"""How many letters were decided of late, and which of them say the same to the same person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, and_, cast, func, select

from meetbot.core.model import LetterKind
from meetbot.core.storm import Amount, Said
from meetbot.store.engine import Transaction
from meetbot.store.tables import Instant, audit, message

#: Nobody got these, and nobody will.
_NEVER = ("cancelled", "expired", "refused")
#: In the audit log: a person has seen what waits, and let it go.
RESUMED = "mail.resumed"


async def resumed_at(tx: Transaction) -> datetime | None:
    """When a person last let the mail go on; None: it was never held."""
    newest = await tx.scalar(select(func.max(audit.c.at, type_=Instant)).where(audit.c.what == RESUMED))
    return newest if isinstance(newest, datetime) else None


async def amounts(tx: Transaction, since: datetime) -> tuple[Amount, ...]:
    """The letters decided after that moment, gone or still to go, counted."""
    of_kind = (message.c.meeting, message.c.kind)
    rows = select(*of_kind, func.count()).where(message.c.created_at > since, message.c.state.not_in(_NEVER))
    counted = await tx.execute(rows.group_by(*of_kind).order_by(*of_kind))
    return tuple(Amount(meeting, LetterKind(kind), letters) for meeting, kind, letters in counted)


async def newest(tx: Transaction) -> int:
    """The number of the last letter that was decided; 0: none was."""
    return await tx.scalar(select(func.max(message.c.id))) or 0


async def repeated(tx: Transaction, since: datetime, *, after: int) -> tuple[Said, ...]:
    """All that was said since that moment to whoever was told the same more than once, in order.

    Only readers who have a letter with a number above `after` are looked at.
    """
    words = cast(message.c.facts, Text)
    reader = (message.c.meeting, message.c.to_address, message.c.to_name)
    live = and_(message.c.created_at > since, message.c.state.not_in(_NEVER))
    twice = func.count() > func.count(words.distinct())
    fresh = select(message.c.to_address).where(live, message.c.id > after)
    of_late = and_(live, message.c.to_address.in_(fresh))
    again = select(*reader).where(of_late).group_by(*reader, message.c.kind).having(twice).subquery()
    to_them = and_(*(own.is_not_distinct_from(theirs) for own, theirs in zip(reader, again.c, strict=True)))
    columns = (*reader, message.c.kind, words.label("words"), message.c.revision, message.c.sequence)
    rows = select(message.c.id, *columns).distinct().join(again, to_them).where(live).order_by(message.c.id)
    return tuple(
        Said(row.meeting, (row.to_address, row.to_name), LetterKind(row.kind), row.words, (row.revision, row.sequence))
        for row in await tx.execute(rows)
    )
