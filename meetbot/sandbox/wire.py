"""Replies on the wire, the broken ones too: never answered, closed without an answer, cut in the middle."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

Fate = Literal["sent", "stalled", "dropped", "cut"]

_TRANSPORT = "sandbox.transport"


@dataclass(frozen=True)
class Reply:
    status: int = 200
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    fate: Fate = "sent"
    #: The time between two bytes of the body; None sends them all at once.
    pace: timedelta | None = None

    @property
    def received(self) -> int | None:
        """The status that the client received, None when it received no whole answer."""
        return self.status if self.fate == "sent" else None


class Protocol(H11Protocol):
    """Hands its transport to the app, so that a fault can close the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        app: ASGIApp = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, _TRANSPORT: transport}, receive, send)

        self.app = with_transport


async def send(reply: Reply, scope: Scope, receive: Receive, transmit: Send) -> None:
    """Send a reply to its fate. Without a socket a broken connection is a ConnectionResetError."""
    if reply.fate == "stalled":
        await _until_gone(receive)
    elif reply.fate == "dropped":
        await _hang_up(scope)
    elif reply.fate == "cut":
        await _begin(reply, transmit)
        half = reply.content[: len(reply.content) // 2]
        await transmit({"type": "http.response.body", "body": half, "more_body": True})
        await _hang_up(scope)
    elif reply.pace is not None:
        await _begin(reply, transmit)
        await _drip(reply.content, reply.pace.total_seconds(), receive, transmit)
    else:
        await _begin(reply, transmit)
        await transmit({"type": "http.response.body", "body": reply.content})


async def _begin(reply: Reply, transmit: Send) -> None:
    headers = dict(reply.headers)
    if reply.status != 204:
        headers["content-length"] = str(len(reply.content))
    encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await transmit({"type": "http.response.start", "status": reply.status, "headers": encoded})


async def _drip(content: bytes, seconds: float, receive: Receive, transmit: Send) -> None:
    """Byte by byte, until the client has all or has gone."""
    gone = asyncio.ensure_future(_until_gone(receive))
    for position in range(len(content)):
        await transmit({"type": "http.response.body", "body": content[position : position + 1], "more_body": True})
        await asyncio.wait({gone}, timeout=seconds)
        if gone.done():
            return
    await transmit({"type": "http.response.body", "body": b""})
    gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _hang_up(scope: Scope) -> None:
    transport: asyncio.Transport | None = scope.get(_TRANSPORT)
    if transport is None:
        raise ConnectionResetError("the sandbox dropped the connection")
    transport.close()
    # The server learns of it in the next round of the loop, and must before the app returns, or it answers 500.
    await asyncio.sleep(0)
