"""The exact model: whole numbers, solved by HiGHS to proof for a small problem or for a small part of a large one.

One column for each request, step and kind of interpreter (those who are free alike count as one kind), a row for
everything that is there only so many times. The goals are met one after another, each kept while the next is sought.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np
import numpy.typing as npt

from meetbot.core.bilaterals.board import Board, bits

_NODES = 2_000  # of the search tree, so that an end does not depend on the speed of the machine

Floats = npt.NDArray[np.float64]


class Silent(highspy.Highs):
    """HiGHS without the banner that it otherwise prints to standard output as soon as its callbacks are there."""

    def enableCallbacks(self) -> None:
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Column:
    number: int  #: of the request
    step: int
    kind: tuple[int, ...]  #: interpreters of whom one is needed; empty: nobody


@dataclass
class Model:
    """What of the board is free to change; everything else on it stands."""

    columns: list[Column] = field(default_factory=list)
    rows: dict[Hashable, list[int]] = field(default_factory=lambda: defaultdict(list))
    most: dict[Hashable, int] = field(default_factory=dict)


def improve(board: Board, freed: Sequence[int], stop: Callable[[], bool]) -> bool:
    """Find the best times for the freed requests and put them on the board; True: proven that there is no better.

    The board is never worse afterwards: what HiGHS found is taken only if it is worth more.
    """
    length, score = len(board.trail), board.score
    old = {number: board.at[number] for number in freed}
    for number in freed:
        if board.at[number] is not None:
            board.take(number)
    model = _model(board, freed)
    chosen, proven = _best(board, model, old, stop)
    whole = _place(board, [model.columns[one] for one in chosen])
    if board.score <= score:
        board.undo(length)
    return proven and whole and not stop()


def bound(board: Board) -> float:
    """A weight that no schedule exceeds, from the duals of the linear relaxation, whatever their precision."""
    empty = Board(board.problem)
    fixed = [one for one, request in enumerate(board.requests) if request.fixed]
    for one in fixed:
        empty.put(one, empty.requests[one].announced or 0)
    model = _model(empty, [one for one in range(len(board.requests)) if one not in set(fixed)])
    ahead = sum(empty.requests[one].weight for one in fixed)
    if not model.columns:
        return float(ahead)
    cost = np.array([board.requests[one.number].weight for one in model.columns], dtype=np.float64)
    highs = _highs(model, whole=False)
    highs.setOptionValue("solver", "simplex" if len(model.columns) < 20_000 else "pdlp")
    highs.setOptionValue("pdlp_optimality_tolerance", 1e-5)
    _aim(highs, cost)
    highs.run()
    return ahead + _lagrange(model, cost, np.array(highs.getSolution().row_dual, dtype=np.float64))


def _lagrange(model: Model, cost: Floats, duals: Floats) -> float:
    """Prices for everything scarce bound the weight: each request may then freely choose what is best for it."""
    price = np.maximum(np.abs(duals), 0.0) if len(duals) == len(model.rows) else np.zeros(len(model.rows))
    reduced, total = cost.copy(), 0.0
    for (key, columns), paid in zip(model.rows.items(), price, strict=True):
        if not (isinstance(key, tuple) and key[0] == "request"):
            reduced[columns] -= paid
            total += paid * model.most[key]
    best: dict[int, float] = defaultdict(float)
    for column, left in zip(model.columns, reduced, strict=True):
        best[column.number] = max(best[column.number], float(left))
    return float(np.floor(total + sum(best.values()) + 1e-6))


def _model(board: Board, freed: Sequence[int]) -> Model:
    model = Model()
    kinds = _kinds(board)
    for number in freed:
        _columns(board, model, number, kinds)
    for index, column in enumerate(model.columns):
        _rows(board, model, index, column)
    _shared_rows(board, model)
    return model


def _kinds(board: Board) -> dict[int, tuple[int, ...]]:
    """By interpreter: all who are free at the same steps and can do the same."""
    users: list[list[int]] = [[] for _ in board.interpreters]
    for number, able in enumerate(board.can):
        for one in able:
            users[one].append(number)
    alike: dict[Hashable, list[int]] = defaultdict(list)
    for one, free in enumerate(board.free):
        alike[free & ~board.closed_by[one], tuple(users[one])].append(one)
    return {one: tuple(group) for group in alike.values() for one in group}


def _columns(board: Board, model: Model, number: int, kinds: dict[int, tuple[int, ...]]) -> None:
    able = list(dict.fromkeys(kinds[one] for one in board.can[number]))
    for step in bits(board.open(number)):
        free = [kind for kind in able if (board.free[kind[0]] & ~board.closed_by[kind[0]]) >> step & 1]
        for kind in free if board.needed[number] else [()]:
            model.rows["request", number].append(len(model.columns))
            model.most["request", number] = 1
            model.columns.append(Column(number, step, kind))


def _rows(board: Board, model: Model, index: int, column: Column) -> None:
    def row(most: int, *key: Hashable) -> None:
        model.rows[key].append(index)
        model.most[key] = most

    problem, step = board.problem, column.step
    for side in board.sides[column.number]:
        for at in range(step, step + board.span):
            row(1, "side", side, at)
        for day, steps in enumerate(board.days[side]):
            if steps >> step & 1:
                row(problem.most_a_day - board.day_count[side][day], "day", side, day)
    for at in range(step, step + board.span) if column.kind else ():
        row(len(column.kind), "interpreters", column.kind, at)
    for at in range(step, min(step + board.host_span, len(problem.hosts), len(board.load))):
        row(problem.hosts[at] - board.load[at], "hosts", at)
    if problem.most_creates is not None and board.requests[column.number].announced != step:
        row(problem.most_creates - board.calls, "calls")


def _shared_rows(board: Board, model: Model) -> None:
    """For two delegations with people in common: windows that cover every two starts too near to each other."""
    more = board.shared_span - board.span
    shifts = sorted({more, *range(-more, more + 1, board.span)})
    pairs = [(one, other) for one, others in enumerate(board.partners) for other in others if one < other]
    for one, other in pairs:
        for at in range(board.problem.grid.count + board.span):
            for shift in shifts:
                first = model.rows.get(("side", one, at), [])
                second = model.rows.get(("side", other, at + shift), [])
                if first and second:
                    model.rows["shared", one, other, at, shift] = sorted({*first, *second})
                    model.most["shared", one, other, at, shift] = 1


def _highs(model: Model, *, whole: bool) -> highspy.Highs:
    """The rows and columns, told to HiGHS, which works in one thread so that it always finds the same."""
    highs = Silent()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 0.5)
    highs.setOptionValue("mip_max_nodes", _NODES)
    count = len(model.columns)
    lengths = [len(columns) for columns in model.rows.values()]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = count, len(model.rows)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.zeros(count), np.zeros(count), np.ones(count)
    lp.row_lower_ = np.full(len(model.rows), -highspy.kHighsInf)
    lp.row_upper_ = np.array([model.most[key] for key in model.rows], dtype=np.float64)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate([np.array(one, dtype=np.int32) for one in model.rows.values()])
    lp.a_matrix_.value_ = np.ones(sum(lengths))
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * count
    highs.passModel(lp)
    return highs


def _aim(highs: highspy.Highs, goal: Floats) -> None:
    highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
    highs.changeColsCost(len(goal), np.arange(len(goal), dtype=np.int32), goal)


def _best(board: Board, model: Model, old: dict[int, int | None], stop: Callable[[], bool]) -> tuple[list[int], bool]:
    """The columns to choose, and whether it is proven that no others are better."""
    if not model.columns:
        return [], True
    highs = _highs(model, whole=True)

    def interrupted(event: highspy.highs.HighsCallbackEvent) -> None:
        if stop():
            event.interrupt()

    highs.cbMipInterrupt += interrupted
    chosen = _columns_of(model, old)
    proven = True
    for goal in _goals(board, model):
        if stop():
            return chosen, False
        if sum(goal[one] for one in chosen) < _ceiling(model, goal):
            highs.setSolution(len(chosen), np.array(chosen, dtype=np.int32), np.ones(len(chosen)))
            _aim(highs, goal)
            highs.run()
            proven = proven and highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
            values = np.array(highs.getSolution().col_value, dtype=np.float64)
            found = [int(one) for one in np.flatnonzero(values > 0.5)]
            chosen = found if goal[found].sum() >= goal[chosen].sum() else chosen
        kept = np.flatnonzero(goal).astype(np.int32)
        highs.addRow(float(goal[chosen].sum()) - 0.5, highspy.kHighsInf, len(kept), kept, goal[kept])
    return chosen, proven


def _columns_of(model: Model, at: dict[int, int | None]) -> list[int]:
    """The columns in which the requests stand now; of several kinds of interpreters HiGHS chooses."""
    found = {column.number: index for index, column in enumerate(model.columns) if at[column.number] == column.step}
    return sorted(found.values())


def _goals(board: Board, model: Model) -> list[Floats]:
    requests = [board.requests[one.number] for one in model.columns]
    steps = [one.step for one in model.columns]
    stays = [float(one.announced == step) for one, step in zip(requests, steps, strict=True)]
    musts = [float(one.must) for one in requests]
    rests = [
        float(one.weight * board.unit - (one.reluctant >> step & 1)) for one, step in zip(requests, steps, strict=True)
    ]
    return [np.array(one) for one in (stays, musts, rests) if any(one)]


def _ceiling(model: Model, goal: Floats) -> float:
    """What the goal would come to if nothing stood in anybody's way."""
    best: dict[int, float] = defaultdict(float)
    for column, value in zip(model.columns, goal, strict=True):
        best[column.number] = max(best[column.number], float(value))
    return sum(best.values())


def _place(board: Board, chosen: list[Column]) -> bool:
    """Put them on the board, each with one interpreter of its kind; True: all of them could be."""
    whole = True
    for one in sorted(chosen, key=lambda one: (one.step, one.number)):
        able = [who for who in one.kind if (board.free[who] & ~board.closed_by[who]) >> one.step & 1]
        if board.open(one.number) >> one.step & 1 and bool(able) == bool(one.kind):
            board.put(one.number, one.step, min(able, default=None))
        else:
            whole = False
    return whole
