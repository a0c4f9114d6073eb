"""Who was there as Zoom's live events tell it: rows like those of its report, for the time before there is one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetbot.core import live, times
from meetbot.core.model import Meeting
from meetbot.core.remote import Fact, FactKind, Reading, Session
from meetbot.core.times import Interval

#: Runs that began within this time around the planned meeting belong to it: hosts start early and run late.
SAME_DAY = timedelta(hours=12)
#: A run that ended earlier than this before the planned end may well be started again.
NEARLY_OVER = timedelta(minutes=15)


@dataclass(frozen=True)
class Heard:
    """What the live events tell of a meeting."""

    readings: tuple[Reading, ...]
    ended_at: datetime | None  #: None: it is not over, as far as was told


def of_its_day(meeting: Meeting, started_at: datetime) -> bool:
    """The run belongs to the planned meeting."""
    return meeting.opens_at - SAME_DAY <= started_at <= meeting.interval.end + SAME_DAY


def heard(facts: Iterable[Fact], meeting: Meeting) -> Heard:
    """The runs of the meeting on its day with everybody who was told to be in them."""
    told = list(facts)
    runs = [one for one in live.fold(told).values() if of_its_day(meeting, one.started_at or one.last_at)]
    readings = tuple(
        Reading(run.uuid, tuple(_sessions(run, [fact for fact in told if fact.uuid == run.uuid]))) for run in runs
    )
    ends = [run.ended_at for run in runs if run.ended_at]
    over = len(ends) == len(runs) and max(ends, default=meeting.opens_at) >= meeting.interval.end - NEARLY_OVER
    return Heard(readings, max(ends) if ends and over else None)


def _sessions(run: live.LiveInstance, told: Sequence[Fact]) -> Iterator[Session]:
    """The time in the meeting; what somebody waited in between is a row of its own, as in Zoom's report."""
    waits = _waits(told, run.ended_at or run.last_at)
    for one in run.sessions:
        left_at = one.left_at or run.ended_at or run.last_at
        joined_at = one.joined_at or left_at
        whole = Interval(joined_at, max(joined_at, left_at))
        waited = [part for wait in waits.get(one.participant or one.user_id, ()) if (part := wait & whole)]
        yield from (_session(one, part, waiting=False) for part in _without(whole, waited))
        yield from (_session(one, part, waiting=True) for part in waited)


def _session(one: live.Session, part: Interval, *, waiting: bool) -> Session:
    return Session(one.name, one.address, one.registrant_id, part, in_waiting_room=waiting)


def _waits(told: Iterable[Fact], until: datetime) -> dict[str, list[Interval]]:
    """When each participant was put into the waiting room, up to what let them out."""
    since: dict[str, datetime] = {}
    waits: dict[str, list[Interval]] = {}
    for fact in sorted(told, key=lambda one: one.at):
        who = fact.participant or fact.user_id
        if fact.kind is FactKind.WAITING:
            since.setdefault(who, fact.at)
        elif fact.kind in (FactKind.WAITED, FactKind.JOINED, FactKind.LEFT) and who in since:
            waits.setdefault(who, []).append(Interval(since.pop(who), fact.at))
    for who, at in since.items():
        waits.setdefault(who, []).append(Interval(at, max(at, until)))
    return waits


def _without(whole: Interval, gaps: Iterable[Interval]) -> Iterator[Interval]:
    at = whole.start
    for gap in times.union(gaps):
        if gap.start > at:
            yield Interval(at, gap.start)
        at = gap.end
    if at < whole.end or whole.duration == timedelta():
        yield Interval(at, whole.end)
