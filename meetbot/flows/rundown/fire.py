"""The cues that are due fire, or are recorded as missed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import structlog

from meetbot import metrics
from meetbot.core import rundown as core_rundown
from meetbot.core.model import Meeting, Outcome, Programme
from meetbot.flows.rundown import at_zoom, tell
from meetbot.store import due, locks, programmes, rundown
from meetbot.store.due import Due, Kind
from meetbot.store.engine import Store
from meetbot.zoom.client import Zoom

log = structlog.get_logger("rundown")

_LOOK_AGAIN = timedelta(seconds=30)


async def fire(store: Store, programme: Programme, zoom: Zoom, *, now: datetime, owner: str) -> Outcome:
    """Fire the cues that are due; one found too late is recorded as missed with its cause, never sent in a burst."""
    counts: Counter[str] = Counter()
    for_zoom: list[tuple[Due, Meeting, core_rundown.Cue]] = []
    async with store.transaction() as tx:
        await locks.alone(tx, *map(locks.rundown, programme.meetings))
        if not await programmes.in_force(tx, programme.number):
            return Outcome()  # the next pass has the new one
        for row in await due.claim(tx, [Kind.CUE], now=now, owner=owner):
            meeting = programme.meetings[row.meeting or ""]
            day = await rundown.get(tx, meeting)
            cue = next(one for one in core_rundown.cues(meeting, programme.cue_times) if one.key == row.detail["cue"])
            match core_rundown.verdict(cue, day, row.due_at, now):
                case core_rundown.Missed(reason=reason):
                    await due.finish(tx, [row.id], owner=owner, now=now, state="missed", reason=reason)
                    log.warning("rundown.missed", meeting=meeting.key, cue=cue.key, reason=reason)
                    counts["missed"] += 1
                    metrics.CUES_MISSED.inc()
                case core_rundown.Wait(until=until, reason=reason):
                    await due.again(tx, row, until or now + _LOOK_AGAIN, owner=owner, reason=reason)
                case core_rundown.Fire() if cue.kind in at_zoom.KINDS:
                    for_zoom.append((row, meeting, cue))
                case core_rundown.Fire(reason=reason):
                    counts["fired"] += 1
                    metrics.CUE_LATENESS.observe((now - row.due_at).total_seconds())
                    await tell.people(tx, programme, meeting, day, cue, row, now=now)
                    await due.finish(tx, [row.id], owner=owner, now=now, reason=reason)
    for row, meeting, cue in for_zoom:
        counts[await at_zoom.act(store, programme, zoom, meeting, cue, row, now=now, owner=owner)] += 1
    return Outcome(counts)
