"""2,000 signed events in ten seconds over 50 connections into `meetbot serve`, killed afterwards and in the middle.

SQLite with synchronous=FULL, a programme applied, Zoom's stand-in beside it: the service does all it does otherwise.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import re
import signal
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from scripts.benchmarks.figures import Figure, show
from scripts.benchmarks.office import SECRET, launch, office, serving

_EVENTS = 2000
_SECONDS = 10
_CONNECTIONS = 50


@dataclass
class Burst:
    """What came of the events of one burst."""

    took: list[float] = field(default_factory=list)  #: seconds from when each should have left to its answer
    thanked: list[bytes] = field(default_factory=list)  #: bodies that were answered 200
    refused: int = 0


def events(meeting: str, uuid: str, number_of: int = _EVENTS) -> Iterator[bytes]:
    """People join, each under another name."""
    now = datetime.now(UTC)
    for number in range(number_of):
        who = {"user_id": str(number), "participant_uuid": f"P{number}", "user_name": f"Sok Dara {number}"}
        known = {"email": f"dara{number}@npic.example", "registrant_id": f"R{number}", "public_ip": "192.0.2.1"}
        participant = {**who, **known, "join_time": f"{now:%Y-%m-%dT%H:%M:%SZ}"}
        object_ = {"id": meeting, "uuid": uuid, "host_id": "host", "topic": "Launch", "type": 2, "duration": 180}
        payload = {"account_id": "sandbox", "object": {**object_, "participant": participant}}
        event_ts = int(now.timestamp() * 1000)
        yield json.dumps({"event": "meeting.participant_joined", "event_ts": event_ts, "payload": payload}).encode()


def request(body: bytes) -> bytes:
    timestamp = str(int(time.time()))
    signature = hmac.digest(SECRET.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hex()
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
