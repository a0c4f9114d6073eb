"""Of the status: what is held, who serves, what is in doubt, and what the clock did."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from meetbot.cli.status.look import Look
from meetbot.core import clockwatch
from meetbot.core.meetings import MeetingState
from meetbot.store import figures, holds, meetings, nodes
from meetbot.store.due import Scope

#: What stops while a scope is held.
_STOPS = {
    Scope.MAIL: "No letter leaves",
    Scope.ZOOM: "Nothing is changed at Zoom and nobody is registered there",
    Scope.CUES: "No cue is given",
}
_RECENT = timedelta(days=1)


async def part(look: Look) -> dict[str, Any]:
    return {
        "holds": [_hold(look, scope, one) for scope, one in sorted((await holds.all_(look.tx)).items())],
        "nodes": await _nodes(look),
        "being_checked": await figures.letters_unknown(look.tx) + await _creations_unknown(look),
        "clock": [
            {**look.moment(row.at), "said": row.detail}
            for row in await figures.noted(look.tx, "clock", since=look.now - _RECENT, most=5)
        ],
    }


def _hold(look: Look, scope: Scope, one: holds.Hold) -> dict[str, Any]:
    return {
        "scope": str(scope),
        **look.moment(one.since),
        "who": one.who,
        "why": one.reason,
        "stops": _STOPS[scope],
        "remedy": f"meetbot resume --{scope}",
    }


async def _nodes(look: Look) -> list[dict[str, Any]]:
    """The processes that serve this store or did; whether they live is judged by the database's clock."""
    now = await nodes.clock(look.tx)
    return [
        {
            "name": one.life.node,
            "alive": one.alive(now),
            "lost": one.lost(now),
            "silent_for": clockwatch.in_words(one.silence(now)),
            "lease_until": one.lease_until.isoformat(),
            "since": look.moment(one.since) if one.since else None,
            "resumed": one.resumed,
        }
        for one in await nodes.listing(look.tx)
    ]


async def _creations_unknown(look: Look) -> int:
    """Meetings of which nobody knows yet whether Zoom made them."""
    stored = await meetings.all_(look.tx)
    return sum(one.known.state is MeetingState.CREATING for one in stored.values())
