"""Cues: what must be done at which moments, which of them move with the day, and when each fires."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from meetbot.core.model import CueTimes, Meeting, Segment
from meetbot.core.rundown.commands import Move
from meetbot.core.rundown.nouns import Rundown, State, expected, span

Anchor = Literal["start", "end"]

_LOOK_AGAIN = timedelta(minutes=1)
#: A rundown that nobody lets go on for so long is over: its cues are put on record, not kept for ever.
HELD_AT_MOST = timedelta(hours=12)


class CueKind(StrEnum):
    BRIEF = "brief"  #: well before the meeting: this is your part
    NEXT = "next"  #: you are on soon
    CLOSING = "closing"  #: your time is nearly over
    RECORDING_START = "recording_start"
    RECORDING_STOP = "recording_stop"
    WAITING_ROOM = "waiting_room"  #: those who wait read what runs now
    CHAT = "chat"  #: those in the meeting read what runs now


#: These say what runs now: they come with their segment, however early or late it really begins.
NOW_ON = frozenset({CueKind.WAITING_ROOM, CueKind.CHAT})


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

    A segment without a time of its own gets no `next` and no `closing`; where nobody has a part, nobody is told of it.
    """
    found = [cue for one in meeting.rundown if one.parts for cue in _stage_cues(meeting, one, cue_times)]
    found += [*_recording_cues(meeting), *_public_cues(meeting)]
    return tuple(sorted(found, key=lambda cue: (cue.due_at, cue.key)))


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


def _public_cues(meeting: Meeting) -> Iterator[Cue]:
    asked = {CueKind.WAITING_ROOM: meeting.waiting_room_follows, CueKind.CHAT: meeting.chat}
    for segment in meeting.rundown:
        for kind in (kind for kind, wanted in asked.items() if wanted and segment.timed):
            # What runs now is news as long as it runs.
            start, grace = segment.interval.start, segment.interval.duration
            yield Cue(f"{segment.key}:{kind}", meeting.key, segment.key, kind, "start", start, grace)


def moves(cue: Cue, move: Move) -> bool:
    """The cue, if not yet fired, moves by `move.shift`; it is then due at its planned time plus the new slip."""
    if cue.kind == CueKind.BRIEF or cue.segment in move.rundown.ended:
        return False
    # A recording that waited for a late start must not wait on when it comes less late.
    return cue.kind not in (CueKind.NEXT, *NOW_ON) or cue.segment not in move.rundown.started


def begins(cue: Cue, move: Move) -> bool:
    """The cue, if not yet fired, is due now: the segment of which it tells has just begun."""
    return cue.kind in NOW_ON and cue.segment == move.to_segment != move.from_segment


def over(cue: Cue, rundown: Rundown) -> bool:
    """What the cue announces has already happened. A recording is started and stopped all the same."""
    if cue.kind in (CueKind.RECORDING_START, CueKind.RECORDING_STOP):
        return False
    if cue.kind in NOW_ON:
        return next(one.state for one in expected(rundown) if one.segment == cue.segment) is State.DONE
    return cue.segment in (rundown.ended if cue.anchor == "end" else rundown.started)


def early(cue: Cue, rundown: Rundown) -> str:
    """Why the cue waits for its segment, whatever the plan says; "" when it does not.

    A recording is not stopped in the middle of the last words, and nothing is said to run that has not begun.
    """
    if cue.kind == CueKind.RECORDING_STOP and rundown.current and rundown.current.key == cue.segment:
        return "its segment still runs"
    if cue.kind in NOW_ON and rundown.started and cue.segment not in rundown.started:
        return "its segment has not begun"
    return ""


def verdict(cue: Cue, rundown: Rundown, due_at: datetime, now: datetime) -> Fire | Missed | Wait:
    """Whether the cue, due at `due_at`, fires now as the day really goes."""
    if cue.kind in NOW_ON:
        due_at = rundown.started.get(cue.segment, cue.due_at + rundown.slip)
    held, happened, waits_for = rundown.held_at is not None, over(cue, rundown), early(cue, rundown)
    if waits_for and now - (cue.due_at + rundown.slip) >= HELD_AT_MOST:  # its row is put back again and again
        return Missed(f"{waits_for}, and nobody went on with the rundown on that day")
    return judge(due_at, cue.grace, now, held=held, over=happened, early=waits_for)


def judge(
    due_at: datetime, grace: timedelta, now: datetime, *, held: bool, over: bool = False, early: str = ""
) -> Fire | Missed | Wait:
    """Whether a cue due at `due_at` fires now. What is found too late is missed, so that nothing comes in a burst."""
    late = now - due_at
    if over:
        return Missed("what it announces has already happened")
    if late < timedelta():
        return Wait(due_at, "not yet due")
    if held and late >= HELD_AT_MOST:
        return Missed("the rundown was held, and nobody let it go on that day")
    if held:
        return Wait(None, "the rundown is held")
    if late > grace:
        return Missed(f"found {span(late)} late, more than the {span(grace)} within which it helps")
    if early:
        return Wait(now + _LOOK_AGAIN, early)
    return Fire(f"{span(late)} late" if late >= timedelta(seconds=2) else "on time")
