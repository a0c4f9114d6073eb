"""Once every meeting of the programme has its report, all of them in one, mailed by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any

import structlog

from meetbot.core import letters, times
from meetbot.core.attendance import GIVE_UP, State
from meetbot.core.attendance.consolidated import consolidated, in_period
from meetbot.core.attendance.document import SCHEMA
from meetbot.core.bilaterals import State as PairState
from meetbot.core.model import Programme
from meetbot.store import attendance, bilaterals, due, outbox
from meetbot.store.due import Due, Kind
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("attendance")

#: After the end of a meeting: later nothing more is expected of Zoom.
_LATEST = GIVE_UP + timedelta(hours=1)
#: Pairs of which nobody can say yet whether they will meet.
_MAY_MEET = frozenset({PairState.WAITING, PairState.PROPOSED})


def subject(programme: Programme) -> str:
    """Of the due row; no meeting has such a key."""
    return f"{programme.key}:consolidated"


async def ring(tx: Transaction, programme: Programme, *, now: datetime) -> None:
    """A report has come: look whether it was the last of several."""
    if len(programme.meetings) > 1:
        await due.add(tx, Kind.REPORT, subject(programme), now)


async def consolidate(store: Store, programme: Programme, row: Due, *, now: datetime, owner: str) -> None:
    """Mail all reports in one if no other is to come: once, and again only when a meeting has been added since."""
    async with store.transaction() as tx:
        if not await due.still_mine(tx, row, owner=owner):
            return
        newest = await _newest(tx, programme)
        again_at = max([*_missing_until(programme, newest), *await _pairs_until(tx, programme)], default=now)
        if again_at > now:
            await due.again(tx, row, again_at, owner=owner, reason="other meetings have still to be reported")
            return
        if len(newest) > 1 and not await _told(tx, newest):
            await _mail(tx, programme, newest, now=now)
        await due.finish(tx, [row.id], owner=owner, now=now)


async def _newest(tx: Transaction, programme: Programme) -> dict[str, Mapping[str, Any]]:
    """By meeting its report, where it stands for good."""
    planned = [one.key for one in programme.meetings.values() if not one.cancelled]
    documents = {key: made[-1].document for key in planned if (made := await attendance.reports(tx, key))}
    readable = {key: one for key, one in documents.items() if one.get("schema") == SCHEMA}
    return {key: one for key, one in readable.items() if one["state"] != State.PRELIMINARY}


def _missing_until(programme: Programme, newest: Mapping[str, Any]) -> Iterator[datetime]:
    """When the missing reports have come at the latest: each rings when it does, one that is called off does not."""
    for one in programme.meetings.values():
        if not one.cancelled and one.key not in newest:
            yield one.interval.end + _LATEST


async def _pairs_until(tx: Transaction, programme: Programme) -> list[datetime]:
    """Until when pairs may still find a time; none when no pair is looking for one."""
    planned = programme.bilaterals
    if planned is None or planned.last_on is None:
        return []
    if not any(pair.state in _MAY_MEET for pair in await bilaterals.pairs(tx)):
        return []
    midnight = datetime.combine(planned.last_on + timedelta(days=1), time(), times.zone(programme.zone))
    return [times.utc(midnight)]


async def _told(tx: Transaction, documents: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a report of all these meetings, or more, has been mailed."""
    made = await attendance.reports(tx, None)
    return bool(made) and documents.keys() <= {one["key"] for one in made[-1].document["meetings"]}


async def _mail(
    tx: Transaction, programme: Programme, documents: Mapping[str, Mapping[str, Any]], *, now: datetime
) -> None:
    document = consolidated(programme, in_period(documents.values(), None, programme.zone))
    made = await attendance.add_report(tx, None, document, final=document["final"], now=now)
    written = [
        letters.consolidated(programme, reader, document=document, version=made.version)
        for reader in programme.reports_to
    ]
    await outbox.put(tx, written, now=now, domain=letters.domain(programme), report=made.id)
    log.info("attendance.consolidated", meetings=len(documents), version=made.version, final=made.final)
