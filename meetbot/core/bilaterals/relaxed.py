"""The relaxed problem, in which a meeting may take place in parts: a bound for the weight, and a place to begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meetbot.core.bilaterals import exact, model
from meetbot.core.bilaterals.board import Board
from meetbot.core.bilaterals.model import Floats, Model

_SIMPLEX = 20_000  # columns up to which it is the faster of the two
_TOLERANCE = 1e-4  # the bound holds whatever it is, and is met to a unit of weight with this
_LEAST = 0.01  # a smaller part of a meeting says nothing


@dataclass(frozen=True)
class Relaxed:
    """What the relaxed problem says of the real one."""

    bound: float  #: no schedule weighs more
    places: Sequence[tuple[int, int]]  #: requests and steps, those that it is surest of first


def relax(board: Board) -> Relaxed:
    """Of the whole problem, whatever stands on the board; only what is fixed stays."""
    empty = Board(board.problem)
    fixed = [number for number, one in enumerate(empty.requests) if one.fixed]
    for number in fixed:
        empty.put(number, empty.requests[number].announced or 0)
    problem = model.model(empty, [number for number, at in enumerate(empty.at) if at is None])
    ahead = float(sum(empty.requests[number].weight for number in fixed))
    if not len(problem.number):
        return Relaxed(ahead, ())
    weight = np.array([one.weight for one in empty.requests], dtype=np.float64)[problem.number]
    parts, prices = _solved(problem, weight)
    surest = [int(one) for one in np.argsort(-parts, kind="stable") if parts[one] > _LEAST]
    places = [(int(problem.number[one]), int(problem.step[one])) for one in surest]
    return Relaxed(ahead + _bound(problem, weight, prices), places)


def _solved(problem: Model, weight: Floats) -> tuple[Floats, Floats]:
    """How much of each column is chosen, and the price of each row."""
    highs = exact.Silent()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    if len(weight) > _SIMPLEX:
        highs.setOptionValue("solver", "hipdlp")  # as fast here as its elder, "pdlp", in fewer copies of the problem
        highs.setOptionValue("pdlp_optimality_tolerance", _TOLERANCE)
        highs.setOptionValue("presolve", "off")  # it takes little away and keeps a second copy
    highs.passModel(model.told(problem))
    exact.aim(highs, weight)
    highs.run()
    found = highs.getSolution()
    parts, prices = np.array(found.col_value, dtype=np.float64), np.array(found.row_dual, dtype=np.float64)
    return (parts, prices) if len(prices) == len(problem.most) else (weight * 0, problem.most * 0)


def _bound(problem: Model, weight: Floats, duals: Floats) -> float:
    """Prices for everything scarce bound the weight: each request may then freely choose what is best for it.

    True for any prices, however precise.
    """
    price = np.abs(duals)
    price[: problem.asked] = 0
    paid = np.bincount(problem.index, np.repeat(price, np.diff(problem.begins)), minlength=len(weight))
    best = np.zeros(int(problem.number.max()) + 1)
    np.maximum.at(best, problem.number, weight - paid)
    return float(np.floor(price @ problem.most + best.sum() + 1e-6))
