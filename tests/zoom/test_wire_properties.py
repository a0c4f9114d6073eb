"""Whatever Zoom, or something between it and us, answers: every call ends in a noun or in an error of ours."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from meetbot.errors import ZoomError, ZoomUnknownOutcome
from meetbot.zoom import auth, client
from tests.zoom import every_call
from tests.zoom.conftest import TOKEN, JumpingClock

_NAMES = """
    id uuid registrant_id email join_url start_time end_time join_time leave_time duration status settings agenda
    approval_type alternative_hosts language_interpretation interpreters enable breakout_room rooms participants name
    continuous_meeting_chat channel_id total_records next_page_token meetings webinars registrants panelists users
    tracking_fields attendees invitation questions custom_questions answers history_meetings upcoming_events feature
    meeting_capacity in_meeting meeting_security approved_or_denied_countries_or_regions method approved_list
    code message errors field password host_email participants_count
"""
#: Names and values that our readers look for, so that chance also finds its way past the first of them.
NAMES = st.sampled_from(_NAMES.split())
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(
        [
            "2021-11-10T07:00:00Z",
            "0001-01-01T00:00:00+23:59",
            "9999-12-31T23:59:59-23:59",
            "https://example.zoom.us/w/1?tk=abc",
            "https://[zoom.us/",
            "approved",
            "meetbot:ref=a1b2c3",
            "approve",
            "\x00\ud800",
            "9" * 5000,
            10**400,
        ]
    )
)
JSON = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(), inner), max_leaves=15
)
OBJECTS = st.dictionaries(NAMES, JSON, max_size=8)
TOKENS = st.fixed_dictionaries(
    {"access_token": VALUES | st.just("t")},
    optional={"expires_in": VALUES, "scope": VALUES, "api_url": VALUES | st.just("https://api-us.zoom.us")},
)
BODIES = (
    st.binary() | JSON.map(lambda value: json.dumps(value).encode()) | OBJECTS.map(lambda row: json.dumps(row).encode())
)
STATUSES = st.sampled_from([200, 201, 202, 204, 301, 400, 401, 403, 404, 408, 409, 429, 500, 502, 503]) | st.integers(
    200, 599
)
HEADER_VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126)) | st.sampled_from(
    ["gzip", "text/html", "Daily-limit", "9999999999", "-1", "Thu, 31 Dec 9999 23:59:59 -2359", "2021-11-10T00:00:00Z"]
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Content-Type", "Content-Encoding", "Retry-After", "X-RateLimit-Type", "Date", "Location", "Set-Cookie"]
    ),
    HEADER_VALUES,
)


EVERY_CALL = {**every_call.READS, **every_call.CHANGES}
#: 300 in the ordinary run; more where the profile says more.
thorough = settings(max_examples=max(300, settings().max_examples), deadline=None)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def response(self) -> httpx.Response:
        return httpx.Response(self.status, headers=self.headers, stream=httpx.ByteStream(self.body))


ANSWERS = st.builds(Answer, STATUSES, HEADERS, BODIES)
PAGES = st.builds(Answer, st.just(200), st.just({}), OBJECTS.map(lambda row: json.dumps(row).encode()))
GOOD_TOKEN = Answer(200, {}, json.dumps(TOKEN).encode())


async def outcome(name: str, token: Answer, answers: Sequence[Answer]) -> ZoomError | None:
    """What came of that call when Zoom gives these answers, round and round; anything but a ZoomError is raised."""
    calls = itertools.cycle(answers)

    def respond(request: httpx.Request) -> httpx.Response:
        return (token if request.url.path == "/oauth/token" else next(calls)).response()

    account = auth.Account("A1", "C1", "s3cret")
    async with client.Zoom(account, JumpingClock(), transport=httpx.MockTransport(respond)) as zoom:
        try:
            await EVERY_CALL[name](zoom)
        except ZoomError as error:
            return error
    return None


def bears_no_secret(error: ZoomError | None) -> bool:
    shown = f"{error!r} {error}" if error else ""
    return not any(secret in shown for secret in ("s3cret", "tk=abc", "Bearer", str(TOKEN["access_token"]) + " "))


@thorough
@given(name=st.sampled_from([*EVERY_CALL]), answer=ANSWERS)
def test_F10_Z06_Z17_any_answer_ends_in_a_noun_or_an_error_of_ours(name: str, answer: Answer) -> None:
    """Any status, headers and body, to any call; and no error shows a secret."""
    assert bears_no_secret(asyncio.run(outcome(name, GOOD_TOKEN, [answer])))


@thorough
@given(name=st.sampled_from([*EVERY_CALL]), pages=st.lists(PAGES, min_size=1, max_size=4))
def test_Z07_Z18_any_row_of_pages_ends_in_a_noun_or_an_error_of_ours(name: str, pages: list[Answer]) -> None:
    """Objects that look like what was asked for, one after the other, for lists and for everything else."""
    assert bears_no_secret(asyncio.run(outcome(name, GOOD_TOKEN, pages)))


@thorough
@given(answer=ANSWERS | st.builds(Answer, st.just(200), HEADERS, TOKENS.map(lambda row: json.dumps(row).encode())))
def test_Z13_any_token_answer_ends_in_a_token_or_an_error_of_ours(answer: Answer) -> None:
    """Any answer in place of a token; whoever cannot have one has sent nothing."""
    error = asyncio.run(outcome("delete_meeting", answer, [Answer(204, {}, b"")]))

    assert bears_no_secret(error)
    assert not isinstance(error, ZoomUnknownOutcome)
