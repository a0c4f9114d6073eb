"""Events are kept once and sealed until they are acted on, and facts once for ever."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from meetbot.core.remote import Fact, FactKind
from meetbot.errors import UserError
from meetbot.store import due, facts, inbox, seal, tables
from meetbot.store.engine import Store
from tests.store import builders
from tests.store.builders import NOW, after

pytestmark = pytest.mark.every_database

BODY = '{"event":"meeting.started","payload":{"secret":"Canary"}}'
STARTED = Fact(FactKind.STARTED, "85011112222", NOW, uuid="run==")
JOINED = Fact(
    FactKind.JOINED, "85011112222", after(minutes=1), "run==", "p1", "u1", "Sok Dara", "dara@npic.example", "R1"
)


def arrival(body: str = BODY, minutes: float = 0) -> inbox.Arrival:
    return inbox.Arrival("meeting.started", body, after(minutes=minutes))


async def kept(store: Store) -> list[tuple[str, str, bool]]:
    """State, reason, and whether there is a body, of every event."""
    async with store.reading() as tx:
        rows = await tx.execute(select(tables.inbox).order_by(tables.inbox.c.id))
        return [(row.state, row.reason, row.body is not None) for row in rows]


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("meetbot.db*"))


async def test_an_event_waits_until_it_is_taken_and_then_only_its_fingerprint_stays(store: Store) -> None:
    """In the order of their coming, as many as are asked for."""
    async with store.transaction() as tx:
        new = await inbox.put(tx, [arrival(), arrival("{}", 1), arrival("[]", 2)], store.links)
        first = await inbox.waiting(tx, store.links, limit=2)
        await inbox.end(tx, [first[0].id], "taken")
        await inbox.end(tx, [first[1].id], "ignored", "not ours")
        left = await inbox.waiting(tx, store.links, limit=2)

    assert (new, [one.body for one in first], [one.body for one in left]) == (3, [BODY, "{}"], ["[]"])
    assert await kept(store) == [("taken", "", False), ("ignored", "not ours", False), ("waiting", "", True)]


async def test_W05_F30_a_repeat_is_no_new_event(store: Store) -> None:
    """Also within one batch, and after it was acted on."""
    async with store.transaction() as tx:
        news = [await inbox.put(tx, [arrival(), arrival(minutes=1)], store.links)]
        await inbox.end(tx, [1], "taken")
        news.append(await inbox.put(tx, [arrival(minutes=85)], store.links))

    assert (news, await kept(store)) == ([1, 0], [("taken", "", False)])


async def test_P31_a_body_is_read_with_the_key_alone(tmp_path: Path) -> None:
    """Neither the file nor a repr shows it, and another key does not open it."""
    store = await builders.opened(tmp_path)
    async with store.transaction() as tx:
        await inbox.put(tx, [arrival()], store.links)
        (waiting,) = await inbox.waiting(tx, store.links, limit=1)
        with pytest.raises(UserError):
            await inbox.waiting(tx, seal.Seal(b"0" * 32), limit=1)

    files = on_disk(tmp_path)
    await store.aclose()
    assert b"meeting.started" in files
    assert [text for text in (files, repr(arrival()).encode(), repr(waiting).encode()) if b"Canary" in text] == []


async def test_what_came_before_a_day_is_forgotten_unless_it_still_waits(store: Store) -> None:
    """An event that nobody could act on yet is not lost."""
    async with store.transaction() as tx:
        await inbox.put(tx, [arrival("1"), arrival("2"), arrival("3", 1)], store.links)
        await inbox.end(tx, [1, 3], "taken")
        await inbox.prune(tx, after(seconds=1))

    assert await kept(store) == [("waiting", "", True), ("taken", "", False)]


async def test_F30_a_fact_is_kept_once_however_often_it_is_told(store: Store) -> None:
    """Told again it is not new; the facts of a meeting come back as they were told, the oldest first."""
    other = Fact(FactKind.STARTED, "99", NOW, uuid="else==")
    async with store.transaction() as tx:
        news = [await facts.add(tx, told) for told in ([JOINED, STARTED, JOINED], [STARTED, other], [])]
        found = await facts.of(tx, "85011112222")

    assert (news, found) == ([2, 1, 0], (STARTED, JOINED))


async def test_old_facts_are_forgotten(store: Store) -> None:
    """What happened at the moment itself stays."""
    async with store.transaction() as tx:
        await facts.add(tx, [STARTED, JOINED])
        await facts.prune(tx, JOINED.at)
        found = await facts.of(tx, "85011112222")

    assert found == (JOINED,)


async def test_what_waits_may_be_hastened_and_never_delayed(store: Store) -> None:
    """Of one kind, of one meeting or of all; what is done stays done."""
    async with store.transaction() as tx:
        await due.add(tx, due.Kind.POLL, "launch", after(minutes=10), meeting="launch")
        await due.add(tx, due.Kind.POLL, "other", after(minutes=10), meeting="other")
        await due.add(tx, due.Kind.REPORT, "launch", after(minutes=2), meeting="launch")
        await due.hasten(tx, due.Kind.POLL, after(minutes=1), meeting="launch")
        await due.hasten(tx, due.Kind.REPORT, after(minutes=5), meeting="launch")

    waits = await builders.rows(store, "kind", "subject", "due_at")
    assert waits == [
        ("poll", "launch", after(minutes=1)),
        ("poll", "other", after(minutes=10)),
        ("report", "launch", after(minutes=2)),
    ]


async def test_a_done_row_may_be_explained_and_no_other(store: Store) -> None:
    """What waits or failed keeps its own reason."""
    async with store.transaction() as tx:
        await builders.cues(tx, NOW, NOW, after(minutes=9))
        done, failed = await due.claim(tx, [due.Kind.CUE], now=NOW, owner="me")
        await due.finish(tx, [done.id], owner="me", now=NOW, reason="asked")
        await due.finish(tx, [failed.id], owner="me", now=NOW, state="failed", reason="refused")
        for number in (1, 2, 3):
            await due.note(tx, due.Kind.CUE, f"cue{number}", "seen")

    assert await builders.rows(store, "state", "reason") == [("done", "seen"), ("failed", "refused"), ("waiting", "")]
