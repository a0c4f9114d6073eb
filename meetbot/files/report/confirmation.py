"""The confirmation of attendance: one page that can be hung up, with a code by which anybody can ask if it is true."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from meetbot.core import times
from meetbot.core.model import Attachment
from meetbot.files.report import pdf


def page(paper: Mapping[str, Any], verify_at: str) -> Attachment:
    """The page as PDF. `paper`: as the store has it; `verify_at`: address of the page that tells, "" for none.

    UserError when Typst is not installed.
    """
    starts_at, ends_at, given_at = (
        datetime.fromisoformat(paper[name]) for name in ("starts_at", "ends_at", "given_at")
    )
    zone = paper["zone"]
    facts = {
        **{name: paper[name] for name in ("name", "organisation", "programme", "organiser", "minutes", "code")},
        "title": "Confirmation of attendance",
        "meeting": paper["title"],
        "when": f"{times.date_text(starts_at, zone)}, {starts_at.astimezone(times.zone(zone)):%H:%M}–"
        f"{times.clock_text(ends_at, zone)}",
        "given": times.date_text(given_at, zone),
        "verify": verify_at,
    }
    content = pdf.typeset("confirmation", facts, made_at=given_at)
    return Attachment("confirmation-of-attendance.pdf", "application/pdf", content)
