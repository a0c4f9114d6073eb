"""Compares each hour what the hours of the programme mean by the time-zone rules of this machine, which gets new ones
while we run."""

from __future__ import annotations

import asyncio
from zoneinfo import ZoneInfo

import structlog

from meetbot.bootstrap import App
from meetbot.core import times
from meetbot.errors import StoreAway
from meetbot.flows import programme

log = structlog.get_logger("serve")

_EVERY = 3600  # seconds


async def watch(app: App, said: str) -> None:
    """Hold the mail as soon as new rules would move a meeting, until cancelled; `said`: what was found at the start."""
    while True:
        await asyncio.sleep(_EVERY)
        try:
            said = await look(app, said)
        except StoreAway as error:
            log.warning("serve.zone_rules_not_compared", reason=str(error))


async def look(app: App, said: str) -> str:
    """Compare by the rules as they are on disk; returns what would move. What was `said` before holds nothing again:
    a person may have let it go on since."""
    ZoneInfo.clear_cache()
    times.zone.cache_clear()
    return await programme.hold_what_would_move(app.store, now=app.clock.now(), said=said)
