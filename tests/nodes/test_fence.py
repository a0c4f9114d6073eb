"""A process that may have lost its lease changes nothing outside: no call to Zoom, no letter."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx
import pytest

from meetbot.bootstrap import Fenced as FencedTransport
from meetbot.clock import RealClock
from meetbot.errors import Fenced
from meetbot.store.nodes import Fence
from meetbot.zoom import auth, client
from tests.zoom.test_client import CREATED


def shut() -> Fence:
    """Of a process that was paused for an hour."""
    fence = Fence(lambda: 3600.0)
    fence.hold(0)
    return fence


@dataclass
class Seen:
    """What arrives outside."""

    calls: list[str] = field(default_factory=list)

    async def deliver(self, message_id: str, sender: str, recipient: str, content: bytes) -> str:
        self.calls.append(message_id)
        return "accepted"

    async def check(self) -> str:
        return "lets us in"

    async def aclose(self) -> None:
        return None

    def zoom(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(f"{request.method} {request.url.path}")
        token = {"access_token": "t", "expires_in": 3600, "scope": "", "token_type": "bearer"}
        return httpx.Response(200, json=token if "oauth" in request.url.path else CREATED)


async def test_F47_zoom_is_asked_but_nothing_is_changed_there() -> None:
    """Reading does no harm; the call that would change something is not made at all."""
    seen = Seen()
    account = auth.Account("id", "id", "secret", "https://zoom.example/v2", "https://zoom.example/oauth/token")
    transport = httpx.MockTransport(seen.zoom)

    async with client.Zoom(account, RealClock(), transport=transport, may_change=shut().check) as zoom:
        await zoom.meeting("85011112222")
        before = list(seen.calls)
        with pytest.raises(Fenced):
            await zoom.delete_meeting("85011112222")

    assert seen.calls == before


@pytest.mark.parametrize(("fence", "left"), [(shut(), []), (Fence(lambda: 3600.0), ["<1@network.example>"])])
async def test_F47_no_letter_is_handed_over(fence: Fence, left: list[str]) -> None:
    """The mail server does not even hear of it; where no lease was lost, it goes."""
    seen = Seen()
    transport = FencedTransport(seen, fence.check)

    try:
        await transport.deliver("<1@network.example>", "a@example.org", "b@example.org", b"")
    except Fenced:
        assert left == []

    assert seen.calls == left
