"""A client whose calls meet respx, and a clock that jumps instead of sleeping."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta

import httpx
import pytest
import respx

from meetbot.core import times
from meetbot.zoom import auth, client

NOON = times.at("2021-11-09 19:00", "Asia/Bangkok")
TOKEN = {"access_token": "first", "token_type": "bearer", "expires_in": 3599, "scope": "meeting:read:meeting:admin"}


class JumpingClock:
    def __init__(self) -> None:
        self.instant = NOON

    def now(self) -> datetime:
        return self.instant

    async def sleep_until(self, at: datetime) -> None:
        self.instant = max(self.instant, at)

    def real_delay(self, until: datetime) -> timedelta:
        return until - until


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
def account() -> auth.Account:
    return auth.Account(account_id="A1", client_id="C1", client_secret="s3cret")


@pytest.fixture
def api() -> Iterator[respx.MockRouter]:
    """Zoom's API below `/v2`, with nothing behind it yet, and a token endpoint under the name "token"."""
    with respx.mock(base_url="https://api.zoom.us/v2", assert_all_called=False) as router:
        router.post("https://zoom.us/oauth/token", name="token").mock(return_value=httpx.Response(200, json=TOKEN))
        yield router


@pytest.fixture
async def zoom(account: auth.Account, clock: JumpingClock, api: respx.MockRouter) -> AsyncIterator[client.Zoom]:
    async with client.Zoom(account, clock, transport=httpx.MockTransport(api.async_handler)) as zoom:
        yield zoom
