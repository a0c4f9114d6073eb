"""Who acts: one lease for each running process, with a fencing number that goes up whenever another takes its place.

Theory of operation. A life renews its lease each second. When a lease has lapsed, whoever notices first lets what that
life had claimed wait again, and raises its number in the same transaction. A process that was paused and wakes is held
up three times: its `Fence` lets no effect out, by a clock of its own; its renewal finds another number; and so does
the guard of each of its transactions (`confirm`), which then writes nothing. Whether a lease has lapsed is judged by
the database's clock alone, since the clocks of machines differ and a rehearsal's runs faster.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, insert, select, update

from meetbot.core import times
from meetbot.errors import Fenced
from meetbot.store import claims, locks, outbox
from meetbot.store.engine import Transaction
from meetbot.store.tables import node

LEASE = timedelta(seconds=3)
#: A machine that was taken away for good is not told of for ever.
_FORGOTTEN = timedelta(days=7)

#: Who begins a life or takes over from one decides alone about all of them.
_LIVES = "nodes"


@dataclass(frozen=True)
class Life:
    """One run of a node, from its start to its end; what it claims begins with its name."""

    node: str
    fencing: int
    resumed: int = field(default=0, compare=False)  #: rows of former lives that it took over when it began

    def __str__(self) -> str:
        return f"{self.node}#{self.fencing}"

    @property
    def prefix(self) -> str:
        """How the owner of every row begins that it has claimed."""
        return f"{self}/"


@dataclass(frozen=True)
class Node:
    """A node as it stands in the store; its times are by the database's clock."""

    life: Life  #: the present one, or the last
    since: datetime | None  #: start of it; None: it has ended in order, or was begun by an older program
    lease_until: datetime
    resumed: int  #: rows of stopped lives that it took over

    def alive(self, now: datetime) -> bool:
        """Its lease is valid; one given by a clock that has been put back since, longer than any, is not."""
        return now < self.lease_until <= now + 2 * LEASE

    def lost(self, now: datetime) -> bool:
        """It neither lives nor has ended in order: it died, hangs or is cut off. After a week it is forgotten."""
        return self.since is not None and not self.alive(now) and self.silence(now) < _FORGOTTEN

    def silence(self, now: datetime) -> timedelta:
        """How long ago it last renewed its lease."""
        return max(now - (self.lease_until - LEASE), timedelta())


class Fence:
    """What this process knows of its lease without asking anybody, for the moment before what cannot be undone.

    `steady` counts seconds, also those in which the process was paused. A process without a life, such as a command,
    acts for a person and is not held up.
    """

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._until = float("inf")

    def now(self) -> float:
        """To be read before the lease is asked for: it lasts at least LEASE from here."""
        return self._steady()

    def hold(self, asked_at: float) -> None:
        """The lease was given."""
        self._until = asked_at + LEASE.total_seconds()

    def lose(self) -> None:
        """The lease is another's."""
        self._until = float("-inf")

    @property
    def open(self) -> bool:
        return self._steady() < self._until

    def check(self) -> None:
        """Fenced unless the lease is certainly ours at this moment."""
        if not self.open:
            raise Fenced("this process was paused or cut off for longer than its lease; another one may act instead")


async def clock(tx: Transaction) -> datetime:
    """What time it is for the database."""
    if tx.dialect.name == "postgresql":
        return times.utc((await tx.execute(select(func.clock_timestamp()))).scalar_one())
    shown = (await tx.execute(select(func.strftime("%Y-%m-%d %H:%M:%f", "now")))).scalar_one()
    return datetime.fromisoformat(shown).replace(tzinfo=UTC)


async def start(tx: Transaction, name: str, *, now: datetime, alone: bool = False) -> Life | None:
    """Begin a life under that name; what stopped lives had claimed waits anew.

    None while somebody lives under that name, or, to be `alone`, under any.
    """
    await locks.alone(tx, _LIVES)
    if await rival(tx, name, now=now, alone=alone) is not None:
        return None
    former = await tx.scalar(select(node.c.fencing).where(node.c.name == name))
    life = Life(name, (former or 0) + 1)
    values = {"fencing": life.fencing, "lease_until": now + LEASE, "since": now, "resumed": 0}
    if former is None:
        await tx.execute(insert(node).values(name=name, **values))
    else:
        await tx.execute(update(node).where(node.c.name == name).values(**values))
    return Life(name, life.fencing, resumed=await take_over(tx, life, now=now))


async def rival(tx: Transaction, name: str, *, now: datetime, alone: bool = False) -> Node | None:
    """Who keeps a node of that name from starting; None when nobody does."""
    return next((one for one in await listing(tx) if one.alive(now) and (alone or one.life.node == name)), None)


async def renew(tx: Transaction, life: Life, *, now: datetime) -> bool:
    """Say that this life goes on; False: another has taken its place."""
    renewed = await tx.execute(update(node).where(_of(life)).values(lease_until=now + LEASE))
    return renewed.rowcount == 1


async def confirm(tx: Transaction, life: Life) -> None:
    """Fenced unless this life goes on; until the transaction ends nobody can take its place."""
    if await tx.scalar(select(node.c.fencing).where(_of(life)).with_for_update(read=True)) is None:
        raise Fenced(f"another process has taken the place of {life}")


async def strays(tx: Transaction, *, now: datetime) -> bool:
    """Whether something is claimed by a life that has ended or lapsed."""
    alive = tuple(one.life.prefix for one in await listing(tx) if one.alive(now))
    return any(not owner.startswith(alive) for owner in await claims.owners(tx))


async def take_over(tx: Transaction, life: Life, *, now: datetime) -> int:
    """Let what stopped lives had claimed wait again, and raise their numbers; returns how many rows that were.

    A node whose lease has lapsed but who had claimed nothing keeps its number: nothing was taken from it. Nor does
    this life stop itself, however late its own renewal is. Rows that a paused process keeps locked are left for the
    next time.
    """
    await locks.alone(tx, _LIVES)
    owners = await claims.owners(tx)
    for one in await listing(tx):
        stopped = one.life != life and not one.alive(now)
        if stopped and any(owner.startswith(one.life.prefix) for owner in owners):
            await _raise_number(tx, one)
    taken = await claims.take_over(tx, beside=[one.life.prefix for one in await listing(tx)])
    if taken:
        await outbox.reopen_interrupted(tx)
        await tx.execute(update(node).where(_of(life)).values(resumed=node.c.resumed + taken))
    return taken


async def end(tx: Transaction, life: Life, *, now: datetime) -> None:
    """Give the lease back, so that nobody need wait for it to lapse."""
    await tx.execute(update(node).where(_of(life)).values(lease_until=now, since=None))


async def listing(tx: Transaction) -> tuple[Node, ...]:
    """Every node that ever was, by name."""
    rows = await tx.execute(select(node).order_by(node.c.name))
    return tuple(Node(Life(row.name, row.fencing), row.since, row.lease_until, row.resumed) for row in rows)


async def _raise_number(tx: Transaction, lapsed: Node) -> None:
    """Unless it has renewed its lease meanwhile, or is in the middle of writing."""
    as_it_was = and_(_of(lapsed.life), node.c.lease_until == lapsed.lease_until)
    free = select(node.c.name).where(as_it_was).with_for_update(skip_locked=True).scalar_subquery()
    await tx.execute(update(node).where(node.c.name.in_(free)).values(fencing=node.c.fencing + 1))


def _of(life: Life) -> ColumnElement[bool]:
    return and_(node.c.name == life.node, node.c.fencing == life.fencing)
