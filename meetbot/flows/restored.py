"""After a restore: all is held until a person has seen what the store does not know, and what would go out again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Literal

import structlog

from meetbot import errors
from meetbot.core import meetings as core_meetings
from meetbot.core.model import JoinLink, Message, Programme, Status
from meetbot.core.restored import AtZoom, Comparison, Letters
from meetbot.flows import meetings as meetings_flow
from meetbot.mail.journal import Journal, Line
from meetbot.store import audit, holds, meetings, outbox, registration, restored
from meetbot.store.due import Scope
from meetbot.store.engine import Store, Transaction
from meetbot.store.restored import anything_went, waiting
from meetbot.store.seal import Seal
from meetbot.zoom.client import Zoom

__all__ = ["anything_went", "compare", "hold", "hold_if_older", "mark", "resume", "waiting", "went_before"]

log = structlog.get_logger("restored")
#: A line bears the time at which its pass began, and that may have been a little before the backup was made.
_BEFORE_THE_BACKUP = timedelta(hours=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)  # of an empty store
_ASKED: tuple[Literal["pending"], Literal["approved"]] = ("pending", "approved")
_KEY_MARK = 8  # how much of a mark tells with which data key it was made


def mark(links: Seal, message: Message, link: JoinLink | None) -> str:
    """By which the same words to the same reader are known again.

    Numbers of rows and revisions are not in it: after a restore they are given out a second time, to others.
    """
    said = [message.letter.kind, message.meeting, message.to.address.lower(), message.letter.facts]
    words = json.dumps([*said, link.reveal() if link else None], sort_keys=True, ensure_ascii=False)
    return _key_mark(links) + links.mark(words)[_KEY_MARK:]


def _key_mark(links: Seal) -> str:
    return links.mark("sent.journal")[:_KEY_MARK]


async def hold(store: Store, *, made_at: datetime, now: datetime) -> None:
    """Let nothing leave a store that has just been put back, until somebody resumes."""
    async with store.transaction() as tx:
        await _hold(tx, f"restored from a backup made at {_utc(made_at)}", made_at=made_at, who="restore", now=now)


async def hold_if_older(store: Store, journal: Journal, *, now: datetime) -> bool:
    """Hold a store that is older than the journal: a former copy was put in its place by hand, or its log was lost."""
    line = await asyncio.to_thread(journal.last)
    async with store.transaction() as tx:
        trace = await restored.last_trace(tx)
        if line is None or (trace is not None and trace >= line.at) or await waiting(tx):
            return False
        if not await restored.never_left(tx, line.message_id):
            return False
        reason = f"older than the sent-mail journal, which goes on to {_utc(line.at)}"
        await _hold(tx, reason, made_at=trace or _BEGINNING, who="meetbot", now=now)
    log.error("restored.older_than_the_journal", store=trace, journal=line.at)
    return True


async def _hold(tx: Transaction, reason: str, *, made_at: datetime, who: str, now: datetime) -> None:
    await restored.note(tx, made_at=made_at, now=now)
    await holds.lift(tx, list(Scope))  # this reason stands above that of any former hold
    await holds.put(tx, list(Scope), now=now, who=who, reason=f"{reason}; see meetbot resume")
    await audit.note(tx, now=now, who=who, what="store.restored", subject=made_at.isoformat(), detail=reason)


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


async def compare(
    store: Store, programme: Programme | None, zoom: Zoom, journal: Journal, *, now: datetime
) -> Comparison:
    """What the journal and Zoom know that the store does not; `programme` None: none was applied.

    UserError when no restore waits to be resumed.
    """
    waits, lines = await _read(store, journal)
    async with store.reading() as tx:
        letters = Letters(
            again=await restored.queued_again(tx),
            unheard_of=await restored.unheard_of(tx),
            newest=max((line.at for line in lines), default=None),
            foreign=sum(not line.mark.startswith(_key_mark(store.links)) for line in lines),
        )
    return Comparison(waits.made_at, waits.restored_at, letters, await _at_zoom(store, programme, zoom, now=now))


async def _read(store: Store, journal: Journal) -> tuple[restored.Restored, list[Line]]:
    """Take over from the journal what went out after the backup."""
    async with store.transaction() as tx:
        waits = await waiting(tx)
        if waits is None:
            raise errors.UserError("No restored backup waits to be resumed.")
        lines = list(journal.since(waits.made_at - _BEFORE_THE_BACKUP))
        await restored.remember(tx, (restored.Sent(line.message_id, line.mark, line.at) for line in lines))
    return waits, [line for line in lines if line.at > waits.made_at]


async def _at_zoom(store: Store, programme: Programme | None, zoom: Zoom, *, now: datetime) -> AtZoom:
    if programme is None:
        return AtZoom()
    try:
        sight = await meetings_flow.look(store, programme, zoom, now=now)
        strangers, decided = await _people(store, programme, zoom)
        return AtZoom(tuple(_changes(sight.intents)), strangers, decided)
    except errors.ZoomError as error:
        return AtZoom(unseen=str(error))


def _changes(intents: Iterable[core_meetings.Intent]) -> Iterable[str]:
    for intent in intents:
        if not isinstance(intent, core_meetings.Keep):
            yield f"{type(intent).__name__.lower()} {core_meetings.key_of(intent) or ''}: {intent.reason}"


async def _people(store: Store, programme: Programme, zoom: Zoom) -> tuple[int, int]:
    """How many registrants at Zoom the store knows nothing of, and how many are approved there and pending here."""
    async with store.reading() as tx:
        standing = {key: one.known.zoom_id for key, one in (await meetings.all_(tx)).items() if one.known.zoom_id}
        ours = {key: await registration.listing(tx, key) for key in standing}
    strangers = decided = 0
    for key, zoom_id in standing.items():
        if meeting := programme.meetings.get(key):
            pending, approved = [
                {one.address.lower() for one in await zoom.registrants(zoom_id, status, meeting.kind)}
                for status in _ASKED
            ]
            strangers += len((pending | approved) - {one.form.address.lower() for one in ours[key]})
            undecided = {one.form.address.lower() for one in ours[key] if one.status is Status.PENDING}
            decided += len(approved & undecided)
    return strangers, decided


async def resume(store: Store, journal: Journal, *, send_again: bool, now: datetime, by: str) -> int:
    """Settle what the journal knows: those letters end as accepted, or with `send_again` go out again.

    Returns how many ended. The holds are the caller's to lift, afterwards. UserError when no restore waits.
    """
    await _read(store, journal)
    async with store.transaction() as tx:
        if send_again:
            await restored.forget(tx)
        ended = await restored.end_gone(tx, now=now)
        await restored.resumed(tx, now=now)
        detail = "letters may go a second time" if send_again else f"{ended} letters had gone by the journal"
        await audit.note(tx, now=now, who=by, what="store.resumed", subject="restore", detail=detail)
    log.info("restored.resumed", ended=ended, send_again=send_again, by=by)
    return ended


async def went_before(tx: Transaction, links: Seal, one: outbox.Outgoing, link: JoinLink | None) -> bool:
    """Whether a letter that is about to leave went out before the restore; if so it has been ended here."""
    sent = await restored.take(tx, mark(links, one.message, link))
    if sent is not None:
        await restored.end_as(tx, one.id, sent)
    return sent is not None
