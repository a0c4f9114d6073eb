"""The pace that the mail server sets: learned from its complaints, and given up when it has none any more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from meetbot.core.pace import Pace, outlook, while_held
from meetbot.core.times import at

NOW = at("2021-11-10 09:00", "Asia/Bangkok")


def seconds(number: float) -> datetime:
    return NOW + timedelta(seconds=number)


def test_without_a_complaint_nothing_is_slowed_down() -> None:
    """Whole batches, one after the other."""
    pace = Pace().after(10, now=NOW).after(10, now=seconds(1))

    assert (pace.share(10), pace.per_minute, pace.opens_at) == (10, None, None)


def test_F23_the_first_complaint_tells_the_pace() -> None:
    """30 went within the minute, then it had enough: a minute of rest, then about 30, spread over the minute."""
    complained = Pace().after(10, now=NOW).after(10, now=seconds(5)).after(10, now=seconds(9)).slower(now=seconds(12))
    resumed = complained.after(5, now=seconds(72))

    assert (complained.per_minute, complained.opens_at) == (30, seconds(72))
    assert (complained.share(10), resumed.share(10)) == (5, 5)
    assert resumed.opens_at == seconds(82)


def test_F23_more_complaints_in_one_pass_are_one() -> None:
    """Ten letters of one batch were refused for one reason: the pace drops once, and the rest is not prolonged."""
    once = Pace(per_minute=40).slower(now=NOW)

    assert once.slower(now=NOW) == once
    assert once.per_minute == 30


def test_F23_the_pace_never_comes_to_a_stand_still() -> None:
    """However often it complains, six a minute are tried, one at a time."""
    pace = Pace()
    for hour in range(20):
        pace = pace.slower(now=NOW + timedelta(hours=hour))

    assert (pace.per_minute, pace.share(10)) == (6, 1)


def test_F23_the_pace_climbs_back_and_is_given_up() -> None:
    """Five more each minute without a complaint; after an hour nothing is left of it."""
    slow = Pace(per_minute=6, opens_at=NOW, rated_at=NOW)

    assert slow.after(1, now=seconds(60)).per_minute == 11
    assert slow.after(1, now=seconds(3600)).per_minute is None
    assert slow.after(1, now=seconds(3600)).opens_at is None


@pytest.mark.parametrize(
    ("waiting", "accepted", "busy", "said"),
    [
        (0, 100, 300, ""),
        (360, 150, 300, "360 letters wait; sending at 30/min, done in about 12 min"),
        (360, 150, 30, "360 letters wait; sending at 300/min, done in about 1 min"),  # nothing waited before
        (1, 150, 300, "1 letter waits; sending at 30/min, done in about 1 min"),
        (40, 0, 0, "40 letters wait; none was accepted in the last 5 minutes"),
        (40, 2, 10, "40 letters wait; 2 accepted in the last 5 minutes"),
    ],
)
def test_F23_outlook(waiting: int, accepted: int, busy: int, said: str) -> None:
    """What is promised is what was seen in the last minutes, as far as there was something to send in them."""
    found = outlook(waiting, accepted, busy=timedelta(seconds=busy), within=timedelta(minutes=5))

    assert found == said


@pytest.mark.parametrize(("waiting", "said"), [(0, ""), (1, "1 letter waits, and mail is held")])
def test_F23_while_mail_is_held_nothing_is_foretold(waiting: int, said: str) -> None:
    """When a person will let it go on nobody knows."""
    assert while_held(waiting) == said
