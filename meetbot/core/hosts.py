"""Which host holds which meeting: one decision for all, because a meeting given away blocks its host for others.

A meeting takes its host from the moment it opens until `Host.buffer` after its end. A host is full while `Host.at_once`
meetings take it (Zoom, Hosting multiple meetings simultaneously: one live meeting on Pro, two on Business).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from meetbot.core import times
from meetbot.core.model import Host, Meeting

_MOST_MOVES = 200  # of meetings tried elsewhere to make room for one: more is no use, and would take too long


@dataclass(frozen=True)
class Assigned:
    """Who holds a meeting."""

    host: str
    backup: str | None  #: may start it when the host cannot come; None: nobody stands by
    reason: str


@dataclass(frozen=True)
class Allocation:
    """The hosts of all meetings; every meeting that is not cancelled is in `assigned` or in `without`."""

    assigned: Mapping[str, Assigned]  #: by meeting key
    without: Mapping[str, str]  #: by meeting key: why it has no host, and what to do
    clashes: tuple[str, ...] = ()  #: meetings that name the same host for the same time; both keep it


def allocate(
    meetings: Iterable[Meeting],
    pool: Sequence[Host],
    *,
    standing: Mapping[str, str],
    out: frozenset[str] = frozenset(),
) -> Allocation:
    """Give each meeting that names no host one of the pool, the least loaded first and backup hosts last.

    `standing`: the host that a meeting has already, by meeting key; it stays, because another host means another
    join link for everybody, unless the host is in `out` or now holds another meeting at that time.
    `out`: addresses of hosts that can hold nothing at present.
    """
    # By their opening: so the first that fits is as good as any, as long as nothing has to stay where it is.
    planned = sorted((one for one in meetings if not one.cancelled), key=lambda one: (one.opens_at, one.key))
    board = _Board(pool, out)
    reasons, clashes = {}, []
    for meeting in (one for one in planned if one.host):
        clashes += board.clashes(meeting)
        board.fix(meeting, meeting.host)
        reasons[meeting.key] = "named in the programme"
    for meeting in (one for one in planned if not one.host and one.key in standing):
        if board.can_keep(meeting, standing[meeting.key]):
            board.fix(meeting, standing[meeting.key])
            reasons[meeting.key] = "has this host already"
    left = [one for one in planned if one.key not in reasons]
    unheld = {one.key: one for one in left if not board.seat(one)}
    reasons |= {one.key: board.reason(one, standing.get(one.key)) for one in left if one.key not in unheld}
    return Allocation(
        {
            one.key: Assigned(board.holder(one), board.backup(one), reasons[one.key])
            for one in planned
            if one.key in reasons
        },
        {key: board.refusal(one) for key, one in unheld.items()},
        tuple(clashes),
    )


class _Board:
    """Who holds what so far. Hosts are known by their addresses without regard to case."""

    def __init__(self, pool: Sequence[Host], out: frozenset[str]) -> None:
        self._out = {one.casefold() for one in out}
        self._host_of = {one.address.casefold(): one for one in pool}
        self._usable = [name for name in self._host_of if name not in self._out]
        self._held: dict[str, tuple[Meeting, ...]] = {}  # by host; never changed in place, so that a copy is a way back
        self._fixed: dict[str, str] = {}  # address, as it was given, by key of a meeting that must not be moved

    def fix(self, meeting: Meeting, address: str) -> None:
        self._fixed[meeting.key] = address
        self._put(meeting, address.casefold())

    def can_keep(self, meeting: Meeting, address: str) -> bool:
        name = address.casefold()
        return name not in self._out and self._fits(meeting, name)

    def seat(self, meeting: Meeting) -> bool:
        """Find a host; a backup host only when no other can be freed.

        Among equal hosts a meeting is refused only where more overlap than all of them can hold. Where some meetings
        must stay where they are, the best answer may take for ever to find: then this is a good one.
        """
        regular = [name for name in self._usable if not self._host_of[name].backup]
        return self._seat(meeting, regular, set()) or self._seat(meeting, self._usable, set())

    def _seat(self, meeting: Meeting, names: Sequence[str], tried: set[tuple[str, str]]) -> bool:
        """Take a free host, or free one by moving its meetings on, and theirs, as far as they may be moved."""
        by_load = sorted(names, key=lambda name: self._load(name, meeting))
        if free := next((name for name in by_load if self._fits(meeting, name)), None):
            self._put(meeting, free)
            return True
        for name in by_load:
            if (meeting.key, name) in tried or len(tried) >= _MOST_MOVES:
                continue
            tried.add((meeting.key, name))
            before = dict(self._held)
            moved = self._make_room(meeting, name)
            if self._fits(meeting, name):
                self._put(meeting, name)
                if all(self._seat(one, names, tried) for one in moved):
                    return True
            self._held = before
        return False

    def _load(self, name: str, meeting: Meeting) -> tuple[bool, int, int]:
        day = meeting.interval.start.date()
        held = self._held.get(name, ())
        return self._host_of[name].backup, sum(one.interval.start.date() == day for one in held), len(held)

    def _make_room(self, meeting: Meeting, name: str) -> list[Meeting]:
        """Take from the host what may be moved, the last to end first, until the meeting fits or nothing is left."""
        moved: list[Meeting] = []
        movable = [one for one in self._in_the_way(meeting, name) if one.key not in self._fixed]
        for one in sorted(movable, key=lambda one: (one.interval.end, one.key), reverse=True):
            if self._fits(meeting, name):
                break
            self._held[name] = tuple(held for held in self._held[name] if held.key != one.key)
            moved.append(one)
        return moved

    def _put(self, meeting: Meeting, name: str) -> None:
        self._held[name] = (*self._held.get(name, ()), meeting)

    def _host(self, name: str) -> Host:
        return self._host_of.get(name, Host(name))

    def _in_the_way(self, meeting: Meeting, name: str, later: timedelta = timedelta()) -> list[Meeting]:
        """What the host holds within the time that the meeting, moved by `later`, would take."""
        buffer = self._host(name).buffer
        opens, ends = meeting.opens_at + later, meeting.interval.end + later
        return [
            one
            for one in self._held.get(name, ())
            if one.opens_at < ends + buffer and opens < one.interval.end + buffer
        ]

    def _fits(self, meeting: Meeting, name: str, later: timedelta = timedelta()) -> bool:
        """Whether the host is never full while the meeting, moved by `later`, takes it."""
        host, others = self._host(name), self._in_the_way(meeting, name, later)
        opens = meeting.opens_at + later
        moments = {opens, *(one.opens_at for one in others if one.opens_at > opens)}
        return all(
            sum(one.opens_at <= moment < one.interval.end + host.buffer for one in others) < host.at_once
            for moment in moments
        )

    def clashes(self, meeting: Meeting) -> list[str]:
        """The sentence for a meeting whose named host is full already."""
        name = meeting.host.casefold()
        if self._fits(meeting, name):
            return []
        others, host = ", ".join(one.key for one in self._in_the_way(meeting, name)), self._host(name)
        most = "one meeting" if host.at_once == 1 else f"{host.at_once} meetings"
        return [
            f"{meeting.key} names host {meeting.host}, who holds {others} at that time; Zoom lets them hold "
            f"{most} at once, and {_minutes(host.buffer)} are kept free in between: name another host, or move one"
        ]

    def holder(self, meeting: Meeting) -> str:
        if meeting.key in self._fixed:
            return self._fixed[meeting.key]
        return next(self._host_of[name].address for name, held in self._held.items() if meeting in held)

    def backup(self, meeting: Meeting) -> str | None:
        """The backup host to stand by, if possible one without a meeting of their own at that time."""
        standing_by = [
            name for name in self._usable if self._host_of[name].backup and name != self.holder(meeting).casefold()
        ]
        best = min(standing_by, key=lambda name: len(self._in_the_way(meeting, name)), default=None)
        return None if best is None else self._host_of[best].address

    def reason(self, meeting: Meeting, before: str | None) -> str:
        """Why the meeting was given the host that it has."""
        backup = self._host_of[self.holder(meeting).casefold()].backup
        why = (
            "a backup host: no other is free at that time" if backup else "free at that time, with the fewest meetings"
        )
        if before is None:
            return why
        lost = "can hold no meeting at present" if before.casefold() in self._out else "holds another one at that time"
        return f"{why}; {before}, who had it, {lost}"

    def refusal(self, meeting: Meeting) -> str:
        """Why no host could be found, and what to do."""
        if not self._usable:
            return "no host can be chosen: list hosts in the programme, or name one for this meeting"
        ends = meeting.interval.end + min(self._host_of[name].buffer for name in self._usable)
        opens, until = (f"{at.astimezone(times.zone(meeting.zone)):%H:%M}" for at in (meeting.opens_at, ends))
        who = "the only host holds" if len(self._usable) == 1 else f"all {len(self._usable)} hosts hold"
        return (
            f"{who} another meeting between {opens} and {until} ({times.city(meeting.zone)}) on "
            f"{times.date_text(meeting.opens_at, meeting.zone)}: add a host, or move it by "
            f"{_minutes(self._until_free(meeting))}"
        )

    def _until_free(self, meeting: Meeting) -> timedelta:
        """By how much the meeting would have to be later for one of the hosts to be free."""
        return min(
            later
            for name in self._usable
            for held in self._held.get(name, ())
            if (later := held.interval.end + self._host_of[name].buffer - meeting.opens_at) > timedelta()
            if self._fits(meeting, name, later)
        )


def _minutes(duration: timedelta) -> str:
    return f"{-(-duration // timedelta(minutes=1))} min"
