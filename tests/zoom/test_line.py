"""Faults of the network and of Zoom: which error each becomes, and what is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import respx

from meetbot.core import times
from meetbot.core.remote import PlannedMeeting
from meetbot.errors import ZoomError, ZoomRateLimited, ZoomRefused, ZoomUnknownOutcome, ZoomUnreachable
from meetbot.zoom import auth, client, line
from tests.zoom import every_call

NOON = times.at("2021-11-09 19:00", "Asia/Bangkok")
PLANNED = every_call.PLANNED
MEETING = {"id": 1, "uuid": "u1", "host_id": "h", "topic": "Launch", "status": "waiting"}
PER_SECOND = {
    "code": 429,
    "message": "You have reached the maximum per-second rate limit for this API. Try again later.",
}
PER_DAY = {"code": 429, "message": "You have reached the maximum daily rate limit for this API. Refer to the response…"}
HOST_DAY = {
    "code": 429,
    "message": "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests permitted for this "
    "particular user. You may resume these requests at GMT 00:00:00.",
}

Fault = httpx.Response | Exception

BEFORE_SENDING: list[Fault] = [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.PoolTimeout("busy")]
LOST: list[Fault] = [
    httpx.ReadTimeout("slow"),
    httpx.ReadError("reset"),
    httpx.WriteError("reset"),
    httpx.RemoteProtocolError("Server disconnected without sending a response."),
    httpx.Response(500),
    httpx.Response(502, html="<h1>Bad Gateway</h1>"),
    httpx.Response(503, json={"code": 503}),
    httpx.Response(504),
    httpx.Response(200, html="<form>Log in</form>"),
    httpx.Response(201, text='{"id": 933981'),
    httpx.Response(201, json=["a", "list"]),
    httpx.Response(201, content=b"[" * 100_000),
    httpx.Response(201, json={}),
    httpx.Response(201, json={"id": None}),
    httpx.Response(201, json={"id": "93398114182/../users"}),
]


async def never(_request: httpx.Request) -> httpx.Response:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize("fault", BEFORE_SENDING, ids=repr)
async def test_F09_a_write_that_was_not_sent_had_no_effect(
    api: respx.MockRouter, zoom: client.Zoom, fault: Fault
) -> None:
    """Without a connection nothing has happened: unreachable, and for the caller to try again."""
    route = api.post("/users/h/meetings").mock(side_effect=[fault])

    with pytest.raises(ZoomUnreachable):
        await zoom.create_meeting(PLANNED)

    assert route.call_count == 1


@pytest.mark.parametrize("fault", LOST, ids=repr)
async def test_F11_Z01_a_create_whose_answer_is_lost_is_unknown(
    api: respx.MockRouter, zoom: client.Zoom, fault: Fault
) -> None:
    """Once the request was sent, an answer that cannot be read leaves open whether the meeting exists; sent once."""
    route = api.post("/users/h/meetings").mock(side_effect=[fault] * 3)

    with pytest.raises(ZoomUnknownOutcome):
        await zoom.create_meeting(PLANNED)

    assert route.call_count == 1


@pytest.mark.parametrize("fault", LOST, ids=repr)
async def test_F10_Z06_a_read_without_an_answer_had_no_effect(
    api: respx.MockRouter, zoom: client.Zoom, fault: Fault
) -> None:
    """A read that cannot be read is unreachable, never a crash."""
    api.get("/meetings/1").mock(side_effect=[fault] * 3)

    with pytest.raises(ZoomUnreachable):
        await zoom.meeting("1")


async def test_Z06_a_broken_compression_is_a_lost_answer(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """A body that cannot be unpacked leaves the outcome of a write open."""
    broken = httpx.Response(204, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"not gzip"))
    api.delete("/meetings/1").mock(return_value=broken)

    with pytest.raises(ZoomUnknownOutcome, match="the connection to Zoom failed: Error -3 while decompressing"):
        await zoom.delete_meeting("1")


@pytest.mark.parametrize("name", every_call.CHANGES)
async def test_F11_F12_every_write_whose_answer_is_lost_is_unknown(
    api: respx.MockRouter, zoom: client.Zoom, name: str
) -> None:
    """All calls that change something are sent once and say honestly that their outcome is unknown."""
    route = api.route(path__regex=".*").mock(side_effect=httpx.ReadTimeout("slow"))

    with pytest.raises(ZoomUnknownOutcome):
        await every_call.CHANGES[name](zoom)

    assert route.call_count == 1


@pytest.mark.parametrize("name", every_call.READS)
async def test_F09_every_read_without_an_answer_is_tried_three_times(
    api: respx.MockRouter, zoom: client.Zoom, name: str
) -> None:
    """No call that only reads leaves anything open."""
    route = api.route(path__regex=".*").mock(side_effect=httpx.ReadTimeout("slow"))

    with pytest.raises(ZoomUnreachable):
        await every_call.READS[name](zoom)

    assert route.call_count == 3


async def test_Z03_success_is_judged_by_content(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Any 2xx with the right content is a success, also with a byte order mark or as plain text; so is 200 for 204."""
    content = b'\xef\xbb\xbf{"id": "1", "uuid": "u1", "new_field": {"a": [1]}}'
    api.post("/users/h/meetings").respond(200, content=content, content_type="text/plain")
    api.patch("/meetings/1").respond(200, json={})

    meeting = await zoom.create_meeting(PLANNED)
    await zoom.update_meeting("1", PLANNED)

    assert (meeting.id, meeting.uuid) == ("1", "u1")


async def test_F09_reads_are_tried_three_times(api: respx.MockRouter, zoom: client.Zoom, clock: times.Clock) -> None:
    """Two faults in a row do not reach the caller of a read; the pauses between the attempts grow."""
    faults: list[Fault] = [httpx.ConnectError("refused"), httpx.Response(502), httpx.Response(200, json=MEETING)]
    route = api.get("/meetings/1").mock(side_effect=faults)

    meeting = await zoom.meeting("1")

    assert (meeting.id, route.call_count, clock.now() - NOON) == ("1", 3, timedelta(seconds=2.5))


async def test_F05_a_call_has_one_deadline(
    api: respx.MockRouter, zoom: client.Zoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that accepts and never ends its answer does not hold the caller."""
    api.post("/users/h/meetings").mock(side_effect=never)
    api.get("/meetings/1").mock(side_effect=never)
    await zoom.scopes()
    monkeypatch.setattr(line, "_DEADLINE", 0)

    with pytest.raises(ZoomUnknownOutcome, match="no complete answer"):
        await zoom.create_meeting(PLANNED)
    with pytest.raises(ZoomUnreachable, match="no complete answer"):
        await zoom.meeting("1")


async def test_Z18_an_answer_without_end_is_cut_off(
    api: respx.MockRouter, zoom: client.Zoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No more of an answer is read than the limit allows."""
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1000
            yield b" " * 1000

    monkeypatch.setattr(line, "_MOST_BYTES", 5000)
    api.delete("/meetings/1").mock(return_value=httpx.Response(200, content=endless()))

    with pytest.raises(ZoomUnknownOutcome, match="longer than 5000 bytes"):
        await zoom.delete_meeting("1")

    assert read == 6000


async def test_F18_U07_redirects_are_not_followed(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """An address that sends us elsewhere is refused, and nobody else sees our token."""
    elsewhere = api.get("https://evil.example/").respond(200, json=MEETING)
    api.get("/meetings/1").respond(302, headers={"Location": "https://evil.example/"})

    with pytest.raises(ZoomRefused, match="sent us elsewhere") as refused:
        await zoom.meeting("1")

    assert (refused.value.status, elsewhere.call_count) == (302, 0)


async def test_F18_a_redirect_to_nowhere_is_a_lost_answer(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """An address that is none is no crash."""
    api.delete("/meetings/1").respond(301, headers={"Location": "A:0"})

    with pytest.raises(ZoomUnknownOutcome):
        await zoom.delete_meeting("1")


async def test_F18_an_untrusted_connection_is_named(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """A certificate that does not hold is told from a network that is down."""
    fault = httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired")
    api.delete("/meetings/1").mock(side_effect=fault)

    with pytest.raises(ZoomUnreachable) as unreachable:
        await zoom.delete_meeting("1")

    assert str(unreachable.value) == (
        "delete meeting: the connection to Zoom is not trusted: "
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired"
    )


async def test_F10_a_404_from_before_the_api_is_not_a_missing_meeting(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Only Zoom's own words make a meeting missing; a gateway's page does not."""
    api.delete("/meetings/1").respond(404, html="<h1>Not Found</h1>")
    api.delete("/meetings/2").respond(404)

    for id in ("1", "2"):
        with pytest.raises(ZoomUnreachable):
            await zoom.delete_meeting(id)


async def test_F13_a_stale_token_is_renewed_once(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """A 401 in the middle of a run costs one new token and one more attempt, also for a write."""
    tokens = [httpx.Response(200, json={"access_token": name}) for name in ("first", "second")]
    api["token"].mock(side_effect=tokens)
    stale = httpx.Response(401, json={"code": 124, "message": "Invalid access token."})
    route = api.post("/users/h/meetings").mock(side_effect=[stale, httpx.Response(201, json=MEETING)])

    await zoom.create_meeting(PLANNED)

    assert [call.request.headers["Authorization"] for call in route.calls] == ["Bearer first", "Bearer second"]


async def test_F13_a_second_401_is_final(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Zoom that accepts no token at all is not asked a third time."""
    route = api.get("/meetings/1").respond(401, json={"code": 124, "message": "Invalid access token."})

    with pytest.raises(ZoomRefused) as refused:
        await zoom.meeting("1")

    assert (refused.value.status, refused.value.code, route.call_count) == (401, 124, 2)


async def test_F13_many_calls_renew_one_token(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """However many calls meet the stale token, it is renewed once."""

    def only_second(request: httpx.Request) -> httpx.Response:
        good = request.headers["Authorization"] == "Bearer second"
        return httpx.Response(200, json=MEETING) if good else httpx.Response(401, json={"code": 124})

    names = iter(["first", "second"])

    async def slowly(_request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        return httpx.Response(200, json={"access_token": next(names)})

    api["token"].mock(side_effect=slowly)
    api.get("/meetings/1").mock(side_effect=only_second)

    meetings = await asyncio.gather(*(zoom.meeting("1") for _ in range(20)))

    assert ({meeting.id for meeting in meetings}, api["token"].call_count) == ({"1"}, 2)


async def test_F13_an_added_scope_is_seen_at_the_next_call(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """A token without a scope is dropped, so that what an administrator adds works without a restart."""
    lacking = {"code": 4711, "message": "Invalid access token, does not contain scopes:[meeting:read:meeting:admin]."}
    api["token"].mock(side_effect=[httpx.Response(200, json={"access_token": name}) for name in ("first", "second")])
    route = api.get("/meetings/1")
    route.mock(side_effect=[httpx.Response(400, json=lacking), httpx.Response(200, json=MEETING)])

    with pytest.raises(ZoomRefused) as refused:
        await zoom.meeting("1")
    await zoom.meeting("1")

    assert str(refused.value) == (
        "read meeting: Zoom refuses our credentials: the scope meeting:read:meeting:admin is missing; "
        f"add it to the app in the Zoom App Marketplace (Zoom 400, code 4711: {lacking['message']})"
    )
    assert route.calls.last.request.headers["Authorization"] == "Bearer second"


async def test_F13_wrong_credentials_say_which_settings(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Credentials that Zoom does not know stop every call with the remedy, and without the secret."""
    api["token"].respond(400, json={"reason": "Invalid client_id or client_secret", "error": "invalid_client"})

    with pytest.raises(ZoomRefused) as refused:
        await zoom.create_meeting(PLANNED)

    assert str(refused.value) == (
        "Zoom refuses our credentials: Invalid client_id or client_secret; see MEETBOT_ZOOM_ACCOUNT_ID, "
        "MEETBOT_ZOOM_CLIENT_ID and MEETBOT_ZOOM_CLIENT_SECRET, and whether the app is activated"
    )


async def test_F05_F13_a_token_that_does_not_come_in_time_means_not_sent(
    api: respx.MockRouter, zoom: client.Zoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deadline of a write that still waits for its token leaves nothing open."""
    api["token"].mock(side_effect=never)
    monkeypatch.setattr(line, "_DEADLINE", 0)

    with pytest.raises(ZoomUnreachable, match="no access token"):
        await zoom.create_meeting(PLANNED)


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ReadTimeout("slow"),
        httpx.Response(503, html="<h1>Down</h1>"),
        httpx.Response(429, json={"code": 429, "message": "too many"}),
        httpx.Response(403, html="<h1>Forbidden</h1>"),
        httpx.Response(200, html="<form>Log in</form>"),
        httpx.Response(200, json={"token_type": "bearer"}),
        httpx.Response(200, json={"access_token": "t", "expires_in": "soon"}),
    ],
    ids=repr,
)
async def test_F13_without_a_token_a_write_was_not_sent(api: respx.MockRouter, zoom: client.Zoom, fault: Fault) -> None:
    """Trouble with the token endpoint is never an unknown outcome: the call itself was not made."""
    api["token"].mock(side_effect=[fault] * 3)
    route = api.post("/users/h/meetings").respond(201, json=MEETING)

    with pytest.raises(ZoomUnreachable):
        await zoom.create_meeting(PLANNED)

    assert route.call_count == 0


@pytest.mark.parametrize("urgent", [False, True])
async def test_F06_a_call_waits_out_the_limit_per_second(
    api: respx.MockRouter, zoom: client.Zoom, clock: times.Clock, urgent: bool
) -> None:
    """Zoom's "too fast" was without effect: the call goes again by itself, also when it changes something."""
    sent_at: list[timedelta] = []

    def once_too_fast(_request: httpx.Request) -> httpx.Response:
        sent_at.append(clock.now() - NOON)
        answers = [httpx.Response(429, json=PER_SECOND, headers={"Retry-After": "2"}), httpx.Response(429)]
        return answers[len(sent_at) - 1] if len(sent_at) <= 2 else httpx.Response(201, json={"registrant_id": "r1"})

    api.post("/meetings/1/registrants").mock(side_effect=once_too_fast)

    await zoom.add_registrant("1", address="a@example.org", first_name="A", last_name="", urgent=urgent)

    assert sent_at == [timedelta(0), timedelta(seconds=2), timedelta(seconds=2.5)]


async def test_F06_a_call_is_not_repeated_for_ever(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Zoom that always says "too fast" is asked twenty times; then the caller learns when to try again."""
    route = api.delete("/meetings/1").respond(429, json=PER_SECOND)

    with pytest.raises(ZoomRateLimited, match="delete meeting: Zoom's per-second limit of calls for the whole account"):
        await zoom.delete_meeting("1")

    assert route.call_count == 20


async def test_F06_too_many_calls_for_one_meeting_do_not_slow_others_down(
    api: respx.MockRouter, zoom: client.Zoom, clock: times.Clock
) -> None:
    """Calls that meet each other at one meeting wait a moment; the pace of the account stays as it is."""
    met = {"code": 429, "message": "Too many concurrent requests. A request to change this meeting is under way."}
    api.delete("/meetings/1").mock(side_effect=[httpx.Response(429, json=met), httpx.Response(204)])
    api.delete("/meetings/2").respond(204)

    await zoom.delete_meeting("1")
    began = clock.now()
    for _ in range(100):
        await zoom.delete_meeting("2")

    assert began - NOON == timedelta(seconds=0.5)
    assert clock.now() - began <= timedelta(seconds=100 / 24)


async def test_F07_the_daily_limit_closes_one_label(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Once the day's calls of a label are used up, no more of them are sent, nobody waits, and other labels go on."""
    headers = {"X-RateLimit-Type": "Daily-limit", "Retry-After": "2021-11-10T00:00:00Z"}
    light = api.get("/meetings/1").respond(429, json=PER_DAY, headers=headers)
    api.get("/users/h/meetings").respond(json={"meetings": []})

    with pytest.raises(ZoomRateLimited) as limited:
        await zoom.meeting("1")
    with pytest.raises(ZoomRateLimited):
        await zoom.delete_meeting("1")
    meetings = await zoom.list_meetings("h")

    assert (limited.value.retry_at, light.call_count) == (times.at("2021-11-10 07:01", "Asia/Bangkok"), 1)
    assert meetings == ()


async def test_F08_the_limit_of_one_host_does_not_stop_another(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """A host's hundred a day is that host's alone: others go on at once."""
    api.post("/users/h/meetings").respond(429, json=HOST_DAY)
    api.post("/users/other/meetings").respond(201, json=MEETING)

    with pytest.raises(ZoomRateLimited) as limited:
        await zoom.create_meeting(PLANNED)
    meeting = await zoom.create_meeting(PlannedMeeting("b", "x2", "other", "B", "", PLANNED.starts_at, 30, "UTC"))

    assert limited.value.retry_at == times.at("2021-11-10 07:01", "Asia/Bangkok")
    assert str(limited.value) == (
        "create meeting: Zoom's daily limit of created and changed meetings for this host is reached"
    )
    assert meeting.id == "1"


@pytest.mark.parametrize("token", ["same", None])
async def test_F17_Z07_pages_in_a_loop_are_left(api: respx.MockRouter, zoom: client.Zoom, token: str | None) -> None:
    """A list whose pages come round again, or never end, is no list, nor when it is read once more."""
    route = api.get("/users/h/meetings")
    route.side_effect = lambda _request, route: httpx.Response(
        200, json={"meetings": [], "next_page_token": token or str(route.call_count)}
    )

    with pytest.raises(ZoomUnreachable, match="pages run in a loop"):
        await zoom.list_meetings("h")

    assert route.call_count == (4 if token else 200)


EXPIRED = httpx.Response(400, json={"code": 300, "message": "The next page token is invalid or expired."})


def page(*ids: int, token: str = "") -> httpx.Response:
    rows = [{"id": id, "uuid": f"u{id}", "host_id": "h", "topic": "Launch"} for id in ids]
    return httpx.Response(200, json={"meetings": rows, "next_page_token": token})


@pytest.mark.parametrize("broken", [EXPIRED, page(1, token="p2")], ids=["expired", "loop"])
async def test_F17_a_list_that_broke_off_is_read_again(
    api: respx.MockRouter, zoom: client.Zoom, broken: httpx.Response
) -> None:
    """A page that came round, or whose token died after its quarter of an hour, costs one more reading from the top."""
    route = api.get("/users/h/meetings")
    route.mock(side_effect=[page(1, token="p2"), broken, page(1, token="p3"), page(2)])

    meetings = await zoom.list_meetings("h")

    assert [meeting.id for meeting in meetings] == ["1", "2"]
    assert [call.request.url.params.get("next_page_token") for call in route.calls] == [None, "p2", None, "p3"]


async def test_F17_a_list_that_breaks_off_twice_is_unreachable(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """A list that cannot be read to its end is no refusal: it can be asked for later."""
    api.get("/users/h/meetings").mock(side_effect=[page(1, token="p2"), EXPIRED] * 2)

    with pytest.raises(ZoomUnreachable, match="list meetings: a page of the list has expired"):
        await zoom.list_meetings("h")


async def test_P06_an_empty_list_that_should_have_rows_is_not_believed(
    api: respx.MockRouter, zoom: client.Zoom
) -> None:
    """Nobody makes thirty meetings again because a list came back empty."""
    api.get("/users/h/meetings").respond(json={"meetings": [], "total_records": 30, "next_page_token": ""})

    with pytest.raises(ZoomUnreachable, match="empty and should have 30 rows"):
        await zoom.list_meetings("h")


@pytest.mark.parametrize(
    "link",
    [
        "https://zoom.evil/w/1?tk=a",
        "https://zoom.us.evil.example/w/1?tk=a",
        "https://zoom.us@evil.example/w/1?tk=a",
        "https://evil.example/w/1#zoom.us",
        "https://zoom.us\\@evil.example/",
        "http://zoom.us/w/1?tk=a",
        "javascript:alert(1)",
        "https://zoom.us/w/1\r\nBcc: a@example.org",
        "https://zoom.us/" + "a" * 4096,
        "https://zoom.us/ភាសា",
        "https://[zoom.us/",
        "https://a@zoom.us/w/1?tk=a",
    ],
    ids=range(12),
)
async def test_U05_join_links_lead_to_zoom(api: respx.MockRouter, zoom: client.Zoom, link: str) -> None:
    """A join link on any other host, or that is no plain address, is refused and shown to nobody."""
    api.post("/meetings/1/registrants").respond(201, json={"registrant_id": "r1", "join_url": link})

    with pytest.raises(ZoomRefused) as refused:
        await zoom.add_registrant("1", address="a@example.org", first_name="A", last_name="")

    assert str(refused.value) == "Zoom gave a join link that does not lead to Zoom; it was not kept"


async def test_U05_a_sandbox_may_give_its_own_join_links(clock: times.Clock) -> None:
    """Where the API is a sandbox on this machine, join links on that host are accepted."""
    account = auth.Account("A1", "C1", "s", "http://127.0.0.1:8090/v2", "http://127.0.0.1:8090/oauth/token")
    link = "http://127.0.0.1:8090/w/1?tk=a"

    with respx.mock(base_url="http://127.0.0.1:8090") as sandbox:
        sandbox.post("/oauth/token").respond(json={"access_token": "t", "api_url": "https://api.zoom.us"})
        sandbox.post("/v2/meetings/1/registrants").respond(201, json={"registrant_id": "r1", "join_url": link})
        async with client.Zoom(account, clock) as zoom:
            registrant = await zoom.add_registrant("1", address="a@example.org", first_name="A", last_name="")

    assert registrant.join_link is not None
    assert registrant.join_link.reveal() == link


async def test_a_sandbox_is_reached_past_the_proxy(clock: times.Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """An office's proxy stands between us and Zoom, not between us and a sandbox on this machine."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 400 Bad Request\r\nContent-Length: 17\r\n\r\n{"reason":"here"}')
        await writer.drain()
        writer.close()

    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        account = auth.Account("A1", "C1", "s", f"{base}/v2", f"{base}/oauth/token")
        async with client.Zoom(account, clock) as zoom:
            with pytest.raises(ZoomRefused, match="Zoom refuses our credentials: here"):
                await zoom.scopes()


@pytest.mark.parametrize("fault", [*BEFORE_SENDING, *LOST, httpx.Response(400, json={"code": 300})], ids=repr)
async def test_P31_errors_bear_no_secret(api: respx.MockRouter, zoom: client.Zoom, fault: Fault) -> None:
    """Neither the message of an error nor anything that hangs on it shows the token, the secret or an address."""
    api.post("/users/h/meetings").mock(side_effect=[fault] * 3)

    with pytest.raises(ZoomError) as error:
        await zoom.create_meeting(PLANNED)

    shown = f"{error.value!r} {error.value.__cause__!r}"
    assert [secret for secret in ("first", "s3cret", "https://") if secret in shown] == []
