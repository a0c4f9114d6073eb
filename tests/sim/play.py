"""Who goes on next, what happens to them, when time passes: all of it from the seed, and judged after every step."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from meetbot.core.model import Programme
from meetbot.errors import Interrupted
from tests.sim import ending, oracle, programme
from tests.sim.eye import Eye
from tests.sim.machines import Machines, Node
from tests.sim.people import REFUSALS, Command, Office
from tests.sim.still import Loop
from tests.sim.stops import Process, Stop
from tests.sim.ways import Clock

_A_SECOND = timedelta(seconds=1)
_AN_HOUR = timedelta(hours=1)
_LONGEST = timedelta(hours=4)  # that nobody looks at what comes again and again, while nothing is wrong
#: Choices of one phase after which people and faults come to rest, so that every run has an end.
_ENOUGH = 120
#: More choices than this without an end is a circle: something is due again and again.
_TOO_MANY = 4000
_HARDLY = 0.05  #: how often somebody is stopped while nothing goes wrong


@dataclass(frozen=True)
class Storm:
    """How hard the seed treats everybody: drawn once for a run."""

    stopping: float  #: how often somebody is stopped where they could be
    faults: float  #: how often something happens to them there
    kills: float
    pauses: float
    people: float
    clocks: float  #: how often a machine's clock is put wrong
    two_at_once: bool  #: two services may act on one store, as on PostgreSQL


def storm(chance: random.Random) -> Storm:
    """One run in ten is calm."""
    rough = chance.choice((0.0, 0.3, 0.3, 0.6, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0))
    return Storm(
        stopping=chance.choice((0.1, 0.3, 0.6)),
        faults=0.15 * rough,
        kills=0.015 * rough,
        pauses=0.012 * rough,
        people=chance.choice((0.04, 0.08, 0.15)),
        clocks=chance.choice((0.0, 0.0, 0.0, 0.005)) * rough,
        two_at_once=chance.random() < 0.5,
    )


class Play:
    """The days of one programme."""

    def __init__(
        self, weather: Storm, chance: random.Random, machines: Machines, nodes: list[Node], office: Office, eye: Eye
    ) -> None:
        self.violations: list[str] = []
        self._weather = weather
        self._chance = chance
        self._machines = machines
        self._nodes = nodes
        self._office = office
        self._eye = eye
        self._stops = machines.stops
        self._history = machines.history
        self._sandbox = machines.sandbox
        self._judged = 0
        self._cancelled: frozenset[str] = frozenset()  #: meetings, when the last quiet day ended
        self._rough = False  #: faults happen
        self._desks = 0
        self._commands: list[Process] = []
        self._app = machines.app(Clock(machines.sandbox, machines.stops, machines.leap))
        self._appointments: list[tuple[datetime, Callable[[], None]]] = []
        self._stops.on_commit = lambda: eye.look(self._stops.step)
        machines.nodes = nodes

    @property
    def _now(self) -> datetime:
        return self._sandbox.clock.now()

    async def days(self, loop: Loop) -> None:
        """The days before with all that goes wrong, a day of rest, the day itself, and a day of rest."""
        self._loop = loop
        await self._office.first_apply(self._app)
        self._nodes[0].start()
        await self._phase(programme.EVE, self._before)
        await self._rest(programme.MORNING)
        await self._judge_end(on_the_day=False)
        self._make_appointments(await self._app.needed_programme())
        await self._phase(programme.NIGHT, self._on_the_day)
        await self._rest(programme.END)
        await self._judge_end(on_the_day=True)

    async def _phase(self, until: datetime, people: Callable[[], None]) -> None:
        self._rough = True
        self._stops.stopping = self._weather.stopping
        for _ in range(_ENOUGH):
            if self._now >= until or self.violations:
                break
            await self._choose(until, people)
            self._judge()

    async def _rest(self, until: datetime) -> None:
        """No more faults: every machine runs and knows the time, and people have seen to what waits for them."""
        self._rough = False
        self._stops.stopping = _HARDLY
        for node in self._nodes:
            node.clock.wrong = timedelta()
            if node.up and node.process.paused:
                self._wake(node)
        if not any(node.up for node in self._nodes):
            self._nodes[0].start()
        for pause in (timedelta(), timedelta(minutes=25), timedelta(hours=2), timedelta(hours=6)):
            await self._until(min(self._now + pause, until))
            await self._office.resume_everything(self._app)
            for host in programme.HOSTS:
                with contextlib.suppress(*REFUSALS):
                    await self._office.host_back(self._app, host)
        await self._until(until)

    async def _until(self, until: datetime) -> None:
        for _ in range(_TOO_MANY):
            if self.violations or (self._now >= until and not self._stops.waiting):
                return
            await self._go_on(until)
            self._judge()
        self.violations.append(f"P04: never quiet at {self._now:%m-%d %H:%M}: {self._eye.open_work(self._now)[:5]}")

    async def _choose(self, until: datetime, people: Callable[[], None]) -> None:
        """One of all that can happen now."""
        weather = self._weather
        (chosen,) = self._chance.choices(
            (self._kill_somebody, self._pause_or_wake, self._put_clock_wrong, self._start_somebody, None, "people"),
            weights=(
                weather.kills,
                weather.pauses,
                weather.clocks,
                0.05,
                max(0.0, 0.95 - weather.kills - weather.pauses - weather.clocks - weather.people),
                weather.people,
            ),
        )
        if chosen == "people":
            people()
            await self._loop.come_to_rest()
        elif chosen is None:
            await self._go_on(until)
        else:
            assert not isinstance(chosen, str)
            await chosen()

    async def _go_on(self, until: datetime) -> None:
        """Let somebody on, or a service look; when nobody has anything to do, time passes."""
        able = self._stops.able()
        if able and self._chance.random() < 0.8:
            await self._let_on(self._chance.choice(able))
        elif not await self._somebody_looks():
            if able:
                await self._let_on(self._chance.choice(able))
            else:
                await self._pass_time(until)

    async def _let_on(self, stop: Stop) -> None:
        happens = ""
        if self._rough and stop.faults and self._chance.random() < self._weather.faults:
            happens = self._chance.choice(list(stop.faults))
        self._stops.step += 1
        self._stops.note(f"{stop.actor.name} {stop.place} {stop.detail} {happens}".rstrip())
        if self._rough and self._chance.random() < self._weather.kills:
            await self._kill(stop.actor.process, stop)
            return
        await self._machines.leap(self._now + timedelta(milliseconds=self._chance.randrange(100)))
        if stop in self._stops.waiting:
            self._stops.let_on(stop, happens)
        await self._loop.come_to_rest()

    async def _somebody_looks(self) -> bool:
        """Whether one of the services found something to do."""
        for node in self._chance.sample(self._nodes, k=len(self._nodes)):
            if node.works and not node.looks:
                before = node.begun, len(self._stops.waiting)
                node.look()
                await self._loop.come_to_rest()
                if (node.begun, len(self._stops.waiting)) != before:
                    self._stops.note(f"{node.name} looks: {', '.join(sorted(node.running))}")
                    return True
        return False

    async def _pass_time(self, until: datetime) -> None:
        """To whatever falls due next; what comes again and again is not waited for each time."""
        every = self._rough and self._chance.random() < 0.3
        horizon = self._now + (_AN_HOUR if self._rough else _LONGEST)
        wrong = max((node.clock.wrong for node in self._nodes if node.works), default=timedelta())
        due_at = self._eye.next_at(self._now + wrong, every=every)
        coming = [horizon, until, *(at for at, _ in self._appointments[:1])]
        target = min([*coming, due_at - wrong] if due_at else coming)
        await self._machines.leap(max(target, self._now + timedelta(milliseconds=200)))
        self._stops.note(f"it is {self._now:%m-%d %H:%M:%S.%f}"[:-3])
        while self._appointments and self._appointments[0][0] <= self._now:
            self._appointments.pop(0)[1]()
        if not any(node.works for node in self._nodes):
            self._stops.happened("time passes and no service works")

    # What goes wrong with machines.

    async def _kill_somebody(self) -> None:
        if alive := [one for one in (*(node.process for node in self._nodes), *self._commands) if one.alive]:
            await self._kill(self._chance.choice(alive), None)

    async def _kill(self, process: Process, stop: Stop | None) -> None:
        self._stops.note(f"{process.name} is killed")
        self._stops.happened(f"killed: {stop.place}" if stop else "killed anywhere")
        if stop and stop.place == "has Zoom's answer" and stop.detail.startswith("POST") and "meetings" in stop.detail:
            self._stops.happened("killed when Zoom had done it and nothing was written down")
        node = next((one for one in self._nodes if one.process is process), None)
        if node is None:
            await self._stops.kill(process)
        else:
            await node.kill()
        await self._loop.come_to_rest()

    async def _start_somebody(self) -> None:
        """A service that is down comes up, at once or after its lease has lapsed."""
        down = [one for one in self._nodes if not one.up]
        if not down:
            return
        node = self._chance.choice(down)
        self._stops.note(f"{node.name} starts")
        node.start()
        if all(one.works for one in self._nodes):
            self._stops.happened("two services up")
            if self._weather.two_at_once:
                self._stops.happened("two services share the work")

    async def _pause_or_wake(self) -> None:
        node = self._chance.choice(self._nodes)
        if not node.up:
            return
        if node.process.paused:
            self._wake(node)
            return
        self._stops.note(f"{node.name} is paused")
        places = {stop.place for stop in self._stops.waiting if stop.actor.process is node.process}
        self._stops.happened("a service paused" + (" in the middle of a letter" if "has the 250" in places else ""))
        node.pause()

    def _wake(self, node: Node) -> None:
        self._stops.note(f"{node.name} wakes")
        self._stops.happened("a paused service wakes")
        node.wake()

    async def _put_clock_wrong(self) -> None:
        node = self._chance.choice(self._nodes)
        wrong = timedelta() if node.clock.wrong else self._chance.choice((_AN_HOUR, -_AN_HOUR))
        self._stops.note(f"the clock of {node.name} is {wrong} off")
        self._stops.happened(f"a clock {'right again' if not wrong else 'forward' if wrong > timedelta() else 'back'}")
        if wrong and any(stop.actor.process is node.process for stop in self._stops.waiting):
            self._stops.happened("a clock changed in the middle of a pass")
        node.clock.wrong = wrong
        self._history.wrong_clock = True

    # What people do.

    def _before(self) -> None:
        if self._chance.random() < 0.25:
            self._stops.note(f"somebody {self._office.at_zoom()}")
        elif self._chance.random() < 0.1 and self._office.registered:
            self._two_decide()
        else:
            self._command(*self._office.before_the_day())

    def _on_the_day(self) -> None:
        self._command(*self._office.on_the_day())

    def _two_decide(self) -> None:
        """Two people decide about one registrant at once, each in their own way."""
        one = self._chance.choice(self._office.registered)
        self._stops.happened("approve and deny at once")
        for action in ("approve", "deny"):
            self._command(action, partial(self._office.decide, one=one, action=action))

    def _command(self, name: str, command: Command) -> None:
        self._desks += 1
        process = Process(f"desk{self._desks}")
        self._commands = [one for one in self._commands if one.actors]
        self._commands.append(process)
        self._stops.note(f"{process.name} {name}")
        self._stops.begin(process, name, self._carry_out(process.name, name, command))

    async def _carry_out(self, desk: str, name: str, command: Command) -> None:
        app = self._machines.app(Clock(self._sandbox, self._stops, self._machines.leap))
        try:
            await command(app)
        except REFUSALS as refusal:
            self._stops.note(f"{desk} is told: {refusal}")
            self._stops.happened(f"a command refused: {name}")
        except Interrupted as interruption:
            self._stops.note(f"{desk} is interrupted: {interruption}")
        except Exception as error:
            self._history.broken.append(f"{name}: {type(error).__name__}: {error}")
        else:
            self._stops.note(f"{desk} is done")

    def _make_appointments(self, plan: Programme) -> None:
        """The host opens each meeting shortly before its start and ends it some minutes late."""
        for key, meeting in plan.meetings.items():
            if not meeting.cancelled:
                come, go = partial(self._office.come, key), partial(self._office.go, key)
                self._appointments.append((meeting.interval.start - timedelta(minutes=10), come))
                self._appointments.append((meeting.interval.end + timedelta(minutes=3), go))
        self._appointments.sort(key=lambda one: one[0])

    # What is made of it.

    def _judge(self) -> None:
        self.violations += oracle.safety(self._history, self._judged)
        self._judged = len(self._history.letters)

    async def _judge_end(self, *, on_the_day: bool) -> None:
        if not self.violations:
            plan = await self._app.needed_programme()
            end = ending.of(plan, self._sandbox, self._eye, cancelled_before=self._cancelled, now=self._now)
            self._cancelled = end.cancelled
            self.violations += oracle.liveness(self._history, end, on_the_day=on_the_day)
            for what in self._eye.outcomes():
                self._stops.happened(what)
