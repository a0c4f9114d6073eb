"""The outside address with a store behind it, and Zoom in front of it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import select
from starlette.applications import Starlette

from meetbot.store import tables
from meetbot.store.engine import Store
from meetbot.web import app, intake, server
from meetbot.web.zoom_webhook import ZoomWebhook
from tests.zoom import events
from tests.zoom.events import NOW, SECRET


@dataclass
class Clock:
    """Stands still."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    async def sleep_until(self, at: datetime) -> None:
        self.at = at

    def real_delay(self, until: datetime) -> timedelta:
        return until - self.at


@dataclass(frozen=True)
class Desk:
    """What a test sends to the address, and what it finds in the store."""

    pages: Starlette
    store: Store
    clock: Clock

    async def send(self, body: bytes, headers: Any = None, method: str = "POST") -> httpx.Response:
        """A request; signed now, unless headers are given."""
        transport = httpx.ASGITransport(self.pages)
        async with httpx.AsyncClient(transport=transport, base_url="http://meetbot.example") as zoom:
            signed = events.headers(body) if headers is None else headers
            return await zoom.request(method, "/zoom/webhook", content=body, headers=signed)

    async def post(self, body: bytes, **other: str) -> int:
        """The status of a signed request, with these headers added or replaced."""
        added = {name.replace("_", "-"): value for name, value in other.items()}
        return (await self.send(body, {**events.headers(body), **added})).status_code

    async def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        """Those columns of what has come in."""
        async with self.store.reading() as tx:
            found = await tx.execute(select(*(tables.inbox.c[name] for name in columns)).order_by(tables.inbox.c.id))
            return [tuple(row) for row in found]

    async def count(self) -> int:
        return len(await self.rows("id"))

    @asynccontextmanager
    async def on_a_port(self) -> AsyncIterator[int]:
        """The same on a real socket."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = int(listener.getsockname()[1])
        async with server.serving(self.pages, "127.0.0.1", port, setting="WEB"):
            yield port


@asynccontextmanager
async def opened(store: Store, *secrets: str) -> AsyncIterator[Desk]:
    clock = Clock()
    async with intake.opened(store) as taking:
        yield Desk(app.pages(ZoomWebhook(taking, clock, secrets or [SECRET])), store, clock)


async def by_hand(port: int, headers: Mapping[str, str], *chunks: bytes) -> int:
    """The status that a request gets whose body is only what stands here; the connection stays open meanwhile."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"POST /zoom/webhook HTTP/1.1\r\nHost: meetbot.example\r\n{lines}\r\n".encode())
    for chunk in chunks:
        writer.write(chunk)
        await writer.drain()
    status = int((await reader.readline()).split()[1])
    writer.close()
    return status
