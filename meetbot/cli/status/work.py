"""Of the status: what waits, what is late, what was put off, what failed, and what is next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from meetbot.cli.status import words
from meetbot.cli.status.look import MOST, Look
from meetbot.store import figures

#: What should have been done for so long, a person should hear of.
_LATE = timedelta(minutes=15)


async def part(look: Look) -> tuple[dict[str, Any], dict[str, int]]:
    """What is shown, and how many there are beside."""
    next_ = await figures.next_due(look.tx)
    put_off = await figures.put_off(look.tx, most=MOST)
    failures, failed = await figures.troubled(look.tx, most=MOST)
    shown = {
        "next": {**look.moment(next_.due_at), **_named(next_)} if next_ else None,
        **await _waiting(look),
        "held_up": [
            {"what": str(one.kind), "count": one.count, **look.moment(one.next_at), "why": one.reason}
            for one in put_off
        ],
        "failed": [
            {**_named(row), "state": row.state, **look.moment(row.done_at), "why": row.reason} for row in failed
        ],
    }
    return shown, {"failed": failures - len(failed)}


async def _waiting(look: Look) -> dict[str, Any]:
    waiting = await figures.waiting(look.tx, now=look.now)
    late = {kind: one.oldest for kind, one in waiting.items() if one.oldest and look.now - one.oldest > _LATE}
    return {
        "waiting": {str(kind): one.count for kind, one in waiting.items()},
        "overdue": {str(kind): look.moment(oldest) for kind, oldest in late.items()},
    }


def _named(row: Any) -> dict[str, str]:
    return {"kind": row.kind, "subject": row.subject, "what": words.piece(row.kind, row.subject, row.meeting)}
