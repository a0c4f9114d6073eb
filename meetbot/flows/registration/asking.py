"""What asks for a push: each decision about somebody, and whatever makes their link at Zoom doubtful."""

from __future__ import annotations

from datetime import datetime

from meetbot.core import registration as core_registration
from meetbot.core import rundown
from meetbot.core.model import Meeting, MeetingKind, Programme, Registrant, Status
from meetbot.store import due, registration
from meetbot.store.due import Kind
from meetbot.store.engine import Transaction


async def ask_to_push(tx: Transaction, meeting: Meeting, registrant: Registrant, *, now: datetime) -> None:
    """Let Zoom be told of a registrant's decision."""
    urgency = urgency_of(meeting, now)
    await due.add(tx, Kind.PUSH, str(registrant.id), now, meeting=meeting.key, urgency=urgency)


async def admit_anew(tx: Transaction, meeting_key: str, *, urgency: int = 1, now: datetime) -> None:
    """Another meeting stands at Zoom, or is to: the links to the one before are dead, and everybody gets another."""
    await registration.forget_links(tx, meeting_key)
    for one in await registration.listing(tx, meeting_key, status=Status.APPROVED):
        await due.add(tx, Kind.PUSH, str(one.id), now, meeting=meeting_key, urgency=urgency)


def urgency_of(meeting: Meeting, now: datetime) -> int:
    """0, before bulk work, for whoever stands before the door already."""
    return 0 if core_registration.urgent(meeting, now) else 1


async def ask_for_the_stage(
    tx: Transaction, before: Programme, after: Programme, meeting: Meeting, *, now: datetime
) -> None:
    """Whoever goes on or off the stage of a webinar is another kind of guest at Zoom, with another link."""
    if meeting.kind is not MeetingKind.WEBINAR:
        return
    was = before.meetings[meeting.key]
    for one in await registration.listing(tx, meeting.key, status=Status.APPROVED):
        if rundown.on_stage(one, was, before) != rundown.on_stage(one, meeting, after):
            await ask_to_push(tx, meeting, one, now=now)
