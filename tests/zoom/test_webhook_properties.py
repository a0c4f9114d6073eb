"""Whatever bytes come: an event, or a reason. Never an exception of another kind, never a value out of bounds."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from meetbot.core import live
from meetbot.core.remote import Fact
from meetbot.zoom import facts, webhooks
from tests.zoom import events
from tests.zoom.events import NOW, SECRET

NAMES = (
    "meeting.started",
    "meeting.ended",
    "webinar.participant_joined",
    "meeting.participant_left",
    "meeting.updated",
)
KEYS = ("id", "uuid", "start_time", "end_time", "participant", "registrant", "recording_file", "join_time", "user_id")
TIMES = some.datetimes().map(lambda at: at.isoformat() + "Z")

#: Anything that JSON can say, with a liking for what Zoom says.
anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text() | TIMES | some.just("85011112222"),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.sampled_from(KEYS) | some.text(), inner),
    max_leaves=12,
)


@some.composite
def documents(draw: some.DrawFn) -> Any:
    """An event with something of everything in it."""
    name = draw(some.sampled_from(NAMES) | some.sampled_from(sorted(facts._TELLERS)) | some.text())
    participant = draw(some.fixed_dictionaries({}, optional=dict.fromkeys((*KEYS, "user_name", "email"), anything)))
    object_ = draw(some.fixed_dictionaries({"id": some.just("85011112222") | anything}, optional=_fields(participant)))
    payload = draw(some.just({"account_id": "x", "object": object_}) | anything)
    return {"event": name, "event_ts": draw(anything), "payload": payload}


def _fields(participant: Any) -> dict[str, Any]:
    return {
        "uuid": some.text() | anything,
        "start_time": TIMES | anything,
        "end_time": TIMES | anything,
        "participant": some.just(participant) | anything,
        "registrant": some.just(participant) | anything,
        "recording_file": anything,
    }


def told(raw: bytes) -> tuple[Fact, ...]:
    """The facts; none for what has a reason to be ignored."""
    try:
        return facts.facts(webhooks.read(raw), received_at=NOW)
    except webhooks.Unusable as reason:
        assert 0 < len(str(reason)) < 30
        return ()


@given(some.binary())
@settings(deadline=None)
def test_any_bytes_are_an_event_or_have_a_reason(raw: bytes) -> None:
    """Nothing else comes of them."""
    told(raw)


@given(documents())
@settings(deadline=None)
def test_any_document_becomes_facts_within_bounds(document: Any) -> None:
    """Of one meeting, near the time of receipt, in fields that any database takes."""
    found = told(json.dumps(document).encode())

    for fact in found:
        texts = (fact.uuid, fact.participant, fact.user_id, fact.name, fact.address, fact.registrant_id)
        assert fact.meeting_id.isdecimal()
        assert abs(fact.at - NOW) <= timedelta(days=7)
        assert all(len(text) <= 320 and "\x00" not in text and text.encode() for text in texts if text)
    live.fold(found)


@given(documents())
@settings(deadline=None)
def test_F30_the_same_document_in_another_form_tells_the_same(document: Any) -> None:
    """Spaces, the order of keys and escapes are nobody's business but the signature's."""
    compact = json.dumps(document, separators=(",", ":"), ensure_ascii=True).encode()
    wide = json.dumps(document, indent=2, sort_keys=True).encode()

    assert told(compact) == told(wide)


@given(some.binary(max_size=2000), some.binary(max_size=2000), some.text(min_size=1))
@settings(deadline=None)
def test_P15_only_the_secret_and_the_very_bytes_verify(raw: bytes, other: bytes, secret: str) -> None:
    """Under another secret, or over other bytes, the signature is none."""
    timestamp = str(int(NOW.timestamp()))
    stamp = webhooks.stamp([timestamp], [events.signature(raw, timestamp)], now=NOW)

    assert webhooks.signer(stamp, raw, [secret, SECRET]) == SECRET
    for body, secrets in ((other + b"x" + raw, [SECRET]), (raw, [secret + SECRET])):
        try:
            webhooks.signer(stamp, body, secrets)
        except webhooks.Forged:
            continue
        raise AssertionError("verified")


@given(some.lists(some.text(), max_size=3), some.lists(some.text(), max_size=3))
@settings(deadline=None)
def test_P15_any_headers_are_a_stamp_or_forged(timestamps: list[str], signatures: list[str]) -> None:
    """Whatever is written in them."""
    try:
        stamp = webhooks.stamp(timestamps, signatures, now=NOW)
    except webhooks.Forged:
        return

    assert (len(stamp.timestamp), len(stamp.signature)) == (10, 67)
