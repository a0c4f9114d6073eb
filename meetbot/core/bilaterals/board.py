"""The state of a search: who is taken when, as sets of steps, with every move written down so that it can be undone.

Two meetings of a delegation or an interpreter begin at least `length + rest` apart; two of delegations that share
people at least `length + max(rest, travel)`. A meeting holds a host for `length + host_rest` steps. A day's count goes
by the step at which a meeting begins. A meeting that stands where it was announced costs no call.

A delegation bears one for each of its requests that has no time, and one for each of its meetings at a time at which
it said "if needed". Least is the sum of the squares: two that bear one each (2) are better off than one with both (4).
"""

from __future__ import annotations

from collections.abc import Iterator

from meetbot.core.bilaterals.order import canonical
from meetbot.core.bilaterals.problem import Problem, Request

#: What is worth most, and what spreads it most evenly: more is better.
Goals = tuple[int, int]

_IMPOSSIBLE: frozenset[int] = frozenset({-1})


def bits(steps: int) -> Iterator[int]:
    """The numbers in a set of steps, ascending."""
    while steps:
        lowest = steps & -steps
        yield lowest.bit_length() - 1
        steps ^= lowest


def before(steps: int, span: int) -> int:
    """The steps at which something that lasts `span` would touch one of these."""
    touching = 0
    for back in range(span):
        touching |= steps >> back
    return touching


class Board:
    """Requests are numbered in canonical order, delegations and interpreters as they come up in it."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.requests: tuple[Request, ...] = canonical(problem)
        self.span = problem.length + problem.rest
        self.shared_span = problem.length + max(problem.rest, problem.travel)
        self.host_span = problem.length + problem.host_rest
        self._people()
        self._interpreters()
        self.allowed = [self._allowed(request) for request in self.requests]
        self._worths()
        self._burdens()
        self.at: list[int | None] = [None] * len(self.requests)
        self.by: list[int | None] = [None] * len(self.requests)
        self.load = [0] * problem.grid.count
        self.calls = 0
        self.score = 0
        self.trail: list[tuple[int, int | None, int | None]] = []
        self._no_host = sum(1 << step for step, most in enumerate(problem.hosts) if most <= 0)
        self._crowded = before(self._no_host, self.host_span)

    def _people(self) -> None:
        names = list(dict.fromkeys(side for one in self.requests for side in (one.a, one.b)))
        number = {name: index for index, name in enumerate(names)}
        self.names = names
        self.sides = [(number[one.a], number[one.b]) for one in self.requests]
        partners: list[set[int]] = [set() for _ in names]
        for group in self.problem.shared:
            inside = {number[name] for name in group if name in number}
            for one in inside:
                partners[one] |= inside - {one}
        self.partners = [sorted(one) for one in partners]
        self.days = [self.problem.days.get(name, ()) if self.problem.most_a_day else () for name in names]
        self.of: list[set[int]] = [set() for _ in names]  #: placed requests of each delegation
        self.closed = [0] * len(names)  #: starts that its other meetings rule out
        self.full = [0] * len(names)  #: starts in days that hold all they may
        self.day_count = [[0] * len(days) for days in self.days]
        self._windows = {span: self._window(span) for span in {self.span, self.shared_span}}

    def _interpreters(self) -> None:
        free = self.problem.interpreters
        users: dict[str, list[int]] = {name: [] for name in free}
        for at, one in enumerate(self.requests):
            for name in one.interpreters & users.keys():
                users[name].append(at)
        self.interpreters = sorted(free, key=lambda name: (free[name], users[name], name))
        number = {name: index for index, name in enumerate(self.interpreters)}
        everywhere = (1 << self.problem.grid.count) - 1
        self.free = [
            everywhere & ~before(everywhere & ~free[name] | 1 << self.problem.grid.count, self.problem.length)
            for name in self.interpreters
        ]
        self.can = [sorted(number[name] for name in one.interpreters if name in number) for one in self.requests]
        self.needed = [bool(one.interpreters) or one.interpreted for one in self.requests]
        self.busy_with: list[set[int]] = [set() for _ in self.interpreters]
        self.closed_by = [0] * len(self.interpreters)

    def _allowed(self, request: Request) -> int:
        grid, busy = self.problem.grid, self.problem.busy
        taken = busy.get(request.a, 0) | busy.get(request.b, 0) | 1 << grid.count
        return request.allowed & ((1 << grid.count) - 1) & ~before(taken, self.problem.length)

    def _worths(self) -> None:
        """One whole number for each request that keeps the goals in their order, however many requests there are."""
        count, total = len(self.requests), sum(one.weight for one in self.requests)
        self.unit = count + 1
        self.must = self.unit * (total + 1)
        self.stay = self.must * (count + 1)

    def _burdens(self) -> None:
        self.if_needed = [self.problem.if_needed.get(name, 0) for name in self.names]
        self.borne = [0] * len(self.names)
        for side in (side for sides in self.sides for side in sides):
            self.borne[side] += 1
        self.unevenness = sum(one * one for one in self.borne)

    @property
    def goals(self) -> Goals:
        """How good the schedule is."""
        return self.score, -self.unevenness

    def worth(self, number: int, step: int) -> int:
        """What it is worth that this request takes place then."""
        one = self.requests[number]
        return (
            self.stay * (one.announced == step)
            + self.must * one.must
            + self.unit * one.weight
            - (one.reluctant >> step & 1)
        )

    def _window(self, span: int) -> list[int]:
        wide = (1 << 2 * span - 1) - 1
        count = self.problem.grid.count
        return [wide << step - span + 1 if step >= span - 1 else wide >> span - 1 - step for step in range(count)]

    def open(self, number: int) -> int:
        """The steps at which it can begin as things stand."""
        a, b = self.sides[number]
        steps = self.allowed[number] & ~(self.closed[a] | self.closed[b] | self.full[a] | self.full[b] | self._crowded)
        if steps and self.needed[number]:
            steps &= self.somebody(number)
        if steps and self.no_calls:
            announced = self.requests[number].announced
            steps &= 0 if announced is None else 1 << announced
        return steps

    def somebody(self, number: int) -> int:
        """The steps at which one of its interpreters can."""
        steps = 0
        for one in self.can[number]:
            steps |= self.free[one] & ~self.closed_by[one]
        return steps

    def no_host(self, step: int) -> bool:
        """Whether all hosts are taken at some moment of a meeting that would begin then."""
        return bool(self._crowded >> step & 1)

    @property
    def no_calls(self) -> bool:
        most = self.problem.most_creates
        return most is not None and self.calls >= most

    def interpreter(self, number: int, step: int) -> int | None:
        """Who can interpret then, of them the one with the fewest other free steps."""
        able = [one for one in self.can[number] if (self.free[one] & ~self.closed_by[one]) >> step & 1]
        return min(able, key=lambda one: ((self.free[one] & ~self.closed_by[one]).bit_count(), one), default=None)

    def put(self, number: int, step: int, by: int | None = None) -> None:
        """Let it begin then; the caller has looked whether it can."""
        if by is None and self.needed[number]:
            by = self.interpreter(number, step)
        self.trail.append((number, None, None))
        self._set(number, step, by)

    def take(self, number: int) -> None:
        """Let it have no time again."""
        self.trail.append((number, self.at[number], self.by[number]))
        self._clear(number)

    def undo(self, length: int) -> None:
        """Go back to when the trail was that long."""
        while len(self.trail) > length:
            number, step, by = self.trail.pop()
            if step is None:
                self._clear(number)
            else:
                self._set(number, step, by)

    def _set(self, number: int, step: int, by: int | None) -> None:
        self.at[number], self.by[number] = step, by
        self.score += self.worth(number, step)
        self.calls += self.requests[number].announced != step
        for side in self.sides[number]:
            self.of[side].add(number)
            self.closed[side] |= self._windows[self.span][step]
            for other in self.partners[side]:
                self.closed[other] |= self._windows[self.shared_span][step]
            self._count(side, step, 1)
            self._bear(side, (self.if_needed[side] >> step & 1) - 1)
        if by is not None:
            self.busy_with[by].add(number)
            self.closed_by[by] |= self._windows[self.span][step]
        self._hold(step, 1)

    def _clear(self, number: int) -> None:
        step, by = self.at[number], self.by[number]
        assert step is not None
        self.at[number] = self.by[number] = None
        self.score -= self.worth(number, step)
        self.calls -= self.requests[number].announced != step
        for side in self.sides[number]:
            self.of[side].discard(number)
            self._count(side, step, -1)
            self._bear(side, 1 - (self.if_needed[side] >> step & 1))
        for side in {*self.sides[number], *(other for one in self.sides[number] for other in self.partners[one])}:
            self.closed[side] = self._closed(side)
        if by is not None:
            self.busy_with[by].discard(number)
            self.closed_by[by] = self._union(self.busy_with[by], self.span)
        self._hold(step, -1)

    def _closed(self, side: int) -> int:
        steps = self._union(self.of[side], self.span)
        for other in self.partners[side]:
            steps |= self._union(self.of[other], self.shared_span)
        return steps

    def _union(self, numbers: set[int], span: int) -> int:
        steps, windows = 0, self._windows[span]
        for number in numbers:
            steps |= windows[self.at[number] or 0]
        return steps

    def _count(self, side: int, step: int, change: int) -> None:
        for index, day in enumerate(self.days[side]):
            if day >> step & 1:
                self.day_count[side][index] += change
                if self.day_count[side][index] >= self.problem.most_a_day:
                    self.full[side] |= day
                else:
                    self.full[side] &= ~day

    def _bear(self, side: int, change: int) -> None:
        self.unevenness += change * (2 * self.borne[side] + change)
        self.borne[side] += change

    def _hold(self, step: int, change: int) -> None:
        hosts, full = self.problem.hosts, self._no_host
        for at in range(step, min(step + self.host_span, len(self.load))):
            self.load[at] += change
            if at < len(hosts):
                full = full | 1 << at if self.load[at] >= hosts[at] else full & ~(1 << at)
        if full != self._no_host:
            self._no_host = full
            self._crowded = before(full, self.host_span)

    def cost(self, number: int) -> int:
        """What would be lost if it had to go."""
        step = self.at[number]
        return 0 if step is None else self.worth(number, step)

    def blockers(self, number: int, step: int) -> set[int] | None:
        """The requests, as cheap as can be seen, that would have to go for this one; None: even then it cannot be."""
        going: set[int] = set()
        for side in self.sides[number]:
            going |= self._clashing(side, step)
        for side in self.sides[number]:
            going |= self._on_full_day(side, step, going)
        if self.needed[number]:
            going |= self._interpreting(number, step, going)
        for at in range(step, min(step + self.host_span, len(self.problem.hosts), len(self.load))):
            going |= self._holding(at, going)
        if self.no_calls and self.requests[number].announced != step:
            going |= self._calling(going)
        impossible = -1 in going or any(self.requests[one].fixed for one in going)
        return None if impossible else going

    def _clashing(self, side: int, step: int) -> set[int]:
        if not self.closed[side] >> step & 1:
            return set()
        near = {one for one in self.of[side] if abs((self.at[one] or 0) - step) < self.span}
        for other in self.partners[side]:
            near |= {one for one in self.of[other] if abs((self.at[one] or 0) - step) < self.shared_span}
        return near

    def _on_full_day(self, side: int, step: int, going: set[int]) -> frozenset[int]:
        if not self.full[side] >> step & 1:
            return frozenset()
        day = next(day for day in self.days[side] if day >> step & 1)
        return self._cheapest({one for one in self.of[side] if day >> (self.at[one] or 0) & 1}, going, 1)

    def _interpreting(self, number: int, step: int, going: set[int]) -> set[int] | frozenset[int]:
        choices = [
            {one for one in self.busy_with[who] if abs((self.at[one] or 0) - step) < self.span} - going
            for who in self.can[number]
            if self.free[who] >> step & 1
        ]
        return min(choices, key=lambda some: (sum(map(self.cost, some)), sorted(some)), default=_IMPOSSIBLE)

    def _holding(self, at: int, going: set[int]) -> frozenset[int]:
        over = self.load[at] + 1 - self.problem.hosts[at]
        if over <= 0:
            return frozenset()
        held = {one for one, begun in enumerate(self.at) if begun is not None and begun <= at < begun + self.host_span}
        return self._cheapest(held, going, over)

    def _calling(self, going: set[int]) -> frozenset[int]:
        calling = {one for one, at in enumerate(self.at) if at is not None and at != self.requests[one].announced}
        return self._cheapest(calling, going, self.calls + 1 - (self.problem.most_creates or 0))

    def _cheapest(self, some: set[int], going: set[int], needed: int) -> frozenset[int]:
        """So many of them, beside those that go already."""
        needed -= len(some & going)
        rest = sorted(
            (one for one in some - going if not self.requests[one].fixed), key=lambda one: (self.cost(one), one)
        )
        return _IMPOSSIBLE if needed > len(rest) else frozenset(rest[: max(needed, 0)])
