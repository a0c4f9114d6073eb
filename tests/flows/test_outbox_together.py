"""Whoever is in several meetings that move is written to once, and each meeting keeps its own guards."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from meetbot import errors, serve
from meetbot.core.meetings import MeetingState
from meetbot.core.outbox import LetterState
from meetbot.flows import outbox as flow
from meetbot.flows import registration
from meetbot.mail.journal import Journal
from meetbot.store import bounces, due, engine, meetings, outbox, seal, tables
from meetbot.store import registration as store_registration
from meetbot.store.engine import Store
from tests.flows.stage import PROGRAMME, Stage, form
from tests.flows.test_outbox import Server, run

pytestmark = pytest.mark.every_database

_FURTHER = """  {key}:
    title: {title}
    date: 2021-11-10
    start: {start}
    end: {end}
    host: {key}@network.example
"""
THREE = (
    PROGRAMME.replace("quota: 2", "quota: 20")
    + _FURTHER.format(key="second", title="Second Meeting", start="16:00", end="17:00")
    + _FURTHER.format(key="third", title="Third Meeting", start="18:00", end="19:00")
)
MOVED = THREE.replace("date: 2021-11-10", "date: 2021-11-11")
DARA = "dara@npic.example"
LOST = errors.MailUnknownOutcome("connection lost after the data")


async def invited(stage: Stage, *people: tuple[str, str]) -> None:
    """They hold the links of all three meetings."""
    await stage.apply(THREE)
    for meeting in ("launch", "second", "third"):
        await stage.register(*(replace(form(address, name), meeting=meeting) for address, name in people))
    await stage.run_due()


@pytest.fixture
async def dara(stage: Stage) -> Stage:
    """Dara holds the links of all three meetings; they have moved by a day, and no letter about that has left."""
    await invited(stage, (DARA, "Sok Dara"))
    await stage.apply(MOVED)
    return stage


async def about_moves(stage: Stage) -> Sequence[outbox.Outgoing]:
    async with stage.app.store.reading() as tx:
        return await outbox.listing(tx, kinds=["moved"])


async def states(stage: Stage) -> dict[str, tuple[str, str | None]]:
    """By meeting, where the letter is and in whose mail it goes."""
    letters = await about_moves(stage)
    key_of = {one.message_id: one.message.meeting for one in letters}
    return {one.message.meeting or "": (one.state, key_of.get(one.sent_as or "")) for one in letters}


async def drift(stage: Stage, key: str, state: MeetingState = MeetingState.DRIFTED) -> None:
    async with stage.app.store.transaction() as tx:
        await meetings.set_state(tx, key, state, "for the test")


async def test_P02_F45_each_person_gets_one_mail_with_all_that_moved_for_them(stage: Stage) -> None:
    """Also more people than are claimed at once: each meeting with its own link and its entry moved in place."""
    people = [(f"p{number}@npic.example", f"Person {number}") for number in range(6)]
    await invited(stage, *people, (DARA, "Sok Dara"))
    before = {mail.entry.uid: mail for mail in stage.mails(DARA) if mail.entry}

    await stage.apply(MOVED)
    await stage.run_due()

    moved = [mail for mail in stage.mails() if mail.subject.startswith("Changed: ")]
    assert sorted(mail.to for mail in moved) == sorted([DARA, *(address for address, _ in people)])
    (mail,) = [one for one in moved if one.to == DARA]
    assert mail.subject == "Changed: 3 of your meetings, Skills Network"
    assert mail.attachments == ("launch.ics", "second.ics", "third.ics")
    assert {one.uid: (one.sequence, one.method) for one in mail.entries} == {
        uid: (former.entry.sequence + 1, "REQUEST") for uid, former in before.items() if former.entry
    }
    assert mail.links == frozenset(link for former in before.values() for link in former.links)
    assert len(mail.links) == 3
    assert {(one.mail in {mail.message_id for mail in moved}, one.state) for one in await about_moves(stage)} == {
        (True, "accepted")
    }


async def test_P02_two_people_who_share_an_address_get_a_mail_each(stage: Stage) -> None:
    """A link is one person's. The second is not admitted yet, for two share the address, and gets no link at all."""
    await invited(stage, ("office@npic.example", "Sok Dara"), ("office@npic.example", "Keo Lin"))

    await stage.apply(MOVED)
    await stage.run_due()

    moved = [mail for mail in stage.mails() if mail.subject.startswith("Changed: ")]
    assert [(mail.text.partition(",")[0], len(mail.links)) for mail in moved] == [
        ("Dear Sok Dara", 3),
        ("Dear Keo Lin", 0),
    ]


async def test_one_meeting_that_moved_is_told_as_ever(stage: Stage) -> None:
    """Under the Message-ID of its letter, with the invitation in the mail itself."""
    await invited(stage, (DARA, "Sok Dara"))

    await stage.apply(THREE.replace("start: 16:00\n    end: 17:00", "start: 16:30\n    end: 17:30"))
    await stage.run_due()

    (letter,) = await about_moves(stage)
    (mail,) = [mail for mail in stage.mails(DARA) if mail.subject.startswith("Changed: ")]
    assert (mail.message_id, letter.mail) == (letter.message_id, letter.message_id)
    assert (mail.subject, mail.attachments) == (
        "Changed: Second Meeting, Wed 10 Nov 2021, 16:30 Bangkok (UTC+7)",
        ("invite.ics",),
    )


async def test_P10_what_moved_again_meanwhile_is_left_out_and_told_anew(dara: Stage) -> None:
    """The others leave as they are; the third says its newest time in a mail of its own."""
    async with dara.app.store.transaction() as tx:
        await meetings.revise(tx, "third", reason="moved again")

    await run(dara, serve.Kind.LETTER)

    (mail,) = [mail for mail in dara.mails(DARA) if mail.subject.startswith("Changed: ")]
    assert mail.attachments == ("launch.ics", "second.ics")
    assert await states(dara) == {
        "launch": ("accepted", "launch"),
        "second": ("accepted", "launch"),
        "third": ("cancelled", None),
    }


async def test_P01_whoever_is_denied_for_one_meeting_gets_the_links_of_the_others(dara: Stage) -> None:
    """Also when the letter about that meeting would be the first of the mail."""
    async with dara.app.store.reading() as tx:
        (theirs,) = (await store_registration.by_text(tx, "launch", [DARA]))[DARA]
        withdrawn = await store_registration.join_link(tx, theirs.id, dara.app.store.links)
    await registration.decide(
        dara.app.store, await dara.programme(), [theirs.id], "cancel", reason="ill", now=dara.now, by="test"
    )
    before = len(dara.mails(DARA))

    await dara.run_due()

    new = {mail.subject.partition(":")[0]: mail for mail in dara.mails(DARA)[before:]}
    assert withdrawn is not None
    assert all(withdrawn.reveal() not in mail.links for mail in new.values())
    assert {about: mail.attachments for about, mail in new.items()} == {
        "Changed": ("second.ics", "third.ics"),
        "Your approval is withdrawn": ("invite.ics",),
    }


async def test_F45_what_is_on_hold_follows_in_a_mail_of_its_own(dara: Stage) -> None:
    """The others do not wait for it, and its Message-ID is new: under the former one nobody would see it."""
    dara.app.transport = server = Server()
    await drift(dara, "launch")
    await run(dara, serve.Kind.LETTER)
    before = await states(dara)

    await drift(dara, "launch", MeetingState.CREATED)
    dara.sandbox.leap(dara.now + timedelta(minutes=15))
    await run(dara, serve.Kind.LETTER)

    assert before == {"launch": ("queued", None), "second": ("accepted", "second"), "third": ("accepted", "second")}
    assert await states(dara) == {**before, "launch": ("accepted", "launch")}
    assert len(set(server.taken)) == len(server.taken) == 2


async def test_P02_F21_a_repeat_brings_what_the_first_copy_brought_and_nothing_new(dara: Stage) -> None:
    """Two went and the answer was lost; what had been on hold goes by itself, whichever of them falls due first."""
    dara.app.transport = server = Server([LOST])
    await drift(dara, "second")
    await run(dara, serve.Kind.LETTER)
    before = await states(dara)

    await drift(dara, "second", MeetingState.CREATED)
    dara.sandbox.leap(dara.now + timedelta(minutes=15))
    await run(dara, serve.Kind.LETTER)

    assert before == {"launch": ("unknown", "launch"), "second": ("queued", None), "third": ("unknown", "launch")}
    assert await states(dara) == {
        "launch": ("accepted", "launch"),
        "second": ("accepted", "second"),
        "third": ("accepted", "launch"),
    }
    first, *rest = server.taken
    assert sorted(rest.count(one) for one in {*server.taken}) == [1, 1]
    assert first in rest


async def test_P02_a_repeat_keeps_its_message_id_when_the_first_letter_of_it_is_superseded(dara: Stage) -> None:
    """What is left of the mail is still the same mail."""
    dara.app.transport = server = Server([LOST])
    await run(dara, serve.Kind.LETTER)
    async with dara.app.store.transaction() as tx:
        await meetings.revise(tx, "launch", reason="moved again")

    dara.sandbox.leap(dara.now + timedelta(minutes=15))
    await run(dara, serve.Kind.LETTER)

    first, second = server.taken
    assert first == second
    assert [state for state, _ in (await states(dara)).values()] == ["cancelled", "accepted", "accepted"]


async def test_P05_F20_what_was_refused_for_the_time_being_goes_again_as_one(dara: Stage) -> None:
    """Nobody has it yet, so what has come free meanwhile goes with it."""
    dara.app.transport = server = Server([errors.MailError("451 4.7.1 Greylisted", permanent=False)])
    await drift(dara, "third")
    await run(dara, serve.Kind.LETTER)
    before = await states(dara)

    await drift(dara, "third", MeetingState.CREATED)
    dara.sandbox.leap(dara.now + timedelta(minutes=15))
    await run(dara, serve.Kind.LETTER)

    assert [state for state, _ in before.values()] == ["deferred", "deferred", "queued"]
    assert len(server.taken) == 1
    assert {state for state, _ in (await states(dara)).values()} == {"accepted"}


async def test_P17_P02_killed_before_the_outcome_is_written_the_same_mail_goes_once_more(dara: Stage) -> None:
    """All of its letters were begun in one transaction and end in one: the maildir holds one file."""

    async def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            await run(dara, serve.Kind.LETTER)
    dara.sandbox.leap(dara.now + timedelta(minutes=1))
    await dara.restart()
    await dara.run_due()

    (mail,) = [mail for mail in dara.mails(DARA) if mail.subject.startswith("Changed: ")]
    letters = await about_moves(dara)
    assert {(one.mail, one.state) for one in letters} == {(mail.message_id, "accepted")}
    assert all("sent twice" in one.reason for one in letters)


async def test_P17_killed_before_the_handing_over_nothing_was_sent_and_all_goes_as_one(dara: Stage) -> None:
    """They come back as unknown, for nobody can tell, and are one mail still."""
    server = Server()

    async def killed() -> None:
        raise KeyboardInterrupt

    server.meanwhile, dara.app.transport = killed, server
    with pytest.raises(KeyboardInterrupt):
        await run(dara, serve.Kind.LETTER)
    dara.sandbox.leap(dara.now + timedelta(minutes=1))
    await dara.restart()
    before = await states(dara)
    await dara.run_due()

    assert set(before.values()) == {("unknown", "launch")}
    assert len(server.taken) == 1
    assert set((await states(dara)).values()) == {("accepted", "launch")}


async def test_F47_what_another_node_has_claimed_goes_in_the_mail_that_begins_first(dara: Stage) -> None:
    """The other one finds out when it looks, and hands nothing over."""
    dara.app.transport = server = Server()
    async with dara.app.store.transaction() as tx:
        (theirs,) = await due.claim(tx, [due.Kind.LETTER], now=dara.now, owner="other#1/letter", limit=1)
    await run(dara, serve.Kind.LETTER)

    async with dara.app.store.transaction() as tx:
        mine = await due.still_mine(tx, theirs, owner="other#1/letter")
    assert not mine
    assert len(server.taken) == 1
    assert {state for state, _ in (await states(dara)).values()} == {"accepted"}


async def test_F27_a_mail_that_comes_back_comes_back_as_a_whole(dara: Stage) -> None:
    """Its letters have bounced, whichever of them the return names; those of other mails have not."""
    await run(dara, serve.Kind.LETTER)
    (*_, last) = await about_moves(dara)

    async with dara.app.store.transaction() as tx:
        known = await bounces.bounced(tx, last.id, "bounced: mailbox unknown", now=dara.now)
        everything = await outbox.listing(tx)

    assert known
    assert {(one.message.letter.kind, one.state) for one in everything} == {("link", "accepted"), ("moved", "bounced")}


async def test_a_person_lets_a_refused_mail_go_as_a_whole(dara: Stage) -> None:
    """Whichever of its letters is named; corrected, it goes to the new address as one."""
    dara.app.transport = server = Server([errors.MailError("550 5.1.1 no such user", permanent=True)] * 2)
    await run(dara, serve.Kind.LETTER)
    *_, last = await about_moves(dara)

    released = await flow.release(dara.app.store, [last.id], now=dara.now, by="test")
    await run(dara, serve.Kind.LETTER)
    again = await states(dara)
    await flow.edit(dara.app.store, last.id, address="sok@npic.example", now=dara.now, by="test")
    await run(dara, serve.Kind.LETTER)

    assert len(released) == 3
    assert {state for state, _ in again.values()} == {LetterState.REFUSED}
    letters = await about_moves(dara)
    assert {(one.state, one.message.to.address) for one in letters} == {("accepted", "sok@npic.example")}
    assert {one.mail for one in letters} == {*server.taken}
    assert len(server.taken) == 1


@pytest.fixture
async def nodes(tmp_path: Path, database: str) -> AsyncIterator[Sequence[Store]]:
    """Four stores on the stage's database, as four processes have it open."""
    async with AsyncExitStack() as closing:
        opened = [await engine.open_store(database, seal.from_settings("", tmp_path)) for _ in range(4)]
        for store in opened:
            closing.push_async_callback(store.aclose)
        yield opened


async def deliver(stage: Stage, store: Store, node: str) -> int:
    """One batch of that node; returns how many mails the server took."""
    post = flow.Post(stage.app.transport, Journal(stage.app.settings.data_dir / node), flow.Standing())
    outcome = await flow.deliver(store, await stage.programme(), post, now=stage.now, owner=f"{node}#1/letter")
    return outcome.counts.get("accepted", 0)


async def test_P02_four_nodes_at_once_make_one_mail_for_each_person(stage: Stage, nodes: Sequence[Store]) -> None:
    """Each claims ten letters of whomever; who begins one takes its others along, wherever they had been claimed."""
    people = [(f"p{number}@npic.example", f"Person {number}") for number in range(14)]
    await invited(stage, *people)
    await stage.apply(MOVED)
    stage.app.transport = server = Server()

    for _ in range(4):
        await asyncio.gather(*(deliver(stage, store, f"n{number}") for number, store in enumerate(nodes)))

    letters = await about_moves(stage)
    assert (len(letters), {one.state for one in letters}) == (3 * 14, {"accepted"})
    assert Counter(one.mail for one in letters) == dict.fromkeys(server.taken, 3)
    assert len(server.taken) == 14


async def test_F47_while_one_of_them_is_being_changed_none_leaves(
    dara: Stage, nodes: Sequence[Store], database: str
) -> None:
    """To wait for the other one's locks could be for ever; to go without its letter would make two mails of one."""
    if database.startswith("sqlite"):
        pytest.skip("has one writer at a time")
    dara.app.transport = server = Server()
    (*_, third) = await about_moves(dara)

    async with nodes[0].transaction() as tx:
        await tx.execute(update(tables.message).where(tables.message.c.id == third.id).values(reason="looked at"))
        during = await deliver(dara, nodes[1], "n1")
    after = await deliver(dara, nodes[1], "n1")

    assert (during, after, len(server.taken)) == (0, 1, 1)
    assert {one.mail for one in await about_moves(dara)} == {*server.taken}
