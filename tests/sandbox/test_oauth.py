"""Tokens: the grant, their life, their scopes."""

from typing import Any

import httpx
import pytest

from meetbot.sandbox import Sandbox, calls

GRANT = {"grant_type": "account_credentials", "account_id": "sandbox"}


async def ask(sandbox: Sandbox, *, auth: tuple[str, str] = ("sandbox", "sandbox"), **request: Any) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.app), base_url="http://zoom") as http:
        return await http.post("/oauth/token", auth=auth, **request)


@pytest.mark.parametrize("request_with", [{"params": GRANT}, {"data": GRANT}], ids=["query", "form"])
async def test_a_token_comes_for_a_grant_in_the_query_or_in_a_form(request_with: Any) -> None:
    """Both ways of asking give a bearer token of an hour with every scope and Zoom's own base host."""
    answer = await ask(Sandbox(), **request_with)

    body = answer.json()
    assert answer.status_code == 200
    assert len(body.pop("access_token")) > 40
    assert body == {
        "token_type": "bearer",
        "expires_in": 3600,
        "scope": " ".join(sorted(calls.SCOPES)),
        "api_url": "https://api.zoom.us",
    }


async def test_bad_credentials_get_no_token() -> None:
    """The status is 400 or 401, by seed, because the sources disagree; the body is the same."""
    answers = [await ask(Sandbox(seed=seed), params=GRANT, auth=("sandbox", "wrong")) for seed in range(12)]

    assert {answer.status_code for answer in answers} == {400, 401}
    assert answers[0].json() == {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}


async def test_a_wrong_account_or_grant_gets_no_token() -> None:
    """Each is a 400 with its own error word."""
    account = await ask(Sandbox(), params={**GRANT, "account_id": "other"})
    grant = await ask(Sandbox(), params={**GRANT, "grant_type": "client_credentials"})

    assert (account.status_code, account.json()["error"]) == (400, "invalid_request")
    assert (grant.status_code, grant.json()["error"]) == (400, "unsupported_grant_type")


async def test_a_token_dies_after_an_hour(zoom: Any) -> None:
    """One second before it works, at the hour it is 401 code 124."""
    zoom.wait(seconds=3599)
    alive = await zoom.call("GET", "/users/host@office.example")
    zoom.wait(seconds=1)
    dead = await zoom.call("GET", "/users/host@office.example")

    assert alive.status_code == 200
    assert (dead.status_code, dead.json()) == (401, {"code": 124, "message": "Access token is expired."})


async def test_a_second_token_leaves_the_first_alive(zoom: Any) -> None:
    """Several tokens are valid at once."""
    await ask(zoom.sandbox, params=GRANT)

    assert (await zoom.call("GET", "/users/host@office.example")).status_code == 200


async def test_an_unknown_token_is_refused(zoom: Any) -> None:
    """401 code 124, in Zoom's words for a token that never was."""
    answer = await zoom.call("GET", "/users/host@office.example", headers={"authorization": "Bearer nonsense"})

    assert (answer.status_code, answer.json()) == (401, {"code": 124, "message": "Invalid access token."})


async def test_a_missing_scope_is_named(new_zoom: Any) -> None:
    """400 code 4711 with the scope between brackets; creating does not include changing."""
    zoom = await new_zoom(scopes=frozenset({"meeting:write:meeting:admin"}))
    meeting = await zoom.meeting()

    answer = await zoom.call("PATCH", f"/meetings/{meeting['id']}", json={"topic": "Other"})

    assert (answer.status_code, answer.json()) == (
        400,
        {"code": 4711, "message": "Invalid access token, does not contain scopes:[meeting:update:meeting:admin]."},
    )
