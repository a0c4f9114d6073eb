"""The daemon. The database says what is due; APScheduler is the bell that rings when the next row falls due."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from meetbot import bootstrap
from meetbot.core.model import Outcome, Programme
from meetbot.errors import UserError
from meetbot.flows import attendance, inbox, meetings, outbox, registration, rundown
from meetbot.store import due, nodes
from meetbot.store import outbox as store_outbox
from meetbot.store.due import Kind

log = structlog.get_logger("serve")

#: Another process may have written rows: look at least this often.
_LOOK = timedelta(seconds=1)
#: SIGTERM waits this long for what has begun.
_PATIENCE = timedelta(seconds=20)
#: A pass that broke on something unforeseen is not tried again at once.
_AFTER_A_BREAK = timedelta(seconds=30)

#: Half a lease apart: a former life that was killed has lapsed by then, one that lives has not.
_TRIES_TO_BEGIN = 4

Pass = Callable[[bootstrap.App, Programme, datetime, str], Awaitable[Outcome]]

#: Which pass acts on which kind of row.
PASSES: Mapping[Kind, Pass] = {
    Kind.MEETING: lambda app, plan, now, owner: meetings.run(app.store, plan, app.zoom, now=now, owner=owner),
    Kind.PUSH: lambda app, plan, now, owner: registration.push(app.store, plan, app.zoom, now=now, owner=owner),
    Kind.POLL: lambda app, plan, now, owner: registration.poll(app.store, plan, app.zoom, now=now, owner=owner),
    Kind.REMINDER: lambda app, plan, now, owner: registration.remind(app.store, plan, now=now, owner=owner),
    Kind.CUE: lambda app, plan, now, owner: rundown.fire(app.store, plan, app.zoom, now=now, owner=owner),
    Kind.LETTER: lambda app, plan, now, owner: outbox.deliver(app.store, plan, app.transport, now=now, owner=owner),
    Kind.REPORT: lambda app, plan, now, owner: attendance.collect(app.store, plan, app.zoom, now=now, owner=owner),
    Kind.INBOX: lambda app, plan, now, owner: inbox.run(
        app.store,
        plan,
        account_id=app.settings.zoom_account_id,
        listens=bool(app.settings.webhook_secrets),
        now=now,
        owner=owner,
    ),
}


class Daemon:
    """Runs the passes whenever something is due, until it is told to stop.

    The bell only wakes `run`; `run` starts the passes that have something to do, each kind at most once at a time, so
    that a slow answer from Zoom or the mail server holds up no cue.
    """

    def __init__(self, app: bootstrap.App, passes: Mapping[Kind, Pass] = PASSES) -> None:
        self._app = app
        self._passes = passes
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._rung = asyncio.Event()
        self._stopping = False
        self._running: dict[Kind, asyncio.Task[None]] = {}
        self._resting: dict[Kind, datetime] = {}  # kinds whose pass broke, and until when they are left alone
        self._life = nodes.Life("", 0)
        self._superseded = False
        self._looked_at = 0.0

    async def run(self) -> None:
        """Take over what a former life left, act whenever the bell rings until `stop`, then finish what has begun."""
        self._life = await self._begin_life()
        every = {"seconds": _LOOK.total_seconds(), "misfire_grace_time": None, "coalesce": True}
        self._scheduler.add_job(self._look, "interval", **every)
        self._scheduler.start()
        log.info("serve.started", node=str(self._life))
        await self._look()
        while not self._stopping:
            await self._rung.wait()
            self._rung.clear()
            await self._begin_passes()
            await self._set_bell()
        self._scheduler.shutdown(wait=False)
        await self._finish_what_has_begun()
        async with self._app.store.transaction() as tx:
            await nodes.end(tx, self._life, now=self._app.clock.now())
        log.info("serve.stopped", node=str(self._life))
        if self._superseded:
            raise UserError("Another `meetbot serve` has taken over this store; this one has stopped.")

    async def _begin_life(self) -> nodes.Life:
        """A life of this node; after a kill -9 that takes until the lease of the former one has lapsed."""
        for _ in range(_TRIES_TO_BEGIN):
            now = self._app.clock.now()
            async with self._app.store.transaction() as tx:
                if life := await nodes.start(tx, bootstrap.node_name(), now=now):
                    return life
            await self._app.clock.sleep_until(now + nodes.LEASE / 2)
        raise UserError("Another `meetbot serve` works on this store. Stop it first.")

    def stop(self) -> None:
        """Claim nothing new; `run` returns when started work is done."""
        self._stopping = True
        self._rung.set()

    async def wake(self) -> None:
        """Look at the store now: rows were written, or the clock has leapt."""
        self._rung.set()

    @property
    def idle(self) -> bool:
        """No pass is running."""
        return not self._running

    @property
    def since_look(self) -> timedelta:
        """How long ago, in real time, the loop last looked at the store."""
        return timedelta(seconds=time.monotonic() - self._looked_at)

    async def _look(self) -> None:
        """Say that this node lives; another process may have written rows meanwhile."""
        async with self._app.store.transaction() as tx:
            if not await nodes.renew(tx, self._life, now=self._app.clock.now()):
                log.error("serve.superseded", node=str(self._life))
                self._superseded = True
                self.stop()
        self._looked_at = time.monotonic()
        self._rung.set()

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
        if programme is None or self._stopping:
            return
        async with self._app.store.reading() as tx:
            kinds = await due.kinds_due(tx, now=self._app.clock.now())
        for kind in kinds:
            if kind not in self._running and kind not in self._at_rest():
                self._running[kind] = asyncio.create_task(self._pass(kind, programme), name=kind)

    async def _pass(self, kind: Kind, programme: Programme) -> None:
        owner = f"{self._life}/{kind}"
        try:
            await self._passes[kind](self._app, programme, self._app.clock.now(), owner)
        except Exception as error:
            # One row that nobody foresaw must not stop the others: it waits, and status shows it.
            # Where the claim itself broke, no row is put back: then only the rest keeps it from breaking again at once.
            log.exception("serve.pass_broke", kind=kind)
            self._resting[kind] = self._app.clock.now() + _AFTER_A_BREAK
            await self._put_back(owner, f"{type(error).__name__}: see the log")
        finally:
            del self._running[kind]
            self._rung.set()

    def _at_rest(self) -> tuple[Kind, ...]:
        now = self._app.clock.now()
        return tuple(kind for kind, until in self._resting.items() if now < until)

    async def _put_back(self, owner: str, reason: str) -> None:
        async with self._app.store.transaction() as tx:
            await due.put_back(tx, owner, self._app.clock.now() + _AFTER_A_BREAK, reason)
            await store_outbox.reopen_interrupted(tx)

    async def _finish_what_has_begun(self) -> None:
        begun = list(self._running.values())
        if not begun:
            return
        _, late = await asyncio.wait(begun, timeout=_PATIENCE.total_seconds())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


@contextlib.contextmanager
def stopping_on_signals(daemon: Daemon) -> Iterator[None]:
    """SIGTERM and Ctrl+C only say stop; a second Ctrl+C is the shell's own."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, daemon.stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
