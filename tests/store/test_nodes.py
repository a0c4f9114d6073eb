"""A process that stopped loses what it had claimed: at once when it starts again, else when its lease runs out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from meetbot.errors import Fenced
from meetbot.store import due, nodes, outbox
from meetbot.store.engine import Store, Transaction
from tests.store.builders import NOW, after, claim, cues, message, put, registrant, rows

pytestmark = pytest.mark.every_database

LAPSED = NOW + nodes.LEASE
JUST_BEFORE = LAPSED - timedelta.resolution


async def start(store: Store, name: str, *, now: datetime = NOW) -> nodes.Life:
    async with store.transaction() as tx:
        life = await nodes.start(tx, name, now=now)
    assert life is not None
    return life


async def renew(store: Store, life: nodes.Life, *, now: datetime) -> bool:
    async with store.transaction() as tx:
        return await nodes.renew(tx, life, now=now)


async def take_over(store: Store, life: nodes.Life, *, now: datetime) -> int:
    async with store.transaction() as tx:
        return await nodes.take_over(tx, life, now=now)


async def test_each_life_has_a_name_of_its_own(store: Store) -> None:
    """Claims of the first life cannot be mistaken for claims of the second."""
    lives = [await start(store, "vm"), await start(store, "vm", now=LAPSED), await start(store, "other")]

    assert [str(life) for life in lives] == ["vm#1", "vm#2", "other#1"]


@pytest.mark.parametrize(("now", "begins"), [(JUST_BEFORE, False), (LAPSED, True)])
async def test_P18_a_node_that_lives_is_not_taken_for_dead(store: Store, now: datetime, begins: bool) -> None:
    """A second process under the same name begins only when the lease of the first has lapsed."""
    await start(store, "vm")

    async with store.transaction() as tx:
        life = await nodes.start(tx, "vm", now=now)

    assert (life is not None) is begins


@pytest.mark.parametrize(("now", "begins"), [(JUST_BEFORE, False), (LAPSED, True)])
async def test_F44_who_has_to_be_alone_waits_for_nodes_of_any_name(store: Store, now: datetime, begins: bool) -> None:
    """A store in one file carries one process, and knows which one that is."""
    vm = await start(store, "vm")

    async with store.transaction() as tx:
        rival = await nodes.rival(tx, "other", now=now, alone=True)
        life = await nodes.start(tx, "other", now=now, alone=True)

    assert (life is not None) is begins
    assert rival == (None if begins else nodes.Node(vm, NOW, LAPSED, 0))


async def test_P18_a_superseded_life_is_told_so(store: Store) -> None:
    """It slept through its lease, another life began: it may not go on."""
    former = await start(store, "vm")
    await start(store, "vm", now=LAPSED)

    assert not await renew(store, former, now=LAPSED)


async def test_F53_a_life_whose_renewal_comes_late_does_not_take_over_from_itself(store: Store) -> None:
    """The database was away for longer than the lease, and nobody else was there: it keeps its claims and goes on."""
    vm = await start(store, "vm")
    async with store.transaction() as tx:
        await cues(tx, NOW)
    await claim(store, f"{vm}/cue")

    taken = await take_over(store, vm, now=LAPSED)

    assert taken == 0
    assert await renew(store, vm, now=LAPSED)
    assert await rows(store) == [("cue1", "claimed", "vm#1/cue")]


async def test_F47_who_has_ended_in_order_is_not_lost(store: Store) -> None:
    """Who died is, from the end of its lease on and for a week."""
    await start(store, "died")
    async with store.transaction() as tx:
        await nodes.end(tx, await start_in(tx, "stopped"), now=NOW)
    async with store.reading() as tx:
        died, stopped = await nodes.listing(tx)

    moments = (JUST_BEFORE, LAPSED, NOW + timedelta(days=7) - timedelta.resolution, NOW + timedelta(days=7))
    assert [died.lost(now) for now in moments] == [False, True, True, False]
    assert [stopped.lost(now) for now in moments] == [False] * 4
    assert died.silence(LAPSED) == nodes.LEASE


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
    """Its claims wait again at once, as due as they were, and are counted; those of a node that lives stay."""
    vm, other = await start(store, "vm"), await start(store, "other")
    async with store.transaction() as tx:
        await cues(tx, NOW, NOW)
    await claim(store, f"{vm}/cue", limit=1)
    await claim(store, f"{other}/cue")
    await renew(store, other, now=LAPSED)

    new = await start(store, "vm", now=LAPSED)

    assert await rows(store) == [("cue1", "waiting", None), ("cue2", "claimed", "other#1/cue")]
    assert new.resumed == 1
    async with store.reading() as tx:
        assert await nodes.listing(tx) == (
            nodes.Node(other, NOW, LAPSED + nodes.LEASE, 0),
            nodes.Node(new, LAPSED, LAPSED + nodes.LEASE, 1),
        )


@pytest.mark.parametrize(("now", "state", "goes_on"), [(JUST_BEFORE, "claimed", True), (LAPSED, "waiting", False)])
async def test_F47_claims_of_a_node_whose_lease_ran_out_wait_again(
    store: Store, now: datetime, state: str, goes_on: bool
) -> None:
    """Both sides of the edge. Whoever has lost rows so finds out at its next renewal; whoever has not goes on."""
    vm, other = await start(store, "vm"), await start(store, "other")
    async with store.transaction() as tx:
        await cues(tx, NOW)
    await claim(store, f"{vm}/cue")
    await renew(store, other, now=now)

    async with store.reading() as tx:
        strays = await nodes.strays(tx, now=now)
    taken = await take_over(store, other, now=now)

    assert (strays, taken) == (not goes_on, 0 if goes_on else 1)
    assert [row[1] for row in await rows(store)] == [state]
    assert await renew(store, vm, now=now) is goes_on


async def test_a_node_that_lapsed_without_a_claim_keeps_its_life(store: Store) -> None:
    """Nothing was taken from it: it may go on as if nothing had happened."""
    vm, other = await start(store, "vm"), await start(store, "other", now=LAPSED)

    assert await take_over(store, other, now=LAPSED) == 0
    assert await renew(store, vm, now=LAPSED)


async def test_a_node_that_says_it_lives_keeps_its_claims(store: Store) -> None:
    """Renewed in time, hour after hour, nothing is taken from it."""
    vm, other = await start(store, "vm"), await start(store, "other")
    async with store.transaction() as tx:
        await cues(tx, NOW)
    await claim(store, f"{vm}/cue")
    for life in (vm, other):
        await renew(store, life, now=after(hours=1))

    assert await take_over(store, other, now=after(hours=1)) == 0
    assert await rows(store) == [("cue1", "claimed", "vm#1/cue")]


async def test_a_lease_from_a_clock_that_was_put_back_holds_up_nobody(store: Store) -> None:
    """The database's clock was an hour fast while the dead node lived: its rows are taken over all the same."""
    vm = await start(store, "vm", now=after(hours=1))
    async with store.transaction() as tx:
        await cues(tx, NOW)
    await claim(store, f"{vm}/cue")

    assert (await start(store, "other")).resumed == 1


async def test_F47_nothing_is_written_in_the_name_of_a_superseded_life(store: Store) -> None:
    """Whatever a process does that slept through its lease, its transactions do not count."""
    former = await start(store, "vm")
    slept = store.guarded(partial(nodes.confirm, life=former))
    async with slept.transaction() as tx:
        await cues(tx, NOW)
    await start(store, "vm", now=LAPSED)

    with pytest.raises(Fenced, match="another process has taken the place of vm#1"):
        async with slept.transaction() as tx:
            await due.move(tx, [1], timedelta(hours=1))

    async with store.reading() as tx:
        assert [row.due_at for row in await due.waiting(tx)] == [NOW]


async def test_P02_a_message_that_was_under_way_is_unknown_after_the_restart(store: Store) -> None:
    """Whether the server took it nobody knows: it goes once more as the same message, and its state says so."""
    vm = await start(store, "vm")
    async with store.transaction() as tx:
        await put(tx, message(await registrant(tx)))
    await claim(store, f"{vm}/letter")
    async with store.transaction() as tx:
        under_way = await outbox.begin(tx, 1, now=NOW)
        assert under_way is not None

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
        await outbox.begin(tx, 1, now=NOW)

    await start(store, "vm")

    async with store.reading() as tx:
        assert [one.state for one in await outbox.listing(tx)] == ["sending"]


async def test_the_time_is_the_databases_own(store: Store) -> None:
    """It is aware, in UTC, and on this machine not far from this machine's."""
    async with store.reading() as tx:
        shown = await nodes.clock(tx)

    assert shown.utcoffset() == timedelta()
    assert abs(shown - datetime.now(UTC)) < timedelta(seconds=10)


class Steady:
    """A steady clock that a test sets."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize(("seconds", "open_"), [(102.999, True), (103, False), (400, False)])
def test_F47_the_fence_is_shut_when_the_lease_may_have_lapsed(seconds: float, open_: bool) -> None:
    """Without asking anybody: three seconds after the lease was asked for, not after it was given."""
    steady = Steady()
    fence = nodes.Fence(steady)
    asked_at = fence.now()
    steady.seconds = 101
    fence.hold(asked_at)

    steady.seconds = seconds

    assert fence.open is open_


def test_a_process_without_a_life_is_not_held_up() -> None:
    """A command acts because a person says so."""
    nodes.Fence(Steady()).check()


def test_F47_a_lost_lease_shuts_the_fence_until_the_next_life() -> None:
    """Nothing leaves between the renewal that failed and the new beginning."""
    steady = Steady()
    fence = nodes.Fence(steady)
    fence.hold(steady())
    fence.check()

    fence.lose()

    with pytest.raises(Fenced, match="paused or cut off for longer than its lease"):
        fence.check()
    fence.hold(steady())
    fence.check()
