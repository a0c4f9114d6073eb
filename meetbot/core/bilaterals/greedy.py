"""A first schedule in one walk: what is announced, then the weightiest and most constrained first."""

from __future__ import annotations

from collections.abc import Iterable

from meetbot.core.bilaterals.board import Board, bits


def start(board: Board) -> None:
    """Put on the board what stands already: the fixed, whatever it costs, and all announced that is still possible."""
    announced = [(one.announced, number) for number, one in enumerate(board.requests) if one.announced is not None]
    for step, number in announced:
        if board.requests[number].fixed:
            board.put(number, step)
    standing = sorted(
        (board.requests[number].interpreters != frozenset(), len(board.can[number]), number, step)
        for step, number in announced
        if not board.requests[number].fixed
    )
    for *_, number, step in standing:
        if board.open(number) >> step & 1:
            board.put(number, step)


def follow(board: Board, places: Iterable[tuple[int, int]]) -> None:
    """Put each request at the first of its places, in this order, that is open."""
    for number, step in places:
        if board.at[number] is None and board.open(number) >> step & 1:
            board.put(number, step)


def fill(board: Board, numbers: Iterable[int] | None = None) -> None:
    """Give each of them (or all that have no time) the open step that takes least from others."""
    wanted = range(len(board.requests)) if numbers is None else numbers
    left = [number for number in wanted if board.at[number] is None and board.allowed[number]]
    contention = _contention(board, left)
    requests = board.requests
    left.sort(key=lambda one: (not requests[one].must, -requests[one].weight, board.allowed[one].bit_count(), one))
    for number in left:
        if steps := board.open(number):
            a, b = board.sides[number]
            board.put(number, min(bits(steps), key=lambda at: _order(board, number, at, contention[a], contention[b])))


def _order(board: Board, number: int, at: int, of_a: list[int], of_b: list[int]) -> tuple[int, int, int]:
    return -board.worth(number, at) // board.unit, of_a[at] + of_b[at], at


def _contention(board: Board, left: list[int]) -> dict[int, list[int]]:
    """By delegation: how many of its requests could begin at each step."""
    count = board.problem.grid.count
    found: dict[int, list[int]] = {side: [0] * count for number in left for side in board.sides[number]}
    for number in left:
        a, b = board.sides[number]
        for at in bits(board.allowed[number]):
            found[a][at] += 1
            found[b][at] += 1
    return found
