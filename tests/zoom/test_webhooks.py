"""What Zoom tells is understood, whichever way it writes it; what nobody could act on has its reason."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from meetbot.core import times
from meetbot.core.remote import Fact, FactKind
from meetbot.zoom import facts, webhooks
from tests.zoom import events
from tests.zoom.events import MEETING, NOW, RUN, SECRET, body, event, joined, participant, run, zulu

STARTED_AT = times.at("2021-11-10 13:40", "Asia/Bangkok")


def told(document: Any) -> tuple[Fact, ...]:
    return facts.facts(webhooks.read(body(document)), received_at=NOW)


def why_not(document: Any) -> str:
    with pytest.raises(webhooks.Unusable) as reason:
        told(document)
    return str(reason.value)


def dara(kind: FactKind, at: datetime = NOW, **other: Any) -> Fact:
    who = {"participant": "55AAD3A0001", "user_id": "16770001", "name": "Sok Dara 1"}
    known = {"address": "dara1@npic.example", "registrant_id": "R0001"}
    return Fact(kind, MEETING, at, uuid=RUN, **{**who, **known, **other})


def changed_to(**other: Any) -> dict[str, Any]:
    return event("meeting.updated", {"id": int(MEETING), **other})


@pytest.mark.parametrize(
    ("document", "facts_told"),
    [
        (event("meeting.started", run()), [Fact(FactKind.STARTED, MEETING, STARTED_AT, RUN)]),
        (event("webinar.started", run()), [Fact(FactKind.STARTED, MEETING, STARTED_AT, RUN)]),
        (
            event("meeting.ended", run(end_time=zulu(NOW))),
            [Fact(FactKind.STARTED, MEETING, STARTED_AT, RUN), Fact(FactKind.ENDED, MEETING, NOW, RUN)],
        ),
        (joined(), [dara(FactKind.JOINED)]),
        (
            event("meeting.participant_left", run(participant=participant(leave_time=zulu(NOW)))),
            [dara(FactKind.LEFT)],
        ),
        (
            event(
                "meeting.participant_left",
                run(participant=participant(leave_time=zulu(NOW), join_time=zulu(STARTED_AT))),
            ),
            [dara(FactKind.JOINED, STARTED_AT), dara(FactKind.LEFT)],
        ),
        (
            event("meeting.participant_joined_waiting_room", run(participant=participant(date_time=zulu(NOW)))),
            [dara(FactKind.WAITING)],
        ),
        (
            event("meeting.participant_admitted", run(participant=participant(date_time=zulu(NOW)))),
            [dara(FactKind.WAITED)],
        ),
        (changed_to(topic="Another"), [Fact(FactKind.CHANGED, MEETING, NOW)]),
        (event("meeting.deleted", {"id": int(MEETING), "uuid": RUN}), [Fact(FactKind.CHANGED, MEETING, NOW)]),
        (
            event("meeting.registration_created", {"id": int(MEETING), "registrant": {"id": "R9", "email": "x@y.org"}}),
            [Fact(FactKind.REGISTERED, MEETING, NOW, registrant_id="R9")],
        ),
        (
            event("recording.started", run(id=int(MEETING), recording_file={"recording_start": zulu(STARTED_AT)})),
            [Fact(FactKind.RECORDING_STARTED, MEETING, STARTED_AT, RUN)],
        ),
        (
            event("recording.paused", run(recording_file={"recording_start": zulu(STARTED_AT), "recording_end": ""})),
            [Fact(FactKind.RECORDING_STOPPED, MEETING, NOW, RUN)],
        ),
        (
            event("recording.resumed", run(recording_file={"recording_start": zulu(STARTED_AT), "recording_end": ""})),
            [Fact(FactKind.RECORDING_STARTED, MEETING, NOW, RUN)],
        ),
        (
            event("recording.stopped", run(recording_file={"recording_end": zulu(STARTED_AT)})),
            [Fact(FactKind.RECORDING_STOPPED, MEETING, STARTED_AT, RUN)],
        ),
    ],
    ids=lambda one: one["event"] if isinstance(one, dict) else "",
)
def test_each_event_becomes_its_facts(document: Any, facts_told: list[Fact]) -> None:
    """An event that knows of two moments tells both: another that was lost is not missed."""
    assert told(document) == tuple(facts_told)


@pytest.mark.parametrize("id_", [85011112222, "85011112222"])
def test_W13_F31_a_meeting_id_is_a_number_or_text(id_: object) -> None:
    """Zoom sends it as either, by the event."""
    assert [fact.meeting_id for fact in told(event("meeting.updated", {"id": id_}))] == ["85011112222"]


@pytest.mark.parametrize(
    "id_", [9.3e10, "93398114182 ", "", None, ["93398114182"], {}, True, -1, "９３３９８１１４１８２"]
)
def test_W13_anything_else_is_no_meeting_id(id_: object) -> None:
    """Nobody guesses which meeting is meant."""
    assert why_not(event("meeting.updated", {"id": id_})) == "no meeting id"


@pytest.mark.parametrize("object_", [{}, None, [], "85011112222", 85011112222])
def test_W13_an_object_without_an_id_is_of_no_meeting(object_: object) -> None:
    """Also when it is no object at all."""
    assert why_not(event("meeting.started", object_)) == "no meeting id"


@pytest.mark.parametrize(
    ("written", "address", "name"),
    [
        ({"email": ""}, "", "Sok Dara 1"),
        ({"email": None}, "", "Sok Dara 1"),
        ({"email": " Dara1@NPIC.Example"}, "dara1@npic.example", "Sok Dara 1"),
        ({"email": f"{'a' * 400}@npic.example"}, "", "Sok Dara 1"),
        ({"user_name": "ក" * 1_000_000}, "dara1@npic.example", "ក" * 200),
        ({"user_name": 12}, "dara1@npic.example", ""),
    ],
    ids=["empty", "null", "case", "too long", "a million letters", "no text"],
)
def test_W14_names_and_addresses_are_taken_within_limits(written: dict[str, Any], address: str, name: str) -> None:
    """Guests have no address; a name is cut, an address is taken whole or not at all."""
    assert told(joined(**written)) == (dara(FactKind.JOINED, address=address, name=name),)


def test_W14_an_event_without_an_address_is_a_guests() -> None:
    """The field may be missing altogether."""
    document = joined()
    del document["payload"]["object"]["participant"]["email"]

    assert told(document) == (dara(FactKind.JOINED, address=""),)


def test_a_participant_may_be_known_by_the_connection_alone() -> None:
    """Zoom gives older clients no uuid, and the connection as a number; without both it is nobody."""
    by_number = joined(participant_uuid="", user_id=16778240)
    nobody = joined(participant_uuid="", user_id="")

    assert told(by_number) == (dara(FactKind.JOINED, participant="", user_id="16778240"),)
    assert why_not(nobody) == "no participant"


@pytest.mark.parametrize(
    ("event_ts", "at"),
    [
        (1636527900000, NOW),
        (1636527900, NOW),
        ("1636527900000", NOW),
        ("soon", NOW + timedelta(seconds=3)),
        (None, NOW + timedelta(seconds=3)),
        (-5, NOW + timedelta(seconds=3)),
        (2**62, NOW + timedelta(seconds=3)),
    ],
)
def test_W19_the_time_of_an_event_is_taken_as_it_is_written(event_ts: object, at: datetime) -> None:
    """Milliseconds or seconds, a number or text; where there is none, the time of its receipt."""
    document = body({**changed_to(), "event_ts": event_ts})

    (fact,) = facts.facts(webhooks.read(document), received_at=NOW + timedelta(seconds=3))

    assert fact.at == at


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2021-11-18T14:05:00Z"])
def test_a_time_that_cannot_be_is_not_believed(at: str) -> None:
    """A run that ended in the year 9999 would never be over."""
    assert why_not(event("meeting.ended", run(end_time=at))) == "time out of range"


@pytest.mark.parametrize("name", ["meeting.foo_bar", "__proto__", "user.signed_in", "meeting.created", "meeting"])
def test_W23_F31_an_unknown_event_tells_nothing(name: str) -> None:
    """Zoom invents new ones; its reason is the same for all of them."""
    assert why_not(event(name, run())) == "unknown event"


@pytest.mark.parametrize("name", ["m" * 10_240, "<script>", "Meeting.Started", "", None, 7, {}])
def test_W23_what_cannot_be_a_name_is_none(name: object) -> None:
    """It gets into no log and no table."""
    with pytest.raises(webhooks.Unusable, match="no name"):
        webhooks.read(body({"event": name, "payload": {}}))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Dara\x00 Sok", "Dara Sok"),
        ("Dara \ud800", "Dara ?"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    ],
)
def test_W24_names_are_cleaned_of_what_breaks_a_database_and_else_kept(written: str, kept: str) -> None:
    """NUL and half characters; markup and formulas are only text, and made harmless where they are shown."""
    assert told(joined(user_name=written)) == (dara(FactKind.JOINED, name=kept),)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not JSON"),
        (b"hello", "not JSON"),
        (b"\xff\xfe{\x00}\x00", "not JSON"),
        (b'\xef\xbb\xbf{"event":"meeting.started"}', "not JSON"),
        (b'{"event":"meeting.started"}{"event":"meeting.ended"}', "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b"[" * 200_000 + b"]" * 200_000, "not JSON"),
        (b"[]", "not an object"),
        (b"7", "not an object"),
        (b"null", "not an object"),
        (b'{"event":"a","event":"endpoint.url_validation"}', "repeated key"),
        (b'{"event":"a","payload":{"object":{"id":1,"id":2}}}', "repeated key"),
        (b'{"event":"meeting.started","id":' + b"9" * 5000 + b"}", "number out of range"),
        (b'{"event":"meeting.started","id":-' + b"9" * 20 + b"}", "number out of range"),
        (b'{"event":"meeting.started","id":1e400}', "number out of range"),
        (b'{"event":"meeting.started","id":NaN}', "number out of range"),
        (b'{"event":"meeting.started","id":-Infinity}', "number out of range"),
    ],
    ids=lambda one: one[:40].decode(errors="replace") if isinstance(one, bytes) else None,
)
def test_W09_W10_W12_what_is_no_event_has_its_reason(raw: bytes, why: str) -> None:
    """Also if it was made to break whoever reads it."""
    with pytest.raises(webhooks.Unusable) as reason:
        webhooks.read(raw)

    assert str(reason.value) == why


def test_W11_the_challenge_is_answered_with_the_secret_that_signed_it() -> None:
    """The token as it came, and its HMAC-SHA256, here as `openssl dgst -sha256 -hmac` gives it."""
    asked = webhooks.read(body({"event": webhooks.CHALLENGE, "payload": {"plainToken": "qgg8vlvZRS6UYooatFL8Aw"}}))

    assert webhooks.answer(asked, "zoom-secret") == {
        "plainToken": "qgg8vlvZRS6UYooatFL8Aw",
        "encryptedToken": "b17f0320a1322a509340a1a835b3d9edbc491f0b0790ed2d20d0604d39dfe922",
    }


def test_P15_the_bytes_are_signed_not_what_they_mean() -> None:
    """Odd spaces and another order of keys are Zoom's own affair; the same document written anew is another body."""
    sent = b'{ "payload": {},\n"event":"meeting.started" }'
    stamp = webhooks.stamp([stamped := str(int(NOW.timestamp()))], [events.signature(sent, stamped)], now=NOW)

    assert webhooks.signer(stamp, sent, [SECRET]) == SECRET
    with pytest.raises(webhooks.Forged, match="signature"):
        webhooks.signer(stamp, json.dumps(json.loads(sent)).encode(), [SECRET])


@pytest.mark.parametrize(
    ("age", "late"),
    [(-300, False), (0, False), (300, False), (301, True), (85 * 60, True), (7200, True)],
)
def test_W04_a_signature_is_believed_for_two_hours(age: int, late: bool) -> None:
    """Fresh within five minutes either way; late afterwards, for Zoom's last repeat comes after 85 minutes."""
    at = int(NOW.timestamp()) - age

    assert webhooks.stamp([str(at)], ["v0=" + "0" * 64], now=NOW).late is late


@pytest.mark.parametrize(("age", "why"), [(7201, "stale"), (365 * 86400, "stale"), (-301, "from the future")])
def test_W04_and_not_beyond(age: int, why: str) -> None:
    """A request that somebody kept is worth nothing."""
    at = int(NOW.timestamp()) - age

    with pytest.raises(webhooks.Forged, match=why):
        webhooks.stamp([str(at)], ["v0=" + "0" * 64], now=NOW)


def test_P31_an_event_does_not_show_what_is_in_it() -> None:
    """Its payload has addresses, links and passcodes."""
    shown = repr(webhooks.read(body(joined())))

    at = "datetime.datetime(2021, 11, 10, 7, 5, tzinfo=datetime.timezone.utc)"
    assert shown == f"Event(name='meeting.participant_joined', account_id='{events.ACCOUNT}', at={at})"
