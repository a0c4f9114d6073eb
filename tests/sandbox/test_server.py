"""The sandbox on a real port and as a process of its own; what it tells nobody; what it does not import."""

import ast
import json
import os
import signal
import ssl
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from meetbot import sandbox
from meetbot.sandbox import Clock, Sandbox

GRANT = {"grant_type": "account_credentials", "account_id": "sandbox"}
CREATE = "/v2/users/host@office.example/meetings"


async def logged_in(http: httpx.AsyncClient) -> None:
    answer = await http.post("/oauth/token", params=GRANT, auth=("sandbox", "sandbox"))
    http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"


@pytest.mark.parametrize(
    ("verb", "error", "exist"),
    [
        ("drop_before", httpx.RemoteProtocolError, 0),
        ("stall", httpx.ReadTimeout, 0),
        ("commit_then_drop", httpx.RemoteProtocolError, 1),
        ("commit_then_truncate", httpx.RemoteProtocolError, 1),
    ],
)
async def test_a_broken_connection_is_broken_on_the_socket(
    verb: str, error: type[Exception], exist: int, caplog: pytest.LogCaptureFixture
) -> None:
    """The client sees what a network would do, the server takes it calmly, and the next call works."""
    rule = {"when": {"method": "POST", "path": "/v2/**", "nth": 1}, "do": verb}
    stand_in = Sandbox(faults=json.dumps({"zoom": [rule]}))
    async with stand_in.serve() as url, httpx.AsyncClient(base_url=url, timeout=0.3) as http:
        await logged_in(http)

        with pytest.raises(error):
            await http.post(CREATE, json={})

        listed = (await http.get(CREATE)).json()
        assert listed["total_records"] == exist
    assert caplog.messages == []


async def test_a_delay_outlasts_the_clients_patience() -> None:
    """The seconds are real ones, however fast the sandbox clock runs."""
    rule = {"when": {"path": "/v2/**", "nth": 1}, "do": {"delay": 0.3}}
    stand_in = Sandbox(clock=Clock(speed=1000), faults=json.dumps({"zoom": [rule]}))
    async with stand_in.serve() as url, httpx.AsyncClient(base_url=url, timeout=0.1) as http:
        await logged_in(http)

        with pytest.raises(httpx.ReadTimeout):
            await http.get(CREATE)

        assert (await http.get(CREATE)).status_code == 200


async def test_the_date_header_is_the_sandboxs() -> None:
    """So that a client that compares clocks agrees with the rehearsal's."""
    start = datetime(2021, 11, 10, 5, 0, tzinfo=UTC)
    async with Sandbox(clock=Clock(start, speed=0)).serve() as url, httpx.AsyncClient(base_url=url) as http:
        answer = await http.post("/oauth/token", params=GRANT, auth=("sandbox", "sandbox"))

    assert answer.headers.get_list("date") == ["Wed, 10 Nov 2021 05:00:00 GMT"]


async def test_the_clock_leaps_forward_and_never_back(zoom: Any) -> None:
    """A moment in the past, or without a zone, is 400 and moves nothing."""
    forward = await zoom.http.post("/_sandbox/clock", json={"now": "2021-11-10T12:00:00+07:00"})
    noon = await zoom.http.post("/_sandbox/clock", json={"now": "2021-11-10T12:00:00Z"})
    back = await zoom.http.post("/_sandbox/clock", json={"now": "2021-11-10T11:00:00Z"})
    naive = await zoom.http.post("/_sandbox/clock", json={"now": "2021-11-10T13:00:00"})

    assert [answer.status_code for answer in (forward, noon, back, naive)] == [200, 200, 400, 400]
    assert (await zoom.http.get("/_sandbox/clock")).json() == {"now": "2021-11-10T12:00:00+00:00", "speed": 0}


def test_a_start_without_a_zone_is_refused() -> None:
    """It would mean another moment on another machine."""
    with pytest.raises(ValueError, match="it has no zone"):
        Clock(datetime(2021, 11, 10, 5, 0))  # noqa: DTZ001


async def test_a_control_call_that_cannot_be_read_is_400(zoom: Any) -> None:
    """Whether it is no JSON, no row, or a row of something else."""
    answers = [
        await zoom.http.post("/_sandbox/people", content="{"),
        await zoom.http.post("/_sandbox/people", json=["start"]),
        await zoom.http.post("/_sandbox/register", json=[]),
        await zoom.http.post("/_sandbox/users", json={"email": "a@x.org", "shoe_size": 43}),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, 300)] * 4


async def test_F15_a_host_may_lose_the_licence(zoom: Any) -> None:
    """Declared again without one, the host of an existing meeting gets no more registrants and no new meeting."""
    meeting = await zoom.meeting()
    await zoom.http.post("/_sandbox/users", json={"email": "host@office.example", "licence": "none"})

    registrant = await zoom.call(
        "POST", f"/meetings/{meeting['id']}/registrants", json={"email": "lin@college.example", "first_name": "Lin"}
    )
    created = await zoom.call("POST", CREATE.removeprefix("/v2"), json={})

    assert (registrant.status_code, registrant.json()["code"]) == (400, 200)
    assert (created.status_code, created.json()["code"]) == (400, 3161)


async def test_the_ledger_tells_each_request_and_effect_once(zoom: Any) -> None:
    """A call with two effects has two lines under one number; a fault and a refusal show their status."""
    meeting = await zoom.meeting()
    await zoom.registrant(meeting, auto_approve=False)
    await zoom.registrant(meeting, "ma@college.example", auto_approve=False)
    rows = [{"email": "lin@college.example"}, {"email": "ma@college.example"}]
    await zoom.call(
        "PUT", f"/meetings/{meeting['id']}/registrants/status", json={"action": "approve", "registrants": rows}
    )
    await zoom.call("GET", "/meetings/1")

    entries = (await zoom.http.get("/_sandbox/ledger")).json()["entries"]

    assert [
        (entry["request"], entry["method"], entry["status"], entry["effect"] and entry["effect"]["kind"])
        for entry in entries
    ] == [
        (1, "POST", 200, None),
        (2, "POST", 201, "meeting.created"),
        (3, "POST", 201, "registrant.added"),
        (4, "POST", 201, "registrant.added"),
        (5, "PUT", 204, "registrant.approved"),
        (5, "PUT", 204, "registrant.approved"),
        (6, "GET", 404, None),
    ]
    assert entries[1]["at"] == "2021-11-10T05:00:00.000+00:00"


async def test_no_secret_is_in_ledger_or_state(zoom: Any) -> None:
    """No token, start link, join link or passcode, though all of them went over the wire."""
    meeting = await zoom.meeting(password="kampot")
    lin = await zoom.registrant(meeting)
    await zoom.call("PATCH", f"/meetings/{meeting['id']}", json={"password": "battam"})
    zoom.people(meeting, {"action": "start"}, {"action": "join", "join_link": lin["join_url"]})

    shown = (await zoom.http.get("/_sandbox/ledger")).text + (await zoom.http.get("/_sandbox/state")).text

    secrets = [
        zoom.http.headers["authorization"].removeprefix("Bearer "),
        meeting["start_url"].partition("zak=")[2],
        lin["join_url"].partition("tk=")[2].partition("&")[0],
        meeting["registration_url"].rpartition("/")[2],
        "kampot",
        "battam",
    ]
    assert [secret for secret in secrets if not secret or secret in shown] == []


async def test_state_shows_what_there_is(zoom: Any) -> None:
    """Meetings with their registrants and who is inside."""
    meeting = await zoom.meeting()
    lin = await zoom.registrant(meeting)
    zoom.people(meeting, {"action": "start"})

    state = (await zoom.http.get("/_sandbox/state")).json()

    (shown,) = state["meetings"]
    assert shown["registrants"] == [
        {"id": lin["registrant_id"], "email": "lin@college.example", "name": "Lin Ma", "status": "approved"}
    ]
    assert shown["live"]["inside"] == [{"person": "host", "device": "computer", "name": "host", "where": "in_meeting"}]


def start(*options: str) -> tuple[subprocess.Popen[str], str]:
    """The process and the first line that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", "meetbot.sandbox", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    assert process.stdout
    return process, process.stdout.readline()


def test_the_process_tells_its_port_and_ends_politely(tmp_path: Path) -> None:
    """One line on stdout, 0 on SIGTERM, and the ledger is on the disk."""
    ledger = tmp_path / "ledger.jsonl"
    process, line = start(
        "--port", "0", "--seed", "3", "--speed", "60", "--start", "2021-11-10T05:00:00Z", "--ledger", str(ledger)
    )

    answer = httpx.post(f"{line.split()[-1]}/oauth/token", params=GRANT, auth=("sandbox", "sandbox"))
    process.send_signal(signal.SIGTERM)
    rest, errors = process.communicate(timeout=10)

    assert line.startswith("sandbox listening on http://127.0.0.1:")
    assert (answer.status_code, process.returncode, rest, errors) == (200, 0, "", "")
    entries = [json.loads(entry) for entry in ledger.read_text().splitlines()]
    assert [(entry["path"], entry["status"]) for entry in entries] == [("/oauth/token", 200)]
    assert entries[0]["at"] >= "2021-11-10T05:00:00"


def test_the_process_takes_switches() -> None:
    """`--no-breakout-rooms` is dropped in silence there, `--webinar` opens the webinar calls, two people are full."""
    process, line = start("--no-breakout-rooms", "--webinar", "--create-label", "Medium", "--capacity", "2")
    with httpx.Client(base_url=line.split()[-1]) as http:
        token = http.post("/oauth/token", params=GRANT, auth=("sandbox", "sandbox")).json()["access_token"]
        http.headers["authorization"] = f"Bearer {token}"

        settings = http.get("/v2/users/host@office.example/settings").json()
        webinar = http.post("/v2/users/host@office.example/webinars", json={})
    process.terminate()
    process.communicate(timeout=10)

    assert (settings["in_meeting"]["breakout_room"], settings["feature"]["meeting_capacity"]) == (False, 2)
    assert webinar.status_code == 201


def test_the_process_takes_clock_and_certificate(tmp_path: Path) -> None:
    """Seed and clock from the fault script, unless options say otherwise; the second line is what to trust."""
    script = tmp_path / "faults.yaml"
    script.write_text('seed: 4711\nclock: {start: "2021-11-10T05:00:00Z", rate: 0}')
    process, line = start("--faults", str(script), "--tls", "good")
    assert process.stdout
    trust = process.stdout.readline().split()

    with httpx.Client(verify=ssl.create_default_context(cafile=trust[1])) as http:
        clock = http.get(f"{line.split()[-1]}/_sandbox/clock").json()
    process.terminate()
    process.communicate(timeout=10)

    assert (line[:38], trust[0]) == ("sandbox listening on https://127.0.0.1", "trust")
    assert clock == {"now": "2021-11-10T05:00:00+00:00", "speed": 0}


def test_the_process_says_what_is_wrong_with_its_options(tmp_path: Path) -> None:
    """A bad fault script is one line on stderr, without a traceback."""
    script = tmp_path / "faults.yaml"
    script.write_text("zoom: [{when: {}, do: dely}]")

    process, line = start("--faults", str(script))
    _, errors = process.communicate(timeout=10)

    assert (line, process.returncode) == ("", 1)
    assert errors.startswith("sandbox: zoom[0].do: unknown verb 'dely'; known are ")


def test_the_sandbox_imports_nothing_of_meetbot() -> None:
    """Else it could share a mistake with the client."""
    imported = set()
    for file in Path(sandbox.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                imported |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")

    ours = {name for name in imported if name.startswith("meetbot")}
    assert {name for name in ours if not name.startswith("meetbot.sandbox")} == set()
