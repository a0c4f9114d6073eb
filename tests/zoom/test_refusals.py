"""What Zoom's refusals and limits are taken to mean."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from meetbot.core import times
from meetbot.errors import ZoomRefused, ZoomUnreachable
from meetbot.zoom import refusals, wire

NOON = times.at("2021-11-09 19:00", "Asia/Bangkok")
MORNING = times.at("2021-11-10 07:01", "Asia/Bangkok")
SOON = NOON + timedelta(seconds=0.5)
PER_SECOND = "You have reached the maximum per-second rate limit for this API. Try again later."
PER_DAY = "You have reached the maximum daily rate limit for this API. Refer to the response header for details."
HOST = (
    "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests permitted for this "
    "particular user. You may resume these requests at GMT 00:00:00."
)
REGISTRANT = (
    "You have exceeded the daily rate limit of (3) for Add meeting registrant API requests for the registrant "
    "(a@example.org). You can resume these API requests at GMT 00:00:00."
)
CONCURRENT = "Too many concurrent requests. A request to disassociate this user has already been made."


def limited(text: str, **headers: str) -> wire.Answer:
    content = json.dumps({"code": 429, "message": text}).encode()
    return wire.Answer(429, {name.replace("_", "-"): value for name, value in headers.items()}, content)


def refused(status: int, body: dict[str, object]) -> Exception:
    with pytest.raises((ZoomRefused, ZoomUnreachable)) as error:
        refusals.read(wire.Request("add registrant", "POST", "/"), wire.Answer(status, {}, json.dumps(body).encode()))
    return error.value


@pytest.mark.parametrize(
    ("answer", "sentence", "retry_at", "of_account", "daily"),
    [
        (limited(PER_SECOND), "per-second limit of calls for the whole account", SOON, True, False),
        (limited(PER_DAY), "daily limit of calls for the whole account", MORNING, True, True),
        (limited(HOST), "daily limit of created and changed meetings for this host", MORNING, False, True),
        (limited(REGISTRANT), "daily limit of calls for this registrant", MORNING, False, True),
        (limited(CONCURRENT), "per-second limit of calls at one time for this meeting", SOON, False, False),
        (
            limited("", x_ratelimit_type="Daily-limit"),
            "daily limit of calls for the whole account",
            MORNING,
            True,
            True,
        ),
        (
            wire.Answer(429, {}, b"<h1>Slow down</h1>"),
            "per-second limit of calls for the whole account",
            SOON,
            True,
            False,
        ),
    ],
    ids=range(7),
)
def test_F06_F07_F08_limits_are_told_apart(
    answer: wire.Answer, sentence: str, retry_at: datetime, of_account: bool, daily: bool
) -> None:
    """Zoom's kinds of 429 differ in whom they stop and for how long."""
    assert refusals.limit(answer, NOON) == refusals.Limit(f"Zoom's {sentence} is reached", retry_at, of_account, daily)


def test_only_a_429_is_a_limit() -> None:
    """A refusal that speaks of limits is still a refusal."""
    assert refusals.limit(wire.Answer(400, {}, b'{"message": "daily rate limit"}'), NOON) is None


@pytest.mark.parametrize(
    ("retry_after", "retry_at"),
    [
        ("7", NOON + timedelta(seconds=67)),
        ("2021-11-10T00:00:00Z", MORNING),
        ("2021-11-10T00:00:00", MORNING),
        ("2021-11-10T07:00:00+07:00", MORNING),
        ("Wed, 10 Nov 2021 00:00:00 GMT", MORNING),
        ("2099-01-01T00:00:00Z", NOON + timedelta(hours=24)),
        ("999999999999999999999", NOON + timedelta(hours=24)),
        ("2020-05-31T00:00:00Z", MORNING),
        ("0", MORNING),
        ("-5", MORNING),
        ("soon", MORNING),
        ("²", MORNING),
        ("", MORNING),
    ],
)
def test_Z05_retry_after_in_all_its_forms(retry_after: str, retry_at: datetime) -> None:
    """Seconds, an ISO date or an HTTP date, and a minute more; a day at the most.

    What is past or cannot be read counts as not said, and means midnight, UTC.
    """
    limit = refusals.limit(limited(PER_DAY, retry_after=retry_after), NOON)

    assert limit is not None
    assert limit.retry_at == retry_at


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (400, 300, "Zoom finds something in the request wrong"),
        (400, 3000, "Zoom does not allow this for this meeting"),
        (404, 3001, "the meeting does not exist at Zoom (any more)"),
        (404, 1001, "Zoom does not know this user or meeting; see the host in the programme"),
        (400, 1010, "this user is not in our Zoom account; see the host in the programme"),
        (400, 3161, "the host may not hold this meeting; give the user a Zoom licence"),
        (400, 3027, "the address belongs to the host of the meeting, who cannot register"),
        (400, 3043, "the meeting is full: Zoom takes no more registrants"),
        (400, "3038", "the meeting is over"),
        (409, 98765, "Zoom refuses this"),
        (403, None, "Zoom refuses this"),
    ],
)
def test_Z04_refusals_are_sentences(status: int, code: object, meaning: str) -> None:
    """Each of Zoom's codes becomes a sentence, beside Zoom's own words; an unknown code is shown as it is."""
    error = refused(status, {"code": code, "message": "No."})

    assert str(error) == f"add registrant: {meaning} (Zoom {status}, code {code}: No.)"
    assert isinstance(error, ZoomRefused)
    assert (error.status, error.code) == (status, int(str(code)) if code else None)


def test_Z04_wrong_fields_are_named() -> None:
    """Zoom's list of wrong fields is in the message."""
    fields = [{"field": "email", "message": "Invalid field."}]

    error = refused(400, {"code": 300, "message": "Validation Failed.", "errors": fields})

    assert str(error) == (
        "add registrant: Zoom finds something in the request wrong "
        "(Zoom 400, code 300: Validation Failed. email: Invalid field.)"
    )


def test_Z04_a_missing_scope_is_named() -> None:
    """The older code says the same as the newer, and a text without brackets is no trouble."""
    error = refused(400, {"code": 4700, "message": "Invalid access token, does not contain scopes."})

    assert str(error) == (
        "add registrant: Zoom refuses our credentials: a scope is missing; add it to the app in the "
        "Zoom App Marketplace (Zoom 400, code 4700: Invalid access token, does not contain scopes.)"
    )


def test_P31_messages_bear_no_address() -> None:
    """Whatever Zoom writes into a message, a link in it is struck out, and so are line breaks."""
    error = refused(400, {"code": 300, "message": "See\nhttps://zoom.us/w/1?tk=secret for help."})

    assert str(error) == (
        "add registrant: Zoom finds something in the request wrong (Zoom 400, code 300: See … for help.)"
    )
