"""Recurring meetings with fixed times: their dates, one date changed or taken out, registration for some of them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from meetbot.sandbox import occurrences

WEEKLY = {"type": 2, "weekly_days": "4", "end_times": 3}


def days(recurrence: dict[str, Any], start: str = "2021-11-10T07:00:00+00:00", zone: str = "Asia/Bangkok") -> list[str]:
    planned = occurrences.planned(recurrence, datetime.fromisoformat(start), 60, zone)
    return [f"{one.start_at.astimezone(UTC):%m-%d %H:%M}" for one in planned]


@pytest.mark.parametrize(
    ("recurrence", "expected"),
    [
        ({"type": 1, "end_times": 3}, ["11-10 07:00", "11-11 07:00", "11-12 07:00"]),
        ({"type": 1, "repeat_interval": 2, "end_times": 2}, ["11-10 07:00", "11-12 07:00"]),
        ({"type": 1}, ["11-10 07:00"]),
        ({"type": 2, "weekly_days": "2,4", "end_times": 3}, ["11-10 07:00", "11-15 07:00", "11-17 07:00"]),
        ({"type": 2, "repeat_interval": 2, "end_times": 2}, ["11-10 07:00", "11-24 07:00"]),
        ({"type": 2, "end_date_time": "2021-11-24T07:00:00Z"}, ["11-10 07:00", "11-17 07:00", "11-24 07:00"]),
        ({"type": 2, "end_date_time": "2021-11-24T06:59:59Z"}, ["11-10 07:00", "11-17 07:00"]),
        ({"type": 3, "end_times": 2}, ["11-10 07:00", "12-10 07:00"]),
        ({"type": 3, "monthly_day": 31, "end_times": 2}, ["12-31 07:00", "01-31 07:00"]),
        ({"type": 3, "monthly_week": -1, "monthly_week_day": 1, "end_times": 2}, ["11-28 07:00", "12-26 07:00"]),
        ({"type": 3, "monthly_week": 2, "monthly_week_day": 4, "end_times": 2}, ["11-10 07:00", "12-08 07:00"]),
    ],
)
def test_dates_follow_the_recurrence(recurrence: dict[str, Any], expected: list[str]) -> None:
    """Sunday is day 1; a month that lacks the day is left out; the end is a count or a moment that is included."""
    assert days(recurrence) == expected


def test_dates_keep_the_wall_time() -> None:
    """Berlin's clocks change between two Wednesdays: 14:00 there is another hour in UTC."""
    weekly = {"type": 2, "end_times": 2}

    assert days(weekly, "2021-10-27T12:00:00+00:00", "Europe/Berlin") == ["10-27 12:00", "11-03 13:00"]


def test_dates_are_sixty_at_most() -> None:
    """However far away the end is."""
    assert len(days({"type": 1, "end_date_time": "2031-01-01T00:00:00Z"})) == 60


@pytest.mark.parametrize(
    ("recurrence", "field"),
    [
        ({"type": 4}, "type"),
        ({"type": 1, "repeat_interval": 100}, "repeat_interval"),
        ({"type": 2, "repeat_interval": 51}, "repeat_interval"),
        ({"type": 2, "weekly_days": "0"}, "weekly_days"),
        ({"type": 3, "monthly_day": 32}, "monthly_day"),
        ({"type": 3, "monthly_week": 5}, "monthly_week"),
        ({"type": 3, "monthly_week_day": 8}, "monthly_week_day"),
        ({"type": 1, "end_times": 61}, "end_times"),
        ({"type": 1, "end_times": 2, "end_date_time": "2021-12-01T00:00:00Z"}, "end_times"),
        ({"type": 1, "end_date_time": "tomorrow"}, "end_date_time"),
    ],
)
async def test_a_wrong_recurrence_is_named(zoom: Any, recurrence: dict[str, Any], field: str) -> None:
    """400 code 300, and no meeting."""
    answer = await zoom.call("POST", "/users/host@office.example/meetings", json={"type": 8, "recurrence": recurrence})

    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, [f"recurrence.{field}"])
    assert zoom.effects() == []


async def test_a_recurring_meeting_needs_its_recurrence(zoom: Any) -> None:
    """Type 8 without it is refused; type 2 with it does not recur."""
    refused = await zoom.call("POST", "/users/host@office.example/meetings", json={"type": 8})
    once = await zoom.meeting(type=2, recurrence=WEEKLY)

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "recurrence")
    assert not once.keys() & {"recurrence", "occurrences"}


async def test_one_date_is_changed_alone(zoom: Any) -> None:
    """PATCH with `occurrence_id` moves that date; its id stays, the others stand, and the ledger tells which."""
    meeting = await zoom.meeting(type=8, recurrence=WEEKLY)
    path = f"/meetings/{meeting['id']}"
    second = meeting["occurrences"][1]["occurrence_id"]

    answer = await zoom.call(
        "PATCH",
        path,
        params={"occurrence_id": second},
        json={"start_time": "2021-11-18T08:00:00Z", "duration": 30, "topic": "Other"},
    )

    got = (await zoom.call("GET", path)).json()
    one = (await zoom.call("GET", path, params={"occurrence_id": second})).json()
    starts = [(row["start_time"], row["duration"]) for row in got["occurrences"]]
    assert (answer.status_code, got["topic"]) == (204, "Launch")
    assert starts == [
        ("2021-11-10T07:00:00Z", 180),
        ("2021-11-18T08:00:00Z", 30),
        ("2021-11-24T07:00:00Z", 180),
    ]
    assert (got["occurrences"][1]["occurrence_id"], one["start_time"], one["duration"]) == (
        second,
        "2021-11-18T08:00:00Z",
        30,
    )
    effect = zoom.effects()[-1]
    assert (effect["kind"], effect["operation"], effect["occurrence_id"]) == ("meeting.updated", "single", second)


async def test_one_date_is_deleted_alone(zoom: Any) -> None:
    """It reads deleted and is in no list; a second delete, or any other id, is 400 code 300."""
    meeting = await zoom.meeting(type=8, recurrence=WEEKLY)
    path = f"/meetings/{meeting['id']}"
    first = {"occurrence_id": meeting["occurrences"][0]["occurrence_id"]}

    statuses = [(await zoom.call("DELETE", path, params=first)).status_code for _ in range(2)]

    got = (await zoom.call("GET", path)).json()
    rows = (await zoom.call("GET", "/users/host@office.example/meetings")).json()["meetings"]
    assert statuses == [204, 400]
    assert [row["status"] for row in got["occurrences"]] == ["deleted", "available", "available"]
    assert [(row["id"], row["start_time"]) for row in rows] == [
        (meeting["id"], "2021-11-17T07:00:00Z"),
        (meeting["id"], "2021-11-24T07:00:00Z"),
    ]


async def test_past_dates_show_on_request(zoom: Any) -> None:
    """Without `show_previous_occurrences` GET begins with the date that is not over."""
    meeting = await zoom.meeting(type=8, recurrence=WEEKLY)
    zoom.wait(days=1)
    await zoom.log_in()

    async def shown(**query: str) -> int:
        return len((await zoom.call("GET", f"/meetings/{meeting['id']}", params=query)).json()["occurrences"])

    assert (await shown(), await shown(show_previous_occurrences="true")) == (2, 3)


async def test_a_new_recurrence_plans_anew(zoom: Any) -> None:
    """PATCH of the whole: other dates, other ids."""
    meeting = await zoom.meeting(type=8, recurrence=WEEKLY)

    await zoom.call("PATCH", f"/meetings/{meeting['id']}", json={"recurrence": {"type": 1, "end_times": 2}})

    got = (await zoom.call("GET", f"/meetings/{meeting['id']}")).json()
    assert [row["start_time"] for row in got["occurrences"]] == ["2021-11-10T07:00:00Z", "2021-11-11T07:00:00Z"]


@pytest.mark.parametrize(("registration_type", "counts"), [(1, [1, 1, 1]), (2, [0, 1, 0]), (3, [0, 1, 0])])
async def test_registration_is_for_all_dates_or_for_some(zoom: Any, registration_type: int, counts: list[int]) -> None:
    """`occurrence_ids` counts only where the meeting registers by date."""
    meeting = await zoom.meeting(type=8, recurrence=WEEKLY, settings={"registration_type": registration_type})
    ids = [row["occurrence_id"] for row in meeting["occurrences"]]
    path = f"/meetings/{meeting['id']}/registrants"

    added = await zoom.call(
        "POST",
        path,
        params={"occurrence_ids": ids[1]},
        json={"email": "lin@college.example", "first_name": "Lin", "auto_approve": True},
    )

    found = [(await zoom.call("GET", path, params={"occurrence_id": one})).json()["total_records"] for one in ids]
    assert (len(added.json()["occurrences"]), found) == (sum(counts), counts)


async def test_cancelling_one_date_leaves_the_others(zoom: Any) -> None:
    """The last date to go takes the registrant along; an unknown date is 400."""
    meeting = await zoom.meeting(type=8, recurrence=WEEKLY, settings={"registration_type": 2})
    ids = [row["occurrence_id"] for row in meeting["occurrences"]]
    lin = await zoom.registrant(meeting)
    path = f"/meetings/{meeting['id']}/registrants"

    async def cancel(date: str) -> int:
        body = {"action": "cancel", "registrants": [{"id": lin["registrant_id"]}]}
        answer = await zoom.call("PUT", f"{path}/status", params={"occurrence_id": date}, json=body)
        return int(answer.status_code)

    async def status() -> str:
        return str((await zoom.call("GET", f"{path}/{lin['registrant_id']}")).json()["status"])

    seen = [(await cancel(date), await status()) for date in [*ids, "1"]]

    assert seen == [(204, "approved"), (204, "approved"), (204, "denied"), (400, "denied")]


async def test_join_before_host_looks_at_the_next_date(zoom: Any) -> None:
    """Ten minutes before the second date, not before the first alone."""
    settings = {"join_before_host": True, "jbh_time": 10}
    meeting = await zoom.meeting(type=8, recurrence=WEEKLY, settings=settings)

    zoom.wait(days=7, hours=1, minutes=49)
    early = zoom.people(meeting, {"action": "join", "person": "p1"})
    zoom.wait(minutes=1)
    near = zoom.people(meeting, {"action": "join", "person": "p2"})

    assert (early[0]["kind"], near[0]["kind"]) == ("live.waiting_for_host", "live.started")
