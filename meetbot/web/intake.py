"""Events go to disk before Zoom is thanked for them; all that wait share one transaction, for each costs a sync."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import structlog

from meetbot.store import due, inbox
from meetbot.store.due import Kind
from meetbot.store.engine import Store

log = structlog.get_logger("webhook")

_MOST_WAITING = 1000
_MOST_TOGETHER = 200

_Waiting = tuple[inbox.Arrival, asyncio.Future[bool]]


class Intake:
    """Takes events in, from many requests at once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue(_MOST_WAITING)

    async def take(self, arrival: inbox.Arrival) -> bool:
        """Whether the event is on disk; if not, the sender is to come again."""
        written = asyncio.get_running_loop().create_future()
        try:
            self._waiting.put_nowait((arrival, written))
        except asyncio.QueueFull:
            log.error("webhook.too_many", waiting=_MOST_WAITING)
            return False
        return bool(await written)

    async def run(self) -> None:
        """Write whatever waits, again and again, until cancelled."""
        while True:
            group = [await self._waiting.get()]
            while len(group) < _MOST_TOGETHER and not self._waiting.empty():
                group.append(self._waiting.get_nowait())
            on_disk = await self._write([arrival for arrival, _ in group])
            for _, written in group:
                if not written.done():  # its request was given up
                    written.set_result(on_disk)

    async def _write(self, arrivals: Sequence[inbox.Arrival]) -> bool:
        try:
            async with self._store.transaction() as tx:
                await inbox.put(tx, arrivals, self._store.links)
                await due.add(tx, Kind.INBOX, "all", arrivals[0].received_at)
        except Exception as error:
            # A full disk, a lost database, or what nobody foresaw: nobody is thanked, and the next may go well.
            log.error("webhook.not_written", error=type(error).__name__, events=len(arrivals))
            return False
        return True


@contextlib.asynccontextmanager
async def opened(store: Store) -> AsyncIterator[Intake]:
    """An intake that writes while the block runs."""
    intake = Intake(store)
    writing = asyncio.create_task(intake.run())
    try:
        yield intake
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
