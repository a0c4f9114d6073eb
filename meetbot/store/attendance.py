"""Readings of Zoom's participant report as they came, and the reports made from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from meetbot.core.remote import Reading, Session
from meetbot.core.times import Interval
from meetbot.store.engine import Transaction
from meetbot.store.tables import message, reading, report


@dataclass(frozen=True)
class Report:
    """One version of an attendance report."""

    id: int
    meeting: str | None  #: key; None: one over several meetings
    version: int
    final: bool
    made_at: datetime
    document: Mapping[str, Any]


async def note_reading(
    tx: Transaction, meeting: str, readings: Sequence[Reading], *, digest: str | None, now: datetime
) -> None:
    """Keep what Zoom said; `digest` None when it had no complete report yet."""
    plain = [
        {"uuid": one.uuid, "being_built": one.being_built, "sessions": [_plain(session) for session in one.sessions]}
        for one in readings
    ]
    await tx.execute(insert(reading).values(meeting=meeting, read_at=now, digest=digest, instances=plain))


async def history(tx: Transaction, meeting: str) -> tuple[tuple[datetime, str | None], ...]:
    """When Zoom was asked and the digest of what it said, the oldest first."""
    rows = select(reading.c.read_at, reading.c.digest).where(reading.c.meeting == meeting).order_by(reading.c.id)
    return tuple((row.read_at, row.digest) for row in await tx.execute(rows))


async def latest_reading(tx: Transaction, meeting: str) -> tuple[Reading, ...]:
    """The newest complete reading; empty before the first."""
    complete = select(reading.c.instances).where(reading.c.meeting == meeting, reading.c.digest.is_not(None))
    plain = await tx.scalar(complete.order_by(reading.c.id.desc()).limit(1))
    return tuple(
        Reading(one["uuid"], tuple(session(row) for row in one["sessions"]), one["being_built"]) for one in plain or ()
    )


async def add_report(
    tx: Transaction, meeting: str | None, document: Mapping[str, Any], *, final: bool, now: datetime
) -> Report:
    newest = await tx.scalar(select(func.max(report.c.version)).where(report.c.meeting == meeting))
    values = {"meeting": meeting, "version": (newest or 0) + 1, "final": final, "made_at": now}
    made = await tx.execute(insert(report).values(**values, document=dict(document)).returning(report))
    return Report(**made.one()._asdict())


async def reports(tx: Transaction, meeting: str | None) -> tuple[Report, ...]:
    """Every version, the first first; None: of the report over several meetings."""
    rows = select(report).where(report.c.meeting == meeting).order_by(report.c.version)
    return tuple(Report(**row._asdict()) for row in await tx.execute(rows))


async def last_mailed(tx: Transaction, meeting: str) -> Report | None:
    """The newest version that was written to anybody."""
    written = select(message.c.id).where(message.c.report == report.c.id).exists()
    rows = select(report).where(report.c.meeting == meeting, written).order_by(report.c.version.desc()).limit(1)
    row = (await tx.execute(rows)).first()
    return Report(**row._asdict()) if row else None


async def get_report(tx: Transaction, id_: int) -> Report | None:
    row = (await tx.execute(select(report).where(report.c.id == id_))).first()
    return Report(**row._asdict()) if row else None


def _plain(session: Session) -> dict[str, Any]:
    return {
        "name": session.name,
        "address": session.address,
        "registrant_id": session.registrant_id,
        "start": session.interval.start.isoformat(),
        "end": session.interval.end.isoformat(),
        "in_waiting_room": session.in_waiting_room,
        "in_breakout": session.in_breakout,
        "seconds": session.seconds,
    }


def session(plain: Mapping[str, Any]) -> Session:
    return Session(
        name=plain["name"],
        address=plain["address"],
        registrant_id=plain["registrant_id"],
        interval=Interval(datetime.fromisoformat(plain["start"]), datetime.fromisoformat(plain["end"])),
        in_waiting_room=plain["in_waiting_room"],
        in_breakout=plain["in_breakout"],
        seconds=plain["seconds"],
    )
