"""The processes of a simulated deployment: nodes that run passes, and the desk from which people give commands.

A node does what `meetbot serve` does, step by step: renews its lease, takes over, begins the passes that are due. Its
passes, its lease and its store are the real ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from meetbot import bootstrap
from meetbot.errors import Interrupted
from meetbot.sandbox import Sandbox
from meetbot.serve import PASSES, Kind
from meetbot.serve.lease import Lease
from meetbot.settings import Settings
from meetbot.store import claims, due, nodes, outbox
from meetbot.zoom import auth, client
from tests.sim import oracle
from tests.sim.stops import Actor, Process, StoppingStore, Stops, unstopped
from tests.sim.ways import Clock, Post, ToZoom

_ADDRESS = "http://127.0.0.1:1"
_ACCOUNT = auth.Account("sandbox", "sandbox", "sandbox", f"{_ADDRESS}/v2", f"{_ADDRESS}/oauth/token")
_AFTER_A_BREAK = timedelta(seconds=30)
_RENEWAL = timedelta(seconds=1)


class Machines:
    """What every process of the deployment shares: the world outside and the store."""

    def __init__(
        self, folder: Path, sandbox: Sandbox, store: StoppingStore, stops: Stops, history: oracle.History, post: Post
    ) -> None:
        self.sandbox = sandbox
        self.store = store
        self.stops = stops
        self.history = history
        self.nodes: Sequence[Node] = ()
        self.shared = False  #: two services may act on one store, as on PostgreSQL
        self._post = post
        self._settings = Settings(data_dir=folder, zoom_client_secret=SecretStr("sandbox"))

    async def leap(self, to: datetime) -> None:
        """Time passes for everybody; a service that works has renewed its lease each second of it."""
        self.sandbox.leap(max(to, self.sandbox.clock.now()))
        with unstopped():
            for node in self.nodes:
                await node.renew()

    def app(self, clock: Clock) -> bootstrap.App:
        """What a process that starts now puts together."""
        fence = nodes.Fence(clock.steady)
        transport = ToZoom(self.sandbox, self.stops, self.history)
        zoom = client.Zoom(_ACCOUNT, clock, transport=transport, may_change=fence.check)
        way_out = bootstrap.Fenced(self._post, fence.check)
        return bootstrap.App(self._settings, clock, self.store, zoom, way_out, fence)


class Node:
    """One machine with a service on it, which may be down, paused, or wrong about the time."""

    def __init__(self, name: str, machines: Machines) -> None:
        self.name = name
        self.clock = Clock(machines.sandbox, machines.stops, machines.leap)
        self.process = Process(name, alive=False)
        self.running: dict[Kind, Actor] = {}
        self.begun = 0  #: passes, so far
        self._renewed_at = machines.sandbox.clock.now()
        self._looking: Actor | None = None
        self._machines = machines
        self._stops = machines.stops
        self._history = machines.history
        self._resting: dict[Kind, datetime] = {}

    @property
    def up(self) -> bool:
        return self.process.alive

    @property
    def works(self) -> bool:
        return self.up and not self.process.paused

    @property
    def looks(self) -> bool:
        """A look is under way."""
        return self._looking is not None and self._looking.task is not None and not self._looking.task.done()

    @property
    def has_lease(self) -> bool:
        return self.up and self._lease.life.fencing > 0

    def start(self) -> None:
        """A new process: nothing of the former one is left in memory."""
        self.process = Process(self.name)
        self.app = self._machines.app(self.clock)
        self._lease = Lease(self.app.store, self.name, self.app.fence)
        self._begun()

    def _begun(self) -> None:
        self.running, self._resting, self._broken_off = {}, {}, set[Kind]()

    async def kill(self) -> None:
        """SIGKILL: nobody knows what became of the letters that were under way."""
        self._history.doubts.append(oracle.Doubt(self._stops.step, process=self.name))
        await self._stops.kill(self.process)
        self._begun()

    def pause(self) -> None:
        self.process.paused = True
        self._history.doubts.append(oracle.Doubt(self._stops.step, process=self.name))

    def wake(self) -> None:
        self.process.paused = False
        self._history.doubts.append(oracle.Doubt(self._stops.step, process=self.name))

    def look(self) -> None:
        self._looking = self._stops.begin(self.process, "look", self._look())

    async def renew(self) -> None:
        """What the service does each second whatever else it does."""
        now = self._machines.sandbox.clock.now()
        if self.works and self.has_lease and now - self._renewed_at >= _RENEWAL:
            self._renewed_at = now
            if not await self._lease.renew():
                await self._superseded()

    async def _look(self) -> None:
        """Say that this life goes on, take over what others left, begin what is due."""
        try:
            if not self.has_lease and not await self._begin_life():
                return
            if not await self._lease.renew():
                await self._superseded()
                return
            if await self._lease.take_over():
                self._stops.happened("what a stopped service had begun taken over")
            await self._give_back()
            await self._begin_passes()
        except Interrupted:
            self._stops.happened("a service found while it looked that another acts")
        except Exception as error:
            self._history.broken.append(f"look: {type(error).__name__}: {error}")

    async def _begin_life(self) -> bool:
        """As `Lease.begin`, but that it waits for the next look instead of sleeping."""
        asked_at = self.app.fence.now()
        async with self.app.store.transaction() as tx:
            alone = not self._machines.shared
            life = await nodes.start(tx, self.name, now=await nodes.clock(tx), alone=alone)
        if life is None:
            self._stops.happened("a second service stands by")
            return False
        self._lease.life = life
        self.app.fence.hold(asked_at)
        self._acting = self.app.under(life)
        return True

    async def _superseded(self) -> None:
        """Another node has taken our place: nothing that was begun may go on; a new life when there is room."""
        self._stops.happened("a service found its number old")
        self._history.doubts.append(oracle.Doubt(self._stops.step, process=self.name))
        for actor in self.running.values():
            assert actor.task is not None
            actor.task.cancel()
        self._begun()
        self._lease = Lease(self.app.store, self.name, self.app.fence)

    async def _give_back(self) -> None:
        if broken_off := self._broken_off - self.running.keys():
            async with self._acting.store.transaction() as tx:
                for kind in sorted(broken_off):
                    await claims.give_back(tx, self._owner(kind), "broken off; goes on")
                await outbox.reopen_interrupted(tx)
            self._broken_off -= broken_off

    async def _begin_passes(self) -> None:
        programme = await self.app.programme()
        if programme is None:
            return
        now = self.clock.now()
        async with self.app.store.reading() as tx:
            kinds = await due.kinds_due(tx, now=now)
        for kind in sorted(kinds):
            if kind in PASSES and kind not in self.running and self._resting.get(kind, now) <= now:
                self.begun += 1
                self.running[kind] = self._stops.begin(self.process, kind, self._pass(kind))

    async def _pass(self, kind: Kind) -> None:
        programme = await self.app.needed_programme()
        owner, acting, running, broken_off = self._owner(kind), replace(self._acting), self.running, self._broken_off
        try:
            await PASSES[kind](acting, programme, self.clock.now(), owner)
        except Interrupted:
            self._stops.happened("a pass broken off: another service acts")
            broken_off.add(kind)
        except Exception as error:
            self._history.broken.append(f"{kind}: {type(error).__name__}: {error}")
            self._resting[kind] = self.clock.now() + _AFTER_A_BREAK
        finally:
            running.pop(kind, None)

    def _owner(self, kind: Kind) -> str:
        return f"{self._lease.life}/{kind}"
