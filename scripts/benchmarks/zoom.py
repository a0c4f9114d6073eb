"""1,000 meetings for ten hosts, made in the sandbox at Zoom's own limits; beside two other clients, if they can be had.

Real time, answers 150 ms late, creations counted as Medium. The limit is a bucket: one second's calls are saved up.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from meetbot import clock, log
from meetbot.core.remote import PlannedMeeting, RemoteMeeting
from meetbot.zoom import auth, client, limits
from scripts.benchmarks.figures import Figure, show

_MEETINGS = 1000
_HOSTS = [f"host{number}@bench.example" for number in range(10)]
_FAULTS = "zoom:\n  - {when: {path: '/v2/**'}, do: {delay: 0.15}}\n"
_ACCOUNT = "sandbox"
_PEERS = ("zoomus==1.2.1", "pyzoom==1.0.8")
_PEER_SCRIPT = Path(__file__).with_name("zoom_peers.py")
_PLANS = (limits.Plan.PRO, limits.Plan.BUSINESS)


@dataclass(frozen=True)
class Run:
    """What came of one client's work."""

    seconds: float
    made: int  #: meetings that stand in the sandbox
    refused: float  #: share of creations answered 429


@asynccontextmanager
async def sandbox(plan: limits.Plan, folder: Path) -> AsyncIterator[tuple[str, Path]]:
    """The address and the ledger of a new account of that plan, in a process of its own."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        faults, ledger = Path(name, "faults.yaml"), Path(name, "ledger.jsonl")
        await asyncio.to_thread(faults.write_text, _FAULTS)
        arguments = ["--plan", plan, "--create-label", "Medium", "--faults", str(faults), "--ledger", str(ledger)]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "meetbot.sandbox", *arguments, stdout=asyncio.subprocess.PIPE
        )
        try:
            assert process.stdout is not None
            yield (await process.stdout.readline()).decode().split()[-1], ledger
        finally:
            process.terminate()
            await process.wait()


def counted(ledger: Path, seconds: float) -> Run:
    """The run by the sandbox's own book."""
    entries = [json.loads(line) for line in ledger.read_text().splitlines()]
    statuses = [one["status"] for one in entries if one["method"] == "POST" and one["path"].endswith("/meetings")]
    return Run(seconds, statuses.count(201), statuses.count(429) / len(statuses))


async def ours(plan: limits.Plan, folder: Path, *, beside: bool = False) -> Run:
    """Make the meetings with meetbot; `beside` another program that takes half of the account's limit."""
    async with sandbox(plan, folder) as (url, ledger):
        account = auth.Account(_ACCOUNT, _ACCOUNT, _ACCOUNT, f"{url}/v2", f"{url}/oauth/token", plan)
        real = clock.RealClock()
        start = real.now() + timedelta(days=30)
        async with client.Zoom(account, real) as zoom:
            await zoom.scopes()
            other = asyncio.create_task(_other_program(url, limits.RATES[plan][limits.Label.MEDIUM] / 2, beside))
            began = time.perf_counter()
            made: list[RemoteMeeting] = await asyncio.gather(
                *(
                    zoom.create_meeting(
                        PlannedMeeting(f"m{n}", f"r{n}", _HOSTS[n % 10], f"Meeting {n}", "", start, 30, "UTC")
                    )
                    for n in range(_MEETINGS)
                )
            )
            seconds = time.perf_counter() - began
            other.cancel()
        assert len({meeting.id for meeting in made}) == _MEETINGS
        return await asyncio.to_thread(counted, ledger, seconds)


async def _other_program(url: str, rate: float, runs: bool) -> None:
    """Call at that rate, whatever the answers: another label than creations here, the same in the account's book."""
    async with (
        httpx.AsyncClient(base_url=url, limits=httpx.Limits(max_connections=None)) as http,
        asyncio.TaskGroup() as calls,
    ):
        token = await http.post(
            "/oauth/token",
            params={"grant_type": "account_credentials", "account_id": _ACCOUNT},
            auth=(_ACCOUNT, _ACCOUNT),
        )
        headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
        due = time.perf_counter()
        while runs:
            calls.create_task(http.get("/v2/users/other@bench.example/settings", headers=headers))
            due += 1 / rate
            await asyncio.sleep(due - time.perf_counter())


async def peer(python: Path, name: str, way: str, plan: limits.Plan, folder: Path) -> Run:
    """The same meetings by another client, in its own process."""
    async with sandbox(plan, folder) as (url, ledger):
        process = await asyncio.create_subprocess_exec(
            *(str(python), str(_PEER_SCRIPT), name, way, url, str(_MEETINGS), *_HOSTS),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        output, _ = await process.communicate()
        return await asyncio.to_thread(counted, ledger, float(output))


async def peers_at_hand(folder: Path) -> Path | None:
    """A Python that has the other clients; None where no package index is reachable."""
    python = folder / "peers" / "bin" / "python"
    for command in (
        [sys.executable, "-m", "venv", str(folder / "peers")],
        [str(python), "-m", "pip", "install", "--quiet", "--timeout", "10", "--retries", "1", *_PEERS],
    ):
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        if await process.wait():
            return None
    return python


async def measure(folder: Path) -> list[Figure]:
    python = await peers_at_hand(folder)
    figures: list[Figure] = []
    for plan in _PLANS:
        figures += _ours(plan, "", await ours(plan, folder), limits.RATES[plan][limits.Label.MEDIUM], most=1.03)
    if python is None:
        loops = None
        figures.append(Figure("zoomus, pyzoom: not available", 0, ""))
    else:
        # They take minutes and next to no processor time; the limit of no plan touches them.
        loops = asyncio.gather(*(peer(python, name, "loop", limits.Plan.PRO, folder) for name in ("zoomus", "pyzoom")))
    for plan in _PLANS:
        left = limits.RATES[plan][limits.Label.MEDIUM] / 2
        run = await ours(plan, folder, beside=True)
        figures += _ours(plan, ", half taken", run, left, most=1.1)
    if python and loops:
        for name, run in zip(("zoomus", "pyzoom"), await loops, strict=True):
            figures += _theirs(f"pro, {name}, loop", run)
        for plan in _PLANS:
            for name in ("zoomus", "pyzoom"):
                run = await peer(python, name, "threads", plan, folder)
                figures += _theirs(f"{plan}, {name}, 20 threads", run)
    return figures


def _ours(plan: limits.Plan, beside: str, run: Run, rate: float, *, most: float) -> list[Figure]:
    least = (_MEETINGS - limits.RATES[plan][limits.Label.MEDIUM]) / rate
    what = f"{plan}, meetbot{beside}"
    return [
        Figure(f"{what}: time", run.seconds, "s"),
        Figure(f"{what}: time / least possible", run.seconds / least, "times", most),
        Figure(f"{what}: meetings lost or doubled", abs(_MEETINGS - run.made), "", 0),
        Figure(f"{what}: answered 429", run.refused * 100, "%", None if beside else 0.5),
    ]


def _theirs(what: str, run: Run) -> list[Figure]:
    return [
        Figure(f"{what}: time", run.seconds, "s"),
        Figure(f"{what}: meetings lost", _MEETINGS - run.made, ""),
    ]


def main() -> None:
    log.configure(level="ERROR")
    with tempfile.TemporaryDirectory(prefix="meetbot-bench-") as folder:
        figures = asyncio.run(measure(Path(folder)))
    show("zoom", figures)


if __name__ == "__main__":
    main()
