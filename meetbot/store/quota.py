"""Our own count of the calls that Zoom limits by UTC day, kept before each call leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from meetbot.store.engine import Transaction
from meetbot.store.tables import zoom_call

_count = zoom_call.c["count"]
_CALL: dict[str, Sequence[str]] = {"index_elements": ("day", "kind", "subject")}


class Kind(StrEnum):
    """What Zoom counts (Zoom API, Rate limits)."""

    WRITE = "write"  #: meetings created and changed, by host
    ADD = "add"  #: registrants added, by "meeting/address"
    STATUS = "status"  #: changes of a registrant's status, by "meeting/address"


async def spend(tx: Transaction, kind: Kind, subject: str, *, most: int, now: datetime) -> bool:
    """Count one call of today; False, and nothing counted, when `most` have been made."""
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    counted = await tx.execute(
        dialect.insert(zoom_call)
        .values(day=_day(now), kind=kind, subject=subject, count=1)
        .on_conflict_do_update(set_={"count": _count + 1}, where=_count < most, **_CALL)
        .returning(_count)
    )
    return counted.first() is not None


async def exhaust(tx: Transaction, kind: Kind, subject: str, *, most: int, now: datetime) -> None:
    """Zoom itself says that today's calls are used up: other programs and people spend them too."""
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    used_up = dialect.insert(zoom_call).values(day=_day(now), kind=kind, subject=subject, count=most)
    await tx.execute(used_up.on_conflict_do_update(set_={"count": most}, **_CALL))


async def spent(tx: Transaction, kind: Kind, *, now: datetime) -> Mapping[str, int]:
    """How many calls of today were made for each subject."""
    today = select(zoom_call).where(zoom_call.c.day == _day(now), zoom_call.c.kind == kind)
    return {row.subject: row._mapping["count"] for row in await tx.execute(today)}


def _day(now: datetime) -> str:
    """Zoom's days change at 00:00 UTC."""
    return f"{now:%Y-%m-%d}"
