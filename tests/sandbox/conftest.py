"""A sandbox in process, and a client of it that has a token. The sandbox's clock stands still until a test moves it."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from meetbot.sandbox import Clock, Sandbox

START = datetime(2021, 11, 10, 5, 0, tzinfo=UTC)
HOST = "host@office.example"
GRANT = {"grant_type": "account_credentials", "account_id": "sandbox"}


class Zoom:
    """What a test sees of Zoom: calls, people, the clock, the ledger."""

    def __init__(self, **options: Any) -> None:
        self.real_seconds = 0.0
        clock = Clock(START, speed=0, monotonic=lambda: self.real_seconds)
        self.sandbox = Sandbox(clock=clock, **{"limits": False, **options})
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.sandbox.app), base_url="http://zoom")

    async def log_in(self) -> None:
        answer = await self.http.post("/oauth/token", params=GRANT, auth=("sandbox", "sandbox"))
        self.http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"

    async def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        return await self.http.request(method, f"/v2{path}", **more)

    async def meeting(self, host: str = HOST, **body: Any) -> dict[str, Any]:
        """A meeting at 14:00 Bangkok on the launch day that takes registrations and approves none by itself."""
        settings = {"approval_type": 1, **body.pop("settings", {})}
        planned = {"topic": "Launch", "start_time": "2021-11-10T07:00:00Z", "duration": 180, "settings": settings}
        answer = await self.call("POST", f"/users/{host}/meetings", json={**planned, **body})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def registrant(self, meeting: dict[str, Any], email: str = "lin@college.example", **form: Any) -> Any:
        body = {"email": email, "first_name": "Lin", "last_name": "Ma", "auto_approve": True, **form}
        answer = await self.call("POST", f"/meetings/{meeting['id']}/registrants", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def under(self, do: object, method: str, path: str, **more: Any) -> httpx.Response:
        """One call under one fault; the next one is without."""
        self.sandbox.set_faults(json.dumps({"zoom": [{"when": {"path": "/v2/**", "nth": 1}, "do": do}]}))
        answer = await self.call(method, path, **more)
        self.sandbox.set_faults("")
        return answer

    def people(self, meeting: dict[str, Any], *rows: dict[str, Any]) -> list[dict[str, Any]]:
        """People act in this meeting; what happened at once, kind and person first."""
        acted = self.sandbox.people([{"meeting": meeting["id"], **row} for row in rows])
        return list(acted["happened"])

    def wait(self, **time: float) -> datetime:
        return self.sandbox.leap(self.sandbox.clock.now() + timedelta(**time))

    def effects(self) -> list[dict[str, Any]]:
        return [entry["effect"] for entry in self.sandbox.ledger.entries if entry["effect"]]


@pytest.fixture
async def new_zoom() -> Callable[..., Awaitable[Zoom]]:
    """Makes a sandbox with the given fields of its set-up."""

    async def make(**options: Any) -> Zoom:
        zoom = Zoom(**options)
        await zoom.log_in()
        return zoom

    return make


@pytest.fixture
async def zoom(new_zoom: Callable[..., Awaitable[Zoom]]) -> Zoom:
    return await new_zoom()
