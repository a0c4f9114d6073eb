"""The two clocks: the machine's own, and one that runs faster and can leap, for rehearsals."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from meetbot.core import times

_NO_TIME = timedelta()
#: Where the system has a clock that also counts while the machine sleeps, that one (Linux, clock_gettime(2)).
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def steady() -> float:
    """Seconds since some moment or other; never put forward or back, and not held up by a pause."""
    return time.clock_gettime(_STEADY)


class RealClock:
    """The wall clock of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep_until(self, at: datetime) -> None:
        await asyncio.sleep(self.real_delay(at).total_seconds())

    def real_delay(self, until: datetime) -> timedelta:
        return max(until - self.now(), _NO_TIME)


class FastClock:
    """Programme time that runs `rate` times faster than real time from `start`, and leaps over idle stretches."""

    def __init__(self, start: datetime, rate: float) -> None:
        self.rate = rate
        self._origin = times.utc(start)
        self._real_origin = time.monotonic()
        self._leapt = asyncio.Event()

    def now(self) -> datetime:
        return self._origin + timedelta(seconds=(time.monotonic() - self._real_origin) * self.rate)

    def leap(self, to: datetime) -> None:
        """Let it be `to` now; never back. Wakes everybody who sleeps on this clock."""
        if to > self.now():
            self._origin, self._real_origin = to, time.monotonic()
            self._leapt.set()
            self._leapt = asyncio.Event()

    async def sleep_until(self, at: datetime) -> None:
        while (rest := self.real_delay(at)) > _NO_TIME:
            try:
                await asyncio.wait_for(self._leapt.wait(), rest.total_seconds())
            except TimeoutError:
                continue

    def real_delay(self, until: datetime) -> timedelta:
        return max((until - self.now()) / self.rate, _NO_TIME)
