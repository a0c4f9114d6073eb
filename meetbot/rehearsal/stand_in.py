"""The Zoom sandbox as a process of its own, and the strings by which a rehearsal moves it. Plain HTTP on loopback."""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from meetbot.errors import MeetbotError

_START_SECONDS = 20
_NEVER_BACK = 400  # the answer of a clock that is to go back
ACCOUNT = "sandbox"
#: The sandbox is on this machine: not to be sought through the office's proxy.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class StandIn:
    """A running sandbox."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def leap(self, to: datetime) -> None:
        """Let it be `to` there, or later if it is so by itself already."""
        try:
            await self._call("clock", {"now": to.isoformat()})
        except urllib.error.HTTPError as refusal:
            if refusal.code != _NEVER_BACK:
                raise

    async def people(self, actions: Sequence[Mapping[str, Any]]) -> None:
        """Who joins, leaves or starts the meeting, and when."""
        if actions:
            await self._call("people", list(actions))

    async def register(self, form: Mapping[str, Any]) -> None:
        """Somebody fills in Zoom's own registration page."""
        await self._call("register", form)

    async def state(self) -> dict[str, Any]:
        """All that Zoom would hold, without secrets."""
        found: dict[str, Any] = await self._call("state")
        return found

    async def ledger(self) -> list[dict[str, Any]]:
        """Every request and every effect that it saw."""
        found: list[dict[str, Any]] = (await self._call("ledger"))["entries"]
        return found

    async def _call(self, what: str, body: object = None) -> Any:
        return await asyncio.to_thread(self._call_now, what, body)

    def _call_now(self, what: str, body: object) -> Any:
        request = urllib.request.Request(
            f"{self.url}/_sandbox/{what}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with DIRECT.open(request, timeout=30) as answer:
            content = answer.read()
        return json.loads(content) if content else None


@asynccontextmanager
async def running(
    *, start: datetime, speed: float, seed: int, ledger: Path, limits: bool = True
) -> AsyncIterator[StandIn]:
    """A sandbox on a free port for as long as the block runs; without `limits` it never answers 429.

    Interpretation is switched on there, as in an account whose meetings are interpreted.
    """
    arguments = ["--port", "0", "--seed", str(seed), "--speed", str(speed), "--ledger", str(ledger)]
    arguments += ["--interpretation", *([] if limits else ["--no-limits"])]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "meetbot.sandbox", *arguments, "--start", f"{start:%Y-%m-%dT%H:%M:%SZ}"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield StandIn(await _address(process))
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), _START_SECONDS)
    url = line.decode().strip().rpartition(" ")[2]
    if not url.startswith("http"):
        raise MeetbotError("the Zoom sandbox did not start; run `meetbot sandbox` to see why")
    return url
