"""The day's commands: what `start`, `next`, `hold` and `slip` make of a rundown, or why they do not fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from meetbot.core.model import Segment
from meetbot.core.rundown.nouns import Rundown, span

_SECOND_CLICK = timedelta(seconds=5)  # two people who press "next" for the same segment mean it once
_EARLIEST = timedelta(hours=1)  # ceremonies begin early now and then, by minutes


@dataclass(frozen=True)
class Move:
    """What a command makes of the rundown."""

    rundown: Rundown  #: after the command
    shift: timedelta  #: how far the cues move for which `moves` says so
    from_segment: str | None  #: key of the segment that ran before; None: none
    to_segment: str | None  #: key of the segment that runs now; None: none
    reason: str


@dataclass(frozen=True)
class Refused:
    """The command does not fit; nothing changes."""

    reason: str


def start(rundown: Rundown, now: datetime) -> Move | Refused:
    """Begin the first segment with a part, or go on after a hold."""
    if rundown.held_at is not None:
        return _resumed(rundown, rundown.held_at, now)
    if rundown.current:
        return Refused(f"{rundown.current.title} is running already")
    if early := _long_before(rundown, now):
        return early
    return _begun(rundown, rundown.following, now) if rundown.following else Refused("there is nothing left to start")


def advance(rundown: Rundown, now: datetime) -> Move | Refused:
    """End the running segment and begin the following one, if there is one."""
    if rundown.held_at is not None:
        return Refused("the rundown is held: start it first")
    if rundown.current is None:
        return Refused("no segment is running: start the rundown first")
    if now - rundown.started[rundown.current.key] < _SECOND_CLICK:
        return Refused(f"{rundown.current.title} has only just started")
    ended = replace(rundown, ended={**rundown.ended, rundown.current.key: now})
    if rundown.following is None:
        return Move(ended, timedelta(), rundown.current.key, None, f"{rundown.current.title} ended, the last segment")
    return _begun(ended, rundown.following, now, ended=rundown.current)


def hold(rundown: Rundown, now: datetime) -> Move | Refused:
    """Pause: no cue fires until `start`, which adds the time that was lost to the slip."""
    if rundown.held_at is not None:
        return Refused("the rundown is held already")
    if rundown.current is None and rundown.following is None:
        return Refused("the rundown is over")
    if early := _long_before(rundown, now):
        return early
    return _moved(rundown, replace(rundown, held_at=now), "held: no cue fires until it goes on")


def slip(rundown: Rundown, minutes: int, now: datetime) -> Move | Refused:
    """Move everything still to come by so many minutes, back at most to the plan."""
    if rundown.current is None and rundown.following is None:
        return Refused("the rundown is over")
    new = max(timedelta(), rundown.slip + timedelta(minutes=minutes))
    if new == rundown.slip:
        return Refused("nothing to move: it runs by the plan, and nothing starts earlier than announced")
    coming = rundown.following
    if minutes < 0 and coming and coming.timed and coming.interval.start + new < now:
        return Refused(f"{coming.title} would have had to start already")
    return _moved(rundown, replace(rundown, slip=new), f"{_behind(new)}, set by hand")


def _long_before(rundown: Rundown, now: datetime) -> Refused | None:
    """A command for another day, given by mistake: it would make cues and times of the real day wrong."""
    opens_at = min((one.interval.start for one in rundown.segments), default=now)
    if rundown.started or opens_at - now <= _EARLIEST:
        return None
    return Refused(f"it begins in {span(opens_at - now)}: too early")


def _begun(rundown: Rundown, segment: Segment, now: datetime, ended: Segment | None = None) -> Move:
    """Slack in the plan absorbs lateness; an early end brings nothing forward. No time of its own, no lateness."""
    late = max(timedelta(), now - segment.interval.start) if segment.timed else rundown.slip
    after = replace(rundown, started={**rundown.started, segment.key: now}, slip=late)
    before = ended.key if ended else None
    return Move(after, late - rundown.slip, before, segment.key, f"{segment.title} started, {_behind(late)}")


def _resumed(rundown: Rundown, held_at: datetime, now: datetime) -> Move:
    """While nothing ran, a hold costs only what it took after the next segment was to start."""
    lost_from = held_at
    if rundown.current is None and rundown.following is not None:
        lost_from = max(held_at, rundown.following.interval.start + rundown.slip)
    late = rundown.slip + max(timedelta(), now - lost_from)
    return _moved(rundown, replace(rundown, held_at=None, slip=late), f"goes on, {_behind(late)}")


def _moved(before: Rundown, after: Rundown, reason: str) -> Move:
    running = before.current.key if before.current else None
    return Move(after, after.slip - before.slip, running, running, reason)


def _behind(late: timedelta) -> str:
    return f"{span(late)} behind the plan" if late else "by the plan"
