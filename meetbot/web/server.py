"""Puts an app on an address of this machine for as long as a block runs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.applications import Starlette

from meetbot.errors import UserError

#: Connections at a time; more are answered 503. Each may hold a body in memory.
_MOST_CONNECTIONS = 256
_PATIENCE = 5  # seconds for answers that are under way when the block ends


class _Server(uvicorn.Server):
    """Leaves the signals to the daemon."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(app: Starlette, host: str, port: int, *, setting: str) -> AsyncIterator[None]:
    """Answer there while the block runs. UserError, naming the `setting`, and no block, when the address is taken."""
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # who a request says it comes from is anybody's word
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=_PATIENCE,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[_listening(host, port, setting)]))
    try:
        yield
    finally:
        server.should_exit = True
        await running


def _listening(host: str, port: int, setting: str) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        remedy = f"set MEETBOT_{setting}_HOST and MEETBOT_{setting}_PORT to an address of this machine with a free port"
        raise UserError(f"{host}:{port}: {os.strerror(error.errno or 0)}; {remedy}") from None
