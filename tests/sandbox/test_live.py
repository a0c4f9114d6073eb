"""While a meeting runs: instances, people, hosts with too many meetings, recording."""

from typing import Any

import pytest

START = {"action": "start"}


def kinds(effects: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(effect["kind"].removeprefix("live."), effect.get("person")) for effect in effects]


async def test_every_start_is_a_new_instance(zoom: Any) -> None:
    """The instance's uuid is neither the meeting's nor the last one's."""
    meeting = await zoom.meeting()

    first = zoom.people(meeting, START)[0]
    zoom.people(meeting, {"action": "end"})
    second = zoom.people(meeting, START)[0]

    assert (first["kind"], second["kind"]) == ("live.started", "live.started")
    assert len({meeting["uuid"], first["uuid"], second["uuid"]}) == 3


async def test_a_live_meeting_reads_started(zoom: Any) -> None:
    """Before and after it is waiting."""
    meeting = await zoom.meeting()

    async def status() -> str:
        return str((await zoom.call("GET", f"/meetings/{meeting['id']}")).json()["status"])

    before = await status()
    zoom.people(meeting, START)
    during = await status()
    zoom.people(meeting, {"action": "leave", "person": "host"})

    assert (before, during, await status()) == ("waiting", "started", "waiting")


async def test_people_act_when_their_moment_comes(zoom: Any) -> None:
    """In the order of time, whatever the order of the rows; the ledger bears their own moments."""
    meeting = await zoom.meeting()
    zoom.people(
        meeting,
        {"at": "2021-11-10T07:05:00Z", "action": "join", "person": "p1", "name": "Lin"},
        {"at": "2021-11-10T06:55:00Z", "action": "start"},
        {"at": "2021-11-10T10:00:00Z", "action": "end"},
    )

    zoom.wait(hours=3)

    happened = [entry for entry in zoom.sandbox.ledger.entries if entry["request"] is None]
    assert [(entry["at"][11:16], entry["effect"]["kind"]) for entry in happened] == [
        ("06:55", "live.started"),
        ("06:55", "live.joined"),
        ("07:05", "live.joined"),
    ]


async def test_a_moment_that_has_passed_means_now(zoom: Any) -> None:
    """The ledger never goes back."""
    meeting = await zoom.meeting()

    zoom.people(meeting, {"at": "2021-11-10T04:00:00Z", "action": "start"})

    assert {entry["at"][11:19] for entry in zoom.sandbox.ledger.entries} == {"05:00:00"}


async def test_who_comes_before_the_host_waits(zoom: Any) -> None:
    """The host's start lets them in; who gave up before is not there."""
    meeting = await zoom.meeting()

    early = zoom.people(
        meeting,
        {"action": "join", "person": "p1"},
        {"action": "waiting", "person": "p2"},
        {"action": "join", "person": "p3"},
        {"action": "leave", "person": "p3"},
    )
    started = zoom.people(meeting, START)

    assert kinds(early) == [
        ("waiting_for_host", "p1"),
        ("waiting_for_host", "p2"),
        ("waiting_for_host", "p3"),
        ("left", "p3"),
    ]
    assert kinds(started) == [("started", None), ("joined", "host"), ("joined", "p1"), ("waiting", "p2")]


async def test_join_before_host_opens_the_meeting(zoom: Any) -> None:
    """From `jbh_time` minutes before the start, not earlier."""
    meeting = await zoom.meeting(settings={"join_before_host": True, "jbh_time": 10})

    zoom.wait(hours=1, minutes=49)
    early = zoom.people(meeting, {"action": "join", "person": "p1"})
    zoom.wait(minutes=1)
    near = zoom.people(meeting, {"action": "join", "person": "p2"})

    assert kinds(early) == [("waiting_for_host", "p1")]
    assert kinds(near) == [("started", None), ("joined", "p2"), ("joined", "p1")]


async def test_the_last_one_out_ends_the_meeting(zoom: Any) -> None:
    """The host may leave before the others."""
    meeting = await zoom.meeting()
    zoom.people(meeting, START, {"action": "join", "person": "p1"})

    happened = zoom.people(meeting, {"action": "leave", "person": "host"}, {"action": "leave", "person": "p1"})

    assert kinds(happened) == [("left", "host"), ("left", "p1"), ("ended", None)]


async def test_a_join_link_brings_its_registrant(zoom: Any) -> None:
    """The link from the letter is enough to come in under the registrant's name; a made-up link is refused."""
    meeting = await zoom.meeting()
    lin = await zoom.registrant(meeting)
    zoom.people(meeting, START)

    joined = zoom.people(meeting, {"action": "join", "person": "p1", "join_link": lin["join_url"]})
    made_up = await zoom.http.post(
        "/_sandbox/people",
        json=[{"meeting": meeting["id"], "action": "join", "join_link": "https://us06web.zoom.us/w/1?tk=x"}],
    )

    assert [(effect["name"], effect["registrant"]) for effect in joined] == [("Lin Ma", lin["registrant_id"])]
    assert (made_up.status_code, made_up.json()["errors"][0]["field"]) == (400, "[0].join_link")


@pytest.mark.parametrize("several", [False, True])
async def test_one_link_is_for_one_device(zoom: Any, several: bool) -> None:
    """Unless the meeting allows several; after leaving, the link works again."""
    meeting = await zoom.meeting(settings={"allow_multiple_devices": several})
    lin = (await zoom.registrant(meeting))["registrant_id"]
    zoom.people(meeting, START)
    row = {"action": "join", "person": "p1", "registrant_id": lin}

    happened = zoom.people(
        meeting, row, {**row, "device": "phone"}, {"action": "leave", "person": "p1"}, {**row, "device": "phone"}
    )

    second = "joined" if several else "refused"
    devices_left = ["left"] * (2 if several else 1)
    assert [kind for kind, _ in kinds(happened)] == ["joined", second, *devices_left, "joined"]


async def test_what_zoom_would_not_allow_is_refused_with_a_reason(zoom: Any) -> None:
    """Refusals change nothing and stand in the ledger."""
    meeting = await zoom.meeting()
    pending = (await zoom.registrant(meeting, auto_approve=False))["registrant_id"]

    before = zoom.people(meeting, {"action": "end"}, {"action": "start", "email": "stranger@x.org"})
    zoom.people(meeting, START)
    during = zoom.people(
        meeting,
        {"action": "join", "person": "p1", "registrant_id": pending},
        {"action": "leave", "person": "p1"},
        {"action": "start"},
        {"action": "admit", "person": "host"},
    )

    assert [effect["reason"] for effect in before + during] == [
        "the meeting is not live",
        "only the host or an alternative host starts a meeting",
        "this registrant is not approved",
        "this person is not there",
        "this person is there already",
        "this person is not there",
    ]


@pytest.mark.parametrize(("plan", "most"), [("pro", 1), ("business", 2)])
async def test_a_host_runs_one_meeting_at_a_time_or_two(new_zoom: Any, plan: str, most: int) -> None:
    """One more start is refused; another host is free."""
    zoom = await new_zoom(plan=plan)
    meetings = [await zoom.meeting() for _ in range(most + 1)]
    other = await zoom.meeting(host="other@office.example")

    started = [zoom.people(meeting, START)[0]["kind"] for meeting in [*meetings, other]]

    assert started == ["live.started"] * most + ["live.refused", "live.started"]


async def test_a_wrong_row_names_its_place_and_nobody_acts(zoom: Any) -> None:
    """400 code 300 for the list as a whole."""
    meeting = await zoom.meeting()
    good = {"meeting": meeting["id"], "action": "start"}

    wrong = [
        {**good, "action": "dance"},
        {**good, "meeting": "launch"},
        {**good, "at": "2021-11-10T07:00:00"},
    ]
    answers = [await zoom.http.post("/_sandbox/people", json=[good, row]) for row in wrong]

    assert [(answer.status_code, answer.json()["errors"][0]["field"]) for answer in answers] == [
        (400, "[1].action"),
        (400, "[1].meeting"),
        (400, "[1].at"),
    ]
    assert (await zoom.http.get("/_sandbox/state")).json()["meetings"][0]["live"] is None


async def control(zoom: Any, meeting: dict[str, Any], method: str) -> int:
    answer = await zoom.call("PATCH", f"/live_meetings/{meeting['id']}/events", json={"method": method})
    return int(answer.status_code)


async def recording(zoom: Any) -> str:
    state = (await zoom.http.get("/_sandbox/state")).json()
    return str(state["meetings"][0]["live"]["recording"])


async def test_recording_moves_only_in_a_live_meeting(zoom: Any) -> None:
    """202 each time once the host has started it, 400 code 3000 before; a senseless move is 202 and changes nothing."""
    meeting = await zoom.meeting()

    refused = await control(zoom, meeting, "recording.start")
    zoom.people(meeting, START)
    moves = ["recording.pause", "recording.start", "recording.pause", "recording.resume", "recording.stop"]
    statuses, states = [], []
    for method in moves:
        statuses.append(await control(zoom, meeting, method))
        states.append(await recording(zoom))

    assert (refused, statuses, states) == (400, [202] * 5, ["off", "on", "paused", "on", "off"])
    assert [effect["kind"] for effect in zoom.effects()[-4:]] == [
        "recording.start",
        "recording.pause",
        "recording.resume",
        "recording.stop",
    ]


async def test_recording_needs_the_host(zoom: Any) -> None:
    """People who opened the meeting before the host cannot be recorded."""
    meeting = await zoom.meeting(settings={"join_before_host": True})
    zoom.people(meeting, {"action": "join", "person": "p1"})

    without = await control(zoom, meeting, "recording.start")
    zoom.people(meeting, START)

    assert (without, await control(zoom, meeting, "recording.start")) == (400, 202)


async def test_automatic_cloud_recording_starts_with_the_host(zoom: Any) -> None:
    """No call is needed."""
    meeting = await zoom.meeting(settings={"auto_recording": "cloud"})

    zoom.people(meeting, START)

    assert await recording(zoom) == "on"
