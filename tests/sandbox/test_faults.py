"""The fault script: which request is struck, and what each verb does to it."""

import json
from typing import Any

import pytest

from meetbot.sandbox import faults

CREATE = {"method": "POST", "path": "/v2/users/*/meetings"}


def script(do: object, **when: object) -> str:
    """One rule as YAML (JSON is YAML)."""
    return json.dumps({"zoom": [{"when": when, "do": do}]})


async def struck(zoom: Any, do: object, **when: object) -> Any:
    """The answer to a create under one fault."""
    zoom.sandbox.set_faults(script(do, **{**CREATE, **when}))
    return await zoom.call("POST", "/users/host@office.example/meetings", json={"topic": "Launch"})


def made(zoom: Any) -> int:
    return sum(effect["kind"] == "meeting.created" for effect in zoom.effects())


@pytest.mark.parametrize(("verb", "exist"), [("drop_before", 0), ("commit_then_drop", 1), ("commit_then_truncate", 1)])
async def test_F11_a_dropped_create_may_have_made_the_meeting(zoom: Any, verb: str, exist: int) -> None:
    """In process a drop is a ConnectionResetError; the ledger says that the client received nothing."""
    with pytest.raises(ConnectionResetError):
        await struck(zoom, verb)

    entry = zoom.sandbox.ledger.entries[-1]
    assert (made(zoom), entry["status"], entry["faults"]) == (exist, None, [verb])


async def test_F11_a_502_may_hide_a_made_meeting(zoom: Any) -> None:
    """The page is HTML, and the meeting exists."""
    answer = await struck(zoom, "commit_then_502")

    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert (made(zoom), zoom.sandbox.ledger.entries[-1]["status"]) == (1, 502)


async def test_a_status_comes_with_its_headers_and_json(zoom: Any) -> None:
    """A header `+2s` is a moment of the sandbox clock; the call has no effect."""
    answer = await struck(
        zoom,
        {"status": 429, "headers": {"X-RateLimit-Reset": "+2s", "Retry-After": "1"}, "json": {"code": 429}},
    )

    assert (answer.status_code, answer.json(), made(zoom)) == (429, {"code": 429}, 0)
    assert (answer.headers["x-ratelimit-reset"], answer.headers["retry-after"]) == ("2021-11-10T05:00:02Z", "1")


async def test_html_comes_instead_of_json(zoom: Any) -> None:
    """503 by itself, or the status that is named beside it."""
    alone = await struck(zoom, "html")
    named = await struck(zoom, {"html": None, "status": 200})

    assert [(answer.status_code, answer.text[:9]) for answer in (alone, named)] == [
        (503, "<!DOCTYPE"),
        (200, "<!DOCTYPE"),
    ]


async def test_a_token_may_die_in_mid_flight(zoom: Any) -> None:
    """401 code 124 for a token that is valid, once; the next call works."""
    struck_once = await struck(zoom, "token_expired", nth=[1])
    next_one = await zoom.call("POST", "/users/host@office.example/meetings", json={})

    assert (struck_once.status_code, struck_once.json()["code"], next_one.status_code) == (401, 124, 201)


async def test_no_effect_says_204_and_does_nothing(zoom: Any) -> None:
    """A decision that Zoom accepted and forgot."""
    meeting = await zoom.meeting()
    lin = await zoom.registrant(meeting, auto_approve=False)
    zoom.sandbox.set_faults(script("no_effect", method="PUT", path="/v2/meetings/*/registrants/status"))
    body = {"action": "approve", "registrants": [{"id": lin["registrant_id"]}]}

    answer = await zoom.call("PUT", f"/meetings/{meeting['id']}/registrants/status", json=body)

    one = await zoom.call("GET", f"/meetings/{meeting['id']}/registrants/{lin['registrant_id']}")
    assert (answer.status_code, one.json()["status"]) == (204, "pending")


async def test_F14_a_setting_is_dropped_in_silence(zoom: Any) -> None:
    """The answer is 201 and only reading back shows it."""
    zoom.sandbox.set_faults(script({"drop_setting": "approval_type"}, **CREATE))

    meeting = await zoom.meeting(settings={"waiting_room": True})

    got = (await zoom.call("GET", f"/meetings/{meeting['id']}")).json()
    assert (got["settings"]["approval_type"], got["settings"]["waiting_room"]) == (2, True)


async def test_fields_go_missing_null_or_other(zoom: Any) -> None:
    """Only in the answer; dots lead into fields and through every row of a list."""
    answer = await struck(
        zoom,
        {
            "field_missing": ["join_url", "settings.audio"],
            "field_null": "uuid",
            "field_changed": {"settings.approval_type": 7, "start_time": "2021-11-10T07:01:00Z"},
            "id_as_string": None,
        },
    )
    zoom.sandbox.set_faults(script({"field_missing": "meetings.join_url"}, path="/v2/users/*/meetings"))
    listed = (await zoom.call("GET", "/users/host@office.example/meetings")).json()["meetings"]

    body = answer.json()
    assert ("join_url" in body, "audio" in body["settings"], body["uuid"]) == (False, False, None)
    assert (body["settings"]["approval_type"], body["start_time"]) == (7, "2021-11-10T07:01:00Z")
    assert [("join_url" in row, str(row["id"]), row["start_time"]) for row in listed] == [
        (False, body["id"], "2021-11-10T05:00:00Z")
    ]


async def test_truncated_json_is_a_whole_answer_that_cannot_be_read(zoom: Any) -> None:
    """The status arrives, the body ends in the middle."""
    answer = await struck(zoom, "truncate_json")

    assert (answer.status_code, answer.text[-1] != "}", made(zoom)) == (201, True, 1)
    assert len(answer.content) == int(answer.headers["content-length"])


async def test_F17_a_list_lags(zoom: Any) -> None:
    """What is younger than the lag is not listed yet."""
    meeting = await zoom.meeting()
    zoom.sandbox.set_faults(script({"list_lag": "30s"}, path="/v2/users/*/meetings"))

    async def listed() -> list[int]:
        rows = (await zoom.call("GET", "/users/host@office.example/meetings")).json()["meetings"]
        return [row["id"] for row in rows]

    young = await listed()
    zoom.wait(seconds=30)

    assert (young, await listed()) == ([], [meeting["id"]])


async def test_a_report_is_kept_at_a_stage(zoom: Any) -> None:
    """Whatever its age."""
    meeting = await zoom.meeting()
    zoom.people(meeting, {"action": "start"}, {"action": "join", "person": "p1"}, {"action": "end"})
    counts = []
    for stage in ("complete", "building", "empty"):
        zoom.sandbox.set_faults(script({"report": stage}, path="/v2/report/**"))
        answer = await zoom.call("GET", f"/report/meetings/{meeting['id']}/participants")
        counts.append(len(answer.json()["participants"]))

    assert counts == [2, 1, 0]


async def statuses(zoom: Any, count: int, path: str = "/users/host@office.example") -> list[int]:
    return [(await zoom.call("GET", path)).status_code for _ in range(count)]


async def test_nth_counts_the_requests_that_fit(zoom: Any) -> None:
    """Other paths and methods do not count."""
    zoom.sandbox.set_faults(script({"status": 503}, path="/v2/users/*", nth=[2, 3]))

    await zoom.meeting()

    assert await statuses(zoom, 4) == [200, 503, 503, 200]


async def test_from_and_until_are_half_open(zoom: Any) -> None:
    """From the start of the clock: in force at `from`, over at `until`."""
    zoom.sandbox.set_faults(script({"status": 503}, path="/v2/**", **{"from": "+10m", "until": "+20m"}))

    seen = await statuses(zoom, 1)
    for time in ({"minutes": 10}, {"minutes": 9, "seconds": 59}, {"seconds": 1}):
        zoom.wait(**time)
        seen += await statuses(zoom, 1)

    assert seen == [200, 503, 503, 200]


async def test_p_follows_the_seed(new_zoom: Any) -> None:
    """About that many are struck, the same ones for the same seed."""
    text = script({"status": 503}, path="/v2/**", p=0.2)
    runs = [await statuses(await new_zoom(seed=seed, faults=text), 200) for seed in (7, 7, 8)]

    assert runs[0] == runs[1] != runs[2]
    assert 20 <= runs[0].count(503) <= 60


async def test_the_first_rule_counts(zoom: Any) -> None:
    """Two rules for one request add up; where they name the same verb, the first one holds."""
    rules = [
        {"when": {"path": "/v2/**"}, "do": {"status": 503}},
        {"when": {"path": "/v2/**"}, "do": {"status": 500, "delay": 0}},
    ]
    zoom.sandbox.set_faults(json.dumps({"zoom": rules}))

    assert await statuses(zoom, 1) == [503]
    assert zoom.sandbox.ledger.entries[-1]["faults"] == ["status", "delay"]


async def test_two_stars_cross_slashes_and_one_does_not(zoom: Any) -> None:
    """`/v2/users/*` is a user, not a user's meetings."""
    zoom.sandbox.set_faults(script({"status": 503}, path="/v2/users/*"))
    one = [await statuses(zoom, 1), await statuses(zoom, 1, "/users/host@office.example/meetings")]
    zoom.sandbox.set_faults(script({"status": 503}, path="/v2/users/**"))
    two = [await statuses(zoom, 1), await statuses(zoom, 1, "/users/host@office.example/meetings")]

    assert (one, two) == ([[503], [200]], [[503], [503]])


async def test_the_script_of_all_parts_is_read_for_zooms_alone(zoom: Any) -> None:
    """Other parts of one script are for other stand-ins; an empty script takes the faults away."""
    zoom.sandbox.set_faults("seed: 4711\nclock: {rate: 60}\nsmtp: []\nzoom:\n  - {when: {}, do: {status: 503}}\n")
    with_faults = await statuses(zoom, 1)
    cleared = await zoom.http.post("/_sandbox/faults", content="")

    assert (with_faults, cleared.status_code, await statuses(zoom, 1)) == ([503], 204, [200])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("zoom: [", "not YAML"),
        ("[]", "expected a mapping with some of seed, clock, zoom, webhooks, smtp, process, clock_faults"),
        ("zom: []", "unknown zom; known are seed, clock, zoom, webhooks, smtp, process, clock_faults"),
        ("zoom: {}", "zoom: expected a list of rules"),
        ("seed: lucky", "seed: expected a whole number"),
        ("clock: {speed: 60}", "clock: expected a mapping with `start` and `rate`"),
        ("clock: {rate: -1}", "clock.rate: expected a number from 0"),
        ("clock: {start: 2021-11-10T05:00:00}", "clock.start: 2021-11-10T05:00:00 has no zone: add Z or an offset"),
        ("zoom: [{do: stall}]", "zoom[0]: expected `when` (a mapping) and `do`"),
        ("zoom: [{when: {verb: GET}, do: stall}]", "zoom[0].when: unknown verb"),
        ("zoom: [{when: {nth: 0}, do: stall}]", "zoom[0]: `nth` is a number from 1 or a list of them"),
        ("zoom: [{when: {p: 3%}, do: stall}]", "zoom[0]: `p` is a chance from 0 to 1"),
        ("zoom: [{when: {from: +soon}, do: stall}]", "zoom[0]: 'soon' is not a duration such as 90s or 10m"),
        ("zoom: [{when: {}, do: dely}]", "zoom[0].do: unknown verb 'dely'; known are delay, "),
        ("zoom: [{when: {}, do: {delay: long}}]", "zoom[0].do.delay: 'long' is not a duration such as 90s or 10m"),
        ("zoom: [{when: {}, do: {status: ok}}]", "zoom[0].do.status: is an HTTP status"),
        ("zoom: [{when: {}, do: {json: {}}}]", "zoom[0].do: `headers` and `json` belong to a `status`"),
        (
            "zoom: [{when: {}, do: {report: late}}]",
            "zoom[0].do.report: takes one or several of missing, empty, building, complete, revised",
        ),
        ("zoom: [{when: {}, do: {quota: weekly}}]", "zoom[0].do.quota: takes one of qps, daily, host_daily, registr"),
        ("zoom: [{when: {}, do: {delay: {min: 2, max: 1}}}]", "zoom[0].do.delay: `min` is longer than `max`"),
        ("zoom: [{when: {}, do: {status: 429, headers: {A: +soon}}}]", "zoom[0].do.headers: 'soon' is not a duration"),
        ("zoom: [{when: {}, do: {edited_by_host: {start_time: +soon}}}]", "zoom[0].do.edited_by_host: 'soon' is not a"),
        ("zoom: [{when: {}, do: {edited_by_host: {settings: 1}}}]", "zoom[0].do.edited_by_host: `settings` is a map"),
        ("zoom: [{when: {path: /v2/**}, do: tls_bad}]", "zoom[0].when: unknown path"),
        ("zoom: [{when: {}, do: {tls_bad: expired, bom: }}]", "zoom[0].do: `tls_bad` stands alone"),
    ],
)
async def test_C02_a_bad_script_names_the_place(zoom: Any, text: str, message: str) -> None:
    """ScriptError in process, 400 over the control call, and the old script stays."""
    with pytest.raises(faults.ScriptError) as refused:
        zoom.sandbox.set_faults(text)
    answer = await zoom.http.post("/_sandbox/faults", content=text)

    assert str(refused.value).startswith(message)
    assert answer.status_code == 400
    assert await statuses(zoom, 1) == [200]
