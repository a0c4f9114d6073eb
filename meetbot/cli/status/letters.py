"""Of the status: letters by state, when those that wait will be out, and those that a person should know of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from meetbot.cli.status.look import MOST, Look
from meetbot.core import pace
from meetbot.core.outbox import LetterState
from meetbot.store import figures, holds
from meetbot.store.due import Scope

#: Letters that a person should know of, in the order of their weight.
IN_DOUBT = (LetterState.REFUSED, LetterState.BOUNCED, LetterState.UNKNOWN, LetterState.DEFERRED)
#: The pace of the mail server is judged by this.
_LATELY = timedelta(minutes=5)


async def part(look: Look) -> tuple[dict[str, Any], dict[str, int]]:
    """What is shown, and how many there are beside."""
    by_state = await figures.letters(look.tx)
    doubled, twice = await figures.maybe_twice(look.tx, most=MOST)
    in_doubt = await figures.letters_in(look.tx, IN_DOUBT, most=MOST)
    shown = {
        "letters": dict(by_state),
        "outlook": await _outlook(look),
        "letters_in_doubt": [_letter(row) for row in in_doubt],
        "letters_maybe_twice": [_letter(row) for row in twice],
    }
    return shown, {
        "letters_in_doubt": sum(by_state.get(state, 0) for state in IN_DOUBT) - len(in_doubt),
        "letters_maybe_twice": doubled - len(twice),
    }


async def _outlook(look: Look) -> str:
    waiting = await figures.letters_due(look.tx, now=look.now)
    if Scope.MAIL in await holds.all_(look.tx):
        return pace.while_held(waiting)
    sent = await figures.letters_accepted(look.tx, since=look.now - _LATELY)
    return pace.outlook(waiting, sent.count, busy=sent.busy, within=_LATELY)


def _letter(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "name": row.to_name,
        "to": row.to_address,
        "state": row.state,
        "why": row.reason,
    }
