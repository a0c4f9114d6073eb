"""Somebody outside misses us when we are dead; that they cannot be reached hinders nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import structlog

from meetbot import settings
from meetbot.serve import ping


class Ready:
    """Whatever is asked before each call."""

    def __init__(self, *reasons: str) -> None:
        self._reasons = reasons

    async def reasons(self) -> tuple[str, ...]:
        return self._reasons


class Monitor(HTTPServer):
    """Counts the calls, and answers them as it is told."""

    answer = 200
    location = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.calls: list[str] = []
        self.called = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/CanaryOfThePing"


class _Call(BaseHTTPRequestHandler):
    server: Monitor

    def do_GET(self) -> None:
        self.server.calls.append(self.path)
        self.server.called.set()
        self.send_response(self.server.answer)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    with Monitor() as made:
        answering = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        answering.start()
        yield made
        made.shutdown()
        answering.join()


async def test_P43_it_is_called_while_all_is_well(monitor: Monitor) -> None:
    """At once after the start, and then once a minute."""
    pinging = asyncio.create_task(ping.Ping(monitor.url, Ready()).run())

    await asyncio.to_thread(monitor.called.wait, 10)
    pinging.cancel()

    assert monitor.calls == ["/CanaryOfThePing"]


async def test_P43_it_is_missed_while_something_is_wrong(monitor: Monitor) -> None:
    """Who is not ready does not say that all is well."""
    pinging = asyncio.create_task(ping.Ping(monitor.url, Ready("the clock is wrong")).run())

    called = await asyncio.to_thread(monitor.called.wait, 0.2)
    pinging.cancel()

    assert not called


async def test_F64_a_monitor_that_is_away_is_told_of_once(monitor: Monitor) -> None:
    """One warning for each time it is away, without its address, and one line when it is back."""
    outside = ping.Ping(monitor.url, Ready())
    with structlog.testing.capture_logs() as logs:
        for monitor.answer in (500, 500, 200, 200, 404):
            await outside.once()

    assert [(one["event"], one.get("error")) for one in logs] == [
        ("ping.not_heard", "answered 500"),
        ("ping.heard_again", None),
        ("ping.not_heard", "answered 404"),
    ]
    assert "Canary" not in str(logs)


async def test_F64_a_name_or_port_that_nobody_has_is_a_warning_only() -> None:
    """Refused at once, or by the name's server: the same line."""
    with structlog.testing.capture_logs() as logs:
        await ping.Ping("http://127.0.0.1:9/Canary", Ready()).once()

    assert [(one["event"], one["host"]) for one in logs] == [("ping.not_heard", "127.0.0.1")]


async def test_it_is_sent_nowhere_else(monitor: Monitor) -> None:
    """A redirect counts as not heard: the address was written down for one place."""
    monitor.answer, monitor.location = 302, f"{monitor.url}/elsewhere"

    with structlog.testing.capture_logs() as logs:
        await ping.Ping(monitor.url, Ready()).once()

    assert (monitor.calls, logs[0]["error"]) == (["/CanaryOfThePing"], "answered 302")


@pytest.mark.parametrize("url", ["http://hc-ping.com/x", "ftp://hc-ping.com/x", "https://a:b@hc-ping.com/x", "hc-ping"])
def test_an_address_that_anybody_on_the_way_could_read_is_refused(url: str) -> None:
    """Only https, or this machine."""
    with pytest.raises(ValueError, match="must begin with https://"):
        settings.Settings(ping_url=url)
