"""The line to Zoom: sends requests with a token, at Zoom's pace and within a deadline. The only module with httpx."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from meetbot import __version__
from meetbot.core import times
from meetbot.errors import ZoomRateLimited, ZoomRefused, ZoomUnreachable
from meetbot.zoom import auth, limits, refusals, wire

Transport = httpx.AsyncBaseTransport
_Noun = TypeVar("_Noun")

_TIMEOUT = httpx.Timeout(10, connect=5)
# Seconds for a call as a whole: an answer that drips, byte by byte, is in time for every other limit.
_DEADLINE = 30
_MOST_BYTES = 10_000_000
_PAUSES = (timedelta(seconds=0.5), timedelta(seconds=2))
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


class Line:
    """Answers to requests, or the error that says what to do without one."""

    def __init__(self, account: auth.Account, clock: times.Clock, transport: Transport | None) -> None:
        self.served_at: datetime | None = None  #: when Zoom gave its last answer, by Zoom's clock
        self._clock = clock
        self._session: httpx.AsyncClient = auth.session(
            account,
            transport=transport,
            timeout=_TIMEOUT,
            headers={"User-Agent": f"meetbot/{__version__}"},
            event_hooks={"response": [self._note_time]},
            # A sandbox on this machine is not to be sought through the office's proxy.
            trust_env=urlsplit(account.api_url).scheme == "https",
        )
        self._tokens = auth.Tokens(account, clock, self._session)
        self._pace = limits.Pace(clock, account.plan)

    async def close(self) -> None:
        await self._session.aclose()

    async def ask(self, request: wire.Request, read: Callable[[wire.Row], _Noun]) -> _Noun:
        """The noun in the answer."""
        row = await self.call(request)
        try:
            return read(row)
        except wire.Unreadable as error:
            raise request.lost(str(error)) from None

    async def all(self, request: wire.Request, name: str, read: Callable[[wire.Row], _Noun]) -> list[_Noun]:
        """All rows of a list. One without rows that should have some is not believed: we would make them all again."""
        listing = await self.pages(request, name)
        if listing.total and not listing.rows:
            raise request.lost(f"Zoom's list is empty and should have {listing.total} rows")
        try:
            return [read(row) for row in listing.rows]
        except wire.Unreadable as error:
            raise request.lost(str(error)) from None

    async def pages(self, request: wire.Request, name: str) -> wire.Listing:
        """All pages of a list, as they are. ZoomUnreachable when they run in a loop or one has expired."""
        listing, token = wire.Listing(name), ""
        while True:
            try:
                token = listing.add(await self.call(request.page(token)))
            except wire.Unreadable as error:
                raise request.lost(str(error)) from None
            except ZoomRefused as refusal:
                if token and refusal.code == 300:
                    raise ZoomUnreachable(f"{request.what}: a page of the list has expired") from None
                raise
            if not token:
                return listing

    async def call(self, request: wire.Request) -> wire.Row:
        """The JSON object in the answer, empty for an empty one."""
        await self._pace.turn(request.label)
        try:
            async with asyncio.timeout(_DEADLINE):
                return await self._attempts(request)
        except TimeoutError:
            raise request.lost(f"Zoom gave no complete answer within {_DEADLINE} seconds") from None

    async def _attempts(self, request: wire.Request) -> wire.Row:
        for pause in () if request.changes else _PAUSES:
            try:
                return await self._exchange(request)
            except (ZoomUnreachable, ZoomRateLimited):
                await self._clock.sleep_until(self._clock.now() + pause)
                await self._pace.turn(request.label)
        return await self._exchange(request)

    async def _exchange(self, request: wire.Request) -> wire.Row:
        token = await self.token()
        answer = await self._send(request, token)
        if answer.status == 401:
            self._tokens.forget(token)
            answer = await self._send(request, await self.token())
        if limit := refusals.limit(answer, self._clock.now()):
            if limit.of_account:
                self._pace.close(request.label, limit.retry_at)
            raise ZoomRateLimited(f"{request.what}: {limit.sentence}", retry_at=limit.retry_at)
        try:
            return refusals.read(request, answer)
        except ZoomRefused as refusal:
            # Scopes are fixed when a token is issued: once the app has more of them, only a new token shows it.
            if refusal.code in refusals.SCOPE_MISSING:
                self._tokens.forget(token)
            raise

    async def token(self) -> auth.Token:
        """The current access token."""
        try:
            async with asyncio.timeout(_DEADLINE):
                return await self._tokens.current()
        except (httpx.HTTPError, TimeoutError) as error:
            raise ZoomUnreachable(f"no access token: {_cause(error)}") from None

    async def _send(self, request: wire.Request, token: auth.Token) -> wire.Answer:
        outgoing = self._session.build_request(
            request.method,
            token.api_url + request.path,
            params=request.query or None,
            json=request.body,
            headers={"Authorization": f"Bearer {token.value}"},
        )
        try:
            async with aclosing(await self._session.send(outgoing, stream=True)) as response:
                return wire.Answer(response.status_code, response.headers, await _body(response))
        except _NOT_SENT as error:
            raise ZoomUnreachable(f"{request.what}: {_cause(error)}") from None
        except (httpx.HTTPError, wire.Unreadable) as error:
            raise request.lost(_cause(error)) from None

    async def _note_time(self, response: httpx.Response) -> None:
        try:
            self.served_at = parsedate_to_datetime(response.headers.get("Date", "")).replace(tzinfo=UTC)
        except ValueError:
            self.served_at = None


async def _body(response: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > _MOST_BYTES:
            raise wire.Unreadable(f"Zoom's answer is longer than {_MOST_BYTES} bytes")
    return bytes(content)


def _cause(error: Exception) -> str:
    said = wire.plain(error) or type(error).__name__
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return f"the connection to Zoom is not trusted: {said}"
    return f"the connection to Zoom failed: {said}"
