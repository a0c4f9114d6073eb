"""The machine's clock is set while the service runs: cues wait, nothing happens twice, and it is written down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from meetbot import bootstrap, clock, sandbox, settings
from meetbot.core.clockwatch import PAUSE, Reading
from meetbot.core.model import Outcome, Programme
from meetbot.flows import programme
from meetbot.serve import Daemon, Pass
from meetbot.serve.beside import beside
from meetbot.serve.clockwatch import ClockWatch
from meetbot.store import audit, due
from meetbot.store.due import Kind
from tests.flows import stage

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


class Machine:
    """Its clocks, moved by hand."""

    def __init__(self) -> None:
        self.clocks = Reading(datetime.now(UTC), timedelta(days=3), timedelta(days=3))

    def __call__(self) -> Reading:
        return self.clocks

    def goes_on(self, duration: timedelta) -> None:
        one = self.clocks
        self.clocks = Reading(one.wall + duration, one.running + duration, one.awake + duration)

    def is_set(self, by: timedelta) -> None:
        self.clocks = replace(self.clocks, wall=self.clocks.wall + by)

    def sleeps(self, duration: timedelta) -> None:
        one = self.clocks
        self.clocks = replace(one, wall=one.wall + duration, running=one.running + duration)


@asynccontextmanager
async def deployed(folder: Path, *, zooms_clock: sandbox.Clock | None = None) -> AsyncIterator[bootstrap.App]:
    """A deployment with Zoom's stand-in, whose clock is that of this machine unless another is given."""
    async with sandbox.Sandbox(clock=zooms_clock or sandbox.Clock(datetime.now(UTC))).serve() as zoom:
        deployment = settings.Settings(
            data_dir=folder / "data",
            zoom_account_id="sandbox",
            zoom_client_id="sandbox",
            zoom_client_secret=SecretStr("sandbox"),
            zoom_api_url=f"{zoom}/v2",
            zoom_token_url=f"{zoom}/oauth/token",
        )
        async with bootstrap.opened(deployment, clock.RealClock()) as opened:
            yield opened


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[bootstrap.App]:
    async with deployed(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("step", [HOUR, -HOUR])
def test_F42_F43_cues_wait_half_a_minute_after_a_step(app: bootstrap.App, step: timedelta) -> None:
    """Both sides of the edge; before it, and after a small correction, nothing waits."""
    machine = Machine()
    watch = ClockWatch(app, machine)
    machine.goes_on(SECOND)
    machine.is_set(SECOND)
    waits = [watch.cues_wait()]

    machine.is_set(step)
    waits += [watch.cues_wait()]
    machine.goes_on(PAUSE - timedelta.resolution)
    waits += [watch.cues_wait()]
    machine.goes_on(timedelta.resolution)
    waits += [watch.cues_wait()]

    assert waits == [False, True, True, False]


def test_F41_after_a_sleep_nothing_waits(app: bootstrap.App) -> None:
    """The clock is right: what is overdue is looked at with the next look."""
    machine = Machine()
    watch = ClockWatch(app, machine)

    machine.sleeps(8 * HOUR)

    assert not watch.cues_wait()


async def test_F42_cues_go_on_as_soon_as_zooms_clock_agrees(app: bootstrap.App) -> None:
    """The step put a wrong clock right: that is known after one question, and written down for the status."""
    machine = Machine()
    watch = ClockWatch(app, machine)
    machine.is_set(61 * timedelta(minutes=1))
    waited = watch.cues_wait()

    async with beside(watch.run()):
        written = await notes(app)

    assert (waited, watch.cues_wait(), watch.wrong) == (True, False, "")
    assert written == ["the clock jumped 61 min ahead, cues paused 0 s"]


async def notes(app: bootstrap.App) -> list[str]:
    """What has been written down about the clock, as soon as something has."""
    async with asyncio.timeout(10):
        while True:
            async with app.store.reading() as tx:
                if found := [row.detail for row in await audit.listing(tx) if row.what == "clock"]:
                    return found


async def test_P21_F42_Z16_a_clock_that_zoom_contradicts_is_told(tmp_path: Path) -> None:
    """In the log and the status, and as a reason not to be ready; cues wait on."""
    async with deployed(tmp_path, zooms_clock=sandbox.Clock(datetime.now(UTC) - HOUR)) as app:
        machine = Machine()
        watch = ClockWatch(app, machine)
        machine.is_set(HOUR)
        watch.cues_wait()

        async with beside(watch.run()):
            written = await notes(app)

        assert (written, watch.wrong, watch.cues_wait()) == ([written[0]], written[0], True)
        assert written[0] == "this machine's clock is 60 min ahead of Zoom's"


@pytest.mark.parametrize("step", [HOUR, -HOUR])
async def test_F42_F43_a_daemon_begins_no_cue_while_the_clock_is_in_doubt(app: bootstrap.App, step: timedelta) -> None:
    """What else is due goes on, and when the doubt is over the cue is there, once."""
    machine = Machine()
    watch = ClockWatch(app, machine)
    began: list[Kind] = []
    await programme.apply(app.store, stage.PROGRAMME, "network.yaml", now=app.clock.now(), by="test")
    async with app.store.transaction() as tx:
        for kind in (Kind.CUE, Kind.REMINDER):
            await due.add(tx, kind, "welcome", app.clock.now())
    daemon = Daemon(app, {kind: noting(kind, began) for kind in Kind}, cues_wait=watch.cues_wait)
    machine.is_set(step)

    async with beside(daemon.run()):
        await until(lambda: Kind.REMINDER in began)
        in_doubt = Kind.CUE in began
        machine.goes_on(PAUSE)
        await until(lambda: Kind.CUE in began)
        daemon.stop()

    assert (in_doubt, began.count(Kind.CUE)) == (False, 1)


def noting(kind: Kind, began: list[Kind]) -> Pass:
    """A pass that does all that is due, and notes that it began."""

    async def act(app: bootstrap.App, _programme: Programme, now: datetime, owner: str) -> Outcome:
        began.append(kind)
        async with app.store.transaction() as tx:
            rows = await due.claim(tx, [kind], now=now, owner=owner)
            await due.finish(tx, [row.id for row in rows], owner=owner, now=now)
        return Outcome()

    return act


async def until(found: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not found():  # noqa: ASYNC110 - nobody rings for it
            await asyncio.sleep(0.01)
