"""The pace of calls."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from meetbot.core import times
from meetbot.errors import ZoomRateLimited, ZoomUnreachable
from meetbot.zoom import limits

_STEP = timedelta(milliseconds=50)
NOON = times.at("2021-11-09 19:00", "Asia/Bangkok")


class HeldClock:
    """A clock that goes on only when it is told to."""

    def __init__(self) -> None:
        self.instant = NOON
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self.instant

    async def sleep_until(self, at: datetime) -> None:
        while self.instant < at:
            await self._moved.wait()

    def real_delay(self, until: datetime) -> timedelta:
        return until - until

    async def run(self, duration: timedelta) -> None:
        """Let time pass in small steps, and everybody act in each."""
        for _ in range(int(duration / _STEP)):
            self.instant += _STEP
            self._moved.set()
            self._moved = asyncio.Event()
            for _ in range(5):
                await asyncio.sleep(0)


@pytest.fixture
def held() -> HeldClock:
    return HeldClock()


async def taken(pace: limits.Pace, clock: times.Clock, label: limits.Label, count: int) -> list[datetime]:
    """When so many calls in a row had their turns."""
    turns = []
    for _ in range(count):
        await pace.turn(label)
        turns.append(clock.now())
    return turns


@pytest.mark.parametrize("plan", limits.Plan)
@pytest.mark.parametrize("label", limits.RATES[limits.Plan.PRO])
async def test_P08_calls_stay_below_the_rate(clock: times.Clock, plan: limits.Plan, label: limits.Label) -> None:
    """In no second are there more calls than the plan allows, and in the long run four fifths of them."""
    turns = await taken(limits.Pace(clock, plan), clock, label, 200)

    limit = limits.RATES[plan][label]
    busiest = max(sum(first <= turn < first + timedelta(seconds=1) for turn in turns) for first in turns)
    assert busiest <= max(limit, 1)
    assert turns[-1] - turns[0] >= timedelta(seconds=199 / (limit * 0.8) - 0.21)


@pytest.mark.parametrize("plan", limits.Plan)
async def test_P08_creations_use_all_of_the_slower_limit(clock: times.Clock, plan: limits.Plan) -> None:
    """No second has more creations than Light leaves us; in all, no more than Medium allows, one second's besides."""
    turns = await taken(limits.Pace(clock, plan), clock, limits.Label.CREATION, 1000)

    medium, light = limits.RATES[plan][limits.Label.MEDIUM], limits.RATES[plan][limits.Label.LIGHT]
    busiest = max(
        sum(first <= turn < first + timedelta(seconds=1) for turn in turns[index:]) for index, first in enumerate(turns)
    )
    for count, turn in enumerate(turns, start=1):
        assert count <= medium * (1 + (turn - NOON).total_seconds())
    assert busiest <= light
    assert turns[-1] - NOON <= timedelta(seconds=1.01 * (1000 - medium) / medium)


async def test_P08_a_creation_leaves_its_mark_on_light(clock: times.Clock) -> None:
    """Whichever label Zoom counts a creation under, our calls of that label stay below its limit."""
    pace = limits.Pace(clock, limits.Plan.PRO)

    turns = [
        *(await taken(pace, clock, limits.Label.CREATION, 10)),
        *(await taken(pace, clock, limits.Label.LIGHT, 100)),
    ]

    assert turns[-1] - NOON >= timedelta(seconds=109 / 24 - 0.2)


async def test_labels_do_not_wait_for_each_other(clock: times.Clock) -> None:
    """A call of one label does not take the turn of another."""
    pace = limits.Pace(clock, limits.Plan.FREE)

    for label in limits.RATES[limits.Plan.FREE]:
        await pace.turn(label)

    assert clock.now() == NOON


async def test_urgent_calls_go_first(held: HeldClock) -> None:
    """Urgent calls go before others that wait; among their like, whoever came first goes first."""
    pace, gone = limits.Pace(held, limits.Plan.FREE), []

    async def call(name: str, *, urgent: bool) -> None:
        await pace.turn(limits.Label.HEAVY, urgent=urgent)
        gone.append(name)

    async with asyncio.TaskGroup() as calls:
        for name in ("first", "second", "third", "urgent", "also urgent"):
            calls.create_task(call(name, urgent="urgent" in name))
            await asyncio.sleep(0)
        await held.run(timedelta(seconds=20))

    assert gone == ["first", "urgent", "also urgent", "second", "third"]


async def test_a_clock_that_is_put_back_holds_nobody_up(held: HeldClock) -> None:
    """The next call waits for one turn, not until the clock is as late again."""
    pace = limits.Pace(held, limits.Plan.FREE)
    pace.slow_down(limits.Label.HEAVY, NOON + timedelta(seconds=0.5))
    await held.run(timedelta(seconds=0.6))
    first = asyncio.create_task(pace.turn(limits.Label.HEAVY))
    await held.run(timedelta(seconds=2))

    held.instant -= timedelta(hours=1)
    second = asyncio.create_task(pace.turn(limits.Label.HEAVY))
    await held.run(timedelta(seconds=2))

    assert (first.result(), second.result()) == (None, None)


async def test_whoever_gives_up_waiting_takes_no_turn(held: HeldClock) -> None:
    """A call that was cancelled while it waited costs the others no time."""
    pace = limits.Pace(held, limits.Plan.FREE)
    await pace.turn(limits.Label.HEAVY)
    waiting = [asyncio.create_task(pace.turn(limits.Label.HEAVY)) for _ in range(10)]
    await asyncio.sleep(0)

    for task in waiting[:9]:
        task.cancel()
    await held.run(timedelta(seconds=1.3))

    assert waiting[9].done()


async def test_F06_the_pace_drops_and_recovers(clock: times.Clock) -> None:
    """Told that it is too fast, a label goes at three quarters of its pace, and bit by bit back to all of it."""
    pace = limits.Pace(clock, limits.Plan.PRO)
    await taken(pace, clock, limits.Label.LIGHT, 100)

    for _ in range(5):  # calls that were on their way hear the same
        pace.slow_down(limits.Label.LIGHT, clock.now() + timedelta(seconds=0.5))
    told = clock.now()
    turns = await taken(pace, clock, limits.Label.LIGHT, 200)

    def in_second(number: int) -> int:
        begin = told + timedelta(seconds=0.5 + number)
        return sum(begin <= turn < begin + timedelta(seconds=1) for turn in turns)

    assert min(turns) == told + timedelta(seconds=0.5)
    assert in_second(0) in (18, 19, 20)
    assert in_second(6) in (23, 24, 25)


async def test_F06_the_pace_does_not_drop_to_nothing(clock: times.Clock) -> None:
    """However often Zoom says it, a twentieth of the pace remains."""
    pace = limits.Pace(clock, limits.Plan.PRO)

    for _ in range(100):
        await pace.turn(limits.Label.LIGHT)
        pace.slow_down(limits.Label.LIGHT, clock.now() + timedelta(seconds=1))
    turns = await taken(pace, clock, limits.Label.LIGHT, 2)

    assert turns[1] - turns[0] <= timedelta(seconds=1 / 1.2)


async def test_F06_a_short_closure_is_waited_out(clock: times.Clock) -> None:
    """While a label is closed for seconds nobody is turned away, and nobody goes before it opens."""
    pace = limits.Pace(clock, limits.Plan.PRO)

    pace.close(limits.Label.LIGHT, NOON + timedelta(seconds=3))
    await pace.turn(limits.Label.LIGHT)

    assert clock.now() == NOON + timedelta(seconds=3)


async def test_F06_a_call_that_waits_for_its_turn_heeds_a_closure(held: HeldClock) -> None:
    """Whoever was already waiting when the label was closed waits on."""
    pace = limits.Pace(held, limits.Plan.FREE)
    await pace.turn(limits.Label.HEAVY)
    waiting = asyncio.create_task(pace.turn(limits.Label.HEAVY))
    await held.run(timedelta(seconds=0.5))

    pace.close(limits.Label.HEAVY, NOON + timedelta(seconds=3))
    await held.run(timedelta(seconds=2.4))
    before = waiting.done()
    await held.run(timedelta(seconds=0.2))

    assert (before, waiting.done()) == (False, True)


async def test_F07_whoever_waits_hears_of_a_long_closure(held: HeldClock) -> None:
    """A label that closes for hours lets go everybody who waits for it."""
    pace = limits.Pace(held, limits.Plan.FREE)
    calls = [asyncio.create_task(pace.turn(limits.Label.HEAVY)) for _ in range(3)]
    await asyncio.sleep(0.0)
    await held.run(timedelta(seconds=0.1))

    pace.close(limits.Label.HEAVY, NOON + timedelta(hours=5))
    outcomes = await asyncio.gather(*calls, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [type(None), ZoomRateLimited, ZoomRateLimited]


async def test_nobody_waits_for_a_closed_connection(held: HeldClock) -> None:
    """Closing the client ends the waiting: no call was made."""
    pace = limits.Pace(held, limits.Plan.FREE)
    calls = [asyncio.create_task(pace.turn(limits.Label.HEAVY)) for _ in range(2)]
    await held.run(timedelta(seconds=0.1))

    pace.stop()
    outcomes = await asyncio.gather(*calls, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [type(None), ZoomUnreachable]


async def test_F07_a_long_closure_is_said_at_once(clock: times.Clock) -> None:
    """While a label is closed for hours nobody waits: everybody hears when it opens."""
    pace = limits.Pace(clock, limits.Plan.PRO)
    opens_at = NOON + timedelta(hours=5)
    pace.close(limits.Label.LIGHT, opens_at)
    pace.close(limits.Label.LIGHT, NOON + timedelta(seconds=3))

    with pytest.raises(ZoomRateLimited) as limited:
        await pace.turn(limits.Label.LIGHT)

    assert (str(limited.value), limited.value.retry_at, clock.now()) == (
        "Zoom takes no more light calls from the whole account",
        opens_at,
        NOON,
    )
