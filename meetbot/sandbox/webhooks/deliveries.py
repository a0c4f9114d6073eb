"""What is to be sent of an event to one subscription, and when: one request, or what disorder makes of it."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from meetbot.sandbox.webhooks import bodies
from meetbot.sandbox.webhooks.disorder import Disorder
from meetbot.sandbox.webhooks.events import Event

#: After each failure; then Zoom gives up.
_RETRIES = (timedelta(minutes=5), timedelta(minutes=20), timedelta(minutes=60))
_ENDED_FIRST = timedelta(minutes=1)
_STARTS = ("meeting.started", "webinar.started")
_ENDS = ("meeting.ended", "webinar.ended")


@dataclass(frozen=True)
class Delivery:
    """One request that waits to be sent; a retry is a delivery of its own with the same body and id."""

    event: str
    body: bytes = field(repr=False)
    request_id: str
    due_at: datetime
    #: In the order in which things happened; a retry keeps it.
    number: int
    attempt: int = 1
    #: What disorder did to it, in the words of the fault script.
    faults: tuple[str, ...] = ()

    def after(self, status: int | None, now: datetime) -> "Delivery | None":
        """The next attempt, if there is one: only 500 and more, or no answer at all, has Zoom try again."""
        failed = status is None or status >= 500
        again = failed or ("resign" in self.faults and self.attempt == 1)
        if not again or self.attempt > len(_RETRIES):
            return None
        return replace(self, due_at=now + _RETRIES[self.attempt - 1], attempt=self.attempt + 1)


def challenge(event: Event, body: bytes, chance: random.Random) -> Delivery:
    return Delivery(event.name, body, _request_id(chance), event.at, 0)


def planned(
    event: Event, body: bytes, number: int, account_id: str, disorder: Disorder, chance: random.Random
) -> Iterator[Delivery]:
    """Every request about the event of this number. One that is not to be sent bears `drop` or `missing_started`."""
    first = Delivery(event.name, body, _request_id(chance), event.at, number)
    if disorder.missing_started and event.name in _STARTS:
        yield replace(first, faults=("missing_started",))
    elif chance.random() < disorder.drop:
        yield replace(first, faults=("drop",))
    else:
        for delivery in (first, *_repeated(first, event, account_id, disorder, chance)):
            yield _disturbed(delivery, disorder, chance)


def _repeated(
    first: Delivery, event: Event, account_id: str, disorder: Disorder, chance: random.Random
) -> Iterator[Delivery]:
    if chance.random() < disorder.dup.p:
        for _ in range(chance.randint(2, disorder.dup.max) - 1):
            yield replace(first, faults=("dup",))
    for fault, p, whose in (
        ("other_source", disorder.other_source, account_id),
        ("other_account", disorder.other_account, f"{account_id}-of-somebody-else"),
    ):
        if chance.random() < p:
            body = bodies.oddly(bodies.frame(event, whose), chance)
            yield replace(first, body=body, request_id=_request_id(chance), faults=(fault,))


def _disturbed(delivery: Delivery, disorder: Disorder, chance: random.Random) -> Delivery:
    faults = [name for name in ("bad_signature", "resign") if chance.random() < getattr(disorder, name)]
    late, waiting = chance.random() < disorder.delay.p, timedelta(0)
    if late:
        faults.append("delay")
        waiting += chance.random() * disorder.delay.max
    if disorder.shuffle:
        faults.append("shuffle")
        waiting += chance.random() * disorder.shuffle
    if disorder.ended_first and delivery.event in _ENDS:
        return delivery
    if disorder.ended_first and ".participant_" in delivery.event:
        faults.append("ended_first")
        waiting += _ENDED_FIRST
    return replace(delivery, due_at=delivery.due_at + waiting, faults=(*delivery.faults, *faults))


def _request_id(chance: random.Random) -> str:
    return str(uuid.UUID(bytes=chance.randbytes(16), version=4)).replace("-", "_")
