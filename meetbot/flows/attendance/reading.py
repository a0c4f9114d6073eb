"""Reports that were made are read again: one meeting's, or several in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from meetbot.core.attendance.consolidated import Period, consolidated, in_period
from meetbot.core.attendance.document import SCHEMA
from meetbot.core.model import Programme
from meetbot.errors import UserError
from meetbot.store import attendance
from meetbot.store.engine import Store


async def document(
    store: Store, programme: Programme, asked: Sequence[str], period: Period | None
) -> Mapping[str, Any]:
    """The newest report of these meetings (keys; the programme's own key, or none: all), several of them in one.

    UserError when one is not known, or there is no report in the period.
    """
    keys = _keys(programme, asked)
    async with store.reading() as tx:
        made = [reports[-1].document for key in keys if (reports := await attendance.reports(tx, key))]
    found = in_period((one for one in made if one.get("schema") == SCHEMA), period, programme.zone)
    return found[0] if len(found) == 1 else consolidated(programme, found)


def _keys(programme: Programme, asked: Sequence[str]) -> list[str]:
    unknown = [key for key in asked if key not in programme.meetings and key != programme.key]
    if unknown:
        known = ", ".join([programme.key, *programme.meetings])
        raise UserError(*(f"There is no meeting or programme {key!r}; there is: {known}" for key in unknown))
    return list(programme.meetings) if not asked or programme.key in asked else list(dict.fromkeys(asked))
