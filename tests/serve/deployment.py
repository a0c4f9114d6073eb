"""A deployment as an office runs it: processes of their own, settings in the environment, a folder of data."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from meetbot.rehearsal import mailbox
from tests.cli.desk import PROGRAMME

T = TypeVar("T")

#: Looked for in everything that any process prints. It is the sandbox's secret, so that it really is sent about.
SECRET = "sandbox-S3cr3t-Canary"
MEETBOT = [sys.executable, "-m", "meetbot"]


def wait_for(found: Callable[[], T], within: float = 40) -> T:
    """What it returns as soon as that is something; AssertionError when it never is."""
    deadline = time.monotonic() + within
    while not (answer := found()):
        assert time.monotonic() < deadline, f"not within {within} s"
        time.sleep(0.02)
    return answer


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass
class Deployment:
    """One data folder with whatever processes work on it."""

    folder: Path
    zoom: str  #: address of the sandbox
    port: int = field(default_factory=free_port)
    metrics_port: int = field(default_factory=free_port)
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _printed: list[str] = field(default_factory=list)  #: by commands

    @property
    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.upper().startswith("MEETBOT_")}
        return {
            **own,
            "MEETBOT_DATA_DIR": str(self.folder / "data"),
            "MEETBOT_ZOOM_ACCOUNT_ID": "sandbox",
            "MEETBOT_ZOOM_CLIENT_ID": "sandbox",
            "MEETBOT_ZOOM_CLIENT_SECRET": SECRET,
            "MEETBOT_ZOOM_API_URL": f"{self.zoom}/v2",
            "MEETBOT_ZOOM_TOKEN_URL": f"{self.zoom}/oauth/token",
            "MEETBOT_HEALTH_PORT": str(self.port),
            "MEETBOT_METRICS_PORT": str(self.metrics_port),
            "MEETBOT_LOG_LEVEL": "DEBUG",
        }

    def run(self, *arguments: str) -> str:
        """A command that succeeds; what it printed."""
        done = self.try_(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def try_(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*MEETBOT, *arguments], env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=30
        )
        self._printed += [done.stdout, done.stderr]
        return done

    def apply(self) -> None:
        (self.folder / "network.yaml").write_text(PROGRAMME.replace("quota: 2", "quota: 100"))
        self.run("apply", "network.yaml", "--yes")

    def take_in(self, *names: str) -> None:
        """Forms of that many people of an invited organisation, each approved by the rules."""
        rows = "".join(f"{name.title()} Sok,{name}@npic.example,NPIC\n" for name in names)
        (self.folder / "forms.csv").write_text(f"Name,E-mail,Organisation\n{rows}")
        self.run("import", "forms.csv", "--yes")

    def serve(self) -> subprocess.Popen[bytes]:
        """The service, begun; its log goes on at the end of the file."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*MEETBOT, "serve"], env=self.environment, cwd=self.folder, stdout=log, stderr=log
            )
        self._running.append(process)
        return process

    @property
    def log(self) -> Path:
        return self.folder / "serve.log"

    def log_lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def health(self, page: str) -> tuple[int, str] | None:
        """Status and text of a health page; None while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{page}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except OSError:
            return None

    def ready(self) -> bool:
        return self.health("readyz") == (200, '{"ready":true,"reasons":[],"held":[]}')

    def mails(self) -> int:
        """How many mails lie in the folder, of whatever kind."""
        return len(list((self.folder / "data" / "outbox" / "new").glob("*")))

    def link_mails(self) -> dict[str, list[str]]:
        """The Message-IDs of the mails with a join link that lie in each mailbox."""
        found: dict[str, list[str]] = {}
        for mail in mailbox.mails(self.folder / "data" / "outbox"):
            if mail.links:
                found.setdefault(mail.to.partition("@")[0], []).append(mail.message_id)
        return found

    def states(self, table: str) -> list[str]:
        """The state of every row, as it lies on disk."""
        with sqlite3.connect(self.folder / "data" / "meetbot.db") as connection:
            found = [
                state
                for (state,) in connection.execute(
                    {
                        "due": "SELECT state FROM due",
                        "message": "SELECT state FROM message",
                    }[table]
                )
            ]
        connection.close()
        return found

    def at_zoom(self) -> list[dict[str, Any]]:
        """The meetings that stand there."""
        with urllib.request.urlopen(f"{self.zoom}/_sandbox/state") as answer:
            return [one for one in json.load(answer)["meetings"] if not one["deleted"]]

    def printed(self) -> str:
        """Everything that any process of this deployment has printed."""
        return "".join(self._printed) + (self.log.read_text() if self.log.exists() else "")

    def end(self) -> None:
        for process in self._running:
            process.kill()
            process.wait()


def stop(process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGTERM) -> int:
    """Send the signal; the exit code."""
    process.send_signal(number)
    return process.wait(timeout=15)


@contextmanager
def sandbox(folder: Path) -> Iterator[str]:
    """Zoom's stand-in as a process of its own; its address."""
    script = f"from meetbot.sandbox import server; server.run(plan='business', limits=False, client_secret={SECRET!r})"
    process = subprocess.Popen([sys.executable, "-c", script], cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
    finally:
        process.kill()
        process.communicate()
