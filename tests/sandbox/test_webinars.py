"""Webinars: the add-on, what they share with meetings, panelists, and who registered and did not come."""

from typing import Any

import pytest

HOST = "host@office.example"
START = {"action": "start"}


@pytest.fixture
async def zoom(new_zoom: Any) -> Any:
    return await new_zoom(webinar=True)


async def planned(zoom: Any, **body: Any) -> dict[str, Any]:
    settings = {"approval_type": 0, **body.pop("settings", {})}
    body = {"topic": "Launch", "start_time": "2021-11-10T05:00:00Z", "duration": 60, "settings": settings, **body}
    answer = await zoom.call("POST", f"/users/{HOST}/webinars", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def register(zoom: Any, webinar: dict[str, Any], email: str) -> Any:
    return await zoom.call("POST", f"/webinars/{webinar['id']}/registrants", json={"email": email, "first_name": "Lin"})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"/users/{HOST}/webinars"),
        ("GET", f"/users/{HOST}/webinars"),
        ("GET", "/webinars/1"),
        ("POST", "/webinars/1/panelists"),
        ("GET", "/past_webinars/1/absentees"),
    ],
)
async def test_without_the_add_on_every_call_is_refused(new_zoom: Any, method: str, path: str) -> None:
    """400 code 200, which reads like a missing right and is a missing plan."""
    zoom = await new_zoom()

    answer = await zoom.call(method, path)

    assert (answer.status_code, answer.json()["code"]) == (400, 200)
    assert answer.json()["message"].startswith("Webinar plan is missing.")


async def test_a_webinar_is_made_changed_and_deleted(zoom: Any) -> None:
    """As a meeting is, under its own noun, with its own settings and without a meeting's."""
    webinar = await planned(zoom)
    path = f"/webinars/{webinar['id']}"

    await zoom.call("PATCH", path, json={"topic": "Other", "settings": {"waiting_room": True, "hd_video": True}})
    got = (await zoom.call("GET", path)).json()
    deleted = await zoom.call("DELETE", path)
    gone = await zoom.call("GET", path)
    recovered = await zoom.call("PUT", f"{path}/status", json={"action": "recover"})

    assert (webinar["type"], got["topic"], got["settings"]["hd_video"]) == (5, "Other", True)
    assert not got["settings"].keys() & {"waiting_room", "breakout_room", "join_before_host"}
    assert (deleted.status_code, recovered.status_code) == (204, 204)
    assert gone.json() == {"code": 3001, "message": f"Webinar does not exist: {webinar['id']}."}
    assert [effect["kind"] for effect in zoom.effects()] == [
        "webinar.created",
        "webinar.updated",
        "webinar.deleted",
        "webinar.recovered",
    ]


async def test_the_id_of_one_is_not_the_id_of_the_other(zoom: Any) -> None:
    """400 code 3000 both ways; each stands in its own list."""
    webinar, meeting = await planned(zoom), await zoom.meeting()

    answers = [
        await zoom.call("GET", f"/meetings/{webinar['id']}"),
        await zoom.call("GET", f"/webinars/{meeting['id']}"),
    ]
    meetings = (await zoom.call("GET", f"/users/{HOST}/meetings")).json()["meetings"]
    webinars = (await zoom.call("GET", f"/users/{HOST}/webinars")).json()["webinars"]

    assert [(answer.status_code, answer.json()["message"]) for answer in answers] == [
        (400, "Cannot access webinar info."),
        (400, "Cannot access meeting info."),
    ]
    assert ([row["id"] for row in meetings], [row["id"] for row in webinars]) == ([meeting["id"]], [webinar["id"]])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"type": 2}, "type"),
        ({"settings": {"registrants_restrict_number": 20_001}}, "settings.registrants_restrict_number"),
    ],
)
async def test_a_wrong_webinar_is_refused(zoom: Any, body: dict[str, Any], field: str) -> None:
    """A meeting's type is none of a webinar's."""
    answer = await zoom.call("POST", f"/users/{HOST}/webinars", json=body)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


async def test_meetings_and_webinars_share_the_hosts_day(new_zoom: Any) -> None:
    """A hundred creates and updates together."""
    zoom = await new_zoom(webinar=True, limits=True)

    statuses = []
    for number in range(101):
        zoom.real_seconds += 1
        noun = "webinars" if number % 2 else "meetings"
        statuses.append((await zoom.call("POST", f"/users/{HOST}/{noun}", json={})).status_code)

    assert statuses == [201] * 100 + [429]


async def test_panelists_have_links_of_their_own(zoom: Any) -> None:
    """Thirty in one call, each address once; one leaves, then all."""
    webinar = await planned(zoom)
    path = f"/webinars/{webinar['id']}/panelists"
    thirty = [{"name": f"P{number}", "email": f"p{number}@college.example"} for number in range(30)]

    added = await zoom.call("POST", path, json={"panelists": thirty})
    before = (await zoom.call("GET", path)).json()
    again = await zoom.call("POST", path, json={"panelists": thirty[:1]})
    many = await zoom.call("POST", path, json={"panelists": [*thirty, {"name": "X", "email": "x@college.example"}]})
    listed = (await zoom.call("GET", path)).json()
    one = await zoom.call("DELETE", f"{path}/{listed['panelists'][0]['id']}")
    stranger = await zoom.call("DELETE", f"{path}/nobody")
    left = (await zoom.call("GET", path)).json()["total_records"]
    rest = await zoom.call("DELETE", path)

    assert [answer.status_code for answer in (added, again, many, one, stranger, rest)] == [
        201,
        201,
        400,
        204,
        400,
        204,
    ]
    assert listed == before
    assert (listed["total_records"], len({row["join_url"] for row in listed["panelists"]}), left) == (30, 30, 29)
    assert (await zoom.call("GET", path)).json()["panelists"] == []


async def test_who_may_not_register(zoom: Any) -> None:
    """Host, panelist, one too many, and everybody where registration is off."""
    webinar = await planned(zoom, settings={"registrants_restrict_number": 1})
    without = await planned(zoom, settings={"approval_type": 2})
    panelist = {"name": "P", "email": "p@college.example"}
    await zoom.call("POST", f"/webinars/{webinar['id']}/panelists", json={"panelists": [panelist]})

    answers = [
        await register(zoom, webinar, HOST),
        await register(zoom, webinar, "p@college.example"),
        await register(zoom, webinar, "lin@college.example"),
        await register(zoom, webinar, "ma@college.example"),
        await register(zoom, without, "lin@college.example"),
    ]

    assert [(answer.status_code, answer.json().get("code")) for answer in answers] == [
        (400, 3027),
        (400, 3000),
        (201, None),
        (400, 3043),
        (400, 3000),
    ]


async def test_absentees_registered_and_did_not_come(zoom: Any) -> None:
    """The report names who came; meetings have no such call."""
    webinar = await planned(zoom)
    lin = (await register(zoom, webinar, "lin@college.example")).json()
    await register(zoom, webinar, "ma@college.example")
    zoom.people(
        webinar,
        START,
        {"action": "join", "person": "p1", "join_link": lin["join_url"]},
        {"action": "end", "at": "2021-11-10T06:00:00Z"},
    )
    zoom.wait(hours=2)
    await zoom.log_in()

    absent = (await zoom.call("GET", f"/past_webinars/{webinar['id']}/absentees")).json()
    report = (await zoom.call("GET", f"/report/webinars/{webinar['id']}/participants")).json()
    summary = (await zoom.call("GET", f"/report/webinars/{webinar['id']}")).json()
    runs = (await zoom.call("GET", f"/past_webinars/{webinar['id']}/instances")).json()["webinars"]
    as_meeting = await zoom.call("GET", f"/report/meetings/{webinar['id']}/participants")

    assert [row["email"] for row in absent["registrants"]] == ["ma@college.example"]
    assert [row["name"] for row in report["participants"]] == ["host", "Lin"]
    assert (summary["participants_count"], len(runs)) == (2, 1)
    assert (as_meeting.status_code, as_meeting.json()["code"]) == (404, 3001)
