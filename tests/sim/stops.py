"""Where whoever acts can be stopped: before and after each effect. One goes on at a time, and the seed says who."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from meetbot.store.engine import Store, Transaction
from tests.sim.still import Loop


class Killed(BaseException):
    """The process ended here; nothing that it had in memory is left."""


@dataclass(eq=False)
class Process:
    """Something that a kill ends as a whole: a node, or one command at a desk."""

    name: str
    alive: bool = True
    paused: bool = False
    actors: list[Actor] = field(default_factory=list)
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)


@dataclass(eq=False)
class Actor:
    """One pass, one look of a daemon, or one command of a person."""

    name: str
    process: Process
    task: asyncio.Task[Any] | None = None
    committed: int = 0  #: the step of its last commit


_ACTING: ContextVar[Actor | None] = ContextVar("acting", default=None)


def acting() -> Actor | None:
    """Who runs now; None: the simulator itself."""
    return _ACTING.get()


@contextlib.contextmanager
def unstopped() -> Iterator[None]:
    """What is done meanwhile is the simulator's own doing: it is not stopped anywhere."""
    token = _ACTING.set(None)
    try:
        yield
    finally:
        _ACTING.reset(token)


@dataclass(eq=False)
class Stop:
    """Somebody who waits to be let on."""

    actor: Actor
    place: str
    detail: str
    faults: Sequence[str]  #: what can happen to them here instead of going on
    goes_on: asyncio.Future[str]


class Stops:
    """Everybody who waits, and what the seed makes of it."""

    def __init__(self, loop: Loop, chance: random.Random, *, stopping: float) -> None:
        self.waiting: list[Stop] = []
        self.step = 0  #: up at each commit, each effect and each choice
        self.trace: list[str] = []
        self.sometimes: Counter[str] = Counter()
        self._loop = loop
        self._chance = chance
        self.stopping = stopping  #: how often somebody is stopped at all
        self.on_commit: Callable[[], None] = lambda: None
        loop.set_task_factory(self._begun)

    def _begun(self, loop: asyncio.AbstractEventLoop, todo: Any, context: Any = None) -> asyncio.Task[Any]:
        task = asyncio.Task(todo, loop=loop)
        if (actor := acting()) is not None:
            actor.process.tasks.append(task)
        return task

    def begin(self, process: Process, name: str, todo: Coroutine[Any, Any, Any]) -> Actor:
        """Let somebody begin; they run as soon as the loop does."""
        actor = Actor(f"{process.name}:{name}", process, committed=self.step)
        process.actors.append(actor)
        token = _ACTING.set(actor)
        try:
            actor.task = self._loop.create_task(todo)
        finally:
            _ACTING.reset(token)
        actor.task.add_done_callback(lambda _: process.actors.remove(actor))
        return actor

    async def reach(self, place: str, detail: str = "", faults: Sequence[str] = ()) -> str:
        """Somebody comes to a place where they can be stopped; returns what happens to them, "" for nothing."""
        actor = acting()
        if actor is None:
            return ""
        if not actor.process.alive:
            raise Killed
        if not actor.process.paused and self._chance.random() >= self.stopping:
            return ""
        stop = Stop(actor, place, detail, faults, self._loop.create_future())
        self.waiting.append(stop)
        try:
            return await stop.goes_on
        finally:
            if stop in self.waiting:  # cancelled
                self.waiting.remove(stop)

    def able(self) -> list[Stop]:
        """Those who could be let on."""
        return [stop for stop in self.waiting if not stop.actor.process.paused]

    def let_on(self, stop: Stop, happens: str = "") -> None:
        self.waiting.remove(stop)
        if not stop.goes_on.done():
            stop.goes_on.set_result(happens)

    async def kill(self, process: Process) -> None:
        """End the process wherever it is."""
        process.alive = False
        for stop in [one for one in self.waiting if one.actor.process is process]:
            self.waiting.remove(stop)
            if not stop.goes_on.done():
                stop.goes_on.set_exception(Killed())
        await self._loop.come_to_rest()
        for task in process.tasks:
            task.cancel()
        await self._loop.come_to_rest()
        for task in process.tasks:
            if task.done() and not task.cancelled():
                task.exception()  # seen: nobody waits for it any more
        process.tasks.clear()

    def happened(self, what: str) -> None:
        """One of the situations that should be seen sometimes."""
        self.sometimes[what] += 1

    def note(self, line: str) -> None:
        self.trace.append(f"{self.step} {line}")


class StoppingStore(Store):
    """The real store; whoever uses it can be stopped before and after each transaction, but not in it."""

    stops: Stops

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        await self.stops.reach("before a transaction")
        async with super().transaction() as tx:
            yield tx
        self.stops.step += 1
        if (actor := acting()) is not None:
            actor.committed = self.stops.step
        self.stops.on_commit()
        await self.stops.reach("committed")

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        if (actor := acting()) is not None and not actor.process.alive:
            raise Killed
        async with super().reading() as tx:
            yield tx
