"""A receiver of webhooks on loopback: keeps every request as it came, answers challenges, and fails as it is told."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

CHALLENGE = "endpoint.url_validation"
#: In place of a status: the line is cut, the answer never comes.
HANG_UP, STALL = 0, -1


def digest(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


@dataclass
class Received:
    headers: dict[str, str]
    body: bytes
    source: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def event(self) -> str:
        return str(self.json["event"])

    @property
    def timestamp(self) -> int:
        return int(self.headers["x-zm-request-timestamp"])

    def signed_with(self, secret: str) -> bool:
        """Over the bytes that came."""
        return self.signature_of(self.body, secret) == self.headers["x-zm-signature"]

    def signature_of(self, body: bytes, secret: str) -> str:
        return "v0=" + digest(secret, f"v0:{self.timestamp}:".encode() + body)


@dataclass
class Receiver:
    url: str = ""
    secret: str = "sandbox"
    #: What an event is answered with.
    status: int = 200
    #: Whether challenges are answered rightly.
    answers: bool = True
    requests: list[Received] = field(default_factory=list)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def events(self) -> list[Received]:
        return [request for request in self.requests if request.event != CHALLENGE]

    @property
    def names(self) -> list[str]:
        return [request.event for request in self.events]

    @property
    def challenges(self) -> list[Received]:
        return [request for request in self.requests if request.event == CHALLENGE]

    async def has_got(self, events: int) -> None:
        """Wait until so many events have come, for five seconds at most."""
        async with asyncio.timeout(5):
            while len(self.events) < events:
                self._arrived.clear()
                await self._arrived.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            request = await _read(reader, writer)
            self.requests.append(request)
            self._arrived.set()
            status, body = self._answer(request)
            if status == STALL:
                await reader.read()
            elif status != HANG_UP:
                writer.write(f"HTTP/1.1 {status} Said\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        writer.close()

    def _answer(self, request: Received) -> tuple[int, bytes]:
        if request.event != CHALLENGE:
            return self.status, b""
        plain = request.json["payload"]["plainToken"]
        token = digest(self.secret if self.answers else "another", plain.encode())
        return 200, json.dumps({"plainToken": plain, "encryptedToken": token}).encode()


@contextlib.asynccontextmanager
async def receiving(*, tls: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[Receiver]:
    receiver = Receiver(**options)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    receiver.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/zoom"
    async with server:
        yield receiver


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").split("\r\n")
    headers = dict(line.split(": ", 1) for line in head[1:] if line)
    body = await reader.readexactly(int(headers["content-length"]))
    return Received(headers, body, writer.get_extra_info("peername")[0])


async def subscribe(zoom: Any, receiver: Receiver, **row: Any) -> dict[str, Any]:
    """What the sandbox says of the subscription."""
    answer = await zoom.http.post("/_sandbox/webhooks", json={"url": receiver.url, **row})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["webhooks"][-1])


async def leap(zoom: Any, **time: float) -> None:
    """Time passes, and what is due by then is sent."""
    zoom.wait(**time)
    await zoom.sandbox.deliver_webhooks()


async def told(zoom: Any, receiver: Receiver) -> list[Any]:
    """The events since the last time."""
    seen = len(receiver.events)
    await zoom.sandbox.deliver_webhooks()
    return [request.json for request in receiver.events[seen:]]


def planned(meeting: dict[str, Any]) -> dict[str, Any]:
    """A meeting of the launch day as events of its plan show it."""
    return {
        "uuid": meeting["uuid"],
        "id": meeting["id"],
        "host_id": meeting["host_id"],
        "topic": "Launch",
        "type": 2,
        "start_time": "2021-11-10T07:00:00Z",
        "duration": 180,
        "timezone": "UTC",
    }
