"""100,000 timed actions in a minute, beside APScheduler's own job store; moved at once; three nodes, one killed.

On SQLite, and on PostgreSQL where this machine has it. Lateness is from the due time to the line that the action
writes. On PostgreSQL the peer gets a tenth of the actions: writing 100,000 jobs would take it seven minutes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from meetbot.store import due, engine, programmes, seal
from meetbot.store.due import Kind
from scripts.benchmarks.figures import Figure, show
from tests import postgres

_ACTIONS = 100_000
_OF_THE_PEER = {"SQLite": 100_000, "PostgreSQL": 10_000}
_LATE = 100.0  # ms
_SPREAD = 60.0  # seconds
_LEAD = 6.0  # seconds between the writing of the rows and the first of them
_AS_WRITTEN: dict[str, dict[str, str]] = {"adopted": {}, "starts": {}, "agreed": {}}
_PROGRAMME = Path("config/launch.yaml").read_text()
_LEASE_AND_LOOK = 5.0  # seconds: within this time the rows of a killed node are another's


@dataclass(frozen=True)
class Run:
    """What one run came to."""

    late: Sequence[float]  #: seconds, sorted
    doubled: int
    cpu: float  #: seconds
    peak: float  #: MB

    def at(self, share: float) -> float:
        return self.late[min(int(len(self.late) * share), len(self.late) - 1)] * 1000


async def _write(address: str, folder: Path, actions: int) -> tuple[float, datetime]:
    """Write the rows; returns the seconds that took, and when the first is due."""
    store = await engine.open_store(address, seal.from_settings("", folder))
    try:
        async with store.transaction() as tx:
            now = datetime.now(UTC)
            await programmes.apply(tx, name="launch.yaml", text=_PROGRAMME, **_AS_WRITTEN, now=now, by="bench")
        began = time.perf_counter()
        first = datetime.now(UTC) + timedelta(seconds=_LEAD)
        async with store.transaction() as tx:
            for start in range(0, actions, 10_000):
                await due.add_all(tx, Kind.CUE, _rows(first, start, min(start + 10_000, actions), actions))
        return time.perf_counter() - began, first
    finally:
        await store.aclose()


def _rows(first: datetime, start: int, stop: int, actions: int) -> Iterator[dict[str, object]]:
    for number in range(start, stop):
        yield {"subject": str(number), "due_at": first + timedelta(seconds=_SPREAD * number / actions)}


async def _move(address: str, folder: Path) -> float:
    """Move every waiting row by 12 minutes in one transaction; returns the seconds that took."""
    store = await engine.open_store(address, seal.from_settings("", folder))
    try:
        async with store.reading() as tx:
            ids = [one.id for one in await due.waiting(tx)]
        began = time.perf_counter()
        async with store.transaction() as tx:
            await due.move(tx, ids, timedelta(minutes=12))
        return time.perf_counter() - began
    finally:
        await store.aclose()


def _node(folder: Path, address: str, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "scripts.benchmarks.engine_node", str(folder), address, str(folder / name)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _nodes(folder: Path, address: str, first: datetime, names: Sequence[str], *, kill_after: float = 0) -> Run:
    """Let the nodes act until all is done; with `kill_after` the first of them is killed so many seconds in."""
    running = [_node(folder, address, name) for name in names]
    if kill_after:
        time.sleep(max((first - datetime.now(UTC)).total_seconds() + kill_after, 0))
        running.pop(0).kill()
    time.sleep(max((first - datetime.now(UTC)).total_seconds() + _SPREAD, 0) + 2 * _LEASE_AND_LOOK)
    for one in running:
        one.send_signal(signal.SIGTERM)
    used = [json.loads(one.communicate()[0]) for one in running]
    lines = [line.split() for name in names for line in (folder / name).read_text().splitlines()]
    numbers = {line[0] for line in lines}
    late = sorted(float(line[1]) for line in lines)
    if len(numbers) != _ACTIONS:
        sys.exit(f"{_ACTIONS - len(numbers)} actions were lost")
    return Run(late, len(lines) - len(numbers), sum(one["cpu"] for one in used), max(one["peak"] for one in used))


def _peer(folder: Path, address: str, actions: int) -> tuple[Run, float]:
    lines = folder / "peer"
    command = [sys.executable, "-m", "scripts.benchmarks.engine_peer", address, str(lines), str(actions), str(_SPREAD)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    used = json.loads(done.stdout)
    late = sorted(float(line.split()[1]) for line in lines.read_text().splitlines())
    return Run(late, len(late) - actions, used["cpu"], used["peak"]), used["enqueue"]


def _figures(on: str, who: str, run: Run, *, goal: float | None = None) -> list[Figure]:
    return [
        Figure(f"{on}: {who}, lateness p50", run.at(0.5), "ms"),
        Figure(f"{on}: {who}, lateness p99", run.at(0.99), "ms", goal=goal),
        Figure(f"{on}: {who}, lateness max", run.at(1), "ms"),
        Figure(f"{on}: {who}, processor", run.cpu, "s"),
        Figure(f"{on}: {who}, memory at most", run.peak, "MB"),
    ]


def _measured(on: str, folder: Path, address: str, peer_address: str) -> list[Figure]:
    enqueue, first = asyncio.run(_write(address, folder, _ACTIONS))
    ours = _nodes(folder, address, first, ["one"])
    jobs = _OF_THE_PEER[on]
    peer, peer_enqueue = _peer(folder, peer_address, jobs)
    return [
        Figure(f"{on}: {_ACTIONS} rows written", enqueue, "s"),
        *_figures(on, f"{_ACTIONS} actions", ours, goal=_LATE),
        Figure(f"{on}: done twice", ours.doubled, "actions", goal=0),
        Figure(f"{on}: APScheduler's store, {jobs} jobs written", peer_enqueue, "s"),
        *_figures(on, f"APScheduler's store, {jobs} actions", peer),
    ]


def _moved(on: str, folder: Path, address: str) -> list[Figure]:
    asyncio.run(_write(address, folder, _ACTIONS))
    return [Figure(f"{on}: all moved by 12 minutes in one transaction", asyncio.run(_move(address, folder)), "s")]


def _one_killed(folder: Path, address: str) -> list[Figure]:
    _, first = asyncio.run(_write(address, folder, _ACTIONS))
    run = _nodes(folder, address, first, ["one", "two", "three"], kill_after=_SPREAD / 3)
    return [
        Figure("three nodes, one killed: lateness p99", run.at(0.99), "ms"),
        Figure("three nodes, one killed: its orphans late at most", run.at(1), "ms", goal=_LEASE_AND_LOOK * 1000),
        Figure("three nodes, one killed: done twice (in flight then)", run.doubled, "actions"),
    ]


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def main() -> None:
    figures: list[Figure] = []
    with _folder() as folder:
        ours, theirs = f"sqlite+aiosqlite:///{folder}/ours.db", f"sqlite:///{folder}/theirs.db"
        figures += _measured("SQLite", folder, ours, theirs)
        figures += _moved("SQLite", folder, f"sqlite+aiosqlite:///{folder}/moved.db")
    with _folder() as folder, postgres.server() as server:
        figures += _measured("PostgreSQL", folder, server.address("ours"), server.address("theirs"))
        figures += _moved("PostgreSQL", folder, server.address("moved"))
        figures += _one_killed(folder, server.address("killed"))
    show("engine", figures)


if __name__ == "__main__":
    main()
