"""Whether Zoom's participant report may be believed yet, and when to look again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from itertools import takewhile

from meetbot.core.remote import Reading

FIRST_LOOK = timedelta(minutes=5)  # Zoom needs a minute or two after the end
STEADY = timedelta(minutes=10)
GIVE_UP = timedelta(hours=24)


class State(StrEnum):
    """How far a report may be believed."""

    PRELIMINARY = "preliminary"
    FINAL = "final"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class Preliminary:
    reason: str
    look_again_at: datetime


@dataclass(frozen=True)
class Final:
    reason: str


@dataclass(frozen=True)
class Incomplete:
    reason: str


def digest(readings: Sequence[Reading]) -> str | None:
    """The same text for the same rows in any order; None while there is nothing or Zoom still builds its report."""
    rows = sorted(f"{one.uuid} {row!r}" for one in readings for row in one.sessions)
    if not rows or any(one.being_built for one in readings):
        return None
    return sha256("\n".join(rows).encode()).hexdigest()


def maturity(
    history: Sequence[tuple[datetime, str | None]], ended_at: datetime, now: datetime
) -> Preliminary | Final | Incomplete:
    """Whether the report may be called final. `history`: when each reading was made and its digest, in order.

    Zoom says nowhere when a report is complete: one that stays the same for ten minutes is taken as such.
    """
    latest = history[-1][1] if history else None
    same = [at for at, _ in takewhile(lambda reading: reading[1] == latest, reversed(history))]
    if latest and same[0] - same[-1] >= STEADY:
        return Final("two readings of Zoom's report ten minutes or more apart are the same")
    if now - ended_at >= GIVE_UP:
        return Incomplete("Zoom gave no report that stayed the same within 24 hours of the end")
    if latest:
        return Preliminary("Zoom's report may still change", max(now, same[-1] + STEADY))
    soon = now - ended_at < timedelta(hours=2)
    again = now + (timedelta(minutes=5) if soon else timedelta(minutes=30))
    return Preliminary("Zoom has no complete report yet", max(ended_at + FIRST_LOOK, min(again, ended_at + GIVE_UP)))
