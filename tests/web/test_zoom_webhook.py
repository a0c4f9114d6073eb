"""Zoom's events come in over HTTP: only what Zoom signed, at once, once, and on disk before it is thanked."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

from meetbot.store import due, inbox
from meetbot.web import zoom_webhook
from tests.store import builders
from tests.web import desk as web_desk
from tests.web.desk import Desk, by_hand
from tests.zoom import events
from tests.zoom.events import NOW, body, encrypted, joined, signature

STAMPED = str(int(NOW.timestamp()))
BODY = body(joined())
GOOD = events.headers(BODY)
CHALLENGE = {"event": "endpoint.url_validation", "event_ts": 1636527900000}


@pytest.fixture(autouse=True)
def _no_secret_is_logged(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test sends: neither the body nor the headers are seen in any log."""
    structlog.reset_defaults()
    yield
    out, err = capfd.readouterr()
    assert [word for word in ("Canary", "dara1@", "Sok Dara") if word in out + err + caplog.text] == []


async def test_P14_an_event_is_on_disk_when_zoom_is_thanked(desk: Desk) -> None:
    """Sealed, with its name, and a row that makes the next pass look at it."""
    answer = await desk.send(BODY)

    assert (answer.status_code, answer.content) == (200, b"")
    ((name, sealed, state),) = await desk.rows("event", "body", "state")
    assert (name, state) == ("meeting.participant_joined", "waiting")
    assert b"dara1" not in sealed
    async with desk.store.reading() as tx:
        (kept,) = await inbox.waiting(tx, desk.store.links, limit=10)
        assert (kept.body.encode(), kept.received_at) == (BODY, NOW)
        assert [(one.kind, one.due_at) for one in await due.waiting(tx)] == [(due.Kind.INBOX, NOW)]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-zm-request-timestamp": STAMPED},
        {"x-zm-signature": GOOD["x-zm-signature"]},
        {"x-zm-request-timestamp": "", "x-zm-signature": ""},
        [*GOOD.items(), ("x-zm-signature", GOOD["x-zm-signature"])],
        [*GOOD.items(), ("X-ZM-Request-Timestamp", STAMPED)],
    ],
    ids=["nothing", "no signature", "no timestamp", "both empty", "two signatures", "two timestamps"],
)
async def test_W01_P15_without_exactly_one_signature_nothing_is_taken(desk: Desk, headers: Any) -> None:
    """Never an error of ours: 401."""
    assert ((await desk.send(BODY, headers)).status_code, await desk.count()) == (401, 0)


@pytest.mark.parametrize(
    "written",
    [
        "v0=é".encode(),
        "v0=é".encode("latin-1").ljust(67, b"0"),
        GOOD["x-zm-signature"].replace("v0", "v1").encode(),
        GOOD["x-zm-signature"].upper().replace("V0", "v0").encode(),
        GOOD["x-zm-signature"][:-1].encode(),
        GOOD["x-zm-signature"].encode() + b"0",
        GOOD["x-zm-signature"].encode() + b" ",
        b"v0=" + b"0" * 64,
    ],
    ids=["é", "é in latin-1", "v1", "upper case", "63 digits", "65 digits", "space", "another"],
)
async def test_W02_P15_a_signature_of_another_form_is_none(desk: Desk, written: bytes) -> None:
    """Only sixty-four small hexadecimal digits after v0=."""
    answer = await desk.send(BODY, {**GOOD, "x-zm-signature": written})

    assert (answer.status_code, await desk.count()) == (401, 0)


@pytest.mark.parametrize("written", ["1e9", "-1", "١٦٣٦٥٢٧٩٠٠", f"{STAMPED}000", "1" * 400, "now", "+636527900", " "])
async def test_W03_P15_a_time_is_ten_digits(desk: Desk, written: str) -> None:
    """Also if it was signed so."""
    headers = {**GOOD, "x-zm-request-timestamp": written.encode(), "x-zm-signature": signature(BODY, written)}

    assert ((await desk.send(BODY, headers)).status_code, await desk.count()) == (401, 0)


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (timedelta(minutes=6), 200),
        (timedelta(minutes=85), 200),
        (timedelta(hours=3), 401),
        (timedelta(days=365), 401),
        (timedelta(minutes=-4), 200),
        (timedelta(minutes=-6), 401),
    ],
    ids=str,
)
async def test_W04_P15_an_old_signature_counts_for_two_hours(desk: Desk, age: timedelta, status: int) -> None:
    """Zoom's last repeat comes 85 minutes after the event."""
    answer = await desk.send(BODY, events.headers(BODY, at=NOW - age))

    assert (answer.status_code, await desk.count()) == (status, int(status == 200))


@pytest.mark.parametrize("later", [timedelta(seconds=1), timedelta(minutes=4), timedelta(minutes=85)], ids=str)
async def test_W05_F30_the_same_event_again_has_no_effect(desk: Desk, later: timedelta) -> None:
    """Thanked again, with a fresh signature or the old one; one row, also after it was acted on."""
    await desk.send(BODY)
    async with desk.store.transaction() as tx:
        await inbox.end(tx, [1], "taken")
    desk.clock.at = NOW + later

    as_before, re_signed = await desk.send(BODY, GOOD), await desk.send(BODY, events.headers(BODY, at=NOW + later))

    assert (as_before.status_code, re_signed.status_code) == (200, 200)
    assert await desk.rows("state", "body") == [("taken", None)]


async def test_W06_P15_the_exact_bytes_are_signed(desk: Desk) -> None:
    """A signature over the same document in another form is none, and one over an odd form is good."""
    odd = json.dumps(json.loads(BODY), indent=3, sort_keys=True).encode()

    assert (await desk.send(odd, events.headers(BODY))).status_code == 401
    assert (await desk.send(odd, events.headers(odd))).status_code == 200
    assert await desk.count() == 1


@pytest.mark.parametrize("raw", [b"", b"{"])
async def test_W07_a_body_of_nothing_is_refused_unsigned_and_ignored_signed(desk: Desk, raw: bytes) -> None:
    """It is not parsed before its signature is known."""
    assert [(await desk.send(raw, {})).status_code, await desk.post(raw), await desk.count()] == [401, 200, 0]


async def test_W07_one_mebibyte_is_the_most(desk: Desk) -> None:
    """A signed event of exactly that size is taken; one byte more is 413."""
    rest = body(joined(user_name=""))
    largest = body(joined(user_name="x" * (2**20 - len(rest))))

    assert (len(largest), await desk.post(largest), await desk.post(largest + b" ")) == (2**20, 200, 413)
    assert await desk.count() == 1


async def test_W07_a_gigabyte_is_refused_when_it_is_announced(desk: Desk) -> None:
    """Nothing of it is read."""
    async with desk.on_a_port() as port:
        status = await by_hand(port, {**GOOD, "content-length": "1000000000"})

    assert status == 413


async def test_W07_chunks_without_end_are_refused_at_the_limit(desk: Desk) -> None:
    """Whoever sends on and on is stopped after a mebibyte."""
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"

    async with desk.on_a_port() as port:
        status = await by_hand(port, {**GOOD, "transfer-encoding": "chunked"}, *[chunk] * 17)

    assert status == 413


async def test_W07_a_body_that_does_not_come_is_not_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """408 after the patience has run out."""
    monkeypatch.setattr(zoom_webhook, "_PATIENCE", 0.05)

    async with desk.on_a_port() as port:
        status = await by_hand(port, {**GOOD, "content-length": str(len(BODY))}, BODY[:20])

    assert (status, await desk.count()) == (408, 0)


async def test_W07_who_goes_away_in_the_middle_leaves_nothing(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """No row and no error in the log."""
    async with desk.on_a_port() as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        lines = "".join(f"{name}: {value}\r\n" for name, value in GOOD.items())
        head = f"POST /zoom/webhook HTTP/1.1\r\nHost: x\r\n{lines}content-length: {len(BODY)}\r\n\r\n"
        writer.write(head.encode() + BODY[:20])
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    assert (await desk.count(), caplog.text) == (0, "")


@pytest.mark.parametrize(
    "header",
    [
        {"content_encoding": "gzip"},
        {"content_encoding": "br"},
        {"content_encoding": "identity, gzip"},
        {"content_type": "application/json; charset=utf-16"},
        {"content_type": 'application/json;charset="latin-1"'},
    ],
    ids=str,
)
async def test_W08_only_plain_utf8_is_read(desk: Desk, header: dict[str, str]) -> None:
    """Nothing is unpacked, so nothing can swell; nothing is guessed."""
    assert (await desk.post(BODY, **header), await desk.count()) == (415, 0)


@pytest.mark.parametrize("header", [{"content_encoding": "identity"}, {"content_type": 'text/plain; charset="UTF-8"'}])
async def test_W08_plain_utf8_under_another_name_is_read(desk: Desk, header: dict[str, str]) -> None:
    """The signature says whose it is."""
    assert (await desk.post(BODY, **header), await desk.count()) == (200, 1)


@pytest.mark.parametrize(
    "raw",
    [b"hello", b"[]", b"7", b"null", b"\xef\xbb\xbf{}", b"{}{}", b'{"event":"a","event":"endpoint.url_validation"}'],
    ids=["text", "array", "number", "null", "BOM", "two documents", "a key twice"],
)
async def test_W09_W10_what_is_signed_but_no_event_is_thanked_and_forgotten(desk: Desk, raw: bytes) -> None:
    """A refusal would only bring it back."""
    assert (await desk.post(raw), await desk.count()) == (200, 0)


async def test_W11_the_challenge_is_answered_to_whoever_signed_it(desk: Desk) -> None:
    """As JSON, whatever printable signs the token has; nothing is written down."""
    plain = '<b>"qgg8vlvZRS6UYooatFL8Aw'
    raw = body({**CHALLENGE, "payload": {"plainToken": plain}})

    answer = await desk.send(raw)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {"plainToken": plain, "encryptedToken": encrypted(plain)}
    assert await desk.count() == 0


@pytest.mark.parametrize("payload", [{}, {"plainToken": 7}, {"plainToken": "x" * 201}, {"plainToken": "é\n"}, None, []])
async def test_W11_a_challenge_without_a_token_is_refused(desk: Desk, payload: object) -> None:
    """Nothing of it comes back."""
    answer = await desk.send(body({**CHALLENGE, "payload": payload}))

    assert (answer.status_code, answer.content) == (400, b"")


async def test_W11_P15_an_unsigned_challenge_is_refused(desk: Desk) -> None:
    """Else anybody could have anything signed."""
    answer = await desk.send(body({**CHALLENGE, "payload": {"plainToken": "abc"}}), GOOD)

    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize(
    "raw",
    [
        b'{"event":"meeting.started","payload":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"event":"meeting.started","payload":{"object":{"id":' + b"9" * 5000 + b"}}}",
        b'{"event":"meeting.started","payload":{"object":{"id":1e400}}}',
        b'{"event":"meeting.started","payload":{"object":{"id":NaN}}}',
    ],
    ids=["200,000 arrays", "5,000 digits", "1e400", "NaN"],
)
async def test_W12_what_was_made_to_break_the_reader_is_ignored_in_no_time(desk: Desk, raw: bytes) -> None:
    """At most 50 ms, and the next event is taken."""
    began = time.process_time()
    status = await desk.post(raw)
    took = time.process_time() - began

    assert (status, await desk.post(BODY), await desk.count()) == (200, 200, 1)
    assert took < 0.05


async def test_W25_P14_a_hundred_at_once_are_all_on_disk(desk: Desk) -> None:
    """From fifty connections, written in groups; each is thanked, each is there."""
    bodies = [body(joined(number=number)) for number in range(100)]

    async with desk.on_a_port() as port, httpx.AsyncClient(limits=httpx.Limits(max_connections=50)) as zoom:
        url = f"http://127.0.0.1:{port}/zoom/webhook"
        sent = (zoom.post(url, content=one, headers=events.headers(one), timeout=30) for one in bodies)
        statuses = [answer.status_code for answer in await asyncio.gather(*sent)]

    assert (statuses, await desk.count()) == ([200] * 100, 100)


async def test_P15_the_challenge_is_answered_under_load(desk: Desk) -> None:
    """It waits for no disk."""
    raw = body({**CHALLENGE, "payload": {"plainToken": "abc"}})

    *_, challenged = await asyncio.gather(*(desk.send(body(joined(number=n))) for n in range(100)), desk.send(raw))

    assert challenged.json() == {"plainToken": "abc", "encryptedToken": encrypted("abc")}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"])
async def test_W26_only_POST_is_answered(desk: Desk, method: str) -> None:
    """Also when a header names another method."""
    answer = await desk.send(BODY, {**GOOD, "x-http-method-override": "POST"}, method)

    assert (answer.status_code, answer.headers["allow"], await desk.count()) == (405, "POST", 0)


@pytest.mark.parametrize("forged", ["127.0.0.1", "170.114.0.1", "'; DROP TABLE inbox; --"])
async def test_W27_P15_nobody_is_trusted_by_an_address(desk: Desk, forged: str) -> None:
    """What a request says of where it comes from changes nothing, with a signature or without one."""
    claimed = {"x-forwarded-for": forged, "forwarded": f"for={forged}", "x-real-ip": forged}

    statuses = [(await desk.send(BODY, {**known, **claimed})).status_code for known in ({}, GOOD)]

    assert (statuses, await desk.count()) == ([401, 200], 1)


async def test_W28_F39_while_a_secret_is_replaced_both_are_good_and_afterwards_one(tmp_path: Path) -> None:
    """The challenge is answered with the one that signed it: that is the one Zoom has."""
    store = await builders.opened(tmp_path)
    other = body(joined(number=2))
    raw = body({**CHALLENGE, "payload": {"plainToken": "abc"}})

    async with web_desk.opened(store, "new", "old") as both, web_desk.opened(store, "new") as new:
        signed = {secret: events.headers(BODY, secret=secret) for secret in ("new", "old")}
        statuses = [
            (await both.send(BODY, signed["old"])).status_code,
            (await both.send(other, events.headers(other, secret="new"))).status_code,
            (await new.send(BODY, signed["old"])).status_code,
            (await new.send(BODY, signed["new"])).status_code,
        ]
        answers = [
            (await both.send(raw, events.headers(raw, secret=secret))).json()["encryptedToken"]
            for secret in ("new", "old")
        ]
    await store.aclose()

    assert statuses == [200, 200, 401, 200]
    assert answers == [encrypted("abc", "new"), encrypted("abc", "old")]


async def test_F48_P14_what_cannot_be_written_is_not_thanked_for(desk: Desk) -> None:
    """503, so that Zoom comes again; when the disk has room again the event is taken."""
    async with desk.store.transaction() as tx:
        await tx.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON inbox BEGIN SELECT RAISE(ABORT, 'disk'); END")

    refused = await desk.post(BODY)
    async with desk.store.transaction() as tx:
        await tx.exec_driver_sql("DROP TRIGGER full")
    again = await desk.post(BODY)

    assert (refused, again, await desk.count()) == (503, 200, 1)


async def test_more_than_can_wait_are_sent_away(desk: Desk) -> None:
    """While the store is busy a thousand wait, the rest is answered 503 at once; none of those thanked is lost."""
    bodies = [body(joined(number=number)) for number in range(1300)]

    async with desk.store.transaction():
        sent = [asyncio.create_task(desk.send(one)) for one in bodies]
        await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)
    statuses = [(await one).status_code for one in sent]

    assert set(statuses) == {200, 503}
    assert await desk.count() == statuses.count(200) >= 1000


async def test_what_is_refused_and_ignored_is_counted_in_few_lines(desk: Desk) -> None:
    """The reason and how often by now, for the 1st, 2nd, 4th, 8th ... time: a flood of requests is none of lines."""
    with capture_logs() as lines:
        for _ in range(9):
            await desk.send(BODY, {})
        await desk.post(b"[]")
        await desk.send(BODY, events.headers(BODY, at=NOW - timedelta(minutes=6)))

    assert [(one["event"], one["what"], one["count"]) for one in lines] == [
        *(("webhook.counted", "refused: headers", count) for count in (1, 2, 4, 8)),
        ("webhook.counted", "ignored: not an object", 1),
        ("webhook.counted", "late", 1),
    ]


async def test_another_page_is_not_there(desk: Desk) -> None:
    """The health pages are not reached from outside."""
    async with desk.on_a_port() as port, httpx.AsyncClient() as anybody:
        found = [
            (await anybody.get(f"http://127.0.0.1:{port}{path}")).status_code for path in ("/", "/healthz", "/readyz")
        ]

    assert found == [404, 404, 404]
