"""Why a pair has no time: all its steps walked, every obstacle named, and where one alone stands in the way."""

from __future__ import annotations

from collections import Counter

from meetbot.core.bilaterals.board import Board, before, bits
from meetbot.core.bilaterals.problem import Blocker


def reasons(board: Board, number: int) -> tuple[Blocker, ...]:
    """What stands in its way, what would open the most steps if it alone were gone first."""
    request = board.requests[number]
    if not request.allowed:
        return (Blocker("no common time"),)
    seen: Counter[tuple[str, str]] = Counter()
    alone: Counter[tuple[str, str]] = Counter()
    for step in bits(request.allowed):
        found = obstacles(board, number, step)
        seen.update(found)
        if len(found) == 1:
            alone.update(found)
    blockers = [Blocker(what, who, alone[what, who]) for what, who in seen]
    return tuple(sorted(blockers, key=lambda one: (-one.steps, -seen[one.what, one.who], one.what, one.who)))


def obstacles(board: Board, number: int, step: int) -> set[tuple[str, str]]:
    """What stands in the way of its beginning then: as `Blocker.what` and `Blocker.who`."""
    problem, request = board.problem, board.requests[number]
    found = set()
    for side in board.sides[number]:
        name = board.names[side]
        if (board.closed[side] | before(problem.busy.get(name, 0), problem.length)) >> step & 1:
            found.add(("delegation", name))
        if board.full[side] >> step & 1:
            found.add(("day full", name))
    if board.no_host(step):
        found.add(("hosts", ""))
    if board.needed[number] and not board.somebody(number) >> step & 1:
        found.add(("interpreters", ", ".join(sorted(request.interpreters))))
    if board.no_calls and request.announced != step:
        found.add(("calls", ""))
    if step + problem.length > problem.grid.count:
        found.add(("no common time", ""))
    return found
