"""Two published rules, for comparison: first come first served, and MeetMax's walk through the organisations.

Both know only what their authors describe: the first step that suits both sides, a host and an interpreter.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable

from meetbot.core.bilaterals.board import Board, bits
from meetbot.core.bilaterals.problem import Problem


def first_come(problem: Problem) -> Board:
    """In the order in which they were asked, the earliest step in common (BIO, b2match by default)."""
    board = Board(problem)
    number = {one.pair: index for index, one in enumerate(board.requests)}
    _earliest(board, (number[one.pair] for one in problem.requests))
    return board


def meetmax(problem: Problem) -> Board:
    """By alphabet, one meeting for each organisation, by its own ranking, the first step that suits both; repeat."""
    board = Board(problem)
    number = {one.pair: index for index, one in enumerate(board.requests)}
    wishes: dict[str, list[int]] = defaultdict(list)
    for one in sorted(problem.requests, key=lambda one: -one.weight):
        wishes[one.a].append(number[one.pair])
        wishes[one.b].append(number[one.pair])
    waiting = deque((name, deque(own)) for name, own in sorted(wishes.items()))
    while waiting:
        name, own = waiting.popleft()
        while own and not _earliest(board, [own.popleft()]):
            pass
        if own:
            waiting.append((name, own))
    return board


def _earliest(board: Board, numbers: Iterable[int]) -> int:
    """How many of them found a step."""
    placed = 0
    for number in numbers:
        step = next(bits(board.open(number)), None)
        if step is not None and board.at[number] is None:
            board.put(number, step)
            placed += 1
    return placed
