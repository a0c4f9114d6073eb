"""A calendar that somebody publishes, fetched from its https address.

The address comes from outside, so it must not lead into the network of this machine: it is looked up once, every place
that it names has to be a public one, and the connection goes to just that place; redirects are not followed (OWASP,
Server-Side Request Forgery Prevention Cheat Sheet). The address is often the only key to the calendar: it is in no
error and no log.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence

import httpx

from meetbot import __version__
from meetbot.errors import UserError

#: The addresses of a name.
Lookup = Callable[[str], Awaitable[Sequence[str]]]

_SECONDS = 20  # as a whole: an answer that drips, byte by byte, is in time for every other limit
_MOST_BYTES = 5_000_000
_INSTEAD = "or save the calendar as a file and name the file"


async def _looked_up(host: str) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


async def fetch(address: str, *, transport: httpx.AsyncBaseTransport | None = None, lookup: Lookup = _looked_up) -> str:
    """The text of the calendar. UserError when the address is not a public one, or nothing of use comes from it."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        raise UserError("--calendar: this is no address of a calendar.") from None
    if url.scheme != "https" or not url.host or url.userinfo or url.port not in (None, 443):
        raise UserError(
            f"--calendar: only addresses that begin with https:// are fetched; write such a one, {_INSTEAD}."
        )
    try:
        async with asyncio.timeout(_SECONDS):
            place = await _public(url.host, lookup)
            return (await _content(url, place, transport)).decode("utf-8-sig")
    except (TimeoutError, OSError, httpx.HTTPError):
        raise UserError(f"--calendar: the calendar could not be fetched; try again, {_INSTEAD}.") from None
    except UnicodeDecodeError:
        raise UserError(f"--calendar: what came is no calendar; look at the address, {_INSTEAD}.") from None


async def _public(host: str, lookup: Lookup) -> str:
    places = await lookup(host)
    if not places or not all(ipaddress.ip_address(one.partition("%")[0]).is_global for one in places):
        raise UserError(f"--calendar: the address does not lead to a public place; look at it, {_INSTEAD}.")
    return places[0]


async def _content(url: httpx.URL, place: str, transport: httpx.AsyncBaseTransport | None) -> bytes:
    headers = {"Host": url.host, "User-Agent": f"meetbot/{__version__}"}
    content = b""
    async with (
        httpx.AsyncClient(transport=transport, timeout=10, trust_env=False, follow_redirects=False) as client,
        client.stream(
            "GET", url.copy_with(host=place), headers=headers, extensions={"sni_hostname": url.host}
        ) as response,
    ):
        if response.status_code != 200:
            raise UserError(f"--calendar: the answer was {response.status_code}; look at the address, {_INSTEAD}.")
        async for part in response.aiter_bytes():
            content += part
            if len(content) > _MOST_BYTES:
                raise UserError("--calendar: the calendar is larger than 5 MB; export only the weeks in question.")
    return content
