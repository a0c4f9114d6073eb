"""Writes into the log where the event loop is stuck, before the service manager ends the process for it."""

from __future__ import annotations

import asyncio
import io
import sys
import threading
import time
import traceback
from collections.abc import Iterator

import structlog

log = structlog.get_logger("serve")

#: Half of what systemd waits (`WatchdogSec=` in contrib/meetbot.service).
PATIENCE = 15.0
_DEEPEST = 30  # lines of a stack; what is above them is asyncio's own


async def write_when_stuck(patience: float = PATIENCE) -> None:
    """A thread misses the loop when it did not come round for so many seconds. Until cancelled.

    What holds the interpreter's lock all the while (a regular expression that never ends) stops this thread too:
    for that there is `faulthandler`, which writes when systemd sends SIGABRT.
    """
    watch = _Watch(asyncio.get_running_loop(), patience)
    watch.start()
    try:
        while True:
            watch.beat()
            await asyncio.sleep(patience / 10)
    finally:
        watch.ended.set()


class _Watch(threading.Thread):
    def __init__(self, loop: asyncio.AbstractEventLoop, patience: float) -> None:
        super().__init__(name="watch", daemon=True)
        self.ended = threading.Event()
        self._loop = loop
        self._patience = patience
        self._beat_at = time.monotonic()

    def beat(self) -> None:
        self._beat_at = time.monotonic()

    def run(self) -> None:
        written = False
        while not self.ended.wait(self._patience / 10):
            stuck = time.monotonic() - self._beat_at > self._patience
            if stuck and not written:
                log.error("serve.stuck", seconds=round(self._patience), stacks=list(stacks(self._loop)))
            written = stuck


def stacks(loop: asyncio.AbstractEventLoop) -> Iterator[str]:
    """Where each thread and each task of the loop stands: files and lines, no values."""
    name_of = {thread.ident: thread.name for thread in threading.enumerate()}
    for ident, frame in sys._current_frames().items():
        yield f"thread {name_of.get(ident, ident)}\n{''.join(traceback.format_stack(frame)[-_DEEPEST:])}"
    for task in asyncio.all_tasks(loop):
        text = io.StringIO()
        task.print_stack(limit=_DEEPEST, file=text)
        yield f"task {task.get_name()}\n{text.getvalue()}"
