"""Who must hear of a meeting as it stands at Zoom now."""

from __future__ import annotations

from datetime import datetime

from meetbot.core import letters
from meetbot.core.meetings import MeetingState
from meetbot.core.model import Message, Programme, Registrant, Status
from meetbot.store import locks, meetings, outbox, programmes, registration
from meetbot.store.engine import Store


async def people(store: Store, programme: Programme, key: str, *, now: datetime) -> None:
    """After a change stands at Zoom: one letter to each person who knew the old times, the link to the others."""
    meeting = programme.meetings[key]
    settled = MeetingState.CANCELLED if meeting.cancelled else MeetingState.CREATED
    async with store.transaction() as tx:
        await locks.alone(tx, locks.meeting(key))
        if not await programmes.in_force(tx, programme.number):
            return  # the pass that the new one asks for knows what to tell
        stored = await meetings.get(tx, key)
        if stored is None or stored.known.state is not settled or meeting.interval.end <= now:
            return
        told = await outbox.told(tx, key)
        news = (
            _news(programme, stored, registrant, told.get(registrant.id, outbox.Told()))
            for registrant in await registration.listing(tx, key)
        )
        written = [message for message in news if message is not None]
        await outbox.put(tx, written, now=now, domain=letters.domain(programme))


def _news(programme: Programme, stored: meetings.Stored, registrant: Registrant, told: outbox.Told) -> Message | None:
    """What one registrant must hear about the meeting as it stands now."""
    meeting = programme.meetings[stored.known.key]
    if registrant.status in (Status.DENIED, Status.CANCELLED):
        return None
    revision, sequence = stored.revision, told.next_sequence(stored.sequence)
    if meeting.cancelled:
        withdrawn = sequence if told.link else None
        write = letters.cancelled(programme, meeting, registrant, revision=revision, sequence=withdrawn)
        return write if told.anything else None
    if not told.anything and registrant.status is Status.PENDING:
        return letters.received(programme, meeting, registrant, revision=revision)
    if told.knows is not None and told.knows != letters.times_of(meeting):
        return letters.moved(programme, meeting, registrant, revision=revision, sequence=sequence, before=told.knows)
    if registrant.pushed and registrant.status is Status.APPROVED and not told.link:
        return letters.link(programme, meeting, registrant, revision=revision, sequence=sequence)
    return None
