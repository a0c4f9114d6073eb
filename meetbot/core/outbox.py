"""What a letter goes through, when it is tried again, and when that is of no more use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from meetbot.core.model import LetterKind

#: Growing waits after a temporary refusal. The second is past the five minutes that greylisting servers ask for.
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 6, 15, 30, 60))
#: Waits after a refusal that is "for good" and often passes: over a night, the owner of a full mailbox looks into it.
_SLOW_WAITS = (timedelta(hours=2), timedelta(hours=4), timedelta(hours=8))
#: A message whose outcome is unknown is repeated once, after the server has had time to settle what it did.
_SETTLE = timedelta(minutes=10)
#: Reports have no end of use; after this long a person must look (Postfix gives up after the same time).
_HORIZON = timedelta(days=5)
#: As often a message may go, under one Message-ID, without a person's word: a third copy would be a nuisance.
MOST_COPIES = 2

#: A server that refuses us, not a message, is not knocked at more often: some lock the account after a few tries.
_BETWEEN_KNOCKS = timedelta(minutes=5)
_KNOCKS = 3
#: One that is away is looked for more often at first; what waits is to go within ten minutes of its return.
_BETWEEN_LOOKS = timedelta(minutes=1)
_FIRST_LOOKS = 5


class LetterState(StrEnum):
    """Where a letter stands. "Accepted" is by the mail server: that it was delivered, nobody can know."""

    QUEUED = "queued"
    SENDING = "sending"  #: under way at this moment
    ACCEPTED = "accepted"
    DEFERRED = "deferred"  #: refused for the time being; goes again
    REFUSED = "refused"  #: for good; waits for a person
    UNKNOWN = "unknown"  #: perhaps accepted; goes once more under the same Message-ID, then waits for a person
    BOUNCED = "bounced"  #: accepted, and returned later
    EXPIRED = "expired"  #: of no more use before it could go
    CANCELLED = "cancelled"  #: overtaken by events, or discarded by a person


#: What one pass decided of these kinds for one reader leaves as one mail.
TOGETHER = frozenset({LetterKind.MOVED})

#: What may still leave by itself.
OPEN = (LetterState.QUEUED, LetterState.DEFERRED, LetterState.UNKNOWN)


def urgency(kind: LetterKind) -> int:
    """Which letters go first when many wait: a cue helps for a minute, a link for hours, a reminder for a day."""
    if kind is LetterKind.CUE:
        return 0
    return 1 if kind in (LetterKind.LINK, LetterKind.MOVED, LetterKind.CANCELLED) else 2


@dataclass(frozen=True)
class TryAgain:
    """The letter is in that state until then."""

    state: LetterState
    at: datetime
    reason: str
    slow_tries: int | None = None  #: with the next one, where it is one; None: it is not


@dataclass(frozen=True)
class End:
    """Nothing more happens to the letter by itself."""

    state: LetterState
    reason: str


def after_refusal(
    attempt: int,
    *,
    now: datetime,
    reason: str,
    queued_at: datetime,
    useful_until: datetime | None,
    opens_at: datetime | None = None,
) -> TryAgain | End:
    """What to do after the mail server refused for the time being; `attempt` counts from 1.

    `opens_at`: when it may be asked again, where it merely had enough of us for a while.
    """
    next_at = opens_at or now + _WAITS[min(attempt, len(_WAITS)) - 1]
    if useful_until is not None and next_at >= useful_until:
        return End(LetterState.EXPIRED, f"of no more use at the next try; the last refusal was: {reason}")
    if useful_until is None and next_at - queued_at > _HORIZON:
        return End(LetterState.EXPIRED, f"refused for five days; the last refusal was: {reason}")
    return TryAgain(LetterState.DEFERRED, next_at, reason)


def after_passing(slow_tries: int, *, now: datetime, reason: str, useful_until: datetime | None) -> TryAgain | End:
    """What to do after a refusal "for good" that often passes: three slow tries, then a person must look.

    `slow_tries`: made before this refusal. All of them fall into the use of the letter, closer together if need be.
    """
    left = len(_SLOW_WAITS) - slow_tries
    if left <= 0:
        return End(LetterState.REFUSED, f"refused four times over: {reason}")
    wait = _SLOW_WAITS[slow_tries]
    if useful_until is not None:
        wait = min(wait, (useful_until - now) / (left + 1))
    return TryAgain(LetterState.DEFERRED, now + wait, reason, slow_tries + 1)


def after_unknown(copies: int, *, now: datetime) -> TryAgain | End:
    """What to do when the connection broke after the message was handed over: once more under the same Message-ID.

    `copies`: as often a server may have taken it by now.
    """
    if copies >= MOST_COPIES:
        return End(LetterState.UNKNOWN, "the outcome is unknown twice over; a person must look before a third copy")
    return TryAgain(
        LetterState.UNKNOWN, now + _SETTLE, "may have been accepted; goes once more under the same Message-ID"
    )


@dataclass(frozen=True)
class Circuit:
    """What keeps all letters back: the server refuses our log-in or sender, cannot encrypt, or is not to be reached."""

    fault: str = ""  #: of the last tries; "": none
    knocks: int = 0  #: tries in a row with that fault
    closed_until: datetime | None = None  #: no letter is tried before then
    away: bool = False  #: it is merely not to be reached

    def closed(self, now: datetime) -> bool:
        return self.closed_until is not None and now < self.closed_until

    @property
    def broken(self) -> bool:
        """Trying on would burn letters, or lock the account: a person has to put something right first."""
        return self.knocks >= _KNOCKS and not self.away

    def after(self, fault: str, *, now: datetime, away: bool = False) -> Circuit:
        """The circuit after one more try that failed by that fault."""
        knocks = self.knocks + 1 if fault == self.fault else 1
        wait = _BETWEEN_LOOKS if away and knocks <= _FIRST_LOOKS else _BETWEEN_KNOCKS
        return Circuit(fault, knocks, now + wait, away)


def cannot_release(state: LetterState, goes_by_itself: bool) -> str:
    """Why a person cannot let a letter in that state go once more; "" when they can."""
    match state:
        case LetterState.REFUSED | LetterState.BOUNCED:
            return ""
        case LetterState.UNKNOWN if not goes_by_itself:
            return ""
        case LetterState.ACCEPTED:
            return "the mail server has accepted it; it does not go a second time"
        case LetterState.EXPIRED | LetterState.CANCELLED:
            return f"it is {state}"
        case _:
            return f"it is {state} and goes by itself"


def cannot_edit(state: LetterState, goes_by_itself: bool) -> str:
    """Why a letter in that state cannot go to another address; "" when it can."""
    if state in (LetterState.QUEUED, LetterState.DEFERRED):
        return ""
    if state is LetterState.SENDING:
        return "it is under way at this moment"
    return cannot_release(state, goes_by_itself)


def cannot_discard(state: LetterState) -> str:
    """Why a letter in that state cannot be discarded; "" when it can."""
    if state in (LetterState.ACCEPTED, LetterState.EXPIRED, LetterState.CANCELLED):
        return f"it is {state} already"
    return "it is under way at this moment" if state is LetterState.SENDING else ""
