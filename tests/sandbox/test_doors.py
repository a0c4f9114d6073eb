"""Who gets in and who does not: full rooms, countries, start links, invite links, telephones, breakout rooms."""

from datetime import timedelta
from typing import Any

import pytest

from meetbot.sandbox.setup import ReportDelay

START = {"action": "start"}


def join(number: int, **more: Any) -> dict[str, Any]:
    return {"action": "join", "person": f"p{number}", **more}


def refusals(happened: list[dict[str, Any]]) -> list[str]:
    return [effect["reason"] for effect in happened if effect["kind"] == "live.refused"]


@pytest.mark.parametrize(("setup", "places"), [({}, 100), ({"plan": "business"}, 300), ({"capacity": 3}, 3)])
async def test_a_full_meeting_lets_nobody_in(new_zoom: Any, setup: dict[str, Any], places: int) -> None:
    """The host counts, and so does who waits; a place that becomes free can be taken."""
    zoom = await new_zoom(**setup)
    meeting = await zoom.meeting()
    zoom.people(meeting, START, *(join(number) for number in range(places - 2)), {"action": "waiting", "person": "w"})

    full = zoom.people(meeting, join(1000))
    free = zoom.people(meeting, {"action": "leave", "person": "w"}, join(1000))

    assert refusals(full) == ["the meeting is full"]
    assert [effect["kind"] for effect in free] == ["live.left", "live.joined"]


@pytest.mark.parametrize(
    ("rule", "in_from"),
    [
        ({"enable": True, "method": "approve", "approved_list": ["KH"]}, ["KH", None]),
        ({"enable": True, "method": "deny", "denied_list": ["KH"]}, ["TH", None]),
        ({"enable": False}, ["KH", "TH", None]),
    ],
)
async def test_countries_are_let_in_or_not(zoom: Any, rule: dict[str, Any], in_from: list[str | None]) -> None:
    """Somebody whose country is not told comes in."""
    meeting = await zoom.meeting(settings={"approved_or_denied_countries_or_regions": rule})
    zoom.people(meeting, START)

    came = [
        country
        for number, country in enumerate(("KH", "TH", None))
        if not refusals(zoom.people(meeting, join(number, country=country)))
    ]

    assert came == in_from


async def test_the_account_keeps_a_country_out(new_zoom: Any) -> None:
    """Whatever the meeting says."""
    zoom = await new_zoom(denied_countries=("XX",))
    meeting = await zoom.meeting()
    zoom.people(meeting, START)

    assert refusals(zoom.people(meeting, join(1, country="xx"))) == ["nobody may come in from XX"]


async def test_a_start_link_dies_after_two_hours(zoom: Any) -> None:
    """GET gives a fresh one; a made-up link is 400."""
    meeting = await zoom.meeting()
    old = meeting["start_url"]

    zoom.wait(hours=1, minutes=59, seconds=59)
    zoom.people(meeting, {**START, "start_link": old}, {"action": "end"})
    zoom.wait(seconds=1)
    late = zoom.people(meeting, {**START, "start_link": old})
    await zoom.log_in()
    fresh = (await zoom.call("GET", f"/meetings/{meeting['id']}")).json()["start_url"]
    started = zoom.people(meeting, {**START, "start_link": fresh})
    made_up = await zoom.http.post(
        "/_sandbox/people", json=[{"meeting": meeting["id"], **START, "start_link": "https://zoom.us/s/1?zak=x"}]
    )

    assert (refusals(late), started[0]["kind"]) == (["this start link has expired"], "live.started")
    assert (made_up.status_code, made_up.json()["errors"][0]["field"]) == (400, "[0].start_link")
    assert [effect["kind"] for effect in zoom.effects()].count("live.started") == 2


async def test_invite_links_bear_a_name_for_a_while(zoom: Any) -> None:
    """No registration, no address; after `ttl` seconds the link lets nobody in."""
    meeting = await zoom.meeting(settings={"approval_type": 2})
    answer = await zoom.call(
        "POST",
        f"/meetings/{meeting['id']}/invite_links",
        json={"attendees": [{"name": "Lin"}, {"name": "Ma"}], "ttl": 60},
    )
    lin, ma = answer.json()["attendees"]
    zoom.people(meeting, START)

    in_time = zoom.people(meeting, join(1, join_link=lin["join_url"], name="Other"))
    zoom.wait(seconds=60)
    late = zoom.people(meeting, join(2, join_link=ma["join_url"]))

    assert (answer.status_code, [row["name"] for row in (lin, ma)]) == (201, ["Lin", "Ma"])
    assert [(effect["kind"], effect["name"], effect["email"]) for effect in in_time] == [("live.joined", "Lin", "")]
    assert refusals(late) == ["this invite link has expired"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"attendees": []}, "attendees"),
        ({"attendees": [{"name": "x"}] * 501}, "attendees"),
        ({"attendees": [{"name": "x" * 65}]}, "attendees"),
        ({"attendees": [{"name": "x"}], "ttl": 7_776_001}, "ttl"),
    ],
)
async def test_invite_links_have_bounds(zoom: Any, body: dict[str, Any], field: str) -> None:
    """500 people, 64 characters, 90 days."""
    meeting = await zoom.meeting()

    answer = await zoom.call("POST", f"/meetings/{meeting['id']}/invite_links", json=body)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


async def test_the_invitation_tells_how_to_come_in(zoom: Any) -> None:
    """Text with the topic, the link, the number and the passcode."""
    meeting = await zoom.meeting(settings={"approval_type": 2}, password="kampot")

    body = (await zoom.call("GET", f"/meetings/{meeting['id']}/invitation")).json()

    lines = body["invitation"].split("\r\n")
    assert {"Topic: Launch", meeting["join_url"], f"Meeting ID: {meeting['id']}", "Passcode: kampot"} <= set(lines)
    assert body["sip_links"] == []


async def attended(zoom: Any, *rows: dict[str, Any], **body: Any) -> list[dict[str, Any]]:
    """The report on a meeting of one hour with these people."""
    meeting = await zoom.meeting(start_time="2021-11-10T05:00:00Z", **body)
    zoom.people(meeting, START, *rows, {"action": "end", "at": "2021-11-10T06:00:00Z"})
    zoom.wait(hours=2)
    await zoom.log_in()
    answer = await zoom.call("GET", f"/report/meetings/{meeting['id']}/participants")
    return list(answer.json()["participants"])


async def test_who_comes_by_telephone_has_a_number_for_a_name(zoom: Any) -> None:
    """And no address."""
    rows = await attended(zoom, {"action": "join", "phone": "+85512345678"})

    assert (rows[1]["name"], rows[1]["user_email"], rows[1]["id"]) == ("+85512345678", "", "")


async def test_a_breakout_room_is_a_row_of_its_own(zoom: Any) -> None:
    """It parts the row of the main room; two people in one room have one `bo_mtg_id`."""
    rows = await attended(
        zoom,
        *(join(number) for number in (1, 2)),
        *(
            {"action": "breakout", "person": f"p{number}", "room": "Electricity", "at": "2021-11-10T05:10:00Z"}
            for number in (1, 2)
        ),
        {"action": "breakout", "person": "p1", "at": "2021-11-10T05:30:00Z"},
        settings={"breakout_room": {"enable": True}},
    )

    lin = [
        (row["join_time"][11:16], row["leave_time"][11:16], "bo_mtg_id" in row) for row in (rows[1], rows[3], rows[5])
    ]
    assert lin == [("05:00", "05:10", False), ("05:10", "05:30", True), ("05:30", "06:00", False)]
    assert rows[3]["bo_mtg_id"] == rows[4]["bo_mtg_id"]
    assert len({row["user_id"] for row in rows}) == len(rows) == 6


async def test_a_new_name_in_a_breakout_room_stays_there(zoom: Any) -> None:
    """The new row has the room's id too."""
    rows = await attended(
        zoom,
        join(1),
        {"action": "breakout", "person": "p1", "room": "A"},
        {"action": "rename", "person": "p1", "name": "Lin"},
        settings={"breakout_room": {"enable": True}},
    )

    assert [(row["name"], "bo_mtg_id" in row) for row in rows[1:]] == [("Guest", False), ("Guest", True), ("Lin", True)]


async def test_without_breakout_rooms_nobody_moves(zoom: Any) -> None:
    """A refusal with its reason."""
    meeting = await zoom.meeting()
    zoom.people(meeting, START)

    moved = zoom.people(meeting, {"action": "breakout", "person": "host", "room": "A"})

    assert refusals(moved) == ["the meeting has no breakout rooms"]


async def test_F35_a_report_may_be_revised(new_zoom: Any) -> None:
    """Long after it was complete it tells of another row and other durations."""
    none = timedelta(0)
    zoom = await new_zoom(report_delay=ReportDelay(none, none, none, revised=timedelta(hours=3)))
    first = await attended(zoom, join(1))
    zoom.wait(hours=2)
    await zoom.log_in()

    path = f"/report/meetings/{zoom.effects()[0]['meeting']}/participants"
    second = (await zoom.call("GET", path)).json()["participants"]

    assert [row["duration"] for row in first] == [3600, 3600]
    assert [row["duration"] for row in second] == [3600, 1200, 1200]


async def test_effects_tell_all_that_a_webhook_needs(zoom: Any) -> None:
    """Who it was to Zoom, on which device, under which ids; joined and left pair by `participant_uuid`."""
    meeting = await zoom.meeting()
    lin = (await zoom.registrant(meeting))["registrant_id"]
    zoom.people(meeting, START)

    joined, left, back = zoom.people(
        meeting,
        join(1, registrant_id=lin),
        {"action": "leave", "person": "p1"},
        join(1, registrant_id=lin),
    )

    assert joined == {
        "kind": "live.joined",
        "meeting": meeting["id"],
        "uuid": zoom.sandbox.account.meetings[meeting["id"]].live.uuid,
        "person": "p1",
        "device": "computer",
        "where": "in_meeting",
        "user_id": "16779264",
        "participant_uuid": joined["participant_uuid"],
        "name": "Lin Ma",
        "email": "lin@college.example",
        "registrant": lin,
        "account_user_id": "",
        "phone": "",
        "before_host": False,
    }
    assert left == {**joined, "kind": "live.left", "reason": "left of their own will"}
    assert back == {**joined, "user_id": "16780288"}


async def test_the_end_sends_everybody_out(zoom: Any) -> None:
    """One effect for each device, then that of the end."""
    meeting = await zoom.meeting(settings={"auto_recording": "cloud"})
    zoom.people(meeting, START, join(1), join(1, device="phone"))

    ended = zoom.people(meeting, {"action": "end"})

    assert [(effect["kind"], effect.get("device")) for effect in ended] == [
        ("live.left", "computer"),
        ("live.left", "computer"),
        ("live.left", "phone"),
        ("recording.stop", None),
        ("live.ended", None),
    ]
