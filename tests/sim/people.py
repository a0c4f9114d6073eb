"""What people do: at the desk by commands, and at Zoom on its own pages. The seed says who does what."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from meetbot.bootstrap import App
from meetbot.core import rundown as core_rundown
from meetbot.core.model import Form
from meetbot.errors import UserError, ZoomError
from meetbot.flows import meetings, registration, rundown
from meetbot.flows import programme as programme_flow
from meetbot.sandbox import Sandbox
from meetbot.sandbox.answers import Refusal
from meetbot.store import due, holds
from meetbot.store import meetings as store_meetings
from meetbot.store import registration as store_registration
from meetbot.store import rundown as store_rundown
from tests.sim import oracle, programme
from tests.sim.stops import Stops

_BY = "desk"
_SCOPES = (due.Scope.MAIL, due.Scope.ZOOM, due.Scope.CUES)

Command = Callable[[App], Awaitable[None]]


@dataclass
class Office:
    """The people of the office, and what they believe: only what a command told them was done."""

    sandbox: Sandbox
    stops: Stops
    history: oracle.History
    chance: random.Random
    plan: programme.Plan = field(default_factory=programme.Plan)  #: as last acknowledged
    registered: list[Form] = field(default_factory=list)

    def before_the_day(self) -> tuple[str, Command]:
        """Something that an organiser does in the days before."""
        return self._any(
            (6, "import", self._import_some),
            (5, "decide", self._decide),
            (3, "move", self._move),
            (1, "cancel", self._cancel),
            (2, "reinstate", self._reinstate),
            (3, "choose about drift", self._choose),
            (1, "swap host", self._swap),
            (1, "host back", self._host_back),
            (2, "hold", self._hold),
            (3, "resume", self._resume),
            (1, "sync", self._sync),
        )

    def on_the_day(self) -> tuple[str, Command]:
        """Something that somebody does while the meetings run."""
        return self._any(
            (5, "rundown", self._rundown),
            (3, "decide", self._decide),
            (2, "import", self._import_some),
            (1, "hold", self._hold),
            (3, "resume", self._resume),
            (1, "choose about drift", self._choose),
            (1, "move", self._move),
        )

    def _any(self, *choices: tuple[int, str, Command]) -> tuple[str, Command]:
        ((_, name, command),) = self.chance.choices(choices, weights=[weight for weight, _, _ in choices])
        return name, command

    async def first_apply(self, app: App) -> None:
        await self.apply(app, self.plan)
        await meetings.sync(app.store, await app.needed_programme(), app.zoom, now=app.clock.now())

    async def apply(self, app: App, plan: programme.Plan) -> None:
        self.history.told_to_repeat.append(self.stops.step)
        await programme_flow.apply(app.store, plan.text, "network.yaml", now=app.clock.now(), by=_BY)
        self.plan = plan

    async def _import_some(self, app: App) -> None:
        forms = self.chance.sample(programme.EVERYBODY, k=self.chance.randint(2, 6))
        await self.take_in(app, forms)

    async def take_in(self, app: App, forms: Sequence[Form]) -> None:
        if any(one in self.registered for one in forms):
            self.stops.happened("the same people imported twice")
        self.registered += forms
        await registration.submit(app.store, await app.needed_programme(), forms, now=app.clock.now(), by=_BY)

    async def _decide(self, app: App) -> None:
        if self.registered:
            one = self.chance.choice(self.registered)
            await self.decide(app, one, self.chance.choice(("approve", "approve", "approve", "deny", "cancel")))

    async def decide(self, app: App, one: Form, action: str) -> None:
        self.history.told_to_repeat.append(self.stops.step)
        async with app.store.reading() as tx:
            found = await store_registration.by_text(tx, one.meeting, [one.address])
        ids = [each.id for each in found[one.address]]
        self.stops.happened(f"somebody decided by hand: {action}")
        await registration.decide(
            app.store,
            await app.needed_programme(),
            ids,
            action,
            reason="by hand",
            now=app.clock.now(),
            by=_BY,
        )

    async def _move(self, app: App) -> None:
        key = self.chance.choice(programme.KEYS)
        later = {**self.plan.later, key: self.chance.choice((0, 15, 30, 45))}
        self.stops.happened(f"{'launch' if key == 'launch' else 'bilateral'} moved")
        await self.apply(app, replace(self.plan, later=later))

    async def _cancel(self, app: App) -> None:
        key = self.chance.choice(programme.KEYS[1:])
        self.stops.happened("a meeting cancelled")
        await self.apply(app, replace(self.plan, cancelled=self.plan.cancelled | {key}))

    async def _reinstate(self, app: App) -> None:
        if self.plan.cancelled:
            self.stops.happened("a meeting takes place after all")
            await self.apply(app, replace(self.plan, cancelled=frozenset()))

    async def _choose(self, app: App) -> None:
        """About the first meeting that somebody changed at Zoom: adopt or overwrite."""
        changed = await self.changed(app)
        if not changed:
            return
        if self.chance.random() < 0.5:
            await self.adopt(app, changed[0])
        else:
            await self.overwrite(app, changed[0])

    async def changed(self, app: App) -> list[str]:
        async with app.store.reading() as tx:
            known = await store_meetings.all_(tx)
        return [key for key, one in known.items() if one.known.drift or one.known.state == "gone"]

    async def adopt(self, app: App, key: str) -> None:
        self.history.told_to_repeat.append(self.stops.step)
        await programme_flow.adopt(app.store, key, now=app.clock.now(), by=_BY)
        self.stops.happened("what was changed at Zoom adopted")

    async def overwrite(self, app: App, key: str) -> None:
        self.history.told_to_repeat.append(self.stops.step)
        await programme_flow.overwrite(app.store, key, now=app.clock.now(), by=_BY)
        self.stops.happened("what was changed at Zoom overwritten")

    async def _swap(self, app: App) -> None:
        self.history.told_to_repeat.append(self.stops.step)
        host = self.chance.choice(programme.HOSTS)
        swapped = await programme_flow.drop_out(app.store, host, now=app.clock.now(), by=_BY)
        self.stops.happened("a host dropped out" + ("" if swapped.moved else ", holding nothing"))

    async def _host_back(self, app: App) -> None:
        await self.host_back(app, self.chance.choice(programme.HOSTS))

    async def host_back(self, app: App, host: str) -> None:
        await programme_flow.back(app.store, host, now=app.clock.now(), by=_BY)
        self.stops.happened("a host came back")

    async def _hold(self, app: App) -> None:
        scope = self.chance.choice(_SCOPES)
        async with app.store.transaction() as tx:
            waiting = await due.waiting(tx, due.Kind.LETTER)
            await holds.put(tx, [scope], now=app.clock.now(), who=_BY, reason="let us wait")
        self.stops.happened(f"{scope} held")
        if waiting and scope is due.Scope.MAIL:
            self.stops.happened("mail held while letters wait")

    async def _resume(self, app: App) -> None:
        async with app.store.transaction() as tx:
            await holds.lift(tx, _SCOPES)

    async def resume_everything(self, app: App) -> None:
        """A person looks at everything that waits for one: holds, a held rundown, what was changed at Zoom."""
        await self._resume(app)
        await self._go_on(app)
        for key in await self.changed(app):
            try:
                await self.overwrite(app, key)
            except UserError:
                await self.adopt(app, key)

    async def _sync(self, app: App) -> None:
        await meetings.sync(app.store, await app.needed_programme(), app.zoom, now=app.clock.now())
        self.stops.happened("a person synced beside the service")

    async def _rundown(self, app: App) -> None:
        plan = await app.needed_programme()
        name = self.chance.choice(("start", "next", "next", "hold", "slip"))
        minutes = self.chance.choice((3, 5, 10, -5))
        do: dict[str, rundown.Command] = {
            "start": core_rundown.start,
            "next": core_rundown.advance,
            "hold": core_rundown.hold,
            "slip": lambda one, now: core_rundown.slip(one, minutes, now),
        }
        await rundown.command(
            app.store, plan, plan.meetings["launch"], do[name], name=name, now=app.clock.now(), by=_BY
        )
        self.stops.happened(f"the rundown: {name}")

    async def _go_on(self, app: App) -> None:
        plan = await app.needed_programme()
        launch, now = plan.meetings["launch"], app.clock.now()
        async with app.store.reading() as tx:
            held = (await store_rundown.get(tx, launch)).held_at is not None
        if held:
            await rundown.command(app.store, plan, launch, core_rundown.start, name="start", now=now, by=_BY)

    # What people do on Zoom's own pages and in its meetings.

    def at_zoom(self) -> str:
        """Somebody changes something at Zoom; returns what."""
        meetings_there = [one for one in self._ours() if not one.live]
        if not meetings_there:
            return "nothing"
        meeting = self.chance.choice(meetings_there)
        what = self.chance.choices(("registers", "moves", "deletes", "lengthens"), weights=(6, 2, 1, 2))[0]
        if what == "deletes" and len(self._ours()) < 3:
            what = "registers"  # where nothing stands any more, meetbot asks whether this is the right account
        if what == "registers":
            return self._registers(meeting)
        if what == "moves":
            meeting.start_at += timedelta(minutes=self.chance.choice((-15, 30)))
        if what == "lengthens":
            meeting.duration += 15
        if what == "deletes":
            meeting.deleted = True
        self.stops.happened(f"somebody {what} a meeting at Zoom")
        return f"{what} {meeting.topic}"

    def _registers(self, meeting: Any) -> str:
        name = self.chance.choice(("Sam", "Ann", "Dara", "Joy"))
        form = {"email": f"{name.lower()}@npic.example", "first_name": name, "last_name": "Sok", "org": "NPIC"}
        try:
            self.sandbox.register({"meeting": str(meeting.id), **form})
        except Refusal:
            return "is refused by Zoom's form"
        self.stops.happened("somebody fills in Zoom's own form")
        return f"{name} registers for {meeting.topic}"

    def _ours(self) -> list[Any]:
        return [
            one for one in self.sandbox.account.meetings.values() if not one.deleted and "meetbot:ref=" in one.agenda
        ]

    def come(self, key: str) -> None:
        """The host starts the meeting of that title, and whoever was written a link comes by it."""
        title = programme.title(key)
        for meeting in (one for one in self._ours() if one.topic == title and not one.live):
            now = self.sandbox.clock.now().isoformat()
            rows: list[dict[str, Any]] = [{"action": "start", "person": "host", "email": meeting.host.email}]
            for one in meeting.registrants.values():
                if one.status == "approved" and self.chance.random() < 0.8:
                    who = {"person": one.email, "registrant_id": one.id, "email": one.email, "name": one.name}
                    rows += [{"action": "join", **who}]
            self.sandbox.people([{"meeting": meeting.id, "at": now, **row} for row in rows])

    def go(self, key: str) -> None:
        """The host ends the meeting."""
        title = programme.title(key)
        for meeting in (one for one in self._ours() if one.topic == title and one.live):
            now = self.sandbox.clock.now().isoformat()
            self.sandbox.people([{"meeting": meeting.id, "at": now, "action": "end", "person": "host"}])


#: What a command may answer instead of doing it: then nothing was done, or Zoom has to be asked again later.
REFUSALS = (UserError, ZoomError)
