"""Registrants: pending without a link, approved with their own; lists, decisions, refusals, questions."""

from typing import Any

import pytest

from meetbot.sandbox.calls import registrants

LIN = {"email": "lin@college.example", "first_name": "Lin", "last_name": "Ma"}


async def listed(zoom: Any, meeting: dict[str, Any]) -> dict[str, list[str]]:
    """The addresses of each list."""
    path = f"/meetings/{meeting['id']}/registrants"
    answers = {
        status: await zoom.call("GET", path, params={"status": status}) for status in ("pending", "approved", "denied")
    }
    return {status: [row["email"] for row in answer.json()["registrants"]] for status, answer in answers.items()}


async def test_a_pending_registrant_has_no_join_url(zoom: Any) -> None:
    """With manual approval the answer holds the registrant's id and no link, and neither does the list."""
    meeting = await zoom.meeting()

    answer = await zoom.call("POST", f"/meetings/{meeting['id']}/registrants", json=LIN)

    body = answer.json()
    assert answer.status_code == 201
    assert set(body) == {"id", "registrant_id", "topic", "start_time", "participant_pin_code"}
    assert (body["id"], len(body["registrant_id"])) == (meeting["id"], 22)
    rows = await zoom.call("GET", f"/meetings/{meeting['id']}/registrants", params={"status": "pending"})
    assert [("join_url" in row, row["status"]) for row in rows.json()["registrants"]] == [(False, "pending")]


async def test_auto_approve_and_automatic_approval_give_a_join_url(zoom: Any) -> None:
    """The link is the registrant's own: it carries a token and the passcode."""
    manual, automatic = await zoom.meeting(password="kampot"), await zoom.meeting(settings={"approval_type": 0})

    approved = await zoom.registrant(manual)
    registered = await zoom.registrant(automatic, auto_approve=False)

    assert approved["join_url"].startswith(f"https://us06web.zoom.us/w/{manual['id']}?tk=")
    assert approved["join_url"].endswith("&pwd=kampot")
    assert registered["join_url"].startswith(f"https://us06web.zoom.us/w/{automatic['id']}?tk=")
    assert approved["join_url"] != registered["join_url"]


async def test_P07_the_same_address_again_is_the_same_registrant(zoom: Any) -> None:
    """Whatever its case: the same id, the same link, no second row."""
    meeting = await zoom.meeting()

    first = await zoom.registrant(meeting, "lin@college.example")
    second = await zoom.registrant(meeting, "Lin@College.example", first_name="Other")

    assert second == first
    assert await listed(zoom, meeting) == {"pending": [], "approved": ["lin@college.example"], "denied": []}
    assert [effect["kind"] for effect in zoom.effects()] == ["meeting.created", "registrant.added"]


async def test_the_list_is_of_approved_ones_unless_asked(zoom: Any) -> None:
    """A row holds the form's fields, and the link only when approved."""
    meeting = await zoom.meeting()
    added = await zoom.registrant(meeting, org="NPIC", country="KH")
    await zoom.registrant(meeting, "ma@college.example", auto_approve=False)

    rows = (await zoom.call("GET", f"/meetings/{meeting['id']}/registrants")).json()["registrants"]
    one = (await zoom.call("GET", f"/meetings/{meeting['id']}/registrants/{added['registrant_id']}")).json()

    assert rows == [one]
    assert {key: one[key] for key in ("id", "email", "status", "first_name", "org", "country", "join_url")} == {
        "id": added["registrant_id"],
        "email": "lin@college.example",
        "status": "approved",
        "first_name": "Lin",
        "org": "NPIC",
        "country": "KH",
        "join_url": added["join_url"],
    }


@pytest.mark.parametrize(("action", "where"), [("approve", "approved"), ("deny", "denied"), ("cancel", "denied")])
async def test_a_decision_moves_the_registrant(zoom: Any, action: str, where: str) -> None:
    """204 without a body; the registrant, named by id or by address alone, is in another list."""
    meeting = await zoom.meeting()
    lin = await zoom.registrant(meeting, auto_approve=False)
    await zoom.registrant(meeting, "ma@college.example", auto_approve=False)
    rows = [{"id": lin["registrant_id"]}, {"email": "MA@college.example"}]

    answer = await zoom.call(
        "PUT", f"/meetings/{meeting['id']}/registrants/status", json={"action": action, "registrants": rows}
    )

    everybody = ["lin@college.example", "ma@college.example"]
    assert (answer.status_code, answer.content) == (204, b"")
    assert await listed(zoom, meeting) == {"pending": [], "approved": [], "denied": [], where: everybody}


async def test_a_decision_on_nobody_is_204_too(zoom: Any) -> None:
    """An unknown id and a misspelt key change nothing and say nothing."""
    meeting = await zoom.meeting()
    lin = await zoom.registrant(meeting, auto_approve=False)
    path = f"/meetings/{meeting['id']}/registrants/status"

    unknown = await zoom.call("PUT", path, json={"action": "approve", "registrants": [{"id": "nobody"}]})
    misspelt = await zoom.call("PUT", path, json={"action": "approve", "registrant": [{"id": lin["registrant_id"]}]})

    assert (unknown.status_code, misspelt.status_code) == (204, 204)
    assert await listed(zoom, meeting) == {"pending": ["lin@college.example"], "approved": [], "denied": []}


async def test_a_decision_is_on_thirty_at_most(zoom: Any) -> None:
    """31 rows or an unknown action are 400 code 300."""
    meeting = await zoom.meeting()
    path = f"/meetings/{meeting['id']}/registrants/status"
    row = {"email": "lin@college.example"}

    thirty = await zoom.call("PUT", path, json={"action": "approve", "registrants": [row] * 30})
    more = await zoom.call("PUT", path, json={"action": "approve", "registrants": [row] * 31})
    unknown = await zoom.call("PUT", path, json={"action": "hold", "registrants": [row]})

    assert [answer.status_code for answer in (thirty, more, unknown)] == [204, 400, 400]


async def test_the_link_survives_denial_and_new_approval(zoom: Any) -> None:
    """An approved, denied and again approved registrant keeps id and link."""
    meeting = await zoom.meeting()
    added = await zoom.registrant(meeting)
    path = f"/meetings/{meeting['id']}/registrants/status"
    row = {"id": added["registrant_id"], "email": "lin@college.example"}

    for action in ("deny", "approve"):
        await zoom.call("PUT", path, json={"action": action, "registrants": [row]})

    one = await zoom.call("GET", f"/meetings/{meeting['id']}/registrants/{added['registrant_id']}")
    assert one.json()["join_url"] == added["join_url"]


async def test_a_deleted_registrant_is_unknown(zoom: Any) -> None:
    """204 once, then 400 code 300."""
    meeting = await zoom.meeting()
    added = await zoom.registrant(meeting)
    path = f"/meetings/{meeting['id']}/registrants/{added['registrant_id']}"

    first, second, got = [await zoom.call(method, path) for method in ("DELETE", "DELETE", "GET")]

    assert [answer.status_code for answer in (first, second, got)] == [204, 400, 400]
    assert second.json()["code"] == 300


async def test_without_registration_there_are_no_registrants(zoom: Any) -> None:
    """Adding and listing are 404 with code 404."""
    meeting = await zoom.meeting(settings={"approval_type": 2})
    path = f"/meetings/{meeting['id']}/registrants"

    answers = [await zoom.call("POST", path, json=LIN), await zoom.call("GET", path)]

    expected = {"code": 404, "message": f"Registration has not been enabled for this meeting: {meeting['id']}."}
    assert [(answer.status_code, answer.json()) for answer in answers] == [(404, expected)] * 2


@pytest.mark.parametrize("email", ["host@office.example", "HOST@office.example", "second@office.example"])
async def test_a_host_can_not_register(zoom: Any, email: str) -> None:
    """Neither the host nor an alternative host: 400 code 3027."""
    meeting = await zoom.meeting(settings={"alternative_hosts": "second@office.example"})

    answer = await zoom.call("POST", f"/meetings/{meeting['id']}/registrants", json={**LIN, "email": email})

    assert (answer.status_code, answer.json()) == (400, {"code": 3027, "message": "Host can not register"})


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "lin"}, "email"),
        ({"email": "lin@college"}, "email"),
        ({"email": "lin ma@college.example"}, "email"),
        ({"email": "x" * 120 + "@x.example"}, "email"),
        ({"first_name": ""}, "first_name"),
        ({"first_name": "x" * 65}, "first_name"),
        ({"last_name": "x" * 65}, "last_name"),
        ({"org": 7}, "org"),
        ({"country": "Cambodia"}, "country"),
        ({"language": "km-KH"}, "language"),
        ({"custom_questions": [{"title": "Role", "value": "x" * 129}]}, "custom_questions"),
    ],
)
async def test_a_wrong_form_names_the_field(zoom: Any, form: dict[str, Any], field: str) -> None:
    """400 code 300, errors[] with the field, nobody added."""
    meeting = await zoom.meeting()

    answer = await zoom.call("POST", f"/meetings/{meeting['id']}/registrants", json={**LIN, **form})

    assert (answer.status_code, answer.json()) == (
        400,
        {"code": 300, "message": "Validation Failed.", "errors": [{"field": field, "message": "Invalid field."}]},
    )
    assert await listed(zoom, meeting) == {"pending": [], "approved": [], "denied": []}


async def test_registration_ends_with_the_meeting(zoom: Any) -> None:
    """At its planned end one may still come, a second later it is 400 code 3038."""
    meeting = await zoom.meeting(start_time="2021-11-10T05:00:00Z", duration=30)

    zoom.wait(minutes=30)
    await zoom.registrant(meeting, "last@college.example")
    zoom.wait(seconds=1)
    late = await zoom.call("POST", f"/meetings/{meeting['id']}/registrants", json=LIN)

    assert (late.status_code, late.json()["code"]) == (400, 3038)


async def test_a_meeting_holds_4999(zoom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one is 400 code 3043 (tried with a smaller house)."""
    assert registrants.CAPACITY == 4_999
    monkeypatch.setattr(registrants, "CAPACITY", 1)
    meeting = await zoom.meeting()
    await zoom.registrant(meeting)

    full = await zoom.call(
        "POST", f"/meetings/{meeting['id']}/registrants", json={**LIN, "email": "ma@college.example"}
    )

    assert (full.status_code, full.json()["code"]) == (400, 3043)


async def test_zooms_own_form_never_approves_by_wish(zoom: Any) -> None:
    """Who registers on the page is pending under manual approval, whatever the form says."""
    meeting = await zoom.meeting()

    answer = await zoom.http.post("/_sandbox/register", json={"meeting": meeting["id"], **LIN, "auto_approve": True})

    assert (answer.status_code, "join_url" in answer.json()) == (201, False)
    assert await listed(zoom, meeting) == {"pending": ["lin@college.example"], "approved": [], "denied": []}


async def test_zooms_own_form_approves_where_the_meeting_does(zoom: Any) -> None:
    """Under automatic approval the page gives the link; a wrong form is refused as in the API."""
    meeting = await zoom.meeting(settings={"approval_type": 0})

    good = await zoom.http.post("/_sandbox/register", json={"meeting": meeting["id"], **LIN})
    bad = await zoom.http.post("/_sandbox/register", json={"meeting": meeting["id"], "email": "lin"})

    assert (good.status_code, "join_url" in good.json()) == (201, True)
    assert bad.status_code == 400


async def test_questions_are_kept(zoom: Any) -> None:
    """None at first; PATCH is 204 and replaces them; a field that Zoom does not have is refused."""
    meeting = await zoom.meeting()
    path = f"/meetings/{meeting['id']}/registrants/questions"
    asked = {"questions": [{"field_name": "org", "required": True}], "custom_questions": []}

    before = (await zoom.call("GET", path)).json()
    patched = await zoom.call("PATCH", path, json=asked)
    after = (await zoom.call("GET", path)).json()
    refused = await zoom.call("PATCH", path, json={"questions": [{"field_name": "shoe_size"}]})

    assert before == {"questions": [], "custom_questions": []}
    assert (patched.status_code, after, refused.status_code) == (204, asked, 400)
