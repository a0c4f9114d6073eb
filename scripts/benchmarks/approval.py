"""From a person's approval to the mail server's 250 for the link: ten approvals a second, the real daemon at work.

Nobody wakes the daemon: as from a command in another process, it finds each approval when it looks. Zoom's stand-in
answers without the delay of the real one.
"""

from __future__ import annotations

import asyncio
import email
import statistics
import tempfile
import time
from pathlib import Path

from meetbot import bootstrap, clock, log, serve
from meetbot.core.model import LetterKind
from meetbot.flows import registration
from meetbot.store import outbox
from meetbot.store import registration as store_registration
from scripts.benchmarks import outbox_sink
from scripts.benchmarks.figures import Figure, show
from scripts.benchmarks.outbox import START, forms, office

_RATE = 10  # approvals a second
_APPROVALS = 300
_PATIENCE = 60  # seconds


async def _approved(folder: Path, port: int) -> tuple[dict[str, float], float]:
    """When each link letter's registrant was approved, by Message-ID, and our processor time until all had left."""
    now = clock.FastClock(START, 1)
    async with office(folder, port, now, quota=1) as app:
        programme = await app.needed_programme()
        await registration.submit(app.store, programme, forms(_APPROVALS + 1), now=now.now(), by="bench")
        daemon = serve.Daemon(app)
        running = asyncio.create_task(daemon.run())
        await _accepted(app, LetterKind.RECEIVED)
        processor = time.process_time()
        approved_at = await _approve(app)
        letters = await _accepted(app, LetterKind.LINK)
        processor = time.process_time() - processor
        daemon.stop()
        await running
    return {letters[id_]: at for id_, at in approved_at.items()}, processor


async def _approve(app: bootstrap.App) -> dict[int, float]:
    async with app.store.reading() as tx:
        pending = [one.id for one in await store_registration.listing(tx, "launch") if one.status == "pending"]
    approved_at = {}
    began = time.perf_counter()
    for number, id_ in enumerate(pending):
        await asyncio.sleep(max(began + number / _RATE - time.perf_counter(), 0))
        programme, now = await app.needed_programme(), app.clock.now()
        await registration.decide(app.store, programme, [id_], "approve", reason="", now=now, by="bench")
        approved_at[id_] = time.time()
    return approved_at


async def _accepted(app: bootstrap.App, kind: LetterKind) -> dict[int, str]:
    """Message-IDs by registrant, as soon as everybody's letter of that kind has left."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            async with app.store.reading() as tx:
                gone = await outbox.listing(tx, states=["accepted"], kinds=[kind])
            if len(gone) >= _APPROVALS:
                return {one.message.registrant: one.message_id for one in gone if one.message.registrant is not None}
            await asyncio.sleep(1)


def main() -> None:
    log.configure(level="ERROR")
    with tempfile.TemporaryDirectory() as folder, outbox_sink.running(0) as sink:
        approved_at, processor = asyncio.run(_approved(Path(folder), sink.port))
        taken_at = {str(email.message_from_bytes(one.content)["Message-ID"]): one.at for one in sink.taken()}
    took = [taken_at[message_id] - at for message_id, at in approved_at.items()]
    percentiles = statistics.quantiles(took, n=100)
    show(
        "approval",
        [
            Figure(f"approval to 250, {_RATE} a second, {_APPROVALS} approvals: p50", percentiles[49], "s"),
            Figure("p99", percentiles[98], "s", 2),
            Figure("longest", max(took), "s"),
            Figure("own processor time, each approval", 1000 * processor / _APPROVALS, "ms"),
        ],
    )


if __name__ == "__main__":
    main()
