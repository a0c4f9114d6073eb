"""Webhooks on the wire: envelope, signature, retries, slow and absent receivers, running and standing clocks."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from meetbot.sandbox import Clock, Sandbox
from meetbot.sandbox.certificates import Authority
from meetbot.sandbox.webhooks import post
from tests.sandbox.receiver import HANG_UP, STALL, Receiver, leap, receiving, subscribe

HOST = "host@office.example"
GRANT = {"grant_type": "account_credentials", "account_id": "sandbox"}


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


def sent(zoom: Any) -> list[tuple[str, int, int | None]]:
    """Of each attempt the event, its number and the answer."""
    return [
        (effect["event"], effect["attempt"], effect["status"])
        for effect in zoom.effects()
        if effect["kind"] == "webhook.sent"
    ]


async def test_W06_the_signature_is_over_the_very_bytes(zoom: Any, receiver: Receiver) -> None:
    """Every request verifies by its bytes; some do not verify by the JSON in them."""
    await subscribe(zoom, receiver)

    for _ in range(20):
        await zoom.meeting(topic="ពិធី ສະເຫຼີມ / launch")
    await zoom.sandbox.deliver_webhooks()

    canonical = [
        request.signature_of(
            json.dumps(request.json, ensure_ascii=False, separators=(",", ":")).encode(), receiver.secret
        )
        == request.headers["x-zm-signature"]
        for request in receiver.events
    ]
    assert [request.signed_with(receiver.secret) for request in receiver.requests] == [True] * 21
    assert (len(canonical), set(canonical)) == (20, {True, False})


async def test_the_envelope_is_zooms(zoom: Any, receiver: Receiver) -> None:
    """All headers of one attempt: seconds, an id with underscores, the app's client id."""
    await subscribe(zoom, receiver)
    await zoom.meeting()

    await zoom.sandbox.deliver_webhooks()

    (request,) = receiver.events
    shapes = {
        "host": r"127\.0\.0\.1:\d+",
        "content-length": str(len(request.body)),
        "x-zm-request-timestamp": "1636520400",
        "x-zm-signature": "v0=[0-9a-f]{64}",
        "x-zm-request-id": "[0-9a-f]{8}(_[0-9a-f]{4}){3}_[0-9a-f]{12}",
        "x-zm-trackingid": r"(v=2\.0;clid=us06;rid=)?WEB_[0-9a-f]{32}",
        "traceparent": "00-[0-9a-f]{32}-[0-9a-f]{16}-01",
        "zm-trace-upstream": ".+",
        "clientid": "sandbox",
        "user-agent": r"Zoom Marketplace/1\.0a",
        "content-type": "application/json; charset=utf-8",
    }
    assert request.headers.keys() == shapes.keys()
    assert [name for name in shapes if not re.fullmatch(shapes[name], request.headers[name])] == []


async def test_zooms_clock_may_be_ahead(zoom: Any, receiver: Receiver) -> None:
    """By at most 15 ms, which shows at the end of a second only."""
    await subscribe(zoom, receiver)
    zoom.wait(seconds=0.99)
    for _ in range(12):
        await zoom.meeting()

    await zoom.sandbox.deliver_webhooks()

    assert {request.timestamp - 1636520400 for request in receiver.events} == {0, 1}
    assert {request.json["event_ts"] for request in receiver.events} == {1636520400990}


async def test_F30_a_failure_is_tried_again_after_5_20_and_60_minutes(zoom: Any, receiver: Receiver) -> None:
    """The same id and the same bytes; a new moment, a new signature, a new trace. Then Zoom gives up."""
    await subscribe(zoom, receiver)
    receiver.status = 503
    await zoom.meeting()
    await zoom.sandbox.deliver_webhooks()
    counts = []
    for minutes in (4, 1, 19, 1, 59, 1, 600):
        await leap(zoom, minutes=minutes)
        counts.append(len(receiver.events))

    assert counts == [1, 2, 2, 3, 3, 4, 4]
    first = receiver.events[0].timestamp
    assert [request.timestamp - first for request in receiver.events] == [0, 5 * 60, 25 * 60, 85 * 60]
    assert len({request.body for request in receiver.events}) == 1
    assert len({request.headers["x-zm-request-id"] for request in receiver.events}) == 1
    assert len({request.headers["x-zm-signature"] for request in receiver.events}) == 4
    assert len({request.headers["traceparent"] for request in receiver.events}) == 4
    assert all(request.signed_with(receiver.secret) for request in receiver.events)
    assert sent(zoom) == [("meeting.created", attempt, 503) for attempt in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("status", "attempts"),
    [(200, 1), (204, 1), (202, 1), (301, 1), (400, 1), (401, 1), (404, 1), (429, 1), (500, 2), (599, 2), (HANG_UP, 2)],
)
async def test_only_a_broken_receiver_is_tried_again(zoom: Any, receiver: Receiver, status: int, attempts: int) -> None:
    """500 and more, and no answer at all; a redirect is not followed."""
    await subscribe(zoom, receiver)
    receiver.status = status
    await zoom.meeting()
    await zoom.sandbox.deliver_webhooks()

    await leap(zoom, minutes=6)

    assert receiver.names == ["meeting.created"] * attempts
    assert sent(zoom) == [("meeting.created", n, status or None) for n in range(1, attempts + 1)]


async def test_who_is_too_slow_has_not_answered(zoom: Any, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several wait at the same time, and nothing else waits for them."""
    await subscribe(zoom, receiver)
    monkeypatch.setattr(post, "PATIENCE", 0.2)
    receiver.status = STALL
    for _ in range(30):
        await zoom.meeting()

    async with asyncio.timeout(2):
        await zoom.sandbox.deliver_webhooks()

    reasons = {effect["reason"] for effect in zoom.effects() if effect["kind"] == "webhook.sent"}
    assert sent(zoom) == [("meeting.created", 1, None)] * 30
    assert reasons == {"no answer within 0.2 seconds"}


async def test_who_is_not_there_is_tried_again(zoom: Any) -> None:
    """As after any other failure, once it had been valid."""
    async with receiving() as gone:
        await subscribe(zoom, gone)
    await zoom.meeting()

    await zoom.sandbox.deliver_webhooks()

    (shown,) = zoom.sandbox.webhooks.shown()
    assert (sent(zoom), shown["waiting"]) == ([("meeting.created", 1, None)], 1)


async def test_moving_the_standing_clock_sends(zoom: Any, receiver: Receiver) -> None:
    """Nothing before; also to the moment where it stands."""
    await subscribe(zoom, receiver)
    await zoom.meeting()
    before = list(receiver.names)

    await zoom.http.post("/_sandbox/clock", json={"now": "2021-11-10T05:00:00Z"})

    assert (before, receiver.names) == ([], ["meeting.created"])


async def test_one_slow_subscriber_does_not_hold_up_another(
    zoom: Any, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has its own turn."""
    monkeypatch.setattr(post, "PATIENCE", 1.0)
    async with receiving(status=STALL) as slow:
        await subscribe(zoom, slow)
        await subscribe(zoom, receiver)
        await zoom.meeting()

        await zoom.sandbox.deliver_webhooks()

        assert sorted(sent(zoom), key=str) == [("meeting.created", 1, 200), ("meeting.created", 1, None)]
        assert [attempt[-1] for attempt in sent(zoom)] == [200, None]


async def test_a_running_clock_sends_by_itself() -> None:
    """The receiver may come after the sandbox; people act, and their retries come, without any call."""
    async with receiving() as late:
        stand_in = Sandbox(clock=Clock(speed=3000), webhooks=[late.url], webhook_secret="sandbox", limits=False)
        async with stand_in.serve() as url, httpx.AsyncClient(base_url=url) as http:
            token = (await http.post("/oauth/token", params=GRANT, auth=("sandbox", "sandbox"))).json()
            http.headers["authorization"] = f"Bearer {token['access_token']}"
            late.status = 500
            await http.post(f"/v2/users/{HOST}/meetings", json={"topic": "Launch"})
            await late.has_got(4)

        assert late.names == ["meeting.created"] * 4
        gaps = [b.timestamp - a.timestamp for a, b in zip(late.events, late.events[1:], strict=False)]
        assert [gap >= minutes * 60 for gap, minutes in zip(gaps, (5, 20, 60), strict=True)] == [True] * 3


async def test_an_answer_of_the_api_never_waits_for_a_receiver() -> None:
    """The receiver stalls for three seconds, the call is answered at once."""
    async with receiving(status=STALL) as slow:
        stand_in = Sandbox(webhooks=[slow.url], limits=False)
        async with stand_in.serve() as url, httpx.AsyncClient(base_url=url, timeout=1) as http:
            token = (await http.post("/oauth/token", params=GRANT, auth=("sandbox", "sandbox"))).json()
            http.headers["authorization"] = f"Bearer {token['access_token']}"
            for _ in range(3):
                await http.post(f"/v2/users/{HOST}/meetings", json={"topic": "Launch"})
            await slow.has_got(3)


async def test_an_https_address_needs_a_trusted_certificate(new_zoom: Any, tmp_path: Path) -> None:
    """One that is signed by the given authority is told; one that is not gets nothing."""
    authority = Authority(tmp_path)
    zoom = await new_zoom(webhook_ca=authority.ca_file)
    async with receiving(tls=authority.context()) as good, receiving(tls=authority.context("self-signed")) as bad:
        states = [(await subscribe(zoom, one))["state"] for one in (good, bad)]
        await zoom.meeting()
        await zoom.sandbox.deliver_webhooks()

        assert states == ["valid", "unvalidated"]
        assert (good.names, bad.requests) == (["meeting.created"], [])
