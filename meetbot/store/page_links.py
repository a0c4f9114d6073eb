"""Signed addresses of pages: each for one purpose and one object, until it expires or is revoked.

The token is never stored. It is made of the row's own random bits and a key outside the database when a letter
leaves, and known again by its SHA-256 when somebody comes with it (OWASP, Forgot Password Cheat Sheet).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, insert, select, update

from meetbot import chance
from meetbot.store.engine import Transaction
from meetbot.store.seal import Seal
from meetbot.store.tables import page_link


class Purpose(StrEnum):
    """What somebody who holds the link may do."""

    BILATERALS = "bilaterals"  #: speak for one organisation (subject: its key) about its bilaterals
    BOARD = "board"  #: look at the organiser's board (subject: the programme's key); nothing can be changed there
    ATTENDANCE = "attendance"  #: settle the open lines of one meeting (subject: its key)
    HALL = "hall"  #: say who sat before the screens of one organisation (subject: keys of meeting and organisation)


#: Where the pages of each purpose answer.
FOLDERS = {
    Purpose.BILATERALS: "b",
    Purpose.BOARD: "b/board",
    Purpose.ATTENDANCE: "b/attendance",
    Purpose.HALL: "b/hall",
}


@dataclass(frozen=True)
class PageLink:
    """A link that still opens something."""

    id: int
    purpose: Purpose
    subject: str
    expires_at: datetime


async def issue(
    tx: Transaction, seal: Seal, purpose: Purpose, subject: str, *, expires_at: datetime, now: datetime
) -> int:
    """A new link; returns its id, from which the token is made when it is needed (`token`)."""
    nonce = chance.hexadecimal(128)
    fingerprint = _fingerprint(seal.token(_text(purpose, subject, nonce)))
    row = {"purpose": purpose, "subject": subject, "nonce": nonce, "made_at": now, "expires_at": expires_at}
    made = await tx.execute(insert(page_link).values(**row, fingerprint=fingerprint).returning(page_link.c.id))
    return int(made.scalar_one())


async def token(tx: Transaction, seal: Seal, id_: int) -> str | None:
    """What the address of the page ends with; None when the link has been revoked or was never there."""
    row = (await tx.execute(select(page_link).where(page_link.c.id == id_, page_link.c.revoked_at.is_(None)))).first()
    return None if row is None else seal.token(_text(Purpose(row.purpose), row.subject, row.nonce))


async def path(tx: Transaction, seal: Seal, id_: int) -> str | None:
    """The whole path of the page; None as `token`."""
    made = await token(tx, seal, id_)
    row = (await tx.execute(select(page_link.c.purpose).where(page_link.c.id == id_))).first()
    return None if made is None or row is None else f"/{FOLDERS[Purpose(row.purpose)]}/{made}"


async def standing(
    tx: Transaction, purpose: Purpose, subject: str, *, expires_at: datetime, now: datetime
) -> int | None:
    """The newest link of that purpose and object that opens now and until `expires_at`; None when there is none."""
    theirs = page_link.c.purpose == purpose, page_link.c.subject == subject, page_link.c.revoked_at.is_(None)
    live = page_link.c.expires_at > now, page_link.c.expires_at >= expires_at
    found = await tx.scalar(select(func.max(page_link.c.id)).where(*theirs, *live))
    return None if found is None else int(found)


async def find(tx: Transaction, given: str, *, now: datetime) -> PageLink | None:
    """The link that this token opens; None when there is none, or it has expired or been revoked."""
    rows = select(page_link).where(
        page_link.c.fingerprint == _fingerprint(given), page_link.c.revoked_at.is_(None), page_link.c.expires_at > now
    )
    row = (await tx.execute(rows)).first()
    return None if row is None else PageLink(row.id, Purpose(row.purpose), row.subject, row.expires_at)


async def revoke(tx: Transaction, purpose: Purpose, subject: str, *, now: datetime) -> int:
    """Let no link of that purpose and object open anything any more; returns how many did."""
    theirs = page_link.c.purpose == purpose, page_link.c.subject == subject, page_link.c.revoked_at.is_(None)
    return (await tx.execute(update(page_link).where(*theirs).values(revoked_at=now))).rowcount


def _text(purpose: Purpose, subject: str, nonce: str) -> str:
    return f"{purpose}\n{subject}\n{nonce}"


def _fingerprint(given: str) -> str:
    return hashlib.sha256(given.encode()).hexdigest()
