"""The links of pages: each side's own, and that of the organiser's board."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from meetbot.core import times
from meetbot.core.model import Programme
from meetbot.errors import UserError
from meetbot.flows.bilaterals import gathering
from meetbot.store import audit, page_links
from meetbot.store.engine import Store, Transaction
from meetbot.store.page_links import Purpose
from meetbot.store.seal import Seal

#: How long after the last day, and the last bilateral, a page still opens: to read what was agreed, and to go on.
_OPENS = timedelta(days=30)


async def link(
    tx: Transaction, seal: Seal, programme: Programme, purpose: Purpose, subject: str, *, now: datetime
) -> int:
    """The link that there is, or a new one where that would end too early. UserError while the days are not known."""
    last_on = gathering.plan_of(programme).last_on
    assert last_on is not None, "see `plan_of`"
    over = datetime.combine(last_on + timedelta(days=1), time(), times.zone(programme.zone)).astimezone(UTC)
    bilaterals = [one.interval.end for one in programme.meetings.values() if one.delegations]
    expires_at = max(over, now, *bilaterals) + _OPENS
    has = await page_links.standing(tx, purpose, subject, expires_at=expires_at, now=now)
    if has is not None:
        return has
    return await page_links.issue(tx, seal, purpose, subject, expires_at=expires_at, now=now)


async def address(
    store: Store, programme: Programme, organisation: str | None, *, public_url: str, now: datetime, by: str
) -> str:
    """Where the page of a side opens, or without one the organiser's board. Whoever has the address gets in.

    UserError for an unknown organisation, while the days are not known, and where people reach no page.
    """
    purpose, subject = _of(programme, organisation)
    if not public_url:
        raise UserError("People reach no page: set MEETBOT_PUBLIC_URL to the address of `meetbot serve`.")
    async with store.transaction() as tx:
        id_ = await link(tx, store.links, programme, purpose, subject, now=now)
        await audit.note(tx, now=now, who=by, what="bilaterals.link", subject=subject, detail=str(purpose))
        token = await page_links.token(tx, store.links, id_)
    return f"{public_url}/b/{'board/' if purpose is Purpose.BOARD else ''}{token}"


async def revoke(store: Store, programme: Programme, organisation: str | None, *, now: datetime, by: str) -> int:
    """Let no address of that page open anything any more; returns how many did. UserError as `address`."""
    purpose, subject = _of(programme, organisation)
    async with store.transaction() as tx:
        count = await page_links.revoke(tx, purpose, subject, now=now)
        await audit.note(tx, now=now, who=by, what="bilaterals.link_revoked", subject=subject, detail=str(purpose))
    return count


def _of(programme: Programme, organisation: str | None) -> tuple[Purpose, str]:
    gathering.plan_of(programme)
    if organisation is None:
        return Purpose.BOARD, programme.key
    if organisation not in programme.organisations:
        raise UserError(f"{organisation!r} is no organisation of the programme.")
    return Purpose.BILATERALS, organisation
