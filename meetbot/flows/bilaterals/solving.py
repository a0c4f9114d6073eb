"""Puts a question to the worker process and waits no longer than it may; nothing else stands still meanwhile."""

from __future__ import annotations

import asyncio
import io
import pickle
import sys
from contextlib import suppress

from meetbot.core.bilaterals import Problem, Schedule
from meetbot.errors import UserError

#: Without the folder that the service happens to run in.
_WORKER = (sys.executable, "-P", "-m", "meetbot.worker")
_PIECE = 65_536


async def solve(problem: Problem, *, seconds: float) -> Schedule:
    """The best schedule that the worker finds in that time. Cancelled, it takes the worker with it.

    UserError when there is none yet by then, or the worker died before the first.
    """
    worker = await asyncio.create_subprocess_exec(
        *_WORKER, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    told = bytearray()
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.gather(_ask(worker, problem), _listen(worker, told))
    finally:
        with suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()
    schedule = _last(told)
    if schedule is None:
        raise UserError(f"No times were found within {seconds:g} seconds; give more time, or look at the log.")
    return schedule


async def _ask(worker: asyncio.subprocess.Process, problem: Problem) -> None:
    assert worker.stdin is not None, "it was opened as a pipe"
    with suppress(BrokenPipeError, ConnectionResetError):  # it died; what it told is looked at afterwards
        worker.stdin.write(pickle.dumps(problem))
        await worker.stdin.drain()
        worker.stdin.close()


async def _listen(worker: asyncio.subprocess.Process, told: bytearray) -> None:
    assert worker.stdout is not None, "it was opened as a pipe"
    while piece := await worker.stdout.read(_PIECE):
        told += piece


def _last(told: bytearray) -> Schedule | None:
    """The last whole answer; one that was cut short does not count."""
    stream, found = io.BytesIO(told), None
    with suppress(EOFError, pickle.UnpicklingError):
        while True:
            found = pickle.load(stream)
    return found
