"""A message is decided once, and looked at again in the very statement that lets it go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from meetbot.core.meetings import MeetingState
from meetbot.core.model import Letter, LetterKind, Message, Status
from meetbot.core.outbox import LetterState
from meetbot.store import due, holds, meetings, outbox, registration
from meetbot.store.engine import Store, Transaction
from tests.store.builders import FACTS, NOW, after, message, put, registrant, rows

pytestmark = pytest.mark.every_database

Change = Callable[[Transaction], Awaitable[object]]


async def states(store: Store) -> list[tuple[str, str]]:
    async with store.reading() as tx:
        return [(one.state, one.reason) for one in await outbox.listing(tx)]


async def begun(store: Store) -> list[int]:
    """The numbers of the messages, of all there are, that may leave now."""
    async with store.transaction() as tx:
        found = [await outbox.begin(tx, one.id, now=NOW) for one in await outbox.listing(tx)]
    return [one.id for one in found if one is not None]


async def test_P02_the_same_letter_to_the_same_person_is_queued_once(store: Store) -> None:
    """Decided twice, also within one statement: one message under one Message-ID, one row that waits for it."""
    async with store.transaction() as tx:
        letter = message(await registrant(tx), "link:launch:1:1")
        first = await put(tx, letter, letter)
        (before,) = await outbox.listing(tx)
        second = await put(tx, replace(letter, letter=Letter(LetterKind.LINK, {"name": "Other"}, "en", "UTC")))

        (kept,) = await outbox.listing(tx)

    assert (first, second) == (1, 0)
    assert kept == before
    assert await rows(store, "kind", "subject", "due_at") == [("letter", str(kept.id), NOW)]


async def test_a_message_comes_back_as_it_was_put(store: Store) -> None:
    """Facts, address, revision and the end of its use survive; the Message-ID names the organiser's domain."""
    async with store.transaction() as tx:
        letter = message(await registrant(tx), sequence=3)
        await put(tx, letter)
        (found,) = await outbox.listing(tx)

    assert found.message == letter
    assert (found.state, found.created_at, found.accepted_at) == ("queued", NOW, None)
    assert found.message_id.endswith("@network.example>")


async def test_urgent_letters_get_their_place_in_the_queue(store: Store) -> None:
    """A cue before a link before a reminder, whichever was written first."""
    kinds = (LetterKind.REMINDER, LetterKind.LINK, LetterKind.CUE)
    async with store.transaction() as tx:
        to = await registrant(tx)
        for kind in kinds:
            await put(tx, message(to, kind, letter=Letter(kind, {}, "en", "UTC")))
        claimed = await due.claim(tx, [due.Kind.LETTER], now=NOW, owner="a#1/letter")

    assert [row.subject for row in claimed] == ["3", "2", "1"]


async def deny(tx: Transaction) -> None:
    await registration.decide(tx, 1, was=Status.APPROVED, status=Status.CANCELLED, reason="x", now=NOW, by="test")


async def move(tx: Transaction) -> None:
    await meetings.revise(tx, "launch", reason="moved")


async def unguard(tx: Transaction) -> None:
    await meetings.set_state(tx, "launch", MeetingState.BLOCKED, "Zoom holds waiting_room False")


async def nothing(_tx: Transaction) -> None: ...


@pytest.mark.parametrize(
    ("change", "useful_for", "state", "reason"),
    [
        pytest.param(deny, 1, "cancelled", "the registrant is not approved", id="P01 approval taken back"),
        pytest.param(move, 1, "cancelled", "superseded by a newer revision", id="P10 meeting moved"),
        pytest.param(
            unguard,
            1,
            "queued",
            "the meeting does not stand at Zoom as planned; links are on hold",
            id="P01 door not guarded",
        ),
        pytest.param(nothing, 0, "expired", "of no more use", id="over at this very moment"),
        pytest.param(move, 0, "expired", "of no more use", id="over and moved"),
    ],
)
async def test_P01_P10_what_changed_after_the_decision_keeps_the_letter_back(
    store: Store, change: Change, useful_for: int, state: str, reason: str
) -> None:
    """Whatever happened between queueing and sending: it does not leave, and it says why."""
    async with store.transaction() as tx:
        await put(tx, message(await registrant(tx), useful_until=NOW + timedelta(microseconds=useful_for)))
        await change(tx)

    left = await begun(store)
    async with store.transaction() as tx:
        waits = await outbox.leave_behind(tx, 1, now=NOW)

    assert (left, waits) == ([], reason if state == "queued" else "")
    assert await states(store) == [(state, reason)]


async def test_a_letter_to_which_nothing_happened_leaves(store: Store) -> None:
    """The other side of every edge: approved, newest revision, door guarded, of use for one more microsecond."""
    async with store.transaction() as tx:
        await put(tx, message(await registrant(tx), useful_until=after(microseconds=1)))

    left = await begun(store)
    async with store.transaction() as tx:
        waits = await outbox.leave_behind(tx, 1, now=NOW)

    assert (left, waits) == ([1], "")
    assert await states(store) == [("sending", "")]


async def test_P02_what_begins_says_whether_it_may_have_gone_before(store: Store) -> None:
    """A message counts its copies; it begins once, and an unknown one for the last time."""
    async with store.transaction() as tx:
        await put(tx, message(await registrant(tx)))
        first = await outbox.begin(tx, 1, now=NOW)
        meanwhile = await outbox.begin(tx, 1, now=NOW)
        await outbox.reopen_interrupted(tx)
        second = await outbox.begin(tx, 1, now=NOW)
        await outbox.reopen_interrupted(tx)
        third = await outbox.begin(tx, 1, now=NOW)
        waits = await outbox.leave_behind(tx, 1, now=NOW)

    assert [one and one.copies for one in (first, meanwhile, second, third)] == [1, None, 2, None]
    assert waits == ""
    assert await states(store) == [("unknown", "interrupted; may have been sent already")]


async def test_P05_a_refused_attempt_is_no_copy(store: Store) -> None:
    """What was certainly not taken does not count: it may be tried as often as it is of use."""
    async with store.transaction() as tx:
        await put(tx, message(await registrant(tx)))
        for _ in range(3):
            begun = await outbox.begin(tx, 1, now=NOW)
            await outbox.record(tx, 1, LetterState.DEFERRED, "451 later")

    assert begun is not None
    assert begun.copies == 1
    assert await states(store) == [("deferred", "451 later")]


async def test_a_held_stream_keeps_every_letter(store: Store) -> None:
    """The claiming statement itself sees the hold, also one that came after the row was claimed."""
    async with store.transaction() as tx:
        await put(tx, message(await registrant(tx)))
        await holds.put(tx, [due.Scope.MAIL], now=NOW, who="lin", reason="wrong list")
    left = await begun(store)
    async with store.transaction() as tx:
        waits = await outbox.leave_behind(tx, 1, now=NOW)
        await holds.lift(tx, [due.Scope.MAIL])

    assert (left, waits) == ([], "mail is held")
    assert await begun(store) == [1]


@pytest.mark.parametrize("status", [Status.PENDING, Status.DENIED, Status.CANCELLED])
async def test_P01_a_link_never_leaves_for_somebody_not_approved(store: Store, status: Status) -> None:
    """However such a letter came into the outbox; a letter without a link does leave for them."""
    async with store.transaction() as tx:
        to = await registrant(tx, status=status)
        await put(tx, message(to, "with link"), message(to, "without", needs_link=False))

    assert await begun(store) == [2]


async def test_a_letter_about_no_meeting_has_no_revision_to_miss(store: Store) -> None:
    """Such as one to the organiser alone."""
    async with store.transaction() as tx:
        await put(tx, message(await registrant(tx), meeting=None, registrant=None, needs_link=False, revision=0))

    assert await begun(store) == [1]


async def test_what_was_dropped_may_be_decided_anew(store: Store) -> None:
    """Its dedupe key is free again: approved once more, the person gets a link after all, as another message."""
    async with store.transaction() as tx:
        to = await registrant(tx)
        await put(tx, message(to))
        await deny(tx)
        await outbox.leave_behind(tx, 1, now=NOW)
        await registration.decide(
            tx, to.id, was=Status.CANCELLED, status=Status.APPROVED, reason="after all", now=NOW, by="test"
        )

        anew = await put(tx, message(to))

    assert anew == 1
    assert await begun(store) == [2]


async def test_P02_what_was_sent_keeps_its_key_for_ever(store: Store) -> None:
    """A message that is on its way or gone is not dropped, and its like is not queued again."""
    async with store.transaction() as tx:
        to = await registrant(tx)
        await put(tx, message(to))
    await begun(store)
    async with store.transaction() as tx:
        await outbox.record(tx, 1, LetterState.ACCEPTED, "250 OK", accepted_at=NOW)
        await deny(tx)

        assert await outbox.leave_behind(tx, 1, now=NOW) == ""
        assert await put(tx, message(to)) == 0

    assert await states(store) == [("accepted", "250 OK")]


async def test_an_outcome_is_recorded_only_for_a_message_under_way(store: Store) -> None:
    """A late answer about a message that is unknown by now changes nothing."""
    async with store.transaction() as tx:
        await put(tx, message(await registrant(tx)))
    await begun(store)
    async with store.transaction() as tx:
        await outbox.reopen_interrupted(tx)
        before = await outbox.listing(tx)

        await outbox.record(tx, 1, LetterState.ACCEPTED, "250 OK", accepted_at=NOW)

        assert await outbox.listing(tx) == before


async def test_P10_a_new_revision_ends_every_letter_of_the_old_one(store: Store) -> None:
    """Queued, deferred or unknown: cancelled with the rows that wait for them; what was sent stays sent."""
    async with store.transaction() as tx:
        to = await registrant(tx)
        await put(tx, *(message(to, key) for key in ("sent", "deferred", "queued")))
        await outbox.begin(tx, 1, now=NOW)
        await outbox.begin(tx, 2, now=NOW)
        await outbox.record(tx, 1, LetterState.ACCEPTED, "250 OK", accepted_at=NOW)
        await outbox.record(tx, 2, LetterState.DEFERRED, "451 later")
        (row, *_) = await due.claim(tx, [due.Kind.LETTER], now=NOW, owner="a#1/letter", limit=1)
        await due.finish(tx, [row.id], owner="a#1/letter", now=NOW)

        ended = await outbox.supersede(tx, "launch", before_revision=2)

    superseded = ("cancelled", "superseded by a newer revision")
    assert ended == 2
    assert await states(store) == [("accepted", "250 OK"), superseded, superseded]
    assert await rows(store, "subject", "state") == [("1", "done"), ("2", "waiting"), ("3", "waiting")]
    assert await begun(store) == []


async def test_who_may_have_been_written_to_is_known(store: Store) -> None:
    """Sent and unknown count, for a bounce may never come; queued does not."""
    plain: dict[str, Letter | bool] = {"letter": Letter(LetterKind.RECEIVED, FACTS, "en", "UTC"), "needs_link": False}
    async with store.transaction() as tx:
        people = [await registrant(tx, f"{name}@npic.example") for name in "abc"]
        letters: list[Message] = [message(people[0], "a"), message(people[1], "b", **plain), message(people[2], "c")]
        await put(tx, *letters)
        await outbox.begin(tx, 1, now=NOW)
        await outbox.begin(tx, 2, now=NOW)
        await outbox.record(tx, 1, LetterState.ACCEPTED, "250 OK", accepted_at=NOW)
        await outbox.record(tx, 2, LetterState.UNKNOWN, "reset")

        told = await outbox.told(tx, "launch")

    assert {id_: (one.anything, one.link) for id_, one in told.items()} == {
        people[0].id: (True, True),
        people[1].id: (True, False),
    }
