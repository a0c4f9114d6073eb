"""What waits is acted on by one owner at a time, in order, and only by that owner ended."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import event

from meetbot.core.rundown import Rundown
from meetbot.store import claims, due, rundown
from meetbot.store.due import Kind
from meetbot.store.engine import Store
from tests.store.builders import NOW, after, claim, cues, rows

pytestmark = pytest.mark.every_database

SLIP = timedelta(minutes=12, microseconds=1)


async def hold(store: Store, held: bool) -> None:
    state = Rundown("launch", (), {}, {}, timedelta(), NOW if held else None)
    async with store.transaction() as tx:
        await rundown.save(tx, state)


async def test_one_of_two_owners_gets_the_row(store: Store, other: Store) -> None:
    """Two processes claim at the same moment: each row is one owner's, none is both's and none is left."""
    async with store.transaction() as tx:
        await cues(tx, *[NOW] * 40)

    first, second = await asyncio.gather(claim(store, "a#1/cue", limit=25), claim(other, "b#1/cue", limit=25))

    assert sorted([len(first), len(second)]) == [15, 25]
    assert sorted(first + second) == sorted(f"cue{number}" for number in range(1, 41))


async def test_the_most_urgent_goes_first_and_then_what_was_due_first(store: Store) -> None:
    """Of all that is due the owner gets no more than the limit, the most urgent before the oldest."""
    waiting = (("old", 2, -60), ("new", 2, -10), ("cue", 0, -1), ("oldest", 2, -90), ("link", 1, -5))
    async with store.transaction() as tx:
        plain = [{"subject": name, "urgency": urgency, "due_at": after(seconds=at)} for name, urgency, at in waiting]
        await due.add_all(tx, Kind.LETTER, plain)

    first = await claim(store, "a#1/letter", limit=4)
    rest = await claim(store, "a#1/letter")

    assert first == ["cue", "link", "oldest", "old"]
    assert rest == ["new"]


async def test_what_is_not_due_yet_is_nobodys(store: Store) -> None:
    """A row due at this very moment is claimed; one due a microsecond later is not."""
    async with store.transaction() as tx:
        await cues(tx, NOW, after(microseconds=1))

    assert await claim(store, "a#1/cue") == ["cue1"]


async def test_only_the_kinds_asked_for_are_claimed(store: Store) -> None:
    """The pass for cues leaves letters alone."""
    async with store.transaction() as tx:
        await cues(tx, NOW)
        await due.add(tx, Kind.LETTER, "1", NOW)

    assert await claim(store, "a#1/cue", Kind.CUE) == ["cue1"]
    assert await rows(store) == [("cue1", "claimed", "a#1/cue"), ("1", "waiting", None)]


async def test_F41_cues_of_a_held_rundown_wait_and_nothing_else_does(store: Store) -> None:
    """While the day is held its cues are not due for anybody; a reminder of the same meeting is. Then all are."""
    async with store.transaction() as tx:
        await cues(tx, NOW)
        await due.add(tx, Kind.REMINDER, "launch:60", NOW, meeting="launch")
    await hold(store, True)

    async with store.reading() as tx:
        held = (await due.kinds_due(tx, now=NOW), await due.next_at(tx, beside=[Kind.REMINDER]))
    claimed_while_held = await claim(store, "a#1/any")
    await hold(store, False)

    assert held == ((Kind.REMINDER,), None)
    assert claimed_while_held == ["launch:60"]
    assert await claim(store, "a#1/any") == ["cue1"]


async def test_a_claim_counts_the_attempts(store: Store) -> None:
    """Put back with a reason and claimed again: it is the second attempt, and the reason is still to be read."""
    async with store.transaction() as tx:
        await cues(tx, NOW)
        (first,) = await due.claim(tx, [Kind.CUE], now=NOW, owner="a#1/cue")
        await due.again(tx, first, after(seconds=30), owner="a#1/cue", reason="Zoom is away")
        too_early = await due.claim(tx, [Kind.CUE], now=after(seconds=29), owner="a#1/cue")
        (second,) = await due.claim(tx, [Kind.CUE], now=after(seconds=30), owner="a#1/cue")

    assert (first.attempt, too_early, second.attempt) == (1, (), 2)
    assert await rows(store, "state", "reason") == [("claimed", "Zoom is away")]


async def test_F47_whoever_lost_the_row_cannot_end_it(store: Store) -> None:
    """A process that slept finds that its row was taken over: its late answer touches nothing."""
    async with store.transaction() as tx:
        await cues(tx, NOW)
        (slept,) = await due.claim(tx, [Kind.CUE], now=NOW, owner="a#1/cue")
        await claims.take_over(tx, beside=["a#2/"])
        await due.claim(tx, [Kind.CUE], now=NOW, owner="a#2/cue")
    held = await rows(store, "state", "owner", "due_at", "reason", "attempt")

    async with store.transaction() as tx:
        ended = await due.finish(tx, [slept.id], owner="a#1/cue", now=NOW, reason="fired")
        await due.again(tx, slept, after(hours=1), owner="a#1/cue", reason="later")
        put_back = await claims.put_back(tx, "a#1/cue", after(hours=1), "broke")

    assert (ended, put_back) == (0, 0)
    assert await rows(store, "state", "owner", "due_at", "reason", "attempt") == held


async def test_only_a_claimed_row_is_ended(store: Store) -> None:
    """A row that is done stays as it ended, also for the owner that ended it."""
    async with store.transaction() as tx:
        await cues(tx, NOW, NOW)
        first, second = await due.claim(tx, [Kind.CUE], now=NOW, owner="a#1/cue")
        await due.finish(tx, [first.id], owner="a#1/cue", now=NOW, reason="fired")

        again = await due.finish(tx, [first.id, second.id], owner="a#1/cue", now=NOW, state="missed", reason="late")

    assert again == 1
    assert await rows(store, "state", "reason") == [("done", "fired"), ("missed", "late")]


@pytest.mark.parametrize(
    ("owner", "left"),
    [
        ("a#1/", ["a#11/cue", "b#1/cue", "aX1#1/cue", "a_1#1/cue"]),
        ("a_1#1/", ["a#1/cue", "a#11/cue", "b#1/cue", "aX1#1/cue"]),
        ("a#1/cue", ["a#11/cue", "b#1/cue", "aX1#1/cue", "a_1#1/cue"]),
        ("%", ["a#1/cue", "a#11/cue", "b#1/cue", "aX1#1/cue", "a_1#1/cue"]),
    ],
)
async def test_a_life_gives_up_its_own_claims_alone(store: Store, owner: str, left: list[str]) -> None:
    """Lives with similar names keep theirs, however it is asked; what is given back is as due as it was."""
    owners = ["a#1/cue", "a#11/cue", "b#1/cue", "aX1#1/cue", "a_1#1/cue"]
    async with store.transaction() as tx:
        await cues(tx, *[NOW] * len(owners))
        for one in owners:
            await due.claim(tx, [Kind.CUE], now=NOW, owner=one, limit=1)

        given_back = await claims.give_back(tx, owner, "broken off")

    assert given_back == len(owners) - len(left)
    assert [found for (found,) in await rows(store, "owner") if found is not None] == left
    async with store.reading() as tx:
        assert [row.due_at for row in await due.waiting(tx)] == [NOW] * given_back


async def test_what_is_taken_over_is_all_that_nobody_alive_claims(store: Store) -> None:
    """Lives with similar names are no excuse; what is taken over is as due as it was."""
    owners = ["a#1/cue", "a#11/cue", "b#1/cue", "aX1#1/cue", "a_1#1/cue"]
    async with store.transaction() as tx:
        await cues(tx, *[NOW] * len(owners))
        for one in owners:
            await due.claim(tx, [Kind.CUE], now=NOW, owner=one, limit=1)

        taken = await claims.take_over(tx, beside=["a#1/", "a_1#1/"])

    assert taken == 3
    assert [found for (found,) in await rows(store, "owner") if found is not None] == ["a#1/cue", "a_1#1/cue"]
    async with store.reading() as tx:
        assert [(row.due_at, row.reason) for row in await due.waiting(tx)] == [(NOW, "taken over after a stop")] * 3


async def test_what_broke_is_put_back_with_its_reason(store: Store) -> None:
    """All that one pass had claimed waits until then; another pass's claims stay."""
    async with store.transaction() as tx:
        await cues(tx, NOW, NOW, NOW)
        await due.claim(tx, [Kind.CUE], now=NOW, owner="a#1/cue", limit=2)
        await due.claim(tx, [Kind.CUE], now=NOW, owner="b#1/cue")

        assert await claims.put_back(tx, "a#1/cue", after(seconds=30), "KeyError: see the log") == 2

    assert await rows(store, "state", "owner", "reason") == [
        ("waiting", None, "KeyError: see the log"),
        ("waiting", None, "KeyError: see the log"),
        ("claimed", "b#1/cue", ""),
    ]
    async with store.reading() as tx:
        assert await due.next_at(tx) == after(seconds=30)


async def test_a_slip_moves_every_row_at_once_and_to_the_microsecond(store: Store) -> None:
    """Three hundred cues after a slip are exactly plan + slip, in one statement; what was not named stays."""
    planned = [after(seconds=number, microseconds=number) for number in range(301)]
    async with store.transaction() as tx:
        await cues(tx, *planned)
        waiting = await due.waiting(tx, Kind.CUE)
        statements: list[str] = []
        raw = tx.sync_connection
        assert raw is not None
        event.listen(raw, "before_cursor_execute", lambda _c, _cursor, statement, *_: statements.append(statement))

        moved = await due.move(tx, [row.id for row in waiting[:-1]], SLIP), len(statements)

    async with store.reading() as tx:
        expected = [*(at + SLIP for at in planned[:-1]), planned[-1]]
        assert [row.due_at for row in await due.waiting(tx, Kind.CUE)] == sorted(expected)
    assert moved == (300, 1)


async def test_more_rows_move_than_a_statement_has_places_for(store: Store) -> None:
    """PostgreSQL takes 65,535 values in one statement; a larger day moves whole all the same."""
    async with store.transaction() as tx:
        await due.add_all(tx, Kind.CUE, ({"subject": str(number), "due_at": NOW} for number in range(66_000)))
        waiting = await due.waiting(tx, Kind.CUE)

        moved = await due.move(tx, [row.id for row in waiting], SLIP)

        assert (moved, {row.due_at for row in await due.waiting(tx, Kind.CUE)}) == (66_000, {NOW + SLIP})


async def test_a_row_that_ended_does_not_move(store: Store) -> None:
    """A cue that has fired keeps the moment at which it was due."""
    async with store.transaction() as tx:
        await cues(tx, NOW, NOW)
        first, second = await due.claim(tx, [Kind.CUE], now=NOW, owner="a#1/cue")
        await due.finish(tx, [first.id], owner="a#1/cue", now=NOW)

        assert await due.move(tx, [first.id, second.id], SLIP) == 0


async def test_asking_again_lets_the_row_wait_anew(store: Store) -> None:
    """What ended is due once more as if never tried; there is still one row."""
    async with store.transaction() as tx:
        await due.add(tx, Kind.PUSH, "17", NOW, meeting="launch")
        (row,) = await due.claim(tx, [Kind.PUSH], now=NOW, owner="a#1/push")
        await due.finish(tx, [row.id], owner="a#1/push", now=NOW)

        await due.add(tx, Kind.PUSH, "17", after(minutes=1), meeting="launch")

    assert await rows(store, "subject", "state", "owner", "attempt") == [("17", "waiting", None, 0)]
    async with store.reading() as tx:
        assert await due.next_at(tx) == after(minutes=1)


async def test_asking_again_leaves_a_claimed_row_to_its_owner(store: Store) -> None:
    """Whoever acts on it now goes on doing so."""
    async with store.transaction() as tx:
        await due.add(tx, Kind.PUSH, "17", NOW)
        await due.claim(tx, [Kind.PUSH], now=NOW, owner="a#1/push")

        await due.add(tx, Kind.PUSH, "17", NOW)

    assert await rows(store) == [("17", "claimed", "a#1/push")]


async def test_P10_cancelling_ends_what_an_older_revision_asked_for(store: Store) -> None:
    """Only what waits, of that meeting and kind, from before that revision; the rest stays."""
    async with store.transaction() as tx:
        for subject, meeting, revision in (("a", "launch", 1), ("b", "launch", 2), ("c", "talk", 1)):
            await due.add(tx, Kind.REMINDER, subject, NOW, meeting=meeting, revision=revision)
        await due.add(tx, Kind.CUE, "d", NOW, meeting="launch", revision=1)

        ended = await due.cancel(
            tx, now=NOW, reason="moved", meeting="launch", kinds=[Kind.REMINDER], before_revision=2
        )

    assert ended == 1
    assert await rows(store, "subject", "state", "reason") == [
        ("a", "cancelled", "moved"),
        ("b", "waiting", ""),
        ("c", "waiting", ""),
        ("d", "waiting", ""),
    ]
