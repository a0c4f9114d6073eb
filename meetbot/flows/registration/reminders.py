"""Approved registrants are reminded before the start."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from meetbot.core import letters
from meetbot.core import registration as core_registration
from meetbot.core.model import Outcome, Programme, Status
from meetbot.store import due, meetings, outbox, programmes, registration
from meetbot.store.due import Kind
from meetbot.store.engine import Store


async def remind(store: Store, programme: Programme, *, now: datetime, owner: str) -> Outcome:
    """Remind everybody who is approved and has their link, unless the link letter has only just reached them."""
    counts: Counter[str] = Counter()
    async with store.transaction() as tx:
        if not await programmes.in_force(tx, programme.number):
            return Outcome()  # the next pass has the new one
        for row in await due.claim(tx, [Kind.REMINDER], now=now, owner=owner):
            meeting = programme.meetings[row.meeting or ""]
            stored = await meetings.get(tx, meeting.key)
            before = timedelta(minutes=int(row.subject.rpartition(":")[2]))
            if stored is None or core_registration.stale(before, row.due_at, now):
                reason = f"found {now - row.due_at} late: a reminder of {before} would mislead now"
                await due.finish(tx, [row.id], owner=owner, now=now, state="missed", reason=reason)
                continue
            approved_at = await registration.approved_at(tx, meeting.key)
            remind_at = meeting.interval.start - before
            written = [
                letters.reminder(programme, meeting, one, revision=stored.revision, before=before)
                for one in await registration.listing(tx, meeting.key, status=Status.APPROVED)
                if one.pushed
                and remind_at in core_registration.reminders_due(meeting, programme.reminders, approved_at[one.id])
            ]
            counts["reminders"] += await outbox.put(tx, written, now=now, domain=letters.domain(programme))
            await due.finish(tx, [row.id], owner=owner, now=now)
    return Outcome(counts)
