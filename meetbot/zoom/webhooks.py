"""Requests that Zoom sends by itself, without I/O: who signed them, the challenge of their address, the event inside.

Zoom's pages: Using webhooks, "Verify webhook events" and "Validate your webhook endpoint". What an event tells is
read in `facts`.
"""

from __future__ import annotations

import hmac
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from meetbot.zoom import fields
from meetbot.zoom.wire import Row

#: Bytes; Zoom's own events have a few thousand.
LARGEST_BODY = 2**20
#: The name of Zoom's challenge, by which it sees every 72 hours that the address is ours.
CHALLENGE = "endpoint.url_validation"

_FRESH = timedelta(minutes=5)
_LATE = timedelta(hours=2)  # the last of Zoom's repeats comes after 85 minutes
_TIMESTAMP = re.compile(r"[0-9]{10}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_NAME = re.compile(r"[a-z0-9_.]{1,64}")
_PLAIN_TOKEN = re.compile(r"[ -~]{1,200}")
_MOST_DIGITS = 19
_LEAST_MILLISECONDS = 10**11  # read as seconds that is the year 5138, read as milliseconds 1973


class Forged(Exception):
    """Nobody who knows the secret sent this just now; the text says why, in a word or two."""


class Unusable(Exception):
    """Signed, but nothing to act on; the text says why, in a few words that hold nothing of the request."""


@dataclass(frozen=True)
class Stamp:
    """What the headers of a request claim."""

    timestamp: str
    signature: str
    late: bool  #: signed a while ago: Zoom tries again for more than an hour


@dataclass(frozen=True)
class Event:
    """What Zoom says has happened, not yet read."""

    name: str
    account_id: str  #: "" when Zoom does not say
    at: datetime | None  #: when it happened; None: Zoom does not say
    payload: Row = field(repr=False)


def stamp(timestamps: Sequence[str], signatures: Sequence[str], *, now: datetime) -> Stamp:
    """The stamp in all headers of these two names, each of which must be there once. Forged when it cannot be real.

    It says nothing about the body yet, so that a body without one need not be read.
    """
    if len(timestamps) != 1 or len(signatures) != 1:
        raise Forged("headers")
    if not _TIMESTAMP.fullmatch(timestamps[0]) or not _SIGNATURE.fullmatch(signatures[0]):
        raise Forged("malformed")
    age = now - datetime.fromtimestamp(int(timestamps[0]), UTC)
    if not -_FRESH <= age <= _LATE:
        raise Forged("stale" if age > _LATE else "from the future")
    return Stamp(timestamps[0], signatures[0], late=age > _FRESH)


def signer(stamp: Stamp, body: bytes, secrets: Sequence[str]) -> str:
    """The secret that signed exactly these bytes; in the same time whether or not one did. Forged when none did."""
    message = b"v0:%b:%b" % (stamp.timestamp.encode(), body)
    signed = [secret for secret in secrets if hmac.compare_digest(f"v0={_hmac(secret, message)}", stamp.signature)]
    if not signed:
        raise Forged("signature")
    return signed[0]


def _hmac(secret: str, message: bytes) -> str:
    return hmac.digest(secret.encode(), message, "sha256").hex()


def answer(event: Event, secret: str) -> Mapping[str, str]:
    """The answer to Zoom's challenge, which proves that we know the secret. Unusable when its token is no token."""
    plain = event.payload.get("plainToken")
    if not isinstance(plain, str) or not _PLAIN_TOKEN.fullmatch(plain):
        raise Unusable("no plain token")
    return {"plainToken": plain, "encryptedToken": _hmac(secret, plain.encode())}


def read(body: bytes) -> Event:
    """The event in a body. Unusable for anything but one JSON object with a name, each key once, numbers in range."""
    try:
        found = json.loads(
            body.decode(), object_pairs_hook=_once, parse_int=_whole, parse_float=_finite, parse_constant=_finite
        )
    except (ValueError, RecursionError):
        raise Unusable("not JSON") from None
    if not isinstance(found, dict):
        raise Unusable("not an object")
    name = found.get("event")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise Unusable("no name")
    payload = fields.part(found, "payload")
    return Event(name, fields.text(payload, "account_id"), _moment(found), payload)


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):  # which of two would be meant, others might read otherwise
        raise Unusable("repeated key")
    return found


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS + digits.startswith("-"):
        raise Unusable("number out of range")
    return int(digits)


def _finite(digits: str) -> float:
    """Python would also read NaN and Infinity, which JSON does not have."""
    if not math.isfinite(number := float(digits)):
        raise Unusable("number out of range")
    return number


def _moment(row: Row) -> datetime | None:
    """Zoom's `event_ts`: milliseconds, in some events seconds."""
    number = fields.whole(row, "event_ts")
    if number is None or number <= 0:
        return None
    try:
        return datetime.fromtimestamp(number / 1000 if number >= _LEAST_MILLISECONDS else number, UTC)
    except (ValueError, OverflowError):
        return None
