"""What is about persons goes when it has been kept for long enough; figures stay."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import structlog

from meetbot.core import times
from meetbot.core.model import Outcome, Programme
from meetbot.store import due, facts, inbox, leftovers, locks, meetings, outdated
from meetbot.store.due import Kind
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("retention")


async def watch(store: Store, programme: Programme, *, now: datetime) -> None:
    """See to it from now on, also in a store that an older program began."""
    async with store.transaction() as tx:
        await ask(tx, programme, now=now)


async def ask(tx: Transaction, programme: Programme, *, now: datetime) -> None:
    """Let it be looked at each night, from the first in which something may have been kept long enough."""
    ends = [one.interval.end for one in programme.meetings.values() if not one.cancelled]
    first = min(ends, default=now) + programme.retention.attendance
    await due.add(tx, Kind.RETENTION, "all", _night_after(max(first, now), programme.zone))


async def forget(store: Store, programme: Programme, *, now: datetime, owner: str) -> Outcome:
    """Forget readings and live events after their days, and everybody who registered after their months."""
    counts: Counter[str] = Counter()
    async with store.transaction() as tx:
        await locks.alone(tx, *map(locks.meeting, sorted(await meetings.all_(tx))))
        rows = await due.claim(tx, [Kind.RETENTION], now=now, owner=owner)
        if rows:
            counts = await _forget(tx, programme, now=now)
        for row in rows:
            await due.again(tx, row, _night_after(now, programme.zone), owner=owner, reason="")
    if counts:
        await leftovers.wipe(store)
        log.info("retention.forgotten", **{what.replace(" ", "_"): count for what, count in counts.items()})
    return Outcome(counts)


async def _forget(tx: Transaction, programme: Programme, *, now: datetime) -> Counter[str]:
    kept = programme.retention
    counts: Counter[str] = Counter()
    counts["readings"] = await outdated.readings(tx, before=now - kept.attendance)
    await facts.prune(tx, now - kept.attendance)
    await inbox.prune(tx, now - kept.attendance)
    before = now - kept.registrations
    recent = [key for key, one in programme.meetings.items() if one.interval.end > before]
    return +(counts + await outdated.people(tx, beside=recent, before=before))


def _night_after(at: datetime, zone: str) -> datetime:
    """The next 02:00 of that zone; where clocks are changed at that hour, about then."""
    local = at.astimezone(times.zone(zone))
    night = local.replace(hour=2, minute=0, second=0, microsecond=0)
    return times.utc(night if night > local else night + timedelta(days=1))
