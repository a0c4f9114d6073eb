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


class Watch:
    """Looks at each letter once, so that a backlog of thousands costs no more than a short one."""

    def __init__(self) -> None:
        self._seen = 0  # number of the last letter that was no storm; without a new one there is none

    async def stopped(self, tx: Transaction, programme: Programme, *, now: datetime) -> bool:
        """Whether a storm is under way; if so, mail has been held here, in this transaction."""
        newest = await storm.newest(tx)
        reason = await _reason(tx, programme, after=self._seen, now=now) if newest > self._seen else None
        if reason is not None:
            await _stop(tx, reason, now=now)
            return True
        self._seen = newest
        return False


async def _stop(tx: Transaction, reason: str, *, now: datetime) -> None:
    if await holds.put(tx, [Scope.MAIL], now=now, who="meetbot", reason=reason):
        await audit.note(tx, now=now, who="meetbot", what="mail.held", subject=Scope.MAIL, detail=reason)
        log.error("storm.stopped", reason=reason)


async def _reason(tx: Transaction, programme: Programme, *, after: int, now: datetime) -> str | None:
    """What was there when a person last resumed has been seen by them, and is not counted again."""
    seen_until = await storm.resumed_at(tx) or now - core_storm.HOUR
    amounts = await storm.amounts(tx, max(seen_until, now - core_storm.HOUR))
    if any(one.letters > core_storm.FLOOR for one in amounts):
        people = {key: sum(count.values()) for key, count in (await figures.people(tx)).items()}
        if reason := core_storm.flood(amounts, people, programme):
            return reason
    if not amounts:
        return None
    return core_storm.echo(await storm.repeated(tx, max(seen_until, now - core_storm.SOON), after=after))
