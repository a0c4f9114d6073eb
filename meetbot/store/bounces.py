"""What becomes of a letter that came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update

from meetbot.core.outbox import LetterState
from meetbot.store import due
from meetbot.store.engine import Transaction
from meetbot.store.tables import due as due_row
from meetbot.store.tables import message, registrant

#: A server has taken these, or may have.
_GONE = (LetterState.ACCEPTED, LetterState.UNKNOWN, LetterState.SENDING, LetterState.DEFERRED)


@dataclass(frozen=True)
class Sent:
    """A letter, as far as its bounce needs to know it."""

    message_id: str
    meeting: str | None
    address: str


async def sent(tx: Transaction, number: int) -> Sent | None:
    """None: there is no letter of that number."""
    columns = select(message.c.message_id, message.c.meeting, message.c.to_address)
    row = (await tx.execute(columns.where(message.c.id == number))).first()
    return Sent(row.message_id, row.meeting, row.to_address) if row else None


async def bounced(tx: Transaction, number: int, reason: str, *, now: datetime) -> bool:
    """End the letters of its mail as bounced, and whatever was still to be tried; False when they ended otherwise."""
    taken = _of_its_mail(number), message.c.state.in_(_GONE)
    bounced = update(message).where(*taken).values(state=LetterState.BOUNCED, reason=reason).returning(message.c.id)
    subjects = [str(one) for one in await tx.scalars(bounced)]
    again = due_row.c.kind == due.Kind.LETTER, due_row.c.subject.in_(subjects), due_row.c.state == "waiting"
    await tx.execute(update(due_row).where(*again).values(state="done", reason=reason, done_at=now))
    return bool(subjects)


async def note(tx: Transaction, number: int, reason: str) -> bool:
    """Say more of a mail that was accepted; False when it was not, or has ended otherwise."""
    accepted = _of_its_mail(number), message.c.state == LetterState.ACCEPTED
    return bool((await tx.execute(update(message).where(*accepted).values(reason=reason))).rowcount)


def _of_its_mail(number: int) -> ColumnElement[bool]:
    """The letter of that number and those that went with it: a mail comes back as a whole."""
    theirs = message.alias()
    its_mail = select(theirs.c.sent_as).where(theirs.c.id == number).scalar_subquery()
    return or_(message.c.id == number, message.c.sent_as == its_mail)


async def remarks(tx: Transaction, meeting: str) -> Mapping[int, str]:
    """By registrant of the meeting, that mail to them came back and why."""
    theirs = registrant.c.id == message.c.registrant
    rows = select(message.c.registrant, message.c.to_address, message.c.reason).join(registrant, theirs)
    came_back = rows.where(registrant.c.meeting == meeting, message.c.state == LetterState.BOUNCED)
    return {
        row.registrant: f"needs a person: mail to {row.to_address} came back ({row.reason})"
        for row in await tx.execute(came_back.order_by(message.c.id))
    }
