"""The last approval of several people at once is taken back, as far as none of them has been told."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from meetbot.core import registration as core_registration
from meetbot.core.model import Outcome, Programme, Registrant, Status
from meetbot.errors import UserError
from meetbot.flows.registration.asking import ask_to_push
from meetbot.flows.registration.decisions import note
from meetbot.store import approvals, locks, outbox, registration
from meetbot.store.engine import Store, Transaction


async def undo(store: Store, programme: Programme, *, now: datetime, by: str) -> Outcome:
    """Whoever was approved with others in the last such command is pending again, and nobody writes to them.

    Left alone, with a remark each, are those whose link letter has begun to leave, or who were decided about since.
    UserError when nobody was approved so.
    """
    counts: Counter[str] = Counter()
    remarks: list[str] = []
    reason = f"approval taken back by {by}"
    async with store.transaction() as tx:
        await locks.alone(tx, *map(locks.meeting, programme.meetings))
        together = await approvals.newest(tx)
        if together is None:
            raise UserError("Nobody has approved several people at once; see `meetbot registrants cancel` for one.")
        untouched = await approvals.untouched(tx, together)
        written_to = await approvals.withdraw_letters(tx, untouched, since=together.at, reason=reason)
        for id_ in together.ids:
            registrant = await registration.get(tx, id_)
            assert registrant is not None, "a registrant's row stays"
            if id_ not in untouched:
                remarks.append(f"{_named(registrant)}: decided about since, now {registrant.status}")
            elif id_ in written_to:
                remarks.append(f"{_named(registrant)}: written to already; `meetbot registrants cancel {id_}`")
            else:
                await _take_back(tx, programme, registrant, reason=reason, now=now, by=by)
                counts[Status.PENDING] += 1
    return Outcome(counts, tuple(remarks))


async def _take_back(
    tx: Transaction, programme: Programme, was: Registrant, *, reason: str, now: datetime, by: str
) -> None:
    status = core_registration.transition(was.status, "undo")
    assert isinstance(status, Status), "only who is approved still is taken back"
    await registration.decide(tx, was.id, was=was.status, status=status, reason=reason, now=now, by=by)
    await outbox.allow_again(tx, was.id)
    await note(tx, was, status, reason=reason, now=now, by=by)
    if not await approvals.call_off(tx, was.id, now=now, reason=reason):
        await ask_to_push(tx, programme.meetings[was.form.meeting], was, now=now)


def _named(registrant: Registrant) -> str:
    return f"{registrant.form.name} <{registrant.form.address}>"
