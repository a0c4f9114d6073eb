"""The account in its time: what the clock, the people and the fault script make of it, all written to the ledger."""

import random
from datetime import datetime
from pathlib import Path

from meetbot.sandbox import actions, live
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Json
from meetbot.sandbox.calls import registrants
from meetbot.sandbox.clock import Clock
from meetbot.sandbox.faults import Script, load
from meetbot.sandbox.ledger import Ledger
from meetbot.sandbox.setup import Setup
from meetbot.sandbox.smtp.office import Office
from meetbot.sandbox.webhooks import disorder
from meetbot.sandbox.webhooks.sending import Webhooks
from meetbot.sandbox.webhooks.subscription import ALL


class World:
    def __init__(self, setup: Setup, clock: Clock, *, ledger: Path | None, faults: str) -> None:
        self.account = Account(setup)
        self.clock = clock
        self.ledger = Ledger(ledger)
        self.mail = Office(clock, self.ledger, seed=setup.seed, profile=setup.smtp_profile, returned=setup.smtp_bounces)
        self.webhooks = Webhooks(self.account, clock, self.ledger)
        self.set_faults(faults)

    def catch_up(self) -> datetime:
        """Let everything happen that people meant to do until now; returns now."""
        now = self.clock.now()
        for at, effect in live.advance(self.account, now):
            self.ledger.happened(at, effect)
        self.mail.catch_up()
        return now

    def leap(self, to: datetime) -> datetime:
        """Move the clock forward. Raises ValueError when `to` is past."""
        self.clock.leap(to)
        return self.catch_up()

    def set_faults(self, text: str) -> None:
        """A new script in place of the old one; its `+` times still count from the start. Raises ScriptError."""
        sections = load(text)
        seed = self.account.setup.seed
        script = Script(sections.get("zoom"), seed=seed, started=self.clock.started)
        mail = self.mail.rules(sections.get("smtp") or [])
        told = disorder.read(sections.get("webhooks"), random.Random(f"{seed}:disorder"))
        self.script = script
        self.mail.set_faults(mail)
        self.webhooks.disorder = told

    async def subscribe(self, url: str = "", secret: str | None = None, events: object = ALL) -> None:
        """Tell this address from now on; it is challenged first. Raises SubscriptionError."""
        secret = self.account.setup.webhook_secret if secret is None else secret
        added = self.webhooks.subscribe(url, secret, events)
        if added.state != "valid":
            await self.webhooks.challenge(added)

    async def deliver_webhooks(self) -> None:
        """Send every webhook that is due now and wait for the answers; a running clock needs no such call."""
        self.catch_up()
        await self.webhooks.deliver()

    def people(self, rows: list[Json]) -> Json:
        """People do something, now or later. Raises Refusal, and then nobody does anything."""
        self.catch_up()
        expected = actions.read(self.account, rows, self.clock.now())
        for action in expected:
            self.account.expect(action)
        seen = len(self.ledger.entries)
        self.catch_up()
        happened = [entry["effect"] for entry in self.ledger.entries[seen:]]
        return {"happened": happened, "to_come": self.account.actions_to_come}

    def register(self, form: Json) -> Answer:
        """Somebody fills in Zoom's own registration form. Raises Refusal."""
        call = Call(now=self.catch_up(), pacing=self.clock.pacing(), body=form)
        answer = registrants.register(self.account, call)
        for effect in answer.effects:
            self.ledger.happened(call.now, effect)
        return answer
