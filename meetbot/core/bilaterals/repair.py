"""Make room for what is left: move what stands in its way, and if that has no other place, let it take its turn.

No move makes the schedule worse; one that leaves it as good is taken too, so that a chain of them can come through.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from functools import partial

from meetbot.core.bilaterals.board import Board, Goals, bits

_MOST_MOVED = 2
_TRIED = 6  # ways in which one request is tried before the next has its turn


def repair(board: Board, numbers: Iterable[int]) -> None:
    """Place each of them that can be by moving up to two others."""
    for number in numbers:
        if board.at[number] is None:
            _make_room(board, number, {}, _better)


def prefer(board: Board) -> None:
    """Move what takes place where a side said "if needed" to a step that is open and suits both."""
    for number, at in enumerate(board.at):
        request = board.requests[number]
        if at is not None and request.reluctant >> at & 1 and not request.fixed:
            length, before = len(board.trail), board.goals
            board.take(number)
            board.put(number, max(bits(board.open(number)), key=partial(_suits, board, number)))
            if board.goals <= before:
                board.undo(length)


def even(board: Board, stop: Callable[[], bool]) -> None:
    """Let others go without, as much in worth, where that spreads more evenly what the delegations bear."""
    for number, at in enumerate(board.at):
        if at is None and board.allowed[number] and not stop():
            _make_room(board, number, {}, _better_or_more_even)


def eject(board: Board, tries: int, turn: int, stop: Callable[[], bool]) -> None:
    """Place what is left at the cost of what is worth no more, which then looks for a place in its turn.

    Each turn begins elsewhere in what is left, so that many short turns reach all of it.
    """
    waiting = deque(number for number, at in enumerate(board.at) if at is None and board.allowed[number])
    waiting.rotate(-turn * tries)
    thrown: dict[int, int] = {}
    futile = 0
    for _ in range(tries):
        if futile >= len(waiting) or stop():
            return
        number = waiting.popleft()
        out = _make_room(board, number, thrown, _as_good, _TRIED)
        futile = futile + 1 if out is None else 0
        waiting.extend([number] if out is None else out)


def _suits(board: Board, number: int, step: int) -> tuple[int, int]:
    return board.worth(number, step), -step


def _better(now: Goals, before: Goals) -> bool:
    return now[0] > before[0]


def _better_or_more_even(now: Goals, before: Goals) -> bool:
    return now > before


def _as_good(now: Goals, before: Goals) -> bool:
    return now[0] >= before[0]


def _make_room(
    board: Board,
    number: int,
    thrown: dict[int, int],
    enough: Callable[[Goals, Goals], bool],
    tries: int | None = None,
) -> list[int] | None:
    """Who has no time instead; None: nothing was changed."""
    ways = []
    for step in bits(board.allowed[number]):
        going = board.blockers(number, step)
        if going is not None and len(going) <= _MOST_MOVED:
            seen = sum(thrown.get(one, 0) for one in going)
            ways.append((len(going) > 0, seen, sum(map(board.cost, going)), step, sorted(going)))
    ways.sort()
    for *_, step, some in ways[:tries]:
        length, before = len(board.trail), board.goals
        _swap(board, number, step, some)
        if enough(board.goals, before):
            out = [one for one in some if board.at[one] is None]
            for one in out:
                thrown[one] = thrown.get(one, 0) + 1
            return out
        board.undo(length)
    return None


def _swap(board: Board, number: int, step: int, going: list[int]) -> None:
    for one in going:
        board.take(one)
    if not board.open(number) >> step & 1:
        return
    board.put(number, step)
    for one in sorted(going, key=lambda one: (-board.requests[one].weight, one)):
        if steps := board.open(one):
            board.put(one, max(bits(steps), key=partial(_suits, board, one)))
