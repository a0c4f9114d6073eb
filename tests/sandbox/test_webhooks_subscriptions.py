"""Subscriptions to webhooks: challenges, states, secrets, which events, from the command line."""

import asyncio
import re
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.sandbox.receiver import Receiver, leap, receiving, subscribe

HOST = "host@office.example"
GRANT = {"grant_type": "account_credentials", "account_id": "sandbox"}


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


def kinds(zoom: Any) -> list[str]:
    return [effect["kind"] for effect in zoom.effects() if effect["kind"].startswith("webhook.")]


async def test_an_address_is_challenged_when_it_is_added(zoom: Any, receiver: Receiver) -> None:
    """Signed like everything else; the right answer makes it valid for 72 hours."""
    shown = await subscribe(zoom, receiver, secret="sandbox")

    (challenge,) = receiver.requests
    plain = challenge.json["payload"]["plainToken"]
    assert challenge.json == {
        "event": "endpoint.url_validation",
        "payload": {"plainToken": plain},
        "event_ts": 1636520400000,
    }
    assert (challenge.signed_with("sandbox"), bool(re.fullmatch("[0-9a-f]{32}", plain))) == (True, True)
    assert shown == {
        "url": receiver.url,
        "events": "all",
        "state": "valid",
        "failures": 0,
        "next_challenge_at": "2021-11-13T05:00:00Z",
        "waiting": 0,
    }


async def test_who_fails_the_first_challenge_is_told_nothing(zoom: Any, receiver: Receiver) -> None:
    """What happens meanwhile is lost; each event that is due gives another chance, and none of them counts."""
    receiver.answers = False
    shown = await subscribe(zoom, receiver)

    for _ in range(8):
        await zoom.meeting()
        await zoom.sandbox.deliver_webhooks()
    lost = list(receiver.names)
    receiver.answers = True
    await zoom.meeting()
    await zoom.sandbox.deliver_webhooks()

    assert (shown["state"], shown["failures"], lost, receiver.names) == ("unvalidated", 0, [], ["meeting.created"])
    assert kinds(zoom)[:3] == ["webhook.challenged", "webhook.challenged", "webhook.lost"]


async def test_F39_six_failed_challenges_in_a_row_disable(zoom: Any, receiver: Receiver) -> None:
    """One every 72 hours; the owner is warned after two and four; events come until the sixth."""
    await subscribe(zoom, receiver)
    receiver.answers = False
    states = []
    for _ in range(7):
        await zoom.log_in()
        await zoom.meeting()
        await leap(zoom, hours=72)
        (shown,) = (await zoom.http.get("/_sandbox/webhooks")).json()["webhooks"]
        states.append((shown["state"], shown["failures"]))

    assert states == [*(("valid", n) for n in range(1, 6)), ("disabled", 6), ("disabled", 6)]
    assert (len(receiver.names), len(receiver.challenges)) == (5, 7)
    assert [kind for kind in kinds(zoom) if kind not in ("webhook.challenged", "webhook.sent")] == [
        "webhook.owner_warned",
        "webhook.owner_warned",
        "webhook.disabled",
        "webhook.lost",
        "webhook.lost",
    ]


async def test_a_passed_challenge_forgives_and_a_disabled_address_can_be_added_again(
    zoom: Any, receiver: Receiver
) -> None:
    """Failures count in a row only."""
    await subscribe(zoom, receiver)
    for answers in [False] * 5 + [True] + [False] * 6:
        receiver.answers = answers
        await leap(zoom, hours=72)
    (disabled,) = (await zoom.http.get("/_sandbox/webhooks")).json()["webhooks"]

    receiver.answers = True
    again = await subscribe(zoom, receiver)

    assert (disabled["state"], len(receiver.challenges)) == ("disabled", 14)
    assert (again["state"], again["failures"]) == ("valid", 0)


async def test_W28_a_new_secret_counts_at_once(zoom: Any, receiver: Receiver) -> None:
    """Also for a retry of what was signed with the old one; the state stays."""
    receiver.secret = "old"
    await subscribe(zoom, receiver, secret="old")
    receiver.status = 500
    await zoom.meeting()
    await zoom.sandbox.deliver_webhooks()

    shown = await subscribe(zoom, receiver, secret="new")
    await leap(zoom, minutes=5)

    first, second = receiver.events
    assert (first.signed_with("old"), second.signed_with("new"), shown["state"]) == (True, True, "valid")


async def test_a_subscription_may_be_for_some_events(zoom: Any, receiver: Receiver) -> None:
    """The rest is not sent; another subscription has its own choice."""
    async with receiving() as other:
        await subscribe(zoom, receiver, events=["meeting.deleted"])
        await subscribe(zoom, other, events="all")
        meeting = await zoom.meeting()
        await zoom.call("DELETE", f"/meetings/{meeting['id']}")

        await zoom.sandbox.deliver_webhooks()

        assert (receiver.names, other.names) == (["meeting.deleted"], ["meeting.created", "meeting.deleted"])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({}, "url: expected an address such as https://office.example/zoom"),
        ({"url": ["http://x"]}, "url: expected an address such as https://office.example/zoom"),
        ({"url": "ftp://office.example"}, "url: expected an address such as https://office.example/zoom"),
        ({"url": "http://office.example:99999"}, "url: expected an address such as https://office.example/zoom"),
        ({"url": "http://office.example/a b"}, "url: expected an address such as https://office.example/zoom"),
        ({"url": "http://office.example", "secret": ""}, "secret: expected text"),
        ({"url": "http://office.example", "events": []}, "events: expected a list of names, or 'all'"),
        ({"url": "http://office.example", "events": ["meeting.begun"]}, "events: meeting.begun never happens here; "),
        ({"url": "http://office.example", "event": "all"}, "Rows of url, secret, events."),
    ],
)
async def test_a_bad_subscription_is_refused(zoom: Any, row: dict[str, Any], message: str) -> None:
    """400 code 300 with what is wrong, and there is none."""
    answer = await zoom.http.post("/_sandbox/webhooks", json=row)

    assert (answer.status_code, answer.json()["code"]) == (400, 300)
    assert answer.json()["errors"][0]["message"].startswith(message)
    assert zoom.sandbox.webhooks.shown() == []


async def test_an_app_has_twenty_subscriptions(zoom: Any) -> None:
    """As at Zoom; taking one away makes room."""
    for number in range(20):
        zoom.sandbox.webhooks.subscribe(f"http://127.0.0.1:1/{number}", "sandbox")
    row = {"url": "http://127.0.0.1:1/20"}

    refused = await zoom.http.post("/_sandbox/webhooks", json=row)
    removed = await zoom.http.request("DELETE", "/_sandbox/webhooks", json={"url": "http://127.0.0.1:1/0"})
    taken = await zoom.http.post("/_sandbox/webhooks", json=row)
    unknown = await zoom.http.request("DELETE", "/_sandbox/webhooks", json={"url": "http://127.0.0.1:1/0"})

    statuses = [answer.status_code for answer in (refused, removed, taken, unknown)]
    assert statuses == [400, 204, 200, 400]
    assert unknown.json()["errors"][0]["message"] == "url: no such subscription"


async def test_no_secret_of_a_subscription_is_shown(zoom: Any, receiver: Receiver) -> None:
    """What stands in its address is in neither ledger nor list, and still used."""
    plain = receiver.url
    receiver.url = plain.replace("http://", "http://lin:kampot@") + "?key=battam"
    shown = await subscribe(zoom, receiver)
    await zoom.meeting()
    await zoom.sandbox.deliver_webhooks()

    ledger = (await zoom.http.get("/_sandbox/ledger")).text
    assert (shown["url"], receiver.names) == (plain, ["meeting.created"])
    assert [secret for secret in ("kampot", "battam") if secret in ledger + str(shown)] == []


async def process(*options: str) -> tuple[asyncio.subprocess.Process, str]:
    """The sandbox as a process of its own, and the first line that it prints."""
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "meetbot.sandbox", *options, stdout=PIPE, stderr=PIPE
    )
    assert started.stdout
    return started, (await started.stdout.readline()).decode()


async def test_the_process_tells_who_is_named_on_its_command_line(receiver: Receiver) -> None:
    """Signed with the given secret."""
    receiver.secret = "kampot"
    started, line = await process("--webhook", receiver.url, "--webhook-secret", "kampot")

    async with httpx.AsyncClient(base_url=line.split()[-1]) as http:
        token = (await http.post("/oauth/token", params=GRANT, auth=("sandbox", "sandbox"))).json()
        http.headers["authorization"] = f"Bearer {token['access_token']}"
        await http.post(f"/v2/users/{HOST}/meetings", json={"topic": "Launch"})
        await receiver.has_got(1)
    started.send_signal(signal.SIGTERM)
    _, errors = await started.communicate()

    assert (receiver.names, started.returncode, errors) == (["meeting.created"], 0, b"")
    assert receiver.events[0].signed_with("kampot")


async def test_the_process_refuses_an_address_that_is_none() -> None:
    """One line on stderr, without a traceback."""
    started, line = await process("--webhook", "office.example")
    _, errors = await started.communicate()

    assert (line, started.returncode) == ("", 1)
    assert errors == b"sandbox: url: expected an address such as https://office.example/zoom\n"
