"""Plays the scenario once: a process that may be killed, and everything it works on, which no kill touches.

Zoom and the mail server are the sandbox's, in this process; what they saw is what a run is judged by.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from meetbot.core import times
from meetbot.rehearsal.stand_in import ACCOUNT
from meetbot.sandbox import Clock, Sandbox
from meetbot.sandbox.smtp.mails import Mail
from tests.crash import oracle, points, scenario

RATE = 60.0
_LONGEST = 60  # real seconds for a whole run
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
class _Line:
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


class _Stopwatch:
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


@dataclass
class Play:
    """One run of the scenario."""

    zygote: Zygote
    folder: Path
    run: Run
    database: str = ""  #: its address; "" for SQLite in the folder
    sandbox: Sandbox = field(init=False)
    _settings: dict[str, Any] = field(default_factory=dict)
    _lines: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=asyncio.Queue)
    _life: _Line | None = None
    _lives: int = 0
    _kills: list[oracle.Kill] = field(default_factory=list)
    _broken: list[str] = field(default_factory=list)
    _clock_runs: _Stopwatch = field(default_factory=_Stopwatch)

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
                    await self._carry_out({"until": at.isoformat()})
                if step.at_zoom is None:
                    await self._carry_out({"do": step.name})
                else:
                    step.at_zoom(self.sandbox, self._mails())
            await self._carry_out({"until": scenario.ENDS.isoformat()})
            ends = await self._carry_out({"stop": True})
        return Played(self._seen(ends), [self._passed(number) for number in range(self._lives)], time.monotonic() - began)

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
                    _kill(self._life.pid)
                    self._life.writer.close()

    async def _carry_out(self, order: dict[str, Any]) -> dict[str, Any]:
        """What the process answers; a new one is asked again when this one is killed meanwhile."""
        while True:
            try:
                life = self._life or await self._begin()
                await life.say(**order, clock=self._clock())
                return await self._answer(life)
            except Died:
                self._bury()

    async def _answer(self, life: _Line) -> dict[str, Any]:
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
                    raise Died
                case {"done": done}:
                    return done if isinstance(done, dict) else {}
                case _:
                    return told

    async def _begin(self) -> _Line:
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
            asyncio.get_running_loop().call_later(kill_at, _kill, pid)
        self._lives += 1
        self._life = _Line(pid, *await self._called_by(pid))
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
            if not Path(f"/proc/{pid}").exists():
                raise Died

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

    def _seen(self, ends: dict[str, Any]) -> oracle.Seen:
        standing = [one for one in self.sandbox.account.meetings.values() if not one.deleted]
        effects = [entry["effect"] for entry in self.sandbox.ledger.entries if entry["effect"]]
        registrants: dict[tuple[str, str], list[str]] = {}
        for meeting in standing:
            for one in meeting.registrants.values():
                registrants.setdefault((meeting.topic, one.email.lower()), []).append(str(one.status))
        return oracle.Seen(
            mails=[_mail(one) for one in self._mails()],
            meetings=Counter(one.topic for one in standing),
            registrants=registrants,
            recordings=[one["kind"] for one in effects if one["kind"].startswith("recording")],
            cues=ends["cues"],
            messages=ends["messages"],
            kills=self._kills,
            files=self._files(),
            damage=self._damage(),
            broken=[*self._broken, *_complaints(self.folder / "log")],
        )

    def _mails(self) -> Sequence[Mail]:
        """What came, at the mail server or in the folder."""
        if self.run.transport == "smtp":
            return self.sandbox.mail.mails
        laid = sorted((self.folder / "data" / "outbox" / "new").iterdir(), key=lambda path: path.stat().st_mtime_ns)
        return [_read(number, path.read_bytes()) for number, path in enumerate(laid, 1)]

    def _files(self) -> Sequence[str]:
        """Whatever is named by chance or holds the database is left out."""
        found = {path.relative_to(self.folder).parts for path in self.folder.rglob("*") if path.is_file()}
        # Where a killed backup was put together, the next one clears away.
        known = ("points", "log", "line", "meetbot.db", "new", "backup-in-progress")
        return sorted("/".join(one) for one in found if not any(part.startswith(known) for part in one))

    def _damage(self) -> str:
        path = self.folder / "data" / "meetbot.db"
        if not path.exists():
            return ""
        with closing(sqlite3.connect(path)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
        return "" if found == "ok" else str(found)


def _mail(one: Any) -> oracle.Mail:
    entry = next(iter(one.calendar), None)
    subject = re.sub(r"\s+", " ", str(one.message["Subject"]))
    sequence, method = (entry["sequence"], entry["method"]) if entry else (-1, "")
    return oracle.Mail(oracle.Letter(one.recipients[0], subject, sequence, method), str(one.message_id))


def _read(number: int, content: bytes) -> Mail:
    to = parseaddr(message_from_bytes(content)["To"])[1]
    never = scenario.BEGINS
    return Mail(number, 0, never, "", (to,), content, encrypted=False, authenticated=False)


def _complaints(path: Path) -> list[str]:
    """The passes that ended in an error nobody foresaw, as the log has it."""
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    return [line[:2000] for line in lines if "pass_broke" in line or "Traceback" in line]


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def play(made: Zygote, folder: Path, run: Run, database: str = "") -> Played:
    """One run, from an empty folder to the last report. TimeoutError when it never comes to an end."""
    return asyncio.run(Play(made, folder, run, database).play())
