"""What is known of each planned meeting: its identity, its revision and what Zoom was seen to hold."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, insert, select, update

from meetbot.core.meetings import KnownMeeting, MeetingState
from meetbot.core.remote import PlannedMeeting
from meetbot.store.engine import Transaction
from meetbot.store.tables import meeting

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no letters that are mistaken for figures when read out


@dataclass(frozen=True)
class Stored:
    """A meeting's row."""

    known: KnownMeeting
    revision: int
    sequence: int
    uid: str
    reason: str


async def all_(tx: Transaction) -> dict[str, Stored]:
    """Every meeting ever planned, by key."""
    return {row.key: _noun(row) for row in await tx.execute(select(meeting).order_by(meeting.c.key))}


async def get(tx: Transaction, key: str) -> Stored | None:
    row = (await tx.execute(select(meeting).where(meeting.c.key == key))).first()
    return _noun(row) if row else None


async def add(tx: Transaction, key: str, *, domain: str) -> None:
    """A meeting planned for the first time gets the identities that it keeps for ever."""
    ref = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    await tx.execute(
        insert(meeting).values(
            key=key, revision=1, sequence=0, ref=ref, uid=f"{ref}@{domain}", state=MeetingState.PLANNED, reason=""
        )
    )


async def revise(tx: Transaction, key: str, *, reason: str) -> int:
    """Begin a new revision, with the calendar's SEQUENCE one higher; returns its number."""
    revised = await tx.scalar(
        update(meeting)
        .where(meeting.c.key == key)
        .values(revision=meeting.c.revision + 1, sequence=meeting.c.sequence + 1, reason=reason)
        .returning(meeting.c.revision)
    )
    return revised or 0


async def plan_anew(tx: Transaction, key: str, *, reason: str) -> None:
    """A meeting that was withdrawn at Zoom is to stand there again, as another one."""
    fresh = {"state": MeetingState.PLANNED, "reason": reason, "zoom_id": None, "attempted_at": None, "confirmed": None}
    await tx.execute(update(meeting).where(meeting.c.key == key).values(**fresh))


async def begin_create(tx: Transaction, known: KnownMeeting, *, now: datetime) -> bool:
    """Write down that a create call is about to leave; False when another process was first since `known` was read."""
    unchanged = and_(
        meeting.c.key == known.key,
        meeting.c.state == known.state,
        meeting.c.attempted_at.is_not_distinct_from(known.attempted_at),
    )
    reason = "creation outcome unknown, checking with Zoom"
    begun = await tx.execute(
        update(meeting).where(unchanged).values(state=MeetingState.CREATING, attempted_at=now, reason=reason)
    )
    return begun.rowcount == 1


async def set_state(
    tx: Transaction,
    key: str,
    state: MeetingState,
    reason: str,
    *,
    zoom_id: str | None = None,
    confirmed: PlannedMeeting | None = None,
) -> None:
    """Record where a meeting stands and what Zoom holds."""
    values: dict[str, Any] = {"state": state, "reason": reason}
    if zoom_id is not None:
        values["zoom_id"] = zoom_id
    if confirmed is not None:
        values["confirmed"] = {**asdict(confirmed), "starts_at": confirmed.starts_at.isoformat()}
    await tx.execute(update(meeting).where(meeting.c.key == key).values(**values))


def _noun(row: Row[Any]) -> Stored:
    known = KnownMeeting(
        key=row.key,
        ref=row.ref,
        state=MeetingState(row.state),
        zoom_id=row.zoom_id,
        planned=_confirmed(row.confirmed),
        attempted_at=row.attempted_at,
    )
    return Stored(known, row.revision, row.sequence, row.uid, row.reason)


def _confirmed(plain: Mapping[str, Any] | None) -> PlannedMeeting | None:
    if plain is None:
        return None
    held = PlannedMeeting(**{**plain, "starts_at": datetime.fromisoformat(plain["starts_at"])})
    return replace(held, alternative_hosts=tuple(held.alternative_hosts))
