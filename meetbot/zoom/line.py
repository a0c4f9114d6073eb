"""The line to Zoom: sends requests with a token, at Zoom's pace and within a deadline. The only module with httpx."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from meetbot import __version__, metrics
from meetbot.core import times
from meetbot.errors import ZoomError, ZoomRateLimited, ZoomRefused, ZoomUnknownOutcome, ZoomUnreachable
from meetbot.zoom import auth, limits, refusals, wire

Transport = httpx.AsyncBaseTransport
_Noun = TypeVar("_Noun")

_TIMEOUT = httpx.Timeout(10, connect=5)
# Seconds for a call as a whole, without its waiting for a turn: an answer that drips, byte by byte, is in time for
# every other limit.
_DEADLINE = 30
_MOST_BYTES = 10_000_000
_PAUSES = (timedelta(seconds=0.5), timedelta(seconds=2))
# How often one call may be told to come more slowly. Each time all calls slow down, so that more is no accident.
_MOST_LIMITS = 20
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

    def __init__(
        self, account: auth.Account, clock: times.Clock, transport: Transport | None, may_change: Callable[[], None]
    ) -> None:
        self.served_at: datetime | None = None  #: when Zoom gave its last answer, by Zoom's clock
        self.ahead: timedelta | None = None  #: how far our clock was ahead of Zoom's then
        self._clock = clock
        self._may_change = may_change
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
        self._pace.stop()
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
        """All pages of a list, as they are; read anew once when they break off. ZoomUnreachable after that."""
        try:
            return await self._pages(request, name)
        except wire.BrokenOff:
            pass
        try:
            return await self._pages(request, name)
        except wire.BrokenOff as error:
            raise request.lost(str(error)) from None

    async def _pages(self, request: wire.Request, name: str) -> wire.Listing:
        listing, token = wire.Listing(name), ""
        while True:
            try:
                token = listing.add(await self.call(request.page(token)))
            except wire.BrokenOff:
                raise
            except wire.Unreadable as error:
                raise request.lost(str(error)) from None
            except ZoomRefused as refusal:
                if token and refusal.code == 300:
                    raise wire.BrokenOff("a page of the list has expired") from None
                raise
            if not token:
                return listing

    async def call(self, request: wire.Request) -> wire.Row:
        """The JSON object in the answer, empty for an empty one."""
        pauses, limits_left, seconds_left = list(() if request.changes else _PAUSES), _MOST_LIMITS, float(_DEADLINE)
        loop = asyncio.get_running_loop()
        while True:
            await self._pace.turn(request.label, urgent=request.urgent)
            began = loop.time()
            try:
                return await self._counted(request, began + seconds_left)
            except ZoomRateLimited as limited:
                limits_left -= 1
                if not limits_left or limited.retry_at - self._clock.now() > limits.PATIENCE:
                    raise
                seconds_left -= loop.time() - began
                # Zoom certainly did nothing: whatever it is, it goes again, before those who had no turn yet.
                request = replace(request, urgent=True)
                await self._clock.sleep_until(limited.retry_at)
            except ZoomUnreachable:
                if not pauses:
                    raise
                seconds_left -= loop.time() - began
                await self._clock.sleep_until(self._clock.now() + pauses.pop(0))

    async def _counted(self, request: wire.Request, deadline: float) -> wire.Row:
        try:
            row = await self._exchange(request, deadline)
        except ZoomError as error:
            result = type(error).__name__.removeprefix("Zoom").lower()
            metrics.ZOOM_CALLS.labels(request.method, result).inc()
            if isinstance(error, ZoomUnknownOutcome):
                metrics.UNKNOWN.labels("zoom").inc()
            raise
        metrics.ZOOM_CALLS.labels(request.method, "ok").inc()
        return row

    async def _exchange(self, request: wire.Request, deadline: float) -> wire.Row:
        token = await self.token(deadline)
        answer = await self._send(request, token, deadline)
        if answer.status == 401:
            self._tokens.forget(token)
            answer = await self._send(request, await self.token(deadline), deadline)
        if limit := refusals.limit(answer, self._clock.now()):
            self._heed(request.label, limit)
            raise ZoomRateLimited(f"{request.what}: {limit.sentence}", retry_at=limit.retry_at)
        try:
            return refusals.read(request, answer)
        except ZoomRefused as refusal:
            # Scopes are fixed when a token is issued: once the app has more of them, only a new token shows it.
            if refusal.code in refusals.SCOPE_MISSING:
                self._tokens.forget(token)
            raise

    def _heed(self, label: limits.Label, limit: refusals.Limit) -> None:
        if limit.of_account and limit.daily:
            self._pace.close(label, limit.retry_at)
        elif limit.of_account:
            self._pace.slow_down(label, limit.retry_at)

    async def token(self, deadline: float | None = None) -> auth.Token:
        """The current access token, by the deadline (the event loop's time) or within 30 seconds."""
        try:
            async with asyncio.timeout_at(deadline or asyncio.get_running_loop().time() + _DEADLINE):
                return await self._tokens.current()
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise ZoomUnreachable(f"no access token: {_cause(error)}") from None

    async def _send(self, request: wire.Request, token: auth.Token, deadline: float) -> wire.Answer:
        outgoing = self._session.build_request(
            request.method,
            token.api_url + request.path,
            params=request.query or None,
            json=request.body,
            headers={"Authorization": f"Bearer {token.value}"},
        )
        if request.changes:
            self._may_change()
        try:
            async with (
                asyncio.timeout_at(deadline),
                aclosing(await self._session.send(outgoing, stream=True)) as response,
            ):
                return wire.Answer(response.status_code, response.headers, await _body(response))
        except _NOT_SENT as error:
            raise ZoomUnreachable(f"{request.what}: {_cause(error)}") from None
        except TimeoutError:
            raise request.lost(f"Zoom gave no complete answer within {_DEADLINE} seconds") from None
        except (httpx.HTTPError, httpx.InvalidURL, wire.Unreadable) as error:
            # InvalidURL: httpx looks where a redirect leads, although it is told not to follow any.
            raise request.lost(_cause(error)) from None

    async def _note_time(self, response: httpx.Response) -> None:
        try:
            self.served_at = parsedate_to_datetime(response.headers.get("Date", "")).replace(tzinfo=UTC)
            self.ahead = self._clock.now() - self.served_at
        except ValueError:
            self.served_at = self.ahead = None


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
