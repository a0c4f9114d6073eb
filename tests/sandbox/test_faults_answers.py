"""Fault verbs that answer in place of the call, or damage the answer: what a plain client sees."""

import json
from typing import Any

import httpx
import pytest

USERS = "/users/host@office.example"
MEETINGS = f"{USERS}/meetings"


async def create(zoom: Any, do: object) -> httpx.Response:
    answer: httpx.Response = await zoom.under(do, "POST", MEETINGS, json={"topic": "Launch"})
    return answer


def made(zoom: Any) -> int:
    return sum(effect["kind"] == "meeting.created" for effect in zoom.effects())


async def test_F18_a_redirect_leads_elsewhere_and_does_nothing(zoom: Any) -> None:
    """302 with the address; httpx does not follow by itself."""
    answer = await create(zoom, {"redirect": "https://elsewhere.example/"})

    assert (answer.status_code, answer.headers["location"], answer.content, made(zoom)) == (
        302,
        "https://elsewhere.example/",
        b"",
        0,
    )


async def test_F13_a_scope_is_missing(zoom: Any) -> None:
    """400 code 4711 that names the scope, though the token has it."""
    answer = await create(zoom, {"scope_missing": "meeting:write:meeting:admin"})

    assert (answer.status_code, answer.json(), made(zoom)) == (
        400,
        {"code": 4711, "message": "Invalid access token, does not contain scopes:[meeting:write:meeting:admin]."},
        0,
    )


async def test_F13_a_revoked_token_is_dead_until_there_is_a_new_one(zoom: Any) -> None:
    """Unlike `token_expired`, which is over with the call that it struck."""
    struck = await create(zoom, "token_revoked")
    later = await zoom.call("POST", MEETINGS, json={})
    await zoom.log_in()
    renewed = await zoom.call("POST", MEETINGS, json={})

    assert [answer.status_code for answer in (struck, later, renewed)] == [401, 401, 201]
    assert struck.json() == later.json() == {"code": 124, "message": "Invalid access token."}
    assert zoom.effects()[0] == {"kind": "token.revoked", "by": "somebody at Zoom"}


async def test_F06_F07_F08_each_quota_has_its_own_429(new_zoom: Any) -> None:
    """By plan and label, whether the limit is used up or not; one has `Retry-After` as a date, three have none."""
    zoom = await new_zoom(plan="pro")
    account = {"x-ratelimit-category": "Light", "x-ratelimit-limit": "30", "x-ratelimit-remaining": "30"}
    heavy = {"x-ratelimit-category": "Heavy", "x-ratelimit-remaining": "0"}

    seen = {
        quota: await zoom.under({"quota": quota}, "POST", path, json={"email": "lin@college.example"})
        for quota, path in (("host_daily", MEETINGS), ("registrant_daily", "/meetings/1/registrants"))
    }
    seen |= {
        quota: await zoom.under({"quota": quota}, "GET", "/report/meetings/1/participants")
        for quota in ("qps", "daily")
    }

    assert {quota: (answer.status_code, answer.json()["code"]) for quota, answer in seen.items()} == dict.fromkeys(
        seen, (429, 429)
    )
    assert {quota: limits(answer) for quota, answer in seen.items()} == {
        "host_daily": account,
        "registrant_daily": {},
        "qps": {**heavy, "x-ratelimit-type": "QPS", "x-ratelimit-limit": "10"},
        "daily": {
            **heavy,
            "x-ratelimit-type": "Daily-limit",
            "x-ratelimit-limit": "30000",
            "retry-after": "2021-11-11T00:00:00Z",
        },
    }
    assert "the registrant (lin@college.example)" in seen["registrant_daily"].json()["message"]
    assert made(zoom) == 0


def limits(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith(("x-ratelimit", "retry"))}


async def test_calls_at_once_are_too_many(zoom: Any) -> None:
    """Another 429, of no quota."""
    answer = await create(zoom, "concurrent")

    assert (answer.status_code, answer.json(), made(zoom)) == (
        429,
        {"code": 429, "message": "Too many concurrent requests. Try again later."},
        0,
    )


@pytest.mark.parametrize(
    ("kind", "content_type", "shape"),
    [
        (None, "application/json;charset=UTF-8", list),
        ("list", "application/json;charset=UTF-8", list),
        ("text", "application/json;charset=UTF-8", str),
        ("number", "application/json;charset=UTF-8", int),
        ("null", "application/json;charset=UTF-8", type(None)),
        ("plain", "text/plain;charset=UTF-8", dict),
    ],
)
async def test_F10_an_answer_is_of_another_type(zoom: Any, kind: str | None, content_type: str, shape: type) -> None:
    """JSON that is no object, or an object that is called plain text; the call has its effect."""
    answer = await create(zoom, {"wrong_type": kind})

    assert (answer.status_code, answer.headers["content-type"], type(answer.json())) == (201, content_type, shape)
    assert made(zoom) == 1


async def test_F10_a_body_is_badly_packed(zoom: Any) -> None:
    """Called gzip, unpacks to the end, and then its checksum is wrong."""
    with pytest.raises(httpx.DecodingError):
        await create(zoom, "gzip_bad")

    assert made(zoom) == 1


async def test_F10_a_body_begins_with_a_byte_order_mark(zoom: Any) -> None:
    """Three bytes in front; the rest is the answer."""
    answer = await create(zoom, "bom")

    assert answer.content[:4] == b"\xef\xbb\xbf{"
    assert json.loads(answer.content[3:])["topic"] == "Launch"


async def test_Z18_a_body_is_big(zoom: Any) -> None:
    """So many megabytes of padding under a name that no client knows."""
    answer = await create(zoom, {"big_body": 5})

    assert len(answer.content) > 5_000_000
    assert (answer.json()["topic"], len(answer.json()["padding"])) == ("Launch", 5_000_000)


@pytest.mark.parametrize(
    ("skew", "date"), [("-40m", "Wed, 10 Nov 2021 04:20:00 GMT"), ("40m", "Wed, 10 Nov 2021 05:40:00 GMT")]
)
async def test_Z16_the_date_header_is_off(zoom: Any, skew: str, date: str) -> None:
    """The answer itself is by the right time."""
    answer = await create(zoom, {"clock_skew": skew})

    assert (answer.headers["date"], answer.json()["created_at"]) == (date, "2021-11-10T05:00:00Z")


async def pages(zoom: Any, do: object, count: int, most: int = 8) -> tuple[list[str], list[str], int]:
    """What a simple client reads page by page, at most so many: topics, tokens, the last status."""
    for number in range(count):
        await zoom.meeting(topic=f"M{number}")
    zoom.sandbox.set_faults(json.dumps({"zoom": [{"when": {"method": "GET"}, "do": do}]}))
    topics: list[str] = []
    tokens: list[str] = []
    token = ""
    for _ in range(most):
        answer = await zoom.call("GET", MEETINGS, params={"page_size": 1, "next_page_token": token})
        if answer.status_code != 200:
            return topics, tokens, answer.status_code
        topics += [row["topic"] for row in answer.json()["meetings"]]
        token = answer.json()["next_page_token"]
        tokens.append(token)
        if not token:
            break
    return topics, tokens, answer.status_code


@pytest.mark.parametrize("count", [3, 1])
async def test_F17_pages_go_round_and_round(zoom: Any, count: int) -> None:
    """The same token for ever, and the page that it leads to; a list of one page leads back to it."""
    read, tokens, _ = await pages(zoom, "page_loop", count, most=4)

    assert (read[1:], read[0] == read[1]) == ([read[1]] * 3, count == 1)
    assert tokens == [tokens[0]] * 4 != [""] * 4


async def test_F17_a_page_comes_twice(zoom: Any) -> None:
    """Each one, with another token, and then the list goes on and ends."""
    read, tokens, _ = await pages(zoom, "page_repeats", 2)

    assert read == [read[0], read[0], read[2], read[2]]
    assert (len(set(read)), len(set(tokens)), tokens[-1]) == (2, 4, "")


async def test_F17_a_page_token_has_expired(zoom: Any) -> None:
    """The first page is there, the second is 400."""
    read, _, status = await pages(zoom, "page_token_expired", 2)

    assert (len(read), status) == (1, 400)
