"""What REST can do inside a live meeting, and what the chat group lets through."""

from typing import Any

import pytest

START = {"action": "start"}
CHAT = {"continuous_meeting_chat": {"enable": True}}
HOST = "host@office.example"


async def control(zoom: Any, meeting: dict[str, Any], method: str, **params: Any) -> Any:
    return await zoom.call("PATCH", f"/live_meetings/{meeting['id']}/events", json={"method": method, "params": params})


async def test_the_waiting_room_is_told_something(zoom: Any) -> None:
    """Only those who are still waiting see it."""
    meeting = await zoom.meeting()
    zoom.people(meeting, START, {"action": "waiting", "person": "p1"}, {"action": "join", "person": "p2"})

    answer = await control(zoom, meeting, "waiting_room.update", waiting_room_title="Soon")

    effect = zoom.effects()[-1]
    assert (answer.status_code, effect["kind"]) == (202, "live.waiting_room_changed")
    assert (effect["title"], effect["seen_by"]) == ("Soon", ["p1"])


async def test_colleagues_are_invited_into_a_meeting(zoom: Any) -> None:
    """Ten users of the account at most; a stranger is 404."""
    meeting = await zoom.meeting()
    zoom.people(meeting, START)

    invited = await control(zoom, meeting, "participant.invite", contacts=[{"email": "a@office.example"}])
    many = await control(zoom, meeting, "participant.invite", contacts=[{"email": "a@office.example"}] * 11)
    stranger = await control(zoom, meeting, "participant.invite", contacts=[{"email": "x@elsewhere.org"}])

    assert [answer.status_code for answer in (invited, many, stranger)] == [202, 400, 404]
    assert zoom.effects()[-1]["emails"] == ["a@office.example"]


@pytest.mark.parametrize(
    ("method", "params", "status"),
    [
        ("participant.invite.callout", {"phone_number": "+855123"}, 202),
        ("participant.invite.callout", {}, 400),
        ("ai_companion.start", {}, 202),
        ("chat.send", {"message": "Hello"}, 400),
        ("participant.mute", {}, 400),
    ],
)
async def test_other_controls(zoom: Any, method: str, params: dict[str, Any], status: int) -> None:
    """There is no call that mutes, admits or writes into the chat."""
    meeting = await zoom.meeting()
    zoom.people(meeting, START)

    answer = await control(zoom, meeting, method, **params)

    assert answer.status_code == status


async def test_without_cloud_recording_nothing_is_recorded(new_zoom: Any) -> None:
    """400 code 3000."""
    zoom = await new_zoom(cloud_recording=False)
    meeting = await zoom.meeting()
    zoom.people(meeting, START)

    answer = await control(zoom, meeting, "recording.start")

    assert (answer.status_code, answer.json()["code"]) == (400, 3000)


async def post(zoom: Any, channel: str, message: str = "Hello", sender: str = HOST) -> Any:
    return await zoom.call("POST", f"/chat/users/{sender}/messages", json={"message": message, "to_channel": channel})


def channel_of(meeting: dict[str, Any]) -> str:
    return str(meeting["settings"]["continuous_meeting_chat"]["channel_id"])


@pytest.mark.parametrize(("reaches", "seen_by"), [(True, ["host", "p1"]), (False, ["host"])])
async def test_a_post_may_not_reach_guests(new_zoom: Any, reaches: bool, seen_by: list[str]) -> None:
    """201 in both cases: the client cannot know. Who waits or is in a breakout room sees nothing."""
    zoom = await new_zoom(chat_reaches_guests=reaches)
    meeting = await zoom.meeting(settings={**CHAT, "breakout_room": {"enable": True}})
    zoom.people(
        meeting,
        START,
        {"action": "join", "person": "p1"},
        {"action": "waiting", "person": "p2"},
        {"action": "join", "person": "p3"},
        {"action": "breakout", "person": "p3", "room": "A"},
    )

    answer = await post(zoom, channel_of(meeting))

    effect = zoom.effects()[-1]
    assert (answer.status_code, set(answer.json())) == (201, {"id"})
    assert (effect["kind"], effect["message"], effect["seen_by"]) == ("chat.posted", "Hello", seen_by)


async def test_only_members_post(zoom: Any) -> None:
    """Host and invitees are members, and who was added since; at most five in one call."""
    guest, late = "guest@office.example", "late@office.example"
    await zoom.call("GET", f"/users/{guest}")
    meeting = await zoom.meeting(settings={**CHAT, "meeting_invitees": [{"email": guest}]})
    channel = channel_of(meeting)
    members = f"/chat/channels/{channel}/members"

    too_early = await zoom.call("POST", members, json={"members": [{"email": late}]})
    first = [(await post(zoom, channel, sender=sender)).status_code for sender in (HOST, guest, late)]
    added = await zoom.call("POST", members, json={"members": [{"email": late}]})
    six = await zoom.call("POST", members, json={"members": [{"email": late}] * 6})
    after = await post(zoom, channel, sender=late)

    assert (too_early.status_code, too_early.json()["code"]) == (404, 4130)
    assert (first, added.status_code, six.status_code, after.status_code) == ([201, 201, 400], 201, 400, 201)


async def test_the_first_start_makes_the_group(zoom: Any) -> None:
    """Also without any message."""
    meeting = await zoom.meeting(settings=CHAT)
    zoom.people(meeting, START)

    added = await zoom.call(
        "POST", f"/chat/channels/{channel_of(meeting)}/members", json={"members": [{"email": "late@office.example"}]}
    )

    assert added.status_code == 201


@pytest.mark.parametrize(("message", "status"), [("x" * 1024, 201), ("x" * 1025, 400), ("", 400)])
async def test_a_message_has_its_length(zoom: Any, message: str, status: int) -> None:
    """1 to 1,024 characters."""
    meeting = await zoom.meeting(settings=CHAT)

    assert (await post(zoom, channel_of(meeting), message)).status_code == status


async def test_without_continuous_chat_there_is_no_channel(zoom: Any) -> None:
    """404 code 4130, also for the empty name."""
    await zoom.meeting()

    answers = [await post(zoom, channel) for channel in ("", "web_sch_x")]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, 4130)] * 2


async def test_a_channel_that_is_too_fast_is_blocked(new_zoom: Any) -> None:
    """The eleventh message of a second blocks it for ten; another channel is free."""
    zoom = await new_zoom(limits=True)
    meeting, other = await zoom.meeting(settings=CHAT), await zoom.meeting(settings=CHAT)
    channel = channel_of(meeting)

    burst = [(await post(zoom, channel)).status_code for _ in range(11)]
    elsewhere = (await post(zoom, channel_of(other))).status_code
    zoom.real_seconds += 9.9
    blocked = (await post(zoom, channel)).status_code
    zoom.real_seconds += 0.1
    free = (await post(zoom, channel)).status_code

    assert (burst, elsewhere, blocked, free) == ([201] * 10 + [429], 201, 429, 201)


async def test_a_channel_has_a_slower_pace_too(new_zoom: Any) -> None:
    """Thirty in ten seconds, however evenly: the next blocks it for thirty."""
    zoom = await new_zoom(limits=True)
    channel = channel_of(await zoom.meeting(settings=CHAT))

    statuses = []
    for _ in range(31):
        statuses.append((await post(zoom, channel)).status_code)
        zoom.real_seconds += 0.2
    zoom.real_seconds += 29
    blocked = (await post(zoom, channel)).status_code
    zoom.real_seconds += 1
    free = (await post(zoom, channel)).status_code

    assert (statuses, blocked, free) == ([201] * 30 + [429], 429, 201)
