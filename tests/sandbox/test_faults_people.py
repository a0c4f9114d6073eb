"""Fault verbs by which somebody at Zoom acts a moment before a call: the host, an administrator, the licence desk."""

from typing import Any

import pytest

HOST = "host@office.example"
BY = {"by": "somebody at Zoom"}


def tail(zoom: Any, count: int = 1) -> list[dict[str, Any]]:
    """The last effects, and whose they are: no request's."""
    entries = [entry for entry in zoom.sandbox.ledger.entries if entry["effect"]][-count:]
    assert {entry["request"] for entry in entries} == {None}
    return [entry["effect"] for entry in entries]


async def test_F15_the_host_deleted_the_meeting(zoom: Any) -> None:
    """The call that finds it gone is the first to know, and so do all others."""
    meeting = await zoom.meeting()

    struck = await zoom.under("deleted_by_host", "PATCH", f"/meetings/{meeting['id']}", json={"topic": "New"})
    later = await zoom.call("GET", f"/meetings/{meeting['id']}")

    gone = (404, {"code": 3001, "message": f"Meeting does not exist: {meeting['id']}."})
    assert [(answer.status_code, answer.json()) for answer in (struck, later)] == [gone, gone]
    assert [(effect["kind"], effect["meeting"], effect["by"]) for effect in tail(zoom)] == [
        ("meeting.deleted", meeting["id"], "somebody at Zoom")
    ]


async def test_a_live_meeting_cannot_be_deleted_by_its_host_either(zoom: Any) -> None:
    """Nothing happens, and the call is answered as ever."""
    meeting = await zoom.meeting()
    zoom.people(meeting, {"action": "start"})

    answer = await zoom.under("deleted_by_host", "GET", f"/meetings/{meeting['id']}")

    assert (answer.status_code, answer.json()["status"]) == (200, "started")


async def test_F16_the_host_edited_the_meeting(zoom: Any) -> None:
    """Fields, settings under dots, a start that counts from the present one; the ledger says old and new."""
    meeting = await zoom.meeting(settings={"waiting_room": True})
    change = {
        "start_time": "+30m",
        "duration": 60,
        "topic": "Opening",
        "password": "mekong",
        "settings.waiting_room": False,
    }

    answer = await zoom.under({"edited_by_host": change}, "GET", f"/meetings/{meeting['id']}")

    got = answer.json()
    assert [got[name] for name in ("start_time", "duration", "topic", "password")] == [
        "2021-11-10T07:30:00Z",
        60,
        "Opening",
        "mekong",
    ]
    assert (got["settings"]["waiting_room"], got["settings"]["approval_type"]) == (False, 1)
    assert tail(zoom) == [
        {
            "kind": "meeting.updated",
            "meeting": meeting["id"],
            "changed": {
                "topic": "Opening",
                "password": "(secret)",
                "start_time": "2021-11-10T07:30:00Z",
                "duration": 60,
                "settings.waiting_room": False,
            },
            "old": {
                "topic": "Launch",
                "password": "(secret)",
                "start_time": "2021-11-10T07:00:00Z",
                "duration": 180,
                "settings.waiting_room": True,
            },
            "operation": "all",
            **BY,
        }
    ]


async def test_an_edit_takes_settings_as_a_mapping_too(zoom: Any) -> None:
    """As in a request to Zoom; what is not named stays."""
    meeting = await zoom.meeting(settings={"waiting_room": True})
    change = {"settings": {"waiting_room": False}, "settings.mute_upon_entry": True}

    answer = await zoom.under({"edited_by_host": change}, "GET", f"/meetings/{meeting['id']}")

    settings = answer.json()["settings"]
    assert [settings[name] for name in ("waiting_room", "mute_upon_entry", "approval_type")] == [False, True, 1]


async def test_an_edit_that_zoom_would_refuse_changes_nothing_and_says_so(zoom: Any) -> None:
    """The client is not to blame: its call works."""
    meeting = await zoom.meeting()

    answer = await zoom.under({"edited_by_host": {"duration": 0}}, "GET", f"/meetings/{meeting['id']}")

    assert (answer.status_code, answer.json()["duration"]) == (200, 180)
    assert [(effect["kind"], effect["reason"]["errors"][0]["field"]) for effect in tail(zoom)] == [
        ("meeting.update_refused", "duration")
    ]


async def test_an_edit_does_not_count_against_the_hosts_hundred(new_zoom: Any) -> None:
    """Zoom's own pages are not its API."""
    zoom = await new_zoom(limits=True)
    meeting = await zoom.meeting()
    for number in range(99):
        zoom.wait(seconds=1)
        await zoom.call("PATCH", f"/meetings/{meeting['id']}", json={"topic": str(number)})

    read = await zoom.under({"edited_by_host": {"topic": "Opening"}}, "GET", f"/meetings/{meeting['id']}")
    over = await zoom.call("PATCH", f"/meetings/{meeting['id']}", json={"topic": "100"})

    assert (read.json()["topic"], over.status_code) == ("Opening", 429)


async def test_F15_an_administrator_moved_the_meeting_to_another_host(zoom: Any) -> None:
    """Same number, other host: it is in the other's list and no longer in the first one's."""
    meeting = await zoom.meeting()

    answer = await zoom.under({"moved_to_host": "Desk@office.example"}, "GET", f"/meetings/{meeting['id']}")

    lists = [
        [row["id"] for row in (await zoom.call("GET", f"/users/{host}/meetings")).json()["meetings"]]
        for host in (HOST, "desk@office.example")
    ]
    assert (answer.json()["host_email"], lists) == ("desk@office.example", [[], [meeting["id"]]])
    assert tail(zoom) == [
        {
            "kind": "meeting.updated",
            "meeting": meeting["id"],
            "changed": {"host_id": answer.json()["host_id"]},
            "old": {"host_id": meeting["host_id"]},
            "operation": "all",
            **BY,
        }
    ]


async def test_F15_the_meeting_became_a_webinar(zoom: Any) -> None:
    """The meeting calls refuse its number with 400 code 3000."""
    meeting = await zoom.meeting()

    struck = await zoom.under("to_webinar", "GET", f"/meetings/{meeting['id']}")
    added = await zoom.call(
        "POST", f"/meetings/{meeting['id']}/registrants", json={"email": "lin@college.example", "first_name": "Lin"}
    )

    assert [(answer.status_code, answer.json()["code"]) for answer in (struck, added)] == [(400, 3000)] * 2
    assert tail(zoom) == [{"kind": "meeting.converted", "meeting": meeting["id"], "to": "webinar", **BY}]


async def test_F15_the_host_was_deactivated(zoom: Any) -> None:
    """The licence goes too: no new meeting, no registrant, no start; the meetings that there are can be read."""
    meeting = await zoom.meeting()

    struck = await zoom.under("host_deactivated", "GET", f"/users/{HOST}")
    created = await zoom.call("POST", f"/users/{HOST}/meetings", json={})
    registrant = await zoom.call(
        "POST", f"/meetings/{meeting['id']}/registrants", json={"email": "lin@college.example", "first_name": "Lin"}
    )
    read = await zoom.call("GET", f"/meetings/{meeting['id']}")

    assert (struck.status_code, struck.json()["status"], struck.json()["type"]) == (200, "inactive", 1)
    assert [(answer.status_code, answer.json().get("code")) for answer in (created, registrant, read)] == [
        (400, 3000),
        (400, 200),
        (200, None),
    ]
    user = {"user": struck.json()["id"], "email": HOST, **BY}
    assert tail(zoom, 2) == [{"kind": "user.deactivated", **user}, {"kind": "user.licence_removed", **user}]
    assert zoom.people(meeting, {"action": "start"})[0]["reason"] == "the host's account is inactive"


async def test_F15_the_licence_was_removed(zoom: Any) -> None:
    """By way of a meeting it is its host's: registration is over, and the user is a basic one."""
    meeting = await zoom.meeting()

    struck = await zoom.under(
        "licence_removed",
        "POST",
        f"/meetings/{meeting['id']}/registrants",
        json={"email": "lin@college.example", "first_name": "Lin"},
    )
    user = await zoom.call("GET", f"/users/{HOST}")

    assert (struck.status_code, struck.json()["code"], user.json()["type"]) == (400, 200, 1)
    assert [effect["kind"] for effect in tail(zoom)] == ["user.licence_removed"]


@pytest.mark.parametrize("verb", ["deleted_by_host", "to_webinar", {"moved_to_host": "desk@office.example"}])
async def test_without_a_meeting_in_the_path_nobody_does_anything(zoom: Any, verb: object) -> None:
    """A list of meetings names none."""
    meeting = await zoom.meeting()

    await zoom.under(verb, "GET", f"/users/{HOST}/meetings")

    assert (await zoom.call("GET", f"/meetings/{meeting['id']}")).json()["host_email"] == HOST


async def test_F15_a_user_is_deactivated_over_the_control_call_and_back(zoom: Any) -> None:
    """`active` decides, true when left out; the state shows it."""
    declared = [{"email": HOST, "active": False}, {"email": HOST}, {"email": HOST, "active": "no"}]
    seen = []
    for row in declared:
        answer = await zoom.http.post("/_sandbox/users", json=row)
        user = await zoom.call("GET", f"/users/{HOST}")
        seen.append((answer.status_code, user.json()["status"]))
    state = (await zoom.http.get("/_sandbox/state")).json()

    assert seen == [(200, "inactive"), (200, "active"), (400, "active")]
    assert [(user["email"], user["active"]) for user in state["users"]] == [(HOST, True)]
