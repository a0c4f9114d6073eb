"""Real connections to a Zoom that stalls, drips, floods, sends elsewhere, or is somebody else."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from meetbot.core import times
from meetbot.core.remote import PlannedMeeting
from meetbot.errors import ZoomRefused, ZoomUnknownOutcome, ZoomUnreachable
from meetbot.sandbox import Clock, Sandbox
from meetbot.zoom import auth, client, line

HOST = "h@skills.example"
PLANNED = PlannedMeeting("launch", "ref", HOST, "Launch", "", times.at("2030-03-06 14:00", "UTC"), 60, "UTC")
DAY_BEFORE = PLANNED.starts_at - timedelta(days=1)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


def sandbox_with(path: str, fault: str) -> Sandbox:
    faults = f"zoom: [{{when: {{path: '{path}'}}, do: {fault}}}]"
    return Sandbox(clock=Clock(DAY_BEFORE, speed=0), faults=faults)


@asynccontextmanager
async def asking(base: str, clock: times.Clock) -> AsyncIterator[client.Zoom]:
    account = auth.Account("sandbox", "sandbox", "sandbox", f"{base}/v2", f"{base}/oauth/token")
    async with client.Zoom(account, clock) as zoom:
        yield zoom


def heard(sandbox: Sandbox) -> list[str]:
    return [entry["path"] for entry in sandbox.ledger.entries]


@pytest.mark.parametrize("fault", ["stall", "{drip: 0.02}"])
async def test_F05_an_answer_that_never_ends_holds_nobody(
    clock: times.Clock, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Silence and one byte at a time end at the deadline of the call: unknown for a write, unreachable for a read."""
    async with sandbox_with("/v2/**", fault).serve() as url, asking(url, clock) as zoom:
        await zoom.scopes()
        monkeypatch.setattr(line, "_DEADLINE", 0.15)
        began = asyncio.get_running_loop().time()

        with pytest.raises(ZoomUnknownOutcome, match="create meeting: Zoom gave no complete answer within"):
            await zoom.create_meeting(PLANNED)
        with pytest.raises(ZoomUnreachable, match="list meetings: Zoom gave no complete answer within"):
            await zoom.list_meetings(HOST)

    assert asyncio.get_running_loop().time() - began < 2


def test_F05_a_call_ends_after_thirty_seconds() -> None:
    """Five of them for a connection, ten for each next byte."""
    assert (line._TIMEOUT.connect, line._TIMEOUT.read, line._DEADLINE) == (5, 10, 30)


async def test_Z18_an_answer_of_twelve_megabytes_is_not_taken(clock: times.Clock) -> None:
    """It is cut off at ten, and nobody's memory fills up."""
    async with sandbox_with("/v2/**", "{big_body: 12}").serve() as url, asking(url, clock) as zoom:
        with pytest.raises(ZoomUnknownOutcome, match="longer than 10000000 bytes"):
            await zoom.create_meeting(PLANNED)


async def test_Z16_the_time_by_zooms_clock_is_known(clock: times.Clock) -> None:
    """Zoom's `Date` is forty minutes ahead: whoever compares the clocks sees it."""
    async with sandbox_with("/v2/**", "{clock_skew: +40m}").serve() as url, asking(url, clock) as zoom:
        await zoom.list_meetings(HOST)

        assert await zoom.server_time() == DAY_BEFORE + timedelta(minutes=40)


async def test_F18_a_redirect_takes_nobody_elsewhere(clock: times.Clock) -> None:
    """Neither the request nor the token arrives at the other address, also where it answers well."""
    elsewhere = Sandbox(clock=Clock(DAY_BEFORE, speed=0))
    async with elsewhere.serve() as other:
        sandbox = sandbox_with("/v2/**", f"{{redirect: '{other}/v2/users/{HOST}/meetings'}}")
        async with sandbox.serve() as url, asking(url, clock) as zoom:
            with pytest.raises(ZoomRefused, match="create meeting: Zoom's address sent us elsewhere"):
                await zoom.create_meeting(PLANNED)

    assert heard(elsewhere) == []


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Makes every name lead to this address; None: there are no names at all."""
    real = socket.getaddrinfo

    def lead_to(address: str | None) -> None:
        def resolve(_name: object, *more: Any, **options: Any) -> Any:
            if address is None:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return real(address, *more, **options)

        monkeypatch.setattr(socket, "getaddrinfo", resolve)

    return lead_to


async def test_F18_a_name_that_leads_to_this_machine_is_not_believed(
    clock: times.Clock, monkeypatch: pytest.MonkeyPatch, names: Callable[[str | None], None]
) -> None:
    """Whoever answers in Zoom's place has a certificate, but not one for Zoom's name: it hears nothing."""
    impostor = Sandbox(clock=Clock(DAY_BEFORE, speed=0))
    async with impostor.serve(tls="good") as url:
        monkeypatch.setenv("SSL_CERT_FILE", str(impostor.ca_file))
        names("127.0.0.1")
        async with asking(f"https://api.zoom.us:{url.rpartition(':')[2]}", clock) as zoom:
            with pytest.raises(ZoomUnreachable, match=r"the connection to Zoom is not trusted: .*Hostname mismatch"):
                await zoom.create_meeting(PLANNED)

    assert heard(impostor) == []


async def test_F18_a_name_that_nobody_knows_is_no_connection(
    clock: times.Clock, names: Callable[[str | None], None]
) -> None:
    """Nothing was sent, so nothing is unknown."""
    names(None)

    async with asking("https://api.zoom.us", clock) as zoom:
        with pytest.raises(ZoomUnreachable, match=r"the connection to Zoom failed: .*Name or service not known"):
            await zoom.create_meeting(PLANNED)


@pytest.mark.parametrize("kind", ["expired", "wrong-name", "self-signed"])
async def test_F18_a_certificate_that_turns_bad_in_mid_run_hears_no_token(
    clock: times.Clock, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Trusted an hour ago: the next connection is judged by itself, and the write that waited for it was not sent."""
    sandbox = Sandbox(clock=Clock(DAY_BEFORE, speed=0))
    async with sandbox.serve(tls="good") as url:
        monkeypatch.setenv("SSL_CERT_FILE", str(sandbox.ca_file))
        async with asking(url, clock) as zoom:
            await zoom.list_meetings(HOST)
        before = heard(sandbox)
        sandbox.set_faults(f"zoom: [{{when: {{}}, do: {{tls_bad: {kind}}}}}]")
        async with asking(url, clock) as zoom:
            with pytest.raises(ZoomUnreachable, match="the connection to Zoom is not trusted"):
                await zoom.create_meeting(PLANNED)

    assert heard(sandbox) == before
