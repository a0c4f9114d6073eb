"""Messages leave: claim, look again whether each may still go, render, hand over, record what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from meetbot import errors
from meetbot.core import outbox as core_outbox
from meetbot.core.model import Attachment, JoinLink, Outcome, Programme
from meetbot.files import tables
from meetbot.mail import compose, letters
from meetbot.mail.transports import Transport
from meetbot.redaction import strike
from meetbot.store import attendance, due, outbox, registration
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("outbox")
_BATCH = 10  # small, so that an urgent letter that comes meanwhile goes before the rest of a backlog
_ON_HOLD = timedelta(minutes=1)
_REPORT_FORMS = (
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", tables.xlsx),
    ("csv", "text/csv", tables.csv),
)


@dataclass(frozen=True)
class _Ready:
    """A claimed message with all that its rendering needs."""

    row: due.Due
    outgoing: outbox.Outgoing
    link: JoinLink | None
    attachments: tuple[Attachment, ...]


async def deliver(store: Store, programme: Programme, transport: Transport, *, now: datetime, owner: str) -> Outcome:
    """Send one batch of what is due, one message at a time, each outcome on disk before the next begins.

    Only one batch: the next pass has a new `now`, and picks up what has become more urgent meanwhile.
    """
    counts: Counter[str] = Counter()
    for one in await _take(store, now=now, owner=owner):
        counts[await _send(store, programme, transport, one, now=now, owner=owner)] += 1
    if counts:
        log.info("outbox.delivered", **counts)
    return Outcome(counts)


async def _take(store: Store, *, now: datetime, owner: str) -> Sequence[_Ready]:
    """Claim a batch; messages that may not leave any more end here, with their reason."""
    async with store.transaction() as tx:
        while rows := await due.claim(tx, [due.Kind.LETTER], now=now, owner=owner, limit=_BATCH):
            row_of = {int(row.subject): row for row in rows}
            begun = await outbox.begin(tx, list(row_of), now=now)
            ready = [
                _Ready(
                    row_of.pop(one.id),
                    one,
                    await registration.join_link(tx, one.message.registrant, store.links)
                    if one.message.needs_link and one.message.registrant is not None
                    else None,
                    await _attachments(tx, one),
                )
                for one in begun
            ]
            held = await outbox.drop_stale(tx, list(row_of), now=now)
            for id_ in held:
                await due.again(tx, row_of.pop(id_), now + _ON_HOLD, owner=owner, reason=outbox.ON_HOLD)
            await due.finish(tx, [row.id for row in row_of.values()], owner=owner, now=now, reason="not sent any more")
            if ready:
                return ready
    return ()


async def _attachments(tx: Transaction, one: outbox.Outgoing) -> tuple[Attachment, ...]:
    report = await attendance.get_report(tx, one.report) if one.report is not None else None
    if report is None:
        return ()
    return tuple(
        Attachment(tables.file_name(report.document, ending), media_type, make(report.document))
        for ending, media_type, make in _REPORT_FORMS
    )


async def _send(
    store: Store, programme: Programme, transport: Transport, one: _Ready, *, now: datetime, owner: str
) -> str:
    """One attempt; returns the state that the message is in afterwards."""
    message, outgoing = one.outgoing.message, one.outgoing
    was_unknown = outgoing.state == "unknown"
    verdict: core_outbox.TryAgain | core_outbox.GiveUp
    try:
        rendered = letters.render(
            message, organiser=programme.organiser, link=one.link, uid=outgoing.uid, made_at=outgoing.created_at
        )
        content = compose.compose(
            message,
            rendered,
            message_id=outgoing.message_id,
            organiser=programme.organiser,
            made_at=outgoing.created_at,
            attachments=one.attachments,
        )
        reply = await transport.deliver(outgoing.message_id, programme.organiser.address, message.to.address, content)
    except errors.MailUnknownOutcome:
        verdict, retry_state = core_outbox.after_unknown(was_unknown, now=now), "unknown"
    except errors.MailError as error:
        retry_state = "deferred"
        if error.permanent:
            verdict = core_outbox.GiveUp(str(error))
        else:
            verdict = core_outbox.after_refusal(
                one.row.attempt, now=now, reason=str(error), useful_until=message.useful_until
            )
    except errors.MeetbotError as error:
        verdict, retry_state = core_outbox.GiveUp(str(error)), "failed"
    else:
        return await _accepted(store, one, reply, twice=was_unknown, now=now, owner=owner)
    return await _not_accepted(store, one, verdict, retry_state, now=now, owner=owner)


async def _accepted(store: Store, one: _Ready, reply: str, *, twice: bool, now: datetime, owner: str) -> str:
    reason = strike(reply) + (" (may have been sent twice, under one Message-ID)" if twice else "")
    async with store.transaction() as tx:
        await outbox.record(tx, one.outgoing.id, "sent", reason, accepted_at=now)
        await due.finish(tx, [one.row.id], owner=owner, now=now)
    return "sent"


async def _not_accepted(
    store: Store,
    one: _Ready,
    verdict: core_outbox.TryAgain | core_outbox.GiveUp,
    retry_state: str,
    *,
    now: datetime,
    owner: str,
) -> str:
    reason = strike(verdict.reason)
    async with store.transaction() as tx:
        if isinstance(verdict, core_outbox.TryAgain):
            state = retry_state
            await due.again(tx, one.row, verdict.at, owner=owner, reason=reason)
        else:
            state = "failed"
            await due.finish(tx, [one.row.id], owner=owner, now=now, state="failed", reason=reason)
        await outbox.record(tx, one.outgoing.id, state, reason)
    log.warning("outbox.not_accepted", message=one.outgoing.id, state=state, reason=reason)
    return state
