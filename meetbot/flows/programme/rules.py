"""When governments change their clocks: a programme stays at the instants that were meant, until a person looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import structlog

from meetbot.core import meetings, times
from meetbot.core.model import Meeting
from meetbot.files import programme as programme_file
from meetbot.flows.programme.current import of
from meetbot.store import audit, holds, programmes
from meetbot.store.due import Scope
from meetbot.store.engine import Store

log = structlog.get_logger("programme")


async def hold_what_would_move(store: Store, *, now: datetime, said: str = "") -> str:
    """Hold all mail when new time-zone rules would move a meeting to come; returns what would move, in words.

    When it is what was `said` already, nothing is held once more.
    """
    async with store.transaction() as tx:
        applied = await programmes.latest(tx)
        moved = "; ".join(would_move(applied, now)) if applied else ""
        if moved not in ("", said):
            reason = f"{moved}. Look at it with `meetbot plan`, confirm with `meetbot apply`"
            if await holds.put(tx, [Scope.MAIL], now=now, who="meetbot", reason=reason):
                await audit.note(tx, now=now, who="meetbot", what="held", subject="mail", detail=reason)
    if moved not in ("", said):
        log.warning("programme.rules_changed", moved=moved)
    return moved


def would_move(applied: programmes.Applied, now: datetime) -> Iterator[str]:
    """Each meeting to come whose hour means another instant by the rules of today than it meant when applied."""
    in_force = of(applied).meetings
    by_new_rules = meetings.with_adopted(programme_file.load(applied.text, applied.name), applied.adopted)
    for key, becomes in by_new_rules.meetings.items():  # bilaterals were agreed as instants
        meant = in_force[key]
        if becomes.interval.start != meant.interval.start and meant.interval.end > now and not meant.cancelled:
            yield _text(meant, becomes)


def _text(meant: Meeting, becomes: Meeting) -> str:
    hour = times.clock_text(becomes.interval.start, becomes.zone)
    was, is_ = (f"{one.interval.start:%a %d %b %H:%M} UTC" for one in (meant, becomes))
    return f"rule change for {becomes.zone}: {meant.key}, at {hour}, would move from {was} to {is_}"
