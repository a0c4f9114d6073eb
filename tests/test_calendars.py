"""Calendars are fetched from public places alone, within limits, and their address is told to nobody."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import pytest

from meetbot import calendars
from meetbot.errors import UserError

ADDRESS = "https://calendar.example/private-4711/busy.ics"


def answers(response: httpx.Response, seen: list[httpx.Request] | None = None) -> httpx.MockTransport:
    def reply(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return response

    return httpx.MockTransport(reply)


async def public(_: str) -> Sequence[str]:
    return ["93.184.216.34"]


async def test_the_connection_goes_to_the_place_that_was_looked_at() -> None:
    """By its number, so that a second look-up cannot lead elsewhere; the name is still what the certificate proves."""
    seen: list[httpx.Request] = []

    text = await calendars.fetch(ADDRESS, transport=answers(httpx.Response(200, text="BEGIN"), seen), lookup=public)

    assert text == "BEGIN"
    assert [(one.url.host, one.headers["Host"], one.extensions["sni_hostname"]) for one in seen] == [
        ("93.184.216.34", "calendar.example", "calendar.example")
    ]


@pytest.mark.parametrize("place", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1%eth0", "fd00::1"])
async def test_no_address_leads_into_our_own_network(place: str) -> None:
    """Not even when one of several places of the name is a public one."""

    async def both(_: str) -> Sequence[str]:
        return ["93.184.216.34", place]

    with pytest.raises(UserError, match="does not lead to a public place"):
        await calendars.fetch(ADDRESS, transport=answers(httpx.Response(200)), lookup=both)


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        (httpx.Response(302, headers={"Location": "https://127.0.0.1/"}), "the answer was 302"),
        (httpx.Response(404), "the answer was 404"),
        (httpx.Response(200, content=b"x" * 5_000_001), "larger than 5 MB"),
        (httpx.Response(200, content=b"\xff\xfe\xfd"), "what came is no calendar"),
    ],
)
async def test_what_is_no_calendar_is_refused_without_its_address(response: httpx.Response, problem: str) -> None:
    """The address is often the only key to the calendar."""
    with pytest.raises(UserError) as refused:
        await calendars.fetch(ADDRESS, transport=answers(response), lookup=public)

    assert problem in str(refused.value) and "4711" not in str(refused.value)


@pytest.mark.parametrize("address", ["http://calendar.example/", "webcal://c.example/", "https://a:b@c.example/"])
async def test_only_plain_https_is_fetched(address: str) -> None:
    """No password in the address, and no other port."""
    with pytest.raises(UserError, match="only addresses that begin with https"):
        await calendars.fetch(address, lookup=public)
