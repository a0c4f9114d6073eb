"""The applied programme files, as their authors wrote them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from meetbot.core.bilaterals import Agreed
from meetbot.core.model import Interpreter
from meetbot.store.engine import Transaction
from meetbot.store.tables import programme


@dataclass(frozen=True)
class Applied:
    """A programme file at the moment when it was applied."""

    id: int
    name: str  #: of the file
    text: str
    adopted: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  #: by meeting, what Zoom's pages changed
    starts: Mapping[str, datetime] = field(default_factory=dict)  #: by meeting, the instant that was meant
    agreed: Mapping[str, Agreed] = field(default_factory=dict)  #: by pair, the bilateral that its peers agreed on
    spoken: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: by organisation, the languages it answered


async def latest(tx: Transaction) -> Applied | None:
    """The programme in force; None before the first apply."""
    row = (await tx.execute(select(programme).order_by(programme.c.id.desc()).limit(1))).first()
    if row is None:
        return None
    starts = {key: datetime.fromisoformat(start) for key, start in row.starts.items()}
    agreed = {key: _agreed(plain) for key, plain in row.agreed.items()}
    spoken = {key: tuple(languages) for key, languages in row.spoken.items()}
    return Applied(row.id, row.name, row.text, row.adopted, starts, agreed, spoken)


async def latest_id(tx: Transaction) -> int | None:
    """Tells cheaply whether another programme has been applied."""
    found: int | None = await tx.scalar(select(programme.c.id).order_by(programme.c.id.desc()).limit(1))
    return found


async def in_force(tx: Transaction, number: int) -> bool:
    """No other programme has been applied since the one of that number."""
    return (await latest_id(tx) or 0) == number


async def apply(
    tx: Transaction,
    *,
    name: str,
    text: str,
    adopted: Mapping[str, Mapping[str, Any]],
    starts: Mapping[str, datetime],
    agreed: Mapping[str, Agreed],
    spoken: Mapping[str, Sequence[str]],
    now: datetime,
    by: str,
) -> None:
    """`starts`: the instant at which each meeting starts by the time-zone rules of today."""
    instants = {key: start.isoformat() for key, start in starts.items()}
    bilaterals = {key: {**asdict(one), "starts_at": one.starts_at.isoformat()} for key, one in agreed.items()}
    row = {"name": name, "text": text, "adopted": dict(adopted), "applied_at": now, "applied_by": by}
    languages = {key: list(one) for key, one in spoken.items()}
    await tx.execute(insert(programme).values(**row, starts=instants, agreed=bilaterals, spoken=languages))


def _agreed(plain: Mapping[str, Any]) -> Agreed:
    interpreters = [Interpreter(**{**one, "languages": tuple(one["languages"])}) for one in plain["interpreters"]]
    starts_at = datetime.fromisoformat(plain["starts_at"])
    return Agreed(**{**plain, "starts_at": starts_at, "interpreters": tuple(interpreters)})
