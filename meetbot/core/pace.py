"""How fast the mail server takes letters from us: learned from what it says; slower at once, faster bit by bit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# Mail providers count by the minute (Exchange Online, Sending limits: 30 messages a minute).
_MINUTE = timedelta(minutes=1)
_DROP = 0.75
_CLIMB = 5  # letters a minute, for each minute without a complaint
_SLOWEST = 6  # letters a minute
_FREE = 300  # letters a minute; who gets so far needs no pace
_TELLING = 10  # letters; fewer tell nothing of how fast they can go
_PASSES = 6  # in a minute: so long at most an urgent letter waits behind others


@dataclass(frozen=True)
class Pace:
    """How many letters a minute; `per_minute` None: the server has never complained."""

    per_minute: float | None = None
    opens_at: datetime | None = None  #: no letter is tried before then
    rated_at: datetime | None = None  #: when `per_minute` held; it has climbed since
    counted_from: datetime | None = None  #: the beginning of the minute that `counted` is about
    counted: int = 0  #: accepted in that minute

    def share(self, most: int) -> int:
        """How many letters may go in one pass."""
        return most if self.per_minute is None else max(1, min(most, int(self.per_minute / _PASSES)))

    def slower(self, *, now: datetime) -> Pace:
        """After the server said, in the pass that began at `now`, that we are too fast: rest, then go slower."""
        rested = now + _MINUTE
        if self.opens_at == rested:
            return self  # the same complaint once more
        before = self.counted if self.per_minute is None else self.per_minute * _DROP
        return replace(self, per_minute=max(before, _SLOWEST), opens_at=rested, rated_at=rested)

    def after(self, accepted: int, *, now: datetime) -> Pace:
        """After a pass that began at `now` and in which the server took so many."""
        counting = self._counting(accepted, now)
        if self.per_minute is None or self.rated_at is None or now < self.rated_at:
            return counting
        faster = self.per_minute + _CLIMB * ((now - self.rated_at) / _MINUTE)
        if faster > _FREE:
            return replace(counting, per_minute=None, opens_at=None)
        return replace(counting, per_minute=faster, opens_at=now + accepted * _MINUTE / faster, rated_at=now)

    def _counting(self, accepted: int, now: datetime) -> Pace:
        if self.counted_from is None or now - self.counted_from >= _MINUTE:
            return replace(self, counted_from=now, counted=accepted)
        return replace(self, counted=self.counted + accepted)


def outlook(waiting: int, accepted: int, *, busy: timedelta, within: timedelta) -> str:
    """When the letters that are due will be out, by how many were accepted lately; "" when none waits.

    `busy`: for how long of that time letters went. When none waited, none could go: that says nothing of the pace.
    """
    if waiting == 0:
        return ""
    minutes = within // _MINUTE
    if accepted == 0:
        return f"{_wait(waiting)}; none was accepted in the last {minutes} minutes"
    if accepted < _TELLING:
        return f"{_wait(waiting)}; {accepted} accepted in the last {minutes} minutes"
    per_minute = accepted / (busy / _MINUTE)
    return f"{_wait(waiting)}; sending at {per_minute:.0f}/min, done in about {max(1, round(waiting / per_minute))} min"


def while_held(waiting: int) -> str:
    """The same while mail is held; "" when none waits."""
    return f"{_wait(waiting)}, and mail is held" if waiting else ""


def _wait(waiting: int) -> str:
    return "1 letter waits" if waiting == 1 else f"{waiting} letters wait"
