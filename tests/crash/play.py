"""Plays the scenario once: a process that may be killed, and everything it works on, which no kill touches.

Zoom and the mail server are the sandbox's, in this process; what they saw is what a run is judged by.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from meetbot.core import times
from meetbot.rehearsal.stand_in import ACCOUNT
from meetbot.sandbox import Clock, Sandbox
from tests.crash import evidence, lives, oracle, points, scenario

RATE = 10.0
_LONGEST = 120  # real seconds for a whole run
_A_MOMENT = 0.05  # real seconds

Where = points.Point | float  #: a step, or real seconds after the process began


@dataclass(frozen=True)
class Run:
    """What to do to one play: one kill for each process in turn."""

    kills: Sequence[Where] = ()
    transport: str = "smtp"

    def __str__(self) -> str:
        return ", then ".join(f"{one:.3f} s" if isinstance(one, float) else str(one) for one in self.kills) or "no kill"


@dataclass(frozen=True)
class Played:
    """What came of it."""

    seen: oracle.Seen
    passed: Sequence[Sequence[str]]  #: the steps that each process came to
    seconds: float  #: of real time

    @property
    def hits(self) -> Counter[str]:
        return Counter(self.passed[0])


@dataclass
class Play:
    """One run of the scenario."""

    zygote: lives.Zygote
    folder: Path
    run: Run
    database: str = ""  #: its address; "" for SQLite in the folder
    sandbox: Sandbox = field(init=False)
    _settings: dict[str, Any] = field(default_factory=dict)
    _lines: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=asyncio.Queue)
    _life: lives.Line | None = None
    _lives: int = 0
    _kills: list[oracle.Kill] = field(default_factory=list)
    _broken: list[str] = field(default_factory=list)
    _clock_runs: lives.Stopwatch = field(default_factory=lives.Stopwatch)

    async def play(self) -> Played:
        """Every step in its turn, each done again when it was interrupted, until all is quiet."""
        began, port = time.monotonic(), _free_port()
        self.sandbox = Sandbox(
            clock=Clock(scenario.BEGINS, speed=RATE, monotonic=self._clock_runs.seconds),
            plan="business",
            limits=False,
        )
        webhooks = f"http://127.0.0.1:{port}/zoom/webhook", "sandbox", list(scenario.WEBHOOKS)
        self.sandbox.webhooks.subscribe(*webhooks)
        async with self._opened(port), asyncio.timeout(_LONGEST):
            for step in scenario.STEPS:
                if (at := times.at(step.at, scenario.ZONE)) > scenario.BEGINS:
                    await self.order({"until": at.isoformat()})
                await self.take(step)
            await self.order({"until": scenario.ENDS.isoformat()})
            ends = await self.order({"stop": True})
        seen = evidence.seen(self.sandbox, self.folder, ends, kills=self._kills, broken=self._broken)
        return Played(seen, [self._passed(number) for number in range(self._lives)], time.monotonic() - began)

    async def take(self, step: scenario.Step) -> None:
        """One step of the scenario."""
        if step.at_zoom is not None:
            step.at_zoom(self.sandbox, evidence.mails(self.sandbox, self.folder))
        elif why := (await self.order({"do": step.name})).get("failed"):
            self._broken.append(f"{step.name}: {why}")

    @asynccontextmanager
    async def _opened(self, port: int) -> AsyncIterator[None]:
        async def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._lines.put((reader, writer))

        server = await asyncio.start_unix_server(called, self.folder / "line")
        async with server, self.sandbox.serve() as url, self.sandbox.serve_smtp() as (host, smtp_port):
            self._settings = {
                "data_dir": str(self.folder / "data"),
                "database_url": self.database,
                "zoom_account_id": ACCOUNT,
                "zoom_client_id": ACCOUNT,
                "zoom_client_secret": ACCOUNT,
                "zoom_api_url": f"{url}/v2",
                "zoom_token_url": f"{url}/oauth/token",
                "zoom_webhook_secret": "sandbox",
                "mail_transport": self.run.transport,
                "smtp_host": host,
                "smtp_port": smtp_port,
                "smtp_security": "none",
                "web_port": port,
            }
            try:
                yield
            finally:
                if self._life is not None:
                    lives.kill(self._life.pid)
                    self._life.writer.close()

    async def order(self, order: dict[str, Any]) -> dict[str, Any]:
        """What the process answers; a new one is asked again when this one is killed meanwhile."""
        while True:
            try:
                life = self._life or await self._begin()
                await life.say(**order, clock=self._clock())
                return await self._answer(life)
            except lives.Died:
                self._bury()

    async def _answer(self, life: lives.Line) -> dict[str, Any]:
        while True:
            told = await life.hear()
            match told:
                case {"leap": to}:
                    at = datetime.fromisoformat(to)
                    if at > self.sandbox.clock.now():
                        self.sandbox.leap(at)
                    await life.say(**self._clock())
                case {"broke": traceback}:
                    self._broken.append(str(traceback))
                    raise lives.Died
                case {"done": done}:
                    return done if isinstance(done, dict) else {}
                case _:
                    return told

    async def _begin(self) -> lives.Line:
        kills = self.run.kills
        kill_at = kills[self._lives] if self._lives < len(kills) else None
        began = time.monotonic()
        pid = self.zygote.fork(
            {
                "folder": str(self.folder),
                "line": str(self.folder / "line"),
                "number": self._lives,
                "settings": self._settings,
                "rate": RATE,
                "clock": self._clock(),
                "kill_at": [kill_at.name, kill_at.nth] if isinstance(kill_at, points.Point) else None,
            }
        )
        if isinstance(kill_at, float):
            asyncio.get_running_loop().call_later(kill_at, lives.kill, pid)
        self._lives += 1
        self._life = lives.Line(pid, *await self._called_by(pid))
        await self._answer(self._life)
        self._clock_runs.go_on()
        if self._kills:
            self._kills[-1] = oracle.Kill(self._kills[-1].in_doubt, time.monotonic() - began)
        return self._life

    async def _called_by(self, pid: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The line on which a new process calls; Died when it is killed before it can."""
        while True:
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(self._lines.get(), _A_MOMENT)
            if not lives.runs(pid):
                raise lives.Died

    def _bury(self) -> None:
        self._clock_runs.stand_still()
        if self._life is not None:
            self._life.writer.close()
        self._life = None
        if self._lives > len(self.run.kills) and not self._broken:
            self._broken.append("the process ended without being killed")
        if self._broken:
            raise RuntimeError(self._broken[-1])
        self._kills.append(oracle.Kill(points.in_doubt(self._passed(self._lives - 1)), 0.0))

    def _clock(self) -> dict[str, Any]:
        return {"now": self.sandbox.clock.now().isoformat(), "monotonic": time.monotonic()}

    def _passed(self, number: int) -> list[str]:
        path = self.folder / f"points.{number}"
        return path.read_text().splitlines() if path.exists() else []


def _free_port() -> int:
    """A port that no connection of another process is given meanwhile: those come from above 32768."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)  # others who try crashes beside us draw theirs
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def play(made: lives.Zygote, folder: Path, run: Run, database: str = "") -> Played:
    """One run, from an empty folder to the last report. TimeoutError when it never comes to an end."""
    return asyncio.run(Play(made, folder, run, database).play())
