"""Forms come in and are decided by the programme's rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import structlog

from meetbot.core import letters
from meetbot.core import registration as core_registration
from meetbot.core.model import Form, Outcome, Programme, Registrant, Status
from meetbot.flows.registration.asking import urgency_of
from meetbot.flows.registration.decisions import note
from meetbot.store import due, erasures, locks, meetings, outbox, registration
from meetbot.store.due import Kind
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("registration")


async def submit(
    store: Store,
    programme: Programme,
    forms: Collection[Form],
    *,
    now: datetime,
    by: str,
    approved_at_zoom: bool = False,
    undo_for: timedelta = timedelta(),
) -> Outcome:
    """Take in forms, decide each by the programme's rules, and answer; all of them or none.

    `undo_for`: so long a person can take the approvals back (`undo`) before Zoom is told.
    """
    async with store.transaction() as tx:
        await locks.alone(tx, *{locks.meeting(form.meeting) for form in forms})
        erased = await erasures.erased_at(tx, store.links, {form.address for form in forms})
        counts = await submit_within(
            tx, programme, forms, now=now, by=by, approved_at_zoom=approved_at_zoom, undo_for=undo_for, erased=erased
        )
    log.info("registration.submitted", by=by, **counts)
    return Outcome(counts)


async def submit_within(
    tx: Transaction,
    programme: Programme,
    forms: Collection[Form],
    *,
    now: datetime,
    by: str,
    approved_at_zoom: bool = False,
    undo_for: timedelta = timedelta(),
    erased: Mapping[str, datetime] = MappingProxyType({}),
) -> Counter[str]:
    """The same as a part of what else is decided; the caller has the locks of the meetings. Counts by status.

    `erased`: of the addresses in the forms, those whose people were erased, and when.
    """
    counts: Counter[str] = Counter()
    revisions = {key: stored.revision for key, stored in (await meetings.all_(tx)).items()}
    fresh: list[Registrant] = []
    for form in forms:
        at = erased.get(form.address)
        registrant = await _take_in(
            tx, programme, form, now=now, by=by, approved_at_zoom=approved_at_zoom, erased_at=at
        )
        counts[registrant.status if registrant else "repeated"] += 1
        fresh += [registrant] if registrant else []
    approved = [one for one in fresh if one.status is Status.APPROVED]
    await due.add_all(tx, Kind.PUSH, (_push_row(programme, one, now + undo_for) for one in approved))
    for one in approved if undo_for else ():
        await note(tx, one, one.status, reason=one.reason, now=now, by=by)
    received = [
        letters.received(programme, programme.meetings[key], one, revision=revisions[key])
        for one in fresh
        if one.status is Status.PENDING and (key := one.form.meeting)
    ]
    await outbox.put(tx, received, now=now, domain=letters.domain(programme))
    return counts


async def would_approve(
    store: Store, programme: Programme, forms: Collection[Form], *, now: datetime
) -> tuple[Registrant, ...]:
    """Whom the rules would approve, were these forms taken in now. Nobody is taken in."""
    async with store.transaction() as tx:
        attempt = await tx.begin_nested()
        erased = await erasures.erased_at(tx, store.links, {form.address for form in forms})
        taken = [
            await _take_in(
                tx, programme, form, now=now, by="", approved_at_zoom=False, erased_at=erased.get(form.address)
            )
            for form in forms
        ]
        await attempt.rollback()
    return tuple(one for one in taken if one is not None and one.status is Status.APPROVED)


def _push_row(programme: Programme, registrant: Registrant, due_at: datetime) -> dict[str, Any]:
    key = registrant.form.meeting
    urgency = urgency_of(programme.meetings[key], due_at)
    return {"subject": str(registrant.id), "meeting": key, "due_at": due_at, "urgency": urgency}


async def _take_in(
    tx: Transaction,
    programme: Programme,
    form: Form,
    *,
    now: datetime,
    by: str,
    approved_at_zoom: bool,
    erased_at: datetime | None,
) -> Registrant | None:
    """The new registrant with the decision; None when the same person had registered before."""
    same_address = await registration.find(tx, form)
    for known in same_address:
        if core_registration.fold(known.form.name) == core_registration.fold(form.name):
            await registration.amend(tx, known.id, form)
            return None
    key = core_registration.organisation_of(form, programme.organisations)
    organisation = programme.organisations.get(key) if key else None
    decision = core_registration.decide(
        form,
        programme=programme,
        meeting=programme.meetings[form.meeting],
        approved_of_organisation=await registration.approved_of(tx, form.meeting, key) if key else 0,
        sharing_address=same_address[0].form.name if same_address else None,
        now=now,
        approved_at_zoom=approved_at_zoom,
        erased_at=erased_at,
    )
    approved = isinstance(decision, core_registration.Approve)
    new = registration.Decided(
        form=form,
        organisation=key,
        zone=form.zone or (organisation.zone if organisation else programme.zone),
        language=form.language or programme.language,
        status=Status.APPROVED if approved else Status.PENDING,
        reason=decision.reason,
    )
    return await registration.add(tx, new, now=now, by="rules" if approved else by)
