"""The access token: Zoom's Server-to-Server OAuth by Authlib, kept until shortly before its end.

Source: Zoom, Server-to-Server OAuth.
"""

from __future__ import annotations

import asyncio
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import authlib.deprecate  # noqa: F401

from meetbot import log
from meetbot.core import times
from meetbot.errors import ZoomUnreachable
from meetbot.zoom import refusals, wire
from meetbot.zoom.limits import Plan

# Importing authlib.deprecate has switched its warnings on; this one tells an operator nothing.
warnings.filterwarnings("ignore", "The httpx module is deprecated")

from authlib.integrations.httpx_client import AsyncOAuth2Client  # noqa: E402

_log = log.get("zoom")
_EARLY = timedelta(seconds=60)
_USUAL_LIFE = 3600
_AT_ZOOM = re.compile(r"https://((?:[a-z0-9-]+\.)*zoom\.us)(?:/[!-~]*)?")
_TOKEN = re.compile(r"[!-~]+")  # what fits into a header; the error for anything else would show it


@dataclass(frozen=True)
class Account:
    """The Zoom account that meetbot acts for, and the addresses under which Zoom (or a sandbox) is reached."""

    account_id: str
    client_id: str
    client_secret: str = field(repr=False)
    api_url: str = "https://api.zoom.us/v2"
    token_url: str = "https://zoom.us/oauth/token"
    plan: Plan = Plan.PRO


@dataclass(frozen=True)
class Token:
    """An access token with what Zoom said about it."""

    value: str = field(repr=False)
    renew_at: datetime
    scopes: frozenset[str]
    api_url: str


def session(account: Account, **options: object) -> AsyncOAuth2Client:
    """The HTTP client that fetches tokens for the account; `options` are those of an httpx.AsyncClient."""
    client = AsyncOAuth2Client(account.client_id, account.client_secret, follow_redirects=False, **options)
    client.register_compliance_hook("access_token_response", _refuse)
    return client


def _refuse(response: Any) -> Any:
    # Authlib knows the standard's `error`, but Zoom's `reason` beside it says what to put right.
    answer = wire.Answer(response.status_code, {}, response.content)
    if answer.status in (400, 401, 403):
        raise refusals.credentials(answer.status, answer.row())
    return response


class Tokens:
    """Holds the current token; however many calls need a new one, it is fetched once."""

    def __init__(self, account: Account, clock: times.Clock, client: AsyncOAuth2Client) -> None:
        self._account = account
        self._clock = clock
        self._client = client
        self._token: Token | None = None
        self._renewal = asyncio.Lock()

    async def current(self) -> Token:
        """A token that is good for at least a minute. ZoomRefused when Zoom does not accept the credentials."""
        async with self._renewal:
            if self._token is None or self._clock.now() >= self._token.renew_at:
                self._token = await self._fetch()
            return self._token

    def forget(self, token: Token) -> None:
        """The token is of no more use, whatever its age: fetch another one for the next call."""
        if self._token is token:
            self._token = None

    async def _fetch(self) -> Token:
        try:
            row = await self._client.fetch_token(
                self._account.token_url, grant_type="account_credentials", account_id=self._account.account_id
            )
            return read(self._account, row, self._clock.now())
        except (ValueError, TypeError, OverflowError) as error:
            raise ZoomUnreachable(f"Zoom gave an unreadable token answer: {wire.plain(error)}") from None


def read(account: Account, row: wire.Row, now: datetime) -> Token:
    """The token in the answer. Odd lifetimes are taken as the usual hour: a token that dies early is renewed anyway."""
    value, scope = row.get("access_token"), row.get("scope")
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise ZoomUnreachable("Zoom gave a token answer without a token")
    life = timedelta(seconds=_life(row.get("expires_in")))
    scopes = frozenset(scope.split()) if isinstance(scope, str) else frozenset()
    return Token(value, now + life - _EARLY, scopes, _api_url(account, row))


def _life(expires_in: object) -> int:
    seconds = int(expires_in) if isinstance(expires_in, int | str) and str(expires_in).isdecimal() else 0
    return seconds if 0 < seconds <= _USUAL_LIFE else _USUAL_LIFE


def _api_url(account: Account, row: Mapping[str, object]) -> str:
    """The API's address for this account, which Zoom may name regionally; a sandbox cannot send us to the real Zoom."""
    named = row.get("api_url")
    if not isinstance(named, str) or not _AT_ZOOM.fullmatch(account.api_url):
        return account.api_url
    if found := _AT_ZOOM.fullmatch(named):
        return f"https://{found[1]}/v2"
    _log.warning("zoom.api_url_refused", named=wire.plain(named.partition("://")[2]))
    return account.api_url
