"""What Zoom tells of a running meeting: who came, who waited, who left, what was recorded."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.sandbox.receiver import Receiver, planned, receiving, told

START = {"action": "start"}
HOST = "host@office.example"


@pytest.fixture
async def receiver(zoom: Any) -> AsyncIterator[Receiver]:
    """Subscribed to everything."""
    async with receiving() as one:
        await zoom.sandbox.subscribe(one.url)
        yield one


def person(event: dict[str, Any]) -> Any:
    return event["payload"]["object"]["participant"]


async def test_W13_the_id_of_a_running_meeting_is_text(zoom: Any, receiver: Receiver) -> None:
    """The uuid is the instance's, the start the real one, the duration the planned one."""
    meeting = await zoom.meeting()
    await told(zoom, receiver)
    zoom.wait(hours=1, minutes=55)
    uuid = zoom.people(meeting, START)[0]["uuid"]
    zoom.wait(minutes=10)
    zoom.people(meeting, {"action": "end"})

    started, _, _, ended = await told(zoom, receiver)

    running = {
        **planned(meeting),
        "id": str(meeting["id"]),
        "uuid": uuid,
        "start_time": "2021-11-10T06:55:00Z",
        "host_email": HOST,
    }
    assert started == {
        "event": "meeting.started",
        "event_ts": 1636527300000,
        "payload": {"account_id": "sandbox", "object": running},
    }
    assert ended["payload"]["object"] == {**running, "end_time": "2021-11-10T07:05:00Z"}


async def test_a_guest_has_no_identity(zoom: Any, receiver: Receiver) -> None:
    """All that would tell who they are is empty text, also where the report has their address; one participant uuid."""
    meeting = await zoom.meeting(settings={"email_in_attendee_report": True})
    zoom.people(meeting, START)
    await told(zoom, receiver)

    (effect,) = zoom.people(meeting, {"action": "join", "person": "p1", "name": "Hall", "email": "lin@college.example"})
    zoom.people(meeting, {"action": "leave", "person": "p1"})

    joined, left = await told(zoom, receiver)
    guest = {
        "user_id": effect["user_id"],
        "user_name": "Hall",
        "id": "",
        "participant_uuid": effect["participant_uuid"],
        "participant_user_id": "",
        "email": "",
        "registrant_id": "",
        "customer_key": "",
    }
    assert person(joined) == {**guest, "join_time": "2021-11-10T05:00:00Z", "public_ip": "198.51.100.7"}
    assert person(left) == {
        **guest,
        "leave_time": "2021-11-10T05:00:00Z",
        "leave_reason": "Hall left the meeting.<br>Reason: left the meeting",
        "private_ip": "192.168.1.7",
    }


async def test_a_registrant_and_a_user_have_one(zoom: Any, receiver: Receiver) -> None:
    """The registrant by id and address, the user by the user's id; who dials in by the number."""
    meeting = await zoom.meeting()
    lin = await zoom.registrant(meeting)
    await told(zoom, receiver)

    zoom.people(
        meeting,
        START,
        {"action": "join", "person": "p1", "join_link": lin["join_url"]},
        {"action": "join", "person": "p2", "phone": "+85523000000"},
    )

    _, host, registrant, caller = await told(zoom, receiver)
    assert [(person(event)["id"], person(event)["email"]) for event in (host, registrant, caller)] == [
        (meeting["host_id"], HOST),
        ("", "lin@college.example"),
        ("", ""),
    ]
    assert person(registrant)["registrant_id"] == lin["registrant_id"]
    assert person(caller)["phone_number"] == "+85523000000"


async def test_the_waiting_room_is_told_step_by_step(zoom: Any, receiver: Receiver) -> None:
    """Into it, let in, joined; or into it and out again. Nothing of it counts as attendance before the joining."""
    meeting = await zoom.meeting(settings={"waiting_room": True})
    zoom.people(meeting, START)
    await told(zoom, receiver)

    zoom.people(
        meeting,
        {"action": "waiting", "person": "p1"},
        {"action": "waiting", "person": "p2"},
        {"action": "admit", "person": "p1"},
        {"action": "leave", "person": "p2"},
    )

    events = await told(zoom, receiver)
    assert [event["event"].removeprefix("meeting.participant_") for event in events] == [
        "joined_waiting_room",
        "joined_waiting_room",
        "admitted",
        "joined",
        "left_waiting_room",
    ]
    assert [person(event).get("date_time") for event in events] == [
        *["2021-11-10T05:00:00Z"] * 3,
        None,
        "2021-11-10T05:00:00Z",
    ]


async def test_who_waits_for_the_host_is_told_before_there_is_an_instance(zoom: Any, receiver: Receiver) -> None:
    """Under the uuid of the plan; who gives up too."""
    meeting = await zoom.meeting()
    await told(zoom, receiver)

    zoom.people(meeting, {"action": "join", "person": "p1"}, {"action": "leave", "person": "p1"})

    events = await told(zoom, receiver)
    assert [(event["event"], event["payload"]["object"]["uuid"]) for event in events] == [
        ("meeting.participant_jbh_waiting", meeting["uuid"]),
        ("meeting.participant_jbh_waiting_left", meeting["uuid"]),
    ]
    assert {person(event)["user_id"] for event in events} == {""}


async def test_who_joins_before_the_host_is_told_twice(zoom: Any, receiver: Receiver) -> None:
    """As one who did so, and as a participant; not the host, and nobody after the host."""
    meeting = await zoom.meeting(settings={"join_before_host": True})
    await told(zoom, receiver)

    zoom.people(meeting, {"action": "join", "person": "p1"}, START, {"action": "join", "person": "p2"})

    assert [event["event"].removeprefix("meeting.") for event in await told(zoom, receiver)] == [
        "started",
        "participant_jbh_joined",
        "participant_joined",
        "participant_joined",
        "participant_joined",
    ]


async def test_a_recording_is_told_and_its_files_a_moment_after_the_end(zoom: Any, receiver: Receiver) -> None:
    """Each start and stop makes files of their own, under one uuid; the id is a number."""
    meeting = await zoom.meeting()
    zoom.people(meeting, START)
    await told(zoom, receiver)

    async def record(method: str) -> None:
        zoom.wait(minutes=1)
        await zoom.call("PATCH", f"/live_meetings/{meeting['id']}/events", json={"method": f"recording.{method}"})

    for method in ("start", "pause", "resume", "stop", "start"):
        await record(method)
    zoom.wait(minutes=1)
    zoom.people(meeting, {"action": "end"})
    events = await told(zoom, receiver)
    zoom.wait(seconds=1)
    (last,) = await told(zoom, receiver)

    assert [event["event"] for event in events] == [
        "recording.started",
        "recording.paused",
        "recording.resumed",
        "recording.stopped",
        "recording.completed",
        "recording.started",
        "meeting.participant_left",
        "recording.stopped",
        "meeting.ended",
    ]
    first, second = events[4], last
    running, stopped = (events[n]["payload"]["object"]["recording_file"] for n in (0, 3))
    assert running == {"recording_start": "2021-11-10T05:01:00Z", "recording_end": ""}
    assert stopped == {"recording_start": "2021-11-10T05:01:00Z", "recording_end": "2021-11-10T05:04:00Z"}
    assert second["event"] == "recording.completed"
    assert second["event_ts"] - events[-1]["event_ts"] == 450
    assert [event["payload"]["object"]["id"] for event in (*events[:6], last)] == [meeting["id"]] * 7
    assert first["payload"]["object"]["uuid"] == second["payload"]["object"]["uuid"]
    assert {file["recording_end"] for file in first["payload"]["object"]["recording_files"]} == {"2021-11-10T05:04:00Z"}
    assert len({first["download_token"], second["download_token"]}) == 2
