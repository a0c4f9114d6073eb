"""What runs beside the daemon, and must neither stop it nor outlive it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine

import structlog

log = structlog.get_logger("serve")


@contextlib.asynccontextmanager
async def beside(*works: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Let these run while the block does. One that breaks is told of, and the rest goes on."""
    tasks = [asyncio.create_task(_told(work)) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _told(work: Coroutine[None, None, None]) -> None:
    try:
        await work
    except Exception:
        log.exception("serve.beside_broke")
