"""The `webhooks:` part of a fault script: lost, repeated, late, out of order, forged; the same twice under one seed."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from meetbot.sandbox.faults import ScriptError
from tests.sandbox.receiver import Receiver, receiving

START = {"action": "start"}


async def day(new_zoom: Callable[..., Awaitable[Any]], receiver: Receiver, **webhooks: Any) -> Any:
    """Sixteen people come and go at one meeting, a minute apart; then two hours pass, five minutes at a time."""
    zoom = await new_zoom(seed=7, faults=json.dumps({"webhooks": webhooks}))
    await zoom.sandbox.subscribe(receiver.url)
    meeting = await zoom.meeting()
    zoom.people(meeting, START)
    for number in range(16):
        zoom.people(meeting, {"action": "join", "person": f"p{number}", "name": f"Guest {number}"})
        zoom.wait(minutes=1)
        await zoom.sandbox.deliver_webhooks()
    zoom.people(meeting, {"action": "end"})
    for _ in range(24):
        await zoom.sandbox.deliver_webhooks()
        zoom.wait(minutes=5)
    await zoom.sandbox.deliver_webhooks()
    return zoom


def entries(zoom: Any, kind: str) -> list[dict[str, Any]]:
    return [
        entry
        for entry in zoom.sandbox.ledger.entries
        if entry["effect"] and entry["effect"]["kind"] == f"webhook.{kind}"
    ]


def with_fault(zoom: Any, fault: str) -> list[dict[str, Any]]:
    return [entry["effect"] for entry in entries(zoom, "sent") if fault in entry["faults"]]


async def perfect(new_zoom: Any) -> list[bytes]:
    async with receiving() as receiver:
        await day(new_zoom, receiver)
        return [request.body for request in receiver.events]


async def test_without_a_script_everything_comes_once_and_in_order(new_zoom: Any) -> None:
    """Created, started, seventeen joined, seventeen left, ended."""
    async with receiving() as receiver:
        await day(new_zoom, receiver)

        stamps = [request.json["event_ts"] for request in receiver.events]
        assert receiver.names == [
            "meeting.created",
            "meeting.started",
            *["meeting.participant_joined"] * 17,
            *["meeting.participant_left"] * 17,
            "meeting.ended",
        ]
        assert stamps == sorted(stamps)


async def test_one_seed_is_one_disorder(new_zoom: Any) -> None:
    """The same requests in the same order, at another port too; another seed gives others."""
    script = {
        "drop": 0.1,
        "dup": {"p": 0.3, "max": 4},
        "delay": {"p": 0.2, "max": "85m"},
        "shuffle": "2m",
        "bad_signature": 0.1,
        "other_source": 0.1,
        "other_account": 0.1,
        "resign": 0.1,
    }
    runs = []
    for _ in range(2):
        async with receiving() as receiver:
            await day(new_zoom, receiver, **script)
            runs.append([(request.headers["x-zm-signature"], request.body) for request in receiver.events])

    assert len(runs[0]) > 30
    assert runs[0] == runs[1]


async def test_F32_a_dropped_event_never_comes(new_zoom: Any) -> None:
    """No retry brings it; the ledger says which ones."""
    async with receiving() as receiver:
        zoom = await day(new_zoom, receiver, drop=0.3)

        lost = [entry["effect"]["reason"] for entry in entries(zoom, "lost")]
        assert (len(receiver.events) + len(lost), set(lost)) == (37, {"drop"})
        assert 0 < len(lost) < 37


async def test_F30_a_repeated_event_has_the_same_id_and_bytes(new_zoom: Any) -> None:
    """Up to `max` times in all, and nothing is missing."""
    async with receiving() as receiver:
        zoom = await day(new_zoom, receiver, dup={"p": 1, "max": 3})

        counts = [
            sum(request.headers["x-zm-request-id"] == one.headers["x-zm-request-id"] for request in receiver.events)
            for one in receiver.events
        ]
        pairs = {(request.headers["x-zm-request-id"], request.body) for request in receiver.events}
        assert (set(counts), len(pairs)) == ({2, 3}, 37)
        assert len(with_fault(zoom, "dup")) == len(receiver.events) - 37


async def test_F32_events_overtake_each_other(new_zoom: Any) -> None:
    """By up to two minutes: all come, not in their order, and some have left before they joined."""
    in_order = await perfect(new_zoom)
    async with receiving() as receiver:
        await day(new_zoom, receiver, shuffle="2m")

        got = [request.body for request in receiver.events]
        assert sorted(got) == sorted(in_order)
        assert got != in_order


async def test_a_late_event_is_late_by_at_most_the_maximum(new_zoom: Any) -> None:
    """Its moment stays what it was; the signature is from when it is sent."""
    async with receiving() as receiver:
        zoom = await day(new_zoom, receiver, delay={"p": 0.3, "max": "85m"})

        lateness = [request.timestamp - request.json["event_ts"] / 1000 for request in receiver.events]
        assert len(lateness) == 37
        assert 600 < max(lateness) <= 90 * 60
        assert sum(late > 300 for late in lateness) <= len(with_fault(zoom, "delay"))


async def test_W01_a_wrong_signature_looks_like_a_right_one(new_zoom: Any) -> None:
    """It is as long as any; the ledger says which ones are wrong."""
    async with receiving() as receiver:
        zoom = await day(new_zoom, receiver, bad_signature=0.2)

        wrong = [request for request in receiver.events if not request.signed_with(receiver.secret)]
        assert 0 < len(wrong) == len(with_fault(zoom, "bad_signature")) < 37
        assert {len(request.headers["x-zm-signature"]) for request in wrong} == {67}


async def test_F30_the_same_fact_comes_from_another_source(new_zoom: Any) -> None:
    """Another address, another id, other bytes, a right signature, and the same content."""
    async with receiving() as receiver:
        await day(new_zoom, receiver, other_source=1)

        mine = [request for request in receiver.events if request.source == "127.0.0.1"]
        others = [request for request in receiver.events if request.source == "127.0.0.2"]
        assert (len(mine), len(others)) == (37, 37)
        assert [request.json for request in mine] == [request.json for request in others]
        assert all(request.signed_with(receiver.secret) for request in others)
        assert len({request.headers["x-zm-request-id"] for request in receiver.events}) == 74


async def test_W18_an_event_of_another_account_is_rightly_signed(new_zoom: Any) -> None:
    """Beside the true one; only the account's id tells them apart."""
    async with receiving() as receiver:
        await day(new_zoom, receiver, other_account=1)

        accounts = [request.json["payload"]["account_id"] for request in receiver.events]
        assert accounts == ["sandbox", "sandbox-of-somebody-else"] * 37
        assert all(request.signed_with(receiver.secret) for request in receiver.events)


async def test_an_event_that_was_taken_comes_again_with_a_new_signature(new_zoom: Any) -> None:
    """Once, after five minutes, as if the answer had been lost."""
    async with receiving() as receiver:
        zoom = await day(new_zoom, receiver, resign=1)

        assert len(receiver.events) == 74
        assert len({request.body for request in receiver.events}) == 37
        assert len({request.headers["x-zm-signature"] for request in receiver.events}) == 74
        assert [entry["effect"]["attempt"] for entry in entries(zoom, "sent")].count(2) == 37


async def test_F32_nobody_is_told_of_the_start(new_zoom: Any) -> None:
    """All the rest comes."""
    async with receiving() as receiver:
        await day(new_zoom, receiver, missing_started=True)

        assert ("meeting.started" in receiver.names, len(receiver.names)) == (False, 36)


async def test_F32_the_end_overtakes_the_last_who_left(new_zoom: Any) -> None:
    """Whatever else delays and shuffles: ended, and only then all those who left with it."""
    async with receiving() as receiver:
        await day(new_zoom, receiver, ended_first=True, shuffle="30s", delay={"p": 1, "max": "1h"})

        ended = receiver.names.index("meeting.ended")
        assert [name for name in receiver.names[:ended] if name == "meeting.participant_left"] == []
        assert receiver.names[ended:].count("meeting.participant_left") == 17


async def test_a_challenge_may_come_at_any_time(new_zoom: Any) -> None:
    """Before each event; who fails six in a row is disabled in the middle of it."""
    async with receiving() as receiver:
        await day(new_zoom, receiver, revalidate=True)
        assert (len(receiver.challenges), len(receiver.events)) == (38, 37)

    async with receiving() as receiver:
        zoom = await new_zoom(faults="webhooks: {revalidate: true}")
        await zoom.sandbox.subscribe(receiver.url)
        receiver.answers = False
        for _ in range(8):
            await zoom.meeting()
        await zoom.sandbox.deliver_webhooks()
        assert (zoom.sandbox.webhooks.shown()[0]["state"], len(receiver.events)) == ("disabled", 5)


async def test_F39_zoom_may_switch_everything_off(new_zoom: Any) -> None:
    """Nothing comes while the script stands; what happened meanwhile never comes."""
    async with receiving() as receiver:
        zoom = await new_zoom(faults="webhooks: {disable: true}")
        await zoom.sandbox.subscribe(receiver.url)
        await zoom.meeting()
        await zoom.sandbox.deliver_webhooks()
        zoom.sandbox.set_faults("")
        meeting = await zoom.meeting()
        await zoom.call("DELETE", f"/meetings/{meeting['id']}")
        await zoom.sandbox.deliver_webhooks()

        assert receiver.names == ["meeting.created", "meeting.deleted"]
        assert [entry["effect"]["reason"] for entry in entries(zoom, "lost")] == ["disabled"]


async def test_a_habit_may_be_a_chance_of_the_whole_run(new_zoom: Any) -> None:
    """Decided once under the seed: some runs have it from the first event to the last, the others not at all."""
    switched = [
        (await new_zoom(seed=seed, faults="webhooks: {missing_started: 0.5}")).sandbox.webhooks.disorder.missing_started
        for seed in range(1, 9)
    ]

    assert set(switched) == {True, False}


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("[]", "webhooks: expected a mapping"),
        ("{dorp: 0.1}", "webhooks: unknown dorp; known are drop, dup, delay, shuffle, "),
        ("{drop: 2}", "webhooks.drop: takes a chance from 0 to 1"),
        ("{drop: true}", "webhooks.drop: takes a chance from 0 to 1"),
        ("{dup: 0.2}", "webhooks.dup: takes a mapping with `p` and `max`"),
        ("{dup: {p: 0.2, max: 1}}", "webhooks.dup.max: takes a whole number from 2"),
        ("{delay: {p: 0.2, max: soon}}", "webhooks.delay.max: 'soon' is not a duration such as 90s or 10m"),
        ("{shuffle: soon}", "webhooks.shuffle: 'soon' is not a duration such as 90s or 10m"),
        ("{disable: 2}", "webhooks.disable: takes true, false or a chance from 0 to 1"),
    ],
)
async def test_C02_a_bad_script_names_the_place(zoom: Any, section: str, message: str) -> None:
    """And the old script stays."""
    zoom.sandbox.set_faults("webhooks: {drop: 0.5}")

    with pytest.raises(ScriptError) as refused:
        zoom.sandbox.set_faults(f"webhooks: {section}")

    assert str(refused.value).startswith(message)
    assert zoom.sandbox.webhooks.disorder.drop == 0.5
