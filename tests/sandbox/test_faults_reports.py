"""Fault verbs of the participant report: its stages one after the other, and rows that lie."""

import json
from typing import Any

import pytest

Row = dict[str, Any]
SPAN = ("name", "join_time", "leave_time", "duration", "status")


@pytest.fixture
async def held(zoom: Any) -> Any:
    """A meeting of 07:00-08:00, with its host, and a registrant who came at 07:20; its report is complete."""
    meeting = await zoom.meeting()
    lin = await zoom.registrant(meeting, first_name="Siphandone", last_name="ສີພັນດອນ")
    zoom.people(
        meeting,
        {"action": "start", "at": "2021-11-10T07:00:00Z"},
        {"action": "join", "join_link": lin["join_url"], "at": "2021-11-10T07:20:00Z"},
        {"action": "end", "at": "2021-11-10T08:00:00Z"},
    )
    zoom.wait(hours=4)
    await zoom.log_in()
    zoom.path = f"/report/meetings/{meeting['id']}/participants"
    return zoom


async def read(zoom: Any, verbs: object, **query: object) -> Row:
    zoom.sandbox.set_faults(json.dumps({"zoom": [{"when": {"path": "/v2/report/**"}, "do": verbs}]}))
    answer = await zoom.call("GET", zoom.path, params={"include_fields": "registrant_id", **query})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def rows(zoom: Any, how: object, **query: object) -> list[Row]:
    return list((await read(zoom, {"participants": how}, **query))["participants"])


def spans(listed: list[Row]) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in SPAN) for row in listed]


HOST = ("host", "2021-11-10T07:00:00Z", "2021-11-10T08:00:00Z", 3600, "in_meeting")
LIN = ("Siphandone ສີພັນດອນ", "2021-11-10T07:20:00Z", "2021-11-10T08:00:00Z", 2400, "in_meeting")


async def test_Z10_a_report_comes_late_empty_partial_and_is_revised(held: Any) -> None:
    """One stage for each reading, then the last one for ever; a revised report has one row more."""
    stages = {"report": ["missing", "empty", "building", "complete", "revised"]}
    held.sandbox.set_faults(json.dumps({"zoom": [{"when": {"path": "/v2/report/**"}, "do": stages}]}))

    seen = []
    for _ in range(6):
        answer = await held.call("GET", held.path)
        listed = answer.json().get("participants", [])
        seen.append((answer.status_code, len(listed), sum(row["duration"] for row in listed)))

    assert seen == [(404, 0, 0), (200, 0, 0), (200, 1, 0), (200, 2, 6000), (200, 3, 5200), (200, 3, 5200)]


async def test_Z10_the_pages_of_one_reading_are_of_one_stage(held: Any) -> None:
    """A request with a page token goes on reading, it does not read anew."""
    held.sandbox.set_faults(
        json.dumps({"zoom": [{"when": {"path": "/v2/report/**"}, "do": {"report": ["complete", "missing"]}}]})
    )
    first = (await held.call("GET", held.path, params={"page_size": 1})).json()
    query = {"page_size": 1, "next_page_token": first["next_page_token"]}
    second = await held.call("GET", held.path, params=query)
    anew = await held.call("GET", held.path, params={"page_size": 1})

    assert [answer.status_code for answer in (second, anew)] == [200, 404]
    assert len(first["participants"]) == len(second.json()["participants"]) == 1


async def test_Z10_a_revised_report_knows_of_an_absence(held: Any) -> None:
    """Who came last was out for the middle third."""
    listed = (await read(held, {"report": "revised"}))["participants"]

    assert spans(listed) == [
        HOST,
        (LIN[0], "2021-11-10T07:20:00Z", "2021-11-10T07:33:20Z", 800, "in_meeting"),
        (LIN[0], "2021-11-10T07:46:40Z", "2021-11-10T08:00:00Z", 800, "in_meeting"),
    ]
    assert len({row["user_id"] for row in listed}) == 3


async def test_Z08_rows_lack_what_they_should_have(held: Any) -> None:
    """Addresses, ids, zones, half of a name; the rest is as ever."""
    blank = await rows(held, "blank_email")
    nameless = await rows(held, "no_registrant_id")
    naive = await rows(held, "naive_times")
    cut = await rows(held, "cut_names")
    same = await rows(held, "same_name")

    assert [row["user_email"] for row in blank] == ["", ""]
    assert [("registrant_id" in row, row["user_email"] != "") for row in nameless] == [(False, True)] * 2
    assert [row["join_time"] for row in naive] == ["2021-11-10T07:00:00", "2021-11-10T07:20:00"]
    assert [row["name"] for row in cut] == ["host", "Siphandone ?"]
    assert [row["name"] for row in same] == ["host", "host"]
    assert [len(listed) for listed in (blank, nameless, naive, cut, same)] == [2] * 5


async def test_Z08_somebody_left_before_coming(held: Any) -> None:
    """The last row alone."""
    assert spans(await rows(held, "negative")) == [
        HOST,
        (LIN[0], "2021-11-10T08:00:00Z", "2021-11-10T07:20:00Z", -2400, "in_meeting"),
    ]


async def test_Z09_one_person_has_45_segments(held: Any) -> None:
    """Who was in longest, a second out between two; pages and their total tell the same."""
    first = await read(held, {"participants": "many_segments"})
    rest = await rows(held, "many_segments", next_page_token=first["next_page_token"])
    listed = [*first["participants"], *rest]

    assert (first["total_records"], len(listed), len({row["user_id"] for row in listed})) == (46, 46, 46)
    assert spans(listed)[:2] == [
        ("host", "2021-11-10T07:00:00Z", "2021-11-10T07:01:19Z", 79, "in_meeting"),
        ("host", "2021-11-10T07:01:20Z", "2021-11-10T07:02:39Z", 79, "in_meeting"),
    ]
    assert spans(listed)[-1] == LIN


async def test_Z09_everybody_has_two_devices_and_waited(held: Any) -> None:
    """Distortions follow one another in the order of the script."""
    two = await rows(held, "two_devices")
    both = await rows(held, ["two_devices", "waiting_room"])

    assert spans(two) == [
        HOST,
        ("host", "2021-11-10T07:30:00Z", "2021-11-10T08:00:00Z", 1800, "in_meeting"),
        LIN,
        (LIN[0], "2021-11-10T07:40:00Z", "2021-11-10T08:00:00Z", 1200, "in_meeting"),
    ]
    assert spans(both)[::2] == [
        (row[0], waited, row[1], 300, "in_waiting_room")
        for row, waited in zip(
            spans(two),
            ["2021-11-10T06:55:00Z", "2021-11-10T07:25:00Z", "2021-11-10T07:15:00Z", "2021-11-10T07:35:00Z"],
            strict=True,
        )
    ]
    assert spans(both)[1::2] == spans(two)
    assert [len({row["user_id"] for row in listed}) for listed in (two, both)] == [4, 8]


async def test_the_past_meetings_rows_lie_as_well(held: Any) -> None:
    """One script for both sources, if its path fits both."""
    held.sandbox.set_faults(json.dumps({"zoom": [{"when": {}, "do": {"participants": "blank_email"}}]}))
    answer = await held.call("GET", held.path.replace("report/meetings", "past_meetings"))

    assert [row["user_email"] for row in answer.json()["participants"]] == ["", ""]
