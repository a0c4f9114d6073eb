"""From a problem to a schedule, in stages of which each leaves a good answer.

Goals, each before the next: what is announced stays; pairs that must meet; weight; few times where a side said "if
needed"; and what is left over or costs is spread evenly, so that no delegation bears much of it (`board`). What is
announced is where the search begins, so that a plan is mended and not made anew. The budget is
counted in rounds and not in seconds: the same problem, rounds and seed give the same schedule on every machine. The
order of the requests has no effect at all; names have one only between requests that nothing else tells apart.
"""

from __future__ import annotations

from collections.abc import Callable

from meetbot.core.bilaterals import exact, greedy, reasons, relaxed, repair
from meetbot.core.bilaterals.board import Board, Goals
from meetbot.core.bilaterals.problem import Placement, Problem, Schedule

_WHOLE = 2_000  # requests, and
_WHOLE_COLUMNS = 40_000  # starts, up to which the whole problem is solved exactly
_PART = 200  # requests in a neighbourhood
_SIDES = 9  # delegations in a neighbourhood
_TRIES = 2_000  # of the ejection search before anything exact
_TRIES_LATER = 100  # in each round beside an exact neighbourhood, which then does more


def solve(
    problem: Problem,
    *,
    rounds: int,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
    good: Callable[[Schedule], None] | None = None,
) -> Schedule:
    """The best schedule found. `stop` is asked often and ends the search; `good` is given each better schedule.

    Without rounds: the first walk and its repair, in well under a second for ten thousand pairs, without a bound from
    a model. The bound, and what is proven, hold among schedules that do as well by the goals before the weight.
    """
    asked = stop or _never
    board = Board(problem)
    greedy.start(board)
    greedy.fill(board)
    repair.repair(board, _left(board))
    told = _Told(good)
    told.tell(board)
    if rounds and _small(board):
        proven = exact.improve(board, _free(board), asked)
        if proven:
            return told.last(board, _scheduled(board, _weight(board), proven=True))
    if rounds:
        repair.eject(board, _TRIES, seed, asked)
        told.tell(board)
    most, board = _relaxed(board, rounds, seed, asked)
    told.tell(board)
    _search(board, rounds, seed, asked, told)
    repair.prefer(board)
    repair.even(board, asked)
    greedy.fill(board)
    return told.last(board, _scheduled(board, most, proven=False))


def _never() -> bool:
    return False


class _Told:
    """Tells of a schedule only when it is better than the one told before."""

    def __init__(self, good: Callable[[Schedule], None] | None) -> None:
        self.good = good
        self.goals: Goals | None = None

    def tell(self, board: Board) -> None:
        if self.good and self._better(board):
            self.goals = board.goals
            self.good(_scheduled(board, _most(board), proven=False))

    def last(self, board: Board, schedule: Schedule) -> Schedule:
        if self.good and self._better(board):
            self.good(schedule)
        return schedule

    def _better(self, board: Board) -> bool:
        return self.goals is None or board.goals > self.goals


def _search(board: Board, rounds: int, seed: int, stop: Callable[[], bool], told: _Told) -> None:
    for number in range(rounds):
        if stop() or not _left(board):
            return
        repair.eject(board, _TRIES_LATER, number + seed, stop)
        told.tell(board)
        if freed := _neighbourhood(board, number + seed):
            exact.improve(board, freed, stop)
            told.tell(board)


def _neighbourhood(board: Board, turn: int) -> list[int]:
    """The requests of some delegations around one that is left, another each turn."""
    left = _left(board)
    if not left:
        return []
    number = left[turn % len(left)]
    sides = dict.fromkeys(board.sides[number])
    for one in board.sides[number]:
        met = sorted(board.of[one], key=lambda other: (other * 7919 + turn * 104_729) % 15_485_863)
        sides.update(dict.fromkeys(side for other in met[: _SIDES // 2] for side in board.sides[other]))
    chosen = set(list(sides)[:_SIDES])
    placed = {other for side in chosen for other in board.of[side]}
    waiting = [other for other in left if chosen & {*board.sides[other]}]
    near = sorted(placed, key=lambda other: (-len(chosen & {*board.sides[other]}), other))
    return sorted({number, *(waiting + [one for one in near if not board.requests[one].fixed])[:_PART]})


def _left(board: Board) -> list[int]:
    return [number for number, at in enumerate(board.at) if at is None and board.allowed[number]]


def _free(board: Board) -> list[int]:
    return [number for number, one in enumerate(board.requests) if not one.fixed]


def _small(board: Board) -> bool:
    return len(board.requests) <= _WHOLE and sum(one.bit_count() for one in board.allowed) <= _WHOLE_COLUMNS


def _weight(board: Board) -> int:
    return sum(one.weight for one, at in zip(board.requests, board.at, strict=True) if at is not None)


def _most(board: Board) -> float:
    """What all pairs with any time at all weigh."""
    allowed = zip(board.requests, board.allowed, strict=True)
    return float(sum(one.weight for one, steps in allowed if steps or one.fixed))


def _relaxed(board: Board, rounds: int, seed: int, stop: Callable[[], bool]) -> tuple[float, Board]:
    """A bound for the weight; and the board, or one begun where the relaxed problem is surest, if that is better."""
    if not rounds or stop() or _weight(board) == _most(board):
        return _most(board), board
    found = relaxed.relax(board)
    other = Board(board.problem)
    greedy.start(other)
    greedy.follow(other, found.places)
    greedy.fill(other)
    repair.repair(other, _left(other))
    repair.eject(other, _TRIES, seed, stop)
    repair.prefer(other)
    better = max(board, other, key=lambda one: one.goals)
    repair.even(better, stop)
    return max(float(_weight(better)), min(_most(board), found.bound)), better


def _scheduled(board: Board, bound: float, *, proven: bool) -> Schedule:
    placed, left, reluctant, moved = {}, {}, 0, []
    for number, request in enumerate(board.requests):
        step, by = board.at[number], board.by[number]
        if step is None:
            left[request.pair] = reasons.reasons(board, number)
        else:
            placed[request.pair] = Placement(step, None if by is None else board.interpreters[by])
            reluctant += request.reluctant >> step & 1
        if request.announced is not None and request.announced != step:
            moved.append(request.pair)
    return Schedule(placed, left, _weight(board), bound, reluctant, tuple(sorted(moved)), proven)
