"""The process that is killed: the real daemon with its store, its Zoom client, its mail and its webhooks.

Run as a program it only imports everything and then forks one life for each line that it is told: a life begins in a
few milliseconds, and may be killed without harm to the next one. Time is the parent's: both compute the same
programme time from the machine's monotonic clock, and the parent says when it leaps.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
import traceback
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from meetbot import bootstrap, clock, log, serve
from meetbot.errors import StoreAway, UserError
from meetbot.mail import pages
from meetbot.settings import Settings
from meetbot.store import due, engine, outbox
from meetbot.store.due import Kind
from meetbot.store.migrations import upgrade  # noqa: F401  # what takes long to import is there before the first life
from meetbot.web import app as web_app
from tests.crash import points, scenario

#: These only look whether something has changed; nobody waits for them while nothing has.
_LOOKS = (Kind.MEETING, Kind.POLL, Kind.INBOX)
_ONLY_A_LOOK = timedelta(seconds=150)
_WORTH_A_LEAP = timedelta(seconds=0.2)
_A_MOMENT = 0.002  # real seconds
_STARTED_LATELY = timedelta(seconds=10)


class _Life:
    """One process, from its start to its end or its kill, spoken to in lines of JSON."""

    def __init__(self, told: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._settings = Settings(**told["settings"])
        self._clock = clock.FastClock(scenario.BEGINS, told["rate"])
        self._set(told["clock"])
        self._reader = reader
        self._writer = writer

    async def run(self) -> None:
        async with bootstrap.opened(self._settings, self._clock) as app:
            self._daemon = serve.Daemon(app)
            async with web_app.served(app):
                serving = asyncio.create_task(self._daemon.run())
                obeying = asyncio.create_task(self._obey(app))
                await asyncio.wait({serving, obeying}, return_when=asyncio.FIRST_COMPLETED)
                self._daemon.stop()
                await serving
                await obeying
                await self._say(done=await _end_state(app))

    async def _obey(self, app: bootstrap.App) -> None:
        while self._daemon.since_look > _STARTED_LATELY:  # noqa: ASYNC110  # the daemon tells nobody
            await asyncio.sleep(_A_MOMENT)
        await self._say(ready=True)
        while line := await self._reader.readline():
            told = json.loads(line)
            self._set(told["clock"])
            match told:
                case {"do": name}:
                    try:
                        await scenario.DESK[name](app)
                    except (StoreAway, UserError) as why:  # a person reads that, and the service goes on
                        await self._say(failed=str(why))
                        continue
                    await self._daemon.wake()
                case {"until": until}:
                    await self._pass_time(app.store, datetime.fromisoformat(until))
                case {"stop": True}:
                    return
            await self._say(done=True)

    async def _pass_time(self, store: engine.Store, until: datetime) -> None:
        """Let programme time pass, leaping over stretches in which nothing is due, until all that was due is done."""
        while True:
            if self._daemon.idle:
                now = self._clock.now()
                next_at = await self._next(store, now)
                if now >= until and (next_at is None or next_at > now):
                    return
                target = min(next_at or until, max(until, now))
                if target - now > _WORTH_A_LEAP and self._daemon.idle:
                    await self._leap(target)
            await asyncio.sleep(_A_MOMENT)

    async def _next(self, store: engine.Store, now: datetime) -> datetime | None:
        async with store.reading() as tx:
            next_at = await due.next_at(tx)
            if next_at is not None and next_at - now > _ONLY_A_LOOK:
                next_at = await due.next_at(tx, beside=_LOOKS)
        return next_at

    async def _leap(self, to: datetime) -> None:
        await self._say(leap=to.isoformat())
        self._set(json.loads(await self._reader.readline()))
        await self._daemon.wake()

    def _set(self, told: dict[str, Any]) -> None:
        """The parent's clock: its programme time at a moment of the machine's monotonic clock."""
        self._clock._origin, self._clock._real_origin = datetime.fromisoformat(told["now"]), told["monotonic"]
        self._clock._leapt.set()
        self._clock._leapt = asyncio.Event()

    async def _say(self, **words: Any) -> None:
        self._writer.write(json.dumps(words).encode() + b"\n")
        await self._writer.drain()


async def _end_state(app: bootstrap.App) -> dict[str, Any]:
    """What an operator would be shown: the states of messages, by Message-ID, and of everything that was due."""
    async with app.store.reading() as tx:
        rows = await due.ended(tx, list(Kind), ["waiting", "claimed", "done", "missed", "failed", "cancelled"])
        messages = await outbox.listing(tx)
    return {
        "messages": {one.message_id: one.state for one in messages},
        "cues": {row.subject: row.state for row in rows if row.kind == Kind.CUE},
        "rows": dict(Counter(f"{row.kind} {row.state}" for row in rows)),
    }


async def _live(told: dict[str, Any]) -> None:
    reader, writer = await asyncio.open_unix_connection(told["line"])
    try:
        await _Life(told, reader, writer).run()
    except BaseException:
        writer.write(json.dumps({"broke": traceback.format_exc()}).encode() + b"\n")
        await writer.drain()
        raise
    finally:
        writer.close()


def _be_born(told: dict[str, Any]) -> None:
    folder = Path(told["folder"])
    errors = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(errors, 2)
    os.dup2(errors, 1)
    log.configure(level="WARNING", console=False)
    kill_at = points.Point(*told["kill_at"]) if told["kill_at"] else None
    points.Points(kill_at, folder / f"points.{told['number']}").watch_everything()
    asyncio.run(_live(told))


def main() -> None:
    """Fork one life for each line on standard input, and answer its process id."""
    templates = pages._templates("en")
    for name in templates.list_templates(extensions=("html", "txt")):
        templates.get_template(name)  # so that no life need compile it
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    for line in sys.stdin.buffer:
        pid = os.fork()
        if not pid:
            try:
                _be_born(json.loads(line))
            finally:
                os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
