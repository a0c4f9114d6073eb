"""After the meeting: who was there, when Zoom knows it, and under which uuid."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from meetbot.sandbox.setup import ReportDelay


def once(uuid: str) -> str:
    return quote(uuid, safe="")


def twice(uuid: str) -> str:
    return once(once(uuid))


async def held(zoom: Any, *rows: dict[str, Any], **body: Any) -> tuple[dict[str, Any], str]:
    """A meeting from 05:00 to 06:00 with the host and these people; its uuid."""
    meeting = await zoom.meeting(start_time="2021-11-10T05:00:00Z", duration=60, **body)
    started = zoom.people(meeting, {"action": "start"}, *rows)
    zoom.people(meeting, {"action": "end", "at": "2021-11-10T06:00:00Z"})
    zoom.wait(hours=1)
    await zoom.log_in()
    return meeting, str(started[0]["uuid"])


async def rows_of(zoom: Any, uuid: str, **query: Any) -> list[dict[str, Any]]:
    answer = await zoom.call("GET", f"/report/meetings/{twice(uuid)}/participants", params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["participants"])


async def test_F35_a_report_grows(zoom: Any) -> None:
    """404 code 3001 for four minutes, then an empty list, then a part without durations, then everything."""
    meeting, uuid = await held(zoom, *({"action": "join", "person": f"p{number}"} for number in range(3)))

    async def look(path: str) -> Any:
        answer = await zoom.call("GET", f"/{path}/{twice(uuid)}/participants")
        if answer.status_code != 200:
            return answer.json()["code"]
        return [row["duration"] for row in answer.json()["participants"]]

    seen = []
    for minutes in (0, 4, 1, 2):
        zoom.wait(minutes=minutes)
        seen.append((await look("report/meetings"), await look("past_meetings")))

    assert seen == [(3001, 3001), ([], []), ([0, 0], [0, 0]), ([3600] * 4, [3600] * 4)]
    assert meeting["topic"] == "Launch"


async def test_the_phases_are_settable(new_zoom: Any) -> None:
    """With no delay the report is complete at the end."""
    none = timedelta(0)
    zoom = await new_zoom(report_delay=ReportDelay(none, none, none))

    _, uuid = await held(zoom, {"action": "join", "person": "p1"})

    assert len(await rows_of(zoom, uuid)) == 2


async def test_rows_are_as_zoom_writes_them(zoom: Any) -> None:
    """Host with ids, registrant with address and registrant id, guest with empty fields and no user id at all."""
    meeting = await zoom.meeting(start_time="2021-11-10T05:00:00Z", duration=60)
    lin = await zoom.registrant(meeting)
    host = (await zoom.call("GET", "/users/host@office.example")).json()["id"]
    uuid = zoom.people(
        meeting,
        {"action": "start", "name": "Office"},
        {"action": "join", "person": "p1", "registrant_id": lin["registrant_id"]},
        {"action": "join", "person": "p2", "name": "Phone 855", "email": "ma@college.example", "device": "phone"},
        {"action": "leave", "person": "p1", "at": "2021-11-10T05:30:00Z"},
        {"action": "end", "at": "2021-11-10T06:00:00Z"},
    )[0]["uuid"]
    zoom.wait(hours=2)
    await zoom.log_in()

    rows = await rows_of(zoom, uuid, include_fields="registrant_id")

    common = {"join_time": "2021-11-10T05:00:00Z", "status": "in_meeting", "failover": False}
    end = {"leave_time": "2021-11-10T06:00:00Z", "duration": 3600}
    assert rows == [
        {
            **common,
            **end,
            "id": host,
            "participant_user_id": host,
            "user_id": "16778240",
            "name": "Office",
            "user_email": "host@office.example",
            "registrant_id": "",
        },
        {
            **common,
            "leave_time": "2021-11-10T05:30:00Z",
            "duration": 1800,
            "id": "",
            "user_id": "16779264",
            "name": "Lin Ma",
            "user_email": "lin@college.example",
            "registrant_id": lin["registrant_id"],
        },
        {
            **common,
            **end,
            "id": "",
            "user_id": "16780288",
            "name": "Phone 855",
            "user_email": "",
            "registrant_id": "",
        },
    ]


async def test_a_guests_address_shows_only_on_request(zoom: Any) -> None:
    """`email_in_attendee_report` of the meeting decides."""
    guest = {"action": "join", "person": "p1", "email": "ma@college.example"}
    _, uuid = await held(zoom, guest, settings={"email_in_attendee_report": True})
    zoom.wait(minutes=7)

    rows = await rows_of(zoom, uuid)

    assert [row["user_email"] for row in rows] == ["host@office.example", "ma@college.example"]


async def test_the_registrant_id_must_be_asked_for(zoom: Any) -> None:
    """Without `include_fields`, or in a meeting without registration, the field is absent."""
    _, registered = await held(zoom, {"action": "join", "person": "p1"})
    meeting = await zoom.meeting(settings={"approval_type": 2})
    open_to_all = zoom.people(meeting, {"action": "start"}, {"action": "join", "person": "p1"}, {"action": "end"})[0][
        "uuid"
    ]
    zoom.wait(minutes=7)

    unasked = await rows_of(zoom, registered)
    asked = await rows_of(zoom, registered, include_fields="registrant_id")
    without = await rows_of(zoom, open_to_all, include_fields="registrant_id")

    held_by = [["registrant_id" in row for row in rows] for rows in (unasked, asked, without)]
    assert held_by == [[False, False], [True, True], [False, False]]


async def test_coming_back_is_a_new_row_and_so_is_a_new_name(zoom: Any) -> None:
    """Each with a user_id of its own; so are waiting and being admitted."""
    _, uuid = await held(
        zoom,
        {"action": "waiting", "person": "p1", "name": "Lin"},
        {"action": "admit", "person": "p1", "at": "2021-11-10T05:10:00Z"},
        {"action": "leave", "person": "p1", "at": "2021-11-10T05:20:00Z"},
        {"action": "join", "person": "p1", "name": "Lin", "at": "2021-11-10T05:30:00Z"},
        {"action": "rename", "person": "p1", "name": "Lin (NPIC)", "at": "2021-11-10T05:40:00Z"},
    )
    zoom.wait(minutes=7)

    rows = (await rows_of(zoom, uuid))[1:]

    assert [(row["name"], row["status"], row["join_time"][11:16], row["duration"]) for row in rows] == [
        ("Lin", "in_waiting_room", "05:00", 600),
        ("Lin", "in_meeting", "05:10", 600),
        ("Lin", "in_meeting", "05:30", 600),
        ("Lin (NPIC)", "in_meeting", "05:40", 1200),
    ]
    assert len({row["user_id"] for row in rows}) == 4


async def test_one_participant_is_no_report(zoom: Any) -> None:
    """Whoever only waited does not count as the second."""
    _, uuid = await held(zoom, {"action": "waiting", "person": "p1"})
    zoom.wait(minutes=7)

    assert await rows_of(zoom, uuid) == []


async def test_pages_are_smaller_than_asked_for(zoom: Any) -> None:
    """300 are asked for and 30 come; the rows of all pages add up to `total_records`."""
    _, uuid = await held(zoom, *({"action": "join", "person": f"p{number}"} for number in range(40)))
    zoom.wait(minutes=7)
    path = f"/report/meetings/{twice(uuid)}/participants"

    first = (await zoom.call("GET", path, params={"page_size": 300})).json()
    query = {"page_size": 300, "next_page_token": first["next_page_token"]}
    second = (await zoom.call("GET", path, params=query)).json()

    assert (first["page_size"], first["page_count"], first["total_records"]) == (30, 2, 41)
    assert [len(page["participants"]) for page in (first, second)] == [30, 11]
    assert second["next_page_token"] == ""


async def test_a_uuid_with_slashes_needs_double_encoding(zoom: Any) -> None:
    """Single-encoded it is unknown (404 code 3001) when it begins with a slash or holds two; others may be either."""
    seen: set[str] = set()
    for _ in range(16):
        meeting = await zoom.meeting()
        uuid = zoom.people(meeting, {"action": "start"}, {"action": "end"})[0]["uuid"]
        hard = uuid.startswith("/") or "//" in uuid
        single = await zoom.call("GET", f"/past_meetings/{once(uuid)}")
        double = await zoom.call("GET", f"/past_meetings/{twice(uuid)}")

        assert (single.status_code, double.status_code) == (404 if hard else 200, 200)
        assert double.json()["uuid"] == uuid
        seen.add("front" if uuid.startswith("/") else "two" if hard else "plain")

    assert seen == {"front", "two", "plain"}


async def test_a_meeting_id_means_its_latest_instance(zoom: Any) -> None:
    """`instances` lists every ended one, `past_meetings` by id gives the last."""
    meeting = await zoom.meeting()
    first, second = [zoom.people(meeting, {"action": "start"}, {"action": "end"})[0]["uuid"] for _ in range(2)]
    running = zoom.people(meeting, {"action": "start"})[0]["uuid"]

    instances = (await zoom.call("GET", f"/past_meetings/{meeting['id']}/instances")).json()["meetings"]
    latest = (await zoom.call("GET", f"/past_meetings/{meeting['id']}")).json()
    live = await zoom.call("GET", f"/past_meetings/{twice(running)}")

    assert [row["uuid"] for row in instances] == [first, second]
    assert (latest["uuid"], live.status_code) == (second, 404)


async def test_the_meetings_own_uuid_has_no_report(zoom: Any) -> None:
    """The uuid of the create answer is that of no instance."""
    meeting, _ = await held(zoom, {"action": "join", "person": "p1"})
    zoom.wait(minutes=7)

    answer = await zoom.call("GET", f"/report/meetings/{twice(meeting['uuid'])}/participants")

    assert (answer.status_code, answer.json()["code"]) == (404, 3001)


async def test_the_report_of_the_meeting_counts_people_and_minutes(zoom: Any) -> None:
    """People are counted once, their minutes are summed; while it builds both durations are 0."""
    meeting, uuid = await held(
        zoom,
        {"action": "join", "person": "p1"},
        {"action": "leave", "person": "p1", "at": "2021-11-10T05:10:00Z"},
        {"action": "join", "person": "p1", "at": "2021-11-10T05:50:00Z"},
    )
    zoom.wait(minutes=5)
    building = (await zoom.call("GET", f"/report/meetings/{twice(uuid)}")).json()
    zoom.wait(minutes=2)
    complete = (await zoom.call("GET", f"/report/meetings/{twice(uuid)}")).json()

    assert complete == {
        "uuid": uuid,
        "id": meeting["id"],
        "type": 2,
        "topic": "Launch",
        "user_name": "host",
        "user_email": "host@office.example",
        "start_time": "2021-11-10T05:00:00Z",
        "end_time": "2021-11-10T06:00:00Z",
        "duration": 60,
        "total_minutes": 80,
        "participants_count": 2,
        "tracking_fields": [],
        "custom_keys": [],
        "dept": "",
    }
    assert building == {**complete, "duration": 0, "total_minutes": 0}


@pytest.mark.parametrize(("days", "status"), [(365, 200), (366, 400)])
async def test_reports_are_kept_for_a_year(zoom: Any, days: int, status: int) -> None:
    """After that it is 400 code 12702."""
    _, uuid = await held(zoom, {"action": "join", "person": "p1"})
    zoom.wait(days=days)
    await zoom.log_in()

    answer = await zoom.call("GET", f"/report/meetings/{twice(uuid)}/participants")

    assert (answer.status_code, answer.json().get("code")) == (status, None if status == 200 else 12702)


async def test_a_free_account_has_no_reports(new_zoom: Any) -> None:
    """400 code 200, not a missing report."""
    zoom = await new_zoom(plan="free")
    meeting = await zoom.meeting(settings={"approval_type": 2})
    uuid = zoom.people(meeting, {"action": "start"}, {"action": "end"})[0]["uuid"]

    answer = await zoom.call("GET", f"/report/meetings/{twice(uuid)}/participants")

    assert (answer.status_code, answer.json()["code"]) == (400, 200)
