"""Zoom's limits on calls per second: how fast an account may go, and the pace that keeps below it.

Source: Zoom API, Rate limits. Daily limits for hosts and registrants are planned for elsewhere, not waited for here.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from meetbot.core import times
from meetbot.errors import ZoomError, ZoomRateLimited, ZoomUnreachable


class Label(StrEnum):
    """Zoom's "Rate Limit Label" of a call; creations have one of our own, see `Pace.turn`."""

    LIGHT = "light"
    MEDIUM = "medium"
    HEAVY = "heavy"
    RESOURCE_INTENSIVE = "resource-intensive"
    CREATION = "creation"


class Plan(StrEnum):
    """The account's plan; Education and Enterprise have the limits of Business."""

    FREE = "free"
    PRO = "pro"
    BUSINESS = "business"


#: Calls per second that Zoom allows the whole account.
RATES: Mapping[Plan, Mapping[Label, float]] = {
    Plan.FREE: {Label.LIGHT: 4, Label.MEDIUM: 2, Label.HEAVY: 1, Label.RESOURCE_INTENSIVE: 10 / 60},
    Plan.PRO: {Label.LIGHT: 30, Label.MEDIUM: 20, Label.HEAVY: 10, Label.RESOURCE_INTENSIVE: 10 / 60},
    Plan.BUSINESS: {Label.LIGHT: 80, Label.MEDIUM: 60, Label.HEAVY: 40, Label.RESOURCE_INTENSIVE: 20 / 60},
}

# Other software of the same account eats from the same allowance.
_SHARE = 0.8
# How long nobody may have called so that the calls saved up may follow each other at once. With the share above it
# stays below Zoom's limit in any second; it also makes up for waking late.
_CREDIT = timedelta(seconds=0.2)
# Creations use Zoom's allowance to the full. The rest of the second is left for answers that come out of step.
_CREATION_CREDIT = timedelta(seconds=0.95)
# A label closed for longer than this has met a daily limit: no caller is kept waiting for that.
PATIENCE = timedelta(seconds=10)

# After Zoom's "too fast" the pace drops at once, however many calls heard it, and then climbs back bit by bit: so
# several programs that share an account find a balance without knowing of each other.
_DROP = 0.75
_CLIMB = 0.05  # of the full pace, for each second
_SLOWEST = 0.05  # of the full pace
_ONE_DROP = timedelta(seconds=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Pace:
    """Gives each call its turn: evenly spaced for each label, urgent calls first."""

    def __init__(self, clock: times.Clock, plan: Plan) -> None:
        rates = RATES[plan]
        self._lanes = {label: _Lane(clock, label, rate * _SHARE, _CREDIT) for label, rate in rates.items()}
        self._lanes[Label.CREATION] = _Lane(clock, Label.CREATION, rates[Label.MEDIUM], _CREATION_CREDIT)

    async def turn(self, label: Label, *, urgent: bool = False) -> None:
        """Return when a call with that label may be sent. ZoomRateLimited, at once, when that is not soon."""
        await self._lanes[label].turn(urgent=urgent)
        if label is Label.CREATION:
            # Zoom's pages disagree: a creation counted as Medium before 2026 and counts as Light since. So it keeps to
            # Medium's limit, all of it, because an account that is filling its programme has little else to do; and it
            # leaves other software its part of Light.
            await self._lanes[Label.LIGHT].turn(urgent=urgent)

    def slow_down(self, label: Label, until: datetime) -> None:
        """Zoom said that the account calls too fast: none with that label before `until`, then fewer a second."""
        self._lanes[label].slow_down(until)

    def close(self, label: Label, until: datetime) -> None:
        """No call with that label before `until`: Zoom said that the account has had its share."""
        self._lanes[label].close(until)

    def stop(self) -> None:
        """Turn away everybody who waits: no more calls will be made."""
        for lane in self._lanes.values():
            lane.stop()


@dataclass(order=True)
class _Place:
    """A place in the queue of a lane."""

    behind_urgent: bool
    arrival: int
    turn: asyncio.Future[None] = field(compare=False)


class _Lane:
    """The calls of one label, each `1 / rate` seconds after the one before; calls not made are saved up to a credit."""

    def __init__(self, clock: times.Clock, label: Label, rate: float, credit: timedelta) -> None:
        now = clock.now()
        self._clock, self._label, self._full_rate = clock, label, rate
        self._credit = max(credit, timedelta(seconds=1 / rate))  #: one call may always be saved up
        self._rate, self._rated_at, self._dropped_at = rate, now, now - _ONE_DROP
        self._closed_until = _LONG_AGO
        self._spent_until = now  #: when the calls made would be spent at an even pace; at most `credit` ahead of now
        self._waiting: list[_Place] = []
        self._arrivals = itertools.count()
        self._doorman: asyncio.Task[None] | None = None

    async def turn(self, *, urgent: bool) -> None:
        if self._closed_until - self._clock.now() > PATIENCE:
            raise self._refusal()
        mine = _Place(not urgent, next(self._arrivals), asyncio.get_running_loop().create_future())
        heapq.heappush(self._waiting, mine)
        if self._doorman is None or self._doorman.done():
            self._doorman = asyncio.create_task(self._admit())
        await mine.turn

    async def _admit(self) -> None:
        """Let in whoever is first whenever the next call may be made, until nobody waits."""
        while self._waiting:
            # A clock that was put back must not keep everybody waiting until it is as late again.
            self._spent_until = min(self._spent_until, max(self._clock.now(), self._closed_until) + self._credit)
            opens_at = max(self._spent_until + self._spacing() - self._credit, self._closed_until)
            if opens_at > self._clock.now():
                # Look again afterwards: others may have come first, or Zoom may have closed the label.
                await self._clock.sleep_until(opens_at)
            elif not (first := heapq.heappop(self._waiting)).turn.done():
                first.turn.set_result(None)
                self._spend()

    def _spend(self) -> None:
        now = self._clock.now()
        climbed = self._full_rate * _CLIMB * (now - self._rated_at).total_seconds()
        self._rate, self._rated_at = min(self._full_rate, self._rate + climbed), now
        self._spent_until = max(self._spent_until, now) + self._spacing()
        self._closed_until = _LONG_AGO

    def _spacing(self) -> timedelta:
        return timedelta(seconds=1 / self._rate)

    def slow_down(self, until: datetime) -> None:
        self.close(until)
        now = self._clock.now()
        # What was already on its way when the pace dropped says nothing about the new pace.
        if now - self._dropped_at >= _ONE_DROP:
            self._rate = max(self._rate * _DROP, self._full_rate * _SLOWEST)
            self._rated_at = self._dropped_at = now
            self._spent_until = until + self._credit - self._spacing()

    def close(self, until: datetime) -> None:
        self._closed_until = max(self._closed_until, until)
        if self._closed_until - self._clock.now() > PATIENCE:
            self._turn_away(self._refusal)

    def stop(self) -> None:
        self._turn_away(lambda: ZoomUnreachable("the connection to Zoom is being closed"))
        if self._doorman:
            self._doorman.cancel()

    def _turn_away(self, error: Callable[[], ZoomError]) -> None:
        for place in self._waiting:
            if not place.turn.done():
                place.turn.set_exception(error())
        self._waiting.clear()

    def _refusal(self) -> ZoomRateLimited:
        what = f"Zoom takes no more {self._label} calls from the whole account"
        return ZoomRateLimited(what, retry_at=self._closed_until)
