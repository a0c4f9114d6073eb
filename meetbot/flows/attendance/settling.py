"""A person says who was behind a line that proves nothing, or takes it back; the report is counted anew at once.

Nobody is counted without a row of Zoom's behind them: whatever is said names a line of the newest report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from meetbot.core.attendance import Declaration, guests
from meetbot.core.attendance.guests import Guest, Named
from meetbot.core.model import Meeting, Programme
from meetbot.core.registration import fold
from meetbot.errors import UserError
from meetbot.flows.attendance import looking, reporting
from meetbot.store import attendance, audit, declarations, locks, registration
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("attendance")


@dataclass(frozen=True)
class Settled:
    """What was said, and what came of it."""

    people: Sequence[Named]  #: whom the line is now said to be, or no longer; empty: it was so already
    version: int | None  #: of the report that was made of it; None: none had to be


_AS_IT_WAS = Settled((), None)


@dataclass(frozen=True)
class _Word:
    """Somebody's word about a line."""

    store: Store
    programme: Programme
    meeting: Meeting
    line: str
    now: datetime
    by: str

    async def standing(self, tx: Transaction) -> list[Declaration]:
        """What is said of the line so far. Asked alone, so that two organisers do not both settle it."""
        await locks.alone(tx, locks.meeting(self.meeting.key))
        return [one for one in await declarations.of(tx, self.meeting.key) if one.line == self.line]

    async def look_up(self, tx: Transaction, *, only_open: bool) -> None:
        """UserError when the newest report has no such line: Zoom may have reported otherwise since."""
        made = await attendance.reports(tx, self.meeting.key)
        if not made:
            raise UserError(f"There is no attendance report of {self.meeting.key} yet: it comes after the meeting.")
        if self.line not in looking.keys(made[-1].document, only_open=only_open):
            kind = "open line" if only_open else "line"
            raise UserError(
                f"{self.line}: the newest report of {self.meeting.key} has no such {kind}. Look at the list again."
            )

    async def say(self, tx: Transaction, people: Sequence[Named]) -> Settled:
        for one in people:
            await declarations.add(tx, self.meeting.key, self.line, one, now=self.now, by=self.by)
        return await self._counted(tx, "attendance.declared", people) if people else _AS_IT_WAS

    async def take_back(self, tx: Transaction, said: Sequence[Declaration]) -> Settled:
        await declarations.withdraw(tx, [one.id for one in said], now=self.now)
        people = [Named(one.name, one.organisation, one.registrant, one.sex) for one in said]
        return await self._counted(tx, "attendance.taken_back", people)

    async def _counted(self, tx: Transaction, what: str, people: Sequence[Named]) -> Settled:
        """Keep who said what, without names, and make the new version of the report."""
        ids = [f"registrant {one.registrant}" if one.registrant else "not registered" for one in people]
        subject = f"{self.meeting.key} {self.line}"
        await audit.note(tx, now=self.now, who=self.by, what=what, subject=subject, detail=", ".join(ids))
        made = await reporting.renew(tx, self.programme, self.meeting, links=self.store.links, now=self.now)
        log.info(what, meeting=self.meeting.key, line=self.line, people=len(people), version=made.version)
        return Settled(people, made.version)


async def match(
    store: Store, programme: Programme, meeting: Meeting, line: str, registrant: int, *, now: datetime, by: str
) -> Settled:
    """Say that an open line is this registrant, whatever became of their registration: who was there was there.

    UserError when the line is not open any more, or they are not registered for the meeting.
    """
    word = _Word(store, programme, meeting, line, now, by)
    async with store.transaction() as tx:
        said = await word.standing(tx)
        one = await registration.get(tx, registrant)
        if one is None or one.form.meeting != meeting.key:
            raise UserError(f"{registrant}: nobody of that number is registered for {meeting.key}.")
        if [each.registrant for each in said] == [one.id]:
            return _AS_IT_WAS
        if said:
            who = " and ".join(each.name for each in said)
            raise UserError(f"{said[0].said_by} has already said that this is {who}. Take that back first.")
        await word.look_up(tx, only_open=True)
        return await word.say(tx, [guests.named(one)])


async def declare(
    store: Store, programme: Programme, meeting: Meeting, line: str, people: Sequence[Guest], *, now: datetime, by: str
) -> Settled:
    """Say who sat before one screen: of an open line all of them, of somebody's own line those who sat beside them.

    Who is registered for the same organisation under the name is that registrant. Whoever is named already is not
    named twice. UserError when the newest report has no such line, or a name is that of two registrants.
    """
    word = _Word(store, programme, meeting, line, now, by)
    async with store.transaction() as tx:
        said = {_identity(one) for one in await word.standing(tx)}
        await word.look_up(tx, only_open=False)
        named = guests.resolved(people, await registration.listing(tx, meeting.key), programme.organisations)
        return await word.say(tx, list({_identity(one): one for one in named if _identity(one) not in said}.values()))


async def unmatch(
    store: Store,
    programme: Programme,
    meeting: Meeting,
    line: str,
    *,
    only: int | None = None,
    now: datetime,
    by: str,
) -> Settled:
    """Take back what was said of a line, or `only` one declaration (its id). Without any the line is open again.

    UserError when nothing is said of it.
    """
    word = _Word(store, programme, meeting, line, now, by)
    async with store.transaction() as tx:
        said = [one for one in await word.standing(tx) if only in (None, one.id)]
        if not said:
            raise UserError(f"{line}: nothing is said of this line of {meeting.key}, so nothing can be taken back.")
        return await word.take_back(tx, said)


def _identity(one: Named | Declaration) -> object:
    """The same for the same person, however their name is typed."""
    return one.registrant if one.registrant is not None else (fold(one.name), fold(one.organisation))
