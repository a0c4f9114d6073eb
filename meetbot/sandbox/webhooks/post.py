"""One POST to a subscriber, over a connection of its own."""

import asyncio
import contextlib
import ssl
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11

#: Zoom waits so long for an answer, in real seconds.
PATIENCE = 3.0
_PIECE = 65_536
#: Real seconds for the end of a TLS connection.
_GOODBYE = 1.0
#: More of an answer than this is not read.
_LONGEST = 1 << 20

Headers = Sequence[tuple[str, str]]


class NoAnswer(Exception):
    """The subscriber could not be reached, hung up, spoke no HTTP, or was too slow."""


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes


class Exchange:
    """A request that was sent and is not answered yet."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, http: h11.Connection, deadline: float
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._http = http
        self._deadline = deadline

    async def reply(self) -> Reply:
        """Wait for the whole answer. Raises NoAnswer."""
        try:
            async with asyncio.timeout_at(self._deadline):
                return await self._read()
        except (OSError, h11.ProtocolError) as failure:
            raise _no_answer(failure) from None
        finally:
            await _hang_up(self._writer)

    async def _read(self) -> Reply:
        status, body = 0, b""
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._http.receive_data(await self._reader.read(_PIECE))
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            if isinstance(event, h11.EndOfMessage) or len(body) > _LONGEST:
                return Reply(status, body)


async def begin(
    url: str, headers: Headers, body: bytes, *, trust: ssl.SSLContext | None, source: str | None = None
) -> Exchange:
    """Connect and send. `source` is the local address to come from, where the system has it. Raises NoAnswer."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    port = parts.port or (443 if tls else 80)
    try:
        async with asyncio.timeout_at(deadline):
            reader, writer = await asyncio.open_connection(
                parts.hostname,
                port,
                ssl=(trust or ssl.create_default_context()) if tls else None,
                ssl_shutdown_timeout=_GOODBYE if tls else None,
                # Only there has every machine more than one address of its own.
                local_addr=(source, 0) if source and sys.platform == "linux" else None,
            )
            http = h11.Connection(h11.CLIENT)
            writer.write(_request(http, url, headers, body))
            return Exchange(reader, writer, http, deadline)
    except OSError as failure:
        raise _no_answer(failure) from None


def _request(http: h11.Connection, url: str, headers: Headers, body: bytes) -> bytes:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    own = [("host", parts.netloc.rpartition("@")[2]), ("content-length", str(len(body)))]
    pieces = [
        http.send(h11.Request(method="POST", target=target, headers=[*own, *headers])),
        http.send(h11.Data(data=body)),
        http.send(h11.EndOfMessage()),
    ]
    return b"".join(piece for piece in pieces if piece)


def _no_answer(failure: Exception) -> NoAnswer:
    if isinstance(failure, TimeoutError):
        return NoAnswer(f"no answer within {PATIENCE:g} seconds")
    return NoAnswer(f"{type(failure).__name__}: {failure}")


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
