"""One seed is one run of a whole programme, from its own store and its own Zoom to its verdict."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest
import structlog

from meetbot import chance
from meetbot.files import programme as programme_file
from meetbot.sandbox import Clock, Sandbox
from meetbot.store import engine, seal
from tests import here
from tests.sim import oracle, people, programme, still
from tests.sim.eye import Eye
from tests.sim.machines import Machines, Node
from tests.sim.play import Play, storm
from tests.sim.stops import StoppingStore, Stops
from tests.sim.ways import Post

_LINKS = seal.Seal(bytes(32))


@dataclass(frozen=True)
class Result:
    """What came of one seed."""

    seed: int
    violations: Sequence[str]
    trace: Sequence[str]
    sometimes: Counter[str]

    @property
    def digest(self) -> str:
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()


def play(seed: int) -> Result:
    """Run that seed; the same seed leaves the same trace."""
    with _alone(seed) as folder:
        shutil.copyfile(_empty_store(), folder / "meetbot.db")
        sandbox = Sandbox(clock=Clock(programme.BEGINS, speed=0, monotonic=lambda: 0.0), plan="business", seed=seed)
        with still.sqlite(sandbox.clock.now), pytest.MonkeyPatch.context() as patch:
            patch.setattr("meetbot.flows.attendance.rendering._asked", here.made)
            return still.run(lambda loop: _play(seed, loop, folder, sandbox))


async def _play(seed: int, loop: still.Loop, folder: Path, sandbox: Sandbox) -> Result:
    drawn = random.Random(f"{seed}:play")
    weather = storm(drawn)
    history = oracle.History()
    stops = Stops(loop, random.Random(f"{seed}:stops"), stopping=weather.stopping)
    opened = await engine.open_store(_address(folder / "meetbot.db"), _LINKS)
    store = StoppingStore(opened.engine, opened.links)
    store.stops = stops
    eye = Eye(folder / "meetbot.db", history)
    machines = Machines(folder, sandbox, store, stops, history, Post(sandbox, stops, history, eye.about))
    machines.shared = weather.two_at_once
    office = people.Office(sandbox, stops, history, drawn)
    run = Play(weather, drawn, machines, [Node(name, machines) for name in ("north", "south")], office, eye)
    await run.days(loop)
    eye.close()
    await store.aclose()
    return Result(seed, run.violations, stops.trace, stops.sometimes)


@contextlib.contextmanager
def _alone(seed: int) -> Iterator[Path]:
    """A folder of its own, and all chance from the seed."""
    logs = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    chance.seed(seed)
    read = programme_file.load
    programme_file.load = lru_cache(maxsize=None)(read)  # the same text is the same programme: most of a run's time
    folder = Path(tempfile.mkdtemp(prefix="sim-", dir=_memory()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
        chance.seed(None)
        programme_file.load = read
        structlog.configure(**logs)


@lru_cache(maxsize=1)
def _empty_store() -> Path:
    """A store with all its tables and nothing in them, made once for all seeds."""
    path = Path(tempfile.mkdtemp(prefix="sim-", dir=_memory())) / "meetbot.db"

    async def make(_: still.Loop) -> None:
        await (await engine.open_store(_address(path), _LINKS)).aclose()

    with still.sqlite(lambda: programme.BEGINS):
        still.run(make)
    return path


def _address(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def _memory() -> Path | None:
    """A folder in memory where there is one: what survives a power cut is not asked here."""
    shared = Path("/dev/shm")
    return shared if shared.is_dir() else None
