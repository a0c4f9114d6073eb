"""A mail server that takes everything and keeps it as lines of JSON: file, seconds that each answer takes."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, taken: Path, delay: float) -> None:
    async def say(words: bytes) -> None:
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
                with taken.open("a") as file:
                    file.write(json.dumps(raw[:-3].replace(b"\r\n..", b"\r\n.").decode("latin-1")) + "\n")
                await say(b"250 2.0.0 taken at %f" % time.time())
            case b"QUIT":
                await say(b"221 bye")
                break
            case _:
                await say(b"250 fine")
    writer.close()


async def main(taken: Path, delay: float) -> None:
    server = await asyncio.start_server(
        lambda reader, writer: _converse(reader, writer, taken, delay), "127.0.0.1", 0, limit=2**24
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2])))
