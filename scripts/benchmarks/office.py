"""A whole office for benchmarks: Zoom's stand-in in its own process, the launch applied for tomorrow, the service."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

SECRET = "bench"
_MEETBOT = str(Path(sys.executable).with_name("meetbot"))
_SANDBOX = "from meetbot.sandbox import server; server.run(plan='business', limits=False)"
_PROGRAMME = Path("config/launch.yaml")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def office(folder: Path, *, quota: int = 5) -> Iterator[dict[str, str]]:
    """A folder with the launch applied for tomorrow, and the environment of its commands.

    `quota`: how many people of an organisation are approved without being asked.
    """
    process = subprocess.Popen([sys.executable, "-c", _SANDBOX], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        zoom = process.stdout.readline().split()[-1]
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MEETBOT_")},
            "MEETBOT_DATA_DIR": str(folder / "data"),
            **{f"MEETBOT_ZOOM_{name}": "sandbox" for name in ("ACCOUNT_ID", "CLIENT_ID", "CLIENT_SECRET")},
            "MEETBOT_ZOOM_API_URL": f"{zoom}/v2",
            "MEETBOT_ZOOM_TOKEN_URL": f"{zoom}/oauth/token",
            "MEETBOT_ZOOM_WEBHOOK_SECRET": SECRET,
            "MEETBOT_WEB_PORT": str(free_port()),
            "MEETBOT_HEALTH_PORT": str(free_port()),
            "MEETBOT_METRICS_PORT": str(free_port()),
        }
        tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
        text = _PROGRAMME.read_text().replace("2021-11-10", tomorrow.isoformat()).replace("quota: 5", f"quota: {quota}")
        (folder / "launch.yaml").write_text(text)
        meetbot(folder, environment, "apply", "launch.yaml", "--yes")
        yield environment
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def serving(folder: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The service, once it listens."""
    process = subprocess.Popen([_MEETBOT, "serve"], env=environment, cwd=folder, stderr=subprocess.DEVNULL)
    address = ("127.0.0.1", int(environment["MEETBOT_WEB_PORT"]))
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(address):
                break
            time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait()


def launch(folder: Path, environment: dict[str, str]) -> str:
    """The id that the launch has at Zoom."""
    status = json.loads(meetbot(folder, environment, "status", "--json"))
    return str(next(one["zoom_id"] for one in status["meetings"] if one["zoom_id"]))


def meetbot(folder: Path, environment: dict[str, str], *command: str) -> str:
    """What a command of the office prints."""
    return subprocess.run(
        [_MEETBOT, *command], env=environment, cwd=folder, stdout=subprocess.PIPE, check=True, text=True
    ).stdout
