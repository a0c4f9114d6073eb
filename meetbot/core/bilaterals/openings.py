"""When a pair without a time could meet beside all that stands, if only both sides gave that time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from meetbot.core.bilaterals import windows
from meetbot.core.bilaterals.board import Board
from meetbot.core.bilaterals.problem import Grid, Problem, Request, Schedule
from meetbot.core.bilaterals.question import Known
from meetbot.core.model import Bilaterals, Programme
from meetbot.core.times import Interval


def openings(
    programme: Programme, plan: Bilaterals, known: Known, problem: Problem, schedule: Schedule, now: datetime
) -> Mapping[str, Interval]:
    """By pair that is left, the first stretch in which both work and hosts, interpreters and both sides are free."""
    begins = windows.begins(plan, problem.grid, now)
    keys = {side for one in problem.requests if one.pair in schedule.left for side in (one.a, one.b)}
    work = {key: _work(programme, plan, known, key, problem.grid) for key in keys}

    def wider(one: Request) -> Request:
        if one.pair not in schedule.left:
            return one
        return replace(one, allowed=windows.starts(work[one.a], work[one.b], problem.length) & begins)

    board = _standing(replace(problem, requests=tuple(wider(one) for one in problem.requests)), schedule)
    free = {one.pair: board.open(number) for number, one in enumerate(board.requests) if one.pair in schedule.left}
    return {
        pair: windows.intervals(windows.lasting(steps, problem.length), problem.grid)[0]
        for pair, steps in free.items()
        if steps
    }


def _work(programme: Programme, plan: Bilaterals, known: Known, key: str, grid: Grid) -> int:
    one = programme.organisations[key]
    return windows.workable(one, windows.hours_of(one, plan), known.holidays.get(one.country, {}), grid)


def _standing(problem: Problem, schedule: Schedule) -> Board:
    """All that has a time, at its time."""
    board = Board(problem)
    for number, one in enumerate(board.requests):
        if placed := schedule.placed.get(one.pair):
            by = None if placed.interpreter is None else board.interpreters.index(placed.interpreter)
            board.put(number, placed.step, by)
    return board
