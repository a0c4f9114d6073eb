"""Whoever attended gets it on paper, and whoever sees the paper can ask whether it is true."""

from __future__ import annotations

from typing import Any

import pytest

from meetbot.errors import UserError
from meetbot.flows.attendance import confirming
from meetbot.store import confirmations, outbox
from tests.flows.stage import Stage, form
from tests.flows.test_erasing import DARA, HLA, erase, everything, held_meeting


async def confirm(stage: Stage, *addresses: str) -> tuple[int, tuple[str, ...]]:
    """How many confirmations went into the outbox, and what was remarked; without addresses to everybody."""
    programme, launch = await stage.programme(), await stage.launch()
    wanted = set(addresses) or None
    outcome = await confirming.confirm(stage.app.store, programme, launch, wanted, now=stage.now, by="test")
    return outcome.counts.get("sent", 0), outcome.remarks


async def code(stage: Stage, number: int = 1) -> str:
    async with stage.app.store.reading() as tx:
        paper = await confirmations.paper(tx, stage.app.store.links, number)
    assert paper is not None
    return str(paper["code"])


async def found(stage: Stage, written: str) -> dict[str, Any] | None:
    async with stage.app.store.reading() as tx:
        one = await confirmations.find(tx, written)
    return None if one is None else {name: value for name, value in one.facts.items() if name != "nonce"}


async def test_who_attended_gets_one_page_by_mail_once(stage: Stage) -> None:
    """A second request sends nothing and says since when they have it."""
    await held_meeting(stage)

    first = await confirm(stage, DARA)
    await stage.run_due()
    second = await confirm(stage, DARA)

    (mail,) = [one for one in stage.mails(DARA) if "Confirmation" in one.subject]
    assert (first, second) == ((1, ()), (0, (f"{DARA}: has one since 2021-11-11",)))
    assert mail.attachments == ("confirmation-of-attendance.pdf",)


async def test_who_did_not_attend_gets_none(stage: Stage) -> None:
    """An absent registrant and a stranger are answered alike, and the others get theirs."""
    await stage.register(form("absent@npic.example", "Chan Thy"))
    await held_meeting(stage)

    sent, remarks = await confirm(stage, DARA, "absent@npic.example", "nobody@npic.example")

    assert (sent, remarks) == (
        1,
        (
            "absent@npic.example: is not among those who attended Launching Ceremony",
            "nobody@npic.example: is not among those who attended Launching Ceremony",
        ),
    )


async def test_everybody_who_attended_gets_theirs(stage: Stage) -> None:
    await held_meeting(stage)

    assert await confirm(stage) == (2, ())
    async with stage.app.store.reading() as tx:
        letters = await outbox.listing(tx, kinds=["confirmation"])
    assert sorted(one.message.to.address for one in letters) == [DARA, HLA]


async def test_P12_nothing_is_confirmed_before_the_report_is_final(stage: Stage) -> None:
    """What may still change is not put on paper."""
    await stage.register(form(DARA))

    with pytest.raises(UserError, match="has no final attendance report yet"):
        await confirm(stage, DARA)


async def test_the_code_tells_what_the_paper_must_say(stage: Stage) -> None:
    """However it is typed; a code with one other sign tells nothing."""
    await held_meeting(stage)
    await confirm(stage, DARA)
    true = await code(stage)
    wrong = ("A" if true[0] != "A" else "B") + true[1:]

    said = {
        "name": "Sok Dara",
        "organisation": "National Polytechnic Institute (NPIC)",
        "programme": "Skills Network",
        "organiser": "Launch desk",
        "minutes": 70,
        "title": "Launching Ceremony",
        "starts_at": "2021-11-10T07:00:00+00:00",
        "ends_at": "2021-11-10T08:00:00+00:00",
        "zone": "Asia/Bangkok",
    }
    assert [await found(stage, one) for one in (true, true.lower().replace("-", " "), wrong, "")] == [
        said,
        said,
        None,
        None,
    ]


async def test_the_code_is_not_in_the_store(stage: Stage) -> None:
    """Whoever steals the database cannot make papers of it: 128 bits, and only their hash is kept."""
    await held_meeting(stage)
    await confirm(stage, DARA)
    true = await code(stage)

    assert len(true.replace("-", "")) * 5 >= 128
    assert [one in await everything(stage) for one in (true, true.replace("-", ""))] == [False, False]


async def test_P33_after_an_erasure_nothing_can_be_confirmed_any_more(stage: Stage) -> None:
    """The code is still known, and says nothing of anybody."""
    await held_meeting(stage)
    await confirm(stage, DARA)
    true = await code(stage)

    await erase(stage, DARA)

    assert await found(stage, true) == {"name": "(erased)"}
