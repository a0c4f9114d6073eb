"""Who interprets in place of somebody who has dropped out; no bilateral changes its time for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetbot.core.bilaterals.question import between
from meetbot.core.model import Bilaterals, Interpreter, Meeting, Programme


@dataclass(frozen=True)
class Replaced:
    """Every meeting of theirs that is still to come is in one of the two."""

    taken: Mapping[str, Interpreter]  #: by meeting: who interprets from now on
    left: Mapping[str, str]  #: by meeting: why nobody does, and what would help


def replace(
    programme: Programme, plan: Bilaterals, address: str, *, away: frozenset[str], to: str | None, now: datetime
) -> Replaced:
    """Give what the interpreter of that address has to others of the pool who know the languages and are free.

    `away`: addresses of those who have dropped out before. `to`: the only one who is asked; None: all are.
    """
    gone = away | {address.casefold()}
    pool = [one for one in plan.interpreters if one.address.casefold() not in gone]
    asked = [one for one in pool if to is None or one.address.casefold() == to.casefold()]
    coming = [one for one in programme.meetings.values() if not one.cancelled and one.interval.end > now]
    theirs = [one for one in coming if _has(one, address)]
    ours = [one for one in theirs if one.delegations]
    roster = _Roster(programme, asked, coming, plan.rest)
    for meeting in sorted(ours, key=lambda one: (len(roster.able(one)), one.interval, one.key)):
        roster.seat(meeting, set())
    left = {one.key: "the programme file names them: change it there" for one in theirs if not one.delegations}
    left |= {one.key: _why(programme, one, roster.able(one)) for one in ours if one.key not in roster.taken}
    return Replaced(dict(sorted(roster.taken.items())), left)


class _Roster:
    """Who interprets what so far."""

    def __init__(
        self, programme: Programme, pool: Sequence[Interpreter], coming: Sequence[Meeting], rest: timedelta
    ) -> None:
        self._programme, self._pool, self._coming, self._rest = programme, pool, coming, rest
        self._meeting = {one.key: one for one in coming}
        self.taken: dict[str, Interpreter] = {}  #: by meeting

    def able(self, meeting: Meeting) -> list[Interpreter]:
        """Those who know its languages and have nothing else then that must stay theirs."""
        a, b = (self._programme.organisations[side] for side in meeting.delegations)
        fixed = [one for one in self._coming if one.key != meeting.key and self._near(one, meeting)]
        knowing = between(self._pool, a, b) or ()
        return [one for one in knowing if not any(_has(other, one.address) for other in fixed)]

    def seat(self, meeting: Meeting, tried: set[tuple[str, str]]) -> bool:
        """Find somebody, if need be by giving what they have just been given to another."""
        for one in sorted(self.able(meeting), key=lambda one: (len(self._given(one, meeting)), self._load(one))):
            if (meeting.key, one.address) in tried:
                continue
            tried.add((meeting.key, one.address))
            before, moved = dict(self.taken), self._given(one, meeting)
            for other in moved:
                del self.taken[other.key]
            self.taken[meeting.key] = one
            if all(self.seat(other, tried) for other in moved):
                return True
            self.taken = before
        return False

    def _given(self, interpreter: Interpreter, meeting: Meeting) -> list[Meeting]:
        """What they have been given at that time."""
        given = [self._meeting[key] for key, one in self.taken.items() if one == interpreter]
        return [one for one in given if self._near(one, meeting)]

    def _load(self, interpreter: Interpreter) -> int:
        return sum(one == interpreter for one in self.taken.values())

    def _near(self, one: Meeting, other: Meeting) -> bool:
        return one.opens_at < other.interval.end + self._rest and other.opens_at < one.interval.end + self._rest


def _has(meeting: Meeting, address: str) -> bool:
    return address.casefold() in {one.address.casefold() for one in meeting.interpreters}


def _why(programme: Programme, meeting: Meeting, able: Sequence[Interpreter]) -> str:
    a, b = (programme.organisations[side] for side in meeting.delegations)
    languages = f"{' or '.join(a.speaks)} and {' or '.join(b.speaks)}"
    taken = "has enough hours for all of theirs" if able else "is free then"
    return (
        f"nobody else who interprets between {languages} {taken}: add an interpreter to the programme, "
        "or let it move to a time at which somebody can, with --move"
    )
