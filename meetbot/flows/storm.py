"""The storm breaker: looked at before letters leave. What it stops waits for a person."""

from __future__ import annotations

from datetime import datetime

import structlog

from meetbot.core import storm as core_storm
from meetbot.core.model import Programme
from meetbot.store import audit, figures, holds, storm
from meetbot.store.due import Scope
from meetbot.store.engine import Transaction

log = structlog.get_logger("storm")


async def stopped(tx: Transaction, programme: Programme, *, now: datetime) -> bool:
    """Whether a storm is under way; if so, mail has been held here, in this transaction.

    What was there when a person last resumed has been seen by them, and is not counted again.
    """
    reason = await _reason(tx, programme, now=now)
    if reason is None:
        return False
    if await holds.put(tx, [Scope.MAIL], now=now, who="meetbot", reason=reason):
        await audit.note(tx, now=now, who="meetbot", what="mail.held", subject=Scope.MAIL, detail=reason)
        log.error("storm.stopped", reason=reason)
    return True


async def _reason(tx: Transaction, programme: Programme, *, now: datetime) -> str | None:
    seen_until = await storm.resumed_at(tx) or now - core_storm.HOUR
    amounts = await storm.amounts(tx, max(seen_until, now - core_storm.HOUR))
    if any(one.letters > core_storm.FLOOR for one in amounts):
        people = {key: sum(count.values()) for key, count in (await figures.people(tx)).items()}
        if reason := core_storm.flood(amounts, people, programme):
            return reason
    if not amounts:
        return None
    return core_storm.echo(await storm.repeated(tx, max(seen_until, now - core_storm.SOON)))
