"""Who must hear of the meetings as they stand at Zoom now."""

from __future__ import annotations

from datetime import datetime

from meetbot.core import letters
from meetbot.core.meetings import MeetingState
from meetbot.core.model import Message, Programme, Registrant, Status
from meetbot.store import locks, meetings, outbox, programmes, registration
from meetbot.store.engine import Store, Transaction


async def people(store: Store, programme: Programme, *, now: datetime) -> None:
    """After changes stand at Zoom: a letter to each person who knew the old times, the link to the others.

    Of all meetings in one transaction, so that whoever is in several of them is written to once.
    """
    async with store.reading() as tx:
        keys = [key for key in programme.meetings if await _letters(tx, programme, key, now=now)]
    if not keys:
        return
    async with store.transaction() as tx:
        await locks.alone(tx, *map(locks.meeting, keys))
        if not await programmes.in_force(tx, programme.number):
            return  # the pass that the new one asks for knows what to tell
        written = [message for key in keys for message in await _letters(tx, programme, key, now=now)]
        await outbox.put(tx, written, now=now, domain=letters.domain(programme))


async def _letters(tx: Transaction, programme: Programme, key: str, *, now: datetime) -> list[Message]:
    meeting = programme.meetings[key]
    settled = MeetingState.CANCELLED if meeting.cancelled else MeetingState.CREATED
    stored = await meetings.get(tx, key)
    if stored is None or stored.known.state is not settled or meeting.interval.end <= now:
        return []
    told = await outbox.told(tx, key)
    news = (
        _news(programme, stored, registrant, told.get(registrant.id, outbox.Told()))
        for registrant in await registration.listing(tx, key)
    )
    return [message for message in news if message is not None]


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
