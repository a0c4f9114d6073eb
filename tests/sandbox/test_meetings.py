"""Meetings: what create stores, what it silently changes, what it refuses; update, delete, end, list."""

from typing import Any

import pytest

from meetbot.sandbox import defaults


async def test_create_stores_what_was_asked_and_get_shows_it(zoom: Any) -> None:
    """201 with number, uuid and links; GET gives the same meeting with a fresh start link."""
    created = await zoom.meeting(agenda="meetbot:ref=a1", timezone="Asia/Bangkok", password="kampot")

    got = (await zoom.call("GET", f"/meetings/{created['id']}")).json()

    start_urls = {created.pop("start_url"), got.pop("start_url")}
    assert got == created
    assert len(start_urls) == 2
    assert {key: got[key] for key in ("topic", "type", "start_time", "duration", "timezone", "agenda", "password")} == {
        "topic": "Launch",
        "type": 2,
        "start_time": "2021-11-10T07:00:00Z",
        "duration": 180,
        "timezone": "Asia/Bangkok",
        "agenda": "meetbot:ref=a1",
        "password": "kampot",
    }
    assert type(got["id"]) is int
    assert got["status"] == "waiting"
    assert got["settings"] == {**defaults.DEFAULTS, "approval_type": 1, "global_dial_in_numbers": []}


async def test_with_registration_the_join_url_leads_to_the_form(zoom: Any) -> None:
    """Without registration it leads into the meeting and carries the passcode."""
    open_to_all = await zoom.meeting(settings={"approval_type": 2}, password="kampot")
    registered = await zoom.meeting()

    assert open_to_all["join_url"] == f"https://us06web.zoom.us/j/{open_to_all['id']}?pwd=kampot"
    assert "registration_url" not in open_to_all
    assert registered["join_url"] == registered["registration_url"]
    assert registered["join_url"].startswith("https://us06web.zoom.us/meeting/register/")


@pytest.mark.parametrize(
    ("start_time", "timezone", "stored"),
    [
        ("2021-11-10T07:00:00Z", "Asia/Bangkok", "2021-11-10T07:00:00Z"),
        ("2021-11-10T14:00:00", "Asia/Bangkok", "2021-11-10T07:00:00Z"),
        ("2021-11-10T05:00:00Z", "UTC", "2021-11-10T05:00:00Z"),
        ("2021-11-10T04:59:59Z", "UTC", "2021-11-10T05:00:00Z"),
        (None, "UTC", "2021-11-10T05:00:00Z"),
    ],
)
async def test_a_start_is_utc_with_z_local_without_and_now_when_past(
    zoom: Any, start_time: str | None, timezone: str, stored: str
) -> None:
    """A past or missing start silently becomes now (05:00)."""
    meeting = await zoom.meeting(start_time=start_time, timezone=timezone)

    assert meeting["start_time"] == stored


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"topic": "x" * 201}, "topic"),
        ({"agenda": "x" * 2001}, "agenda"),
        ({"password": "x" * 11}, "password"),
        ({"password": "kam pot"}, "password"),
        ({"duration": 0}, "duration"),
        ({"duration": 1441}, "duration"),
        ({"duration": "60"}, "duration"),
        ({"type": 4}, "type"),
        ({"start_time": "2021-11-10T14:00:00+07:00"}, "start_time"),
        ({"start_time": "tomorrow"}, "start_time"),
        ({"timezone": "Asia/Yangon"}, "timezone"),
        ({"timezone": "Bangkok"}, "timezone"),
        ({"settings": {"approval_type": 7}}, "settings.approval_type"),
        ({"settings": {"waiting_room": "yes"}}, "settings.waiting_room"),
        ({"settings": {"alternative_hosts": "stranger@elsewhere.org"}}, "settings.alternative_hosts"),
        ({"settings": []}, "settings"),
        ({"custom_keys": [{"key": "k", "value": "v"}] * 11}, "custom_keys"),
        ({"custom_keys": [{"key": "k" * 65, "value": "v"}]}, "custom_keys"),
        ({"custom_keys": [{"key": "k", "value": "v" * 257}]}, "custom_keys"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_made(zoom: Any, body: dict[str, Any], field: str) -> None:
    """400 code 300 `Validation Failed.` with the field in errors[]."""
    answer = await zoom.call("POST", "/users/host@office.example/meetings", json=body)

    assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == (400, 300, "Validation Failed.")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert zoom.effects() == []


async def test_the_longest_allowed_fields_pass(zoom: Any) -> None:
    """200, 2,000 and 10 characters are within the limits."""
    meeting = await zoom.meeting(topic="x" * 200, agenda="x" * 2000, password="x" * 10)

    assert (len(meeting["topic"]), len(meeting["agenda"]), len(meeting["password"])) == (200, 2000, 10)


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        ({"auto_recording": "clouds"}, {"auto_recording": "none"}),
        ({"auto_recording": "cloud"}, {"auto_recording": "cloud"}),
        ({"waiting_room": True, "join_before_host": True}, {"waiting_room": True, "join_before_host": False}),
        ({"use_pmi": True}, {"use_pmi": True, "approval_type": 2}),
        ({"language_interpretation": {"enable": True}}, {"language_interpretation": {"enable": False}}),
        ({"nonsense": True}, {}),
    ],
)
async def test_settings_change_without_a_word(zoom: Any, asked: dict[str, Any], stored: dict[str, Any]) -> None:
    """The answer is 201, and only a look at the settings shows the difference."""
    meeting = await zoom.meeting(settings=asked)

    assert meeting["settings"] == {
        **defaults.DEFAULTS,
        "approval_type": 1,
        "global_dial_in_numbers": [],
        **stored,
    }


async def test_interpretation_stays_where_the_account_has_it(new_zoom: Any) -> None:
    """The setting is dropped only where the feature is off."""
    zoom = await new_zoom(interpretation=True)
    interpreters = {"enable": True, "interpreters": [{"email": "i@x.org", "interpreter_languages": "English,French"}]}

    meeting = await zoom.meeting(settings={"language_interpretation": interpreters})

    assert meeting["settings"]["language_interpretation"] == interpreters


async def test_a_recurring_meeting_without_fixed_time_takes_no_registrations(zoom: Any) -> None:
    """Type 3 stores approval_type 2 on create, and a PATCH to 1 answers 204 and changes nothing."""
    meeting = await zoom.meeting(type=3)

    patched = await zoom.call("PATCH", f"/meetings/{meeting['id']}", json={"settings": {"approval_type": 1}})

    got = (await zoom.call("GET", f"/meetings/{meeting['id']}")).json()
    assert (meeting["settings"]["approval_type"], patched.status_code, got["settings"]["approval_type"]) == (2, 204, 2)


async def test_a_host_needs_a_licence(zoom: Any) -> None:
    """Without one there is no meeting (3161); a basic host has meetings without registration."""
    await zoom.http.post(
        "/_sandbox/users",
        json=[
            {"email": "basic@office.example", "licence": "basic"},
            {"email": "none@office.example", "licence": "none"},
        ],
    )

    basic = await zoom.meeting(host="basic@office.example")
    refused = await zoom.call("POST", "/users/none@office.example/meetings", json={})

    assert basic["settings"]["approval_type"] == 2
    assert (refused.status_code, refused.json()["code"]) == (400, 3161)


async def test_users_exist_when_declared_or_under_example(zoom: Any) -> None:
    """Anybody else, `me` included, is 404 code 1001."""
    await zoom.http.post("/_sandbox/users", json={"email": "Office@ilo.org", "first_name": "Office"})

    statuses = [
        (await zoom.call("GET", f"/users/{key}")).status_code
        for key in ("office@ilo.org", "any@office.example", "stranger@ilo.org", "me")
    ]

    assert statuses == [200, 200, 404, 404]


async def test_patch_changes_what_it_names_and_answers_nothing(zoom: Any) -> None:
    """204 without body or content type; a missing field stays, a past start is ignored."""
    meeting = await zoom.meeting(agenda="first")

    answer = await zoom.call(
        "PATCH",
        f"/meetings/{meeting['id']}",
        json={"duration": 200, "start_time": "2021-11-09T00:00:00Z", "settings": {"waiting_room": True}},
    )

    got = (await zoom.call("GET", f"/meetings/{meeting['id']}")).json()
    assert (answer.status_code, answer.content, answer.headers.get("content-type")) == (204, b"", None)
    assert (got["duration"], got["start_time"], got["agenda"]) == (200, meeting["start_time"], "first")
    assert zoom.effects()[-1] == {
        "kind": "meeting.updated",
        "meeting": meeting["id"],
        "changed": {"duration": 200, "settings.waiting_room": True},
        "old": {"duration": 180, "settings.waiting_room": False},
        "operation": "all",
    }


async def test_a_deleted_meeting_is_gone_until_recovered(zoom: Any) -> None:
    """GET and a second DELETE are 404 code 3001; `recover` brings it back."""
    meeting = await zoom.meeting()
    path = f"/meetings/{meeting['id']}"

    first = await zoom.call("DELETE", path)
    second = await zoom.call("DELETE", path)
    gone = await zoom.call("GET", path)
    recovered = await zoom.call("PUT", f"{path}/status", json={"action": "recover"})
    back = await zoom.call("GET", path)

    assert (first.status_code, second.status_code, recovered.status_code, back.status_code) == (204, 404, 204, 200)
    assert (gone.status_code, gone.json()) == (
        404,
        {"code": 3001, "message": f"Meeting does not exist: {meeting['id']}."},
    )


async def test_a_live_meeting_is_ended_but_not_deleted(zoom: Any) -> None:
    """DELETE is 400 code 3002 while it runs; `end` is 204 once and refused when nothing runs."""
    meeting = await zoom.meeting()
    zoom.people(meeting, {"action": "start"})
    path = f"/meetings/{meeting['id']}"

    deleted = await zoom.call("DELETE", path)
    ended = await zoom.call("PUT", f"{path}/status", json={"action": "end"})
    again = await zoom.call("PUT", f"{path}/status", json={"action": "end"})

    assert (deleted.status_code, deleted.json()["code"]) == (400, 3002)
    assert (ended.status_code, again.status_code) == (204, 400)


async def test_the_list_cuts_the_agenda_and_hides_the_settings(zoom: Any) -> None:
    """A row has the first 250 characters of the agenda and no passcode, settings or start link."""
    meeting = await zoom.meeting(agenda="meetbot:ref=a1\n" + "x" * 300)

    rows = (await zoom.call("GET", "/users/host@office.example/meetings")).json()["meetings"]

    names = "id uuid host_id topic type start_time duration timezone created_at join_url".split()  # noqa: SIM905
    assert rows == [{**{name: meeting[name] for name in names}, "agenda": meeting["agenda"][:250]}]


async def test_the_list_knows_types_and_dates(zoom: Any) -> None:
    """Scheduled holds all of the host's, also the past ones that still live; upcoming those to come."""
    early = await zoom.meeting(topic="early", start_time="2021-11-10T06:00:00Z", duration=30)
    late = await zoom.meeting(topic="late", start_time="2021-11-12T06:00:00Z")
    await zoom.meeting(host="other@office.example")
    zoom.people(early, {"action": "start"}, {"action": "leave"})
    zoom.wait(hours=3)
    await zoom.log_in()
    zoom.people(late, {"action": "start"})

    async def topics(**query: str) -> list[str]:
        answer = await zoom.call("GET", "/users/host@office.example/meetings", params=query)
        return [row["topic"] for row in answer.json()["meetings"]]

    assert await topics() == ["early", "late"]
    assert await topics(type="upcoming") == ["late"]
    assert await topics(type="live") == ["late"]
    assert await topics(type="previous_meetings") == ["early"]
    assert await topics(**{"from": "2021-11-11", "to": "2021-11-12"}) == ["late"]
    assert await topics(**{"from": "2021-11-11", "to": "2021-11-11"}) == []


async def test_a_list_comes_in_pages_whose_tokens_die(zoom: Any) -> None:
    """An empty token ends the list; a token of 15 minutes, or of another list, is 400 code 300."""
    for number in range(5):
        await zoom.meeting(topic=f"m{number}")
    path = "/users/host@office.example/meetings"

    first = (await zoom.call("GET", path, params={"page_size": 3})).json()
    token = first["next_page_token"]
    second = (await zoom.call("GET", path, params={"page_size": 3, "next_page_token": token})).json()
    foreign = await zoom.call("GET", path, params={"page_size": 2, "next_page_token": token})
    zoom.wait(minutes=15)
    dead = await zoom.call("GET", path, params={"page_size": 3, "next_page_token": token})

    assert [len(first["meetings"]), len(second["meetings"]), second["next_page_token"]] == [3, 2, ""]
    assert (first["page_size"], first["total_records"], first["page_count"]) == (3, 5, 2)
    assert (foreign.status_code, foreign.json()["code"]) == (400, 300)
    assert (dead.status_code, dead.json()["code"]) == (400, 300)


async def test_a_body_that_is_not_an_object_is_refused(zoom: Any) -> None:
    """400 code 300, and nothing is made."""
    answers = [
        await zoom.call("POST", "/users/host@office.example/meetings", content=raw) for raw in (b"{", b"[]", b"\xff")
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, 300)] * 3
    assert zoom.effects() == []


async def test_a_call_that_zoom_does_not_have_is_404(zoom: Any) -> None:
    """Code 2300, also for a known path with another method."""
    answers = [await zoom.call("GET", "/nonsense"), await zoom.call("POST", "/meetings/1")]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, 2300)] * 2


async def test_the_same_seed_gives_the_same_meeting(new_zoom: Any) -> None:
    """Ids, passcodes and links follow from the seed; another seed gives others."""
    first, again, other = [await new_zoom(seed=seed) for seed in (7, 7, 8)]

    meetings = [await each.meeting() for each in (first, again, other)]

    assert meetings[0] == meetings[1]
    assert meetings[0]["id"] != meetings[2]["id"]
