"""How the day really runs: what started and ended when, the slip, and whether it is held."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from meetbot.core.model import Meeting
from meetbot.core.rundown import Rundown
from meetbot.store.engine import Transaction
from meetbot.store.tables import microseconds, rundown, segment_run


async def get(tx: Transaction, meeting: Meeting) -> Rundown:
    """The meeting's rundown as it stands; untouched when nobody has started it."""
    row = (await tx.execute(select(rundown).where(rundown.c.meeting == meeting.key))).first()
    runs = (await tx.execute(select(segment_run).where(segment_run.c.meeting == meeting.key))).all()
    return Rundown(
        meeting=meeting.key,
        segments=meeting.rundown,
        started={run.segment: run.started_at for run in runs if run.started_at is not None},
        ended={run.segment: run.ended_at for run in runs if run.ended_at is not None},
        slip=timedelta(microseconds=row.slip if row else 0),
        held_at=row.held_at if row else None,
    )


async def save(tx: Transaction, state: Rundown) -> None:
    """Replace what is known of the day by this."""
    key = state.meeting
    await tx.execute(delete(segment_run).where(segment_run.c.meeting == key))
    await tx.execute(delete(rundown).where(rundown.c.meeting == key))
    await tx.execute(insert(rundown).values(meeting=key, slip=microseconds(state.slip), held_at=state.held_at))
    runs = [_run(key, segment.key, state.started, state.ended) for segment in state.segments]
    if runs:
        await tx.execute(insert(segment_run), runs)


def _run(
    meeting: str, segment: str, started: Mapping[str, datetime], ended: Mapping[str, datetime]
) -> dict[str, object]:
    return {
        "meeting": meeting,
        "segment": segment,
        "started_at": started.get(segment),
        "ended_at": ended.get(segment),
    }
