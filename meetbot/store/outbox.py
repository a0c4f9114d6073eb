"""Messages to go and messages gone. A message is a row before it is bytes, and carries its identity from the start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, and_, bindparam, case, cast, func, literal, not_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from meetbot import chance
from meetbot.core import erasure
from meetbot.core.model import Contact, Letter, LetterKind, Message
from meetbot.core.outbox import MOST_COPIES, OPEN, LetterState, urgency
from meetbot.store import due, guards
from meetbot.store.engine import Transaction
from meetbot.store.tables import due as due_row
from meetbot.store.tables import meeting, message

ON_HOLD = "the meeting does not stand at Zoom as planned; links are on hold"


@dataclass(frozen=True)
class Outgoing:
    """A message as it stands in the outbox."""

    id: int
    message: Message
    message_id: str  #: its own
    sent_as: str | None  #: Message-ID of the mail in which it goes with others; None: it goes under its own
    uid: str | None  #: of its calendar entry
    state: LetterState
    reason: str
    report: int | None
    created_at: datetime
    accepted_at: datetime | None
    copies: int  #: as often a server may have taken it
    attempts: int  #: as often it was tried
    next_at: datetime | None  #: of the next try; None: it does not go by itself

    @property
    def mail(self) -> str:
        """Message-ID of the mail in which it goes."""
        return self.sent_as or self.message_id


async def put(
    tx: Transaction, messages: Iterable[Message], *, now: datetime, domain: str, report: int | None = None
) -> int:
    """Queue the messages that are not there yet, due at once; returns how many were new. Who was erased gets none."""
    reachable = [one for one in messages if not erasure.is_stand_in(one.to.address)]
    rows = [_row(one, now=now, domain=domain, report=report) for one in reachable]
    if not rows:
        return 0
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    fresh = dialect.insert(message).on_conflict_do_nothing(index_elements=["dedupe"])
    columns = (message.c.id, message.c.meeting, message.c.revision, message.c.kind)
    new = (await tx.execute(fresh.returning(*columns), rows)).all()
    await due.add_all(tx, due.Kind.LETTER, (_due(row, now) for row in new))
    return len(new)


def _due(row: Row[Any], now: datetime) -> dict[str, Any]:
    return {
        "subject": str(row.id),
        "meeting": row.meeting,
        "revision": row.revision,
        "due_at": now,
        "urgency": urgency(LetterKind(row.kind)),
    }


def _row(one: Message, *, now: datetime, domain: str, report: int | None) -> dict[str, Any]:
    return {
        "message_id": fresh_message_id(domain),
        "dedupe": one.dedupe,
        "kind": one.letter.kind,
        "facts": dict(one.letter.facts),
        "language": one.letter.language,
        "zone": one.letter.zone,
        "to_name": one.to.name,
        "to_address": one.to.address,
        "meeting": one.meeting,
        "registrant": one.registrant,
        "needs_link": one.needs_link,
        "page": one.page,
        "revision": one.revision,
        "sequence": one.sequence,
        "useful_until": one.useful_until,
        "report": report,
        "state": LetterState.QUEUED,
        "reason": "",
        "created_at": now,
    }


def fresh_message_id(domain: str) -> str:
    """A Message-ID that no other message has (RFC 5322 3.6.4)."""
    return f"<{chance.hexadecimal(128)}@{domain}>"


async def begin(tx: Transaction, id_: int, *, now: datetime) -> Outgoing | None:
    """Mark a message as being sent; None when it stays behind (see `leave_behind`).

    The statement itself looks again at the revision, the approval, the holds and the use of the message.
    """
    begun = await tx.scalar(_beginning(), {"number": id_, "moment": now})
    return await one(tx, id_) if begun is not None else None


@cache
def _beginning() -> Any:
    """Put together once: that takes longer than its run, and is needed for each letter."""
    useful = or_(message.c.useful_until.is_(None), message.c.useful_until > bindparam("moment"))
    true_still = and_(guards.newest(), guards.approved(), guards.opens())
    may_leave = and_(true_still, guards.door_guarded(), not_(guards.held()), useful, message.c.copies < MOST_COPIES)
    free = and_(message.c.id == bindparam("number"), message.c.state.in_(OPEN), may_leave)
    begins = update(message).where(free).values(state=LetterState.SENDING, copies=message.c.copies + 1)
    return begins.returning(message.c.id)


async def leave_behind(tx: Transaction, id_: int, *, now: datetime) -> str:
    """Why a message that did not begin waits; "" when it will not leave any more, and has its end state and reason.

    It waits while its meeting does not stand at Zoom as planned: links are on hold then, not lost.
    """
    expired = and_(message.c.useful_until.is_not(None), message.c.useful_until <= now)
    reason = case(
        (expired, "of no more use"),
        (not_(guards.newest()), "superseded by a newer revision"),
        (not_(guards.opens()), "its page link does not open any more"),
        else_="the registrant is not approved",
    )
    still_open = and_(message.c.id == id_, message.c.state.in_(OPEN))
    await tx.execute(
        update(message)
        .where(still_open, or_(expired, not_(guards.newest()), not_(guards.opens()), not_(guards.approved())))
        # The dedupe key is given free: when the cause is gone, the same letter may be decided anew.
        .values(
            state=case((expired, LetterState.EXPIRED), else_=LetterState.CANCELLED),
            reason=reason,
            dedupe=_given_free(),
        ),
        {"moment": now},
    )
    waits = and_(still_open, message.c.copies < MOST_COPIES)
    why = case((guards.held(), "mail is held"), else_=ON_HOLD)
    waiting = await tx.scalar(update(message).where(waits).values(reason=why).returning(message.c.reason))
    return waiting or ""


async def decided_at(tx: Transaction, dedupes: Sequence[str]) -> Mapping[str, datetime]:
    """Which of these letters have been decided, by dedupe key, and when; not those that came to nothing."""
    rows = await tx.execute(select(message.c.dedupe, message.c.created_at).where(message.c.dedupe.in_(dedupes)))
    return {row.dedupe: row.created_at for row in rows}


async def release(tx: Transaction, meeting_key: str, *, now: datetime) -> None:
    """Its meeting stands at Zoom as planned: what waited for that waits no longer.

    What is claimed may just have been found on hold by another process: it is asked for anew (`due.again`).
    """
    waits = or_(and_(due_row.c.state == "waiting", due_row.c.reason == ON_HOLD), due_row.c.state == "claimed")
    theirs = and_(due_row.c.kind == due.Kind.LETTER, due_row.c.meeting == meeting_key)
    await tx.execute(update(due_row).where(theirs, waits).values(due_at=now))


def _given_free() -> ColumnElement[str]:
    return message.c.dedupe + literal("#") + cast(message.c.id, Text)


async def record(
    tx: Transaction, id_: int, state: LetterState, reason: str, *, accepted_at: datetime | None = None
) -> None:
    """What came of one attempt. Where the message was certainly not taken, the copy is not counted."""
    may_be_taken = state in (LetterState.ACCEPTED, LetterState.UNKNOWN)
    await tx.execute(
        update(message)
        .where(message.c.id == id_, message.c.state == LetterState.SENDING)
        .values(
            state=state,
            reason=reason,
            accepted_at=accepted_at,
            copies=message.c.copies if may_be_taken else message.c.copies - 1,
        )
    )


async def reopen_interrupted(tx: Transaction) -> int:
    """Messages that a stopped process was sending: whether the server took them is unknown, so they go once more
    under the same Message-ID."""
    claimed = select(due_row.c.id).where(
        due_row.c.kind == due.Kind.LETTER,
        due_row.c.state == "claimed",
        due_row.c.subject == cast(message.c.id, Text),
    )
    interrupted = and_(message.c.state == LetterState.SENDING, not_(claimed.exists()))
    values = {"state": LetterState.UNKNOWN, "reason": "interrupted; may have been sent already"}
    reopened = await tx.execute(update(message).where(interrupted).values(**values))
    return reopened.rowcount


async def supersede(tx: Transaction, meeting_key: str, *, before_revision: int) -> int:
    """Cancel what an older revision of the meeting still wanted to say; its due rows find nothing to send."""
    stale = and_(message.c.meeting == meeting_key, message.c.revision < before_revision, message.c.state.in_(OPEN))
    ended = await tx.execute(
        update(message)
        .where(stale, message.c.kind.not_in(guards.TIMELESS))
        .values(state=LetterState.CANCELLED, reason="superseded by a newer revision", dedupe=_given_free())
    )
    return ended.rowcount


async def overtake(tx: Transaction, kind: LetterKind, *, page: int) -> int:
    """Cancel the letters of a kind to that page which have not left: a newer one says all that they say."""
    theirs = and_(message.c.kind == kind, message.c.page == page, message.c.state.in_(OPEN), message.c.copies == 0)
    values = {"state": LetterState.CANCELLED, "reason": "overtaken by a newer letter", "dedupe": _given_free()}
    return (await tx.execute(update(message).where(theirs).values(**values))).rowcount


@dataclass(frozen=True)
class Told:
    """What a registrant has, or may have, been written about a meeting."""

    anything: bool = False
    link: bool = False  #: they hold their join link and the calendar entry, and nobody has withdrawn it since
    sequence: int | None = None  #: of their last calendar entry; None: they have none
    knows: Mapping[str, Any] | None = None  #: the title and times that the last letter gave; None: no letter did

    def next_sequence(self, of_meeting: int) -> int:
        """The SEQUENCE of their next calendar entry: the meeting's, and higher than the last that they got."""
        return of_meeting if self.sequence is None else max(of_meeting, self.sequence + 1)


async def told(tx: Transaction, meeting_key: str) -> Mapping[int, Told]:
    """What each registrant of the meeting has, or may have, been written."""
    rows = await tx.execute(
        select(message.c.registrant, message.c.kind, message.c.needs_link, message.c.sequence, message.c.facts)
        .where(message.c.meeting == meeting_key, message.c.registrant.is_not(None))
        .where(message.c.state.in_((LetterState.ACCEPTED, LetterState.SENDING, LetterState.UNKNOWN)))
        .order_by(message.c.id)
    )
    found: dict[int, Told] = {}
    for row in rows:
        before = found.get(row.registrant, Told())
        brings = row.needs_link and row.kind in (LetterKind.LINK, LetterKind.MOVED)
        withdraws = row.kind in (LetterKind.DENIED, LetterKind.CANCELLED)
        link = brings or (before.link and not withdraws)
        sequence = before.sequence if row.sequence is None else row.sequence
        knows = {"title": row.facts["meeting"], **{name: row.facts[name] for name in ("starts_at", "ends_at", "zone")}}
        found[row.registrant] = Told(anything=True, link=link, sequence=sequence, knows=knows)
    return found


async def allow_again(tx: Transaction, registrant_id: int) -> None:
    """After a decision is taken back, a later one may be told anew: the letters of the former do not bar it."""
    theirs = message.c.registrant == registrant_id
    decided = message.c.kind.in_((LetterKind.LINK, LetterKind.MOVED, LetterKind.DENIED))
    free = message.c.dedupe.not_like("%#%")
    await tx.execute(update(message).where(theirs, decided, free).values(dedupe=_given_free()))


async def listing(
    tx: Transaction,
    *,
    states: Sequence[str] = (),
    kinds: Sequence[str] = (),
    meetings: Sequence[str] = (),
    to: str = "",
    limit: int | None = None,
) -> tuple[Outgoing, ...]:
    """What would go or went, the oldest first; what is not named is not asked for. `to`: a part of name or address."""
    rows = _whole().order_by(message.c.id)
    for column, wanted in ((message.c.state, states), (message.c.kind, kinds), (message.c.meeting, meetings)):
        if wanted:
            rows = rows.where(column.in_(wanted))
    if to:
        rows = rows.where(
            or_(message.c.to_address.icontains(to, autoescape=True), message.c.to_name.icontains(to, autoescape=True))
        )
    return tuple(_noun(row) for row in await tx.execute(rows.limit(limit)))


async def one(tx: Transaction, id_: int) -> Outgoing | None:
    row = (await tx.execute(_whole().where(message.c.id == id_))).first()
    return _noun(row) if row else None


def _whole() -> Any:
    """A message with the UID of its meeting's calendar entry, and the row that lets it go."""
    its_row = and_(
        due_row.c.kind == due.Kind.LETTER,
        due_row.c.subject == cast(message.c.id, Text),
        due_row.c.revision == message.c.revision,
    )
    next_at = case((due_row.c.state == "waiting", due_row.c.due_at)).label("next_at")
    whole = message.outerjoin(meeting, meeting.c.key == message.c.meeting).outerjoin(due_row, its_row)
    return select(message, meeting.c.uid, func.coalesce(due_row.c.attempt, 0).label("attempts"), next_at).select_from(
        whole
    )


def _noun(row: Row[Any]) -> Outgoing:
    letter = Letter(LetterKind(row.kind), row.facts, row.language, row.zone)
    return Outgoing(
        id=row.id,
        message=Message(
            letter=letter,
            to=Contact(row.to_name, row.to_address),
            dedupe=row.dedupe,
            meeting=row.meeting,
            registrant=row.registrant,
            revision=row.revision,
            sequence=row.sequence,
            useful_until=row.useful_until,
            needs_link=row.needs_link,
            page=row.page,
        ),
        message_id=row.message_id,
        sent_as=row.sent_as,
        uid=row.uid,
        state=LetterState(row.state),
        reason=row.reason,
        report=row.report,
        created_at=row.created_at,
        accepted_at=row.accepted_at,
        copies=row.copies,
        attempts=row.attempts,
        next_at=row.next_at,
    )
