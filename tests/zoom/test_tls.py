"""Real connections: whose certificate is believed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from meetbot.core import times
from meetbot.errors import ZoomRefused, ZoomUnreachable
from meetbot.sandbox.certificates import Authority
from meetbot.zoom import auth, client


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """One that this process trusts, and no proxy in between."""
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return authority


async def scopes(authority: Authority, kind: str, clock: times.Clock) -> list[bytes]:
    """What a server with such a certificate heard of a request for a token, which it refuses."""
    heard: list[bytes] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b'HTTP/1.1 400 Bad Request\r\nContent-Length: 17\r\n\r\n{"reason":"here"}')
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0, ssl=authority.context(kind)) as server:
        base = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        account = auth.Account("A1", "C1", "s", f"{base}/v2", f"{base}/oauth/token")
        async with client.Zoom(account, clock) as zoom:
            with pytest.raises((ZoomRefused, ZoomUnreachable)) as error:
                await zoom.scopes()
    heard.append(str(error.value).encode())
    return heard


@pytest.mark.parametrize(
    ("kind", "why"),
    [("expired", "certificate has expired"), ("wrong-name", "IP address mismatch"), ("self-signed", "self-signed")],
)
async def test_F18_a_bad_certificate_hears_nothing(
    authority: Authority, clock: times.Clock, kind: str, why: str
) -> None:
    """Neither secret nor request reaches a server whose certificate does not hold, and the error says what is wrong."""
    [said] = await scopes(authority, kind, clock)

    assert said.startswith(b"no access token: the connection to Zoom is not trusted: ")
    assert why in said.decode()


async def test_F18_a_good_certificate_is_believed(authority: Authority, clock: times.Clock) -> None:
    """The same server with a certificate that holds is spoken to."""
    request, said = await scopes(authority, "good", clock)

    assert request.startswith(b"POST /oauth/token HTTP/1.1\r\n")
    assert said.startswith(b"Zoom refuses our credentials: here; ")


async def test_F18_an_old_version_of_tls_hears_nothing(authority: Authority, clock: times.Clock) -> None:
    """A server that knows no TLS from 1.2 on is not spoken to."""
    [said] = await scopes(authority, "old-tls", clock)

    assert said.startswith(b"no access token: the connection to Zoom failed: ")
