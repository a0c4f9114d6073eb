"""The exact model: whole numbers, solved by HiGHS to proof for a small problem or for a small part of a large one.

The goals are met one after another, each kept while the next is sought.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import highspy
import numpy as np

from meetbot.core.bilaterals import model
from meetbot.core.bilaterals.board import Board
from meetbot.core.bilaterals.model import Floats, Model

_NODES = 2_000  # of the search tree, so that an end does not depend on the speed of the machine


class Silent(highspy.Highs):
    """HiGHS without the banner that it otherwise prints to standard output as soon as its callbacks are there."""

    def enableCallbacks(self) -> None:
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def improve(board: Board, freed: Sequence[int], stop: Callable[[], bool]) -> bool:
    """Find the best times for the freed requests and put them on the board; True: proven that there is no better.

    The board is never worse afterwards: what HiGHS found is taken only if it does better by the goals.
    """
    length, before = len(board.trail), board.goals
    old = {number: board.at[number] for number in freed}
    for number in freed:
        if board.at[number] is not None:
            board.take(number)
    problem = model.model(board, freed)
    chosen, proven = _best(board, problem, old, stop)
    whole = _place(board, problem, chosen)
    if board.goals <= before:
        board.undo(length)
    return proven and whole and not stop()


def aim(highs: highspy.Highs, goal: Floats) -> None:
    """Seek as much of this as can be had, a value for each column."""
    highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
    highs.changeColsCost(len(goal), np.arange(len(goal), dtype=np.int32), goal)


def _best(board: Board, problem: Model, old: dict[int, int | None], stop: Callable[[], bool]) -> tuple[list[int], bool]:
    """The columns to choose, and whether it is proven that no others are better."""
    if not len(problem.number):
        return [], True
    highs = _highs(problem)

    def interrupted(event: highspy.highs.HighsCallbackEvent) -> None:
        if stop():
            event.interrupt()

    highs.cbMipInterrupt += interrupted
    chosen, proven = _standing(problem, old), True
    for goal in _goals(board, problem):
        if stop():
            return chosen, False
        if goal[chosen].sum() < _ceiling(problem, goal):
            chosen, solved = _sought(highs, goal, chosen)
            proven = proven and solved
        kept = np.flatnonzero(goal).astype(np.int32)
        highs.addRow(float(goal[chosen].sum()) - 0.5, highspy.kHighsInf, len(kept), kept, goal[kept])
    goal, begin = _evenness(highs, board, problem, chosen)
    if stop() or len(begin) == len(chosen):  # nobody bears anything
        return chosen, proven and not stop()
    even, solved = _sought(highs, goal, begin)
    return [one for one in even if one < len(problem.number)], proven and solved


def _highs(problem: Model) -> highspy.Highs:
    """In one thread, so that it always finds the same."""
    highs = Silent()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("presolve", "off")  # it costs more here than it saves
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 0.5)
    highs.setOptionValue("mip_max_nodes", _NODES)
    lp = model.told(problem)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(problem.number)
    highs.passModel(lp)
    return highs


def _sought(highs: highspy.Highs, goal: Floats, begin: list[int]) -> tuple[list[int], bool]:
    """The columns to choose for as much of the goal as can be had, not worse than those to begin with; if proven.

    Columns that no schedule as good can hold are closed for what comes after.
    """
    aim(highs, goal)
    highs.setOptionValue("solve_relaxation", True)
    highs.run()
    most = highs.getInfo().objective_function_value + np.array(highs.getSolution().col_dual, dtype=np.float64)
    _close(highs, most, goal[begin].sum())
    highs.setOptionValue("solve_relaxation", False)
    highs.setSolution(len(begin), np.array(begin, dtype=np.int32), np.ones(len(begin)))
    highs.run()
    found = [int(one) for one in np.flatnonzero(np.array(highs.getSolution().col_value) > 0.5)]
    proven = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    if not found or goal[found].sum() < goal[begin].sum():
        return begin, False
    _close(highs, most, goal[found].sum())
    return found, proven


def _close(highs: highspy.Highs, most: Floats, reached: float) -> None:
    """Columns with which the goal, a whole number, could not come to what is reached already."""
    closed = np.flatnonzero(most < reached - 0.5).astype(np.int32)
    highs.changeColsBounds(len(closed), closed, np.zeros(len(closed)), np.zeros(len(closed)))


def _standing(problem: Model, at: dict[int, int | None]) -> list[int]:
    """The columns in which the requests stand now; of several kinds of interpreters HiGHS chooses."""
    columns = zip(problem.number.tolist(), problem.step.tolist(), strict=True)
    found = {number: index for index, (number, step) in enumerate(columns) if at[number] == step}
    return sorted(found.values())


def _goals(board: Board, problem: Model) -> list[Floats]:
    columns = list(zip(problem.number.tolist(), problem.step.tolist(), strict=True))
    requests = board.requests
    stays = [float(requests[number].announced == step) for number, step in columns]
    musts = [float(requests[number].must) for number, _ in columns]
    rests = [
        float(requests[number].weight * board.unit - (requests[number].reluctant >> step & 1))
        for number, step in columns
    ]
    return [np.array(one) for one in (stays, musts, rests) if any(one)]


def _ceiling(problem: Model, goal: Floats) -> float:
    """What the goal would come to if nothing stood in anybody's way."""
    best = np.zeros(int(problem.number.max()) + 1)
    np.maximum.at(best, problem.number, goal)
    return float(best.sum())


def _relieved(board: Board, problem: Model) -> dict[int, list[int]]:
    """By delegation: the columns in which it has a meeting and bears nothing for it."""
    found: dict[int, list[int]] = {}
    for index, (number, step) in enumerate(zip(problem.number.tolist(), problem.step.tolist(), strict=True)):
        for side in board.sides[number]:
            if not board.if_needed[side] >> step & 1:
                found.setdefault(side, []).append(index)
    return found


def _evenness(highs: highspy.Highs, board: Board, problem: Model, chosen: list[int]) -> tuple[Floats, list[int]]:
    """The last goal, and a beginning: what each delegation bears is counted in units, each dearer than the one before.

    The n-th unit costs 2n - 1, so that together they cost the square of what it bears. Nobody need bear so much that
    its square alone is more than all cost now.
    """
    relieved = _relieved(board, problem)
    most = {side: len({*problem.number[own].tolist()}) for side, own in relieved.items()}
    bears = {side: most[side] - len({*chosen} & {*own}) for side, own in relieved.items()}
    least = {side: board.borne[side] - most[side] for side in relieved}
    ceiling = math.isqrt(sum((least[side] + bears[side]) ** 2 for side in relieved))
    costs, begin = [0.0] * len(problem.number), [*chosen]
    for side, own in relieved.items():
        units = range(len(costs), len(costs) + min(most[side], ceiling - least[side]))
        begin += units[: bears[side]]
        for unit in range(least[side] + 1, least[side] + len(units) + 1):
            highs.addCol(0.0, 0.0, 1.0, 0, np.array([], dtype=np.int32), np.array([]))
            costs.append(1.0 - 2 * unit)
        row = np.array([*own, *units], dtype=np.int32)
        highs.addRow(float(most[side]), highspy.kHighsInf, len(row), row, np.ones(len(row)))
    return np.array(costs), begin


def _place(board: Board, problem: Model, chosen: list[int]) -> bool:
    """Put them on the board, each with one interpreter of its kind; True: all of them could be."""
    whole = True
    columns = [(int(problem.step[one]), int(problem.number[one]), int(problem.kind[one])) for one in chosen]
    for step, number, kind in sorted(columns):
        able = [who for who in problem.kinds[kind] if (board.free[who] & ~board.closed_by[who]) >> step & 1]
        if board.open(number) >> step & 1 and bool(able) == board.needed[number]:
            board.put(number, step, min(able, default=None))
        else:
            whole = False
    return whole
