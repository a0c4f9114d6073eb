"""Registrants, and the one guarded way to a join link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, insert, select, update

from meetbot.core.model import Form, JoinLink, Registrant, Sex, Status
from meetbot.core.registration import fold
from meetbot.store.engine import Transaction
from meetbot.store.seal import Seal
from meetbot.store.tables import registrant


@dataclass(frozen=True)
class Decided:
    """A form with the decision about it, ready to become a row."""

    form: Form
    organisation: str | None
    zone: str
    language: str
    status: Status
    reason: str


async def add(tx: Transaction, new: Decided, *, now: datetime, by: str) -> Registrant:
    """A new registrant. The caller has looked that the same person is not there yet (`find`)."""
    form = new.form
    row = await tx.execute(
        insert(registrant)
        .values(
            meeting=form.meeting,
            address=form.address,
            name=form.name,
            name_folded=fold(form.name),
            organisation_written=form.organisation,
            position=form.position,
            country=form.country,
            language_chosen=form.language,
            zone_chosen=form.zone,
            sex=form.sex,
            person=form.person,
            source=form.source,
            organisation=new.organisation,
            language=new.language,
            zone=new.zone,
            status=new.status,
            reason=new.reason,
            decided_by=by,
            decided_at=now if new.status is Status.APPROVED else None,
            created_at=now,
            zoom_id=form.zoom_id,
        )
        .returning(registrant)
    )
    return _noun(row.one())


async def amend(tx: Transaction, id_: int, form: Form) -> None:
    """Take over what a repeated form says anew about the same person; blank fields keep what was known."""
    fresh = {
        "position": form.position,
        "country": form.country,
        "language_chosen": form.language,
        "language": form.language,
        "zone_chosen": form.zone,
        "sex": form.sex,
        "zone": form.zone,
        "person": form.person,
        "zoom_id": form.zoom_id,
    }
    values = {column: value for column, value in fresh.items() if value}
    if values:
        await tx.execute(update(registrant).where(registrant.c.id == id_).values(**values))


async def decide(
    tx: Transaction, id_: int, *, was: Status, status: Status, reason: str, now: datetime, by: str
) -> bool:
    """Change the status if it is still what it was; False when somebody else decided in between.

    A link that came from an earlier decision goes with it.
    """
    still = and_(registrant.c.id == id_, registrant.c.status == was)
    values = {"status": status, "reason": reason, "decided_by": by, "decided_at": now}
    changed = await tx.execute(update(registrant).where(still).values(**values, sealed_link=None, pushed_at=None))
    return changed.rowcount == 1


async def admit(tx: Transaction, id_: int, *, zoom_id: str, link: JoinLink, links: Seal, now: datetime) -> bool:
    """Keep the join link that Zoom gave for an approved registrant; False when they are not approved any more."""
    approved = and_(registrant.c.id == id_, registrant.c.status == Status.APPROVED)
    sealed = links.close(link.reveal(), f"registrant:{id_}")
    kept = await tx.execute(
        update(registrant).where(approved).values(zoom_id=zoom_id, sealed_link=sealed, pushed_at=now)
    )
    return kept.rowcount == 1


async def forget_links(tx: Transaction, meeting: str) -> None:
    """The Zoom meeting that the links led to is gone: everybody who is approved has to be pushed to the new one."""
    await tx.execute(update(registrant).where(_of(meeting)).values(zoom_id=None, sealed_link=None, pushed_at=None))


async def remark(tx: Transaction, id_: int, reason: str) -> None:
    """Say what a person should know about a registrant, the status unchanged."""
    await tx.execute(update(registrant).where(registrant.c.id == id_).values(reason=reason))


async def join_link(tx: Transaction, id_: int, links: Seal) -> JoinLink | None:
    """The registrant's own join link, and only if they are approved: no other code reads it."""
    sealed = await tx.scalar(
        select(registrant.c.sealed_link).where(registrant.c.id == id_, registrant.c.status == Status.APPROVED)
    )
    return JoinLink(links.open(sealed, f"registrant:{id_}")) if sealed else None


async def refuse_other_key(tx: Transaction, links: Seal) -> None:
    """UserError when the links of this store were sealed with another key than ours."""
    sealed = select(registrant.c.id, registrant.c.sealed_link).where(registrant.c.sealed_link.is_not(None)).limit(1)
    for row in await tx.execute(sealed):
        links.open(row.sealed_link, f"registrant:{row.id}")


async def get(tx: Transaction, id_: int) -> Registrant | None:
    row = (await tx.execute(select(registrant).where(registrant.c.id == id_))).first()
    return _noun(row) if row else None


async def meetings_of(tx: Transaction, ids: Sequence[int]) -> set[str]:
    """The meetings that these registrants are registered for, which never changes."""
    return set(await tx.scalars(select(registrant.c.meeting).where(registrant.c.id.in_(ids)).distinct()))


async def decided_by(tx: Transaction, id_: int) -> str | None:
    """Who decided last: a person, or the rules."""
    who: str | None = await tx.scalar(select(registrant.c.decided_by).where(registrant.c.id == id_))
    return who


async def find(tx: Transaction, form: Form) -> tuple[Registrant, ...]:
    """Everybody registered for that meeting with the address of the form, however its capitals are written."""
    same = _of(form.meeting) & (func.lower(registrant.c.address) == func.lower(form.address))
    return tuple(_noun(row) for row in await tx.execute(select(registrant).where(same).order_by(registrant.c.id)))


async def of_address(tx: Transaction, address: str) -> tuple[Registrant, ...]:
    """Everybody with that canonical address, of all meetings."""
    rows = select(registrant).where(func.lower(registrant.c.address) == address).order_by(registrant.c.id)
    return tuple(_noun(row) for row in await tx.execute(rows))


async def listing(
    tx: Transaction, meeting: str, *, status: Status | None = None, ids: Iterable[int] | None = None
) -> tuple[Registrant, ...]:
    """Registrants of a meeting, in the order they came."""
    rows = select(registrant).where(_of(meeting)).order_by(registrant.c.id)
    if status is not None:
        rows = rows.where(registrant.c.status == status)
    if ids is not None:
        rows = rows.where(registrant.c.id.in_(list(ids)))
    return tuple(_noun(row) for row in await tx.execute(rows))


async def approved_at(tx: Transaction, meeting: str) -> dict[int, datetime]:
    """When each approved registrant of the meeting was approved."""
    approved = and_(_of(meeting), registrant.c.status == Status.APPROVED)
    rows = await tx.execute(select(registrant.c.id, registrant.c.decided_at).where(approved))
    return {row.id: row.decided_at for row in rows}


async def approved_of(tx: Transaction, meeting: str, organisation: str | None) -> int:
    """How many of an organisation are approved already."""
    same = and_(_of(meeting), registrant.c.organisation == organisation, registrant.c.status == Status.APPROVED)
    return await tx.scalar(select(func.count()).select_from(registrant).where(same)) or 0


async def by_text(tx: Transaction, meeting: str, texts: Sequence[str]) -> dict[str, tuple[Registrant, ...]]:
    """Whom each of the texts means: a registrant's number or address."""
    everyone = await listing(tx, meeting)
    return {
        text: tuple(one for one in everyone if text == str(one.id) or text.lower() == one.form.address.lower())
        for text in texts
    }


def _of(meeting: str) -> ColumnElement[bool]:
    return registrant.c.meeting == meeting


def _noun(row: Row[Any]) -> Registrant:
    form = Form(
        meeting=row.meeting,
        address=row.address,
        name=row.name,
        organisation=row.organisation_written,
        position=row.position,
        country=row.country,
        language=row.language_chosen,
        zone=row.zone_chosen,
        sex=Sex(row.sex) if row.sex else None,
        person=row.person,
        source=row.source,
        zoom_id=row.zoom_id,
    )
    return Registrant(
        id=row.id,
        form=form,
        organisation=row.organisation,
        status=Status(row.status),
        reason=row.reason,
        zone=row.zone,
        language=row.language,
        zoom_id=row.zoom_id,
        pushed=row.pushed_at is not None,
    )
