"""What the calls beside those of `test_client` send, and what they make of Zoom's answers."""

from __future__ import annotations

import inspect
import json

import httpx
import pytest
import respx

from meetbot.core import times
from meetbot.core.model import JoinLink
from meetbot.core.remote import HostSettings, Reading, RemoteMeeting, RemoteRegistrant, Session
from meetbot.zoom import answers, client, reports
from tests.zoom import every_call
from tests.zoom.every_call import ASKED, FIRST, LAST, WEBINAR, Call

START, END = times.at("2021-11-10 14:00", "Asia/Bangkok"), times.at("2021-11-10 15:00", "Asia/Bangkok")
LINK = "https://example.zoom.us/w/1?tk=abc"
PAST = {"id": 1, "uuid": "u1", "topic": "Launch", "start_time": "2021-11-10T07:00:00Z"}
RUN = reports.PastMeeting("u1", "1", "Launch", START, None, None, None)
PAGE = {"page_size": "300"}
MONTH = {"from": "2021-11-01", "to": "2021-11-30", **PAGE}


def test_every_call_is_tried() -> None:
    """No public method is missing from the tables that the tests of faults go through."""
    methods = {name for name, _ in inspect.getmembers(client.Zoom, inspect.iscoroutinefunction) if name[0] != "_"}

    assert methods - {"scopes", "server_time", "clock_ahead"} == {*every_call.READS, *every_call.CHANGES} - {"webinar"}


@pytest.mark.parametrize(
    ("call", "url", "answer", "result"),
    [
        (
            lambda zoom: zoom.meeting("1", WEBINAR),
            "/webinars/1",
            {"id": 1, "topic": "Launch"},
            RemoteMeeting("1", "", "", None, "Launch", None, 0, kind=WEBINAR),
        ),
        (
            lambda zoom: zoom.list_webinars("h"),
            httpx.URL("/users/h/webinars", params={"type": "scheduled", **PAGE}),
            {"webinars": [{"id": 1, "topic": "Launch"}]},
            (RemoteMeeting("1", "", "", None, "Launch", None, 0, kind=WEBINAR),),
        ),
        (
            lambda zoom: zoom.upcoming_meetings("h"),
            "/users/h/upcoming_meetings",
            {"meetings": [{"id": 1, "topic": "Launch", "start_time": "2021-11-10T07:00:00Z", "duration": 60}]},
            (answers.Upcoming("1", "Launch", START, 60),),
        ),
        (
            lambda zoom: zoom.invitation("1"),
            "/meetings/1/invitation",
            {"invitation": "Join us\r\nat noon"},
            "Join us\r\nat noon",
        ),
        (
            lambda zoom: zoom.registrants("1", "pending", WEBINAR),
            httpx.URL("/webinars/1/registrants", params={"status": "pending", **PAGE}),
            {"registrants": [{"id": "r1", "email": "a@example.org"}]},
            (RemoteRegistrant("r1", "a@example.org", "", "", "pending"),),
        ),
        (
            lambda zoom: zoom.registrant("1", "r/1"),
            "/meetings/1/registrants/r%2F1",
            {"id": "r/1", "email": "a@example.org", "status": "approved", "join_url": LINK},
            RemoteRegistrant("r/1", "a@example.org", "", "", "approved", JoinLink(LINK)),
        ),
        (
            lambda zoom: zoom.questions("1"),
            "/meetings/1/registrants/questions",
            {"questions": [{"field_name": "org", "required": True}], "custom_questions": []},
            ASKED,
        ),
        (
            lambda zoom: zoom.panelists("1"),
            "/webinars/1/panelists",
            {"panelists": [{"id": "p1", "name": "Sok Dara", "email": "a@example.org", "join_url": LINK}]},
            (RemoteRegistrant("p1", "a@example.org", "Sok Dara", "", "approved", JoinLink(LINK)),),
        ),
        (
            lambda zoom: zoom.absentees("/u1"),
            httpx.URL("/past_webinars/%252Fu1/absentees", params=PAGE),
            {"registrants": [{"id": "r1", "email": "a@example.org", "status": "approved", "join_url": LINK}]},
            (RemoteRegistrant("r1", "a@example.org", "", "", "approved"),),
        ),
        (
            lambda zoom: zoom.report("u1", WEBINAR),
            httpx.URL("/report/webinars/u1/participants", params={"include_fields": "registrant_id", **PAGE}),
            {"participants": []},
            Reading("u1", ()),
        ),
        (
            lambda zoom: zoom.dashboard_participants("u1"),
            httpx.URL(
                "/metrics/meetings/u1/participants",
                params={"type": "past", "include_fields": "registrant_id", **PAGE},
            ),
            {
                "participants": [
                    {
                        "user_name": "Sok",
                        "email": "a@example.org",
                        "registrant_id": "r1",
                        "join_time": "2021-11-10T07:00:00Z",
                        "leave_time": "2021-11-10T08:00:00Z",
                    }
                ]
            },
            Reading("u1", (Session("Sok", "a@example.org", "r1", times.Interval(START, END)),)),
        ),
        (lambda zoom: zoom.past_meeting("u1"), "/past_meetings/u1", PAST, RUN),
        (lambda zoom: zoom.report_summary("u1"), "/report/meetings/u1", PAST, RUN),
        (
            lambda zoom: zoom.history_meetings(FIRST, LAST),
            httpx.URL("/report/history_meetings", params=MONTH),
            {"history_meetings": [PAST]},
            (RUN,),
        ),
        (
            lambda zoom: zoom.dashboard_meetings(FIRST, LAST),
            httpx.URL("/metrics/meetings", params={"type": "past", **MONTH}),
            {"meetings": [PAST]},
            (RUN,),
        ),
        (
            lambda zoom: zoom.upcoming_events(FIRST, LAST),
            httpx.URL("/report/upcoming_events", params=MONTH),
            {"upcoming_events": [PAST]},
            (answers.Upcoming("1", "Launch", START, None),),
        ),
        (
            lambda zoom: zoom.host_settings("h@example.org"),
            "/users/h%40example.org/settings",
            {"in_meeting": {"waiting_room": True}},
            HostSettings(waiting_room=True),
        ),
        (
            lambda zoom: zoom.users(),
            httpx.URL("/users", params={"status": "active", **PAGE}),
            {"users": [{"id": "h", "email": "h@example.org", "type": 2}]},
            (answers.Host("h", "h@example.org", licensed=True, active=True),),
        ),
        (
            lambda zoom: zoom.tracking_fields(),
            "/tracking_fields",
            {"tracking_fields": [{"id": "f1", "field": "Programme", "required": False, "visible": True}]},
            (answers.TrackingField("f1", "Programme", required=False, visible=True),),
        ),
    ],
)
async def test_reads(
    api: respx.MockRouter, zoom: client.Zoom, call: Call, url: str | httpx.URL, answer: object, result: object
) -> None:
    """Each read asks by its own path and query, and its answer becomes nouns."""
    route = api.get(path__regex=".*").respond(json=answer)

    found = await call(zoom)

    asked = route.calls.last.request.url
    assert asked.raw_path == b"/v2" + httpx.URL(url).raw_path
    assert found == result


@pytest.mark.parametrize(
    ("call", "method", "path", "body"),
    [
        (lambda zoom: zoom.delete_meeting("1", WEBINAR), "DELETE", "/webinars/1", None),
        (every_call.CHANGES["recover_meeting"], "PUT", "/meetings/1/status", {"action": "recover"}),
        (every_call.CHANGES["end_meeting"], "PUT", "/meetings/1/status", {"action": "end"}),
        (lambda zoom: zoom.end_meeting("1", WEBINAR), "PUT", "/webinars/1/status", {"action": "end"}),
        (
            lambda zoom: zoom.set_status("1", "approve", [("r1", "a@example.org")], WEBINAR, urgent=True),
            "PUT",
            "/webinars/1/registrants/status",
            {"action": "approve", "registrants": [{"id": "r1", "email": "a@example.org"}]},
        ),
        (every_call.CHANGES["delete_registrant"], "DELETE", "/meetings/1/registrants/r1", None),
        (
            every_call.CHANGES["set_questions"],
            "PATCH",
            "/meetings/1/registrants/questions",
            {"questions": [{"field_name": "org", "required": True}], "custom_questions": []},
        ),
        (
            every_call.CHANGES["add_panelists"],
            "POST",
            "/webinars/1/panelists",
            {"panelists": [{"name": "A", "email": "a@example.org"}]},
        ),
        (every_call.CHANGES["delete_panelist"], "DELETE", "/webinars/1/panelists/p1", None),
        (lambda zoom: zoom.record("1", "pause"), "PATCH", "/live_meetings/1/events", {"method": "recording.pause"}),
        (
            every_call.CHANGES["show_in_waiting_room"],
            "PATCH",
            "/live_meetings/1/events",
            {
                "method": "waiting_room.update",
                "params": {"waiting_room_title": "Now", "waiting_room_description": "Welcome"},
            },
        ),
        (
            lambda zoom: zoom.post_to_chat("h@example.org", "c1", "x" * 2000),
            "POST",
            "/chat/users/h%40example.org/messages",
            {"message": "x" * 1024, "to_channel": "c1"},
        ),
        (
            every_call.CHANGES["add_chat_members"],
            "POST",
            "/chat/channels/c1/members",
            {"members": [{"email": "a@example.org"}]},
        ),
    ],
)
async def test_changes(
    api: respx.MockRouter, zoom: client.Zoom, call: Call, method: str, path: str, body: object
) -> None:
    """Each change goes out once, by its own path, with what it is to change."""
    route = api.route(path__regex=".*").respond(204)

    await call(zoom)

    [sent] = [call.request for call in route.calls]
    assert (sent.method, sent.url.raw_path) == (method, f"/v2{path}".encode())
    assert (json.loads(sent.content) if sent.content else None) == body


async def test_add_registrants_goes_in_thirties(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Everybody is added once, and each answer finds its form again by the address."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)["registrants"]
        rows = [{"email": one["email"].upper(), "registrant_id": one["email"], "join_url": LINK} for one in asked]
        return httpx.Response(201, json={"registrants": rows[::-1]})

    route = api.post("/meetings/1/batch_registrants").mock(side_effect=answer)
    people = [(f"{number}@example.org", f"Name{number}", "") for number in range(31)]

    added = await zoom.add_registrants("1", people)

    assert [len(json.loads(call.request.content)["registrants"]) for call in route.calls] == [30, 1]
    assert sorted(added, key=lambda one: int(one.first_name[4:])) == [
        RemoteRegistrant(address, address, first, "", "approved", JoinLink(LINK)) for address, first, _ in people
    ]


async def test_invite_links(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Each guest has a link of their own, which no log shows."""
    route = api.post("/meetings/1/invite_links").respond(201, json={"attendees": [{"name": "A", "join_url": LINK}]})

    guests = await every_call.CHANGES["invite_links"](zoom)

    assert json.loads(route.calls.last.request.content) == {"attendees": [{"name": "A"}], "ttl": 7200}
    assert guests == (answers.Guest("A", JoinLink(LINK)),)
    assert "zoom.us" not in repr(guests)


async def test_add_tracking_field(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """A new field is one that hosts may leave empty."""
    answer = {"id": "f1", "field": "Programme", "required": False, "visible": True}
    route = api.post("/tracking_fields").respond(201, json=answer)

    made = await zoom.add_tracking_field("Programme")

    assert json.loads(route.calls.last.request.content) == {"field": "Programme", "required": False, "visible": True}
    assert made == answers.TrackingField("f1", "Programme", required=False, visible=True)
