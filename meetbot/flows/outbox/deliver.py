"""Messages leave: claimed together, then each by itself is looked at again, written, handed over and recorded."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from meetbot import errors, metrics
from meetbot.core import outbox as core_outbox
from meetbot.core.model import Attachment, JoinLink, Outcome, Programme
from meetbot.core.outbox import Circuit, End, LetterState, TryAgain
from meetbot.core.pace import Pace
from meetbot.files import tables
from meetbot.flows import restored, storm
from meetbot.flows.outbox import hand_over
from meetbot.mail import bounces
from meetbot.mail.journal import Journal, Line
from meetbot.mail.transports import Transport
from meetbot.redaction import strike
from meetbot.store import attendance, due, holds, outbox, page_links, registration
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("outbox")
_BATCH = 10  # small, so that an urgent letter that comes meanwhile goes before the rest of a backlog
_ON_HOLD = timedelta(minutes=15)  # as a safeguard: what it waits for lets it go at once (`outbox.release`)
_AWAY = "the mail server cannot be reached"
_SLOW_TRIES = "slow_tries"  # in the detail of a letter's row
_REPORT_FORMS = (
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", tables.xlsx),
    ("csv", "text/csv", tables.csv),
)


@dataclass
class Standing:
    """How we stand with the mail server; one for the life of the process."""

    circuit: Circuit = field(default_factory=Circuit)
    pace: Pace = field(default_factory=Pace)
    watch: storm.Watch = field(default_factory=storm.Watch)

    def closed_until(self, now: datetime) -> datetime | None:
        """No letter is tried before then; None: now is as good as ever."""
        later = [at for at in (self.circuit.closed_until, self.pace.opens_at) if at is not None and at > now]
        return max(later, default=None)

    @property
    def reason(self) -> str:
        """Why letters wait while it is closed."""
        per_minute = self.pace.per_minute
        return self.circuit.fault or (f"the mail server takes about {per_minute:.0f} a minute" if per_minute else "")


@dataclass(frozen=True)
class Post:
    """Everything that letters leave by."""

    transport: Transport
    journal: Journal
    standing: Standing
    bounce_address: str = ""  #: where returned mail comes to; "": to the organiser
    public_url: str = ""  #: at which people reach our pages; "": they reach none, and answer by mail


async def deliver(store: Store, programme: Programme, post: Post, *, now: datetime, owner: str) -> Outcome:
    """Send one batch of what is due, one message at a time, each outcome on disk before the next begins.

    Only one batch: the next pass has a new `now`, and picks up what has become more urgent meanwhile.
    """
    counts: Counter[str] = Counter()
    async with store.transaction() as tx:
        if await post.standing.watch.stopped(tx, programme, now=now):
            return Outcome()
        if (closed_until := post.standing.closed_until(now)) is not None:
            put_off = await due.put_off(tx, due.Kind.LETTER, closed_until, now=now, reason=post.standing.reason)
            return Outcome({"put off": put_off})
        limit = post.standing.pace.share(_BATCH)
        rows = await due.claim(tx, [due.Kind.LETTER], now=now, owner=owner, limit=limit)
    for row in rows:
        counts[await _deliver_one(store, programme, post, row, now=now, owner=owner)] += 1
    post.standing.pace = post.standing.pace.after(counts[LetterState.ACCEPTED], now=now)
    if counts:
        log.info("outbox.delivered", **counts)
    return Outcome(counts)


async def _deliver_one(
    store: Store, programme: Programme, post: Post, row: due.Due, *, now: datetime, owner: str
) -> str:
    """One attempt; returns the state that the message is in afterwards, or why there was none."""
    if (closed_until := post.standing.closed_until(now)) is not None:
        async with store.transaction() as tx:
            await due.again(tx, row, closed_until, owner=owner, reason=post.standing.reason)
        return "put off"
    begun = await _begin(store, row, post.public_url, now=now, owner=owner)
    if begun is None:
        return "left behind"
    verdict = await _attempt(store, programme, post, begun, now=now)
    await _record(store, begun, verdict, now=now, owner=owner)
    if post.standing.circuit.broken:
        await _hold(store, post.standing.circuit, now=now)
    return verdict.state


async def _begin(store: Store, row: due.Due, public_url: str, *, now: datetime, owner: str) -> hand_over.Begun | None:
    """Mark the row's message as being sent, if it may leave; otherwise it waits, or has its end, with the reason."""
    id_ = int(row.subject)
    async with store.transaction() as tx:
        if not await due.still_mine(tx, row, owner=owner):
            return None  # another node has it: this one was paused since it claimed it
        outgoing = await outbox.begin(tx, id_, now=now)
        if outgoing is None:
            if why := await outbox.leave_behind(tx, id_, now=now):
                await due.again(tx, row, now + _ON_HOLD, owner=owner, reason=why)
            else:
                await due.finish(tx, [row.id], owner=owner, now=now, reason="not sent any more")
            return None
        link = await _link(tx, store, outgoing)
        if await restored.anything_went(tx) and await restored.went_before(tx, store.links, outgoing, link):
            await due.finish(tx, [row.id], owner=owner, now=now, reason="went out before the restore")
            return None
        page = await _page(tx, store, outgoing, public_url)
        return hand_over.Begun(row, outgoing, link, await _attachments(tx, outgoing), page)


async def _link(tx: Transaction, store: Store, outgoing: outbox.Outgoing) -> JoinLink | None:
    message = outgoing.message
    if not message.needs_link or message.registrant is None:
        return None
    return await registration.join_link(tx, message.registrant, store.links)


async def _page(tx: Transaction, store: Store, outgoing: outbox.Outgoing, public_url: str) -> str:
    if outgoing.message.page is None or not public_url:
        return ""
    token = await page_links.token(tx, store.links, outgoing.message.page)
    return f"{public_url}/b/{token}" if token else ""


async def _attachments(tx: Transaction, one: outbox.Outgoing) -> tuple[Attachment, ...]:
    report = await attendance.get_report(tx, one.report) if one.report is not None else None
    if report is None:
        return ()
    return tuple(
        Attachment(tables.file_name(report.document, ending), media_type, make(report.document))
        for ending, media_type, make in _REPORT_FORMS
    )


async def _attempt(
    store: Store, programme: Programme, post: Post, begun: hand_over.Begun, *, now: datetime
) -> TryAgain | End:
    """Render and hand over; what came of it is what the letter's state will be."""
    outgoing, standing, sender = begun.outgoing, post.standing, programme.organiser.address
    if post.bounce_address:
        sender = bounces.return_path(post.bounce_address, outgoing.id, outgoing.message_id, store.links.mark)
    try:
        reply = await hand_over.hand_over(programme, post.transport, begun, sender=sender)
    except hand_over.Unwritten as fault:
        return End(LetterState.REFUSED, str(fault))
    except errors.Fenced as error:  # certainly not handed over
        return TryAgain(LetterState.DEFERRED, now, str(error))
    except errors.MailUnknownOutcome:
        return core_outbox.after_unknown(outgoing.copies, now=now)
    except errors.MailError as error:
        return _after(error, begun, standing, now=now)
    standing.circuit = Circuit()
    await _note(store, post.journal, begun, now=now)
    twice = outgoing.copies > 1
    return End(LetterState.ACCEPTED, reply + (" (may have been sent twice, under one Message-ID)" if twice else ""))


def _after(error: errors.MailError, begun: hand_over.Begun, standing: Standing, *, now: datetime) -> TryAgain | End:
    message, reason = begun.outgoing.message, str(error)
    if error.fault:
        standing.circuit = standing.circuit.after(error.fault, now=now)
        return TryAgain(LetterState.DEFERRED, standing.circuit.closed_until or now, f"{error.fault}: {error}")
    standing.circuit = standing.circuit.after(_AWAY, now=now, away=True) if error.away else Circuit()
    if error.passing:
        slow_tries = begun.row.detail.get(_SLOW_TRIES, 0)
        return core_outbox.after_passing(slow_tries, now=now, reason=reason, useful_until=message.useful_until)
    if error.permanent:
        return End(LetterState.REFUSED, reason)
    if error.slower:
        standing.pace = standing.pace.slower(now=now)
    return core_outbox.after_refusal(
        begun.row.attempt,
        now=now,
        reason=reason,
        queued_at=begun.outgoing.created_at,
        useful_until=message.useful_until,
        opens_at=standing.closed_until(now) if error.slower or error.away else None,
    )


async def _note(store: Store, journal: Journal, begun: hand_over.Begun, *, now: datetime) -> None:
    """Remember beside the store that the letter went: a backup that is put back one day knows nothing of it."""
    message = begun.outgoing.message
    mark = restored.mark(store.links, message, begun.link)
    try:
        await journal.note(Line(now, mark, begun.outgoing.message_id, message.revision))
    except OSError as problem:
        log.error("outbox.not_in_journal", message=begun.outgoing.id, reason=problem.strerror)


async def _record(store: Store, begun: hand_over.Begun, verdict: TryAgain | End, *, now: datetime, owner: str) -> None:
    outgoing, reason = begun.outgoing, strike(verdict.reason)
    accepted = verdict.state is LetterState.ACCEPTED
    async with store.transaction() as tx:
        await outbox.record(tx, outgoing.id, verdict.state, reason, accepted_at=now if accepted else None)
        if isinstance(verdict, TryAgain):
            slow = {_SLOW_TRIES: verdict.slow_tries} if verdict.slow_tries is not None else None
            await due.again(tx, begun.row, verdict.at, owner=owner, reason=reason, detail=slow)
        else:
            ended = "done" if accepted else "failed"
            await due.finish(tx, [begun.row.id], owner=owner, now=now, state=ended, reason="" if accepted else reason)
    metrics.LETTERS.labels(verdict.state).inc()
    if verdict.state is LetterState.UNKNOWN:
        metrics.UNKNOWN.labels("mail").inc()
    if not accepted:
        log.warning("outbox.not_accepted", message=outgoing.id, state=verdict.state, reason=reason)


async def _hold(store: Store, circuit: Circuit, *, now: datetime) -> None:
    """Stop before every letter has been refused, or the account is locked."""
    reason = f"{circuit.fault}, {circuit.knocks} times in a row; put it right, then: meetbot resume --mail"
    async with store.transaction() as tx:
        if await holds.put(tx, [due.Scope.MAIL], now=now, who="meetbot", reason=reason):
            log.error("outbox.held", reason=reason)
