"""What a cue has done at Zoom: the recording, and what everybody may read in the waiting room and in the chat.

Zoom only queues these and has no call to check them, so "asked" is all that is known. What fails is on record and not
tried again: a minute later it would not be true any more.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from meetbot import errors
from meetbot.core import letters, text
from meetbot.core import rundown as core_rundown
from meetbot.core.model import Meeting, Programme
from meetbot.core.rundown import CueKind
from meetbot.store import due, meetings, rundown
from meetbot.store.due import Due
from meetbot.store.engine import Store
from meetbot.zoom.client import Zoom

log = structlog.get_logger("rundown")

KINDS = frozenset({CueKind.RECORDING_START, CueKind.RECORDING_STOP, CueKind.WAITING_ROOM, CueKind.CHAT})

_LONGEST_TITLE = 60  # signs that Zoom's waiting room shows in one line
_BY_HAND = {
    CueKind.RECORDING_START: "; start the recording by hand",
    CueKind.RECORDING_STOP: "; stop the recording by hand",
}


async def act(
    store: Store,
    programme: Programme,
    zoom: Zoom,
    meeting: Meeting,
    cue: core_rundown.Cue,
    row: Due,
    *,
    now: datetime,
    owner: str,
) -> str:
    """Do what the cue is for, and record what came of it; returns "fired" or "failed"."""
    async with store.reading() as tx:
        stored = await meetings.get(tx, meeting.key)
        day = await rundown.get(tx, meeting)
    state = "failed"
    if stored is None or stored.known.zoom_id is None:
        reason = "the meeting does not stand at Zoom"
    elif cue.kind is CueKind.CHAT and stored.channel is None:
        reason = "Zoom has made no chat for this meeting"
    else:
        try:
            state, reason = "done", await _ask(zoom, programme, meeting, stored, day, cue)
        except errors.ZoomError as error:
            reason = f"{error}{_BY_HAND.get(cue.kind, '')}"
    async with store.transaction() as tx:
        await due.finish(tx, [row.id], owner=owner, now=now, state=state, reason=reason)
    log.info(f"rundown.{cue.kind}", meeting=meeting.key, segment=cue.segment, state=state, reason=reason)
    return "fired" if state == "done" else "failed"


async def _ask(
    zoom: Zoom,
    programme: Programme,
    meeting: Meeting,
    stored: meetings.Stored,
    day: core_rundown.Rundown,
    cue: core_rundown.Cue,
) -> str:
    """Returns what Zoom was asked."""
    zoom_id = stored.known.zoom_id or ""
    match cue.kind:
        case CueKind.RECORDING_START:
            await zoom.record(zoom_id, "start")
            return "asked Zoom to start the recording"
        case CueKind.RECORDING_STOP:
            await zoom.record(zoom_id, "stop")
            return "asked Zoom to stop the recording"
        case CueKind.WAITING_ROOM:
            shown = core_rundown.waiting_room_text(meeting, day, cue.segment)
            await zoom.show_in_waiting_room(zoom_id, text.shortened(meeting.title, _LONGEST_TITLE), shown)
            return "asked Zoom to show it in the waiting room"
        case _:
            segment = next(one for one in meeting.rundown if one.key == cue.segment)
            post = core_rundown.chat_text(meeting, day, segment, letters.parts_text(programme, segment.parts))
            await zoom.post_to_chat(stored.known.host or meeting.host, stored.channel or "", post)
            return "posted into the chat; guests without a Zoom account may not see it"
