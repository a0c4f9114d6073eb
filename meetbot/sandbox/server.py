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

from meetbot.sandbox import control, exchange, grammar, wire
from meetbot.sandbox import tls as tls_port
from meetbot.sandbox.clock import Clock
from meetbot.sandbox.faults import script
from meetbot.sandbox.setup import Setup
from meetbot.sandbox.smtp.listener import serving as serving_mail
from meetbot.sandbox.world import World

#: The certificates that the server can show.
TLS = ("good", *grammar.CERTIFICATES)


class Sandbox(World):
    """A stand-in for Zoom in this process; `setup` are the fields of `model.Setup`, such as `seed` and `plan`.

    `app` is the ASGI app, `serve()` puts it on a port. `faults` is the text of a fault script (ScriptError if bad);
    its `seed` and `clock` count where none is given here.
    """

    def __init__(
        self, *, clock: Clock | None = None, ledger: Path | None = None, faults: str = "", **setup: Any
    ) -> None:
        told = script.timing(script.load(faults))
        if told.seed is not None:
            setup.setdefault("seed", told.seed)
        super().__init__(Setup(**setup), clock or told.clock(), ledger=ledger, faults=faults)
        #: The authority of the certificates, while it serves with TLS.
        self.ca_file: Path | None = None
        self.app: ASGIApp = RawPath(Router([*exchange.routes(self), *control.routes(self)]))

    @contextlib.asynccontextmanager
    async def serve(self, port: int = 0, *, tls: str | None = None) -> AsyncIterator[str]:
        """Serve on a loopback port, a free one for 0; gives the base URL.

        With `tls` (`good`, `self-signed`, `expired` or `wrong-name`) it is `https`; trust `ca_file` meanwhile.
        """
        with _listening(port) as listener, self.secured(tls) as secured:
            self.ca_file = secured.ca_file if secured else None
            server = _server(self.app, secured)
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                async with self.sending_webhooks():
                    yield _url(listener, tls)
            finally:
                server.should_exit = True
                await serving

    @contextlib.asynccontextmanager
    async def sending_webhooks(self) -> AsyncIterator[None]:
        """Send them while it runs; with a standing clock whoever moves the clock sends them."""
        if not self.clock.speed:
            yield
            return
        sending = asyncio.create_task(self.webhooks.run(self.catch_up))
        try:
            yield
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sending

    def secured(self, kind: str | None) -> contextlib.AbstractContextManager[tls_port.Secured | None]:
        return tls_port.secured(kind, lambda: self.script.certificate(self.clock.now()))

    def serve_smtp(self, port: int = 0) -> contextlib.AbstractAsyncContextManager[tuple[str, int]]:
        """Serve mail on a loopback port, a free one for 0; gives host and port. Trust `mail.ca_file` meanwhile."""
        return serving_mail(self.mail, port)


class RawPath:
    """Routes by the path as it was sent: a slash that a uuid brings along encoded must not part the path."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "path": scope["raw_path"].decode("ascii")}, receive, send)


def run(
    *,
    port: int = 0,
    speed: float | None = None,
    start: datetime | None = None,
    ledger: Path | None = None,
    faults: str | None = None,
    smtp: int | None = None,
    tls: str | None = None,
    **setup: Any,
) -> None:
    """Serve until SIGTERM or Ctrl+C; prints one line with the address. Raises ScriptError, SubscriptionError, OSError.

    `faults` names a fault script: a file, or `storm`. `tls` is as in `Sandbox.serve`.
    """
    text = script.read(faults) if faults else ""
    clock = script.timing(script.load(text)).clock(start, speed)
    with _listening(port) as listener:
        if setup.get("api_url") == "self":
            setup["api_url"] = _url(listener, tls)
        sandbox = Sandbox(clock=clock, ledger=ledger, faults=text, **setup)
        with sandbox.secured(tls) as secured:
            trust = f"trust {secured.ca_file}\n" if secured else ""
            sys.stdout.write(f"sandbox listening on {_url(listener, tls)}\n{trust}")
            sys.stdout.flush()
            asyncio.run(_until_told(sandbox, _server(sandbox.app, secured), listener, smtp))
        sandbox.ledger.close()


async def _until_told(sandbox: Sandbox, server: uvicorn.Server, listener: socket.socket, smtp: int | None) -> None:
    loop = asyncio.get_running_loop()
    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, setattr, server, "should_exit", True)
    async with contextlib.AsyncExitStack() as until_the_end:
        if smtp is not None:
            host, port = await until_the_end.enter_async_context(sandbox.serve_smtp(smtp))
            sys.stdout.write(f"mail server listening on {host}:{port}, trust {sandbox.mail.ca_file}\n")
            sys.stdout.flush()
        await until_the_end.enter_async_context(sandbox.sending_webhooks())
        await server.serve(sockets=[listener])


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it: uvicorn would end the process by the signal instead of with 0."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _server(app: ASGIApp, secured: tls_port.Secured | None) -> _Server:
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
    config.load()
    config.ssl = secured.context if secured else None
    return _Server(config)


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """Connections wait from here on, also while the server is still starting."""
    with socket.create_server(("127.0.0.1", port), backlog=256) as listener:
        # An answer goes out in two pieces; without this the second waits 40 ms for the first to be acknowledged.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener


def _url(listener: socket.socket, tls: str | None) -> str:
    return f"http{'s' if tls else ''}://127.0.0.1:{listener.getsockname()[1]}"
