"""A meeting far ahead costs one call an hour, and what somebody changes there is seen all the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from meetbot.core.meetings import MeetingState
from meetbot.store import meetings
from tests.flows.stage import Stage


def at_zoom(stage: Stage) -> Any:
    (meeting,) = stage.at_zoom()
    return meeting


def reads(stage: Stage) -> int:
    """How often the meeting was asked for by its id."""
    path = f"/v2/meetings/{at_zoom(stage).id}"
    asked = (one for one in stage.sandbox.ledger.entries if (one["method"], one["path"]) == ("GET", path))
    return len({one["request"] for one in asked})


async def state(stage: Stage) -> MeetingState:
    async with stage.app.store.reading() as tx:
        stored = await meetings.get(tx, "launch")
    assert stored is not None
    return stored.known.state


async def test_C10_a_meeting_a_week_ahead_is_read_once_an_hour_and_one_of_tomorrow_at_every_pass(stage: Stage) -> None:
    """Three hours of each."""
    await stage.until("2021-11-03 09:10")
    before = reads(stage)
    await stage.until("2021-11-03 12:10")
    far = reads(stage) - before
    stage.leap("2021-11-09 15:00")
    await stage.until("2021-11-09 15:10")
    before = reads(stage)
    await stage.until("2021-11-09 18:10")

    assert (far, reads(stage) - before) == (3, 18)


async def test_F16_another_time_is_seen_within_ten_minutes(stage: Stage) -> None:
    """The list says so."""
    await stage.until("2021-11-03 09:55")
    at_zoom(stage).start_at += timedelta(minutes=30)

    await stage.until("2021-11-03 10:05")

    assert await state(stage) is MeetingState.DRIFTED


async def test_F16_another_passcode_is_seen_within_the_hour(stage: Stage) -> None:
    """No list has it."""
    await stage.until("2021-11-03 09:55")
    at_zoom(stage).password = "another1"

    await stage.until("2021-11-03 10:55")

    assert await state(stage) is MeetingState.DRIFTED


async def test_F15_a_deletion_is_seen_within_ten_minutes(stage: Stage) -> None:
    """It is missing in the list, and then not found by its id."""
    await stage.until("2021-11-03 09:55")
    await stage.app.zoom.delete_meeting(str(at_zoom(stage).id))

    await stage.until("2021-11-03 10:05")

    assert await state(stage) is MeetingState.GONE
