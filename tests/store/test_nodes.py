"""A process that stopped loses what it had claimed: at once when it starts again, else when its lease runs out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from meetbot.store import nodes, outbox
from meetbot.store.engine import Store
from tests.store.builders import NOW, after, claim, cues, message, put, registrant, rows


async def start(store: Store, name: str) -> str:
    async with store.transaction() as tx:
        return await nodes.start(tx, name, now=NOW)


async def test_each_life_has_a_name_of_its_own(store: Store) -> None:
    """Claims of the first life cannot be mistaken for claims of the second."""
    assert [await start(store, "vm"), await start(store, "vm"), await start(store, "other")] == [
        "vm#1",
        "vm#2",
        "other#1",
    ]


async def test_P17_a_new_life_takes_over_what_the_former_had_claimed(store: Store) -> None:
    """Its claims wait again at once, as due as they were; those of a node that lives stay."""
    vm, other = await start(store, "vm"), await start(store, "other")
    async with store.transaction() as tx:
        await cues(tx, NOW, NOW)
    await claim(store, f"{vm}/cue", limit=1)
    await claim(store, f"{other}/cue")

    await start(store, "vm")

    assert await rows(store) == [("cue1", "waiting", None), ("cue2", "claimed", "other#1/cue")]


@pytest.mark.parametrize(("later", "taken"), [(nodes.LEASE, 0), (nodes.LEASE + timedelta(microseconds=1), 1)])
async def test_F47_claims_of_a_node_whose_lease_ran_out_wait_again(store: Store, later: timedelta, taken: int) -> None:
    """Both sides of the edge: to the very end of the lease it is alive, a microsecond later it is not."""
    vm = await start(store, "vm")
    await start(store, "other")
    async with store.transaction() as tx:
        await cues(tx, NOW)
    await claim(store, f"{vm}/cue")

    async with store.transaction() as tx:
        assert await nodes.renew(tx, "other", now=NOW + later) == taken


async def test_a_node_that_says_it_lives_keeps_its_claims(store: Store) -> None:
    """Renewed in time, hour after hour, nothing is taken from it."""
    vm = await start(store, "vm")
    await start(store, "other")
    async with store.transaction() as tx:
        await cues(tx, NOW)
    await claim(store, f"{vm}/cue")

    async with store.transaction() as tx:
        await nodes.renew(tx, "vm", now=after(hours=1))
        taken = await nodes.renew(tx, "other", now=after(hours=1))

    assert taken == 0
    assert await rows(store) == [("cue1", "claimed", "vm#1/cue")]


async def test_P02_a_message_that_was_under_way_is_unknown_after_the_restart(store: Store) -> None:
    """Whether the server took it nobody knows: it goes once more as the same message, and its state says so."""
    vm = await start(store, "vm")
    async with store.transaction() as tx:
        await put(tx, message(await registrant(tx)))
    await claim(store, f"{vm}/letter")
    async with store.transaction() as tx:
        (under_way,) = await outbox.begin(tx, [1], now=NOW)

    await start(store, "vm")

    async with store.reading() as tx:
        (found,) = await outbox.listing(tx)
    assert (found.state, found.reason) == ("unknown", "interrupted; may have been sent already")
    assert found.message_id == under_way.message_id


async def test_a_message_that_another_node_is_sending_stays_its_own(store: Store) -> None:
    """The start of one node does not make another's message unknown."""
    other = await start(store, "other")
    async with store.transaction() as tx:
        await put(tx, message(await registrant(tx)))
    await claim(store, f"{other}/letter")
    async with store.transaction() as tx:
        await outbox.begin(tx, [1], now=NOW)

    await start(store, "vm")

    async with store.reading() as tx:
        assert [one.state for one in await outbox.listing(tx)] == ["sending"]
