"""Watches this machine's clock: after a step cues wait until it is known to be right, half a minute at most."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import structlog

from meetbot import errors, metrics
from meetbot.bootstrap import App
from meetbot.core import clockwatch
from meetbot.core.clockwatch import Jumped, Reading, Slept
from meetbot.store import audit, nodes

log = structlog.get_logger("clock")

_EVERY = 60  # seconds between two looks at other clocks
_AGAIN = 5  # seconds between two such looks after a step
_ZOOMS, _DATABASES = "Zoom's", "the database's"


def machine() -> Reading:
    """The clocks of this machine. Where it has none that goes on while it sleeps, a sleep looks like a step."""
    running = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return Reading(
        datetime.now(UTC), timedelta(seconds=time.clock_gettime(running)), timedelta(seconds=time.monotonic())
    )


class ClockWatch:
    """Says whether cues wait, and what is wrong with the clock; `run` compares it with others' meanwhile."""

    def __init__(self, app: App, read: Callable[[], Reading] = machine) -> None:
        self.wrong = ""  #: in words; "" while the clock is right, as far as anybody could tell
        self._app = app
        self._read = read
        self._last = read()
        self._cues_wait_until: timedelta | None = None  # by the running clock
        self._stepped: asyncio.Queue[Jumped] = asyncio.Queue()

    def cues_wait(self) -> bool:
        """Whether cues have to wait. Looks at the clocks first, so that none is fired by one that has just been set."""
        now = self._read()
        verdict, self._last = clockwatch.judge(self._last, now), now
        if isinstance(verdict, Jumped):
            self._cues_wait_until = now.running + clockwatch.PAUSE
            self._stepped.put_nowait(verdict)
            metrics.CLOCK_JUMPS.inc()
            log.warning("clock.jumped", by=str(verdict))
        elif isinstance(verdict, Slept):
            log.warning("clock.slept", said=str(verdict))
        return self._cues_wait_until is not None and now.running < self._cues_wait_until

    async def run(self) -> None:
        """Compare our clock with others' every minute and after each step, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(_EVERY):
                    step = await self._stepped.get()
            except TimeoutError:
                await self._compare(ask_zoom=False)
            else:
                await self._after(step)

    async def _after(self, step: Jumped) -> None:
        """Let cues go on as soon as somebody else's clock agrees with ours."""
        began = self._read().running
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(clockwatch.PAUSE.total_seconds()):
                await self._agreed()
        self._cues_wait_until = None
        paused = clockwatch.in_words(self._read().running - began)
        text = f"{step}, cues paused {paused}"
        log.warning("clock.went_on", said=text, wrong=self.wrong)
        await self._write_down(text)

    async def _agreed(self) -> None:
        """Return once another clock says that ours is right."""
        while True:
            if await self._compare(ask_zoom=True) and not self.wrong:
                return
            await asyncio.sleep(_AGAIN)

    async def _compare(self, *, ask_zoom: bool) -> bool:
        """Note what other clocks say of ours; False: there was none to ask."""
        ahead_of = await self._ahead_of(ask_zoom)
        for whose, ahead in ahead_of.items():
            metrics.CLOCK_OFFSET.labels("zoom" if whose == _ZOOMS else "database").set(ahead.total_seconds())
        before, self.wrong = self.wrong, clockwatch.wrong(ahead_of)
        if self.wrong and not before:
            log.error("clock.wrong", said=self.wrong)
            await self._write_down(self.wrong)
        return bool(ahead_of)

    async def _ahead_of(self, ask_zoom: bool) -> Mapping[str, timedelta]:
        found = {_ZOOMS: await self._of_zoom(ask_zoom), _DATABASES: await self._of_database()}
        return {whose: ahead for whose, ahead in found.items() if ahead is not None}

    async def _of_zoom(self, ask: bool) -> timedelta | None:
        if ask:
            if not self._app.settings.zoom_account_id:
                return None
            try:
                await self._app.zoom.check_host("me")
            except errors.ZoomRefused:
                pass  # a refusal tells the time too
            except errors.ZoomError:
                return None
        return await self._app.zoom.clock_ahead()

    async def _of_database(self) -> timedelta | None:
        """None: it has the clock of this machine (SQLite), or does not answer."""
        if not self._app.settings.database.startswith("postgresql"):
            return None
        try:
            async with self._app.store.reading() as tx:
                return self._read().wall - await nodes.clock(tx)
        except errors.StoreAway:
            return None

    async def _write_down(self, text: str) -> None:
        """For `meetbot status`, which another process prints."""
        try:
            async with self._app.store.transaction() as tx:
                await audit.note(tx, now=self._app.clock.now(), who="meetbot", what="clock", subject="", detail=text)
        except errors.StoreAway as error:
            log.error("clock.not_written", reason=str(error))
