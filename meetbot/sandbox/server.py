"""The HTTP server around the sandbox: in process as an ASGI app, on a loopback port, or as a process of its own."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from meetbot.sandbox import control, exchange, wire
from meetbot.sandbox.clock import Clock
from meetbot.sandbox.model import Setup
from meetbot.sandbox.world import World


class Sandbox(World):
    """A stand-in for Zoom in this process; `setup` are the fields of `model.Setup`, such as `seed` and `plan`.

    `app` is the ASGI app, `serve()` puts it on a port. `faults` is the text of a fault script (ScriptError if bad).
    """

    def __init__(
        self, *, clock: Clock | None = None, ledger: Path | None = None, faults: str = "", **setup: Any
    ) -> None:
        super().__init__(Setup(**setup), clock or Clock(), ledger=ledger, faults=faults)
        self.app: ASGIApp = RawPath(Router([*exchange.routes(self), *control.routes(self)]))

    @contextlib.asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[str]:
        """Serve on a loopback port, a free one for 0; gives the base URL."""
        with _listening(port) as listener:
            server = _server(self.app)
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                yield _url(listener)
            finally:
                server.should_exit = True
                await serving


class RawPath:
    """Routes by the path as it was sent: a slash that a uuid brings along encoded must not part the path."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "path": scope["raw_path"].decode("ascii")}, receive, send)


def run(
    *,
    port: int = 0,
    speed: float = 1.0,
    start: datetime | None = None,
    ledger: Path | None = None,
    faults: Path | None = None,
    **setup: Any,
) -> None:
    """Serve until SIGTERM or Ctrl+C; prints one line with the address. Raises ScriptError, OSError."""
    script = faults.read_text(encoding="utf-8") if faults else ""
    with _listening(port) as listener:
        if setup.get("api_url") == "self":
            setup["api_url"] = _url(listener)
        sandbox = Sandbox(clock=Clock(start, speed=speed), ledger=ledger, faults=script, **setup)
        sys.stdout.write(f"sandbox listening on {_url(listener)}\n")
        sys.stdout.flush()
        asyncio.run(_until_told(sandbox.app, listener))
        sandbox.ledger.close()


async def _until_told(app: ASGIApp, listener: socket.socket) -> None:
    server = _server(app)
    loop = asyncio.get_running_loop()
    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, setattr, server, "should_exit", True)
    await server.serve(sockets=[listener])


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it: uvicorn would end the process by the signal instead of with 0."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _server(app: ASGIApp) -> _Server:
    config = uvicorn.Config(
        app,
        http=wire.Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # The sandbox sends the time of its own clock.
        date_header=False,
        timeout_graceful_shutdown=1,
    )
    return _Server(config)


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """Connections wait from here on, also while the server is still starting."""
    with socket.create_server(("127.0.0.1", port), backlog=256) as listener:
        # An answer goes out in two pieces; without this the second waits 40 ms for the first to be acknowledged.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener


def _url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"
