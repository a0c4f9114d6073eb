"""A line to the database that can be cut at a COMMIT: before it arrives there, or before its answer arrives here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

#: As the client says it (PostgreSQL, Frontend/Backend Protocol, Query).
_COMMIT = b"Q\0\0\0\x0bCOMMIT\0"


@dataclass
class Line:
    """The next COMMIT is cut as `cut` says; afterwards everything goes through again."""

    socket: Path
    cut: Literal["", "before", "after"] = ""
    cuts: int = 0
    port: int = 0
    _ends: list[asyncio.StreamWriter] = field(default_factory=list)

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_unix_connection(self.socket)
        self._ends += [writer, to_server]
        answering = asyncio.create_task(_pass_on(from_server, writer))
        while said := await reader.read(65536):
            if self.cut and said.endswith(_COMMIT):
                answering.cancel()
                await asyncio.wait([answering])
                if self.cut == "after":
                    to_server.write(said)
                    await from_server.read(65536)
                self.cut = ""
                self.cuts += 1
                break
            to_server.write(said)
        writer.close()
        to_server.close()

    def close(self) -> None:
        for end in self._ends:
            end.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while said := await reader.read(65536):
        writer.write(said)
    writer.close()


@asynccontextmanager
async def line_to(socket: Path) -> AsyncIterator[Line]:
    line = Line(socket)
    server = await asyncio.start_server(line.connect, "127.0.0.1")
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        line.close()
