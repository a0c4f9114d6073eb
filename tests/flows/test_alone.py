"""Twenty nodes or commands decide the same thing at the same moment: it comes out as if they had come one by one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from meetbot.core import rundown as core
from meetbot.core.meetings import MeetingState
from meetbot.core.model import Form
from meetbot.errors import UserError
from meetbot.flows import meetings, programme, registration, rundown
from meetbot.flows.meetings import act
from meetbot.store import due, engine, outbox, quota, seal, tables
from meetbot.store import meetings as store_meetings
from meetbot.store import registration as store_registration
from meetbot.store import rundown as store_rundown
from meetbot.store.engine import Store
from tests.flows.stage import PROGRAMME, Stage, form

pytestmark = pytest.mark.every_database

AT_ONCE = 20


@pytest.fixture
async def nodes(tmp_path: Path, database: str) -> AsyncIterator[Sequence[Store]]:
    """As many stores on the stage's database, as twenty processes have it open."""
    async with AsyncExitStack() as closing:
        links = seal.from_settings("", tmp_path)
        opened = [await engine.open_store(database, links) for _ in range(4)]
        for store in opened:
            closing.push_async_callback(store.aclose)
        yield opened * (AT_ONCE // len(opened))


async def count(stage: Stage, column: str, value: str) -> int:
    """Entries of the audit log."""
    async with stage.app.store.reading() as tx:
        return await tx.scalar(select(func.count()).where(tables.audit.c[column] == value)) or 0


async def test_P20_lists_taken_in_at_once_never_break_a_quota(stage: Stage, nodes: Sequence[Store]) -> None:
    """Twenty people of an organisation with two places, each by another node: two are in, the others are held."""
    plan = await stage.programme()

    outcomes = await asyncio.gather(
        *(
            registration.submit(
                store, plan, [form(f"p{number}@npic.example", f"Person {number}")], now=stage.now, by="x"
            )
            for number, store in enumerate(nodes)
        )
    )

    assert sum((Counter(one.counts) for one in outcomes), Counter()) == {"approved": 2, "pending": 18}


async def test_F46_the_same_form_twenty_times_is_one_registrant(stage: Stage, nodes: Sequence[Store]) -> None:
    """A form that was sent off again and again, to whatever node, is one person who is pushed once."""
    plan = await stage.programme()

    outcomes = await asyncio.gather(
        *(registration.submit(store, plan, [form("dara@npic.example")], now=stage.now, by="x") for store in nodes)
    )

    assert sum((Counter(one.counts) for one in outcomes), Counter()) == {"approved": 1, "repeated": 19}
    await stage.run_due()
    assert [len(mail.links) for mail in stage.mails("dara@npic.example")] == [1]


async def test_F46_of_decisions_at_once_each_later_one_sees_who_decided(stage: Stage, nodes: Sequence[Store]) -> None:
    """Ten approve and ten deny: one approval stands, at most one denial came before it, and the others hear of it."""
    await stage.register(form("eve@elsewhere.example", "Eve", "A Newspaper"))
    plan = await stage.programme()

    outcomes = await asyncio.gather(
        *(
            registration.decide(
                store, plan, [1], ("approve", "deny")[number % 2], reason="because", now=stage.now, by=f"desk {number}"
            )
            for number, store in enumerate(nodes)
        )
    )

    decided = sum((Counter(one.counts) for one in outcomes), Counter())
    remarks = [remark for one in outcomes for remark in one.remarks]
    assert decided in ({"approved": 1}, {"approved": 1, "denied": 1})
    assert len(remarks) == AT_ONCE - decided.total()
    assert all("; decided by desk " in remark for remark in remarks)
    written = {what: await count(stage, "what", f"registration.{what}") for what in ("approved", "denied")}
    assert written == {"approved": 1, "denied": decided["denied"]}


async def test_P11_commands_of_the_day_at_once_are_all_carried_out(stage: Stage, nodes: Sequence[Store]) -> None:
    """Twenty times a minute later is twenty minutes later, for the rundown and for every cue."""
    plan, launch = await stage.programme(), await stage.launch()
    stage.leap("2021-11-10 13:59")
    await rundown.command(stage.app.store, plan, launch, core.start, name="start", now=stage.now, by="x")
    async with stage.app.store.reading() as tx:
        started = await due.waiting(tx, due.Kind.CUE)

    await asyncio.gather(
        *(
            rundown.command(
                store, plan, launch, lambda day, now: core.slip(day, 1, now), name="slip", now=stage.now, by="x"
            )
            for store in nodes
        )
    )

    async with stage.app.store.reading() as tx:
        day = await store_rundown.get(tx, launch)
        after = {row.subject: row.due_at for row in await due.waiting(tx, due.Kind.CUE)}
    moved = {row.subject: after[row.subject] - row.due_at for row in started}
    assert day.slip == timedelta(minutes=AT_ONCE)
    assert set(moved.values()) <= {timedelta(), timedelta(minutes=AT_ONCE)}
    assert moved["launch/closing:closing"] == timedelta(minutes=AT_ONCE)


async def test_P11_the_day_begins_once(stage: Stage, nodes: Sequence[Store]) -> None:
    """Of twenty who press "start", one has begun it; the others hear that it runs."""
    plan, launch = await stage.programme(), await stage.launch()
    stage.leap("2021-11-10 13:59")

    outcomes = await asyncio.gather(
        *(rundown.command(store, plan, launch, core.start, name="start", now=stage.now, by="x") for store in nodes),
        return_exceptions=True,
    )

    assert Counter(type(one) for one in outcomes) == {core.Move: 1, UserError: 19}


async def test_F10_calls_are_counted_together(stage: Stage, nodes: Sequence[Store]) -> None:
    """Of twenty calls that leave at once, five are allowed."""

    async def spend(store: Store) -> bool:
        async with store.transaction() as tx:
            return await quota.spend(tx, quota.Kind.WRITE, "host@network.example", most=5, now=stage.now)

    allowed = await asyncio.gather(*map(spend, nodes))

    assert Counter(allowed) == {True: 4, False: 16}  # the launch itself was the first


async def test_what_is_asked_for_twenty_times_at_once_is_one_row(stage: Stage, nodes: Sequence[Store]) -> None:
    """Nobody is refused because another was first."""

    async def ask(store: Store) -> None:
        async with store.transaction() as tx:
            await due.add(tx, due.Kind.PUSH, "4711", stage.now)

    await asyncio.gather(*map(ask, nodes))

    async with stage.app.store.reading() as tx:
        assert [row.subject for row in await due.waiting(tx, due.Kind.PUSH)] == ["4711"]


async def test_P17_everything_at_once_waits_for_nobody_for_ever(stage: Stage, nodes: Sequence[Store]) -> None:
    """A new programme, lists, decisions, commands of the day and cues at the same moment: none locks out another."""
    await stage.register(form("eve@elsewhere.example", "Eve", "A Newspaper"))
    plan, launch = await stage.programme(), await stage.launch()
    stage.leap("2021-11-10 13:59")

    for again in range(4):
        text = PROGRAMME.replace("Launching Ceremony", f"Launching Ceremony {again}")
        people = [Form("launch", f"p{again}{number}@npic.example", f"Person {number}") for number in range(5)]
        a, b, c, d, e, f = nodes[again : again + 6]
        outcomes = await asyncio.gather(
            programme.apply(a, text, "network.yaml", now=stage.now, by="x"),
            registration.submit(b, plan, people, now=stage.now, by="x"),
            registration.decide(c, plan, [1], "approve", reason="because", now=stage.now, by="x"),
            rundown.command(d, plan, launch, core.hold, name="hold", now=stage.now, by="x"),
            rundown.fire(e, plan, stage.app.zoom, now=stage.now, owner=f"{stage.life}/cue"),
            registration.remind(f, plan, now=stage.now, owner=f"{stage.life}/reminder"),
            return_exceptions=True,
        )

        assert [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, UserError)] == []


async def test_P10_a_pass_with_the_programme_of_before_writes_nobody(stage: Stage) -> None:
    """The launch was moved while a pass was at Zoom: what it decided by the old times is decided anew."""
    before = await stage.programme()
    await stage.register(form("dara@npic.example"))
    moved = PROGRAMME.replace("date: 2021-11-10", "date: 2021-11-11")
    await programme.apply(stage.app.store, moved, "network.yaml", now=stage.now, by="x")

    await registration.push(stage.app.store, before, stage.app.zoom, now=stage.now, owner=f"{stage.life}/push")
    await meetings.sync(stage.app.store, before, stage.app.zoom, now=stage.now)

    async with stage.app.store.reading() as tx:
        assert await outbox.told(tx, "launch") == {}
        assert [row.reason for row in await due.waiting(tx, due.Kind.PUSH)] == ["the programme was changed meanwhile"]
        dara = await store_registration.get(tx, 1)
    assert dara is not None and not dara.pushed
    await stage.run_due()
    assert ["Thu 11 Nov 2021" in mail.text for mail in stage.mails("dara@npic.example")] == [True]


async def test_what_is_asked_for_while_it_goes_on_happens_again_at_once(stage: Stage) -> None:
    """A claimed row keeps its owner, and is due when it was asked for, whatever its pass thought best."""
    async with stage.app.store.transaction() as tx:
        await due.add(tx, due.Kind.MEETING, "all", stage.now)
        (row,) = await due.claim(tx, [due.Kind.MEETING], now=stage.now, owner="a#1/meeting")
        asked_at = stage.now + timedelta(seconds=1)
        await due.add(tx, due.Kind.MEETING, "all", asked_at)
        assert await due.still_mine(tx, row, owner="a#1/meeting")

        await due.again(tx, row, stage.now + timedelta(minutes=10), owner="a#1/meeting", reason="")

        assert [one.due_at for one in await due.waiting(tx, due.Kind.MEETING)] == [asked_at]


async def test_F16_a_choice_made_while_zoom_is_asked_stands(stage: Stage) -> None:
    """The pass that saw the change at Zoom does not take back what somebody has chosen about it meanwhile."""
    (at_zoom,) = stage.at_zoom()
    at_zoom.start_at += timedelta(minutes=30)
    sight = await meetings.look(stage.app.store, await stage.programme(), stage.app.zoom, now=stage.now)
    await stage.until("2021-11-03 09:15")
    await programme.overwrite(stage.app.store, "launch", now=stage.now, by="x")

    said = [await act.on(stage.app.store, stage.app.zoom, one, sight.known, now=stage.now) for one in sight.intents]

    assert said == ["launch: somebody decided about it while Zoom was asked; it is looked at again"]
    async with stage.app.store.reading() as tx:
        stored = await store_meetings.get(tx, "launch")
    assert stored is not None and stored.known.state is MeetingState.OVERWRITING
