"""Calls on many at once: the next day, the account's history and dashboard, registrants by the batch."""

from typing import Any

import pytest

HOST = "host@office.example"
START = {"action": "start"}


async def test_upcoming_is_the_next_day_and_what_runs(zoom: Any) -> None:
    """Both ends are included; what is over is not there."""
    for topic, start in (
        ("now", "2021-11-10T05:00:00Z"),
        ("edge", "2021-11-11T05:00:00Z"),
        ("late", "2021-11-11T05:00:01Z"),
    ):
        await zoom.meeting(topic=topic, start_time=start)
    live = await zoom.meeting(topic="live", start_time="2021-12-10T05:00:00Z")
    zoom.people(live, START)

    body = (await zoom.call("GET", f"/users/{HOST}/upcoming_meetings")).json()

    assert ([row["topic"] for row in body["meetings"]], body["total_records"]) == (["now", "edge", "live"], 3)


def rows(count: int) -> list[dict[str, str]]:
    return [{"email": f"p{number}@college.example", "first_name": f"P{number}"} for number in range(count)]


async def batch(zoom: Any, meeting: dict[str, Any], registrants: list[dict[str, str]], **more: Any) -> Any:
    body = {"registrants": registrants, **more}
    return await zoom.call("POST", f"/meetings/{meeting['id']}/batch_registrants", json=body)


@pytest.mark.parametrize("at_once", [True, False])
async def test_thirty_register_in_one_call(zoom: Any, at_once: bool) -> None:
    """One row for each, with a link for those who are approved; the ledger has a line for each."""
    meeting = await zoom.meeting()

    answer = await batch(zoom, meeting, rows(30), auto_approve=at_once)

    added = answer.json()["registrants"]
    assert answer.status_code == 201
    assert [row["email"] for row in added] == [row["email"] for row in rows(30)]
    assert ["join_url" in row for row in added] == [at_once] * 30
    assert [effect["kind"] for effect in zoom.effects()] == ["meeting.created", *["registrant.added"] * 30]


async def test_a_batch_enrols_all_or_none(zoom: Any) -> None:
    """Too many, none, one without a name, the host among them: 400 and nobody is enrolled."""
    meeting = await zoom.meeting()

    answers = [
        await batch(zoom, meeting, rows(31)),
        await batch(zoom, meeting, []),
        await batch(zoom, meeting, [*rows(1), {"email": "x@college.example"}]),
        await batch(zoom, meeting, [*rows(1), {"email": HOST, "first_name": "Host"}]),
    ]

    assert [answer.json()["code"] for answer in answers] == [300, 300, 300, 3027]
    assert [effect["kind"] for effect in zoom.effects()] == ["meeting.created"]


async def test_a_batch_is_for_scheduled_meetings(zoom: Any) -> None:
    """Type 8 is 400 code 303; without registration it is 404 code 404 as ever."""
    recurring = await zoom.meeting(type=8, recurrence={"type": 1, "end_times": 2})
    without = await zoom.meeting(settings={"approval_type": 2})

    answers = [await batch(zoom, recurring, rows(1)), await batch(zoom, without, rows(1))]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, 303), (404, 404)]


async def test_a_batch_spends_the_days_adds(new_zoom: Any) -> None:
    """Three for each address, single calls and batches together."""
    zoom = await new_zoom(limits=True)
    meeting = await zoom.meeting()

    statuses = [(await batch(zoom, meeting, rows(2))).status_code for _ in range(4)]

    assert statuses == [201, 201, 201, 429]


async def held(zoom: Any, *people: dict[str, Any], **body: Any) -> dict[str, Any]:
    meeting = await zoom.meeting(start_time="2021-11-10T05:00:00Z", **body)
    zoom.people(meeting, START, *people)
    return dict(meeting)


async def test_history_tells_of_all_hosts(zoom: Any) -> None:
    """What ended between two dates, a month at most; not what still runs."""
    ended = await held(zoom, {"action": "join", "person": "p1"}, {"action": "end", "at": "2021-11-10T06:00:00Z"})
    await held(zoom, host="other@office.example")
    zoom.wait(hours=2)
    await zoom.log_in()

    async def asked(first: str, last: str) -> Any:
        return await zoom.call("GET", "/report/history_meetings", params={"from": first, "to": last})

    found = (await asked("2021-11-01", "2021-11-30")).json()["history_meetings"]
    earlier = (await asked("2021-10-01", "2021-10-31")).json()["history_meetings"]
    wrong = [
        (await asked(*dates)).status_code for dates in (("2021-10-01", "2021-11-10"), ("2021-11-10", "2021-11-01"))
    ]

    shown = ("meeting_id", "type", "host_email", "topic", "duration", "participants", "total_participant_minutes")
    assert [{name: row[name] for name in shown} for row in found] == [
        {
            "meeting_id": ended["id"],
            "type": "Meeting",
            "host_email": HOST,
            "topic": "Launch",
            "duration": 60,
            "participants": 2,
            "total_participant_minutes": 120,
        }
    ]
    assert (earlier, wrong) == ([], [400, 400])


async def test_upcoming_events_are_of_all_hosts(new_zoom: Any) -> None:
    """Meetings, webinars or both, in the order of time, each date of a series by itself."""
    zoom = await new_zoom(webinar=True)
    await zoom.meeting(topic="later", start_time="2021-11-12T07:00:00Z", host="other@office.example")
    await zoom.meeting(topic="daily", type=8, recurrence={"type": 1, "end_times": 2})
    await zoom.call("POST", f"/users/{HOST}/webinars", json={"topic": "show", "start_time": "2021-11-11T08:00:00Z"})

    async def topics(**query: str) -> list[str]:
        dates = {"from": "2021-11-10", "to": "2021-11-30"}
        answer = await zoom.call("GET", "/report/upcoming_events", params={**dates, **query})
        return [row["topic"] for row in answer.json()["upcoming_events"]]

    assert await topics() == ["daily", "daily", "show", "later"]
    assert await topics(type="webinar") == ["show"]


@pytest.mark.parametrize("path", ["/report/history_meetings", "/report/upcoming_events"])
async def test_a_free_account_has_no_history(new_zoom: Any, path: str) -> None:
    """400 code 200."""
    zoom = await new_zoom(plan="free")

    answer = await zoom.call("GET", path, params={"from": "2021-11-01", "to": "2021-11-30"})

    assert (answer.status_code, answer.json()["code"]) == (400, 200)


@pytest.mark.parametrize("path", ["/metrics/meetings", "/metrics/meetings/1/participants"])
async def test_the_dashboard_needs_business(zoom: Any, path: str) -> None:
    """On Pro 400 code 200 with a text about the plan."""
    answer = await zoom.call("GET", path)

    assert (answer.status_code, answer.json()["code"]) == (400, 200)
    assert "Business" in answer.json()["message"]


async def test_the_dashboard_tells_at_once(new_zoom: Any) -> None:
    """Live, past, and past with one person: that one has no report anywhere else."""
    zoom = await new_zoom(plan="business")
    p1 = {"action": "join", "person": "p1"}
    live = await held(zoom, topic="live")
    past = await held(zoom, p1, {"action": "end"}, topic="past", host="other@office.example")
    alone = await held(zoom, {"action": "end"}, topic="alone", host="third@office.example")

    async def topics(**query: str) -> list[str]:
        return [row["topic"] for row in (await zoom.call("GET", "/metrics/meetings", params=query)).json()["meetings"]]

    async def names(meeting: dict[str, Any], **query: str) -> list[str]:
        answer = await zoom.call("GET", f"/metrics/meetings/{meeting['id']}/participants", params=query)
        if answer.status_code != 200:
            return [str(answer.json()["code"])]
        return [row["user_name"] for row in answer.json()["participants"]]

    assert (await topics(), await topics(type="past"), await topics(type="pastOne")) == (["live"], ["past"], ["alone"])
    assert await topics(type="past", **{"from": "2021-11-11"}) == []
    assert (await names(live), await names(past, type="past")) == (["host"], ["other", "Guest"])
    assert (await names(alone, type="pastOne"), await names(alone, type="past")) == (["third"], ["3001"])


async def test_the_dashboard_has_the_registrant_on_request(new_zoom: Any) -> None:
    """With `include_fields`, of past meetings only."""
    zoom = await new_zoom(plan="business")
    meeting = await zoom.meeting()
    lin = (await zoom.registrant(meeting))["registrant_id"]
    zoom.people(meeting, START, {"action": "join", "person": "p1", "registrant_id": lin})
    path = f"/metrics/meetings/{meeting['id']}/participants"

    live = (await zoom.call("GET", path, params={"include_fields": "registrant_id"})).json()["participants"]
    zoom.people(meeting, {"action": "end"})
    past = await zoom.call("GET", path, params={"type": "past", "include_fields": "registrant_id"})

    assert ["registrant_id" in row for row in live] == [False, False]
    assert [row["registrant_id"] for row in past.json()["participants"]] == ["", lin]
