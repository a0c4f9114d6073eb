"""What is known of a running meeting from the facts that Zoom tells: who is inside, since when it is recorded.

Facts come late, twice, in any order, or never. They are sorted by when they happened, never by when they came, so that
the same facts always give the same picture. It is for the day itself: attendance is counted from Zoom's report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from meetbot.core import times
from meetbot.core.model import Meeting
from meetbot.core.remote import Fact, FactKind

NOT_HEARD = "no live events from Zoom – using polling"
#: A run of which nothing is heard for so long has ended, and its end was never told.
_FORGOTTEN = timedelta(hours=12)
#: Zoom is asked every ten minutes whether a meeting runs; an older answer says nothing of now.
_RECENT = timedelta(minutes=15)
_KINDS = {kind: number for number, kind in enumerate(FactKind)}


@dataclass(frozen=True)
class Session:
    """One join to one leave of one participant, as far as Zoom has told."""

    participant: str
    user_id: str
    name: str
    address: str
    registrant_id: str
    joined_at: datetime | None  #: None: Zoom only told that they left
    left_at: datetime | None  #: None: inside


@dataclass(frozen=True)
class LiveInstance:
    """One run of a meeting."""

    uuid: str
    meeting_id: str
    started_at: datetime | None  #: None: not told, and nobody was seen to join
    ended_at: datetime | None  #: None: it runs
    sessions: tuple[Session, ...]
    waiting: frozenset[str]  #: participants in the waiting room
    recording_since: datetime | None  #: None: it is not recorded
    last_at: datetime  #: when the latest of its facts happened

    @property
    def inside(self) -> frozenset[str]:
        """Participants in the meeting now; whoever is put back into the waiting room is not."""
        present = {_who(one.participant, one.user_id) for one in self.sessions if one.left_at is None}
        return frozenset(present - self.waiting)


def fold(facts: Iterable[Fact]) -> Mapping[str, LiveInstance]:
    """Every run that the facts tell of, by uuid; the same for the same facts, however often and in whatever order."""
    told: dict[str, list[Fact]] = {}
    for fact in sorted(set(facts), key=_order):
        if fact.uuid:
            told.setdefault(fact.uuid, []).append(fact)
    return {uuid: _instance(uuid, its) for uuid, its in told.items()}


def current(instances: Iterable[LiveInstance], now: datetime) -> LiveInstance | None:
    """The run that goes on now; of several the one that began last."""
    running = [one for one in instances if one.ended_at is None and now - one.last_at < _FORGOTTEN]
    return max(running, key=lambda one: (one.started_at or one.last_at, one.uuid), default=None)


def silent(facts: Iterable[Fact], meeting: Meeting, now: datetime, seen_live_at: datetime | None) -> str | None:
    """That Zoom's events do not reach us: it answers that the meeting runs, and no event has told so.

    None outside the planned time, and while Zoom was not seen to run it of late.
    """
    planned = times.Interval(meeting.opens_at, meeting.interval.end)
    if seen_live_at is None or now - seen_live_at > _RECENT or now not in planned:
        return None
    told = any(_covers(one, seen_live_at) for one in fold(facts).values())
    return None if told else NOT_HEARD


def summary(instance: LiveInstance, now: datetime, zone: str) -> str:
    """ "runs since 14:02 Bangkok (UTC+7), 47 inside, 2 waiting (Zoom's events, the last 2 min ago)"."""
    parts = [f"runs since {times.clock_text(instance.started_at, zone)}" if instance.started_at else "runs"]
    parts.append(f"{len(instance.inside)} inside")
    if instance.waiting:
        parts.append(f"{len(instance.waiting)} waiting")
    if instance.recording_since:
        parts.append(f"recorded since {times.clock_text(instance.recording_since, zone)}")
    ago = max(int((now - instance.last_at).total_seconds() // 60), 0)
    return f"{', '.join(parts)} (Zoom's events, the last {ago} min ago)"


def _order(fact: Fact) -> tuple[object, ...]:
    who = (fact.participant, fact.user_id, fact.name, fact.address, fact.registrant_id)
    return (fact.at, _KINDS[fact.kind], *who, fact.meeting_id, fact.uuid)


def _instance(uuid: str, told: Sequence[Fact]) -> LiveInstance:
    of = {kind: [fact.at for fact in told if fact.kind is kind] for kind in FactKind}
    ended_at = max(of[FactKind.ENDED], default=None)
    return LiveInstance(
        uuid=uuid,
        meeting_id=told[0].meeting_id,
        started_at=min(of[FactKind.STARTED] or of[FactKind.JOINED], default=None),
        ended_at=ended_at,
        sessions=_sessions(told, ended_at),
        waiting=frozenset() if ended_at else _waiting(told),
        recording_since=None if ended_at else _recording_since(told),
        last_at=told[-1].at,
    )


def _sessions(told: Sequence[Fact], ended_at: datetime | None) -> tuple[Session, ...]:
    """Each join with the first leave after it of the same connection; the end of the meeting ends what is open."""
    open_: dict[tuple[str, str], Session] = {}
    closed: dict[tuple[str, str], list[Session]] = {}
    for fact in told:
        whose = (fact.participant, fact.user_id)
        if fact.kind is FactKind.JOINED and whose not in open_:
            open_[whose] = _session(fact, joined_at=fact.at)
        elif fact.kind is FactKind.LEFT and (whose in open_ or whose not in closed):
            session = open_.pop(whose, None) or _session(fact, joined_at=None)
            closed.setdefault(whose, []).append(_known_better(session, fact))
    sessions = [one for of_one in closed.values() for one in of_one]
    return tuple(sorted([*sessions, *(_until(one, ended_at) for one in open_.values())], key=_when))


def _session(fact: Fact, joined_at: datetime | None) -> Session:
    who = (fact.participant, fact.user_id, fact.name, fact.address, fact.registrant_id)
    return Session(*who, joined_at=joined_at, left_at=None)


def _known_better(session: Session, left: Fact) -> Session:
    return replace(
        session,
        name=session.name or left.name,
        address=session.address or left.address,
        registrant_id=session.registrant_id or left.registrant_id,
        left_at=left.at,
    )


def _until(session: Session, ended_at: datetime | None) -> Session:
    """A join told with a time after the end was the clock of another machine: nobody joins an ended run."""
    return replace(session, left_at=max(ended_at, session.joined_at or ended_at)) if ended_at else session


def _when(session: Session) -> tuple[object, ...]:
    return (session.joined_at or session.left_at, session.participant, session.user_id)


def _waiting(told: Sequence[Fact]) -> frozenset[str]:
    waiting: set[str] = set()
    for fact in told:
        if fact.kind is FactKind.WAITING:
            waiting.add(_who(fact.participant, fact.user_id))
        elif fact.kind in (FactKind.WAITED, FactKind.JOINED, FactKind.LEFT):
            waiting.discard(_who(fact.participant, fact.user_id))
    return frozenset(waiting)


def _recording_since(told: Sequence[Fact]) -> datetime | None:
    since = None
    for fact in told:
        if fact.kind is FactKind.RECORDING_STARTED:
            since = since or fact.at
        elif fact.kind is FactKind.RECORDING_STOPPED:
            since = None
    return since


def _covers(instance: LiveInstance, at: datetime) -> bool:
    started_at = instance.started_at or instance.last_at
    return started_at <= at and (instance.ended_at is None or at <= instance.ended_at)


def _who(participant: str, user_id: str) -> str:
    """A participant; Zoom does not name all of them, but every connection of theirs."""
    return participant or user_id
