"""The pace of calls."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from meetbot.core import times
from meetbot.errors import ZoomRateLimited
from meetbot.zoom import limits

NOON = times.at("2021-11-09 19:00", "Asia/Bangkok")


@pytest.mark.parametrize("plan", limits.Plan)
@pytest.mark.parametrize("label", limits.Label)
async def test_P08_calls_stay_below_the_rate(clock: times.Clock, plan: limits.Plan, label: limits.Label) -> None:
    """In every second there are at most four fifths of the calls that the plan allows."""
    pace = limits.Pace(clock, plan)
    turns = []

    for _ in range(200):
        await pace.turn(label)
        turns.append(clock.now())

    allowed = limits.RATES[plan][label] * 0.8
    busiest = max(sum(first <= turn < first + timedelta(seconds=1) for turn in turns) for first in turns)
    assert busiest <= allowed + 1
    assert turns[-1] - turns[0] >= timedelta(seconds=199 / allowed) - timedelta(milliseconds=1)


async def test_labels_do_not_wait_for_each_other(clock: times.Clock) -> None:
    """A call of one label does not take the turn of another."""
    pace = limits.Pace(clock, limits.Plan.FREE)

    for label in limits.Label:
        await pace.turn(label)

    assert clock.now() == NOON


async def test_F06_a_short_closure_is_waited_out(clock: times.Clock) -> None:
    """While a label is closed for seconds nobody is turned away, and nobody goes before it opens."""
    pace = limits.Pace(clock, limits.Plan.PRO)

    pace.close(limits.Label.LIGHT, NOON + timedelta(seconds=3))
    await pace.turn(limits.Label.LIGHT)

    assert clock.now() == NOON + timedelta(seconds=3)


async def test_F06_a_call_that_waits_for_its_turn_heeds_a_closure(
    clock: times.Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was already waiting when the label was closed waits on."""
    pace = limits.Pace(clock, limits.Plan.PRO)
    sleep_until = clock.sleep_until

    async def closed_meanwhile(at: datetime) -> None:
        pace.close(limits.Label.LIGHT, NOON + timedelta(seconds=3))
        await sleep_until(at)

    monkeypatch.setattr(clock, "sleep_until", closed_meanwhile)
    await pace.turn(limits.Label.LIGHT)

    assert clock.now() == NOON + timedelta(seconds=3)


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
