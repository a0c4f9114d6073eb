"""Somebody says who was behind a line that proves nothing, or takes it back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from meetbot.core.attendance.guests import Guest
from meetbot.core.model import LetterKind, Sex
from meetbot.core.registration import fold
from meetbot.errors import UserError
from meetbot.flows.attendance import settling
from meetbot.flows.attendance.settling import Settled
from meetbot.store import attendance, audit, declarations, outbox, page_links, registration
from tests.flows.hall_day import CVT, held, launch, line_of, seen
from tests.flows.stage import PROGRAMME, Stage, form

pytestmark = pytest.mark.every_database

HALL = ("Sok Dara", "Mr Chea Visal", "Keo Sophal", "Ung Bopha", "Prum Ratana", "Mao Chenda", "Ros Vanna")
HALL = (*HALL, "Long Pisey", "Tep Rith", "Pich Sreyneang", "Kong Virak", "Suon Maly")


async def registrant(stage: Stage, name: str) -> int:
    async with stage.app.store.reading() as tx:
        (one,) = [one.id for one in await registration.listing(tx, "launch") if one.form.name == name]
    return one


async def match(stage: Stage, line: str, name: str, by: str = "organiser") -> Settled:
    who = await registrant(stage, name)
    return await settling.match(
        stage.app.store, await stage.programme(), await launch(stage), line, who, now=stage.now, by=by
    )


async def declare(stage: Stage, line: str, *people: Guest, by: str = "focal point") -> Settled:
    return await settling.declare(
        stage.app.store, await stage.programme(), await launch(stage), line, people, now=stage.now, by=by
    )


async def unmatch(stage: Stage, line: str, only: int | None = None) -> Settled:
    return await settling.unmatch(
        stage.app.store, await stage.programme(), await launch(stage), line, only=only, now=stage.now, by="organiser"
    )


async def lines(stage: Stage) -> dict[str, tuple[str, int]]:
    """Proof and minutes of everybody who is counted, by name."""
    return {one["name"]: (one["proof"], one["minutes"]) for one in (await seen(stage)).document["lines"]}


async def versions(stage: Stage) -> list[int]:
    async with stage.app.store.reading() as tx:
        return [one.version for one in await attendance.reports(tx, "launch")]


async def letters(stage: Stage) -> list[str]:
    """Of reports, the dedupe key of each that was written."""
    async with stage.app.store.reading() as tx:
        return [one.message.dedupe for one in await outbox.listing(tx, kinds=[LetterKind.REPORT])]


async def noted(stage: Stage) -> Sequence[tuple[Any, ...]]:
    async with stage.app.store.reading() as tx:
        return [(one.who, one.what, one.detail) for one in await audit.listing(tx) if "attendance" in one.what]


async def test_P13_a_line_is_given_to_a_registrant_and_taken_back(stage: Stage) -> None:
    """The figure says so at each step, who said it is kept, and undone it is as if it had never been said."""
    await held(stage)
    line, before = await line_of(stage, "Hla Min (CVT)"), (await seen(stage)).document
    look = await seen(stage)
    assert look.figure() == "1 attended (1 proven, 0 declared), 3 lines open"
    assert [(one.name, one.proof) for one in look.candidates[line]] == [("Hla Min", "N")]

    said = await match(stage, line, "Hla Min")
    with_hla = await lines(stage)
    figure = (await seen(stage)).figure()
    await unmatch(stage, line)

    assert (len(said.people), said.version) == (1, 3)
    assert with_hla == {"Sok Dara": ("R", 60), "Hla Min": ("D", 55)}
    assert figure == "2 attended (1 proven, 1 declared), 2 lines open"
    after = (await seen(stage)).document
    assert {key: after[key] for key in after if key != "changes"} == {
        key: before[key] for key in before if key != "changes"
    }
    hla = await registrant(stage, "Hla Min")
    assert await noted(stage) == [
        ("organiser", "attendance.declared", f"registrant {hla}"),
        ("organiser", "attendance.taken_back", f"registrant {hla}"),
    ]


async def test_a_hall_of_twelve_before_one_screen(stage: Stage) -> None:
    """All twelve have its time, Zoom's row stays one, registrants are found by name, and strangers are counted too."""
    await held(stage)
    line = await line_of(stage, "NPIC training hall")

    await declare(stage, line, *(Guest(name, "npic", Sex.FEMALE if "Bopha" in name else None) for name in HALL))

    look = await seen(stage)
    there, document = await lines(stage), look.document
    assert look.figure() == "12 attended (1 proven, 11 declared), 2 lines open"
    assert there["Sok Dara"] == ("R", 60)
    assert {name: one for name, one in there.items() if one != ("D", 55)} == {"Sok Dara": ("R", 60)}
    assert "Chea Visal" in there
    assert {one["sex"] for one in document["lines"] if one["name"] == "Ung Bopha"} == {"female"}
    assert [one["attended"] for one in document["organisations"]] == [12, 0]


async def test_people_who_sat_beside_somebody_proven_share_her_screen(stage: Stage) -> None:
    """Her own line stays proven; each of the others has its time."""
    await held(stage)
    line = await line_of(stage, "Sok Dara")

    await declare(stage, line, Guest("Chea Visal", "npic"), Guest("Keo Sophal", "npic"))

    assert await lines(stage) == {"Sok Dara": ("R", 60), "Chea Visal": ("D", 60), "Keo Sophal": ("D", 60)}
    shared = {one["name"]: one["shared_with"] for one in (await seen(stage)).document["lines"]}
    assert shared == {"Sok Dara": None, "Chea Visal": line, "Keo Sophal": line}


async def test_what_is_said_twice_is_said_once(stage: Stage) -> None:
    """A second click makes no second line, no new version and no letter; nor does a name that is written twice."""
    await held(stage)
    line, hall = await line_of(stage, "Hla Min (CVT)"), await line_of(stage, "NPIC training hall")
    await match(stage, line, "Hla Min")
    await declare(stage, hall, Guest("Keo Sophal", "npic"), Guest("KEO  Sophal", "npic"))
    before = await versions(stage)

    again = [await match(stage, line, "Hla Min"), await declare(stage, hall, Guest("keo sophal", "npic"))]

    assert again == [Settled((), None)] * 2
    assert await versions(stage) == before
    assert [name for name in await lines(stage) if fold(name) == "keo sophal"] == ["KEO  Sophal"]


async def test_one_person_on_two_lines_is_counted_once(stage: Stage) -> None:
    """A registrant who is proven and also sat behind another line has the time of both together."""
    await held(stage)

    for name in ("NPIC training hall", "iPhone"):
        await match(stage, await line_of(stage, name), "Sok Dara")

    assert await lines(stage) == {"Sok Dara": ("R", 60)}
    assert (await seen(stage)).figure() == "1 attended (1 proven, 0 declared), 1 line open"


async def test_two_organisers_at_once_do_not_both_settle_a_line(stage: Stage) -> None:
    """The second hears what the first said."""
    await held(stage)
    line = await line_of(stage, "iPhone")

    done = await asyncio.gather(
        match(stage, line, "Hla Min", by="first"), match(stage, line, "Chea Visal", by="second"), return_exceptions=True
    )

    refused = [str(one) for one in done if isinstance(one, UserError)]
    assert len(refused) == 1
    assert "has already said that this is" in refused[0]
    async with stage.app.store.reading() as tx:
        assert len(await declarations.of(tx, "launch")) == 1


async def test_of_a_line_that_is_gone_nothing_is_said_and_everything_can_be_taken_back(stage: Stage) -> None:
    """Zoom's next report may not have it any more: what was said is shown as lost, and can be undone."""
    await held(stage)
    line = await line_of(stage, "iPhone")
    await match(stage, line, "Hla Min")
    await without(stage, "iPhone")

    with pytest.raises(UserError, match="no such open line"):
        await match(stage, "0123456789abcdef", "Hla Min")
    await match(stage, await line_of(stage, "Hla Min (CVT)"), "Hla Min")
    remarks = (await seen(stage)).document["remarks"]
    await unmatch(stage, line)

    assert remarks == ["organiser declared Hla Min on a line that Zoom does not report any more: not counted."]
    assert (await seen(stage)).document["remarks"] == []


async def without(stage: Stage, name: str) -> None:
    """Zoom has read its own records again, and that row is no longer among them."""
    async with stage.app.store.transaction() as tx:
        (last,) = await attendance.latest_reading(tx, "launch")
        fewer = replace(last, sessions=tuple(one for one in last.sessions if one.name != name))
        await attendance.note_reading(tx, "launch", [fewer], digest="another", now=stage.now)


async def test_who_was_there_was_there_whatever_became_of_the_registration(stage: Stage) -> None:
    """Somebody who had cancelled came after all: proposed to nobody, but an organiser may say so."""
    await held(stage)
    await stage.decide("hla@cvt.example", "cancel")
    line = await line_of(stage, "Hla Min (CVT)")
    assert (await seen(stage)).candidates[line] == ()

    await match(stage, line, "Hla Min")

    assert (await lines(stage))["Hla Min"] == ("D", 55)


async def test_a_name_of_two_registrants_is_asked_back(stage: Stage) -> None:
    """A focal point who names one of two Hla Mins is asked for the address; with it, it is the one meant."""
    await stage.register(form("other@cvt.example", "Hla Min", CVT))
    await held(stage)
    line = await line_of(stage, "iPhone")

    with pytest.raises(UserError, match="2 people named U Hla Min are registered: add the mail address"):
        await declare(stage, line, Guest("U Hla Min", "cvt"))
    said = await declare(stage, line, Guest("U Hla Min", "cvt", address="OTHER@cvt.example"))

    assert [one.name for one in said.people] == ["Hla Min"]


async def test_one_name_of_a_hall_can_be_taken_back(stage: Stage) -> None:
    """The others stay; taking back what nobody said is refused."""
    await held(stage)
    line = await line_of(stage, "NPIC training hall")
    await declare(stage, line, Guest("Keo Sophal", "npic"), Guest("Ung Bopha", "npic"))
    async with stage.app.store.reading() as tx:
        first, _ = await declarations.of(tx, "launch")

    await unmatch(stage, line, only=first.id)

    assert sorted(await lines(stage)) == ["Sok Dara", "Ung Bopha"]
    with pytest.raises(UserError, match="nothing is said of this line"):
        await unmatch(stage, line, only=first.id)


async def test_many_clicks_make_one_letter(stage: Stage) -> None:
    """A version at once for each; one letter to each reader when nothing more was said for ten minutes."""
    await held(stage)
    before = len(await letters(stage))

    await match(stage, await line_of(stage, "Hla Min (CVT)"), "Hla Min")
    await stage.until("2021-11-10 18:05")
    await match(stage, await line_of(stage, "iPhone"), "Daw Thida Win")
    await stage.until("2021-11-10 18:14")
    waiting = len(await letters(stage))
    await stage.until("2021-11-10 18:30")

    assert await versions(stage) == [1, 2, 3, 4]
    assert (waiting, len(await letters(stage))) == (before, before + 1)


async def test_the_first_reader_alone_gets_the_page_of_open_lines(stage: Stage) -> None:
    """A donor further down the list reads the figures and does not make them; all letters lead to one page."""
    donor = "  - {name: Officer, address: officer@network.example}\n  - {name: Donor, address: donor@network.example}\n"
    await stage.apply(PROGRAMME.replace("  - {name: Officer, address: officer@network.example}\n", donor))
    await held(stage)

    async with stage.app.store.reading() as tx:
        sent = [one.message for one in await outbox.listing(tx, kinds=[LetterKind.REPORT])]
        pages = {one.page for one in sent if one.to.address == "officer@network.example"}
        path = await page_links.path(tx, stage.app.store.links, pages.pop() or 0)
    assert pages == set()
    assert {one.page for one in sent if one.to.address == "donor@network.example"} == {None}
    assert path is not None and path.startswith("/b/attendance/")


async def test_before_the_meeting_there_is_nothing_to_say(stage: Stage) -> None:
    with pytest.raises(UserError, match="no attendance report of launch yet"):
        await declare(stage, "0123456789abcdef", Guest("Keo Sophal", "npic"))
