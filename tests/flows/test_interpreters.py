"""Whoever interprets has a link of their own, under the address with which they sign in, and no longer than they do."""

from __future__ import annotations

from typing import Any

from meetbot.core.model import Registrant, Status
from meetbot.flows import bilaterals
from meetbot.rehearsal.mailbox import Mail
from meetbot.store import registration
from tests.flows import bilateral_stage as told
from tests.flows.stage import PROGRAMME, Stage, form
from tests.flows.test_bilaterals_changing import SPEAKING, agreed, move

LIN = "lin@words.example"
WANG = "wang@words.example"


def launch_with(*interpreters: str) -> str:
    """The programme with these interpreters, "lin" or "wang", of its launch."""
    lines = "".join(
        f"      - {{name: {one.title()} Mei, address: {one}@words.example, languages: [English, Chinese]}}\n"
        for one in interpreters
    )
    return PROGRAMME.replace("    recording:", f"    interpreters:\n{lines}    recording:") if lines else PROGRAMME


async def registered(stage: Stage, address: str, meeting: str = "launch") -> Registrant:
    async with stage.app.store.reading() as tx:
        (found,) = [one for one in await registration.listing(tx, meeting) if one.form.address == address]
    return found


def admitted_at_zoom(stage: Stage, title: str) -> list[str]:
    """Addresses of those whom Zoom lets into the meeting of that title."""
    (meeting,) = [one for one in stage.at_zoom() if title in one.topic]
    people: dict[str, Any] = meeting.registrants
    return sorted(one.email for one in people.values() if one.status == "approved")


def entry(mail: Mail) -> tuple[str, int]:
    assert mail.entry is not None
    return mail.entry.method, mail.entry.sequence


async def test_P02_an_interpreter_of_the_file_gets_one_letter_with_link_direction_and_entry(stage: Stage) -> None:
    """By themselves, and in no organisation's quota of two."""
    stage.sandbox.account.switch({"interpretation": True})
    await stage.apply(launch_with("lin"))
    await stage.register(form("a@npic.example", "Sok Dara"), form("b@npic.example", "Chan Dara"))
    await stage.run_due()
    await stage.apply(launch_with("lin"))
    await stage.run_due()

    lin = await registered(stage, LIN)
    assert (lin.status, lin.reason, lin.organisation) == (
        Status.APPROVED,
        "interprets between English and Chinese",
        None,
    )
    assert admitted_at_zoom(stage, "Launching") == ["a@npic.example", "b@npic.example", LIN]
    (mail,) = stage.mails(LIN)
    assert (len(mail.links), entry(mail)) == (1, ("REQUEST", 0))
    assert "From English into Chinese, and from Chinese into English" in mail.text
    assert f"Please sign in at Zoom with {LIN} before you join" in mail.text


async def test_P01_another_interpreter_in_the_file_ends_the_link_of_the_former(stage: Stage) -> None:
    """Zoom lets only the new one in; the former hears once, and the entry is taken out of their calendar."""
    stage.sandbox.account.switch({"interpretation": True})
    await stage.apply(launch_with("lin"))
    await stage.run_due()
    await stage.apply(launch_with("wang"))
    await stage.run_due()

    assert admitted_at_zoom(stage, "Launching") == [WANG]
    lin = await registered(stage, LIN)
    assert (lin.status, lin.reason) == (Status.CANCELLED, "another interpreter takes over")
    assert [entry(one) for one in stage.mails(LIN)] == [("REQUEST", 0), ("CANCEL", 1)]
    assert "You are not needed to interpret in this meeting any more." in stage.mails(LIN)[-1].text
    assert [entry(one) for one in stage.mails(WANG)] == [("REQUEST", 0)]


async def test_an_interpreter_who_comes_back_gets_another_letter_with_a_higher_sequence(stage: Stage) -> None:
    """The calendar that took the entry out takes it in again (RFC 5546, 2.1.4)."""
    stage.sandbox.account.switch({"interpretation": True})
    for text in (launch_with("lin"), launch_with(), launch_with("lin")):
        await stage.apply(text)
        await stage.run_due()

    assert admitted_at_zoom(stage, "Launching") == [LIN]
    assert [entry(one) for one in stage.mails(LIN)] == [("REQUEST", 0), ("CANCEL", 1), ("REQUEST", 2)]
    assert [len(one.links) for one in stage.mails(LIN)] == [1, 0, 1]


async def test_an_interpreter_whom_the_organiser_has_cancelled_stays_out_at_the_next_apply(stage: Stage) -> None:
    """A person's decision is not undone by a file that says nothing new about it."""
    stage.sandbox.account.switch({"interpretation": True})
    await stage.apply(launch_with("lin"))
    await stage.run_due()
    await stage.decide(LIN, "cancel")
    await stage.apply(launch_with("lin").replace("Launching Ceremony", "Launch"))
    await stage.run_due()

    assert admitted_at_zoom(stage, "Launch") == []
    assert (await registered(stage, LIN)).status is Status.CANCELLED


async def test_an_interpreter_who_is_registered_already_keeps_link_and_place(stage: Stage) -> None:
    """One of a delegation who interprets is registered once, and stays a delegate when they interpret no more."""
    stage.sandbox.account.switch({"interpretation": True})
    await stage.apply()
    await stage.register(form(LIN, "Lin"))
    await stage.run_due()
    for text in (launch_with("lin"), launch_with()):
        await stage.apply(text)
        await stage.run_due()

    lin = await registered(stage, LIN)
    assert (lin.status, lin.organisation) == (Status.APPROVED, "npic")
    assert [len(one.links) for one in stage.mails(LIN)] == [1]


async def test_P02_the_interpreter_of_each_bilateral_has_a_link_of_their_own(stage: Stage) -> None:
    """One letter for each bilateral with link, both sides, direction and entry; counted with neither delegation."""
    stage.sandbox.account.switch({"interpretation": True})
    await agreed(stage, SPEAKING)

    for key, pair in (await told.pairs(stage)).items():
        assert pair.interpreter is not None
        sides = sorted([f"focal@{pair.a}.example", f"focal@{pair.b}.example", pair.interpreter])
        assert admitted_at_zoom(stage, f"College {pair.a}") == sides
        assert (await registered(stage, pair.interpreter, key)).organisation is None
        (mail,) = [one for one in stage.mails(pair.interpreter) if f"College {pair.a}" in one.text]
        assert (len(mail.links), entry(mail)) == (1, ("REQUEST", 0))
        assert f"  College {pair.b}, Myanmar – " in mail.text


async def test_P01_whoever_drops_out_is_let_in_no_more_and_the_taker_has_a_link(stage: Stage) -> None:
    """One letter each, for each bilateral; nobody else hears of it."""
    stage.sandbox.account.switch({"interpretation": True})
    await agreed(stage, SPEAKING)
    first = (await told.pairs(stage))["c1+m1"].interpreter
    assert first is not None
    taker = {LIN: WANG, WANG: LIN}[first]
    before = len(stage.mails())

    await bilaterals.interpreter_drops_out(stage.app.store, first, now=stage.now, by="test")
    await stage.run_due()

    assert admitted_at_zoom(stage, "College c1") == sorted(["focal@c1.example", "focal@m1.example", taker])
    letters = [one for one in stage.mails()[before:] if "College c1" in one.text]
    assert {one.to: (entry(one), len(one.links)) for one in letters} == {
        first: (("CANCEL", 1), 0),
        taker: (("REQUEST", 0), 1),
    }


async def test_P10_a_moved_bilateral_brings_its_interpreter_one_letter_and_the_same_link(stage: Stage) -> None:
    """The entry moves in place: the same UID, a higher sequence."""
    stage.sandbox.account.switch({"interpretation": True})
    await agreed(stage, SPEAKING)
    interpreter = (await told.pairs(stage))["c1+m1"].interpreter or ""
    (first,) = [one for one in stage.mails(interpreter) if "College c1" in one.text]
    before = len(stage.mails(interpreter))

    await move(stage, "2021-11-29", "c1+m1")

    (second,) = stage.mails(interpreter)[before:]
    assert first.entry is not None
    assert second.entry is not None
    assert (second.entry.uid, entry(second), second.links) == (first.entry.uid, ("REQUEST", 1), first.links)


async def test_F59_a_cancelled_bilateral_brings_its_interpreter_one_letter(stage: Stage) -> None:
    """It takes the entry out of their calendar."""
    stage.sandbox.account.switch({"interpretation": True})
    await agreed(stage, SPEAKING)
    interpreter = (await told.pairs(stage))["c1+m1"].interpreter or ""
    before = len(stage.mails(interpreter))

    await bilaterals.cancel(stage.app.store, "c1+m1", reason="a flood", now=stage.now, by="test")
    await stage.run_due()

    assert [entry(one) for one in stage.mails(interpreter)[before:]] == [("CANCEL", 1)]
