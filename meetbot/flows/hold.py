"""What a person stops, and lets go on: mail, Zoom, cues. All else goes on meanwhile, also the reading of Zoom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from meetbot.core import rundown as core_rundown
from meetbot.core import times
from meetbot.core.model import Programme
from meetbot.store import audit, due, holds, locks, rundown
from meetbot.store.due import Due, Kind, Scope
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("hold")


@dataclass(frozen=True)
class Missed:
    """A cue that passed while cues were held, and why it is not given any more."""

    row: Due
    reason: str


@dataclass(frozen=True)
class Outlook:
    """What follows at once when these go on."""

    held: Mapping[Scope, holds.Hold]
    letters: Sequence[holds.Waiting] = ()  #: that would leave
    of_no_use: int = 0  #: letters that came too late and will expire
    at_zoom: Mapping[Kind, int] | None = None  #: by kind, changes that would be made; None: Zoom stays as it is
    missed: Sequence[Missed] = ()


async def put(store: Store, scopes: Collection[Scope], *, now: datetime, by: str, reason: str) -> set[Scope]:
    """Hold these; what is held already keeps its reason. Returns what is held anew."""
    async with store.transaction() as tx:
        fresh = await holds.put(tx, scopes, now=now, who=by, reason=reason)
        for scope in sorted(fresh):
            await audit.note(tx, now=now, who=by, what=f"{scope}.held", subject=scope, detail=reason)
    log.info("hold.put", scopes=sorted(fresh), by=by, reason=reason)
    return fresh


async def outlook(tx: Transaction, scopes: Collection[Scope], programme: Programme | None, *, now: datetime) -> Outlook:
    """What follows when those of the scopes that are held go on now; `programme` None: none was applied."""
    held = {scope: one for scope, one in (await holds.all_(tx)).items() if scope in scopes}
    letters = await holds.letters(tx, now=now) if Scope.MAIL in held else ()
    missed = await _missed(tx, held[Scope.CUES], programme, now=now) if Scope.CUES in held and programme else ()
    return Outlook(
        held=held,
        letters=[one for one in letters if one.of_use],
        of_no_use=sum(one.count for one in letters if not one.of_use),
        at_zoom=await holds.rows(tx, Scope.ZOOM, now=now) if Scope.ZOOM in held else None,
        missed=missed,
    )


async def resume(
    store: Store, scopes: Collection[Scope], programme: Programme | None, *, now: datetime, by: str
) -> Outlook:
    """Let these go on. Cues that passed meanwhile are recorded as missed: nothing comes in a burst.

    Returns what follows, as `outlook` does.
    """
    async with store.transaction() as tx:
        if programme is not None:
            await locks.alone(tx, *map(locks.rundown, programme.meetings))
        found = await outlook(tx, scopes, programme, now=now)
        await due.miss(tx, {one.row.id: one.reason for one in found.missed}, now=now)
        for scope in sorted(await holds.lift(tx, scopes)):
            detail = f"held since {found.held[scope].since.isoformat()} by {found.held[scope].who}"
            await audit.note(tx, now=now, who=by, what=f"{scope}.resumed", subject=scope, detail=detail)
    log.info("hold.lifted", scopes=sorted(found.held), by=by, missed=len(found.missed))
    return found


async def _missed(tx: Transaction, hold: holds.Hold, programme: Programme, *, now: datetime) -> Sequence[Missed]:
    found = []
    for row in await due.waiting(tx, Kind.CUE):
        if row.due_at <= now and row.meeting in programme.meetings:
            reason = await _why_missed(tx, hold, programme, row, now=now)
            found += [Missed(row, reason)] if reason else []
    return found


async def _why_missed(tx: Transaction, hold: holds.Hold, programme: Programme, row: Due, *, now: datetime) -> str:
    """ "" when it can still be given. Not every cue that is missed by now is missed because of the hold."""
    meeting = programme.meetings[row.meeting or ""]
    day = await rundown.get(tx, meeting)
    cue = next(one for one in core_rundown.cues(meeting, programme.cue_times) if one.key == row.detail["cue"])
    verdict = core_rundown.verdict(cue, day, row.due_at, now)
    if not isinstance(verdict, core_rundown.Missed):
        return ""
    if core_rundown.over(cue, day) or row.due_at + cue.grace < hold.since:
        return verdict.reason
    since, until = (times.clock_text(at, meeting.zone) for at in (hold.since, now))
    return f"held from {times.date_text(hold.since, meeting.zone)} {since} to {until} by {hold.who}"
