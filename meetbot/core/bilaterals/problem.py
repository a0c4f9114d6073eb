"""The question that is put to the solver, and its answer: plain numbers and bits, no zones and no calendars.

Time is cut into steps. A set of steps is one integer in which bit n stands for step n: what two delegations have in
common is then one `&`, and no calendar is looked at twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from meetbot.core.times import Interval


@dataclass(frozen=True)
class Grid:
    """The steps of all days of the bilaterals, nights included, so that a distance in steps is one in time."""

    origin: datetime  #: of step 0
    step: timedelta
    count: int

    def at(self, step: int) -> datetime:
        return self.origin + step * self.step

    def inside(self, interval: Interval) -> int:
        """The steps that lie wholly in the interval."""
        first = max(0, -((self.origin - interval.start) // self.step))
        last = min(self.count, (interval.end - self.origin) // self.step)
        return ((1 << last) - 1) & ~((1 << first) - 1) if first < last else 0

    def touched(self, interval: Interval) -> int:
        """The steps of which at least a moment lies in the interval."""
        first = max(0, (interval.start - self.origin) // self.step)
        last = min(self.count, -((self.origin - interval.end) // self.step))
        return ((1 << last) - 1) & ~((1 << first) - 1) if first < last else 0


@dataclass(frozen=True)
class Request:
    """A pair for which a time is sought."""

    pair: str
    a: str  #: delegation
    b: str
    allowed: int  #: steps at which its meeting may begin
    reluctant: int = 0  #: those of them at which a side said "if needed"
    weight: int = 1
    must: bool = False
    interpreters: frozenset[str] = frozenset()  #: any one of them can do it; empty: nobody is needed
    interpreted: bool = False  #: somebody is needed, even if `interpreters` is empty
    announced: int | None = None  #: the step at which people know it to begin
    fixed: bool = False  #: stays there, whatever it costs


@dataclass(frozen=True)
class Problem:
    """Everything that limits a schedule."""

    grid: Grid
    requests: tuple[Request, ...]
    length: int  #: steps that a meeting takes
    rest: int = 0  #: further steps kept free by its delegations and interpreter before their next one
    host_rest: int = 0  #: the same for hosts
    hosts: tuple[int, ...] = ()  #: how many meetings can be held at each step, by step
    interpreters: Mapping[str, int] = field(default_factory=dict)  #: the steps at which each is free
    days: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  #: by delegation: the steps of each of its days
    most_a_day: int = 0  #: for each delegation; 0: no limit
    busy: Mapping[str, int] = field(default_factory=dict)  #: by delegation: steps at which it is taken already
    if_needed: Mapping[str, int] = field(default_factory=dict)  #: by delegation: starts at which it can "if needed"
    shared: tuple[frozenset[str], ...] = ()  #: delegations that share people, so that they never meet at one time
    travel: int = 0  #: steps that shared people need between two of their delegations
    most_creates: int | None = None  #: how many meetings the hosts' daily calls allow in all; None: no limit


@dataclass(frozen=True)
class Placement:
    """When a pair meets."""

    step: int
    interpreter: str | None = None


@dataclass(frozen=True)
class Blocker:
    """What stands in the way of a pair, and the smallest change that would help."""

    what: str  #: "no common time", "delegation", "day full", "hosts", "interpreters", "calls"
    who: str = ""  #: key of a delegation, or the interpreters' names
    steps: int = 0  #: where it is the only obstacle, so that to mend it alone would do; 0: nowhere


@dataclass(frozen=True)
class Schedule:
    """What was found. Every request is in `placed` or in `left`."""

    placed: Mapping[str, Placement]  #: by pair
    left: Mapping[str, tuple[Blocker, ...]]  #: by pair: why (a minimal core), what is easiest to mend first
    weight: int  #: of all that is placed
    bound: float  #: no schedule can weigh more
    reluctant: int  #: how many take place where a side said "if needed"
    moved: tuple[str, ...] = ()  #: pairs that no longer stand where they were announced
    proven: bool = False  #: there is no better one

    @property
    def gap(self) -> float:
        """How far, at most, it is from the best: 0.01 is one hundredth of the weight."""
        return max(0.0, 1 - self.weight / self.bound) if self.bound else 0.0
