"""The list of calls: the documentation names each one, and each needs its scope."""

import re
from pathlib import Path
from typing import Any

import pytest

from meetbot.sandbox import calls, defaults

PAGE = Path(__file__).parents[2] / "docs/reference/sandbox.md"


def test_the_page_names_every_call() -> None:
    """With its label and its scope, and no call that there is not."""
    written = re.findall(r"^\| `([A-Z]+) (/\S+)` \| ([\w-]+) \| `([\w:]+)` \|", PAGE.read_text(encoding="utf-8"), re.M)

    assert written == [(kind.method, kind.path, kind.label, kind.scope) for kind in calls.KINDS]


@pytest.mark.parametrize("kind", calls.KINDS, ids=lambda kind: f"{kind.method} {kind.path}")
async def test_every_call_needs_its_scope(new_zoom: Any, kind: calls.Kind) -> None:
    """A token with all other scopes gets 400 code 4711 and the name of the missing one."""
    zoom = await new_zoom(scopes=calls.SCOPES - {kind.full_scope})

    answer = await zoom.call(kind.method, re.sub(r"{\w+}", "1", kind.path))

    assert answer.json() == {
        "code": 4711,
        "message": f"Invalid access token, does not contain scopes:[{kind.scope}:admin].",
    }


NONSENSE = (None, True, -1, 1.5, "x" * 3000, "", [], ["x"], [None], [{}], [{"x": []}], {}, {"x": 1}, {"enable": True})
FIELDS = {
    "meetings": "topic type start_time duration timezone password agenda settings recurrence tracking_fields "
    "schedule_for custom_keys",
    "registrants": "email first_name last_name country language custom_questions auto_approve",
    "batch_registrants": "registrants",
    "invite_links": "attendees ttl",
    "status": "action registrants",
    "events": "method params",
    "messages": "message to_channel",
    "members": "members",
    "panelists": "panelists",
    "questions": "questions custom_questions",
    "tracking_fields": "field",
}
RECURRENCE = ("type", "repeat_interval", "weekly_days", "monthly_day", "monthly_week", "end_times", "end_date_time")
SETTINGS = (*defaults.of(webinar=True), *sorted(defaults.WITHOUT_DEFAULT))


def bodies(path: str) -> list[dict[str, Any]]:
    """A good body with one field turned into nonsense at a time, settings included."""
    names = FIELDS.get(path.rpartition("/")[2], FIELDS["meetings"]).split()
    good = {"email": "lin@college.example", "first_name": "Lin", "action": "approve", "method": "participant.invite"}
    plain = [{**good, name: value} for name in names for value in NONSENSE]
    inside = [{"settings": {name: value}} for name in SETTINGS for value in NONSENSE] if "settings" in names else []
    series = [{"type": 8, "recurrence": {"type": 2, name: value}} for name in RECURRENCE for value in NONSENSE]
    return [*plain, *inside, *(series if inside else [])]


@pytest.mark.parametrize(
    "kind", [kind for kind in calls.KINDS if kind.method not in ("GET", "DELETE")], ids=lambda kind: kind.path
)
async def test_nonsense_is_refused_or_ignored(new_zoom: Any, kind: calls.Kind) -> None:
    """Never a crash, whatever stands in a field; what was accepted can be shown and started."""
    zoom = await new_zoom(webinar=True, plan="business", interpretation=True, sign_interpretation=True)
    chat = {"continuous_meeting_chat": {"enable": True}}
    meeting = await zoom.meeting(settings=chat)
    webinar = (await zoom.call("POST", "/users/host@office.example/webinars", json={})).json()
    zoom.people(meeting, {"action": "start"})
    parts = {
        "user": "host@office.example",
        "meeting": meeting["id"],
        "webinar": webinar["id"],
        "channel": meeting["settings"]["continuous_meeting_chat"]["channel_id"],
    }

    for body in bodies(kind.path):
        answer = await zoom.call(kind.method, kind.path.format(**parts), json=body)
        assert answer.status_code in (200, 201, 202, 204, 400, 404), (body, answer.text)
        if answer.status_code == 201 and kind.creates:
            zoom.people(answer.json(), {"action": "start"}, {"action": "end"})
        await zoom.call("GET", f"/meetings/{meeting['id']}")
