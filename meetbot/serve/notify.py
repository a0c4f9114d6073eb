"""Tells the service manager how it stands (systemd, sd_notify(3)): ready, alive, stopping."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from meetbot.serve.readiness import Readiness

_EVERY = 1  # second


class Supervisor:
    """Who started us and wants to be told; nobody when `address` (`$NOTIFY_SOCKET`) is empty."""

    def __init__(self, address: str) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def tell(self, *lines: str) -> None:
        """Say it once. Who does not listen is not waited for."""
        if self._address:
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.setblocking(False)
                line.sendto("\n".join(lines).encode(), self._address)


async def tell(supervisor: Supervisor, readiness: Readiness) -> None:
    """READY once it is; then every second that it lives, but only while it does its work. Until cancelled.

    It is told in the event loop: a loop that is stuck says nothing, and is started anew after `WatchdogSec=`.
    """
    try:
        while reasons := await readiness.reasons():
            supervisor.tell(f"STATUS=Starting: {reasons[0]}")
            await asyncio.sleep(_EVERY)
        supervisor.tell("READY=1")
        while not readiness.stopping:
            if readiness.works:
                supervisor.tell("WATCHDOG=1", "STATUS=At work")
            else:
                supervisor.tell(f"STATUS=Not at work: {readiness.stuck}")
            await asyncio.sleep(_EVERY)
    finally:
        supervisor.tell("STOPPING=1", "STATUS=Finishing what has begun")
