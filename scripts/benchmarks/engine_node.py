"""One process of `scripts/bench engine`: the daemon with a pass that writes a line for each action, until stopped.

Arguments: folder, address of the database, file for the lines ("number lateness-in-seconds").
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from datetime import datetime
from pathlib import Path
from typing import TextIO

from meetbot import bootstrap, clock, log, serve
from meetbot.core.model import Outcome, Programme
from meetbot.settings import Settings
from meetbot.store import due
from meetbot.store.due import Kind

_BATCH = 200


def _acting(lines: TextIO) -> serve.Pass:
    async def act(app: bootstrap.App, _programme: Programme, _now: datetime, owner: str) -> Outcome:
        while True:
            async with app.store.transaction() as tx:
                rows = await due.claim(tx, [Kind.CUE], now=app.clock.now(), owner=owner, limit=_BATCH)
            if not rows:
                return Outcome()
            for row in rows:
                lines.write(f"{row.subject} {(app.clock.now() - row.due_at).total_seconds():.6f}\n")
            lines.flush()
            async with app.store.transaction() as tx:
                await due.finish(tx, [row.id for row in rows], owner=owner, now=app.clock.now())

    return act


async def main(folder: Path, address: str, lines: Path) -> None:
    settings = Settings(data_dir=folder, database_url=address, node=lines.stem, log_level="ERROR")
    log.configure(level="ERROR")
    with lines.open("w") as file:
        async with bootstrap.opened(settings, clock.RealClock()) as app:
            daemon = serve.Daemon(app, {Kind.CUE: _acting(file)})
            with serve.stopping_on_signals(daemon):
                await daemon.run()
    used = resource.getrusage(resource.RUSAGE_SELF)
    sys.stdout.write(json.dumps({"cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1024}))


asyncio.run(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
