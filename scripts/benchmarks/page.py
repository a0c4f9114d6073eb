"""The page of one focal point: how soon its first byte comes at 50 requests a second, and how much goes over the wire.

The service with the launch applied, its pairs taken in, and a connection of its own for each visit, as phones have.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from meetbot.core.delegations import Pairing
from meetbot.flows import bilaterals, programme
from meetbot.store import engine, page_links, seal
from meetbot.store.page_links import Purpose
from meetbot.web import style
from scripts.benchmarks.figures import Figure, show
from scripts.benchmarks.office import office, serving

_A_SECOND, _SECONDS = 50, 20
_ORGANISATION = "cvt"


async def link(folder: Path) -> str:
    """The path of the page, with all the pairs that the programme's sides allow, in five days to come."""
    now = datetime.now(UTC)
    data = folder / "data"
    store = await engine.open_store(f"sqlite+aiosqlite:///{data / 'meetbot.db'}", seal.from_settings("", data))
    await programme.apply(store, _moved((folder / "launch.yaml").read_text(), now), "launch.yaml", now=now, by="bench")
    async with store.reading() as tx:
        in_force = await programme.in_force(tx)
    assert in_force.bilaterals is not None
    ours, theirs = in_force.bilaterals.sides
    await bilaterals.take_in(store, in_force, [Pairing(a, b) for a in ours for b in theirs], now=now, by="bench")
    async with store.transaction() as tx:
        until = now + timedelta(days=1)
        made = await page_links.issue(tx, store.links, Purpose.BILATERALS, _ORGANISATION, expires_at=until, now=now)
        token = await page_links.token(tx, store.links, made)
    await store.aclose()
    return f"/b/{token}"


def _moved(text: str, now: datetime) -> str:
    """The programme with its bilaterals from the Monday after next to that week's Friday."""
    monday = now.date() + timedelta(days=14 - now.weekday())
    days = {"2021-11-15": monday, "2021-11-19": monday + timedelta(days=4), "2021-11-12": monday - timedelta(days=3)}
    for written, day in days.items():
        text = text.replace(written, str(day))
    return text


async def visit(port: int, path: str, due: float = 0.0) -> tuple[float, bytes]:
    """Seconds from when it should have been asked for to its first byte, and all bytes of the answer."""
    await asyncio.sleep(max(due - time.perf_counter(), 0))
    began = due or time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = f"GET {path} HTTP/1.1", "host: meetbot.example", "accept-encoding: gzip", "connection: close"
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    first = await reader.readexactly(1)
    took = time.perf_counter() - began
    whole = first + await reader.read()
    writer.close()
    return took, whole


async def measure(port: int, path: str) -> tuple[Sequence[float], int, int, int]:
    """First bytes of all visits, bytes of page and sheet, and how many were not answered 200."""
    for _ in range(20):
        await visit(port, path)
    began = time.perf_counter() + 0.2
    visits = [visit(port, path, began + number / _A_SECOND) for number in range(_A_SECOND * _SECONDS)]
    answers = await asyncio.gather(*visits)
    refused = sum(b" 200 " not in whole[:20] for _, whole in answers)
    return [took for took, _ in answers], len(answers[0][1]), len((await visit(port, style.ADDRESS))[1]), refused


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="meetbot-bench-") as name, office(Path(name)) as environment:
        folder, port = Path(name), int(environment["MEETBOT_WEB_PORT"])
        path = asyncio.run(link(folder))
        with serving(folder, {**environment, "MEETBOT_PUBLIC_URL": f"http://127.0.0.1:{port}"}):
            took, page, sheet, refused = asyncio.run(measure(port, path))
    hundredths = statistics.quantiles(took, n=100)
    show(
        "page",
        [
            Figure(f"visits at {_A_SECOND} a second", len(took), ""),
            Figure("first byte, p50", hundredths[49] * 1000, "ms"),
            Figure("first byte, p99", hundredths[98] * 1000, "ms", 50),
            Figure("first byte, the longest", max(took) * 1000, "ms"),
            Figure("not answered 200", refused, "", 0),
            Figure("the page with its headers", page / 1000, "kB"),
            Figure("the whole first visit", (page + sheet) / 1000, "kB", 20),
        ],
    )


if __name__ == "__main__":
    main()
