"""The clock may lie: what two readings of a machine's clocks say, and what others' clocks say of ours."""

from __future__ import annotations

from datetime import timedelta

import pytest

from meetbot.core import clockwatch, times
from meetbot.core.clockwatch import Fine, Jumped, Reading, Slept

START = Reading(times.at("2021-11-10 14:00", "Asia/Bangkok"), timedelta(days=9), timedelta(days=2))
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def later(*, wall: timedelta, running: timedelta = SECOND, awake: timedelta = SECOND) -> Reading:
    return Reading(START.wall + wall, START.running + running, START.awake + awake)


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        (later(wall=SECOND), Fine()),
        (later(wall=SECOND + clockwatch.STEP), Fine()),
        (later(wall=SECOND + clockwatch.STEP + timedelta.resolution), Jumped(clockwatch.STEP + timedelta.resolution)),
        (later(wall=SECOND - clockwatch.STEP), Fine()),
        (later(wall=SECOND + HOUR), Jumped(HOUR)),
        (later(wall=SECOND - HOUR), Jumped(-HOUR)),
        (later(wall=8 * HOUR, running=8 * HOUR, awake=SECOND), Slept(8 * HOUR - SECOND)),
        (later(wall=8 * HOUR, running=8 * HOUR, awake=8 * HOUR), Fine()),
        (later(wall=9 * HOUR, running=8 * HOUR, awake=SECOND), Jumped(HOUR)),
    ],
    ids=["a second", "slewed", "a step", "slewed back", "F42", "F43", "F41 asleep", "a loop that was busy", "both"],
)
def test_P21_what_happened_to_the_clocks(now: Reading, verdict: Fine | Slept | Jumped) -> None:
    """A step of more than five seconds, a sleep, or nothing; a loop that was merely busy is no sleep."""
    assert clockwatch.judge(START, now) == verdict


@pytest.mark.parametrize(
    ("verdict", "text"),
    [
        (Jumped(61 * timedelta(minutes=1)), "the clock jumped 61 min ahead"),
        (Jumped(-8 * SECOND), "the clock jumped 8 s back"),
        (Slept(8 * HOUR), "this machine slept for 8.0 h"),
    ],
)
def test_F42_it_is_said_in_words(verdict: Slept | Jumped, text: str) -> None:
    """As a person reads it in the log and in the status."""
    assert str(verdict) == text


@pytest.mark.parametrize(
    ("ahead_of", "text"),
    [
        ({}, ""),
        ({"Zoom's": clockwatch.STEP, "the database's": -clockwatch.STEP}, ""),
        (
            {"Zoom's": 61 * timedelta(minutes=1), "the database's": -6 * SECOND},
            "this machine's clock is 61 min ahead of Zoom's and 6 s behind the database's",
        ),
    ],
)
def test_P21_a_clock_more_than_five_seconds_off_is_wrong(ahead_of: dict[str, timedelta], text: str) -> None:
    """By each clock that could be asked; nobody to ask is no reason to alarm."""
    assert clockwatch.wrong(ahead_of) == text
