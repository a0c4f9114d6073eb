"""Rows that wait to be acted on: written before it happens, claimed once, ended with a reason.

Theory of operation. A due row is `waiting` until a node claims it by a conditional update, `claimed` while it acts, and
then `done`, `missed`, `failed` or `cancelled`. Whatever ends it names the owner that claimed it, so a node whose
rows were taken back while it slept finds that its late answer touches no row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    and_,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from meetbot.core.rundown import HELD_AT_MOST
from meetbot.store import tables
from meetbot.store.engine import Transaction
from meetbot.store.tables import due, hold, microseconds, rundown

_IN_A_STATEMENT = 10_000  # values; PostgreSQL takes 65,535 (its protocol counts them in 16 bits)


class Kind(StrEnum):
    MEETING = "meeting"  #: bring Zoom's meetings in line with the programme
    PUSH = "push"  #: tell Zoom of an approved registrant and fetch their join link
    POLL = "poll"  #: read Zoom's own registration page
    REMINDER = "reminder"
    CUE = "cue"
    LETTER = "letter"
    REPORT = "report"  #: read Zoom's participant report
    INBOX = "inbox"  #: act on Zoom's webhook events
    BOUNCES = "bounces"  #: read the mailbox that returned mail comes to
    BILATERALS = "bilaterals"  #: ask again, look for times, follow what was agreed
    ERASURE = "erasure"  #: remove at Zoom whoever was erased here
    RETENTION = "retention"  #: forget what has been kept for long enough


class Scope(StrEnum):
    """What a person can hold."""

    MAIL = "mail"
    ZOOM = "zoom"
    CUES = "cues"


#: What waits while a scope is held. Zoom's pages and reports are read all the same.
HELD: Mapping[Scope, Sequence[Kind]] = {
    Scope.MAIL: (Kind.LETTER,),
    Scope.ZOOM: (Kind.MEETING, Kind.PUSH, Kind.ERASURE),
    Scope.CUES: (Kind.CUE,),
}


@dataclass(frozen=True)
class Due:
    """One row, as claimed."""

    id: int
    kind: Kind
    subject: str
    meeting: str | None
    revision: int
    due_at: datetime
    attempt: int  #: 1 at the first claim
    urgency: int  #: what is lower is claimed first
    reason: str  #: why it was put back; "" when nothing has gone wrong
    detail: Mapping[str, Any]


async def add(
    tx: Transaction,
    kind: Kind,
    subject: str,
    due_at: datetime,
    *,
    meeting: str | None = None,
    revision: int = 0,
    urgency: int = 1,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Let this happen at `due_at`; a row of the same kind, subject and revision that is there waits anew.

    One that is claimed at this moment goes on, and happens once more when it is put back (`again`).
    """
    fresh = {"attempt": 0, "owner": None, "reason": "", "open_since": None}
    anew = {"state": "waiting", "due_at": due_at, "urgency": urgency, **fresh}
    row = {"kind": kind, "subject": subject, "meeting": meeting, "revision": revision, "detail": dict(detail or {})}
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    claimed = due.c.state == "claimed"
    kept = {name: case((claimed, due.c[name]), else_=literal(value, due.c[name].type)) for name, value in anew.items()}
    await tx.execute(
        dialect.insert(due)
        .values(**row, **anew)
        .on_conflict_do_update(index_elements=["kind", "subject", "revision"], set_={**kept, "due_at": due_at})
    )


async def add_all(tx: Transaction, kind: Kind, rows: Iterable[Mapping[str, Any]]) -> None:
    """Many new rows in one statement; each gives subject, due_at and what else it has."""
    defaults: dict[str, Any] = {
        "meeting": None,
        "revision": 0,
        "detail": {},
        "state": "waiting",
        "attempt": 0,
        "urgency": 1,
        "reason": "",
    }
    values = [{**defaults, "kind": kind, **row} for row in rows]
    if values:
        await tx.execute(insert(due), values)


async def claim(
    tx: Transaction, kinds: Sequence[Kind], *, now: datetime, owner: str, limit: int = 100
) -> tuple[Due, ...]:
    """The rows that are due and may still be acted on; what it returns is the owner's alone."""
    is_due = and_(due.c.state == "waiting", due.c.kind.in_(kinds), due.c.due_at <= now)
    next_ones = (
        select(due.c.id).where(is_due, ~_barred(now)).order_by(due.c.urgency, due.c.due_at, due.c.id).limit(limit)
    )
    # A subquery would be run anew for each row on PostgreSQL, and so take more than the limit.
    picked = next_ones.with_for_update(skip_locked=True).cte("picked").prefix_with("MATERIALIZED", dialect="postgresql")
    taken = await tx.execute(
        update(due)
        .where(due.c.id.in_(select(picked.c.id)), due.c.state == "waiting")
        .values(
            state="claimed",
            owner=owner,
            attempt=due.c.attempt + 1,
            begun_at=now,
            open_since=func.coalesce(due.c.open_since, due.c.due_at),
        )
        .returning(due)
    )
    return tuple(sorted((noun(row) for row in taken), key=lambda one: (one.urgency, one.due_at, one.id)))


def _barred(now: datetime | None = None) -> ColumnElement[bool]:
    """What a person holds waits, and so does a cue of a held rundown, for as long as anybody may let it go on.

    The other bars on letters are judged with the message, which says why.
    """
    held = select(rundown.c.meeting).where(rundown.c.meeting == due.c.meeting, rundown.c.held_at.is_not(None))
    paused = and_(due.c.kind == Kind.CUE, held.exists())
    if now is not None:
        paused = and_(paused, due.c.due_at > now - HELD_AT_MOST)
    scopes = [
        and_(due.c.kind.in_(kinds), select(hold.c.scope).where(hold.c.scope == scope).exists())
        for scope, kinds in HELD.items()
    ]
    return or_(paused, *scopes)


async def still_mine(tx: Transaction, one: Due, *, owner: str) -> bool:
    """Whether a claimed row is the owner's yet; until the transaction ends nobody can take it over.

    To be asked before every irreversible step: a node that was paused may have lost what it claimed.
    """
    mine = and_(due.c.id == one.id, due.c.owner == owner, due.c.state == "claimed")
    return await tx.scalar(select(due.c.id).where(mine).with_for_update()) is not None


async def finish(
    tx: Transaction,
    ids: Iterable[int],
    *,
    owner: str,
    now: datetime,
    state: str = "done",
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> int:
    """End claimed rows; returns how many were still this owner's. `detail`: as for `again`."""
    mine = and_(due.c.id.in_(list(ids)), due.c.owner == owner, due.c.state == "claimed")
    values: dict[str, Any] = {"state": state, "reason": reason, "done_at": now}
    if detail is not None:
        values["detail"] = dict(detail)
    return (await tx.execute(update(due).where(mine).values(**values))).rowcount


async def again(
    tx: Transaction,
    one: Due,
    due_at: datetime,
    *,
    owner: str,
    reason: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Put a claimed row back, to be tried at `due_at`, or when it has been asked for anew (`add`).

    `detail`: what the next try has to know; None: what this one knew.
    """
    mine = and_(due.c.id == one.id, due.c.owner == owner, due.c.state == "claimed")
    asked_anew = due.c.due_at != one.due_at  # since it was claimed
    next_at = case((asked_anew, due.c.due_at), else_=literal(due_at, tables.Instant))
    values: dict[str, Any] = {"state": "waiting", "owner": None, "due_at": next_at, "reason": reason}
    if not reason:  # all went well: it merely happens again and again
        values["open_since"] = None
    if detail is not None:
        values["detail"] = dict(detail)
    await tx.execute(update(due).where(mine).values(**values))


async def next_at(tx: Transaction, *, beside: Sequence[Kind] = ()) -> datetime | None:
    """When the next row falls due, rows of the kinds in `beside` left out; None when nothing waits."""
    rows = select(func.min(due.c.due_at, type_=tables.Instant)).where(due.c.state == "waiting", ~_barred())
    earliest = await tx.scalar(rows.where(due.c.kind.not_in(beside)) if beside else rows)
    return earliest if isinstance(earliest, datetime) else None


async def kinds_due(tx: Transaction, *, now: datetime) -> tuple[Kind, ...]:
    """The kinds of rows that are due now."""
    rows = select(due.c.kind).where(due.c.state == "waiting", due.c.due_at <= now, ~_barred(now)).distinct()
    return tuple(Kind(row.kind) for row in await tx.execute(rows))


async def move(tx: Transaction, ids: Sequence[int], by: timedelta) -> int:
    """Move waiting rows by that much."""
    shifted, moved = due.c.due_at + literal(microseconds(by), BigInteger), 0
    for start in range(0, len(ids), _IN_A_STATEMENT):
        some = due.c.id.in_(ids[start : start + _IN_A_STATEMENT])
        moved += (await tx.execute(update(due).where(some, due.c.state == "waiting").values(due_at=shifted))).rowcount
    return moved


async def hasten(tx: Transaction, kind: Kind, due_at: datetime, *, meeting: str | None = None) -> None:
    """Let what waits happen no later than `due_at`; what is due before then stays as it is."""
    later = [due.c.state == "waiting", due.c.kind == kind, due.c.due_at > due_at]
    if meeting is not None:
        later.append(due.c.meeting == meeting)
    await tx.execute(update(due).where(*later).values(due_at=due_at))


async def put_off(tx: Transaction, kind: Kind, until: datetime, *, now: datetime, reason: str) -> int:
    """Let what is due by now wait until then, as nothing that was tried; returns how many rows that were."""
    due_now = and_(due.c.state == "waiting", due.c.kind == kind, due.c.due_at <= now)
    put = await tx.execute(update(due).where(due_now).values(due_at=until, reason=reason))
    return put.rowcount


async def note(tx: Transaction, kind: Kind, subject: str, reason: str) -> None:
    """Say more of what has been done."""
    done = and_(due.c.kind == kind, due.c.subject == subject, due.c.state == "done")
    await tx.execute(update(due).where(done).values(reason=reason))


async def cancel(
    tx: Transaction,
    *,
    now: datetime,
    reason: str,
    meeting: str,
    kinds: Sequence[Kind],
    before_revision: int | None = None,
) -> int:
    """End what still waits for a meeting; with `before_revision` only what an older revision asked for."""
    what = [due.c.state == "waiting", due.c.meeting == meeting, due.c.kind.in_(kinds)]
    if before_revision is not None:
        what.append(due.c.revision < before_revision)
    ended = await tx.execute(update(due).where(*what).values(state="cancelled", reason=reason, done_at=now))
    return ended.rowcount


async def miss(tx: Transaction, reasons: Mapping[int, str], *, now: datetime) -> None:
    """End what waits and is too late by now; `reasons` by id."""
    for id_, reason in reasons.items():
        late = update(due).where(due.c.id == id_, due.c.state == "waiting")
        await tx.execute(late.values(state="missed", reason=reason, done_at=now))


async def waiting(tx: Transaction, kind: Kind | None = None, meeting: str | None = None) -> tuple[Due, ...]:
    """What waits, the next first."""
    rows = select(due).where(due.c.state == "waiting").order_by(due.c.due_at, due.c.id)
    if kind is not None:
        rows = rows.where(due.c.kind == kind)
    if meeting is not None:
        rows = rows.where(due.c.meeting == meeting)
    return tuple(noun(row) for row in await tx.execute(rows))


async def ended(tx: Transaction, kinds: Sequence[Kind], states: Sequence[str]) -> tuple[Row[Any], ...]:
    """Rows that ended in one of the states, as they stand, the oldest first."""
    rows = select(due).where(due.c.kind.in_(kinds), due.c.state.in_(states)).order_by(due.c.done_at, due.c.id)
    return tuple(await tx.execute(rows))


async def subjects_done(tx: Transaction, kind: Kind, meeting: str) -> set[str]:
    """What has been done for a meeting already, whichever plan asked for it."""
    done = and_(due.c.kind == kind, due.c.meeting == meeting, due.c.state == "done")
    return set(await tx.scalars(select(due.c.subject).where(done)))


def noun(row: Row[Any]) -> Due:
    return Due(
        id=row.id,
        kind=Kind(row.kind),
        subject=row.subject,
        meeting=row.meeting,
        revision=row.revision,
        due_at=row.due_at,
        attempt=row.attempt,
        urgency=row.urgency,
        reason=row.reason,
        detail=row.detail,
    )
