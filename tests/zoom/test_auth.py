"""The access token: what is asked, how long it is kept, and which of Zoom's words are believed."""

from __future__ import annotations

import base64
from datetime import timedelta
from urllib.parse import parse_qs

import httpx
import pytest
import respx

from meetbot.core import times
from meetbot.errors import ZoomUnreachable
from meetbot.zoom import auth, client

NOON = times.at("2021-11-09 19:00", "Asia/Bangkok")


async def test_the_grant(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """The token is asked for with the account's grant, the client's secret in the header and nothing in the address."""
    scopes = await zoom.scopes()

    request = api["token"].calls.last.request
    secret = base64.b64encode(b"C1:s3cret").decode()
    assert scopes == {"meeting:read:meeting:admin"}
    assert (request.url.query, request.headers["Authorization"]) == (b"", f"Basic {secret}")
    assert parse_qs(request.content.decode()) == {"grant_type": ["account_credentials"], "account_id": ["A1"]}


@pytest.mark.parametrize(("kept", "tokens"), [(3538, 1), (3539, 2)])
async def test_a_token_is_kept_until_a_minute_before_its_end(
    api: respx.MockRouter, zoom: client.Zoom, clock: times.Clock, kept: int, tokens: int
) -> None:
    """A token that lives 3599 seconds serves 3539 of them."""
    await zoom.scopes()

    await clock.sleep_until(NOON + timedelta(seconds=kept))
    await zoom.scopes()

    assert api["token"].call_count == tokens


@pytest.mark.parametrize("expires_in", [None, 0, -1, "", "soon", 10**12, True, [], 1.5])
def test_Z13_odd_lifetimes_are_taken_as_an_hour(account: auth.Account, expires_in: object) -> None:
    """A lifetime that cannot be right neither renews at every call nor never."""
    token = auth.read(account, {"access_token": "t", "expires_in": expires_in}, NOON)

    assert token == auth.Token("t", NOON + timedelta(minutes=59), frozenset(), "https://api.zoom.us/v2")


def test_Z13_a_lifetime_as_text(account: auth.Account) -> None:
    """Seconds may come as text."""
    token = auth.read(account, {"access_token": "t", "expires_in": "1800", "scope": "a b"}, NOON)

    assert token == auth.Token("t", NOON + timedelta(minutes=29), frozenset({"a", "b"}), "https://api.zoom.us/v2")


@pytest.mark.parametrize(
    ("named", "used"),
    [
        ("https://api-sg.zoom.us", "https://api-sg.zoom.us/v2"),
        ("https://zoom.us", "https://zoom.us/v2"),
        ("https://evil.example", "https://api.zoom.us/v2"),
        ("https://api.zoom.us.evil.example", "https://api.zoom.us/v2"),
        ("https://api.zoom.us@evil.example", "https://api.zoom.us/v2"),
        ("https://notzoom.us", "https://api.zoom.us/v2"),
        ("http://api.zoom.us", "https://api.zoom.us/v2"),
        ("//api.zoom.us", "https://api.zoom.us/v2"),
        ("", "https://api.zoom.us/v2"),
        ("https://[api.zoom.us", "https://api.zoom.us/v2"),
        ("https://a b.zoom.us", "https://api.zoom.us/v2"),
        ("https://evil.example\\.zoom.us", "https://api.zoom.us/v2"),
        ("https://evil.example#.zoom.us", "https://api.zoom.us/v2"),
        (17, "https://api.zoom.us/v2"),
    ],
)
def test_F19_U01_only_zoom_may_name_a_regional_address(account: auth.Account, named: object, used: str) -> None:
    """The address in a token answer is used when it is Zoom's, and otherwise ours stays."""
    assert auth.read(account, {"access_token": "t", "api_url": named}, NOON).api_url == used


@pytest.mark.parametrize("value", ["", None, 17, "to\u0080ken", "to ken", "token\r\nHost: evil.example"])
def test_Z13_a_token_that_fits_into_no_header_is_none(account: auth.Account, value: object) -> None:
    """It is refused without being shown: it may be nearly a token."""
    with pytest.raises(ZoomUnreachable) as unreachable:
        auth.read(account, {"access_token": value}, NOON)

    assert str(unreachable.value) == "Zoom gave a token answer without a token"


async def test_F19_calls_go_to_the_regional_address(api: respx.MockRouter, zoom: client.Zoom) -> None:
    """Once Zoom has named a regional address, calls go there."""
    answer = {"access_token": "t", "api_url": "https://api-sg.zoom.us"}
    api["token"].mock(return_value=httpx.Response(200, json=answer))
    regional = api.delete("https://api-sg.zoom.us/v2/meetings/1").respond(204)

    await zoom.delete_meeting("1")

    assert regional.call_count == 1


def test_F19_a_sandbox_cannot_send_us_to_the_real_zoom() -> None:
    """Whoever rehearses against a sandbox stays there, even when it copies Zoom's answer to the letter."""
    account = auth.Account("A1", "C1", "s", api_url="http://127.0.0.1:8090/v2")

    token = auth.read(account, {"access_token": "t", "api_url": "https://api.zoom.us"}, NOON)

    assert token.api_url == "http://127.0.0.1:8090/v2"


def test_P31_no_secret_in_a_repr(account: auth.Account) -> None:
    """Neither account nor token show what opens a door."""
    token = auth.read(account, {"access_token": "tok3n"}, NOON)

    assert [secret for secret in ("s3cret", "tok3n") if secret in f"{account} {token!r}"] == []
