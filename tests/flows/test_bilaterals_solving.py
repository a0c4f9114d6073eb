"""The worker process: its answer comes back whole, and it never outlives the wait for it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from meetbot.core.bilaterals import Grid, Placement, Problem, Request
from meetbot.errors import UserError
from meetbot.flows.bilaterals import solving

GRID = Grid(datetime(2021, 11, 15, tzinfo=UTC), timedelta(minutes=30), 48)
ONE = Problem(GRID, (Request("a+b", "a", "b", allowed=1 << 4),), length=2, hosts=(1,) * 48)


def workers() -> list[str]:
    """Those that this process has started and that still run."""
    listed = subprocess.run(["ps", "-o", "ppid=,args=", "-e"], capture_output=True, text=True, check=True).stdout
    mine = (line.split(None, 1) for line in listed.splitlines())
    return [args for parent, args in mine if parent == str(os.getpid()) and "meetbot.worker" in args]


async def test_the_answer_of_the_worker_comes_back_whole() -> None:
    """And nothing of the worker is left."""
    schedule = await solving.solve(ONE, seconds=60)

    assert (dict(schedule.placed), schedule.proven) == ({"a+b": Placement(4)}, True)
    assert workers() == []


async def test_without_an_answer_in_time_the_worker_is_ended_and_a_person_told() -> None:
    """No process can start and answer in a thousandth of a second."""
    with pytest.raises(UserError, match=r"No times were found within 0\.001 seconds"):
        await solving.solve(ONE, seconds=0.001)

    assert workers() == []


async def test_whoever_stops_waiting_takes_the_worker_along() -> None:
    """A service that is told to stop leaves nothing behind that computes."""
    waiting = asyncio.create_task(solving.solve(ONE, seconds=60))
    async with asyncio.timeout(20):
        while not workers():  # noqa: ASYNC110 - another process gives no sign that it has started
            await asyncio.sleep(0)

    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    assert workers() == []


def test_the_service_never_loads_the_solver() -> None:
    """Its memory leaves with the worker."""
    loaded = "import sys, meetbot.flows.bilaterals; print('highspy' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout

    assert said == "False\n"
