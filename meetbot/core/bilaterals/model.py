"""The model of a board as arrays: a column for each request, step and kind of interpreter, a row for what is scarce.

Interpreters who are free alike and can do the same count as one kind. A row that fewer requests touch than it has room
for limits nothing and is left out; without those, ten thousand requests take some tens of megabytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from meetbot.core.bilaterals.board import Board

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Short = npt.NDArray[np.int32]
Truths = npt.NDArray[np.bool_]

_NOBODY: tuple[int, ...] = ()


@dataclass(frozen=True)
class Model:
    """What of a board is free to change; everything else on it stands."""

    number: Short  #: by column: the request
    step: Short
    kind: Short  #: index in `kinds`
    kinds: Sequence[tuple[int, ...]]  #: interpreters of whom one is needed; the first: nobody
    begins: Short  #: of each row in `index`, and the end of the last
    index: Short  #: the columns of the rows, one row after the other
    most: Floats  #: by row: how many of its columns can be chosen
    asked: int  #: so many rows, the first, hold each request to one time


def model(board: Board, freed: Sequence[int]) -> Model:
    """For these requests, which have no time on the board."""
    kinds, of = _kinds(board, freed)
    which, step, kind = _columns(board, freed, of)
    rows = _Rows(board, freed, kinds, which, step, kind)
    return Model(
        number=np.array(freed, dtype=np.int32)[which],
        step=step.astype(np.int32),
        kind=kind.astype(np.int32),
        kinds=kinds,
        begins=np.cumsum(np.concatenate(([0], *rows.lengths))).astype(np.int32),
        index=np.concatenate(rows.index),
        most=np.concatenate(rows.most),
        asked=len(rows.lengths[0]),
    )


def told(problem: Model) -> highspy.HighsLp:
    """The rows and columns as HiGHS takes them, without a goal."""
    count, rows = len(problem.number), len(problem.most)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = count, rows
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.zeros(count), np.zeros(count), np.ones(count)
    lp.row_lower_, lp.row_upper_ = np.full(rows, -highspy.kHighsInf), problem.most
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = problem.begins, problem.index
    lp.a_matrix_.value_ = np.ones(len(problem.index))
    return lp


def steps_of(sets: Iterable[int], count: int) -> Truths:
    """A row for each set of steps, a column for each step."""
    length = (count + 7) // 8
    packed = np.frombuffer(b"".join(one.to_bytes(length, "little") for one in sets), dtype=np.uint8)
    return np.unpackbits(packed.reshape(-1, length), axis=1, count=count, bitorder="little").astype(bool)


def _kinds(board: Board, freed: Sequence[int]) -> tuple[list[tuple[int, ...]], dict[int, int]]:
    """All who are free at the same steps and can do the same, nobody first; and by interpreter, which of these."""
    users: dict[int, list[int]] = defaultdict(list)
    for number in freed:
        for one in board.can[number]:
            users[one].append(number)
    alike: dict[Hashable, list[int]] = defaultdict(list)
    for one, able in users.items():
        alike[board.free[one] & ~board.closed_by[one], tuple(able)].append(one)
    kinds = [_NOBODY, *(tuple(group) for group in alike.values())]
    return kinds, {one: at for at, group in enumerate(kinds) for one in group}


def _columns(board: Board, freed: Sequence[int], of: dict[int, int]) -> tuple[Whole, Whole, Whole]:
    """Which of the freed it is for, the step and the kind of each column."""
    found: list[tuple[int, int, int]] = []
    for at, number in enumerate(freed):
        steps = board.open(number)
        if not board.needed[number]:
            found.append((at, 0, steps))
            continue
        someone = {of[one]: board.free[one] & ~board.closed_by[one] for one in board.can[number]}
        found.extend((at, kind, steps & free) for kind, free in someone.items())
    can = steps_of((steps for *_, steps in found), board.problem.grid.count)
    row, step = np.nonzero(can)
    both = np.array([one[:2] for one in found], dtype=np.int64).reshape(-1, 2)[row]
    return both[:, 0], step, both[:, 1]


class _Rows:
    """Everything scarce, as numbered rows and the columns in each; those that hold each request to one time first."""

    def __init__(
        self,
        board: Board,
        freed: Sequence[int],
        kinds: Sequence[tuple[int, ...]],
        which: Whole,
        step: Whole,
        kind: Whole,
    ) -> None:
        self.board, self.problem, self.step = board, board.problem, step
        self.every = np.arange(len(step))
        self.which = which
        self.lengths: list[Whole] = []
        self.index: list[Short] = []
        self.most: list[Floats] = []
        self.ends = board.problem.grid.count + board.span
        sides, local = np.unique(np.array([board.sides[one] for one in freed]).reshape(-1, 2), return_inverse=True)
        self.sides: list[int] = sides.tolist()
        self.local: Whole = local.reshape(-1, 2)[which]  #: the two sides of each column, as indices of `sides`
        self._add(np.ones(len(freed)), [(which, self.every)], self.every)
        self._delegations()
        self._days()
        self._interpreters(kinds, kind)
        self._hosts()
        self._calls(freed, which)
        self._shared()

    def _add(self, most: Floats, parts: Iterable[tuple[Whole, Whole]], asking: Whole | None = None) -> None:
        """Rows, and columns in them, as far as more of those who ask are in a row than it has room for.

        `asking`: by column; the requests, unless it is said otherwise.
        """
        asking, count = self.which if asking is None else asking, max(1, len(self.every))
        pairs = np.unique(np.concatenate([row * count + column for row, column in parts]))
        row, column = pairs // count, pairs % count
        begins = np.flatnonzero(np.diff(row, prepend=-1))
        lengths = np.diff(begins, append=len(row))
        another = (np.diff(row, prepend=-1) != 0) | (np.diff(asking[column], prepend=-1) != 0)
        kept = np.diff(np.cumsum(another)[begins + lengths - 1], prepend=0) > most[row[begins]]
        self.lengths.append(lengths[kept])
        self.index.append(column[np.repeat(kept, lengths)].astype(np.int32))
        self.most.append(most[row[begins[kept]]])

    def _delegations(self) -> None:
        rows = [
            self.local[:, side] * self.ends + self.step + later for side in (0, 1) for later in range(self.board.span)
        ]
        self._add(np.ones(len(self.sides) * self.ends), [(row, self.every) for row in rows])

    def _days(self) -> None:
        """A day with no more starts than it may hold meetings needs no row."""
        board, count = self.board, self.problem.grid.count
        can = np.zeros((len(self.sides), count), dtype=bool)
        can[self.local[:, 0], self.step] = can[self.local[:, 1], self.step] = True
        for day in range(max((len(board.days[one]) for one in self.sides), default=0)):
            there = [one if day < len(board.days[one]) else None for one in self.sides]
            begun = steps_of((0 if one is None else board.days[one][day] for one in there), count)
            held = np.array([0 if one is None else board.day_count[one][day] for one in there], dtype=np.float64)
            most = self.problem.most_a_day - held
            most[(can & begun).sum(axis=1) <= most] = np.inf
            inside = [(side, np.flatnonzero(begun[self.local[:, side], self.step])) for side in (0, 1)]
            self._add(most, [(self.local[columns, side], columns) for side, columns in inside])

    def _interpreters(self, kinds: Sequence[tuple[int, ...]], kind: Whole) -> None:
        led = np.flatnonzero(kind)
        rows = [kind[led] * self.ends + self.step[led] + later for later in range(self.board.span)]
        room = np.array([len(one) for one in kinds], dtype=np.float64)
        self._add(np.repeat(room, self.ends), [(row, led) for row in rows])

    def _hosts(self) -> None:
        steps = min(len(self.problem.hosts), len(self.board.load))
        free = np.array(self.problem.hosts[:steps], dtype=np.float64) - np.array(self.board.load[:steps])
        held = [self.step + later for later in range(self.board.host_span)]
        self._add(free, [(at[at < steps], np.flatnonzero(at < steps)) for at in held])

    def _calls(self, freed: Sequence[int], which: Whole) -> None:
        if self.problem.most_creates is None:
            return
        announced = [self.board.requests[one].announced for one in freed]
        known = np.array([-1 if at is None else at for at in announced], dtype=np.int64)
        calling = np.flatnonzero(known[which] != self.step)
        self._add(np.array([float(self.problem.most_creates - self.board.calls)]), [(calling * 0, calling)])

    def _shared(self) -> None:
        """For two delegations with people in common: windows that cover every two starts too near to each other."""
        span, local = self.board.span, {side: at for at, side in enumerate(self.sides)}
        more = self.board.shared_span - span
        for one, first in local.items():
            for second in (local[other] for other in self.board.partners[one] if one < other and other in local):
                for shift in sorted({more, *range(-more, more + 1, span)}):
                    parts = [*self._window(first, 0), *self._window(second, shift)]
                    self._add(np.ones(self.ends), parts)

    def _window(self, side: int, shift: int) -> Iterator[tuple[Whole, Whole]]:
        for later in range(self.board.span):
            row = self.step + later - shift
            own = np.flatnonzero((self.local == side).any(axis=1) & (row >= 0) & (row < self.ends))
            yield row[own], own
