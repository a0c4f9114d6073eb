"""What the account has, lacks and asks: settings that are dropped in silence, and where one can see it before."""

from typing import Any

import pytest

from meetbot.sandbox import defaults
from meetbot.sandbox.setup import PasscodeRules

INTERPRETERS = {"enable": True, "interpreters": [{"email": "i@x.org", "interpreter_languages": "English,French"}]}
SIGNERS = {"enable": True, "interpreters": [{"email": "s@x.org", "sign_language": "American"}]}
ROOMS = {"enable": True, "rooms": [{"name": "Electricity", "participants": ["lin@college.example"]}]}


@pytest.mark.parametrize(
    ("switch", "name", "asked"),
    [
        ("interpretation", "language_interpretation", INTERPRETERS),
        ("sign_interpretation", "sign_language_interpretation", SIGNERS),
        ("breakout_rooms", "breakout_room", ROOMS),
    ],
)
async def test_F14_a_feature_that_is_off_is_dropped_in_silence(
    new_zoom: Any, switch: str, name: str, asked: dict[str, Any]
) -> None:
    """201 in both cases; with the switch on the setting stays as it was asked."""
    stored = [
        (await (await new_zoom(**{switch: on})).meeting(settings={name: asked}))["settings"][name]
        for on in (True, False)
    ]

    assert stored == [asked, {"enable": False}]


@pytest.mark.parametrize(
    ("setup", "asked", "stored"),
    [
        ({"plan": "free"}, {"auto_recording": "cloud"}, {"auto_recording": "none"}),
        ({"cloud_recording": False}, {"auto_recording": "cloud"}, {"auto_recording": "none"}),
        ({"cloud_recording": False}, {"auto_recording": "local"}, {"auto_recording": "local"}),
        ({"registration": False}, {"approval_type": 0}, {"approval_type": 2}),
        ({"plan": "free"}, {"approval_type": 0}, {"approval_type": 2}),
        ({"continuous_chat": False}, {"continuous_meeting_chat": {"enable": True}}, {}),
        ({"waiting_room_lock": False}, {"waiting_room": True}, {"waiting_room": False}),
        (
            {"waiting_room_lock": True},
            {"waiting_room": False, "join_before_host": True},
            {"waiting_room": True, "join_before_host": False},
        ),
    ],
)
async def test_F14_what_is_locked_is_changed_in_silence(
    new_zoom: Any, setup: dict[str, Any], asked: dict[str, Any], stored: dict[str, Any]
) -> None:
    """On create, and again on a PATCH that asks for it."""
    zoom = await new_zoom(**setup)
    meeting = await zoom.meeting(settings={"approval_type": 2, **asked})

    patched = await zoom.call("PATCH", f"/meetings/{meeting['id']}", json={"settings": asked})

    got = (await zoom.call("GET", f"/meetings/{meeting['id']}")).json()
    assert meeting["settings"] == {**defaults.DEFAULTS, "global_dial_in_numbers": [], **stored}
    assert (patched.status_code, got["settings"]) == (204, meeting["settings"])


async def test_F14_a_feature_is_switched_off_in_mid_run(zoom: Any) -> None:
    """The next meeting lacks it, the one before keeps it; a wrong switch is 400 and switches nothing."""
    before = await zoom.meeting(settings={"breakout_room": ROOMS})

    off = await zoom.http.post("/_sandbox/account", json={"breakout_rooms": False})
    wrong = [
        await zoom.http.post("/_sandbox/account", json=body)
        for body in ({"breakout_rooms": "yes"}, {"breakout_rooms": True, "plan": True})
    ]
    after = await zoom.meeting(settings={"breakout_room": ROOMS})

    kept = (await zoom.call("GET", f"/meetings/{before['id']}")).json()
    assert [answer.status_code for answer in (off, *wrong)] == [204, 400, 400]
    assert [one["settings"]["breakout_room"] for one in (kept, after)] == [ROOMS, {"enable": False}]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language_interpretation", {"enable": True, "interpreters": [{"email": "i@x.org"}]}),
        ("language_interpretation", {"interpreters": [{"email": "i@x.org", "interpreter_languages": "English"}]}),
        ("language_interpretation", {"interpreters": [{"email": "i@x.org", "interpreter_languages": "English,Lao"}]}),
        ("language_interpretation", {"interpreters": [{"email": "i@x.org", "interpreter_languages": "French,French"}]}),
        ("sign_language_interpretation", {"interpreters": [{"email": "s@x.org", "sign_language": "Lao"}]}),
        ("sign_language_interpretation", {"interpreters": [{"sign_language": "American"}] * 21}),
        ("breakout_room", {"enable": True, "rooms": [{"participants": []}]}),
        ("breakout_room", {"enable": True, "rooms": [{"name": "A"}, {"name": "A"}]}),
        ("breakout_room", {"enable": True, "rooms": [{"name": "A", "participants": [1]}]}),
        ("waiting_room_options", {"mode": "custom", "who_goes_to_waiting_room": "nobody"}),
        ("waiting_room_options", {"mode": "custom"}),
        ("approved_or_denied_countries_or_regions", {"enable": True, "method": "deny", "denied_list": []}),
        ("approved_or_denied_countries_or_regions", {"enable": True, "method": "approve", "approved_list": ["KHM"]}),
        ("continuous_meeting_chat", {"enable": "yes"}),
        ("registration_type", 4),
    ],
)
async def test_a_wrong_part_of_the_settings_is_named(new_zoom: Any, name: str, value: object) -> None:
    """400 code 300, and nothing is made."""
    zoom = await new_zoom(interpretation=True, sign_interpretation=True)

    answer = await zoom.call("POST", "/users/host@office.example/meetings", json={"settings": {name: value}})

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [f"settings.{name}"]
    assert zoom.effects() == []


async def test_an_administrator_adds_languages(new_zoom: Any) -> None:
    """Then they are in the host's settings and may be interpreted."""
    zoom = await new_zoom(interpretation=True, custom_languages=("Khmer",))
    khmer = {"enable": True, "interpreters": [{"email": "i@x.org", "interpreter_languages": "English,Khmer"}]}

    meeting = await zoom.meeting(settings={"language_interpretation": khmer})
    settings = (await zoom.call("GET", "/users/host@office.example/settings")).json()

    assert meeting["settings"]["language_interpretation"] == khmer
    assert settings["in_meeting"]["language_interpretation"]["custom_languages"] == ["Khmer"]


async def test_the_chat_channel_stays_the_same(zoom: Any) -> None:
    """A PATCH that sends another channel id, or switches the chat on again, changes nothing."""
    chat = {"continuous_meeting_chat": {"enable": True}}
    meeting = await zoom.meeting(settings=chat)
    sent = {"continuous_meeting_chat": {"enable": True, "channel_id": "web_sch_other"}}

    await zoom.call("PATCH", f"/meetings/{meeting['id']}", json={"settings": sent})

    got = (await zoom.call("GET", f"/meetings/{meeting['id']}")).json()
    assert meeting["settings"]["continuous_meeting_chat"]["channel_id"].startswith("web_sch_")
    assert got["settings"] == meeting["settings"]


@pytest.mark.parametrize(
    ("rules", "bad", "good"),
    [
        (PasscodeRules(length=8), "kampot1", "kampot12"),
        (PasscodeRules(have_letter=True), "123456", "12345a"),
        (PasscodeRules(have_number=True), "kampot", "kampo1"),
        (PasscodeRules(only_allow_numeric=True), "kampo1", "123456"),
    ],
)
async def test_a_passcode_meets_the_accounts_rules(new_zoom: Any, rules: PasscodeRules, bad: str, good: str) -> None:
    """A wrong one is 400; a good one stays; those that Zoom makes are good as well."""
    zoom = await new_zoom(passcode=rules)

    refused = await zoom.call("POST", "/users/host@office.example/meetings", json={"password": bad})
    given = await zoom.meeting(password=good)
    made = [(await zoom.meeting())["password"] for _ in range(20)]
    path = f"/meetings/{given['id']}"
    again = {(await zoom.call("PATCH", path, json={"password": password})).status_code for password in made}

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "password")
    assert (given["password"], again) == (good, {204})


async def test_the_settings_of_a_user_tell_what_the_account_has(new_zoom: Any) -> None:
    """In Zoom's shape, so that a client can find out before it asks for what would be dropped."""
    zoom = await new_zoom(plan="business", interpretation=True, breakout_rooms=False, webinar=True)

    settings = (await zoom.call("GET", "/users/host@office.example/settings")).json()

    assert settings["feature"] == {
        "meeting_capacity": 300,
        "large_meeting": False,
        "large_meeting_capacity": 0,
        "concurrent_meeting": "Plus",
        "webinar": True,
        "webinar_capacity": 500,
    }
    assert settings["recording"] == {"cloud_recording": True, "local_recording": True, "auto_recording": "none"}
    assert settings["schedule_meeting"]["continuous_meeting_chat"] == {"enable": True}
    in_meeting = settings["in_meeting"]
    assert (in_meeting["breakout_room"], in_meeting["sign_language_interpretation"]["enable"]) == (False, False)
    assert in_meeting["language_interpretation"]["enable"] is True
    assert in_meeting["language_interpretation"]["languages"][:2] == ["English", "Chinese"]


async def test_meeting_security_tells_who_is_kept_out(new_zoom: Any) -> None:
    """Countries and passcode rules stand under `option=meeting_security`; another option is 400."""
    zoom = await new_zoom(denied_countries=("XX",), passcode=PasscodeRules(length=8))
    path = "/users/host@office.example/settings"

    security = (await zoom.call("GET", path, params={"option": "meeting_security"})).json()["meeting_security"]
    other = await zoom.call("GET", path, params={"option": "nonsense"})

    assert security["approved_or_denied_countries_or_regions"] == {
        "enable": True,
        "method": "deny",
        "approved_list": [],
        "denied_list": ["XX"],
    }
    assert (security["meeting_password_requirement"]["length"], other.status_code) == (8, 400)


async def test_users_are_listed_in_pages(zoom: Any) -> None:
    """Active ones unless asked; a wrong status is 400."""
    for name in ("a", "b", "c"):
        await zoom.call("GET", f"/users/{name}@office.example")

    first = (await zoom.call("GET", "/users", params={"page_size": 2})).json()
    token = {"page_size": 2, "next_page_token": first["next_page_token"]}
    second = (await zoom.call("GET", "/users", params=token)).json()
    wrong = await zoom.call("GET", "/users", params={"status": "gone"})

    emails = [user["email"] for user in [*first["users"], *second["users"]]]
    assert emails == ["a@office.example", "b@office.example", "c@office.example"]
    assert (second["next_page_token"], second["total_records"], wrong.status_code) == ("", 3, 400)


async def test_tracking_fields_are_kept_where_the_account_defined_them(new_zoom: Any) -> None:
    """An undefined one is dropped; the meeting and its report show the others."""
    zoom = await new_zoom(plan="business")
    made = await zoom.call("POST", "/tracking_fields", json={"field": "ref", "visible": True})
    again = await zoom.call("POST", "/tracking_fields", json={"field": "ref"})

    meeting = await zoom.meeting(tracking_fields=[{"field": "ref", "value": "a1"}, {"field": "dept", "value": "x"}])
    await zoom.call("PATCH", f"/meetings/{meeting['id']}", json={"tracking_fields": [{"field": "ref", "value": "a2"}]})

    got = (await zoom.call("GET", f"/meetings/{meeting['id']}")).json()
    listed = (await zoom.call("GET", "/tracking_fields")).json()
    assert (made.status_code, again.status_code, listed["tracking_fields"]) == (201, 400, [made.json()])
    assert meeting["tracking_fields"] == [{"field": "ref", "value": "a1", "visible": True}]
    assert got["tracking_fields"] == [{"field": "ref", "value": "a2", "visible": True}]


async def test_tracking_fields_need_business(zoom: Any) -> None:
    """On Pro 400 code 200 for both calls, and a meeting keeps none."""
    answers = [await zoom.call("GET", "/tracking_fields"), await zoom.call("POST", "/tracking_fields", json={})]

    meeting = await zoom.meeting(tracking_fields=[{"field": "ref", "value": "a1"}])

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, 200)] * 2
    assert meeting["tracking_fields"] == []


async def test_a_colleague_plans_for_the_host(zoom: Any) -> None:
    """`schedule_for` names the host, except on the spot; the day's count is that of who planned."""
    meeting = await zoom.meeting(schedule_for="minister@office.example")

    instant = await zoom.call(
        "POST", "/users/host@office.example/meetings", json={"type": 1, "schedule_for": "minister@office.example"}
    )

    assert meeting["host_email"] == "minister@office.example"
    assert (instant.status_code, instant.json()["code"]) == (400, 3000)
