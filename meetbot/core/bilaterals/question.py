"""From the programme, the pairs and what everybody said to the question that is put to the solver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from meetbot.core.bilaterals import board, windows
from meetbot.core.bilaterals.nouns import ANNOUNCED, Availability, Delegate, Pair, State
from meetbot.core.bilaterals.problem import Problem, Request
from meetbot.core.delegations import Wish
from meetbot.core.model import Bilaterals, Host, Interpreter, Meeting, Organisation, Programme
from meetbot.core.times import Interval

#: What was held is a meeting like any other that is taken already.
_OVER = frozenset({State.CANCELLED, State.HELD, State.REPORTED})


@dataclass(frozen=True)
class Known:
    """All that is known when times are sought."""

    pairs: Sequence[Pair]
    availabilities: Mapping[str, Availability]  #: by organisation; who is not in it has not answered
    holidays: Mapping[str, Mapping[date, str]]  #: by country
    meetings: Sequence[Meeting]  #: all that the programme has already, agreed bilaterals too
    delegates: Sequence[Delegate] = ()
    busy: Mapping[str, Sequence[Interval]] = field(default_factory=dict)  #: by organisation or interpreter's address
    out: frozenset[str] = frozenset()  #: addresses of hosts that can hold nothing at present
    away: frozenset[str] = frozenset()  #: addresses of interpreters who have dropped out
    creates: int | None = None  #: meetings that the hosts' daily calls still allow; None: no limit
    release: frozenset[str] = frozenset()  #: keys of announced pairs that may be moved; the others stay


def problem(programme: Programme, bilaterals: Bilaterals, known: Known, now: datetime) -> Problem:
    """Everything that limits a schedule. A pair of which a side has not answered has no step at which it may begin.

    An announced pair that stands between the steps, on other days or for another time stays there as a meeting that is
    taken already. Hosts are counted, not named: whether each meeting fits on one is for `hosts.allocate` to say.
    """
    return _Question(programme, bilaterals, known, now).problem()


class _Question:
    def __init__(self, programme: Programme, bilaterals: Bilaterals, known: Known, now: datetime) -> None:
        self.programme, self.plan, self.known, self.now = programme, bilaterals, known, now
        self.grid = windows.grid(bilaterals, programme)
        self.length = bilaterals.duration // self.grid.step
        self.begins = windows.begins(bilaterals, self.grid, now)
        self.standing = {one.key: one for one in known.meetings if not one.cancelled}
        self.pairs = [one for one in known.pairs if self._sought(one)]
        keys = {one.key for one in self.pairs}
        self.others = [one for key, one in self.standing.items() if key not in keys]
        self.sides = {
            key: programme.organisations[key] for key in sorted({key for one in self.pairs for key in (one.a, one.b)})
        }
        self.free = {key: self._free(one) for key, one in self.sides.items()}

    def problem(self) -> Problem:
        requests = tuple(self._request(one) for one in self.pairs)
        proposed = sum(one.state is State.PROPOSED for one in self.pairs)
        buffer = max((one.buffer for one in self._pool()), default=timedelta())
        return Problem(
            grid=self.grid,
            requests=requests,
            length=self.length,
            rest=self._further(self.plan.rest),
            host_rest=self._further(buffer),
            hosts=self._hosts(),
            interpreters=self._interpreters(),
            days={key: windows.days(one.zone, self.grid) for key, one in self.sides.items()},
            most_a_day=self.plan.most_a_day,
            busy={key: taken for key in self.sides if (taken := self._taken(key))},
            if_needed={key: board.before(steps, self.length) for key, (_, steps) in self.free.items() if steps},
            shared=_shared(self.known.delegates, self.sides),  # nobody travels: the meetings are virtual
            # What is only proposed counts as announced, which costs no call; its call is still to come.
            most_creates=None if self.known.creates is None else max(0, self.known.creates - proposed),
        )

    def _further(self, kept: timedelta) -> int:
        """Steps beyond those of a meeting, so that together they are at least the meeting and what is kept free."""
        return -((self.plan.duration + kept) // -self.grid.step) - self.length

    def _sought(self, pair: Pair) -> bool:
        if pair.state in _OVER or pair.wish is Wish.NO:
            return False
        if not self._stays(pair):
            return True
        meeting = self.standing.get(pair.key)
        as_planned = meeting is None or meeting.interval.duration == self.plan.duration
        return as_planned and self._step(pair.starts_at) is not None

    def _stays(self, pair: Pair) -> bool:
        return pair.state in ANNOUNCED and pair.key not in self.known.release

    def _request(self, pair: Pair) -> Request:
        (free_a, if_a), (free_b, if_b) = self.free[pair.a], self.free[pair.b]
        fixed = self._stays(pair)
        able = frozenset({pair.interpreter}) if fixed and pair.interpreter else self._able(pair)
        return Request(
            pair=pair.key,
            a=pair.a,
            b=pair.b,
            allowed=windows.starts(free_a, free_b, self.length) & self.begins,
            reluctant=board.before(if_a | if_b, self.length),
            weight=pair.weight,
            must=pair.wish is Wish.MUST,
            interpreters=able or frozenset(),
            interpreted=able is not None,
            announced=self._step(pair.starts_at),
            fixed=fixed,
        )

    def _step(self, at: datetime | None) -> int | None:
        """The step that begins then; None when none does."""
        if at is None:
            return None
        step, beside = divmod(at - self.grid.origin, self.grid.step)
        return step if not beside and 0 <= step < self.grid.count else None

    def _free(self, organisation: Organisation) -> tuple[int, int]:
        """The steps at which it can meet, and those of them at which only if needed."""
        answer = self.known.availabilities.get(organisation.key)
        if answer is None:
            return 0, 0
        rules = windows.hours_of(organisation, self.plan)
        off = self.known.holidays.get(organisation.country, {})
        able, reluctant = windows.said(answer, self.grid)
        work = windows.workable(organisation, rules, off, self.grid)
        return able & work, reluctant & work

    def _able(self, pair: Pair) -> frozenset[str] | None:
        pool = [one for one in self.plan.interpreters if one.address.casefold() not in self.known.away]
        able = between(pool, self.sides[pair.a], self.sides[pair.b])
        return None if able is None else frozenset(one.address for one in able)

    def _interpreters(self) -> dict[str, int]:
        pool = {one.address for one in self.plan.interpreters}
        engaged = {one.interpreter for one in self.pairs if one.interpreter}
        everywhere = (1 << self.grid.count) - 1
        return {one: everywhere & ~self._engaged(one) for one in sorted(pool | engaged)}

    def _engaged(self, address: str) -> int:
        own = [one for one in self.others if address in {who.address for who in one.interpreters}]
        return self._around(own) | windows.touched(self.known.busy.get(address, ()), self.grid)

    def _taken(self, organisation: str) -> int:
        """What the programme has for it already; a meeting of no delegation in particular is for all of them."""
        own = [one for one in self.others if not one.delegations or organisation in one.delegations]
        return self._around(own) | windows.touched(self.known.busy.get(organisation, ()), self.grid)

    def _around(self, meetings: Iterable[Meeting]) -> int:
        rest = self.plan.rest
        return windows.touched((Interval(one.opens_at - rest, one.interval.end + rest) for one in meetings), self.grid)

    def _pool(self) -> list[Host]:
        """Backup hosts stand by; a plan that needs them has nobody left to stand by."""
        out = {one.casefold() for one in self.known.out}
        return [one for one in self.programme.hosts if not one.backup and one.address.casefold() not in out]

    def _hosts(self) -> tuple[int, ...]:
        """At each step, how many more meetings the pool can hold."""
        pool = {one.address.casefold(): one for one in self._pool()}
        unnamed = [one for one in self.others if not one.host]
        widest = max((one.buffer for one in pool.values()), default=timedelta())
        held = {
            name: self._held([m for m in self.others if m.host.casefold() == name], one.buffer)
            for name, one in pool.items()
        }
        anywhere = self._held(unnamed, widest)
        return tuple(
            max(0, sum(max(0, one.at_once - held[name][step]) for name, one in pool.items()) - anywhere[step])
            for step in range(self.grid.count)
        )

    def _held(self, meetings: Sequence[Meeting], buffer: timedelta) -> list[int]:
        """How many of them take their host at each step."""
        sets = [self.grid.touched(Interval(one.opens_at, one.interval.end + buffer)) for one in meetings]
        return [sum(taken >> step & 1 for taken in sets) for step in range(self.grid.count)]


def between(pool: Iterable[Interpreter], a: Organisation, b: Organisation) -> tuple[Interpreter, ...] | None:
    """Who of them can interpret between the two; None: nobody is needed, or it is not known what they speak."""
    if shared(a, b) != ():
        return None
    of_a, of_b = _folded(a.speaks), _folded(b.speaks)
    spoken = ((one, _folded(one.languages)) for one in pool if not one.sign)
    return tuple(one for one, languages in spoken if languages & of_a and languages & of_b)


def shared(a: Organisation, b: Organisation) -> tuple[str, ...] | None:
    """The languages that both can meet in; none: they need an interpreter. None: of one it is not known."""
    of_b = _folded(b.speaks)
    return tuple(one for one in a.speaks if one.casefold() in of_b) if a.speaks and of_b else None


def _folded(languages: Iterable[str]) -> frozenset[str]:
    return frozenset(one.casefold() for one in languages)


def _shared(delegates: Iterable[Delegate], sides: Iterable[str]) -> tuple[frozenset[str], ...]:
    """The delegations that somebody is in, for everybody who is in more than one; known by their address."""
    of: dict[str, set[str]] = {}
    for one in delegates:
        of.setdefault(one.address.casefold(), set()).add(one.organisation)
    groups = {frozenset(one) & frozenset(sides) for one in of.values()}
    return tuple(sorted((one for one in groups if len(one) > 1), key=sorted))
