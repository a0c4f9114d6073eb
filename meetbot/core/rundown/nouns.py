"""How a rundown stands: what has started and ended, how far behind it is, and when the rest is expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from meetbot.core import times
from meetbot.core.model import Meeting, Segment
from meetbot.core.times import Interval


class State(StrEnum):
    DONE = "done"
    RUNNING = "running"
    WAITING = "waiting"


@dataclass(frozen=True)
class Rundown:
    """What has happened so far. The planned times in `segments` are never overwritten."""

    meeting: str  #: key
    segments: tuple[Segment, ...]
    started: Mapping[str, datetime]  #: by segment key
    ended: Mapping[str, datetime]  #: by segment key
    slip: timedelta  #: never below zero
    held_at: datetime | None  #: None: not held

    @property
    def current(self) -> Segment | None:
        """The segment that runs; None before the first and after the last."""
        return next((one for one in self.segments if one.key in self.started and one.key not in self.ended), None)

    @property
    def following(self) -> Segment | None:
        """The segment that `start` or `advance` would begin; None when there is none left.

        An opening stretch in which nobody has a part, such as registration, runs by itself and is not begun.
        """
        last = max((at for at, one in enumerate(self.segments) if one.key in self.started), default=None)
        if last is not None:
            return next(iter(self.segments[last + 1 :]), None)
        return next((one for one in self.segments if one.parts), next(iter(self.segments), None))


@dataclass(frozen=True)
class Expected:
    """When a segment really was, or will be as far as is known."""

    segment: str  #: key
    interval: Interval
    state: State


def expected(rundown: Rundown) -> tuple[Expected, ...]:
    """When each segment really was, or its planned time plus the slip, in the order of the rundown."""
    begun = [at for at, one in enumerate(rundown.segments) if one.key in rundown.started]
    return tuple(_expected(rundown, one, passed=at < max(begun, default=0)) for at, one in enumerate(rundown.segments))


def _expected(rundown: Rundown, segment: Segment, *, passed: bool) -> Expected:
    began, ended = rundown.started.get(segment.key), rundown.ended.get(segment.key)
    shifted = segment.interval.moved(rundown.slip)
    if began and ended:
        return Expected(segment.key, Interval(began, ended), State.DONE)
    if began:
        return Expected(segment.key, Interval(began, max(began, shifted.end)), State.RUNNING)
    return (
        Expected(segment.key, segment.interval, State.DONE) if passed else Expected(segment.key, shifted, State.WAITING)
    )


def overrun(rundown: Rundown, meeting: Meeting) -> str | None:
    """What to say when the expected end passes the time for which Zoom is booked; None while it does not."""
    end = max((one.interval.end for one in expected(rundown)), default=meeting.interval.end)
    late = end - meeting.interval.end
    if late <= timedelta():
        return None
    return f"expected end {times.clock_text(end, meeting.zone)}, {span(late)} after the Zoom booking"


def span(duration: timedelta) -> str:
    """ "3 h 5 min", "12 min", "2 min 1 s", "90 s": two figures at most."""
    seconds = int(duration.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    figures = ((hours, "h"), (minutes, "min")) if hours else ((minutes, "min"), (seconds % 60, "s"))
    return " ".join(f"{count} {unit}" for count, unit in figures if count)
