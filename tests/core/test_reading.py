"""Which meetings are read whole at Zoom, and for which a row of its list is enough."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetbot.core import times
from meetbot.core.meetings import Difference, KnownMeeting, MeetingState, is_read_whole
from meetbot.core.remote import PlannedMeeting, RemoteMeeting

NOW = times.at("2021-11-03 09:00", "Asia/Bangkok")
TEN = timedelta(minutes=10)
PLAN = PlannedMeeting("a+b", "ref", "host@x.example", "Bilateral", "", NOW + timedelta(days=7), 60, "Asia/Bangkok")
KNOWN = KnownMeeting("a+b", "ref", MeetingState.CREATED, "1", PLAN)
ROW = RemoteMeeting("1", "u", "h", "ref", "Bilateral", PLAN.starts_at, 60)


def passes(hours: int, key: str = "a+b", late: timedelta = timedelta()) -> list[bool]:
    """For each pass of some hours, whether it reads the meeting; every pass comes `late` after its time."""
    every = TEN + late
    count = timedelta(hours=hours) // every
    return [
        is_read_whole(
            replace(PLAN, key=key),
            replace(KNOWN, key=key, planned=replace(PLAN, key=key)),
            ROW,
            since=NOW + (number - 1) * every,
            now=NOW + number * every,
        )
        for number in range(1, count + 1)
    ]


@given(st.text(max_size=20), st.integers(0, 300))
def test_what_stands_as_planned_a_week_ahead_is_read_once_in_any_hour(key: str, late: int) -> None:
    """No hour without it, however late the passes come, and never twice in an hour."""
    read = passes(12, key, timedelta(seconds=late))
    at = [number for number, one in enumerate(read) if one]

    apart = [(later - before) * (TEN + timedelta(seconds=late)) for before, later in pairwise(at)]
    assert all(timedelta(minutes=45) <= gap <= timedelta(minutes=75) for gap in apart)
    assert 11 <= len(at) <= 12


def test_many_meetings_are_spread_over_the_hour() -> None:
    """Of 60, no pass reads more than 20."""
    read = [passes(1, f"a{number}+b") for number in range(60)]

    assert max(sum(one[number] for one in read) for number in range(6)) <= 20
    assert [sum(one) for one in read] == [1] * 60


@pytest.mark.parametrize(
    ("plan", "known", "row"),
    [
        ({"starts_at": NOW + timedelta(days=1)}, {}, {"starts_at": NOW + timedelta(days=1)}),
        ({"topic": "Another title"}, {}, {}),
        ({}, {"state": MeetingState.DRIFTED}, {}),
        ({}, {"state": MeetingState.BLOCKED}, {}),
        ({}, {"state": MeetingState.OVERWRITING}, {}),
        ({}, {"state": MeetingState.GONE}, {}),
        ({}, {"planned": None}, {}),
        ({}, {"drift": (Difference("topic", "Bilateral", "Ours", guards_access=False),)}, {}),
        ({}, {}, {"starts_at": PLAN.starts_at + timedelta(minutes=30)}),
        ({}, {}, {"minutes": 90}),
        ({}, {}, {"topic": "Ours"}),
        ({}, {}, {"ref": None}),
    ],
)
def test_whatever_is_near_or_open_or_listed_otherwise_is_read_at_every_pass(
    plan: dict[str, Any], known: dict[str, Any], row: dict[str, Any]
) -> None:
    """A day ahead to the second; what is planned anew; what somebody has changed."""
    planned = replace(PLAN, **plan)
    confirmed = planned if set(plan) == {"starts_at"} else PLAN
    stored, listed = replace(KNOWN, **{"planned": confirmed, **known}), replace(ROW, **row)

    read = [
        is_read_whole(planned, stored, listed, since=NOW + number * TEN, now=NOW + (number + 1) * TEN)
        for number in range(6)
    ]

    assert read == [True] * 6


def test_what_zoom_does_not_list_is_asked_for_by_its_id() -> None:
    """A list lags; and a look that somebody asked for reads everything."""
    assert is_read_whole(PLAN, KNOWN, None, since=NOW, now=NOW)
    assert is_read_whole(PLAN, KNOWN, ROW, since=None, now=NOW)
    assert not is_read_whole(PLAN, KNOWN, ROW, since=NOW, now=NOW)
