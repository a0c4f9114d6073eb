"""Which letters leave as one mail: what was decided in one moment for one reader.

Theory of operation. Each letter stays a row of its own, with its revision, its guards and its due row, so that one of
them may be superseded, held or of no more use while the others leave. Before any server has seen them, all that may
leave go together. What a server may have taken stays together, for a repeat under the same Message-ID must not bring
anything that was not in the first copy: mail programs show only one of two mails with one Message-ID.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Text, and_, case, cast, false, func, select, update

from meetbot.core.outbox import OPEN, TOGETHER, LetterState
from meetbot.store import due, locks, outbox
from meetbot.store.engine import Transaction
from meetbot.store.tables import due as due_row
from meetbot.store.tables import message

#: They do not go, or did not go, with the others.
_LEFT_OUT = (LetterState.CANCELLED, LetterState.EXPIRED)


async def alone(tx: Transaction, id_: int) -> outbox.Outgoing | None:
    """The letter, if it may leave with others: until this transaction ends, nobody else begins any of them."""
    address = select(message.c.to_address).where(message.c.id == id_, message.c.kind.in_(TOGETHER))
    reader = await tx.scalar(address)
    if reader is None:
        return None
    await locks.alone(tx, locks.reader(reader))
    return await outbox.one(tx, id_)


async def claim(tx: Transaction, one: outbox.Outgoing, *, now: datetime, owner: str) -> tuple[due.Due, ...] | None:
    """The rows of the letters that go with this one, as the owner's, whoever had claimed them before.

    Under `alone`, so that whoever had them has not begun them and finds out when they look (`due.still_mine`).
    None when one of them, or this one, is being changed at this moment: to wait for that, holding others, might be for
    ever.
    """
    its_row = and_(due_row.c.kind == due.Kind.LETTER, due_row.c.subject == cast(message.c.id, Text))
    may_go = and_(message.c.state.in_(OPEN), due_row.c.state.in_(("waiting", "claimed")))
    rows = select(due_row.c.id).join(message, its_row).where(_alike(one), _goes_with(one), may_go)
    found = set(await tx.scalars(rows))
    if set(await tx.scalars(rows.with_for_update(skip_locked=True))) != found:
        return None
    values = {
        "state": "claimed",
        "owner": owner,
        "attempt": due_row.c.attempt + case((due_row.c.state == "waiting", 1), else_=0),
        "begun_at": now,
        "open_since": func.coalesce(due_row.c.open_since, due_row.c.due_at),
    }
    of_others = and_(due_row.c.id.in_(found), due_row.c.subject != str(one.id))
    taken = await tx.execute(update(due_row).where(of_others).values(**values).returning(due_row))
    return tuple(sorted((due.noun(row) for row in taken), key=lambda row: row.id))


async def bind(tx: Transaction, begun: Sequence[outbox.Outgoing]) -> str:
    """Let these be one mail from now on; returns its Message-ID, which is the former one where this is a repeat."""
    first = begun[0]
    if first.copies == 1 and first.message.letter.kind in TOGETHER:
        mail = update(message).where(message.c.id.in_([one.id for one in begun]))
        await tx.execute(mail.values(sent_as=first.message_id))
        return first.message_id
    return first.mail


async def others(tx: Transaction, one: outbox.Outgoing) -> tuple[outbox.Outgoing, ...]:
    """What else went in its mail; before it goes, what else would go with it now."""
    waits = one.state in OPEN and one.copies == 0
    may_go = message.c.state.in_(OPEN) if waits else message.c.state.not_in(_LEFT_OUT)
    same = _goes_with(one) if waits else _in_its_mail(one)
    numbers = await tx.scalars(select(message.c.id).where(_alike(one), same, may_go).order_by(message.c.id))
    found = [await outbox.one(tx, number) for number in numbers.all() if number != one.id]
    return tuple(other for other in found if other is not None)


def _alike(one: outbox.Outgoing) -> ColumnElement[bool]:
    """Decided in the same moment for the same reader, the letter itself among them."""
    letter, to = one.message.letter, one.message.to
    words = and_(message.c.kind == letter.kind, message.c.language == letter.language, message.c.zone == letter.zone)
    reader = and_(message.c.to_address == to.address, message.c.to_name == to.name)
    decided = and_(message.c.kind.in_(TOGETHER), message.c.created_at == one.created_at)
    return and_(decided, words, reader)


def _goes_with(one: outbox.Outgoing) -> ColumnElement[bool]:
    return _in_its_mail(one) if one.copies else message.c.copies == 0


def _in_its_mail(one: outbox.Outgoing) -> ColumnElement[bool]:
    return false() if one.sent_as is None else message.c.sent_as == one.sent_as
