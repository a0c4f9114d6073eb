"""Fault verbs of the connection itself, on a real port: certificates, bytes that drip, delays that vary."""

import json
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.types import Message

from meetbot.sandbox import Sandbox, faults, wire

PATH = "/v2/users/host@office.example"
START = datetime(2021, 11, 10, 5, 0, tzinfo=UTC)


def rules(*pairs: tuple[dict[str, object], object]) -> str:
    return json.dumps({"zoom": [{"when": when, "do": do} for when, do in pairs]})


@contextmanager
def trusting(sandbox: Sandbox) -> Iterator[ssl.SSLContext]:
    yield ssl.create_default_context(cafile=sandbox.ca_file)


async def attempt(url: str, trust: ssl.SSLContext) -> int | str:
    """The status of one call on a connection of its own, or why there was none."""
    try:
        async with httpx.AsyncClient(base_url=url, verify=trust) as http:
            return (await http.get(PATH)).status_code
    except httpx.ConnectError as error:
        return str(error).partition("failed: ")[2].partition(" (")[0]


@pytest.mark.parametrize(
    ("tls", "outcome"),
    [
        ("good", 401),
        ("self-signed", "self-signed certificate"),
        ("expired", "certificate has expired"),
        ("wrong-name", "IP address mismatch, certificate is not valid for '127.0.0.1'."),
    ],
)
async def test_F18_the_server_shows_a_certificate(tls: str, outcome: int | str) -> None:
    """A client that trusts the sandbox's authority is let in by the good one and refuses the others."""
    stand_in = Sandbox()
    async with stand_in.serve(tls=tls) as url:
        with trusting(stand_in) as trust:
            assert (url[:8], await attempt(url, trust)) == ("https://", outcome)


async def test_F18_a_certificate_is_bad_for_one_connection() -> None:
    """`tls_bad` counts connections, not requests; the next one is shown the good one again."""
    stand_in = Sandbox(faults=rules(({"nth": 2}, {"tls_bad": "expired"}), ({"nth": 3}, "tls_bad")))
    async with stand_in.serve(tls="good") as url:
        with trusting(stand_in) as trust:
            seen = [await attempt(url, trust) for _ in range(4)]

    assert seen == [401, "certificate has expired", "self-signed certificate", 401]


async def test_F05_an_answer_drips() -> None:
    """Byte by byte: it arrives whole, but no client's time limit between two bytes notices."""
    stand_in = Sandbox(faults=rules(({}, {"drip": 0.002})))
    async with stand_in.serve() as url, httpx.AsyncClient(base_url=url, timeout=0.5) as http:
        began = time.monotonic()
        answer = await http.get(PATH)
        took = time.monotonic() - began

    assert answer.json() == {"code": 124, "message": "Invalid access token."}
    assert took > 0.002 * len(answer.content)


async def test_F05_a_client_that_leaves_ends_the_drip() -> None:
    """Else the server would go on for hours for nobody."""
    sent = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def transmit(message: Message) -> None:
        sent.append(message.get("body"))

    await wire.send(wire.Reply(content=b"abc", pace=timedelta(hours=1)), {}, receive, transmit)

    assert sent == [None, b"a"]


def test_a_delay_is_drawn_between_its_ends() -> None:
    """Every one equally likely, the same ones for the same seed."""
    text = rules(({}, {"delay": {"min": "10s", "max": "20s"}}))

    def drawn(seed: int) -> list[timedelta]:
        script = faults.Script(faults.load(text)["zoom"], seed=seed, started=START)
        return [script.verbs("GET", "/v2/users/a", START)["delay"] for _ in range(200)]

    first, again, other = drawn(7), drawn(7), drawn(8)
    assert first == again != other
    assert timedelta(seconds=10) <= min(first) < timedelta(seconds=11)
    assert timedelta(seconds=19) < max(first) <= timedelta(seconds=20)
