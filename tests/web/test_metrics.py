"""What Prometheus is told: in its own format, without names, and cheap however much there is."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import create_async_engine

from meetbot import metrics, settings
from meetbot.core.outbox import LetterState
from meetbot.errors import UserError, ZoomError
from meetbot.store import due, holds, nodes, tables
from meetbot.store.due import Due, Kind, Scope
from meetbot.store.engine import Store
from meetbot.web import metrics as page
from tests.store import builders
from tests.store.builders import NOW, after, cues, message, put, registrant
from tests.web.desk import Clock

Labels = frozenset[tuple[str, str]]


@dataclass
class Beat:
    since_look: timedelta = timedelta(seconds=0.5)
    stopping: bool = False


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    made = await builders.opened(tmp_path)
    async with made.transaction() as tx:
        await builders.meeting(tx)
    yield made
    await made.aclose()


async def claim(store: Store, kind: Kind) -> Due:
    async with store.transaction() as tx:
        return (await due.claim(tx, [kind], now=NOW, owner="vm#1"))[0]


async def scrape(store: Store, clock: Clock | None = None) -> Mapping[str, Mapping[Labels, float]]:
    """What a fresh page tells, by the name of each sample."""
    transport = httpx.ASGITransport(page.app(Beat(), store, clock or Clock(NOW)))
    async with httpx.AsyncClient(transport=transport, base_url="http://meetbot.example") as prometheus:
        answer = await prometheus.get("/metrics")
    found: dict[str, dict[Labels, float]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[frozenset(sample.labels.items())] = sample.value
    return found


def label(**labels: str) -> Labels:
    return frozenset(labels.items())


async def test_P04_what_waits_and_how_long_the_oldest_is_overdue(store: Store) -> None:
    """Of each kind; what is to come is not overdue, and what was put off counts from when it first fell due."""
    async with store.transaction() as tx:
        await cues(tx, NOW, after(hours=1))
        await put(tx, message(await registrant(tx)))
    letter = await claim(store, Kind.LETTER)
    async with store.transaction() as tx:
        await due.again(tx, letter, after(hours=2), owner="vm#1", reason="451 come later")

    told = await scrape(store, Clock(after(minutes=20)))

    nothing = dict.fromkeys((label(kind=kind) for kind in Kind), 0.0)
    assert told["meetbot_waiting"] == nothing | {label(kind="cue"): 2, label(kind="letter"): 1}
    assert told["meetbot_oldest_waiting_seconds"] == nothing | {label(kind="cue"): 1200, label(kind="letter"): 1200}


async def test_holds_letters_nodes_and_bad_ends_stand_in_the_metrics(store: Store) -> None:
    """By scope, state and kind; the number of processes that live, not their names."""
    async with store.transaction() as tx:
        await holds.put(tx, [Scope.MAIL], now=NOW, who="Lin", reason="wrong list")
        await put(tx, message(await registrant(tx)))
        await cues(tx, NOW)
        by_the_database = await nodes.clock(tx)
        assert await nodes.start(tx, "vm", now=by_the_database)
        await tx.execute(insert(tables.node).values(name="old", fencing=7, lease_until=by_the_database))
        assert await nodes.start(tx, "died", now=by_the_database - timedelta(hours=1))
    cue = await claim(store, Kind.CUE)
    async with store.transaction() as tx:
        await due.finish(tx, [cue.id], owner="vm#1", now=NOW, state="missed", reason="too late")

    told = await scrape(store)

    assert told["meetbot_holds"] == {label(scope="mail"): 1, label(scope="zoom"): 0, label(scope="cues"): 0}
    assert told["meetbot_outbox"] == {label(state=state): float(state == "queued") for state in LetterState}
    assert told["meetbot_ended_badly"] == {label(kind="cue", state="missed"): 1}
    assert told["meetbot_nodes_lost"] == {label(): 1}
    assert (told["meetbot_nodes_alive"], told["meetbot_since_look_seconds"]) == ({label(): 1}, {label(): 0.5})


async def test_what_is_counted_while_it_happens_is_told(store: Store) -> None:
    """Counters and the lateness of cues go out as they are at that moment."""
    before = (await scrape(store))["meetbot_cue_lateness_seconds_count"]

    metrics.CUE_LATENESS.observe(0.02)

    assert (await scrape(store))["meetbot_cue_lateness_seconds_count"] == {label(): before[label()] + 1}


async def test_P04_every_counter_is_there_before_it_counts(store: Store) -> None:
    """Or no alert sees the first letter that is refused: an increase needs a value before."""
    counters = (metrics.LETTERS, metrics.ZOOM_CALLS, metrics.UNKNOWN, metrics.WEBHOOKS, metrics.PINGS)
    for counter in (*counters, metrics.PASSES_BROKEN):
        counter.clear()

    metrics.begin(kind.value for kind in Kind)

    told = await scrape(store)
    results = {type_.__name__.removeprefix("Zoom").lower() for type_ in ZoomError.__subclasses__() if of_zoom(type_)}
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE")
    assert told["meetbot_zoom_calls_total"] == {
        label(method=method, result=result): 0 for method in methods for result in ("ok", *results)
    }
    assert told["meetbot_letters_total"] == {
        label(result=state): 0 for state in ("accepted", "deferred", "refused", "unknown", "expired")
    }
    assert told["meetbot_passes_broken_total"] == {label(kind=kind): 0 for kind in Kind}
    assert told["meetbot_unknown_outcomes_total"] == {label(of="mail"): 0, label(of="zoom"): 0}
    assert told["meetbot_pings_total"] == {label(result="heard"): 0, label(result="failed"): 0}
    assert len(told["meetbot_webhook_events_total"]) == 5


def of_zoom(type_: type[ZoomError]) -> bool:
    """What a call ends in; others are told of a whole list."""
    return type_.__module__ == ZoomError.__module__


async def test_a_store_that_does_not_answer_is_told_and_the_counters_are_there(store: Store) -> None:
    """Somebody who looks because the database is gone must not find nothing at all."""
    away = Store(create_async_engine("sqlite+aiosqlite:////nowhere/meetbot.db"), store.links)

    told = await scrape(away)

    assert told["meetbot_store_answers"] == {label(): 0}
    assert "meetbot_cue_lateness_seconds_count" in told
    assert "meetbot_waiting" not in told


async def test_a_scraper_that_asks_for_openmetrics_gets_it(store: Store) -> None:
    """Newer versions of Prometheus do; the answer is whole to their own parser."""
    transport = httpx.ASGITransport(page.app(Beat(), store, Clock(NOW)))
    async with httpx.AsyncClient(transport=transport, base_url="http://meetbot.example") as prometheus:
        answer = await prometheus.get("/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})

    names = {family.name for family in openmetrics.text_string_to_metric_families(answer.text)}  # type: ignore[no-untyped-call]

    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert {"meetbot_waiting", "meetbot_letters", "meetbot_outbox"} <= names


async def test_however_often_it_is_asked_the_store_is_read_every_five_seconds(store: Store) -> None:
    """A scraper that asks too often costs the cues nothing."""
    transport = httpx.ASGITransport(page.app(Beat(), store, Clock(NOW)))
    async with httpx.AsyncClient(transport=transport, base_url="http://meetbot.example") as prometheus:
        first = await prometheus.get("/metrics")
        async with store.transaction() as tx:
            await cues(tx, NOW)
        again = await asyncio.gather(*(prometheus.get("/metrics") for _ in range(5)))

    assert [waiting(answer.text) for answer in (first, *again)] == [waiting(first.text)] * 6


def waiting(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("meetbot_waiting{")]


async def test_P04_ten_thousand_open_rows_hold_up_no_cue(store: Store) -> None:
    """The loop itself is no more than 10 ms busier with them: the database counts, in a thread of its own."""
    rows = [
        {"kind": "letter", "subject": str(n), "revision": 0, "due_at": NOW, "state": "waiting", "attempt": 0}
        | {"urgency": 1, "reason": "", "detail": {}}
        for n in range(10_000)
    ]
    with_none = min([await busy(store) for _ in range(3)])
    async with store.transaction() as tx:
        await tx.execute(insert(tables.due), rows)

    with_all = min([await busy(store) for _ in range(3)])

    assert (await scrape(store))["meetbot_waiting"][label(kind="letter")] == 10_000
    assert with_all - with_none < 0.01


async def busy(store: Store) -> float:
    """For how long a scrape keeps this thread busy, in seconds of its own: what else the machine does is left out."""
    before = time.thread_time()
    await scrape(store)
    return time.thread_time() - before


async def test_a_port_that_is_taken_is_told_with_its_setting(store: Store) -> None:
    """`meetbot serve` says so at once instead of being blind."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        deployment = settings.Settings(metrics_port=port)

        with pytest.raises(UserError) as refused:
            async with page.served(Beat(), store, Clock(NOW), deployment):
                pass

    assert str(refused.value) == (
        f"127.0.0.1:{port}: Address already in use; "
        "set MEETBOT_METRICS_HOST and MEETBOT_METRICS_PORT to an address of this machine with a free port"
    )
