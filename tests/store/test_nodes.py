"""A process that stopped loses what it had claimed: at once when it starts again, else when its lease runs out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from meetbot.store import nodes, outbox
from meetbot.store.engine import Store, Transaction
from tests.store.builders import NOW, after, claim, cues, message, put, registrant, rows

LAPSED = NOW + nodes.LEASE


async def start(store: Store, name: str, *, now: datetime = NOW) -> nodes.Life:
    async with store.transaction() as tx:
        life = await nodes.start(tx, name, now=now)
    assert life is not None
    return life


async def test_each_life_has_a_name_of_its_own(store: Store) -> None:
    """Claims of the first life cannot be mistaken for claims of the second."""
    lives = [await start(store, "vm"), await start(store, "vm", now=LAPSED), await start(store, "other")]

    assert [str(life) for life in lives] == ["vm#1", "vm#2", "other#1"]


@pytest.mark.parametrize(("now", "begins"), [(LAPSED - timedelta(microseconds=1), False), (LAPSED, True)])
async def test_P18_a_node_that_lives_is_not_taken_for_dead(store: Store, now: datetime, begins: bool) -> None:
    """A second process under the same name begins only when the lease of the first has lapsed."""
    await start(store, "vm")

    async with store.transaction() as tx:
        life = await nodes.start(tx, "vm", now=now)

    assert (life is not None) is begins


async def test_P18_a_superseded_life_is_told_so(store: Store) -> None:
    """It slept through its lease, another life began: it may not go on."""
    former = await start(store, "vm")
    await start(store, "vm", now=LAPSED)

    async with store.transaction() as tx:
        assert not await nodes.renew(tx, former, now=LAPSED)


async def test_P19_a_lease_given_back_keeps_nobody_waiting(store: Store) -> None:
    """After a polite stop the next life begins at once."""
    async with store.transaction() as tx:
        await nodes.end(tx, await start_in(tx, "vm"), now=NOW)

    assert str(await start(store, "vm")) == "vm#2"


async def start_in(tx: Transaction, name: str) -> nodes.Life:
    life = await nodes.start(tx, name, now=NOW)
    assert life is not None
    return life


async def test_P17_a_new_life_takes_over_what_the_former_had_claimed(store: Store) -> None:
    """Its claims wait again at once, as due as they were; those of a node that lives stay."""
    vm, other = await start(store, "vm"), await start(store, "other")
    async with store.transaction() as tx:
        await cues(tx, NOW, NOW)
    await claim(store, f"{vm}/cue", limit=1)
    await claim(store, f"{other}/cue")

    await start(store, "vm", now=LAPSED)

    assert await rows(store) == [("cue1", "waiting", None), ("cue2", "claimed", "other#1/cue")]


@pytest.mark.parametrize(
    ("later", "state"), [(nodes.LEASE, "claimed"), (nodes.LEASE + timedelta.resolution, "waiting")]
)
async def test_F47_claims_of_a_node_whose_lease_ran_out_wait_again(store: Store, later: timedelta, state: str) -> None:
    """Both sides of the edge: to the very end of the lease it is alive, a microsecond later it is not."""
    vm = await start(store, "vm")
    other = await start(store, "other")
    async with store.transaction() as tx:
        await cues(tx, NOW)
    await claim(store, f"{vm}/cue")

    async with store.transaction() as tx:
        assert await nodes.renew(tx, other, now=NOW + later)

    assert [row[1] for row in await rows(store)] == [state]


async def test_a_node_that_says_it_lives_keeps_its_claims(store: Store) -> None:
    """Renewed in time, hour after hour, nothing is taken from it."""
    vm, other = await start(store, "vm"), await start(store, "other")
    async with store.transaction() as tx:
        await cues(tx, NOW)
    await claim(store, f"{vm}/cue")

    async with store.transaction() as tx:
        await nodes.renew(tx, vm, now=after(hours=1))
        await nodes.renew(tx, other, now=after(hours=1))

    assert await rows(store) == [("cue1", "claimed", "vm#1/cue")]


async def test_P02_a_message_that_was_under_way_is_unknown_after_the_restart(store: Store) -> None:
    """Whether the server took it nobody knows: it goes once more as the same message, and its state says so."""
    vm = await start(store, "vm")
    async with store.transaction() as tx:
        await put(tx, message(await registrant(tx)))
    await claim(store, f"{vm}/letter")
    async with store.transaction() as tx:
        (under_way,) = await outbox.begin(tx, [1], now=NOW)

    await start(store, "vm", now=LAPSED)

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
