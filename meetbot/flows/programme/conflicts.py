"""What differs between two programmes so that people must hear of it, and what cannot be applied at all."""

from __future__ import annotations

from datetime import datetime

from meetbot.core import programme as core_programme
from meetbot.core.meetings import MeetingState
from meetbot.core.model import Meeting, Programme
from meetbot.store import meetings, rundown
from meetbot.store.engine import Transaction

_CUED = ("rundown", "recording", "cancelled", "waiting_room_follows", "chat")


def is_news(before: Meeting, after: Meeting) -> bool:
    """People must hear of it, and nothing made from the old state may leave any more."""
    return core_programme.moved(before, after) or before.cancelled != after.cancelled or before.title != after.title


async def conflicts_with(
    tx: Transaction, before: Programme | None, after: Programme, *, now: datetime
) -> tuple[str, ...]:
    """Why the file cannot be applied as it is: not everything that runs or that people know follows a file."""
    if before is None:
        return ()
    found = [
        f"{key}: the meeting is missing. People may know of it: keep it and write `cancelled: yes`"
        for key in before.meetings
        if key not in after.meetings
    ]
    found += [why for meeting in after.meetings.values() if (why := _without_a_side(before, after, meeting, now))]
    for key, meeting in after.meetings.items():
        was = before.meetings.get(key)
        if was is None:
            continue
        if elsewhere(was, meeting) and (why := await stuck(tx, was, now=now)):
            found.append(f"{key}: it cannot go to another host or become another kind now: {why}")
        if core_programme.moved(was, meeting) and meeting.interval.start <= now and not meeting.cancelled:
            found.append(f"{key}: its new start has passed already; nobody could be told of it in time")
        if was.cancelled and not meeting.cancelled and meeting.interval.start <= now and await _deleted(tx, key):
            found.append(f"{key}: its start has passed already; keep `cancelled: yes`, or give it a later start")
        if cues_differ(before, after, key) and (await rundown.get(tx, was)).started:
            found.append(f"{key}: the rundown is running; move it by `meetbot rundown`, or wait until it is over")
    return tuple(found)


async def _deleted(tx: Transaction, key: str) -> bool:
    """It stands at Zoom no longer. Until that is done, a mistaken cancellation can be taken back."""
    stored = await meetings.get(tx, key)
    return stored is not None and stored.known.state is MeetingState.CANCELLED


def _without_a_side(before: Programme, after: Programme, meeting: Meeting, now: datetime) -> str:
    """Why a bilateral that was agreed on cannot lose one of its organisations; "" when it loses none."""
    missing = [key for key in meeting.delegations if key not in after.organisations]
    if not missing or meeting.cancelled or meeting.interval.end <= now:
        return ""
    names = " and ".join(before.organisations[key].name if key in before.organisations else key for key in missing)
    return (
        f"{meeting.key}: this bilateral is agreed, and {names} is missing from the organisations. "
        f"Keep it, or cancel the bilateral first: meetbot bilaterals cancel {meeting.key}"
    )


def cues_differ(before: Programme | None, after: Programme, key: str) -> bool:
    """Other cues, or at other times: those that wait must be laid out anew."""
    was = before.meetings.get(key) if before else None
    if before is None or was is None:
        return True
    becomes = after.meetings[key]
    return (
        core_programme.moved(was, becomes)
        or before.cue_times != after.cue_times
        or any(getattr(was, field) != getattr(becomes, field) for field in _CUED)
    )


def elsewhere(before: Meeting, after: Meeting) -> bool:
    """Another meeting has to stand at Zoom for it: Zoom hands none to another host and changes the kind of none."""
    other_host = bool(after.host) and before.host != after.host
    return (other_host or before.kind != after.kind) and not after.cancelled


async def stuck(tx: Transaction, meeting: Meeting, *, now: datetime) -> str:
    """Why no other meeting can stand at Zoom in its place at present; "" when one can."""
    stored = await meetings.get(tx, meeting.key)
    if stored is None:
        return ""
    if stored.known.state is MeetingState.CREATING:
        return "whether Zoom has made it is not known yet; try again in two minutes"
    if stored.known.zoom_id and meeting.opens_at <= now:
        return "people are or may be inside"
    return ""
