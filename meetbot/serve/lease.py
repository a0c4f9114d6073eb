"""The life of this process among the nodes of its store: begun, renewed each second, given back."""

from __future__ import annotations

import asyncio
import contextlib

import structlog

from meetbot.errors import StoreAway, UserError
from meetbot.store import claims, nodes, outbox
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("serve")

#: Half a lease apart: a former life that was killed has lapsed by then, one that lives has not.
_TRIES_TO_BEGIN = 4
#: A database that is away keeps nobody from stopping.
_PATIENCE_AT_THE_END = 3


class Lease:
    """Keeps one life; `fence` knows how long it may act without asking."""

    def __init__(self, store: Store, name: str, fence: nodes.Fence) -> None:
        self.life = nodes.Life(name, 0)
        self._store = store
        self._fence = fence

    async def begin(self) -> None:
        """Begin a life and take over what stopped ones had claimed; after a kill -9 that takes until their lease has
        lapsed. UserError while another process lives in our place, StoreAway without a database."""
        for _ in range(_TRIES_TO_BEGIN):
            asked_at = self._fence.now()
            async with self._store.transaction() as tx:
                life = await nodes.start(tx, self.life.node, now=await nodes.clock(tx), alone=_alone(tx))
            if life is not None:
                self.life = life
                self._fence.hold(asked_at)
                return
            await asyncio.sleep(nodes.LEASE.total_seconds() / 2)
        async with self._store.reading() as tx:
            raise UserError(await self._refusal(tx))

    async def _refusal(self, tx: Transaction) -> str:
        rival = await nodes.rival(tx, self.life.node, now=await nodes.clock(tx), alone=_alone(tx))
        since = "" if rival is None or rival.since is None else f", since {rival.since:%Y-%m-%d %H:%M} UTC"
        who = self.life.node if rival is None else rival.life.node
        if _alone(tx):
            return (
                f"Another `meetbot serve` ({who}{since}) works on this store; a file carries only one. Stop it first."
            )
        return (
            f"Another `meetbot serve` of the name {who} works on this store{since}. "
            "Stop it, or give this one a name of its own: MEETBOT_NODE"
        )

    async def renew(self) -> bool:
        """Say that this life goes on; False, and the fence shut: another has taken its place."""
        asked_at = self._fence.now()
        async with self._store.transaction() as tx:
            goes_on = await nodes.renew(tx, self.life, now=await nodes.clock(tx))
        if goes_on:
            self._fence.hold(asked_at)
        else:
            self._fence.lose()
        return goes_on

    async def take_over(self) -> int:
        """Take what stopped lives had claimed; returns how many rows that were."""
        async with self._store.reading() as tx:
            if not await nodes.strays(tx, now=await nodes.clock(tx)):
                return 0
        async with self._store.transaction() as tx:
            return await nodes.take_over(tx, self.life, now=await nodes.clock(tx))

    async def end(self) -> None:
        """Let what is claimed wait again, and give the lease back; without a database both happen when it lapses."""
        with contextlib.suppress(StoreAway, TimeoutError):
            async with asyncio.timeout(_PATIENCE_AT_THE_END), self._store.transaction() as tx:
                await claims.give_back(tx, self.life.prefix, "given back at a stop")
                await outbox.reopen_interrupted(tx)
                await nodes.end(tx, self.life, now=await nodes.clock(tx))


def _alone(tx: Transaction) -> bool:
    """A store in one file lies on one machine, where a second process could help nobody."""
    return tx.dialect.name == "sqlite"
