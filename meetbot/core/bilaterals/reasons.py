"""Why a pair has no time: the smallest set of limits that, as all others stand, close every step at which both could.

Each kind of limit (`Blocker.what`) may be in it: "delegation", "day full", "hosts", "interpreters", "calls". "no common
time" comes from what the two sides said and is all that is named then: there is no step at which both could. What
others would have to give up by moving is no limit; that no such move helps is for the solver to have looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from meetbot.core.bilaterals.board import Board, before, bits
from meetbot.core.bilaterals.problem import Blocker

_Obstacle = tuple[str, str]


def reasons(board: Board, number: int) -> tuple[Blocker, ...]:
    """A minimal core: together these close all its steps, without any one of them some step would be open.

    What would open the most steps if it alone were gone comes first.
    """
    request = board.requests[number]
    if not request.allowed:
        return (Blocker("no common time"),)
    found = [obstacles(board, number, step) for step in bits(request.allowed)]
    seen = Counter(one for some in found for one in some)
    alone = Counter(one for some in found if len(some) == 1 for one in some)
    core = _minimal(found, sorted(seen, key=lambda one: (alone[one], seen[one], one)))
    blockers = [Blocker(what, who, alone[what, who]) for what, who in core]
    return tuple(sorted(blockers, key=lambda one: (-one.steps, -seen[one.what, one.who], one.what, one.who)))


def _minimal(found: Sequence[set[_Obstacle]], dropped_first: Sequence[_Obstacle]) -> set[_Obstacle]:
    """Without each in turn that is not missed."""
    core = {*dropped_first}
    for one in dropped_first:
        if all(some & core - {one} for some in found):
            core.remove(one)
    return core


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
