"""The links of pages on which people say who was there: the organiser's, and those for halls that they pass on."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from meetbot.core.model import Meeting, Organisation, Programme
from meetbot.errors import UserError
from meetbot.store import audit, page_links
from meetbot.store.engine import Store, Transaction
from meetbot.store.page_links import Purpose
from meetbot.store.seal import Seal

#: After the meeting, and after the last letter: then nobody corrects a figure any more.
_OPENS = timedelta(days=60)


async def link(tx: Transaction, seal: Seal, meeting: Meeting, organisation: str | None = None, *, now: datetime) -> int:
    """The link of the organiser's page, or of the hall of an organisation (key); a new one where there is none."""
    purpose, subject = _of(meeting, organisation)
    has = await page_links.standing(tx, purpose, subject, expires_at=now + _OPENS / 2, now=now)
    if has is not None:
        return has
    return await page_links.issue(tx, seal, purpose, subject, expires_at=now + _OPENS, now=now)


async def address(
    store: Store,
    programme: Programme,
    meeting: Meeting,
    organisation: str | None = None,
    *,
    public_url: str,
    now: datetime,
    by: str,
) -> str:
    """Where the page opens. Whoever has the address gets in. UserError for an unknown organisation, and where people
    reach no page."""
    _refuse_unknown(programme, organisation)
    if not public_url:
        raise UserError("People reach no page: set MEETBOT_PUBLIC_URL to the address of `meetbot serve`.")
    purpose, subject = _of(meeting, organisation)
    async with store.transaction() as tx:
        id_ = await link(tx, store.links, meeting, organisation, now=now)
        await audit.note(tx, now=now, who=by, what="attendance.link", subject=subject, detail=str(purpose))
        path = await page_links.path(tx, store.links, id_)
    return f"{public_url}{path}"


async def revoke(
    store: Store, programme: Programme, meeting: Meeting, organisation: str | None, *, now: datetime, by: str
) -> int:
    """Let no address of that page open anything any more; returns how many did. UserError as `address`."""
    _refuse_unknown(programme, organisation)
    purpose, subject = _of(meeting, organisation)
    async with store.transaction() as tx:
        count = await page_links.revoke(tx, purpose, subject, now=now)
        await audit.note(tx, now=now, who=by, what="attendance.link_revoked", subject=subject, detail=str(purpose))
    return count


def hall(programme: Programme, subject: str) -> tuple[Meeting, Organisation] | None:
    """Of which meeting and organisation a link of a hall speaks; None: not of this programme any more."""
    meeting = programme.meetings.get(subject.partition(" ")[0])
    if meeting is None:
        return None
    theirs = (one for key, one in programme.organisations.items() if _hall(meeting.key, key) == subject)
    return next(((meeting, one) for one in theirs), None)


def _of(meeting: Meeting, organisation: str | None) -> tuple[Purpose, str]:
    if organisation is None:
        return Purpose.ATTENDANCE, meeting.key
    return Purpose.HALL, _hall(meeting.key, organisation)


def _hall(meeting: str, organisation: str) -> str:
    """Short enough for the longest keys of both."""
    return f"{meeting} {sha256(organisation.encode()).hexdigest()[:12]}"


def _refuse_unknown(programme: Programme, organisation: str | None) -> None:
    if organisation is not None and organisation not in programme.organisations:
        raise UserError(f"{organisation!r} is no organisation of the programme.")
