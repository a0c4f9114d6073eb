"""A person decides what the rules left open, or takes a decision back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from meetbot.core import erasure, letters
from meetbot.core import registration as core_registration
from meetbot.core.model import Outcome, Programme, Registrant, Status
from meetbot.flows.registration.asking import ask_to_push
from meetbot.store import audit, locks, meetings, outbox, registration
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("registration")


async def decide(
    store: Store, programme: Programme, ids: Sequence[int], action: str, *, reason: str, now: datetime, by: str
) -> Outcome:
    """A person approves, denies or cancels; what does not fit the status is refused and changes nothing.

    Of an approval of several people at once Zoom is told only when it cannot be taken back any more (`undo`).
    """
    fitting: list[tuple[Registrant, Status]] = []
    remarks: list[str] = []
    async with store.transaction() as tx:
        await locks.alone(tx, *map(locks.meeting, await registration.meetings_of(tx, ids)))
        for id_ in dict.fromkeys(ids):
            registrant = await registration.get(tx, id_)
            if registrant is None:
                remarks.append(f"{id_}: no such registrant")
                continue
            if erasure.is_stand_in(registrant.form.address):
                remarks.append(f"{id_}: was erased; whoever comes back registers anew")
                continue
            status = core_registration.transition(registrant.status, action)
            if isinstance(status, core_registration.Refused):
                who = await registration.decided_by(tx, id_)
                remarks.append(f"{registrant.form.name} <{registrant.form.address}>: {status.reason}; decided by {who}")
            else:
                fitting.append((registrant, status))
        tell_at = now + core_registration.UNDO_FOR if action == "approve" and len(fitting) > 1 else now
        for registrant, status in fitting:
            await change(tx, programme, registrant, status, reason=reason, now=now, by=by, tell_at=tell_at)
    return Outcome(Counter(status for _, status in fitting), tuple(remarks))


async def note(tx: Transaction, registrant: Registrant, status: Status, *, reason: str, now: datetime, by: str) -> None:
    """Keep who decided what about a registrant."""
    what = f"registration.{status}"
    await audit.note(tx, now=now, who=by, what=what, subject=str(registrant.id), detail=reason)
    log.info(what, registrant=registrant.id, by=by)


async def change(
    tx: Transaction,
    programme: Programme,
    was: Registrant,
    status: Status,
    *,
    reason: str,
    now: datetime,
    by: str,
    tell_at: datetime | None = None,
) -> None:
    """Give a registrant another status, which fits (`transition`), as a part of what else is decided.

    Zoom is told at `tell_at`, None: at once. Whoever may come in no more hears of it, with the meeting as the programme
    has it.
    """
    await registration.decide(tx, was.id, was=was.status, status=status, reason=reason, now=now, by=by)
    await note(tx, was, status, reason=reason, now=now, by=by)
    stored = await meetings.get(tx, was.form.meeting)
    assert stored is not None, "a registrant's meeting is always stored"
    meeting = programme.meetings[was.form.meeting]
    await ask_to_push(tx, meeting, was, now=tell_at or now)
    await outbox.allow_again(tx, was.id)
    if status is Status.APPROVED:
        return
    told = (await outbox.told(tx, was.form.meeting)).get(was.id, outbox.Told())
    letter = letters.denied(
        programme,
        meeting,
        replace(was, status=status, reason=reason),
        revision=stored.revision,
        sequence=told.next_sequence(stored.sequence) if told.link else None,
        withdrawn=was.status is Status.APPROVED,
    )
    await outbox.put(tx, [letter], now=now, domain=letters.domain(programme))
