"""Our own count of the calls that Zoom limits by UTC day, kept before each call leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select, update

from meetbot.store.engine import Transaction
from meetbot.store.tables import zoom_call


class Kind(StrEnum):
    """What Zoom counts (Zoom API, Rate limits)."""

    WRITE = "write"  #: meetings created and changed, by host
    ADD = "add"  #: registrants added, by "meeting/address"
    STATUS = "status"  #: changes of a registrant's status, by "meeting/address"


async def spend(tx: Transaction, kind: Kind, subject: str, *, most: int, now: datetime) -> bool:
    """Count one call of today; False, and nothing counted, when `most` have been made."""
    today = (
        zoom_call.c.day == _day(now),
        zoom_call.c.kind == kind,
        zoom_call.c.subject == subject,
    )
    counted = await tx.execute(
        update(zoom_call).where(*today, zoom_call.c.count < most).values(count=zoom_call.c.count + 1)
    )
    if counted.rowcount:
        return True
    if await tx.scalar(select(zoom_call.c.count).where(*today)) is not None:
        return False
    await tx.execute(insert(zoom_call).values(day=_day(now), kind=kind, subject=subject, count=1))
    return True


async def exhaust(tx: Transaction, kind: Kind, subject: str, *, most: int, now: datetime) -> None:
    """Zoom itself says that today's calls are used up: other programs and people spend them too."""
    today = (zoom_call.c.day == _day(now), zoom_call.c.kind == kind, zoom_call.c.subject == subject)
    counted = await tx.execute(update(zoom_call).where(*today).values(count=most))
    if not counted.rowcount:
        await tx.execute(insert(zoom_call).values(day=_day(now), kind=kind, subject=subject, count=most))


async def spent(tx: Transaction, kind: Kind, *, now: datetime) -> Mapping[str, int]:
    """How many calls of today were made for each subject."""
    today = select(zoom_call).where(zoom_call.c.day == _day(now), zoom_call.c.kind == kind)
    return {row.subject: row._mapping["count"] for row in await tx.execute(today)}


def _day(now: datetime) -> str:
    """Zoom's days change at 00:00 UTC."""
    return f"{now:%Y-%m-%d}"
