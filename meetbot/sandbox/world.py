"""The account in its time: what the clock, the people and the fault script make of it, all written to the ledger."""

from datetime import datetime
from pathlib import Path

from meetbot.sandbox import actions, live, registrants
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Json
from meetbot.sandbox.clock import Clock
from meetbot.sandbox.faults import Script
from meetbot.sandbox.ledger import Ledger
from meetbot.sandbox.model import Setup


class World:
    def __init__(self, setup: Setup, clock: Clock, *, ledger: Path | None, faults: str) -> None:
        self.account = Account(setup)
        self.clock = clock
        self.script = Script(faults, seed=setup.seed, started=clock.started)
        self.ledger = Ledger(ledger)

    def catch_up(self) -> datetime:
        """Let everything happen that people meant to do until now; returns now."""
        now = self.clock.now()
        for at, effect in live.advance(self.account, now):
            self.ledger.happened(at, effect)
        return now

    def leap(self, to: datetime) -> datetime:
        """Move the clock forward. Raises ValueError when `to` is past."""
        self.clock.leap(to)
        return self.catch_up()

    def set_faults(self, text: str) -> None:
        """A new script in place of the old one; its `+` times still count from the start. Raises ScriptError."""
        self.script = Script(text, seed=self.account.setup.seed, started=self.clock.started)

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
