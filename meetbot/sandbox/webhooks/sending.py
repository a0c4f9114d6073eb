"""Everything that Zoom sends by itself: who is told, each attempt and what came of it, written to the ledger.

Nothing is sent from within a call. With a running clock `run` sends what is due; with a standing one whoever moves the
clock calls `deliver`.
"""

import asyncio
import contextlib
import random
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Never

from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Json
from meetbot.sandbox.clock import Clock
from meetbot.sandbox.ledger import Ledger
from meetbot.sandbox.webhooks import bodies, deliveries, post, signing
from meetbot.sandbox.webhooks.deliveries import Delivery
from meetbot.sandbox.webhooks.disorder import Disorder
from meetbot.sandbox.webhooks.events import CHALLENGE, Event
from meetbot.sandbox.webhooks.subscription import ALL, WARNED_AFTER, Subscription, SubscriptionError, checked
from meetbot.sandbox.webhooks.telling import Teller

#: Zoom's limit for one app.
_SUBSCRIPTIONS = 20
#: Real seconds after which somebody may have done something, or something may have become due.
_LOOK_EVERY = 0.05
#: With one of these a delivery stays here.
_UNSENT = ("drop", "missing_started")
# A second address of every Linux machine's own.
_OTHER_SOURCE = "127.0.0.2"


class Webhooks:
    """The subscriptions of one app, and the sending."""

    def __init__(self, account: Account, clock: Clock, ledger: Ledger) -> None:
        """Raises OSError when the file of trusted certificates cannot be read, SubscriptionError."""
        setup = account.setup
        self.disorder = Disorder()
        self._setup = setup
        self._clock = clock
        self._ledger = ledger
        self._teller = Teller(account)
        self._trust = ssl.create_default_context(cafile=setup.webhook_ca) if setup.webhook_ca else None
        self._bodies = random.Random(f"{setup.seed}:webhooks")
        self._subscriptions: dict[str, Subscription] = {}
        self._told = 0
        self._bell = asyncio.Event()
        ledger.watch(self.happened)
        for url in setup.webhooks:
            self.subscribe(url, setup.webhook_secret)

    def subscribe(self, url: str, secret: str, events: object = ALL) -> Subscription:
        """A new subscription, or another secret and other events for an old one. Raises SubscriptionError."""
        found = self._subscriptions.get(checked(url))
        if found is None and len(self._subscriptions) == _SUBSCRIPTIONS:
            raise SubscriptionError(f"an app has at most {_SUBSCRIPTIONS} subscriptions")
        # By its number, not by its address: a receiver in a test has another port each time.
        number = len(self._subscriptions) + 1
        subscription = found or Subscription(url, random.Random(f"{self._setup.seed}:webhooks:{number}"))
        subscription.set(secret, events)
        self._subscriptions[url] = subscription
        return subscription

    def unsubscribe(self, url: str) -> None:
        """Also forgets what waits to be sent. Raises SubscriptionError."""
        if self._subscriptions.pop(url, None) is None:
            raise SubscriptionError("url: no such subscription")

    def shown(self) -> list[Json]:
        return [subscription.shown() for subscription in self._subscriptions.values()]

    def happened(self, at: datetime, effect: Json) -> None:
        """Put what Zoom tells of this on the way."""
        account_id = self._setup.account_id
        for event in self._teller.events(at, effect):
            self._told += 1
            listening = [to for to in self._subscriptions.values() if to.wants(event.name)]
            body = bodies.written(bodies.frame(event, account_id), self._bodies) if listening else b""
            for to in listening:
                to.put(*deliveries.planned(event, body, self._told, account_id, self.disorder, to.chance))
            self._bell.set()

    async def deliver(self) -> None:
        """Send all that is due now, also what the receivers cause by it, and wait for the answers."""
        while any(to.has_work(self._clock.now()) for to in self._subscriptions.values()):
            async with asyncio.TaskGroup() as under_way:
                await self._send_due(under_way)

    async def run(self, catch_up: Callable[[], object]) -> Never:
        """Send what is due when it is due. `catch_up` lets people act."""
        async with asyncio.TaskGroup() as under_way:
            while True:
                self._bell.clear()
                catch_up()
                await self._send_due(under_way)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_EVERY):
                        await self._bell.wait()

    async def challenge(self, to: Subscription) -> None:
        """Have it prove that it knows the secret."""
        now = self._clock.now()
        to.challenge_begins(now)
        plain = to.chance.randbytes(16).hex()
        asked = Event(CHALLENGE, now, {"plainToken": plain})
        delivery = deliveries.challenge(asked, bodies.compact(bodies.frame(asked)), to.chance)
        status, passed = None, False
        with contextlib.suppress(post.NoAnswer):
            reply = await (await self._begin(to, delivery)).reply()
            status = reply.status
            passed = signing.answers(to.secret, plain, reply.status, reply.body)
        to.challenge_ends(passed=passed)
        self._note("challenged", to, status=status, passed=passed, failures=to.failures)
        if not passed and to.failures in WARNED_AFTER:
            self._note("owner_warned", to, failures=to.failures)
        if to.state == "disabled":
            self._note("disabled", to, failures=to.failures)

    async def _send_due(self, under_way: asyncio.TaskGroup) -> None:
        """Every subscription by itself: a slow one does not hold up the others."""
        everybody = list(self._subscriptions.values())
        await asyncio.gather(*(self._send_to(one, under_way) for one in everybody))

    async def _send_to(self, to: Subscription, under_way: asyncio.TaskGroup) -> None:
        """In the order of their moments; each begins when the one before is on its way, not when it is answered."""
        if to.needs_challenge(self._clock.now()):
            await self.challenge(to)
        while delivery := to.take(self._clock.now()):
            if self.disorder.revalidate:
                await self.challenge(to)
            if reason := self._hindrance(to, delivery):
                self._note("lost", to, event=delivery.event, reason=reason)
                continue
            on_its_way = asyncio.Event()
            under_way.create_task(self._attempt(to, delivery, on_its_way))
            await on_its_way.wait()

    def _hindrance(self, to: Subscription, delivery: Delivery) -> str | None:
        """Why this is not sent at all; None when it is."""
        if self.disorder.disable:
            return "disabled"
        if to.state != "valid":
            return to.state
        return next((fault for fault in delivery.faults if fault in _UNSENT), None)

    async def _attempt(self, to: Subscription, delivery: Delivery, on_its_way: asyncio.Event) -> None:
        status, reason = None, None
        async with to.places:
            try:
                exchange = await self._begin(to, delivery)
                on_its_way.set()
                status = (await exchange.reply()).status
            except post.NoAnswer as failure:
                on_its_way.set()
                reason = str(failure)
        self._note(
            "sent",
            to,
            event=delivery.event,
            request_id=delivery.request_id,
            attempt=delivery.attempt,
            status=status,
            reason=reason,
            faults=delivery.faults,
        )
        if again := delivery.after(status, self._clock.now()):
            to.put(again)

    async def _begin(self, to: Subscription, delivery: Delivery) -> post.Exchange:
        headers = signing.headers(
            to.secret,
            self._setup.client_id,
            delivery.request_id,
            delivery.body,
            self._clock.now(),
            attempt=delivery.attempt,
            forged="bad_signature" in delivery.faults,
        )
        source = _OTHER_SOURCE if "other_source" in delivery.faults and to.is_here else None
        return await post.begin(to.url, headers, delivery.body, trust=self._trust, source=source)

    def _note(self, kind: str, to: Subscription, *, faults: Sequence[str] = (), **more: object) -> None:
        effect = {"kind": f"webhook.{kind}", "url": to.shown_url, **more}
        self._ledger.happened(self._clock.now(), effect, faults)
