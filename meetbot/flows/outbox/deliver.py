"""Messages leave: claimed in batches, then one mail at a time is looked at again, written, handed over and recorded."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from meetbot import errors, metrics
from meetbot.core import outbox as core_outbox
from meetbot.core.model import Outcome, Programme
from meetbot.core.outbox import Circuit, End, LetterState, TryAgain
from meetbot.core.pace import Pace
from meetbot.flows import restored, storm
from meetbot.flows.outbox import begin, hand_over
from meetbot.flows.outbox.begin import Mail
from meetbot.mail import bounces
from meetbot.mail.journal import Journal, Line
from meetbot.mail.transports import Transport
from meetbot.redaction import strike
from meetbot.store import due, holds, outbox
from meetbot.store.engine import Store

log = structlog.get_logger("outbox")
_BATCH = 10  # small, so that an urgent letter that comes meanwhile goes before the rest of a backlog
_AWAY = "the mail server cannot be reached"
_SLOW_TRIES = "slow_tries"  # in the detail of a letter's row


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
    tried: set[int] = set()
    for row in rows:
        if row.id not in tried:  # in the mail of one before it
            state, with_it = await _deliver_one(store, programme, post, row, now=now, owner=owner)
            counts[state] += 1
            tried |= with_it
    post.standing.pace = post.standing.pace.after(counts[LetterState.ACCEPTED], now=now)
    if counts:
        log.info("outbox.delivered", **counts)
    return Outcome(counts)


async def _deliver_one(
    store: Store, programme: Programme, post: Post, row: due.Due, *, now: datetime, owner: str
) -> tuple[str, set[int]]:
    """One attempt: the state that the letter is in afterwards, or why there was none; and the rows that went in it."""
    if (closed_until := post.standing.closed_until(now)) is not None:
        async with store.transaction() as tx:
            await due.again(tx, row, closed_until, owner=owner, reason=post.standing.reason)
        return "put off", set()
    mail = await begin.begin(store, row, post.public_url, now=now, owner=owner)
    if mail is None:
        return "left behind", set()
    verdict = await _attempt(store, programme, post, mail, now=now)
    await _record(store, mail, verdict, now=now, owner=owner)
    if post.standing.circuit.broken:
        await _hold(store, post.standing.circuit, now=now)
    return verdict.state, {one.row.id for one in mail.letters}


async def _attempt(store: Store, programme: Programme, post: Post, mail: Mail, *, now: datetime) -> TryAgain | End:
    """Render and hand over; what came of it is what the state of its letters will be."""
    first, standing, sender = mail.first.outgoing, post.standing, programme.organiser.address
    if post.bounce_address:
        sender = bounces.return_path(post.bounce_address, first.id, first.message_id, store.links.mark)
    try:
        reply = await hand_over.hand_over(programme, post.transport, mail, sender=sender)
    except hand_over.Unwritten as fault:
        return End(LetterState.REFUSED, str(fault))
    except errors.Fenced as error:  # certainly not handed over
        return TryAgain(LetterState.DEFERRED, now, str(error))
    except errors.MailUnknownOutcome:
        return core_outbox.after_unknown(first.copies, now=now)
    except errors.MailError as error:
        return _after(error, mail, standing, now=now)
    standing.circuit = Circuit()
    await _note(store, post.journal, mail, now=now)
    twice = first.copies > 1
    return End(LetterState.ACCEPTED, reply + (" (may have been sent twice, under one Message-ID)" if twice else ""))


def _after(error: errors.MailError, mail: Mail, standing: Standing, *, now: datetime) -> TryAgain | End:
    first, reason = mail.first, str(error)
    if error.fault:
        standing.circuit = standing.circuit.after(error.fault, now=now)
        return TryAgain(LetterState.DEFERRED, standing.circuit.closed_until or now, f"{error.fault}: {error}")
    standing.circuit = standing.circuit.after(_AWAY, now=now, away=True) if error.away else Circuit()
    if error.passing:
        slow_tries = first.row.detail.get(_SLOW_TRIES, 0)
        return core_outbox.after_passing(slow_tries, now=now, reason=reason, useful_until=mail.useful_until)
    if error.permanent:
        return End(LetterState.REFUSED, reason)
    if error.slower:
        standing.pace = standing.pace.slower(now=now)
    return core_outbox.after_refusal(
        first.row.attempt,
        now=now,
        reason=reason,
        queued_at=first.outgoing.created_at,
        useful_until=mail.useful_until,
        opens_at=standing.closed_until(now) if error.slower or error.away else None,
    )


async def _note(store: Store, journal: Journal, mail: Mail, *, now: datetime) -> None:
    """Remember beside the store what went: a backup that is put back one day knows nothing of it."""
    lines = [
        Line(now, restored.mark(store.links, message, one.link), one.outgoing.message_id, message.revision)
        for one in mail.letters
        for message in [one.outgoing.message]
    ]
    try:
        await journal.note(*lines)
    except OSError as problem:
        log.error("outbox.not_in_journal", message=mail.first.outgoing.id, reason=problem.strerror)


async def _record(store: Store, mail: Mail, verdict: TryAgain | End, *, now: datetime, owner: str) -> None:
    reason, accepted = strike(verdict.reason), verdict.state is LetterState.ACCEPTED
    async with store.transaction() as tx:
        for one in mail.letters:
            await outbox.record(tx, one.outgoing.id, verdict.state, reason, accepted_at=now if accepted else None)
            if isinstance(verdict, TryAgain):
                slow = {_SLOW_TRIES: verdict.slow_tries} if verdict.slow_tries is not None else None
                await due.again(tx, one.row, verdict.at, owner=owner, reason=reason, detail=slow)
            else:
                ended, why = ("done", "") if accepted else ("failed", reason)
                await due.finish(tx, [one.row.id], owner=owner, now=now, state=ended, reason=why)
    metrics.LETTERS.labels(verdict.state).inc(len(mail.letters))
    if verdict.state is LetterState.UNKNOWN:
        metrics.UNKNOWN.labels("mail").inc()
    if not accepted:
        log.warning("outbox.not_accepted", message=mail.first.outgoing.id, state=verdict.state, reason=reason)


async def _hold(store: Store, circuit: Circuit, *, now: datetime) -> None:
    """Stop before every letter has been refused, or the account is locked."""
    reason = f"{circuit.fault}, {circuit.knocks} times in a row; put it right, then: meetbot resume --mail"
    async with store.transaction() as tx:
        if await holds.put(tx, [due.Scope.MAIL], now=now, who="meetbot", reason=reason):
            log.error("outbox.held", reason=reason)
