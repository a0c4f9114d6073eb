"""Zoom's events as Zoom sends them, and its signature: written from Zoom's pages, not with the code under test."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from meetbot.core import times

SECRET = "webhook-S3cr3t-Canary"
ACCOUNT = "AbCdEfGhIjKlMnOpQrStUv"
NOW = times.at("2021-11-10 14:05", "Asia/Bangkok")
MEETING = "85011112222"
RUN = "/b7xWqLURhqQ==//1"


def zulu(at: datetime) -> str:
    """A time as Zoom writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def event(name: str, object_: Any, *, at: datetime = NOW, account: str = ACCOUNT, **more: Any) -> dict[str, Any]:
    milliseconds = int(at.timestamp() * 1000)
    return {"event": name, "event_ts": milliseconds, "payload": {"account_id": account, "object": object_}, **more}


def run(**other: Any) -> dict[str, Any]:
    """The object of one run of the launch: its id is text."""
    started = times.at("2021-11-10 13:40", "Asia/Bangkok")
    values = {"id": MEETING, "uuid": RUN, "topic": "Launch", "type": 2, "start_time": zulu(started), "duration": 60}
    return {**values, **other}


def participant(number: int = 1, **other: Any) -> dict[str, Any]:
    return {
        "user_id": f"1677{number:04}",
        "user_name": f"Sok Dara {number}",
        "id": "",
        "participant_uuid": f"55AAD3A{number:04}",
        "email": f"dara{number}@npic.example",
        "registrant_id": f"R{number:04}",
        "public_ip": "192.0.2.1",
        **other,
    }


def joined(at: datetime = NOW, number: int = 1, **other: Any) -> dict[str, Any]:
    who = participant(number, join_time=zulu(at), **other)
    return event("meeting.participant_joined", run(participant=who), at=at)


def body(document: Any) -> bytes:
    """As Zoom writes it: no spaces."""
    return json.dumps(document, separators=(",", ":")).encode()


def signature(body: bytes, timestamp: str, secret: str = SECRET) -> str:
    message = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def encrypted(plain: str, secret: str = SECRET) -> str:
    """The proof that Zoom's challenge asks for."""
    return hmac.new(secret.encode(), plain.encode(), hashlib.sha256).hexdigest()


def headers(body: bytes, *, at: datetime = NOW, secret: str = SECRET) -> dict[str, str]:
    """The headers that matter, and the one that must not be seen in a log."""
    timestamp = str(int(at.timestamp()))
    return {
        "x-zm-request-timestamp": timestamp,
        "x-zm-signature": signature(body, timestamp, secret),
        "content-type": "application/json; charset=utf-8",
        "clientid": "client-id-Canary",
    }
