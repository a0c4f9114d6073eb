"""One subscription: an address that Zoom tells things to, whether it is trusted, and what waits to be sent there."""

import asyncio
import heapq
import random
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from meetbot.sandbox import times
from meetbot.sandbox.answers import Json
from meetbot.sandbox.webhooks.deliveries import Delivery
from meetbot.sandbox.webhooks.events import NAMES

ALL = "all"
#: A subscription that answered once must answer again after so long.
_CHALLENGED_EVERY = timedelta(hours=72)
_FAILURES = 6
#: After so many failures Zoom writes to the owner of the app.
WARNED_AFTER = (2, 4)
_REQUESTS_AT_ONCE = 50

State = Literal["unvalidated", "valid", "disabled"]


class SubscriptionError(ValueError):
    """A subscription that Zoom would not take; the message names what is wrong."""


class Subscription:
    def __init__(self, url: str, chance: random.Random) -> None:
        self.url = url
        self.secret = ""
        self.chance = chance
        self.state: State = "unvalidated"
        #: Challenges in a row that were not answered, since it was valid.
        self.failures = 0
        self.places = asyncio.Semaphore(_REQUESTS_AT_ONCE)
        self._events: frozenset[str] | None = None
        self._challenge_at: datetime | None = None
        self._waiting: list[tuple[datetime, int, int, Delivery]] = []
        self._put = 0

    def __repr__(self) -> str:
        return f"Subscription({self.shown_url!r}, {self.state})"

    def set(self, secret: str, events: object) -> None:
        """What it is signed with from now on, and what it is for. Raises SubscriptionError."""
        if not isinstance(secret, str) or not secret:
            raise SubscriptionError("secret: expected text")
        self._events = _wanted(events)
        self.secret = secret
        if self.state == "disabled":
            self.state, self._challenge_at = "unvalidated", None

    @property
    def shown_url(self) -> str:
        """Without user name, password and query, where people put secrets."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    @property
    def is_here(self) -> bool:
        """On this machine."""
        host = urlsplit(self.url).hostname or ""
        return host == "localhost" or host.startswith("127.")

    def wants(self, event: str) -> bool:
        return self._events is None or event in self._events

    def put(self, *deliveries: Delivery) -> None:
        for delivery in deliveries:
            self._put += 1
            heapq.heappush(self._waiting, (delivery.due_at, delivery.number, self._put, delivery))

    def take(self, now: datetime) -> Delivery | None:
        """The earliest delivery that is due, taken off the list."""
        return heapq.heappop(self._waiting)[-1] if self._is_due(now) else None

    def has_work(self, now: datetime) -> bool:
        return self._is_due(now) or self._challenge_is_due(now)

    def needs_challenge(self, now: datetime) -> bool:
        """When it is time, and when something is due for an address that was never proved."""
        return self._challenge_is_due(now) or (self.state == "unvalidated" and self._is_due(now))

    def challenge_begins(self, now: datetime) -> None:
        self._challenge_at = now + _CHALLENGED_EVERY

    def challenge_ends(self, *, passed: bool) -> None:
        """Who never passed one is not punished for failing: the receiver may not have been there yet."""
        if passed:
            self.state, self.failures = "valid", 0
        elif self.state == "valid":
            self.failures += 1
            self.state = "disabled" if self.failures == _FAILURES else "valid"

    def shown(self) -> Json:
        return {
            "url": self.shown_url,
            "events": ALL if self._events is None else sorted(self._events),
            "state": self.state,
            "failures": self.failures,
            "next_challenge_at": times.text(self._challenge_at) if self._challenge_at else None,
            "waiting": len(self._waiting),
        }

    def _is_due(self, now: datetime) -> bool:
        return bool(self._waiting) and self._waiting[0][0] <= now

    def _challenge_is_due(self, now: datetime) -> bool:
        return self._challenge_at is None or (self.state == "valid" and now >= self._challenge_at)


def checked(url: object) -> str:
    """An address that can be sent to. Raises SubscriptionError."""
    parts = urlsplit(url) if isinstance(url, str) else None
    try:
        right = parts and parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and _plain(parts)
    except ValueError:
        right = False
    if not right:
        raise SubscriptionError("url: expected an address such as https://office.example/zoom")
    return str(url)


def _plain(parts: SplitResult) -> bool:
    written = parts.geturl()
    return written.isascii() and written.isprintable() and " " not in written


def _wanted(events: object) -> frozenset[str] | None:
    if events == ALL:
        return None
    if not isinstance(events, list) or not events:
        raise SubscriptionError(f"events: expected a list of names, or {ALL!r}")
    if unknown := sorted({str(name) for name in events} - set(NAMES)):
        raise SubscriptionError(f"events: {', '.join(unknown)} never happens here; known are {', '.join(NAMES)}")
    return frozenset(events)
