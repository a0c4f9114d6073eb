"""What is counted while it happens, for Prometheus. No title, no name and no address is ever a label.

Each is counted in the one place where it happens; what stands in the store is read when somebody asks (`web.metrics`).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

CUE_LATENESS = Histogram(
    "meetbot_cue_lateness_seconds",
    "How long after its time a cue fired.",
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60),
    registry=REGISTRY,
)
CUES_MISSED = Counter("meetbot_cues_missed_total", "Cues found too late to be fired.", registry=REGISTRY)
LETTERS = Counter(
    "meetbot_letters_total",
    "Tries to hand a letter to the mail server, by what came of it.",
    ["result"],
    registry=REGISTRY,
)
ZOOM_CALLS = Counter(
    "meetbot_zoom_calls_total",
    "Requests to Zoom, by HTTP method and what came of it.",
    ["method", "result"],
    registry=REGISTRY,
)
UNKNOWN = Counter(
    "meetbot_unknown_outcomes_total",
    "Effects of which nobody can say yet whether they happened, by where.",
    ["of"],
    registry=REGISTRY,
)
TAKEOVERS = Counter(
    "meetbot_takeovers_total", "Rows taken over from processes that had stopped in the middle.", registry=REGISTRY
)
WEBHOOKS = Counter(
    "meetbot_webhook_events_total",
    "Requests to the webhook address, by what came of them.",
    ["result"],
    registry=REGISTRY,
)
PASSES_BROKEN = Counter(
    "meetbot_passes_broken_total", "Passes that ended in a fault nobody foresaw.", ["kind"], registry=REGISTRY
)
CLOCK_JUMPS = Counter("meetbot_clock_jumps_total", "Steps of this machine's clock.", registry=REGISTRY)
CLOCK_OFFSET = Gauge(
    "meetbot_clock_offset_seconds", "How far this machine's clock is ahead of another.", ["against"], registry=REGISTRY
)
PINGS = Counter(
    "meetbot_pings_total", "Calls of the ping address, by what came of them.", ["result"], registry=REGISTRY
)
LOG_LINES_LOST = Counter(
    "meetbot_log_lines_lost_total", "Log lines dropped because nobody took them.", registry=REGISTRY
)

#: What each label may say, beside the kinds of work.
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ZOOM_RESULTS = ("ok", "refused", "ratelimited", "unreachable", "unknownoutcome")
_RESULTS = {
    LETTERS: ("accepted", "deferred", "refused", "unknown", "expired"),
    UNKNOWN: ("mail", "zoom"),
    WEBHOOKS: ("taken", "not written", "late", "ignored", "refused"),
    PINGS: ("heard", "failed"),
}


def begin(kinds: Iterable[str]) -> None:
    """Let each counter be there before it counts: Prometheus' `increase` does not see the first of a new one."""
    for kind in kinds:
        PASSES_BROKEN.labels(kind)
    for method, result in product(_METHODS, _ZOOM_RESULTS):
        ZOOM_CALLS.labels(method, result)
    for counter, results in _RESULTS.items():
        for result in results:
            counter.labels(result)
