"""A mail server in a process of its own that takes everything, and keeps when it said 250 and to what."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

_LONGEST = 2**24  # octets of a message


@dataclass(frozen=True)
class Taken:
    """One message, and when (seconds since 1970) it was answered with 250."""

    at: float
    content: bytes


@dataclass(frozen=True)
class Sink:
    port: int
    _file: Path

    def taken(self) -> list[Taken]:
        """All that came so far, in its order."""
        rows = map(json.loads, self._file.read_text().splitlines())
        return [Taken(row["at"], row["content"].encode("latin-1")) for row in rows]


@contextlib.contextmanager
def running(delay: float) -> Iterator[Sink]:
    """The sink, for as long as the block runs; `delay`: seconds that each of its answers takes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "taken"
        command = [sys.executable, "-m", "scripts.benchmarks.outbox_sink", str(file), str(delay)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            yield Sink(int(process.stdout.readline()), file)
        finally:
            process.kill()
            process.wait()


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, file: TextIO, delay: float) -> None:
    async def say(words: bytes) -> None:
        if delay:
            await asyncio.sleep(delay)
        writer.write(words + b"\r\n")

    await say(b"220 sink")
    while line := await reader.readline():
        match line.split(None, 1)[0].upper():
            case b"EHLO":
                await say(b"250-sink\r\n250 8BITMIME")
            case b"DATA":
                await say(b"354 go on")
                raw = await reader.readuntil(b"\r\n.\r\n")
                content = raw[:-3].replace(b"\r\n..", b"\r\n.").decode("latin-1")
                await say(b"250 2.0.0 taken")
                file.write(json.dumps({"at": time.time(), "content": content}) + "\n")
            case b"QUIT":
                await say(b"221 bye")
                break
            case _:
                await say(b"250 fine")
    writer.close()


async def _serve(path: Path, delay: float) -> None:
    with path.open("w", buffering=1) as file:
        server = await asyncio.start_server(
            lambda reader, writer: _converse(reader, writer, file, delay), "127.0.0.1", 0, limit=_LONGEST
        )
        sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), float(sys.argv[2])))
