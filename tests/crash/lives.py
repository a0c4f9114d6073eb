"""Processes that can be killed: how they are made, the line to each, and a watch that stands still without them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class Zygote:
    """A process that has imported everything, and forks a life for each line."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._turn = threading.Lock()

    def fork(self, told: dict[str, Any]) -> int:
        """The process id of a new life."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with self._turn:
            self._process.stdin.write(json.dumps(told).encode() + b"\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


@contextlib.contextmanager
def zygote() -> Iterator[Zygote]:
    made = Zygote()
    try:
        yield made
    finally:
        made.close()


class Died(Exception):
    """The line to the process is gone: it was killed."""


@dataclass
class Line:
    """The line to one life."""

    pid: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, **words: Any) -> None:
        with contextlib.suppress(ConnectionError):
            self.writer.write(json.dumps(words).encode() + b"\n")
            await self.writer.drain()

    async def hear(self) -> dict[str, Any]:
        try:
            line = await self.reader.readline()
        except ConnectionError:
            line = b""
        if not line:
            raise Died
        told: dict[str, Any] = json.loads(line)
        return told


class Stopwatch:
    """The machine's seconds without those in which no process was there.

    A new one waits three seconds for the lease of the killed one: that would be minutes of the programme.
    """

    def __init__(self) -> None:
        self._lost = 0.0
        self._stands_since: float | None = None

    def seconds(self) -> float:
        now = time.monotonic() if self._stands_since is None else self._stands_since
        return now - self._lost

    def stand_still(self) -> None:
        self._stands_since = self._stands_since or time.monotonic()

    def go_on(self) -> None:
        if self._stands_since is not None:
            self._lost += time.monotonic() - self._stands_since
            self._stands_since = None


def runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
