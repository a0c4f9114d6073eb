"""What Zoom tells of plans and registrations: names and payloads of events, whole."""

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


async def test_a_created_meeting_is_told_with_passcode_and_link(zoom: Any, receiver: Receiver) -> None:
    """The id is a number, `event_ts` in milliseconds."""
    meeting = await zoom.meeting(password="kampot")

    (event,) = await told(zoom, receiver)

    assert event == {
        "event": "meeting.created",
        "event_ts": 1636520400000,
        "payload": {
            "account_id": "sandbox",
            "operator": HOST,
            "operator_id": meeting["host_id"],
            "operation": "single",
            "object": {
                **planned(meeting),
                "join_url": meeting["join_url"],
                "password": "kampot",
                "settings": {
                    "use_pmi": False,
                    "alternative_hosts": "",
                    "join_before_host": False,
                    "jbh_time": 0,
                },
                "tracking_fields": [],
            },
        },
    }


async def test_F16_a_change_is_told_with_what_it_was(zoom: Any, receiver: Receiver) -> None:
    """Only what changed, and its former values; passcodes too, which the ledger does not show."""
    meeting = await zoom.meeting(password="kampot")
    await told(zoom, receiver)

    change = {
        "start_time": "2021-11-10T07:30:00Z",
        "duration": 180,
        "password": "battam",
        "settings": {"waiting_room": True},
    }
    await zoom.call("PATCH", f"/meetings/{meeting['id']}", json=change)

    (event,) = await told(zoom, receiver)
    assert event["payload"] == {
        "account_id": "sandbox",
        "operator": HOST,
        "operator_id": meeting["host_id"],
        "scope": "all",
        "time_stamp": 1636520400000,
        "object": {
            "id": meeting["id"],
            "start_time": "2021-11-10T07:30:00Z",
            "password": "battam",
            "settings": {"waiting_room": True},
        },
        "old_object": {
            "id": meeting["id"],
            "start_time": "2021-11-10T07:00:00Z",
            "password": "kampot",
            "settings": {"waiting_room": False},
        },
    }


async def test_a_change_that_changes_nothing_is_not_told(zoom: Any, receiver: Receiver) -> None:
    """Nor is a call that is refused."""
    meeting = await zoom.meeting()
    await told(zoom, receiver)

    await zoom.call("PATCH", f"/meetings/{meeting['id']}", json={"topic": "Launch"})
    await zoom.call("PATCH", f"/meetings/{meeting['id']}", json={"duration": -1})

    assert await told(zoom, receiver) == []


async def test_a_deleted_meeting_may_come_back(zoom: Any, receiver: Receiver) -> None:
    """Both are told with the plan."""
    meeting = await zoom.meeting()
    await told(zoom, receiver)

    await zoom.call("DELETE", f"/meetings/{meeting['id']}")
    await zoom.call("PUT", f"/meetings/{meeting['id']}/status", json={"action": "recover"})

    events = await told(zoom, receiver)
    assert [event["event"] for event in events] == ["meeting.deleted", "meeting.recovered"]
    assert [event["payload"]["object"] for event in events] == [planned(meeting)] * 2


async def test_one_date_of_a_series_is_told_by_itself(zoom: Any, receiver: Receiver) -> None:
    """Its making as `all`, the end of one date as `single` with that date."""
    series = await zoom.meeting(type=8, recurrence={"type": 1, "end_times": 2})
    second = series["occurrences"][1]["occurrence_id"]
    await zoom.call("DELETE", f"/meetings/{series['id']}?occurrence_id={second}")

    created, deleted = await told(zoom, receiver)

    dates = [row["occurrence_id"] for row in created["payload"]["object"]["occurrences"]]
    gone = [(row["occurrence_id"], row["status"]) for row in deleted["payload"]["object"]["occurrences"]]
    assert (created["payload"]["operation"], dates) == ("all", [row["occurrence_id"] for row in series["occurrences"]])
    assert (deleted["payload"]["operation"], gone) == ("single", [(second, "deleted")])


async def test_W21_a_registration_is_told_with_its_form(zoom: Any, receiver: Receiver) -> None:
    """A pending one has no link; it comes with the approval."""
    meeting = await zoom.meeting()
    await told(zoom, receiver)

    row = {"meeting": meeting["id"], "email": "lin@college.example", "first_name": "Lin", "org": "College"}
    await zoom.http.post("/_sandbox/register", json=row)
    (created,) = await told(zoom, receiver)
    status = {"action": "approve", "registrants": [{"email": "lin@college.example"}]}
    await zoom.call("PUT", f"/meetings/{meeting['id']}/registrants/status", json=status)
    (approved,) = await told(zoom, receiver)

    (shown,) = (await zoom.call("GET", f"/meetings/{meeting['id']}/registrants")).json()["registrants"]
    link = shown.pop("join_url")
    del shown["create_time"]
    assert created["event"] == "meeting.registration_created"
    assert created["payload"]["object"] == {**planned(meeting), "registrant": {**shown, "status": "pending"}}
    assert approved["event"] == "meeting.registration_approved"
    assert approved["payload"] == {
        "account_id": "sandbox",
        "operator": HOST,
        "operator_id": meeting["host_id"],
        "object": {
            **planned(meeting),
            "registrant": {
                "id": shown["id"],
                "first_name": "Lin",
                "last_name": "",
                "email": "lin@college.example",
                "join_url": link,
                "participant_pin_code": shown["participant_pin_code"],
            },
        },
    }


@pytest.mark.parametrize(("action", "event"), [("deny", "denied"), ("cancel", "cancelled"), (None, "cancelled")])
async def test_who_is_turned_away_is_told_by_name(
    zoom: Any, receiver: Receiver, action: str | None, event: str
) -> None:
    """Denied, cancelled, deleted; without a link."""
    meeting = await zoom.meeting()
    lin = (await zoom.registrant(meeting))["registrant_id"]
    (created,) = (await told(zoom, receiver))[1:]

    path = f"/meetings/{meeting['id']}/registrants"
    if action:
        await zoom.call("PUT", f"{path}/status", json={"action": action, "registrants": [{"id": lin}]})
    else:
        await zoom.call("DELETE", f"{path}/{lin}")

    (away,) = await told(zoom, receiver)
    assert created["payload"]["object"]["registrant"]["status"] == "approved"
    assert away["event"] == f"meeting.registration_{event}"
    assert away["payload"]["object"]["registrant"] == {
        "id": lin,
        "first_name": "Lin",
        "last_name": "Ma",
        "email": "lin@college.example",
    }


async def test_a_webinar_is_told_under_its_own_name(new_zoom: Any) -> None:
    """The same payloads."""
    zoom = await new_zoom(webinar=True)
    async with receiving() as receiver:
        await zoom.sandbox.subscribe(receiver.url)
        body = {"topic": "Talk", "type": 5, "start_time": "2021-11-10T07:00:00Z", "settings": {"approval_type": 0}}
        webinar = (await zoom.call("POST", f"/users/{HOST}/webinars", json=body)).json()
        await zoom.call("PATCH", f"/webinars/{webinar['id']}", json={"topic": "Talk 2"})
        zoom.people(webinar, START, {"action": "end"})

        events = await told(zoom, receiver)

        assert [event["event"] for event in events] == [
            "webinar.created",
            "webinar.updated",
            "webinar.started",
            "webinar.participant_joined",
            "webinar.participant_left",
            "webinar.ended",
        ]
        assert [type(event["payload"]["object"]["id"]) for event in events] == [int, int, str, str, str, str]


async def test_the_keys_of_a_frame_come_in_no_fixed_order(zoom: Any, receiver: Receiver) -> None:
    """It differs between kinds of event."""
    meeting = await zoom.meeting()
    zoom.people(meeting, START, {"action": "end"})
    await zoom.sandbox.deliver_webhooks()

    assert len({tuple(request.json) for request in receiver.events}) > 1


async def test_an_effect_whose_answer_was_lost_is_told(new_zoom: Any) -> None:
    """The webhook is how a careful client learns of a meeting that was made while the line dropped."""
    zoom = await new_zoom(faults="zoom: [{when: {method: POST, path: /v2/**}, do: commit_then_502}]")
    async with receiving() as receiver:
        await zoom.sandbox.subscribe(receiver.url)
        await zoom.call("POST", f"/users/{HOST}/meetings", json={"topic": "Launch"})

        (event,) = await told(zoom, receiver)

        assert event["payload"]["object"]["topic"] == "Launch"
