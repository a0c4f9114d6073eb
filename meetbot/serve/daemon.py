"""The daemon. The database says what is due; APScheduler is the bell that rings when the next row falls due."""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from meetbot import bootstrap, metrics
from meetbot.core.model import Programme
from meetbot.errors import Interrupted, StoreAway
from meetbot.serve.lease import Lease
from meetbot.serve.passes import PASSES, Pass
from meetbot.store import bell, claims, due, nodes, outbox
from meetbot.store.due import Kind

log = structlog.get_logger("serve")

#: Another process may have written rows, the lease must be renewed, the database may be back: look this often.
_LOOK = timedelta(seconds=1)
#: SIGTERM waits this long for what has begun.
_PATIENCE = timedelta(seconds=20)
#: A pass that broke on something unforeseen is not tried again at once.
_AFTER_A_BREAK = timedelta(seconds=30)
_SUPERSEDED = "paused or cut off for longer than its lease; another process took its work over. A new life begins"


class Daemon:
    """Runs the passes whenever something is due, until it is told to stop.

    The bell only wakes `run`; `run` starts the passes that have something to do, each kind at most once at a time, so
    that a slow answer from Zoom or the mail server holds up no cue. When another process takes the place of its life,
    it lets go of everything and begins a new one; while the database is away it begins nothing, and looks each second.
    """

    def __init__(
        self,
        app: bootstrap.App,
        passes: Mapping[Kind, Pass] = PASSES,
        *,
        cues_wait: Callable[[], bool] = lambda: False,
    ) -> None:
        """`cues_wait`: asked before each cue whether the clock can be believed (`clockwatch`)."""
        self._app = app
        self._cues_wait = cues_wait
        self._acting = app  # as the passes of the present life may use it
        self._passes = passes
        self._lease = Lease(app.store, bootstrap.node_name(app.settings), app.fence)
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._rung = asyncio.Event()
        self._stopping = False
        self._superseded = False
        self._running: dict[Kind, asyncio.Task[None]] = {}
        self._resting: dict[Kind, datetime] = {}  # kinds that are left alone, and until when
        self._broken_off: set[Kind] = set()  # kinds whose pass was interrupted and may have left rows claimed
        self._looked_at = 0.0
        self._away_since: float | None = None

    async def run(self) -> None:
        """Take over what stopped lives left, act whenever the bell rings until `stop`, then finish what has begun."""
        self._scheduler.start()
        try:
            while not self._stopping:
                await self._live()
        finally:
            self._scheduler.shutdown(wait=False)
        log.info("serve.stopped", node=str(self._lease.life))

    async def _live(self) -> None:
        """One life, from its beginning to its end; without a database only a try to begin one."""
        if not await self._reaches_store(self._lease.begin()):
            await asyncio.sleep(_LOOK.total_seconds())
            return
        self._begin_life()
        beside = [asyncio.create_task(one) for one in (self._keep_looking(), self._listen(), self._keep_taking_over())]
        try:
            while not (self._stopping or self._superseded):
                await self._act()
                await self._rung.wait()
                self._rung.clear()
            await self._finish_what_has_begun()
        finally:
            await _cancelled(*beside, *self._running.values())
        if self._superseded:
            log.warning("serve.superseded", node=str(self._lease.life), reason=_SUPERSEDED)
        else:
            await self._lease.end()

    def _begin_life(self) -> None:
        life = self._lease.life
        self._acting = self._app.under(life)
        self._superseded = False
        self._broken_off.clear()
        self._looked_at = time.monotonic()
        log.info("serve.started", node=str(life))
        self._note_resumed(life.resumed)

    def stop(self) -> None:
        """Claim nothing new; `run` returns when started work is done."""
        self._stopping = True
        self._rung.set()

    async def wake(self) -> None:
        """Look at the store now: rows were written, or the clock has leapt."""
        self._rung.set()

    @property
    def stopping(self) -> bool:
        """It was told to stop."""
        return self._stopping

    @property
    def idle(self) -> bool:
        """No pass is running."""
        return not self._running

    @property
    def since_look(self) -> timedelta:
        """How long ago, in real time, the loop last looked at the store."""
        return timedelta(seconds=time.monotonic() - self._looked_at)

    async def _keep_looking(self) -> None:
        """Say each second that this life goes on; whatever else is to be seen in the store, the ring lets it be."""
        while True:
            await asyncio.sleep(_LOOK.total_seconds())
            if await self._reaches_store(self._look()):
                self._rung.set()

    async def _look(self) -> None:
        self._superseded = not await self._lease.renew()
        self._looked_at = time.monotonic()

    async def _keep_taking_over(self) -> None:
        """Beside the renewal, which must not wait for what a paused process keeps locked."""
        while True:
            await asyncio.sleep(_LOOK.total_seconds())
            try:
                self._note_resumed(await self._lease.take_over())
            except StoreAway:  # the look tells of it
                # It was away for the others too: whoever lives must have the time to say so.
                await asyncio.sleep(nodes.LEASE.total_seconds())

    def _note_resumed(self, rows: int) -> None:
        if rows:
            metrics.TAKEOVERS.inc(rows)
            log.info("serve.resumed", node=str(self._lease.life), rows=rows)
            self._rung.set()

    async def _listen(self) -> None:
        """Let the store's own bell ring too, where it has one."""
        while bell.hangs_in(self._app.store):
            try:
                async with aclosing(bell.rings(self._app.store)) as rings:
                    async for _ in rings:
                        self._rung.set()
            except StoreAway:
                await asyncio.sleep(_LOOK.total_seconds())

    async def _reaches_store(self, work: Coroutine[None, None, None]) -> bool:
        """Do it; False when the store is away. Of each time it is away the log speaks once, and once of its end."""
        try:
            await work
        except StoreAway as error:
            if self._away_since is None:
                self._away_since = time.monotonic()
                log.error("serve.store_away", reason=str(error))
            return False
        if self._away_since is not None:
            log.warning("serve.store_back", seconds=round(time.monotonic() - self._away_since))
            self._away_since = None
        return True

    async def _act(self) -> None:
        """Begin what is due and set the bell, unless this process may not act now; the next look rings anyway."""
        if not self._app.fence.open:
            return
        try:
            await self._give_back_what_broke_off()
            await self._begin_passes()
            await self._set_bell()
        except Interrupted as error:
            log.debug("serve.interrupted", reason=str(error))
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE):
                raise
            log.error("serve.no_file_free", reason=error.strerror)

    async def _set_bell(self) -> None:
        """Let the bell ring when the next row falls due that no running pass will see to."""
        async with self._app.store.reading() as tx:
            next_at = await due.next_at(tx, beside=(*self._running, *self._at_rest()))
        if next_at is not None and (delay := self._app.clock.real_delay(next_at)) <= _LOOK:
            at = datetime.now(UTC) + delay
            one_bell = {"id": "bell", "replace_existing": True, "misfire_grace_time": None, "coalesce": True}
            self._scheduler.add_job(self.wake, "date", run_date=at, **one_bell)

    async def _begin_passes(self) -> None:
        programme = await self._app.programme()
        if programme is None:
            return
        async with self._app.store.reading() as tx:
            kinds = await due.kinds_due(tx, now=self._app.clock.now())
        for kind in kinds:
            if kind not in self._running and kind not in self._at_rest() and not self._stopping:
                self._running[kind] = asyncio.create_task(self._pass(kind, programme), name=kind)

    async def _pass(self, kind: Kind, programme: Programme) -> None:
        try:
            await self._passes[kind](self._acting, programme, self._app.clock.now(), self._owner(kind))
        except Interrupted as error:
            log.warning("serve.pass_broken_off", kind=kind, reason=str(error))
            self._broken_off.add(kind)
        except Exception as error:
            # One row that nobody foresaw must not stop the others: it waits, and status shows it.
            log.exception("serve.pass_broke", kind=kind)
            metrics.PASSES_BROKEN.labels(kind).inc()
            await self._put_back(kind, f"{type(error).__name__}: see the log")
        finally:
            del self._running[kind]
            self._rung.set()

    def _owner(self, kind: Kind) -> str:
        return f"{self._lease.life}/{kind}"

    def _at_rest(self) -> tuple[Kind, ...]:
        now = self._app.clock.now()
        resting = tuple(kind for kind, until in self._resting.items() if now < until)
        return (*resting, Kind.CUE) if self._cues_wait() else resting

    async def _put_back(self, kind: Kind, reason: str) -> None:
        later = self._app.clock.now() + _AFTER_A_BREAK
        try:
            async with self._acting.store.transaction() as tx:
                rows = await claims.put_back(tx, self._owner(kind), later, reason)
                await outbox.reopen_interrupted(tx)
        except Interrupted:
            self._broken_off.add(kind)
            return
        if rows == 0:  # the claim itself broke: only a rest keeps it from breaking again at once
            self._resting[kind] = later

    async def _give_back_what_broke_off(self) -> None:
        broken_off = self._broken_off - self._running.keys()
        if broken_off:
            async with self._acting.store.transaction() as tx:
                for kind in broken_off:
                    await claims.give_back(tx, self._owner(kind), "broken off; goes on")
                await outbox.reopen_interrupted(tx)
            self._broken_off -= broken_off

    async def _finish_what_has_begun(self) -> None:
        """Wait for it, unless another has taken the place of this life: then nothing of it may go on."""
        if self._running and not self._superseded:
            await asyncio.wait(self._running.values(), timeout=_PATIENCE.total_seconds())


async def _cancelled(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
