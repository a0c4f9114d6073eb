"""Letters begin: each is looked at once more, in the transaction that marks it as being sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from meetbot.core.bilaterals import series
from meetbot.core.model import JoinLink
from meetbot.flows import restored
from meetbot.store import attendance, confirmations, due, meetings, outbox, page_links, registration, together
from meetbot.store.engine import Store, Transaction

_ON_HOLD = timedelta(minutes=15)  # as a safeguard: what it waits for lets it go at once (`outbox.release`)


@dataclass(frozen=True)
class Begun:
    """A letter that is marked as being sent, with all that its rendering needs."""

    row: due.Due
    outgoing: outbox.Outgoing
    link: JoinLink | None
    report: Mapping[str, Any] | None = field(repr=False)  #: the document whose files go with it
    page: str = field(default="", repr=False)  #: address of the page that it leads to
    paper: Mapping[str, Any] | None = field(default=None, repr=False)  #: of the confirmation that goes with it
    verify_at: str = ""  #: address of the page that tells whether a confirmation is true; "": there is none
    related: str | None = None  #: UID of the first meeting of its series; None: it is in none


@dataclass(frozen=True)
class Mail:
    """The letters that leave as one, at least one of them."""

    message_id: str
    letters: tuple[Begun, ...]

    @property
    def first(self) -> Begun:
        """It stands for all of them before the mail server: they are taken or refused together."""
        return self.letters[0]

    @property
    def useful_until(self) -> datetime | None:
        """None: for ever."""
        ends = [one.outgoing.message.useful_until for one in self.letters]
        return None if None in ends else max(end for end in ends if end is not None)


async def begin(store: Store, row: due.Due, public_url: str, *, now: datetime, owner: str) -> Mail | None:
    """Mark the row's letter, and those that leave with it, as being sent; None when none of them may leave.

    What may not leave waits, or has its end, with the reason.
    """
    async with store.transaction() as tx:
        companionable = await together.alone(tx, int(row.subject))
        if not await due.still_mine(tx, row, owner=owner):
            return None  # another node has it: this one was paused since it claimed it
        rows = [row]
        if companionable is not None:
            if (others := await together.claim(tx, companionable, now=now, owner=owner)) is None:
                await due.again(tx, row, now, owner=owner, reason="a letter of the same mail is being changed")
                return None
            rows.extend(others)
        looked_at = [await _one(tx, store, each, public_url, now=now, owner=owner) for each in rows]
        begun = tuple(one for one in looked_at if one is not None)
        return Mail(await together.bind(tx, [one.outgoing for one in begun]), begun) if begun else None


async def _one(
    tx: Transaction, store: Store, row: due.Due, public_url: str, *, now: datetime, owner: str
) -> Begun | None:
    id_ = int(row.subject)
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
    related = await _related(tx, outgoing.message.meeting or "")
    paper, verify_at = await _paper(tx, store, outgoing), f"{public_url}/verify" if public_url else ""
    return Begun(row, outgoing, link, await _report(tx, outgoing), page, paper, verify_at, related)


async def _link(tx: Transaction, store: Store, outgoing: outbox.Outgoing) -> JoinLink | None:
    message = outgoing.message
    if not message.needs_link or message.registrant is None:
        return None
    return await registration.join_link(tx, message.registrant, store.links)


async def _page(tx: Transaction, store: Store, outgoing: outbox.Outgoing, public_url: str) -> str:
    if outgoing.message.page is None or not public_url:
        return ""
    path = await page_links.path(tx, store.links, outgoing.message.page)
    return f"{public_url}{path}" if path else ""


async def _related(tx: Transaction, key: str) -> str | None:
    first = series.first_of(key) if "+" in key else key
    stored = await meetings.get(tx, first) if first != key else None
    return None if stored is None else stored.uid


async def _report(tx: Transaction, one: outbox.Outgoing) -> Mapping[str, Any] | None:
    report = await attendance.get_report(tx, one.report) if one.report is not None else None
    return None if report is None else report.document


async def _paper(tx: Transaction, store: Store, one: outbox.Outgoing) -> Mapping[str, Any] | None:
    number = one.message.letter.facts.get("confirmation")
    return await confirmations.paper(tx, store.links, number) if number is not None else None
