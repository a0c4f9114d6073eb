"""A whole deployment in one process: real SQLite, the Zoom sandbox, a maildir; time stands still until moved."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from meetbot import serve
from meetbot.bootstrap import App
from meetbot.core import times
from meetbot.core.model import Form, Meeting, Programme
from meetbot.flows import meetings, registration
from meetbot.flows import programme as programme_flow
from meetbot.mail import transports
from meetbot.rehearsal import mailbox
from meetbot.sandbox import Clock, Sandbox
from meetbot.settings import Settings
from meetbot.store import due, engine, nodes, seal
from meetbot.store import registration as store_registration
from meetbot.zoom import auth, client

START = times.at("2021-11-03 09:00", "Asia/Bangkok")

PROGRAMME = """
key: network
title: Skills Network
zone: Asia/Bangkok
language: en
organiser: {name: Launch desk, address: launch@network.example}
reports_to:
  - {name: Officer, address: officer@network.example}
registration: {approve_invited: yes, quota: 2}
reminders: {before: [1 day, 1 hour]}
countries: {Cambodia: Asia/Phnom_Penh, Myanmar: Asia/Yangon}
organisations:
  npic: {name: National Polytechnic Institute (NPIC), country: Cambodia, constituent: training institution}
  cvt: {name: Center for Vocational Training, country: Myanmar, constituent: training institution}
people:
  tang: {name: H.E. TANG Tao, office: Vice Minister, organisation: npic}
  liu: {name: Mr Yutong Liu, office: Project Manager, organisation: cvt}
meetings:
  launch:
    title: Launching Ceremony
    date: 2021-11-10
    start: 14:00
    end: 15:00
    opens: 13:30
    host: host@network.example
    recording: {from: welcome, to: closing}
    rundown:
      welcome: {title: Welcome, start: 14:00, end: 14:30, speakers: [tang]}
      closing: {title: Closing, start: 14:30, end: 15:00, speakers: [liu]}
"""


class StandingClock:
    """The sandbox's clock, which only moves when a test or a wait moves it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def now(self) -> datetime:
        return self._sandbox.clock.now()

    async def sleep_until(self, at: datetime) -> None:
        if at > self.now():
            self._sandbox.leap(at)

    def real_delay(self, until: datetime) -> timedelta:
        return max(until - self.now(), timedelta())


@dataclass
class Stage:
    """What a test does as organiser, registrant or time, and what it sees from outside."""

    app: App
    sandbox: Sandbox
    life: str = ""

    async def apply(self, text: str = PROGRAMME) -> None:
        await programme_flow.apply(self.app.store, text, "network.yaml", now=self.now, by="test")
        await meetings.sync(self.app.store, await self.programme(), self.app.zoom, now=self.now)

    async def programme(self) -> Programme:
        return await self.app.needed_programme()

    async def launch(self) -> Meeting:
        return (await self.programme()).meetings["launch"]

    @property
    def now(self) -> datetime:
        return self.sandbox.clock.now()

    async def register(self, *forms: Form) -> None:
        await registration.submit(self.app.store, await self.programme(), forms, now=self.now, by="test")

    async def decide(self, address: str, action: str, reason: str = "because") -> Sequence[str]:
        async with self.app.store.reading() as tx:
            found = await store_registration.by_text(tx, "launch", [address])
        outcome = await registration.decide(
            self.app.store,
            await self.programme(),
            [one.id for one in found[address]],
            action,
            reason=reason,
            now=self.now,
            by="test",
        )
        return outcome.remarks

    async def run_due(self) -> None:
        """Let every pass act until nothing is due any more, as the daemon would."""
        programme = await self.programme()
        for _ in range(50):
            async with self.app.store.reading() as tx:
                kinds = await due.kinds_due(tx, now=self.now)
            if not kinds:
                return
            for kind in kinds:
                await serve.PASSES[kind](self.app, programme, self.now, f"{self.life}/{kind}")
        raise AssertionError(f"never quiet: {kinds} are due again and again at {self.now}")

    async def until(self, wall: str, zone: str = "Asia/Bangkok") -> None:
        """Let time pass from one due row to the next, each acted on when it is due."""
        target = times.at(wall, zone)
        while True:
            await self.run_due()
            async with self.app.store.reading() as tx:
                next_at = await due.next_at(tx)
            step = min(next_at or target, target)
            self.sandbox.leap(max(step, self.now))
            if self.now >= target:
                await self.run_due()
                return

    def leap(self, wall: str, zone: str = "Asia/Bangkok") -> None:
        """Time passes while the daemon is down."""
        self.sandbox.leap(times.at(wall, zone))

    async def restart(self) -> None:
        """The process died, if one ran, and a new one begins under the same name once the lease has lapsed."""
        async with self.app.store.transaction() as tx:
            life = await nodes.start(tx, "test", now=self.now + nodes.LEASE)
        assert life is not None
        self.life = str(life)

    def mails(self, to: str | None = None) -> list[mailbox.Mail]:
        found = mailbox.mails(self.app.settings.maildir)
        return [mail for mail in found if to is None or mail.to == to]

    def writes(self) -> list[tuple[str, str]]:
        """Every call that reached Zoom and was not a mere question, in the order of the calls."""
        calls = {
            entry["request"]: (entry["method"], entry["path"].removeprefix("/v2"))
            for entry in self.sandbox.ledger.entries
            if entry["request"] is not None and entry["method"] != "GET" and "/oauth/" not in entry["path"]
        }
        return list(calls.values())

    def at_zoom(self) -> list[Any]:
        return [meeting for meeting in self.sandbox.account.meetings.values() if not meeting.deleted]


def form(address: str, name: str = "Sok Dara", organisation: str = "NPIC", **more: Any) -> Form:
    return Form(meeting="launch", address=address, name=name, organisation=organisation, **more)


@asynccontextmanager
async def set_up(folder: Path, database: str = "", **sandbox_setup: Any) -> AsyncIterator[Stage]:
    """An empty deployment on 3 November 2021, a week before the launch; on SQLite, if no other database is given."""
    logging.getLogger().setLevel(logging.ERROR)
    sandbox = Sandbox(clock=Clock(START, speed=0), plan="business", **sandbox_setup)
    settings = Settings(data_dir=folder, zoom_client_secret=SecretStr("sandbox"))
    store = await engine.open_store(database or settings.database, seal.from_settings("", folder))
    clock = StandingClock(sandbox)
    async with sandbox.serve() as url:
        account = auth.Account("sandbox", "sandbox", "sandbox", f"{url}/v2", f"{url}/oauth/token")
        async with client.Zoom(account, clock) as zoom:
            stage = Stage(App(settings, clock, store, zoom, transports.Maildir(settings.maildir)), sandbox)
            await stage.restart()
            yield stage
    await store.aclose()
