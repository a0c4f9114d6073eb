"""From the start of `meetbot serve` to ready with 10,000 open items, and from SIGTERM to its end, on both databases."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

from meetbot.store import due, engine, programmes, seal
from meetbot.store.due import Kind
from scripts.benchmarks.figures import Figure, show
from scripts.benchmarks.office import free_port
from tests import postgres

_OPEN = 10_000
_READY = 5.0  # seconds
_ENDED = 25.0  # seconds
_AS_WRITTEN: dict[str, dict[str, str]] = {"adopted": {}, "starts": {}, "agreed": {}}
_PROGRAMME = Path("config/launch.yaml").read_text()


async def _fill(address: str, folder: Path) -> None:
    """Half of the items fell due while nobody was there, half are due in a day."""
    store = await engine.open_store(address, seal.from_settings("", folder))
    now = datetime.now(UTC)
    async with store.transaction() as tx:
        await programmes.apply(tx, name="launch.yaml", text=_PROGRAMME, **_AS_WRITTEN, now=now, by="bench")
        for kind, due_at in ((Kind.LETTER, now - timedelta(hours=1)), (Kind.REMINDER, now + timedelta(days=1))):
            await due.add_all(tx, kind, ({"subject": str(number), "due_at": due_at} for number in range(_OPEN // 2)))
    await store.aclose()


def _measure(on: str, folder: Path, address: str) -> list[Figure]:
    asyncio.run(_fill(address, folder))
    health = free_port()
    settings = {
        "MEETBOT_DATA_DIR": str(folder),
        "MEETBOT_DATABASE_URL": address,
        "MEETBOT_HEALTH_PORT": str(health),
        "MEETBOT_METRICS_PORT": str(free_port()),
        "MEETBOT_ZOOM_API_URL": "http://127.0.0.1:9/v2",  # nobody answers there
        "MEETBOT_LOG_LEVEL": "ERROR",
    }
    began = time.perf_counter()
    service = subprocess.Popen([sys.executable, "-m", "meetbot", "serve"], env={**os.environ, **settings})
    while not _is_ready(health):
        time.sleep(0.01)
    ready = time.perf_counter() - began
    began = time.perf_counter()
    service.send_signal(signal.SIGTERM)
    code = service.wait(timeout=60)
    ended = time.perf_counter() - began
    return [
        Figure(f"{on}: start to ready with {_OPEN} open items", ready, "s", goal=_READY),
        Figure(f"{on}: SIGTERM to exit", ended, "s", goal=_ENDED),
        Figure(f"{on}: exit code", code, "", goal=0),
    ]


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        figures = _measure("SQLite", Path(made), f"sqlite+aiosqlite:///{made}/meetbot.db")
    with tempfile.TemporaryDirectory() as made, postgres.server() as server:
        figures += _measure("PostgreSQL", Path(made), server.address("meetbot"))
    show("ready", figures)


if __name__ == "__main__":
    main()
