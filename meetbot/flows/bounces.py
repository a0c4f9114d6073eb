"""Returned mail is read: a letter that bounced says so, and its reader waits for a person. Nothing is ever answered."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import structlog

from meetbot import errors
from meetbot.core.model import Outcome
from meetbot.mail import bounces, imap
from meetbot.mail.bounces import Returned, What
from meetbot.store import bounces as store_bounces
from meetbot.store import due
from meetbot.store.due import Kind
from meetbot.store.engine import Store

log = structlog.get_logger("bounces")

_MOST = 200  # mails at a time, so that a flood of forged ones takes nothing from anybody else
_NEXT_LOOK = timedelta(minutes=5)
_SOON = timedelta(minutes=1)  # while more wait


async def watch(store: Store, *, now: datetime) -> None:
    """Let the mailbox be read from now on."""
    async with store.transaction() as tx:
        await due.add(tx, Kind.BOUNCES, "all", now)


async def run(
    store: Store, account: imap.ImapAccount | None, bounce_address: str, *, now: datetime, owner: str
) -> Outcome:
    """Read a batch of what came back, each mail on disk before it is marked as seen; a crash between reads it again.

    `account` None: no mailbox is set any more.
    """
    async with store.transaction() as tx:
        rows = await due.claim(tx, [Kind.BOUNCES], now=now, owner=owner)
        if account is None or not bounce_address:
            await due.finish(tx, [row.id for row in rows], owner=owner, now=now, reason="no mailbox is set")
            return Outcome()
    if not rows:
        return Outcome()
    counts: Counter[str] = Counter()
    try:
        left = await _read(store, account, bounce_address, counts, now=now)
        reason, next_at = (f"{left} returned mails wait to be read", now + _SOON) if left else ("", now + _NEXT_LOOK)
    except errors.MailError as error:
        reason, next_at = str(error), now + _NEXT_LOOK
        log.warning("bounces.not_read", reason=reason)
    async with store.transaction() as tx:
        for row in rows:
            await due.again(tx, row, next_at, owner=owner, reason=reason)
    if counts:
        log.info("bounces.read", **counts)
    return Outcome(counts)


async def _read(
    store: Store, account: imap.ImapAccount, bounce_address: str, counts: Counter[str], *, now: datetime
) -> int:
    """Settle a batch, the newest first; returns how many mails are left."""
    async with imap.opened(account) as mailbox:
        waiting = await mailbox.unseen()
        for uid in waiting[:_MOST]:
            returned = bounces.read(await mailbox.fetch(uid), bounce_address)
            counts[await _settle(store, returned, now=now)] += 1
            await mailbox.mark_seen(uid)
    return len(waiting[_MOST:])


async def _settle(store: Store, returned: Returned, *, now: datetime) -> str:
    """Write down what a mail says of our letter; returns what it was, as a word."""
    if returned.what is What.NOTHING or returned.letter is None:
        return "ignored"
    number = returned.letter
    async with store.transaction() as tx:
        letter = await store_bounces.sent(tx, number)
        if letter is None or not bounces.proves(returned, letter.message_id, store.links.mark):
            return "forged"
        if returned.what is What.BOUNCED:
            known = await store_bounces.bounced(tx, number, f"bounced: {returned.reason}", now=now)
        else:
            known = await store_bounces.note(tx, number, f"accepted; {returned.what}: {returned.reason}")
    if known:
        log.warning(f"bounces.{returned.what}", message=number, meeting=letter.meeting, reason=returned.reason)
    return str(returned.what)
