"""Whoever interprets in a meeting is registered for it and gets a link like every guest, until somebody else does."""

from __future__ import annotations

from datetime import datetime

from meetbot.core.model import Form, Interpreter, Meeting, Programme, Status
from meetbot.flows.registration import decisions, forms
from meetbot.store import registration
from meetbot.store.engine import Transaction


async def follow(
    tx: Transaction, before: Programme | None, after: Programme, meeting: Meeting, *, now: datetime, by: str
) -> None:
    """Admit those who interpret in the meeting since the programme before, withdraw those who no longer do.

    The caller has the lock of the meeting.
    """
    if not _to_come(meeting, now):
        return
    was = before.meetings.get(meeting.key) if before else None
    if before is not None and was is not None:
        for one in was.interpreters:
            if meeting.interpreter(one.address) is None:
                await _withdraw(tx, before, was, one, replaced=bool(meeting.interpreters), now=now, by=by)
    for one in meeting.interpreters:
        if was is None or not _to_come(was, now) or was.interpreter(one.address) is None:
            await _admit(tx, after, meeting, one, now=now, by=by)


def _to_come(meeting: Meeting, now: datetime) -> bool:
    return not meeting.cancelled and meeting.interval.end > now


async def _admit(
    tx: Transaction, programme: Programme, meeting: Meeting, interpreter: Interpreter, *, now: datetime, by: str
) -> None:
    """Under the very address with which they sign in; somebody who is admitted under it already stays as they are."""
    form = Form(meeting.key, interpreter.address, interpreter.name, source="interpreter")
    known = await registration.find(tx, form)
    if not known:
        await forms.submit_within(tx, programme, [form], now=now, by=by)
    elif all(one.status is not Status.APPROVED for one in known):
        reason = "interprets again"
        await decisions.change(tx, programme, known[0], Status.APPROVED, reason=reason, now=now, by=by)


async def _withdraw(
    tx: Transaction,
    before: Programme,
    was: Meeting,
    interpreter: Interpreter,
    *,
    replaced: bool,
    now: datetime,
    by: str,
) -> None:
    """Their link is dead from now on; whoever is of a delegation as well stays one of it."""
    reason = "another interpreter takes over" if replaced else "no interpreter is needed"
    for one in await registration.find(tx, Form(was.key, interpreter.address, interpreter.name)):
        if one.organisation is None and one.status in (Status.PENDING, Status.APPROVED):
            await decisions.change(tx, before, one, Status.CANCELLED, reason=reason, now=now, by=by)
