"""A command of the day: the rundown moves, and with it every cue still to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog

from meetbot.core import rundown as core_rundown
from meetbot.core.model import Meeting, Programme
from meetbot.errors import UserError
from meetbot.store import audit, due, locks, rundown
from meetbot.store.due import Kind
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("rundown")

Command = Callable[[core_rundown.Rundown, datetime], core_rundown.Move | core_rundown.Refused]


async def command(
    store: Store, programme: Programme, meeting: Meeting, do: Command, *, name: str, now: datetime, by: str
) -> core_rundown.Move:
    """Carry out a command of the day; the rundown and every later cue change in one transaction.

    UserError when the command does not fit; nothing changes then.
    """
    async with store.transaction() as tx:
        await locks.alone(tx, locks.rundown(meeting.key))
        move = do(await rundown.get(tx, meeting), now)
        if isinstance(move, core_rundown.Refused):
            raise UserError(f"{meeting.key}: {move.reason}")
        await rundown.save(tx, move.rundown)
        await _move_cues(tx, programme, meeting, move, now=now)
        await audit.note(tx, now=now, who=by, what=f"rundown.{name}", subject=meeting.key, detail=move.reason)
    log.info(f"rundown.{name}", meeting=meeting.key, by=by, reason=move.reason)
    late = core_rundown.overrun(move.rundown, meeting)
    return replace(move, reason=f"{move.reason}; {late}") if late else move


async def _move_cues(
    tx: Transaction, programme: Programme, meeting: Meeting, move: core_rundown.Move, *, now: datetime
) -> None:
    cues = core_rundown.cues(meeting, programme.cue_times)
    moving = {cue.key for cue in cues if core_rundown.moves(cue, move)}
    beginning = {cue.key for cue in cues if core_rundown.begins(cue, move)}
    waiting = await due.waiting(tx, Kind.CUE, meeting.key)
    await due.move(tx, [row.id for row in waiting if row.detail["cue"] in moving], move.shift)
    for row in waiting:
        if row.detail["cue"] in beginning:
            await due.move(tx, [row.id], now - row.due_at)
