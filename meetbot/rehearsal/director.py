"""Directs a rehearsal: lets people register, decides what is left open, runs the day, lets idle time pass quickly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter

from meetbot import clock, serve
from meetbot.bootstrap import App
from meetbot.core import rundown as core_rundown
from meetbot.core import times
from meetbot.core.model import Meeting, Outcome, Programme, Status
from meetbot.files import people
from meetbot.flows import registration, rundown
from meetbot.rehearsal import day, mailbox
from meetbot.rehearsal.cast import Door, Habit, Member
from meetbot.rehearsal.stand_in import StandIn
from meetbot.store import due, meetings
from meetbot.store import registration as store_registration
from meetbot.store import rundown as store_rundown

_BY = "rehearsal"
_WORTH_A_LEAP = timedelta(seconds=20)
_A_MOMENT = 0.005  # real seconds between two looks whether all is quiet
_COLUMNS = ("Organisation", "Name", "E-mail", "Position", "Country", "Programme role")


@dataclass
class Director:
    """One rehearsal of one meeting."""

    app: App
    daemon: serve.Daemon
    clock: clock.FastClock
    zoom: StandIn
    programme: Programme
    meeting: Meeting
    members: Sequence[Member]
    folder: Path
    seed: int
    say: Callable[[str], None]

    async def registration(self) -> None:
        """Forms come in as a list and by Zoom's own page; the rules decide most, the organiser the rest."""
        await self._import_list()
        zoom_id = await self.zoom_id()
        for member in self._by(Door.ZOOM_PAGE):
            first, _, last = member.name.partition(" ")
            form = {"email": member.address, "first_name": first, "last_name": last, "org": member.organisation}
            await self.zoom.register({"meeting": zoom_id, **form, "job_title": member.position})
        await self.pass_time(self.clock.now() + timedelta(minutes=15))
        statuses = await self.statuses()
        for member in self.members:
            if member.person and statuses.get(member.address) is Status.PENDING:
                await self._decide(member.address, "approve", "a speaker of the programme")
        await self._decide("maria@elsewhere.example", "approve", "invited by telephone")
        await self._decide("ian@elsewhere.example", "deny", "the ceremony is for the organisations of the network")
        await self.pass_time(self.clock.now() + timedelta(minutes=15))

    async def reminders(self) -> None:
        """Nothing for a person to do until the doors open; time leaps from one due row to the next."""
        await self.pass_time(self.meeting.opens_at - timedelta(minutes=10))

    async def day(self) -> None:
        """The ceremony at a steady pace: people come and go, a speaker is late, the rundown is moved while it runs."""
        await self.zoom.people(day.arrivals(self.meeting, await self.zoom_id(), await self.links(), seed=self.seed))
        await self._run_rundown()
        await self.clock.sleep_until(self.clock.now() + timedelta(minutes=2))
        now = self.clock.now().isoformat()
        await self.zoom.people([{"meeting": await self.zoom_id(), "action": "end", "person": "host", "at": now}])

    async def attendance(self) -> None:
        """Zoom's report comes late and in parts; the final one is mailed when two readings agree."""
        await self.pass_time(self.meeting.interval.end + timedelta(hours=30), until_reported=True)

    async def pass_time(self, until: datetime, *, until_reported: bool = False) -> None:
        """Let programme time pass, leaping over stretches in which nothing is due."""
        while self.clock.now() < until:
            async with self.app.store.reading() as tx:
                next_at = await due.next_at(tx)
                reported = not await due.ended(tx, [due.Kind.REPORT], ["waiting", "claimed"])
                unsent = await due.waiting(tx, due.Kind.LETTER)
            if until_reported and reported and not unsent and self.daemon.idle:
                return
            target = min(next_at or until, until)
            if self.daemon.idle and target - self.clock.now() > _WORTH_A_LEAP:
                await self._leap(target)
            await asyncio.sleep(_A_MOMENT)

    async def _leap(self, to: datetime) -> None:
        await self.zoom.leap(to)
        self.clock.leap(to)
        await self.daemon.wake()

    async def _import_list(self) -> None:
        """The list as the organiser would import it: an Excel file, with one form sent twice."""
        path = self.folder / "registrations.xlsx"
        listed = self._by(Door.LIST)
        await asyncio.to_thread(_write_list, path, [*listed, listed[-1]])
        preview = await asyncio.to_thread(
            lambda: people.forms(people.read(path), programme=self.programme, meeting=self.meeting.key)
        )
        outcome = await registration.submit(self.app.store, self.programme, preview.forms, now=self.clock.now(), by=_BY)
        await self.daemon.wake()
        counted = ", ".join(f"{count} {word}" for word, count in outcome.counts.items())
        self.say(f"{len(preview.forms)} forms from {path.name}: {counted}")

    def _by(self, door: Door) -> list[Member]:
        return [member for member in self.members if member.door is door]

    async def _decide(self, address: str, action: str, reason: str) -> Outcome:
        async with self.app.store.reading() as tx:
            found = await store_registration.by_text(tx, self.meeting.key, [address])
        ids = [one.id for one in found[address]]
        outcome = await registration.decide(
            self.app.store, self.programme, ids, action, reason=reason, now=self.clock.now(), by=_BY
        )
        await self.daemon.wake()
        return outcome

    async def links(self) -> dict[Member, str]:
        """The link that each member finds in their own mailbox."""
        found: dict[str, str] = {}
        for mail in await asyncio.to_thread(lambda: list(mailbox.mails(self.app.settings.maildir))):
            for link in mail.links:
                found[mail.to] = link
        return {member: found[member.address] for member in self.members if member.address in found}

    async def zoom_id(self) -> str:
        """Zoom's id of the meeting."""
        async with self.app.store.reading() as tx:
            stored = await meetings.get(tx, self.meeting.key)
        assert stored is not None and stored.known.zoom_id is not None
        return stored.known.zoom_id

    async def _run_rundown(self) -> None:
        """As a producer would: held for a late speaker, next at the end of each segment, four minutes lost later."""
        late = any(member.habit is Habit.LATE_SPEAKER for member in self.members)
        await self.clock.sleep_until(self.meeting.interval.start)
        if late:
            await self._command("hold", core_rundown.hold)
            await self.clock.sleep_until(self.meeting.interval.start + timedelta(minutes=8))
            await self._command("start", core_rundown.start)
        await self._command("start", core_rundown.start)
        slipped = False
        while (ends_at := await self._current_end()) is not None:
            if not slipped and ends_at - self.clock.now() > timedelta(minutes=40):
                slipped = True
                await self.clock.sleep_until(self.clock.now() + timedelta(minutes=20))
                await self._command("slip", lambda state, now: core_rundown.slip(state, 4, now))
                continue
            await self.clock.sleep_until(ends_at)
            await self._command("next", core_rundown.advance)

    async def _current_end(self) -> datetime | None:
        """When the running segment is expected to end; None when the rundown is over."""
        async with self.app.store.reading() as tx:
            state = await store_rundown.get(tx, self.meeting)
        if state.current is None:
            return None
        if not state.current.timed:
            return self.clock.now() + timedelta(minutes=3)
        return next(one.interval.end for one in core_rundown.expected(state) if one.segment == state.current.key)

    async def _command(self, name: str, do: rundown.Command) -> None:
        move = await rundown.command(
            self.app.store, self.programme, self.meeting, do, name=name, now=self.clock.now(), by=_BY
        )
        await self.daemon.wake()
        self.say(f"{self.clock.now().astimezone(times.zone(self.meeting.zone)):%H:%M} {name}: {move.reason}")

    async def statuses(self) -> dict[str, Status]:
        """Each registrant's status, by address."""
        async with self.app.store.reading() as tx:
            everyone = await store_registration.listing(tx, self.meeting.key)
        return {one.form.address: one.status for one in everyone}


def _write_list(path: Path, listed: Sequence[Member]) -> None:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Registrations")
    sheet.write_row(0, 0, _COLUMNS)
    for row, one in enumerate(listed, 1):
        cells = (one.organisation, one.name, one.address, one.position, one.country, one.person or "")
        for column, text in enumerate(cells):
            sheet.write_string(row, column, text)
    book.close()
