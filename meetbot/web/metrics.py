"""`/metrics` for Prometheus, on an address of its own: what was counted, and what stands in the store."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from meetbot import metrics
from meetbot.core import times
from meetbot.core.outbox import LetterState
from meetbot.errors import StoreAway
from meetbot.serve.readiness import Beating
from meetbot.settings import Settings
from meetbot.store import figures, holds, nodes
from meetbot.store.due import Kind, Scope
from meetbot.store.engine import Store
from meetbot.web import server

#: The store is asked no more often than this, however many ask us, in seconds.
_FRESH = 5


@dataclass(frozen=True)
class _Standing:
    """What the store said when it was last asked."""

    at: datetime
    waiting: Mapping[Kind, figures.Waiting]
    letters: Mapping[str, int]
    ended_badly: Mapping[tuple[str, str], int]
    held: frozenset[Scope]
    nodes_alive: int
    nodes_lost: int


class _Page(Collector):
    """Everything that Prometheus is told; to be asked `look` first."""

    def __init__(self, daemon: Beating, store: Store, clock: times.Clock) -> None:
        self._daemon = daemon
        self._store = store
        self._clock = clock
        self._standing: _Standing | None = None  # None: the store did not answer
        self._asked_at = float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def get(self, request: Request) -> Response:
        await self._look()
        encoder, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encoder(self), headers={"content-type": content_type})

    async def _look(self) -> None:
        async with self._one_at_a_time:
            loop_time = asyncio.get_running_loop().time()
            if loop_time - self._asked_at < _FRESH:
                return
            self._asked_at = loop_time
            try:
                self._standing = await _standing(self._store, self._clock.now())
            except StoreAway:
                self._standing = None

    def collect(self) -> Iterator[Metric]:
        yield from metrics.REGISTRY.collect()
        age = self._daemon.since_look.total_seconds()
        yield GaugeMetricFamily("meetbot_since_look_seconds", "How long ago the loop last looked at the store.", age)
        answers = self._standing is not None
        yield GaugeMetricFamily("meetbot_store_answers", "Whether the store answered the last question.", answers)
        if self._standing is not None:
            yield from _families(self._standing)


async def _standing(store: Store, now: datetime) -> _Standing:
    async with store.reading() as tx:
        their_now, known = await nodes.clock(tx), await nodes.listing(tx)  # leases go by the database's clock
        return _Standing(
            at=now,
            waiting=await figures.waiting(tx, now=now),
            letters=await figures.letters(tx),
            ended_badly=await figures.ended_badly(tx),
            held=frozenset(await holds.all_(tx)),
            nodes_alive=sum(node.alive(their_now) for node in known),
            nodes_lost=sum(node.lost(their_now) for node in known),
        )


def _families(one: _Standing) -> Iterator[Metric]:
    waiting = GaugeMetricFamily("meetbot_waiting", "Pieces of work that wait, also those for later.", labels=["kind"])
    oldest = GaugeMetricFamily(
        "meetbot_oldest_waiting_seconds",
        "How long the oldest piece of work is overdue that should be done by now.",
        labels=["kind"],
    )
    for kind in Kind:
        of_kind = one.waiting.get(kind, figures.Waiting(0, None))
        waiting.add_metric([kind], of_kind.count)
        oldest.add_metric([kind], (one.at - of_kind.oldest).total_seconds() if of_kind.oldest else 0)
    yield waiting
    yield oldest
    letters = GaugeMetricFamily("meetbot_outbox", "Letters by state.", labels=["state"])
    for of_letter in LetterState:
        letters.add_metric([of_letter], one.letters.get(of_letter, 0))
    yield letters
    badly = GaugeMetricFamily("meetbot_ended_badly", "Work that failed or was missed.", labels=["kind", "state"])
    for (kind_, state), count in one.ended_badly.items():
        badly.add_metric([kind_, state], count)
    yield badly
    held = GaugeMetricFamily("meetbot_holds", "Whether a person has to let this go on.", labels=["scope"])
    for scope in Scope:
        held.add_metric([scope], scope in one.held)
    yield held
    yield GaugeMetricFamily("meetbot_nodes_alive", "Processes whose lease on the store is valid.", one.nodes_alive)
    yield GaugeMetricFamily("meetbot_nodes_lost", "Processes that gave no sign and have not ended.", one.nodes_lost)


def app(daemon: Beating, store: Store, clock: times.Clock) -> Starlette:
    """The one page."""
    return Starlette(routes=[Route("/metrics", _Page(daemon, store, clock).get)])


@contextlib.asynccontextmanager
async def served(daemon: Beating, store: Store, clock: times.Clock, settings: Settings) -> AsyncIterator[None]:
    """Answer Prometheus while the block runs. UserError, and no block, when the address is taken."""
    metrics.begin(kind.value for kind in Kind)
    page = app(daemon, store, clock)
    async with server.serving(page, settings.metrics_host, settings.metrics_port, setting="METRICS"):
        yield
