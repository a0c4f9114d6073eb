"""The rundown as it really goes: which segment runs, how far behind the plan, and which cues that moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from meetbot.core import times
from meetbot.core.model import CueTimes, Meeting, Segment
from meetbot.core.times import Interval

Anchor = Literal["start", "end"]

_SECOND_CLICK = timedelta(seconds=5)  # two people who press "next" for the same segment mean it once
_EARLIEST = timedelta(hours=1)  # ceremonies begin early now and then, by minutes
_LOOK_AGAIN = timedelta(minutes=1)


class CueKind(StrEnum):
    BRIEF = "brief"  #: well before the meeting: this is your part
    NEXT = "next"  #: you are on soon
    CLOSING = "closing"  #: your time is nearly over
    RECORDING_START = "recording_start"
    RECORDING_STOP = "recording_stop"


@dataclass(frozen=True)
class Cue:
    """A moment in the rundown at which something must be done, and what."""

    key: str  #: unique in the meeting
    meeting: str  #: key
    segment: str  #: key
    kind: CueKind
    anchor: Anchor  #: which end of its segment it hangs on
    due_at: datetime  #: by the plan, before any slip
    grace: timedelta  #: found later than this, it is missed


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


@dataclass(frozen=True)
class Fire:
    reason: str


@dataclass(frozen=True)
class Missed:
    reason: str


@dataclass(frozen=True)
class Wait:
    until: datetime | None  #: None: until the rundown goes on
    reason: str


def cues(meeting: Meeting, cue_times: CueTimes) -> tuple[Cue, ...]:
    """All cues of the meeting by its plan, in time order.

    A segment without a time of its own gets no `next` and no `closing`; one in which nobody has a part gets no cue.
    """
    found = [cue for one in meeting.rundown if one.parts for cue in _stage_cues(meeting, one, cue_times)]
    return tuple(sorted([*found, *_recording_cues(meeting)], key=lambda cue: (cue.due_at, cue.key)))


def _stage_cues(meeting: Meeting, segment: Segment, cue_times: CueTimes) -> Iterator[Cue]:
    def cue(kind: CueKind, anchor: Anchor, due_at: datetime, grace: timedelta = cue_times.grace) -> Cue:
        return Cue(f"{segment.key}:{kind}", meeting.key, segment.key, kind, anchor, due_at, grace)

    # Found late, a brief still helps until the meeting starts.
    yield cue(CueKind.BRIEF, "start", meeting.interval.start - cue_times.brief, cue_times.brief)
    if segment.timed:
        yield cue(CueKind.NEXT, "start", segment.interval.start - cue_times.next)
    if segment.interval.duration > cue_times.closing:
        yield cue(CueKind.CLOSING, "end", segment.interval.end - cue_times.closing)


def _recording_cues(meeting: Meeting) -> Iterator[Cue]:
    if meeting.recording is None:
        return
    intervals = {segment.key: segment.interval for segment in meeting.rundown}
    first, last = meeting.recording.first, meeting.recording.last
    # A recording that begins late is worth more than none, and one that was to stop must not run on.
    grace = intervals[last].end - intervals[first].start
    start, stop = CueKind.RECORDING_START, CueKind.RECORDING_STOP
    yield Cue(f"{first}:{start}", meeting.key, first, start, "start", intervals[first].start, grace)
    yield Cue(f"{last}:{stop}", meeting.key, last, stop, "end", intervals[last].end, grace)


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
    return f"expected end {times.clock_text(end, meeting.zone)}, {_span(late)} after the Zoom booking"


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


def moves(cue: Cue, move: Move) -> bool:
    """The cue, if not yet fired, moves by `move.shift`; it is then due at its planned time plus the new slip."""
    if cue.kind == CueKind.BRIEF or cue.segment in move.rundown.ended:
        return False
    # A recording that waited for a late start must not wait on when it comes less late.
    return cue.kind != CueKind.NEXT or cue.segment not in move.rundown.started


def over(cue: Cue, rundown: Rundown) -> bool:
    """What the cue announces has already happened. A recording is started and stopped all the same."""
    if cue.kind in (CueKind.RECORDING_START, CueKind.RECORDING_STOP):
        return False
    return cue.segment in (rundown.ended if cue.anchor == "end" else rundown.started)


def early(cue: Cue, rundown: Rundown) -> bool:
    """Its segment still runs: a recording is not stopped in the middle of the last words, whatever the plan says."""
    return cue.kind == CueKind.RECORDING_STOP and rundown.current is not None and rundown.current.key == cue.segment


def judge(
    due_at: datetime, grace: timedelta, now: datetime, *, held: bool, over: bool = False, early: bool = False
) -> Fire | Missed | Wait:
    """Whether a cue due at `due_at` fires now. What is found too late is missed, so that nothing comes in a burst."""
    late = now - due_at
    if over:
        return Missed("what it announces has already happened")
    if late < timedelta():
        return Wait(due_at, "not yet due")
    if held:
        return Wait(None, "the rundown is held")
    if late > grace:
        return Missed(f"found {_span(late)} late, more than the {_span(grace)} within which it helps")
    if early:
        return Wait(now + _LOOK_AGAIN, "its segment still runs")
    return Fire(f"{_span(late)} late" if late >= timedelta(seconds=2) else "on time")


def _long_before(rundown: Rundown, now: datetime) -> Refused | None:
    """A command for another day, given by mistake: it would make cues and times of the real day wrong."""
    opens_at = min((one.interval.start for one in rundown.segments), default=now)
    if rundown.started or opens_at - now <= _EARLIEST:
        return None
    return Refused(f"it begins in {_span(opens_at - now)}: too early")


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
    return f"{_span(late)} behind the plan" if late else "by the plan"


def _span(duration: timedelta) -> str:
    """ "3 h 5 min", "12 min", "2 min 1 s", "90 s": two figures at most."""
    seconds = int(duration.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    figures = ((hours, "h"), (minutes, "min")) if hours else ((minutes, "min"), (seconds % 60, "s"))
    return " ".join(f"{count} {unit}" for count, unit in figures if count)
