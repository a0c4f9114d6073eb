"""What each call sends and what it makes of Zoom's answer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import respx

from meetbot.core import times
from meetbot.core.model import JoinLink, MeetingKind
from meetbot.core.remote import Instance, PlannedMeeting, Reading, RemoteMeeting, RemoteRegistrant, Session
from meetbot.errors import ZoomRefused
from meetbot.zoom import answers, client

PLANNED = PlannedMeeting(
    key="launch",
    ref="a1b2c3",
    host="host@example.org",
    topic="Launch of the Platform",
    text="Programme of the day",
    starts_at=times.at("2021-11-10 14:00", "Asia/Bangkok"),
    minutes=180,
    zone="Asia/Phnom_Penh",
    alternative_hosts=("a@example.org", "b@example.org"),
)
CREATED = {
    "id": 93398114182,
    "uuid": "4444AAAiAAAAAiAiAiiAii==",
    "host_id": "30R7kT7bTIKSNUFEuH_Qlg",
    "topic": "Launch of the Platform",
    "type": 2,
    "status": "waiting",
    "start_time": "2021-11-10T07:00:00Z",
    "duration": 180,
    "timezone": "Asia/Bangkok",
    "agenda": "meetbot:ref=a1b2c3\n\nProgramme of the day",
    "start_url": "https://example.zoom.us/s/1?zak=secret",
    "join_url": "https://example.zoom.us/meeting/register/abc",
    "settings": {
        "approval_type": 1,
        "waiting_room": True,
        "registrants_confirmation_email": False,
        "registrants_email_notification": False,
        "alternative_hosts": "a@example.org;b@example.org",
        "custom_keys": [],
    },
}
REMOTE = RemoteMeeting(
    id="93398114182",
    uuid="4444AAAiAAAAAiAiAiiAii==",
    host="30R7kT7bTIKSNUFEuH_Qlg",
    ref="a1b2c3",
    topic="Launch of the Platform",
    starts_at=times.at("2021-11-10 14:00", "Asia/Bangkok"),
    minutes=180,
    status="waiting",
    approval_type=1,
    waiting_room=True,
    silent=True,
    alternative_hosts=("a@example.org", "b@example.org"),
    interpreters=(),
    sign_interpreters=(),
    breakout_rooms=(),
    chat=False,
)
COMMON_SETTINGS = {
    "approval_type": 1,
    "registrants_confirmation_email": False,
    "registrants_email_notification": False,
    "close_registration": False,
    "show_share_button": False,
    "allow_multiple_devices": False,
    "meeting_authentication": False,
    "auto_recording": "none",
    "alternative_hosts": "a@example.org;b@example.org",
    "email_in_attendee_report": True,
}
SETTINGS = COMMON_SETTINGS | {
    "alternative_hosts_email_notification": False,
    "email_notification": False,
    "show_join_info": False,
    "join_before_host": False,
    "waiting_room": True,
    "mute_upon_entry": True,
}
FULL = replace(
    PLANNED,
    interpreters=(("i@example.org", "English,French"),),
    sign_interpreters=(("s@example.org", "American"),),
    breakout_rooms=(("A", ("a@example.org",)),),
    chat=True,
)
LINK = "https://example.zoom.us/w/93398114182?tk=abc&pwd=def"


def sent(route: respx.Route) -> dict[str, object]:
    body: dict[str, object] = json.loads(route.calls.last.request.content)
    return body


async def test_create_meeting(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """A meeting is created with registration by approval, Zoom's own mails off, and our marker in its agenda."""
    route = api.post("/users/host%40example.org/meetings").respond(201, json=CREATED)

    meeting = await zoom.create_meeting(PLANNED)

    assert meeting == REMOTE
    assert sent(route) == {
        "topic": "Launch of the Platform",
        "agenda": "meetbot:ref=a1b2c3\n\nProgramme of the day",
        "type": 2,
        "start_time": "2021-11-10T07:00:00Z",
        "timezone": "Asia/Bangkok",
        "duration": 180,
        "settings": SETTINGS,
    }


async def test_create_webinar(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """A webinar has the same registration and none of Zoom's own mails, and no waiting room of which to speak."""
    answer = CREATED | {"type": 5, "settings": {"approval_type": 1}}
    route = api.post("/users/host%40example.org/webinars").respond(201, json=answer)

    webinar = await zoom.create_meeting(replace(PLANNED, kind=MeetingKind.WEBINAR))

    assert (webinar.kind, webinar.waiting_room, webinar.silent) == (MeetingKind.WEBINAR, None, True)
    assert sent(route)["type"] == 5
    assert sent(route)["settings"] == COMMON_SETTINGS | {
        "panelists_invitation_email_notification": False,
        "attendees_and_panelists_reminder_email_notification": {"enable": False},
        "follow_up_attendees_email_notification": {"enable": False},
        "follow_up_absentees_email_notification": {"enable": False},
    }


async def test_create_meeting_with_everything(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Interpreters, rooms and chat are said in Zoom's words."""
    route = api.post("/users/host%40example.org/meetings").respond(201, json=CREATED)

    await zoom.create_meeting(FULL)

    assert sent(route)["settings"] == SETTINGS | {
        "language_interpretation": {
            "enable": True,
            "interpreters": [{"email": "i@example.org", "interpreter_languages": "English,French"}],
        },
        "sign_language_interpretation": {
            "enable": True,
            "interpreters": [{"email": "s@example.org", "sign_language": "American"}],
        },
        "breakout_room": {"enable": True, "rooms": [{"name": "A", "participants": ["a@example.org"]}]},
        "continuous_meeting_chat": {"enable": True},
    }


async def test_F14_update_meeting_sends_all_that_is_planned(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """An update says everything again, so that what somebody changed at Zoom comes back, and what was dropped goes."""
    update = api.patch("/meetings/93398114182").respond(204)

    await zoom.update_meeting("93398114182", PLANNED)

    assert sent(update)["settings"] == SETTINGS | {
        "language_interpretation": {"enable": False},
        "sign_language_interpretation": {"enable": False},
        "breakout_room": {"enable": False},
        "continuous_meeting_chat": {"enable": False},
    }
    assert sent(update)["agenda"] == "meetbot:ref=a1b2c3\n\nProgramme of the day"


async def test_P09_read_back_tells_loud_and_open_meetings(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Settings that Zoom did not keep are seen: registration off, and a mail switch still on."""
    settings = {"approval_type": 2, "waiting_room": False, "registrants_confirmation_email": True}
    api.get("/meetings/93398114182").respond(json=CREATED | {"settings": settings})

    meeting = await zoom.meeting("93398114182")

    assert (meeting.approval_type, meeting.waiting_room, meeting.silent, meeting.alternative_hosts) == (
        2,
        False,
        False,
        (),
    )


async def test_Z02_another_time_than_asked_is_told_as_it_is(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """What Zoom made of the start and the length is read from its answer, not assumed."""
    answer = CREATED | {"start_time": "2021-11-10T07:30:00", "duration": "60", "timezone": "UTC"}
    api.post("/users/host%40example.org/meetings").respond(201, json=answer)

    meeting = await zoom.create_meeting(PLANNED)

    assert (meeting.starts_at, meeting.minutes) == (times.at("2021-11-10 14:30", "Asia/Bangkok"), 60)


async def test_Z12_delete_of_a_meeting_that_is_gone_is_done(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Deleting twice comes to the same as deleting once."""
    gone = {"code": 3001, "message": "Meeting does not exist: 93398114182."}
    route = api.delete("/meetings/93398114182").respond(404, json=gone)

    await zoom.delete_meeting("93398114182")

    assert route.call_count == 1


async def test_Z12_delete_of_a_running_meeting_is_refused(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Zoom's other refusals of a deletion are not taken for success."""
    api.delete("/meetings/93398114182").respond(400, json={"code": 3002, "message": "Meeting is in progress."})

    with pytest.raises(ZoomRefused) as refused:
        await zoom.delete_meeting("93398114182")

    assert str(refused.value) == "delete meeting: the meeting is running (Zoom 400, code 3002: Meeting is in progress.)"


async def test_list_meetings_reads_all_pages(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """The list is whole, each meeting once even where pages overlap, and tells apart whose agenda bears our marker."""
    ours = {"id": 1, "uuid": "u1", "host_id": "h", "topic": "Ours", "duration": 30, "agenda": "meetbot:ref=x1\n\n"}
    theirs = {"id": "2", "uuid": "u2", "host_id": "h", "topic": "Theirs", "type": 99}
    pages = [
        httpx.Response(200, json={"next_page_token": "p2", "total_records": 2, "meetings": [ours]}),
        httpx.Response(200, json={"next_page_token": "", "total_records": 2, "meetings": [ours, theirs]}),
    ]
    route = api.get("/users/h/meetings").mock(side_effect=pages)

    meetings = await zoom.list_meetings("h")

    assert meetings == (
        RemoteMeeting(id="1", uuid="u1", host="h", ref="x1", topic="Ours", starts_at=None, minutes=30),
        RemoteMeeting(id="2", uuid="u2", host="h", ref=None, topic="Theirs", starts_at=None, minutes=0),
    )
    assert [dict(call.request.url.params) for call in route.calls] == [
        {"type": "scheduled", "page_size": "300"},
        {"type": "scheduled", "page_size": "300", "next_page_token": "p2"},
    ]


async def test_add_registrant(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """A registrant is approved in the same call, and what Zoom's form does not know is left out."""
    answer = {"id": 93398114182, "registrant_id": "fdgsfh2ey82fuh", "join_url": LINK, "topic": "Launch"}
    route = api.post("/meetings/93398114182/registrants").respond(201, json=answer)

    registrant = await zoom.add_registrant(
        "93398114182",
        address="sok@moe.gov.kh",
        first_name="សុខ" + "x" * 80,
        last_name="Dara",
        organisation="Ministry of Education",
        position="Director",
        country="Cambodia",
        language="km",
    )

    assert sent(route) == {
        "email": "sok@moe.gov.kh",
        "first_name": ("សុខ" + "x" * 80)[:64],
        "last_name": "Dara",
        "org": "Ministry of Education",
        "job_title": "Director",
        "auto_approve": True,
    }
    assert registrant == RemoteRegistrant(
        id="fdgsfh2ey82fuh",
        address="sok@moe.gov.kh",
        first_name=("សុខ" + "x" * 80)[:64],
        last_name="Dara",
        status="approved",
        join_link=JoinLink(LINK),
        organisation="Ministry of Education",
        position="Director",
    )


async def test_Z14_added_registrant_without_join_link_is_pending(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Without a join link in the answer nobody takes the registrant for approved."""
    api.post("/meetings/1/registrants").respond(201, json={"id": 1, "registrant_id": "r1"})

    registrant = await zoom.add_registrant("1", address="a@example.org", first_name="A", last_name="")

    assert registrant == RemoteRegistrant("r1", "a@example.org", "A", "", "pending", join_link=None)


async def test_Z14_another_registrants_id_and_name_do_not_become_ours(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Of the answer only the id and the join link are believed: who was added stands in our own form."""
    answer = {"registrant_id": "r2", "email": "other@example.org", "first_name": "Other", "join_url": LINK}
    api.post("/meetings/1/registrants").respond(201, json=answer)

    registrant = await zoom.add_registrant("1", address="a@example.org", first_name="A", last_name="")

    assert registrant == RemoteRegistrant("r2", "a@example.org", "A", "", "approved", JoinLink(LINK))


async def test_Z15_names_go_to_zoom_within_its_length(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """A long name is cut between characters, not within one, and an added registrant keeps the name that was sent."""
    api.post("/meetings/1/registrants").respond(201, json={"registrant_id": "r1"})

    registrant = await zoom.add_registrant("1", address="a@example.org", first_name="កា" * 40, last_name="")

    assert registrant.first_name == "កា" * 32


async def test_P01_only_approved_registrants_have_a_join_link(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """A join link that Zoom shows for a pending registrant goes no further."""
    row = {"id": "r1", "email": "a@example.org", "first_name": "A", "status": "pending", "join_url": LINK}
    api.get("/meetings/1/registrants").respond(json={"registrants": [row], "next_page_token": ""})

    pending = await zoom.registrants("1", "pending")

    assert pending == (RemoteRegistrant("r1", "a@example.org", "A", "", "pending", join_link=None),)


async def test_F17_a_registrant_on_two_pages_is_one(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Where pages overlap, because somebody registered between them, nobody is listed twice."""
    row = {"id": "r1", "email": "a@example.org", "first_name": "A", "status": "denied"}
    pages = [
        httpx.Response(200, json={"registrants": [row], "next_page_token": "p2"}),
        httpx.Response(200, json={"registrants": [row], "next_page_token": ""}),
    ]
    api.get("/meetings/1/registrants").mock(side_effect=pages)

    denied = await zoom.registrants("1", "denied")

    assert denied == (RemoteRegistrant("r1", "a@example.org", "A", "", "denied", join_link=None),)


async def test_set_status_goes_in_thirties(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Zoom takes at most thirty registrants in one call; everybody's turn comes, once."""
    route = api.put("/meetings/1/registrants/status").respond(204)
    everybody = [(f"r{number}", f"{number}@example.org") for number in range(61)]

    await zoom.set_status("1", "cancel", everybody)

    bodies = [json.loads(call.request.content) for call in route.calls]
    assert [len(body["registrants"]) for body in bodies] == [30, 30, 1]
    assert {body["action"] for body in bodies} == {"cancel"}
    assert [(row["id"], row["email"]) for body in bodies for row in body["registrants"]] == everybody


async def test_record(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Recording is asked for as a live event, which Zoom queues (202)."""
    events = api.patch("/live_meetings/1/events").respond(202)

    await zoom.record("1", "start")

    assert sent(events) == {"method": "recording.start"}


async def test_is_live(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """A meeting is live while Zoom calls it started."""
    api.get("/meetings/1").respond(json=CREATED | {"status": "started"})
    api.get("/meetings/2").respond(json=CREATED)

    assert (await zoom.is_live("1"), await zoom.is_live("2")) == (True, False)


async def test_check_host(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """A host is licensed by type 2 and active by status; a basic user is not licensed."""
    api.get("/users/h1").respond(json={"id": "h1", "email": "h@example.org", "type": 2, "status": "active"})
    api.get("/users/h2").respond(json={"id": "h2", "email": "b@example.org", "type": 1, "status": "inactive"})

    assert await zoom.check_host("h1") == answers.Host("h1", "h@example.org", licensed=True, active=True)
    assert await zoom.check_host("h2") == answers.Host("h2", "b@example.org", licensed=False, active=False)


async def test_instances_and_past_participants(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Past runs are named by uuid, a uuid with slashes reaches Zoom encoded twice, and registrant ids are asked for."""
    start = times.at("2021-11-10 13:31", "Asia/Bangkok")
    run = {"uuid": "/ab//c==", "start_time": "2021-11-10T06:31:00Z"}
    api.get("/past_meetings/1/instances").respond(json={"meetings": [run]})
    rows = [{"name": "Sok", "join_time": "2021-11-10T06:31:00Z", "leave_time": "2021-11-10T06:41:00Z", "duration": 600}]
    past = api.get(path__regex=r"/past_meetings/.+").respond(json={"participants": rows, "total_records": 1})

    instances = await zoom.instances("1")
    reading = await zoom.past_participants("/ab//c==")

    assert instances == (Instance("/ab//c==", start),)
    assert reading is not None
    assert [(one.name, one.seconds) for one in reading.sessions] == [("Sok", 600)]
    asked = past.calls.last.request.url
    assert asked.raw_path.startswith(b"/v2/past_meetings/%252Fab%252F%252Fc%253D%253D/participants?")
    assert asked.params["include_fields"] == "registrant_id"


async def test_instances_of_a_meeting_that_never_ran(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """A meeting without a past has no instances, in whichever words Zoom says so."""
    api.get("/past_meetings/1/instances").respond(404, json={"code": 3001, "message": "Meeting does not exist: 1."})

    assert await zoom.instances("1") == ()


async def test_report(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """All pages of the report make one reading, with the registrant's id, which Zoom gives only when asked."""
    stay = {"join_time": "2021-11-10T07:00:00Z", "leave_time": "2021-11-10T08:00:00Z", "duration": 3600}
    sok = stay | {"name": "Sok Dara", "user_email": "sok@moe.gov.kh", "registrant_id": "r1", "status": "in_meeting"}
    guest = stay | {"name": "iPhone", "user_email": "", "id": "", "status": "in_waiting_room"}
    pages = [
        httpx.Response(200, json={"participants": [sok], "next_page_token": "p2", "total_records": 2}),
        httpx.Response(200, json={"participants": [guest], "next_page_token": "", "total_records": 2}),
    ]
    route = api.get("/report/meetings/u1%3D%3D/participants").mock(side_effect=pages)
    hour = times.Interval(times.at("2021-11-10 14:00", "Asia/Bangkok"), times.at("2021-11-10 15:00", "Asia/Bangkok"))

    reading = await zoom.report("u1==")

    assert reading == Reading(
        "u1==",
        (
            Session("Sok Dara", "sok@moe.gov.kh", "r1", hour, seconds=3600),
            Session("iPhone", "", "", hour, in_waiting_room=True, seconds=3600),
        ),
        being_built=False,
    )
    assert dict(route.calls[0].request.url.params) == {"include_fields": "registrant_id", "page_size": "300"}


async def test_Z10_report_that_is_not_there_yet(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Until Zoom has a report it says that the meeting does not exist: no reading, and no error."""
    api.get("/report/meetings/u1/participants").respond(404, json={"code": 3001, "message": "Meeting does not exist"})

    assert await zoom.report("u1") is None


async def test_Z16_server_time_is_that_of_the_last_answer(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Zoom's clock can be compared with ours."""
    headers = {"Date": "Tue, 09 Nov 2021 12:40:00 GMT"}
    api.get("/meetings/1").respond(json=CREATED, headers=headers)
    before = await zoom.server_time()

    await zoom.meeting("1")

    assert (before, await zoom.server_time()) == (None, times.at("2021-11-09 19:40", "Asia/Bangkok"))
    assert await zoom.clock_ahead() == timedelta(minutes=-40)
