"""What is known of each planned meeting: its identity, its revision and what Zoom was seen to hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, insert, select, update

from meetbot import chance
from meetbot.core.meetings import Difference, KnownMeeting, MeetingState, Retired
from meetbot.core.model import MeetingKind
from meetbot.core.remote import PlannedMeeting
from meetbot.store.engine import Transaction
from meetbot.store.tables import meeting, retired

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no letters that are mistaken for figures when read out


@dataclass(frozen=True)
class Stored:
    """A meeting's row."""

    known: KnownMeeting
    revision: int
    sequence: int
    uid: str
    reason: str
    channel: str | None = None  #: of the continuous meeting chat; None: it has none
    live_at: datetime | None = None  #: when Zoom last said that it was running


async def all_(tx: Transaction) -> dict[str, Stored]:
    """Every meeting ever planned, by key."""
    return {row.key: _noun(row) for row in await tx.execute(select(meeting).order_by(meeting.c.key))}


async def get(tx: Transaction, key: str) -> Stored | None:
    row = (await tx.execute(select(meeting).where(meeting.c.key == key))).first()
    return _noun(row) if row else None


async def add(tx: Transaction, key: str, *, domain: str) -> None:
    """A meeting planned for the first time gets the identities that it keeps for ever."""
    ref = _fresh_ref()
    await tx.execute(
        insert(meeting).values(
            key=key, revision=1, sequence=0, ref=ref, uid=f"{ref}@{domain}", state=MeetingState.PLANNED, reason=""
        )
    )


def _fresh_ref() -> str:
    return chance.word(_ALPHABET, 12)


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
    """A meeting that is not at Zoom any more is to stand there again, as another one."""
    await tx.execute(update(meeting).where(meeting.c.key == key).values(**_afresh(reason)))


async def retire(tx: Transaction, key: str, kind: MeetingKind, *, reason: str) -> None:
    """Another meeting is to stand at Zoom in place of this one, which is deleted once the other stands."""
    stored = await get(tx, key)
    if stored is None:
        return
    if zoom_id := stored.known.zoom_id:
        await tx.execute(insert(retired).values(zoom_id=zoom_id, meeting=key, kind=kind, reason=reason))
    # With the old marker the old meeting would be taken for the new one.
    await tx.execute(update(meeting).where(meeting.c.key == key).values(**_afresh(reason), ref=_fresh_ref()))


def _afresh(reason: str) -> dict[str, Any]:
    gone = dict.fromkeys(("zoom_id", "attempted_at", "confirmed", "door", "channel", "live_at"))
    return {**gone, "state": MeetingState.PLANNED, "reason": reason, "drift": []}


async def retired_ones(tx: Transaction) -> tuple[Retired, ...]:
    """The meetings still at Zoom that others of ours have replaced."""
    left = select(retired).where(retired.c.deleted_at.is_(None)).order_by(retired.c.zoom_id)
    return tuple(Retired(row.zoom_id, row.meeting, MeetingKind(row.kind), row.reason) for row in await tx.execute(left))


async def end_retired(tx: Transaction, zoom_id: str, *, now: datetime) -> None:
    await tx.execute(update(retired).where(retired.c.zoom_id == zoom_id).values(deleted_at=now))


async def assign(tx: Transaction, key: str, host: str | None) -> None:
    """Who holds the meeting from now on; None: nobody."""
    await tx.execute(update(meeting).where(meeting.c.key == key).values(host=host))


async def seen_live(tx: Transaction, key: str, *, now: datetime) -> None:
    """Zoom says that the meeting is running."""
    await tx.execute(update(meeting).where(meeting.c.key == key).values(live_at=now))


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
    drift: Sequence[Difference] | None = None,
    door: str | None = None,
    channel: str | None = None,
) -> None:
    """Record where a meeting stands and what Zoom holds; what is None stays as it is known."""
    seen = {"zoom_id": zoom_id, "door": door, "channel": channel}
    values: dict[str, Any] = {"state": state, "reason": reason}
    values |= {column: value for column, value in seen.items() if value is not None}
    if drift is not None:
        values["drift"] = [asdict(one) for one in drift]
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
        host=row.host,
        door=row.door,
        drift=tuple(Difference(**one) for one in row.drift),
    )
    return Stored(known, row.revision, row.sequence, row.uid, row.reason, row.channel, row.live_at)


def _confirmed(plain: Mapping[str, Any] | None) -> PlannedMeeting | None:
    if plain is None:
        return None
    held = PlannedMeeting(**{**plain, "starts_at": datetime.fromisoformat(plain["starts_at"])})
    return replace(
        held,
        kind=MeetingKind(held.kind),
        alternative_hosts=tuple(held.alternative_hosts),
        interpreters=tuple((address, languages) for address, languages in held.interpreters),
        sign_interpreters=tuple((address, language) for address, language in held.sign_interpreters),
        breakout_rooms=tuple((name, tuple(people)) for name, people in held.breakout_rooms),
    )
