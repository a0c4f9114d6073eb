"""Make room for what is left: move what stands in its way, and if that has no other place, let it take its turn.

No move makes the schedule worse; one that leaves it as good is taken too, so that a chain of them can come through.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from meetbot.core.bilaterals.board import Board, bits

_MOST_MOVED = 2
_TRIED = 6  # ways in which one request is tried before the next has its turn


def repair(board: Board, numbers: Iterable[int]) -> None:
    """Place each of them that can be by moving up to two others."""
    for number in numbers:
        if board.at[number] is None:
            _make_room(board, number, {}, better=True)


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
        out = _make_room(board, number, thrown, better=False)
        futile = futile + 1 if out is None else 0
        waiting.extend([number] if out is None else out)


def _make_room(board: Board, number: int, thrown: dict[int, int], *, better: bool) -> list[int] | None:
    """Who has no time instead; None: nothing was changed."""
    ways = []
    for step in bits(board.allowed[number]):
        going = board.blockers(number, step)
        if going is not None and len(going) <= _MOST_MOVED:
            seen = sum(thrown.get(one, 0) for one in going)
            ways.append((len(going) > 0, seen, sum(map(board.cost, going)), step, sorted(going)))
    ways.sort()
    for *_, step, some in ways if better else ways[:_TRIED]:
        length, score = len(board.trail), board.score
        _swap(board, number, step, some)
        if board.score > score or (board.score == score and not better):
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
            board.put(one, max(bits(steps), key=lambda at: (board.worth(one, at), -at)))
