"""Zoom's events into `meetbot serve` as a real process: what it thanks for survives it, and `status` shows it."""

from __future__ import annotations

import json
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.serve import deployment as serve_deployment
from tests.serve.deployment import Deployment, free_port, stop, wait_for
from tests.zoom import events


class Listening(Deployment):
    """A deployment with an event subscription."""

    web_port = 0

    @property
    def environment(self) -> dict[str, str]:
        self.web_port = self.web_port or free_port()
        subscription = {"ZOOM_WEBHOOK_SECRET": events.SECRET, "WEB_PORT": str(self.web_port)}
        return {**super().environment, **{f"MEETBOT_{name}": value for name, value in subscription.items()}}

    def post(self, document: Any, secret: str = events.SECRET) -> int | None:
        """What Zoom is answered; None while nobody is there."""
        body = events.body(document)
        headers = events.headers(body, at=datetime.now(UTC), secret=secret)
        request = urllib.request.Request(f"http://127.0.0.1:{self.web_port}/zoom/webhook", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            refusal.close()
            return refusal.code
        except OSError:
            return None

    def live(self) -> Any:
        """What `status` shows of the running launch."""
        (launch,) = json.loads(self.run("status", "--json"))["meetings"]
        return launch["live"]


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Listening]:
    with serve_deployment.sandbox(tmp_path) as zoom:
        made = Listening(tmp_path, zoom)
        made.apply()
        yield made
        made.end()


def started(listening: Listening) -> Any:
    (meeting,) = listening.at_zoom()
    now = datetime.now(UTC)
    run = events.run(id=str(meeting["id"]), start_time=events.zulu(now))
    return events.event("meeting.started", run, at=now, account="sandbox")


def test_P14_P17_P31_an_event_that_was_thanked_for_survives_a_kill(listening: Listening) -> None:
    """Taken over HTTP, killed at once, started again: the launch runs, says `status`; a forged event changes nothing.

    The next look at whether events come waits. Neither the secret nor what is in headers and bodies is in the log.
    """
    process = listening.serve()
    document = started(listening)
    wait_for(lambda: listening.post(document, "another secret") == 401)
    thanked = listening.post(document)
    stop(process, signal.SIGKILL)

    process = listening.serve()
    live = wait_for(listening.live)
    waiting = json.loads(listening.run("status", "--json"))["waiting"]
    ended = stop(process)

    assert (thanked, ended, live["inside"], live["waiting"], live["recording_since"]) == (200, 0, 0, 0, None)
    assert live["shown"].startswith("runs since ")
    assert waiting["inbox"] == 1
    canaries = (events.SECRET, "client-id-Canary", "v0=", events.RUN)
    assert [canary for canary in canaries if canary in listening.log.read_text()] == []


def test_a_busy_port_is_told_at_once_with_its_setting(listening: Listening) -> None:
    """Zoom would send its events to somebody else."""
    process = listening.serve()
    wait_for(lambda: listening.post({}) == 200)
    first, listening.port, listening.metrics_port = listening.port, free_port(), free_port()

    done = listening.try_("serve")

    assert first != listening.port
    assert done.stderr.splitlines()[-1] == (
        f"127.0.0.1:{listening.web_port}: Address already in use; "
        "set MEETBOT_WEB_HOST and MEETBOT_WEB_PORT to an address of this machine with a free port"
    )
    assert (done.returncode, stop(process)) == (1, 0)
