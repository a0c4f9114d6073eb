"""The rate limits: each has its own count, its own text and its own headers."""

from datetime import timedelta
from typing import Any

import pytest

from meetbot.sandbox import Clock, limits

LIN = {"email": "lin@college.example", "first_name": "Lin", "auto_approve": True}


def rate_headers(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith(("x-ratelimit", "retry"))}


@pytest.mark.parametrize(("plan", "light"), [("free", 4), ("pro", 30), ("business", 80)])
async def test_the_account_has_so_many_light_calls_a_second(new_zoom: Any, plan: str, light: int) -> None:
    """One more is 429 without a Retry-After; a second later there is room again."""
    zoom = await new_zoom(plan=plan, limits=True)

    answers = [await zoom.call("GET", "/users/host@office.example") for _ in range(light + 1)]
    zoom.real_seconds += 1
    later = await zoom.call("GET", "/users/host@office.example")

    assert [answer.status_code for answer in answers] == [200] * light + [429]
    assert answers[-1].json() == {
        "code": 429,
        "message": "You have reached the maximum per-second rate limit for this API. Try again later.",
    }
    assert rate_headers(answers[-1]) == {
        "x-ratelimit-category": "Light",
        "x-ratelimit-type": "QPS",
        "x-ratelimit-limit": str(light),
        "x-ratelimit-remaining": "0",
    }
    assert later.status_code == 200


async def test_each_label_has_its_own_seconds(new_zoom: Any) -> None:
    """Medium calls are not stopped by used-up heavy ones."""
    zoom = await new_zoom(limits=True)

    heavy = [(await zoom.call("GET", "/report/meetings/1")).status_code for _ in range(11)]
    medium = (await zoom.call("GET", "/users/host@office.example/meetings")).status_code

    assert (heavy, medium) == ([404] * 10 + [429], 200)


@pytest.mark.parametrize(("label", "created"), [("Light", 30), ("Medium", 20)])
async def test_creating_counts_as_the_label_that_was_chosen(new_zoom: Any, label: str, created: int) -> None:
    """Older pages of Zoom's call it Medium: a client that paces by them is right in both cases."""
    zoom = await new_zoom(limits=True, create_label=label)

    statuses = [
        (await zoom.call("POST", f"/users/{n}@office.example/meetings", json={})).status_code for n in range(31)
    ]

    assert statuses.index(429) == created


@pytest.mark.parametrize(("plan", "a_minute"), [("business", 20)])
async def test_resource_intensive_calls_are_counted_by_the_minute(new_zoom: Any, plan: str, a_minute: int) -> None:
    """A second later there is still no room; after three there is for one."""
    zoom = await new_zoom(plan=plan, limits=True)

    async def look() -> int:
        return int((await zoom.call("GET", "/metrics/meetings")).status_code)

    burst = [await look() for _ in range(a_minute + 1)]
    zoom.real_seconds += 1
    soon = await look()
    zoom.real_seconds += 2
    later = [await look() for _ in range(2)]

    assert (burst, soon, later) == ([200] * a_minute + [429], 429, [200, 429])


async def test_heavy_and_resource_intensive_calls_share_a_day(new_zoom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """On paid plans; the 429 names the label of the call that was one too many."""
    monkeypatch.setitem(limits.PER_DAY["business"], "Heavy", 3)
    monkeypatch.setitem(limits.PER_DAY["business"], "Resource-intensive", 3)
    zoom = await new_zoom(plan="business", limits=True)

    paths = ["/report/meetings/1", "/metrics/meetings", "/report/meetings/1", "/metrics/meetings"]
    answers = [await zoom.call("GET", path) for path in paths]

    assert [answer.status_code for answer in answers] == [404, 200, 404, 429]
    assert rate_headers(answers[-1])["x-ratelimit-category"] == "Resource-intensive"


async def test_a_daily_cap_names_midnight_as_a_date(new_zoom: Any) -> None:
    """Free accounts have 1,000 heavy calls a day; Retry-After is an ISO date, not seconds."""
    zoom = await new_zoom(plan="free", limits=True)

    statuses = []
    for _ in range(1001):
        zoom.real_seconds += 1
        answer = await zoom.call("GET", "/report/meetings/1")
        statuses.append(answer.status_code)

    assert statuses == [400] * 1000 + [429]
    assert "daily rate limit" in answer.json()["message"]
    assert rate_headers(answer) == {
        "x-ratelimit-category": "Heavy",
        "x-ratelimit-type": "Daily-limit",
        "x-ratelimit-limit": "1000",
        "x-ratelimit-remaining": "0",
        "retry-after": "2021-11-11T00:00:00Z",
    }


async def test_a_host_has_100_creates_and_updates_a_day(new_zoom: Any) -> None:
    """Both count together, for this host alone, until 00:00 UTC; no type and no Retry-After in the headers."""
    zoom = await new_zoom(limits=True)
    meeting = await zoom.meeting()

    async def update() -> Any:
        zoom.real_seconds += 1
        return await zoom.call("PATCH", f"/meetings/{meeting['id']}", json={"topic": "Launch"})

    statuses = [(await update()).status_code for _ in range(99)]
    refused = await update()
    other = await zoom.meeting(host="other@office.example")
    zoom.wait(hours=18, minutes=59, seconds=59)
    await zoom.log_in()
    before_midnight = await update()
    zoom.wait(seconds=1)
    after_midnight = await update()

    assert statuses == [204] * 99
    assert (refused.status_code, refused.json()["message"]) == (
        429,
        "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests permitted for this "
        "particular user. You may resume these requests at GMT 00:00:00.",
    )
    assert rate_headers(refused) == {
        "x-ratelimit-category": "Light",
        "x-ratelimit-limit": "30",
        "x-ratelimit-remaining": "30",
    }
    assert other["topic"] == "Launch"
    assert (before_midnight.status_code, after_midnight.status_code) == (429, 204)


async def test_an_address_has_three_adds_a_day_and_meeting(new_zoom: Any) -> None:
    """The fourth is 429 with the address in its text and no header; another meeting has its own three."""
    zoom = await new_zoom(limits=True)
    meeting, other = await zoom.meeting(), await zoom.meeting()

    answers = [await zoom.call("POST", f"/meetings/{meeting['id']}/registrants", json=LIN) for _ in range(4)]
    elsewhere = await zoom.call("POST", f"/meetings/{other['id']}/registrants", json=LIN)

    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert answers[-1].json()["message"] == (
        "You have exceeded the daily rate limit of (3) for Add meeting registrant API requests for the registrant "
        "(lin@college.example). You can resume these API requests at GMT 00:00:00."
    )
    assert (rate_headers(answers[-1]), elsewhere.status_code) == ({}, 201)


async def test_a_registrant_has_ten_decisions_a_day(new_zoom: Any) -> None:
    """The eleventh is 429 and decides nothing, for nobody in the call."""
    zoom = await new_zoom(limits=True)
    meeting = await zoom.meeting()
    await zoom.registrant(meeting)
    fresh = await zoom.registrant(meeting, "ma@college.example")
    path = f"/meetings/{meeting['id']}/registrants/status"
    lin = {"email": "lin@college.example"}

    ten = [(await zoom.call("PUT", path, json={"action": "deny", "registrants": [lin]})).status_code for _ in range(10)]
    both = await zoom.call("PUT", path, json={"action": "deny", "registrants": [{"email": "ma@college.example"}, lin]})

    ma = await zoom.call("GET", f"/meetings/{meeting['id']}/registrants/{fresh['registrant_id']}")
    assert (ten, both.status_code, ma.json()["status"]) == ([204] * 10, 429, "approved")


async def test_limits_can_be_off(new_zoom: Any) -> None:
    """For benchmarks: two hundred calls of one host in no time at all."""
    zoom = await new_zoom(limits=False)

    meetings = [await zoom.meeting() for _ in range(200)]

    assert len({meeting["id"] for meeting in meetings}) == 200


async def test_a_running_sandbox_clock_paces_by_its_own_seconds() -> None:
    """A day that runs sixty times faster has sixty times as many seconds, and a leap lets them pass as well."""
    real = [0.0]
    clock = Clock(speed=60, monotonic=lambda: real[0])
    real[0] += 2

    clock.leap(clock.now() + timedelta(seconds=5))

    assert clock.pacing() == 125
