"""What somebody changed at Zoom: the organiser adopts it into the programme, or lets it be overwritten."""

from __future__ import annotations

from datetime import datetime

import structlog

from meetbot.core import meetings as core_meetings
from meetbot.core.meetings import MeetingState
from meetbot.errors import UserError
from meetbot.flows.programme.apply import adopt_fields, stand_anew
from meetbot.flows.programme.current import alone, in_force
from meetbot.store import audit, due, meetings
from meetbot.store.due import Kind
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("meetings")

_CANCELLED = core_meetings.Difference("cancelled", "planned", "deleted", guards_access=True, value=True)


async def adopt(store: Store, key: str, *, now: datetime, by: str, dry_run: bool = False) -> str:
    """Take over into the programme what Zoom holds; whoever knew other times is told. Returns what was done.

    UserError, and nothing changed, where there is nothing to adopt or it cannot be.
    """
    async with store.transaction() as tx:
        await alone(tx)
        stored = await _chosen(tx, key)
        gone = stored.known.state is MeetingState.GONE
        found = (_CANCELLED,) if gone else stored.known.drift
        if why := core_meetings.adoptable(found):
            raise UserError(f"{key}: {why}")
        done = "; ".join(f"{core_meetings.field_name(one.field)} {one.planned} → {one.remote}" for one in found)
        if dry_run:
            return done
        await adopt_fields(tx, key, core_meetings.adopted(found), now=now, by=by)
        if not gone:
            await _hold_as_found(tx, stored.known, found)
        await audit.note(tx, now=now, who=by, what="meetings.adopted", subject=key, detail=done)
    log.info("meetings.adopted", meeting=key, by=by)
    return done


async def _hold_as_found(
    tx: Transaction, known: core_meetings.KnownMeeting, found: tuple[core_meetings.Difference, ...]
) -> None:
    """What Zoom holds is as planned from now on; it is read back and compared before anything leaves."""
    host = next((str(one.value) for one in found if one.field == "host"), None)
    if host is not None:
        await meetings.assign(tx, known.key, host)
    held = core_meetings.held(known.planned, found) if known.planned else None
    reason = "adopted from Zoom, not read back yet"
    await meetings.set_state(tx, known.key, MeetingState.BLOCKED, reason, confirmed=held, drift=())


async def overwrite(store: Store, key: str, *, now: datetime, by: str, dry_run: bool = False) -> str:
    """Let Zoom hold what is planned again; a meeting deleted there is made anew, with new links for everybody.

    UserError, and nothing changed, where there is nothing to overwrite or it cannot be.
    """
    async with store.transaction() as tx:
        await alone(tx)
        stored = await _chosen(tx, key)
        gone = stored.known.state is MeetingState.GONE
        fields = [one.field for one in stored.known.drift]
        if not gone and {"passcode", "host"} & set(fields):
            raise UserError(
                f"{key}: meetbot keeps no passcode and can hand no meeting to another host: meetbot drift adopt {key}"
            )
        put_back = f"{', '.join(map(core_meetings.field_name, fields))} put back at Zoom as planned"
        done = "made anew at Zoom; everybody gets a new link" if gone else put_back
        if dry_run:
            return done
        if gone:
            await stand_anew(tx, await in_force(tx), key, reason="made anew, as chosen", now=now)
        else:
            await meetings.set_state(tx, key, MeetingState.OVERWRITING, "to be put back at Zoom, as chosen")
        await due.add(tx, Kind.MEETING, "all", now)
        await audit.note(tx, now=now, who=by, what="meetings.overwritten", subject=key, detail=done)
    log.info("meetings.overwritten", meeting=key, by=by)
    return done


async def _chosen(tx: Transaction, key: str) -> meetings.Stored:
    stored = await meetings.get(tx, key)
    if stored is None:
        raise UserError(f"{key}: no such meeting; see meetbot status")
    if stored.known.state is not MeetingState.GONE and not stored.known.drift:
        raise UserError(f"{key}: nobody has changed it at Zoom; see meetbot drift")
    return stored
