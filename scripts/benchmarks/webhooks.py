"""2,000 signed events in ten seconds over 50 connections into `meetbot serve`, killed afterwards and in the middle.

SQLite with synchronous=FULL, a programme applied, Zoom's stand-in beside it: the service does all it does otherwise.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import os
import re
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scripts.benchmarks.figures import Figure, show

_EVENTS = 2000
_SECONDS = 10
_CONNECTIONS = 50
_SECRET = "bench"
_MEETBOT = str(Path(sys.executable).with_name("meetbot"))
_SANDBOX = "from meetbot.sandbox import server; server.run(plan='business', limits=False)"
_PROGRAMME = Path("config/launch.yaml")


@dataclass
class Burst:
    """What came of the events of one burst."""

    took: list[float] = field(default_factory=list)  #: seconds from when each should have left to its answer
    thanked: list[bytes] = field(default_factory=list)  #: bodies that were answered 200
    refused: int = 0


def events(meeting: str, uuid: str) -> Iterator[bytes]:
    """People join, each under another name."""
    now = datetime.now(UTC)
    for number in range(_EVENTS):
        who = {"user_id": str(number), "participant_uuid": f"P{number}", "user_name": f"Sok Dara {number}"}
        known = {"email": f"dara{number}@npic.example", "registrant_id": f"R{number}", "public_ip": "192.0.2.1"}
        participant = {**who, **known, "join_time": f"{now:%Y-%m-%dT%H:%M:%SZ}"}
        object_ = {"id": meeting, "uuid": uuid, "host_id": "host", "topic": "Launch", "type": 2, "duration": 180}
        payload = {"account_id": "sandbox", "object": {**object_, "participant": participant}}
        event_ts = int(now.timestamp() * 1000)
        yield json.dumps({"event": "meeting.participant_joined", "event_ts": event_ts, "payload": payload}).encode()


def request(body: bytes) -> bytes:
    timestamp = str(int(time.time()))
    signature = hmac.digest(_SECRET.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hex()
    lines = (
        "POST /zoom/webhook HTTP/1.1",
        "host: meetbot.example",
        "user-agent: Zoom Marketplace/1.0a",
        "content-type: application/json; charset=utf-8",
        f"content-length: {len(body)}",
        f"x-zm-request-timestamp: {timestamp}",
        f"x-zm-signature: v0={signature}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def send(port: int, bodies: Sequence[bytes]) -> Burst:
    """The burst, evenly spread; whoever is killed meanwhile answers no more."""
    burst = Burst()
    began = time.perf_counter() + 0.2
    turns = [range(number, len(bodies), _CONNECTIONS) for number in range(_CONNECTIONS)]
    await asyncio.gather(*(_connection(port, bodies, turn, began, burst) for turn in turns))
    return burst


async def _connection(port: int, bodies: Sequence[bytes], turn: range, began: float, burst: Burst) -> None:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in turn:
            due = began + number * _SECONDS / _EVENTS
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            writer.write(request(bodies[number]))
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.I)
            await reader.readexactly(int(length[1]) if length else 0)
            burst.took.append(time.perf_counter() - due)
            if b" 200 " in head.split(b"\r\n")[0]:
                burst.thanked.append(bodies[number])
            else:
                burst.refused += 1
        writer.close()


def missing(folder: Path, bodies: Sequence[bytes]) -> int:
    """How many of these are not on disk, as the next start would find it."""
    with contextlib.closing(sqlite3.connect(folder / "data/meetbot.db")) as store:
        there = {row[0] for row in store.execute("SELECT fingerprint FROM inbox")}
    return sum(hashlib.sha256(body).hexdigest() not in there for body in bodies)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def office(folder: Path) -> Iterator[dict[str, str]]:
    """A folder with the launch applied for tomorrow, and the environment of its commands."""
    process = subprocess.Popen([sys.executable, "-c", _SANDBOX], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        zoom = process.stdout.readline().split()[-1]
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MEETBOT_")},
            "MEETBOT_DATA_DIR": str(folder / "data"),
            **{f"MEETBOT_ZOOM_{name}": "sandbox" for name in ("ACCOUNT_ID", "CLIENT_ID", "CLIENT_SECRET")},
            "MEETBOT_ZOOM_API_URL": f"{zoom}/v2",
            "MEETBOT_ZOOM_TOKEN_URL": f"{zoom}/oauth/token",
            "MEETBOT_ZOOM_WEBHOOK_SECRET": _SECRET,
            "MEETBOT_WEB_PORT": str(free_port()),
            "MEETBOT_HEALTH_PORT": str(free_port()),
        }
        tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
        (folder / "launch.yaml").write_text(_PROGRAMME.read_text().replace("2021-11-10", tomorrow.isoformat()))
        subprocess.run(
            [_MEETBOT, "apply", "launch.yaml", "--yes"],
            env=environment,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        yield environment
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def serving(folder: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The service, once it listens."""
    process = subprocess.Popen([_MEETBOT, "serve"], env=environment, cwd=folder, stderr=subprocess.DEVNULL)
    address = ("127.0.0.1", int(environment["MEETBOT_WEB_PORT"]))
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(address):
                break
            time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait()


def launch(folder: Path, environment: dict[str, str]) -> str:
    """The id that the launch has at Zoom."""
    status = subprocess.run(
        [_MEETBOT, "status", "--json"], env=environment, cwd=folder, capture_output=True, check=True
    )
    return str(next(one["zoom_id"] for one in json.loads(status.stdout)["meetings"] if one["zoom_id"]))


async def killed_after(process: subprocess.Popen[bytes], seconds: float) -> None:
    await asyncio.sleep(seconds)
    process.send_signal(signal.SIGKILL)


async def measure(folder: Path, environment: dict[str, str], meeting: str) -> tuple[Burst, Burst]:
    """A whole burst, and one in the middle of which the service is killed."""
    port = int(environment["MEETBOT_WEB_PORT"])
    with serving(folder, environment) as process:
        whole = await send(port, list(events(meeting, "first==")))
        process.send_signal(signal.SIGKILL)
    with serving(folder, environment) as process:
        killing = asyncio.create_task(killed_after(process, _SECONDS / 2))
        broken = await send(port, list(events(meeting, "second==")))
        await killing
    return whole, broken


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="meetbot-bench-") as name, office(Path(name)) as environment:
        whole, broken = asyncio.run(measure(Path(name), environment, launch(Path(name), environment)))
        lost = missing(Path(name), whole.thanked), missing(Path(name), broken.thanked)
    hundredths = statistics.quantiles(whole.took, n=100)
    show(
        "webhooks",
        [
            Figure("events sent over 50 connections in 10 s", len(whole.took), ""),
            Figure("acknowledged after, p50", hundredths[49] * 1000, "ms"),
            Figure("acknowledged after, p99", hundredths[98] * 1000, "ms", 200),
            Figure("acknowledged after, the longest", max(whole.took) * 1000, "ms", 2500),
            Figure("not acknowledged", _EVENTS - len(whole.thanked), "", 0),
            Figure("acknowledged and not on disk after kill -9", lost[0], "", 0),
            Figure("acknowledged before kill -9 in the middle", len(broken.thanked), ""),
            Figure("of these not on disk", lost[1], "", 0),
        ],
    )


if __name__ == "__main__":
    main()
