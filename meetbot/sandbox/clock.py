"""The sandbox's own time: starts where it is told, runs faster than life, leaps forward, never goes back."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """Starts at `start` (aware; the real time when left out) and runs `speed` times real time; speed 0 stands still."""

    def __init__(
        self,
        start: datetime | None = None,
        *,
        speed: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if start and start.tzinfo is None:
            raise ValueError(f"the sandbox clock cannot start at {start.isoformat()}: it has no zone")
        self.started = (start or datetime.now(UTC)).astimezone(UTC)
        self.speed = speed
        self._monotonic = monotonic
        self._zero = monotonic()
        self._leapt = timedelta(0)

    def now(self) -> datetime:
        return self.started + self._leapt + timedelta(seconds=self._elapsed() * self.speed)

    def pacing(self) -> float:
        """Seconds for the per-second limits; they also pass while the clock stands still."""
        return self._leapt.total_seconds() + self._elapsed() * (self.speed or 1.0)

    def leap(self, to: datetime) -> None:
        """Move forward to `to`. Raises ValueError when that lies in the past."""
        ahead = to - self.now()
        if ahead < timedelta(0):
            raise ValueError(f"the sandbox clock stands at {self.now().isoformat()} and never goes back")
        self._leapt += ahead

    def _elapsed(self) -> float:
        return self._monotonic() - self._zero
