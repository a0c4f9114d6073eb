"""systemd is told the truth: ready when it is, alive while it works, and nothing while the loop is stuck."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from meetbot import bootstrap, clock, settings
from meetbot.serve import notify, stacks
from meetbot.serve.clockwatch import ClockWatch
from meetbot.serve.readiness import Readiness
from meetbot.store import holds
from meetbot.store.due import Scope
from tests.serve.deployment import Deployment, wait_for


@dataclass
class Beat:
    """A daemon that looked at the store so long ago."""

    since_look: timedelta = timedelta()
    stopping: bool = False


class SystemD:
    """The other end of the socket that `Type=notify` gives a service."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._end.bind(str(path))
        self._end.settimeout(20)

    def hears(self) -> list[str]:
        """The lines of the next message, whenever it comes."""
        return self._end.recv(4096).decode().split("\n")

    def hears_nothing(self, within: float) -> bool:
        self._end.settimeout(within)
        try:
            self._end.recv(4096)
        except TimeoutError:
            return True
        finally:
            self._end.settimeout(20)
        return False

    def close(self) -> None:
        self._end.close()


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[SystemD]:
    end = SystemD(tmp_path / "notify")
    yield end
    end.close()


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[bootstrap.App]:
    """A deployment on which nothing has been applied."""
    deployment = settings.Settings(data_dir=tmp_path / "data")
    async with bootstrap.opened(deployment, clock.RealClock()) as opened:
        yield opened


async def test_P43_ready_is_said_once_and_then_that_it_lives(app: bootstrap.App, systemd: SystemD) -> None:
    """Not before the loop has come round; while it does not, only why."""
    beat = Beat(timedelta(seconds=7))
    telling = asyncio.create_task(
        notify.tell(notify.Supervisor(str(systemd.path)), Readiness(app, beat, ClockWatch(app)))
    )

    heard = [await asyncio.to_thread(systemd.hears)]
    beat.since_look = timedelta(seconds=1)
    heard += [await asyncio.to_thread(systemd.hears) for _ in range(2)]
    beat.since_look = timedelta(seconds=6)
    heard += [await asyncio.to_thread(systemd.hears)]
    telling.cancel()

    assert heard == [
        ["STATUS=Starting: no look at the store for 7 s"],
        ["READY=1"],
        ["WATCHDOG=1", "STATUS=At work"],
        ["STATUS=Not at work: no look at the store for 6 s"],
    ]


@pytest.mark.parametrize("address", ["", "/nowhere/at/all"])
def test_who_does_not_listen_is_not_waited_for(address: str) -> None:
    """Started by hand, or by a service manager that is gone: nothing happens."""
    notify.Supervisor(address).tell("READY=1")


def test_an_abstract_address_is_understood(tmp_path: Path) -> None:
    """Written with @ in the environment (sd_notify(3))."""
    name = f"meetbot-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(f"\0{name}")

        notify.Supervisor(f"@{name}").tell("READY=1")

        assert end.recv(100) == b"READY=1"


async def test_P43_what_is_held_is_no_reason_to_be_unready(app: bootstrap.App) -> None:
    """It is named beside; a clock that is wrong is a reason."""
    async with app.store.transaction() as tx:
        await holds.put(tx, [Scope.MAIL, Scope.CUES], now=app.clock.now(), who="Lin", reason="wrong list")
    clock_watch = ClockWatch(app)
    ready = Readiness(app, Beat(), clock_watch)

    reasons = await ready.reasons()
    clock_watch.wrong = "this machine's clock is 61 min ahead of Zoom's"

    assert (reasons, ready.held) == ([], ["cues", "mail"])
    assert await ready.reasons() == ["this machine's clock is 61 min ahead of Zoom's"]


def test_F57_a_stuck_loop_is_not_called_alive_and_its_stacks_are_in_the_log(tmp_path: Path, systemd: SystemD) -> None:
    """No WATCHDOG while it is blocked, so that systemd ends it; the log names thread, task and line before that."""
    loop, opened = asyncio.new_event_loop(), threading.Event()

    async def live() -> None:
        deployment = settings.Settings(data_dir=tmp_path / "data")
        async with bootstrap.opened(deployment, clock.RealClock()) as app:
            ready = Readiness(app, Beat(), ClockWatch(app))
            works = [notify.tell(notify.Supervisor(str(systemd.path)), ready), stacks.write_when_stuck(patience=0.5)]
            tasks = [asyncio.create_task(work) for work in works]
            await asyncio.to_thread(opened.wait)
            for task in tasks:
                task.cancel()

    with structlog.testing.capture_logs() as logs:
        running = threading.Thread(target=lambda: loop.run_until_complete(live()), name="the loop")
        running.start()
        assert systemd.hears() == ["READY=1"]
        while systemd.hears() != ["WATCHDOG=1", "STATUS=At work"]:
            pass
        loop.call_soon_threadsafe(a_call_that_blocks)

        silent = systemd.hears_nothing(within=1.5)
        alive_again = systemd.hears()
        opened.set()
        running.join()
        loop.close()

    (line,) = [one for one in logs if one["event"] == "serve.stuck"]
    threads, tasks = ([text for text in line["stacks"] if text.startswith(kind)] for kind in ("thread", "task"))
    assert (silent, alive_again) == (True, ["WATCHDOG=1", "STATUS=At work"])
    assert any("the loop" in text and "a_call_that_blocks" in text for text in threads)
    assert any("notify.py" in text for text in tasks)


def a_call_that_blocks() -> None:
    time.sleep(2)


class Notifying(Deployment):
    """Started as by systemd."""

    socket: Path

    @property
    def environment(self) -> dict[str, Any]:
        return {**super().environment, "NOTIFY_SOCKET": str(self.socket)}


def test_P43_P19_the_service_tells_when_it_is_ready_and_when_it_stops(deployment: Deployment, systemd: SystemD) -> None:
    """READY is the first thing it says of itself but for what it waits for; STOPPING comes before its end."""
    service = Notifying(deployment.folder, deployment.zoom, deployment.port, deployment.metrics_port)
    service.socket = systemd.path
    process = service.serve()

    heard = [systemd.hears()]
    while heard[-1] != ["WATCHDOG=1", "STATUS=At work"]:
        heard.append(systemd.hears())
    ready = service.ready()
    process.send_signal(signal.SIGTERM)

    while heard[-1][0] != "STOPPING=1":
        heard.append(systemd.hears())

    told_of = [lines[0] for lines in heard if not lines[0].startswith("STATUS=Starting")]
    assert ready
    assert list(dict.fromkeys(told_of)) == ["READY=1", "WATCHDOG=1", "STOPPING=1"]
    assert wait_for(lambda: process.poll() is not None)
    assert process.returncode == 0
