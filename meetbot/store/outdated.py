"""What has been kept for long enough: readings of Zoom's reports, then everybody who registered. Figures stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, delete, literal, or_, select, update

from meetbot.core import erasure
from meetbot.core.erasure import ERASED
from meetbot.core.outbox import OPEN, LetterState
from meetbot.store.engine import Transaction
from meetbot.store.tables import (
    audit,
    confirmation,
    declaration,
    delegate,
    message,
    reading,
    registrant,
    report,
    zoom_call,
)

_REASON = "kept for long enough"
_DONE_WITH = tuple(state for state in LetterState if state not in (*OPEN, LetterState.SENDING))


async def readings(tx: Transaction, *, before: datetime) -> int:
    """Forget what Zoom reported then; returns how many readings that were."""
    return (await tx.execute(delete(reading).where(reading.c.read_at < before))).rowcount


async def people(tx: Transaction, *, beside: Collection[str], before: datetime) -> Counter[str]:
    """Forget who had to do with any meeting but those in `beside` (keys) before then; returns how many rows, by what.

    Their registrations stay as nobody's, so that figures can be made again.
    """
    counts: Counter[str] = Counter()
    old = and_(registrant.c.meeting.not_in(beside), registrant.c.created_at < before)
    ids = select(registrant.c.id).where(old)
    await tx.execute(update(declaration).where(declaration.c.meeting.not_in(beside)).values(name=ERASED))
    await tx.execute(update(confirmation).where(confirmation.c.registrant.in_(ids)).values(facts={"name": ERASED}))
    counts["people"] = await _registrants(tx, old)
    counts["letters"] = await _letters(tx, beside, before)
    counts["reports"] = await _reports(tx, beside, before)
    counts["decisions"] = await _audit(tx, before)
    if not beside:
        counts["delegates"] = (await tx.execute(delete(delegate))).rowcount
    await tx.execute(delete(zoom_call).where(zoom_call.c.day < f"{before:%Y-%m-%d}"))
    return counts


async def _registrants(tx: Transaction, old: ColumnElement[bool]) -> int:
    number = cast(registrant.c.id, Text)
    named = registrant.c.name != ERASED
    values: dict[str, Any] = {
        "address": literal("erased-") + number + literal(erasure.NOWHERE),
        "name": ERASED,
        "name_folded": literal("erased ") + number,
        "organisation_written": "",
        "position": "",
        "language_chosen": None,
        "zone_chosen": None,
        "zoom_id": None,
        "sealed_link": None,
        "pushed_at": None,
        "reason": _REASON,
    }
    return (await tx.execute(update(registrant).where(old, named).values(**values))).rowcount


async def _letters(tx: Transaction, beside: Collection[str], before: datetime) -> int:
    """Whose state no longer changes; Message-ID and state stay."""
    old = message.c.created_at < before, message.c.state.in_(_DONE_WITH), message.c.to_name != ERASED
    of_those = or_(message.c.meeting.is_(None), message.c.meeting.not_in(beside))
    found = (await tx.execute(select(message.c.id, message.c.facts).where(*old, of_those))).all()
    for one in found:
        values: dict[str, Any] = {
            "dedupe": f"erased#{one.id}",
            "facts": erasure.letter(one.facts),
            "to_name": ERASED,
            "to_address": f"erased-{one.id}{erasure.NOWHERE}",
            "reason": _REASON,
        }
        await tx.execute(update(message).where(message.c.id == one.id).values(**values))
    return len(found)


async def _reports(tx: Transaction, beside: Collection[str], before: datetime) -> int:
    old = report.c.made_at < before, or_(report.c.meeting.is_(None), report.c.meeting.not_in(beside))
    changed = 0
    for one in (await tx.execute(select(report.c.id, report.c.document).where(*old))).all():
        without = erasure.document_of_nobody(one.document)
        if without != one.document:
            await tx.execute(update(report).where(report.c.id == one.id).values(document=without))
            changed += 1
    return changed


async def _audit(tx: Transaction, before: datetime) -> int:
    """Reasons in free words may name people; who decided what and when stays."""
    worded = audit.c.at < before, audit.c.detail != "", audit.c.what.like("registration.%")
    return (await tx.execute(update(audit).where(*worded).values(detail=""))).rowcount
