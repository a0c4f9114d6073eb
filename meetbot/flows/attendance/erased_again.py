"""A copy in the place of the store holds people who were erased since: they are erased again, before all else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import structlog

from meetbot.core.model import Programme
from meetbot.flows.attendance import erasing
from meetbot.store import erasures, leftovers, locks, meetings, persons
from meetbot.store.engine import Store, Transaction
from meetbot.store.erased_journal import ErasedJournal, Line

log = structlog.get_logger("erasure")


@dataclass(frozen=True)
class Again:
    """Somebody who was erased, and was in the store again."""

    address: str
    names: Sequence[str]
    erased_at: datetime  #: for the first time

    def __str__(self) -> str:
        return f"{self.address} ({', '.join(self.names) or 'no name'}), erased on {self.erased_at:%Y-%m-%d}"

    def document(self) -> dict[str, object]:
        """As plain JSON."""
        return {**asdict(self), "erased_at": self.erased_at.isoformat()}


@dataclass(frozen=True)
class CaughtUp:
    """What became of it."""

    people: Sequence[Again]
    foreign: int  #: lines that were written with another data key: nobody can say whom they mean


async def catch_up(store: Store, programme: Programme, journal: ErasedJournal, *, now: datetime, by: str) -> CaughtUp:
    """Erase whoever is erased by the journal and not by the store, and let the journal know what only the store does.

    That is also what an erasure left undone that was killed before its end. Nothing is waited for: what was under way
    for these people in a copy ended with the store that it was taken of.
    """
    async with store.transaction() as tx:
        await locks.alone(tx, *map(locks.meeting, sorted(await meetings.all_(tx))))
        known = await erasures.lines(tx, store.links)
        noted = await asyncio.to_thread(journal.lines)
        await asyncio.to_thread(journal.note, sorted(known - noted, key=str))
        ours = {line for line in noted if line.key == erasures.key_mark(store.links)}
        missing = sorted(ours - known, key=lambda line: line.at)
        people = await _erase(tx, store, programme, missing, now=now, by=by) if missing else []
    if people:
        await leftovers.wipe(store)
        log.warning("person.erased_again", people=len(people), by=by)
    return CaughtUp(people, len(noted) - len(ours))


async def _erase(
    tx: Transaction, store: Store, programme: Programme, missing: Sequence[Line], *, now: datetime, by: str
) -> list[Again]:
    """Each with a receipt of the time of then: what came after it came by their own will."""
    address_of = {erasures.mark(store.links, one): one for one in await persons.addresses(tx)}
    people = []
    for line in missing:
        address = address_of.pop(line.mark, None)
        if address is None:
            await erasures.add(tx, line.mark, erasing.NOBODY, at=line.at, by=by)
            continue
        found = await persons.rows(tx, address)
        await erasing.take_out(tx, store, programme, address, found, at=line.at, now=now, by=by)
        people.append(Again(address, sorted(found.names), line.at))
    return people
