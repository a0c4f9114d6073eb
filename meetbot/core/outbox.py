"""When a message is tried again, and when that is of no more use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from meetbot.core.model import LetterKind

#: Growing waits after a temporary refusal. The second is past the five minutes that greylisting servers ask for.
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 6, 15, 30, 60))
#: A message whose outcome is unknown is repeated once, after the server has had time to settle what it did.
_SETTLE = timedelta(minutes=10)
#: Reports have no end of use; after this long a person must look (Postfix gives up after the same time).
_HORIZON = timedelta(days=5)


def urgency(kind: LetterKind) -> int:
    """Which letters go first when many wait: a cue helps for a minute, a link for hours, a reminder for a day."""
    if kind is LetterKind.CUE:
        return 0
    return 1 if kind in (LetterKind.LINK, LetterKind.MOVED, LetterKind.CANCELLED) else 2


@dataclass(frozen=True)
class TryAgain:
    at: datetime
    reason: str


@dataclass(frozen=True)
class GiveUp:
    reason: str


def after_refusal(attempt: int, *, now: datetime, reason: str, useful_until: datetime | None) -> TryAgain | GiveUp:
    """What to do after the mail server refused for the time being; `attempt` counts from 1."""
    next_at = now + _WAITS[min(attempt, len(_WAITS)) - 1]
    if useful_until is not None and next_at >= useful_until:
        return GiveUp(f"of no more use at the next try; the last refusal was: {reason}")
    if useful_until is None and attempt * _WAITS[-1] > _HORIZON:
        return GiveUp(f"refused for five days; the last refusal was: {reason}")
    return TryAgain(next_at, reason)


def after_unknown(was_unknown: bool, *, now: datetime) -> TryAgain | GiveUp:
    """What to do when the connection broke after the message was handed over: once more under the same Message-ID."""
    if was_unknown:
        return GiveUp("the outcome is unknown twice over; a person must look before it is sent a third time")
    return TryAgain(now + _SETTLE, "may have been accepted; goes once more under the same Message-ID")
