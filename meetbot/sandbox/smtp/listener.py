"""The mail server on a loopback port."""

import asyncio
import contextlib
import itertools
import logging
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from weakref import WeakSet

from meetbot.sandbox.certificates import Authority
from meetbot.sandbox.smtp.conversation import Conversation
from meetbot.sandbox.smtp.office import Office

HOST = "127.0.0.1"
_TICK = 0.1  # seconds between two looks at what comes back


@contextlib.asynccontextmanager
async def serving(office: Office, port: int = 0) -> AsyncIterator[tuple[str, int]]:
    """Serve on a loopback port, a free one for 0; gives host and port. `office.ca_file` is there meanwhile."""
    # aiosmtpd logs each line, addresses and all.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    loop = asyncio.get_running_loop()
    numbers = itertools.count(1)
    others: WeakSet[Conversation] = WeakSet()
    with tempfile.TemporaryDirectory(prefix="sandbox-smtp-") as folder:
        authority = Authority(Path(folder))
        listening = await loop.create_server(
            lambda: Conversation(office, authority, number=next(numbers), others=others), HOST, port
        )
        address = listening.sockets[0].getsockname()
        office.serving_at, office.ca_file = (address[0], address[1]), authority.ca_file
        ticking = loop.create_task(_tick(office))
        try:
            yield office.serving_at
        finally:
            office.serving_at = office.ca_file = None
            listening.close()
            ticking.cancel()
            await _end(others, ticking)


async def _tick(office: Office) -> None:
    while True:
        await asyncio.sleep(_TICK)
        office.catch_up()


async def _end(others: WeakSet[Conversation], ticking: asyncio.Task[None]) -> None:
    talks = [one.talk for one in others if one.talk is not None]
    for one in others:
        one.break_off()
    # Broken off within a TLS handshake a conversation never hears of it.
    for talk in talks:
        talk.cancel()
    await asyncio.gather(*talks, return_exceptions=True)
    # The loop closes the sockets in its next round.
    await asyncio.sleep(0)
    with contextlib.suppress(asyncio.CancelledError):
        await ticking
