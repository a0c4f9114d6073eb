"""A person is taken out here and at Zoom; figures stay, and nobody comes back by the back door."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from meetbot.core import times
from meetbot.core.model import Status
from meetbot.errors import UserError
from meetbot.flows import attendance as flow
from meetbot.flows.attendance import erasing
from meetbot.store import attendance, erasures, outbox, registration
from meetbot.store.due import Kind
from meetbot.store.tables import due, metadata
from tests.flows.stage import Stage, form

pytestmark = pytest.mark.every_database

_AWAY = "zoom: [{when: {method: DELETE}, do: {status: 503}}]"
DARA, HLA = "dara@npic.example", "hla@cvt.example"


async def held_meeting(stage: Stage) -> None:
    """Dara comes with a link, Hla by an address alone, a namesake of Hla with nothing; then the final report."""
    await stage.register(form(DARA), form(HLA, "Hla Min", "Center for Vocational Training"))
    stage.leap("2021-11-10 13:00")
    await stage.until("2021-11-10 13:20")
    stage.sandbox.people(
        [
            acts(stage, "13:25", "start", "host", email="host@network.example"),
            acts(stage, "13:50", "join", "dara", join_link=next(iter(stage.mails(DARA)[0].links))),
            acts(stage, "14:05", "join", "hla", name="Hla", email=HLA),
            acts(stage, "14:10", "join", "screen", name="Sok Dara"),
            acts(stage, "14:40", "leave", "hla"),
            acts(stage, "15:00", "end", "host"),
        ]
    )
    await stage.until("2021-11-11 09:00")


def acts(stage: Stage, wall: str, action: str, person: str, **more: Any) -> dict[str, Any]:
    at = times.at(f"2021-11-10 {wall}", "Asia/Bangkok").isoformat()
    return {"meeting": stage.at_zoom()[0].id, "at": at, "action": action, "person": person, **more}


async def erase(stage: Stage, address: str) -> dict[str, Any]:
    """Returns what the receipt says by now."""
    app = stage.app
    number = await erasing.erase(app.store, await stage.programme(), app.erased, address, now=stage.now, by="test")
    return await receipt(stage, number)


async def receipt(stage: Stage, number: int = 1) -> dict[str, Any]:
    async with stage.app.store.reading() as tx:
        found = await erasures.get(tx, number)
    assert found is not None
    return dict(found.said)


async def everything(stage: Stage, *, beside: tuple[str, ...] = ("programme",)) -> str:
    """All that the store holds, as one text; join links and bodies sealed as they are."""
    async with stage.app.store.reading() as tx:
        rows = [
            row
            for table in metadata.sorted_tables
            if table.name not in beside
            for row in await tx.execute(select(table))
        ]
    return "\n".join(json.dumps(list(row), default=str, ensure_ascii=False) for row in rows)


async def documents(stage: Stage) -> list[dict[str, Any]]:
    async with stage.app.store.reading() as tx:
        return [dict(one.document) for one in await attendance.reports(tx, "launch")]


def figures(document: dict[str, Any]) -> dict[str, Any]:
    """All of a report that is no name."""
    names = {"lines", "interpreters", "absent", "open_lines", "changes", "remarks", "reason", "state"}
    stripped = {"name", "person", "hint", "said_by", "key", "remark"}
    counted = {
        what: [{name: value for name, value in line.items() if name not in stripped} for line in document[what]]
        for what in ("lines", "absent", "open_lines")
    }
    return {name: value for name, value in document.items() if name not in names} | counted


async def test_P33_nothing_that_tells_who_they_were_is_left_in_any_table(stage: Stage) -> None:
    """Name, address, Zoom's id of the registration: none of them stands anywhere, in letters to others least of all."""
    await held_meeting(stage)
    async with stage.app.store.reading() as tx:
        (registrant,) = await registration.of_address(tx, DARA)
    told = (DARA, "Sok Dara", "sok dara", registrant.zoom_id or "?")
    before = await everything(stage)

    await erase(stage, DARA)
    await stage.until("2021-11-11 09:01")

    assert [text in before for text in told] == [True] * 4
    assert [text for text in told if text in await everything(stage)] == []
    assert "Hla Min" in await everything(stage)


async def test_P33_every_figure_of_every_report_stays(stage: Stage) -> None:
    """Reports say the same but for the names, and so does one that is counted anew from what is left."""
    await held_meeting(stage)
    before = await documents(stage)

    await erase(stage, DARA)
    await erase(stage, HLA)

    after = await documents(stage)
    async with stage.app.store.transaction() as tx:
        programme, launch = await stage.programme(), await stage.launch()
        anew = await flow.renew(tx, programme, launch, links=stage.app.store.links, now=stage.now)
    assert [figures(one) for one in after] == [figures(one) for one in before]
    assert figures(dict(anew.document)) == figures(before[-1])
    assert {line["name"] for line in anew.document["lines"]} == {"(erased)"}
    assert [one["person"] for one in anew.document["lines"]] == [one["person"] for one in after[-1]["lines"]]


async def test_P33_zoom_is_asked_to_remove_them_and_the_receipt_says_when_it_has(stage: Stage) -> None:
    await held_meeting(stage)
    waits = (await erase(stage, DARA))["at_zoom"]

    await stage.run_due()

    (at_zoom,) = stage.at_zoom()
    assert waits == [{"meeting": "launch", "state": "waits", "reason": ""}]
    assert (await receipt(stage))["at_zoom"] == [{"meeting": "launch", "state": "removed", "reason": ""}]
    assert [one.email for one in at_zoom.registrants.values()] == [HLA]


async def test_P33_zoom_away_keeps_the_removal_queued_with_its_reason(stage: Stage) -> None:
    """The person is gone here at once; Zoom is asked again, and the receipt does not pretend."""
    await held_meeting(stage)
    stage.sandbox.set_faults(_AWAY)
    await erase(stage, DARA)
    await stage.run_due()
    (away,) = (await receipt(stage))["at_zoom"]

    stage.sandbox.set_faults("")
    await stage.until("2021-11-11 11:00")

    assert (away["state"], bool(away["reason"])) == ("waits", True)
    assert (await receipt(stage))["at_zoom"] == [{"meeting": "launch", "state": "removed", "reason": ""}]


async def test_P33_who_is_not_at_zoom_any_more_counts_as_removed(stage: Stage) -> None:
    await held_meeting(stage)
    at_zoom = stage.at_zoom()[0]
    for one in [one for one in at_zoom.registrants.values() if one.email == DARA]:
        del at_zoom.registrants[one.id]
    await erase(stage, DARA)

    await stage.run_due()

    assert (await receipt(stage))["at_zoom"] == [{"meeting": "launch", "state": "was not there", "reason": ""}]


async def test_P33_before_the_meeting_they_are_taken_off_and_nothing_is_sent_to_them_any_more(stage: Stage) -> None:
    """Who was erased a day before does not count as registered, gets no reminder, and their place is free again."""
    await stage.register(form(DARA))
    await stage.run_due()
    sent = len(stage.mails())

    await erase(stage, DARA)
    await stage.run_due()
    stage.leap("2021-11-09 13:00")
    await stage.until("2021-11-10 14:30")

    async with stage.app.store.reading() as tx:
        (row,) = await registration.listing(tx, "launch")
        letters = await outbox.listing(tx)
    assert (row.status, row.form.name, row.zoom_id is not None) == (Status.CANCELLED, "(erased)", True)
    assert len([mail for mail in stage.mails() if mail.to == DARA]) == sent
    assert {one.message.to.address for one in letters if one.message.registrant} == {row.form.address}


async def test_P33_L25_a_list_that_is_read_again_brings_nobody_back_silently(stage: Stage) -> None:
    """They wait for a person, who reads when they were erased."""
    await stage.register(form(DARA))
    await stage.run_due()
    await erase(stage, DARA)

    await stage.register(form(DARA.upper()))

    async with stage.app.store.reading() as tx:
        _, again = await registration.listing(tx, "launch")
    assert (again.status, again.reason) == (
        Status.PENDING,
        "erased on 2021-11-03: do they themselves want to come back?",
    )


async def test_P33_zooms_own_list_brings_nobody_back_while_it_still_names_them(stage: Stage) -> None:
    """Zoom cannot be reached for the removal, and its list is read again meanwhile."""
    await stage.register(form(DARA))
    await stage.run_due()
    stage.sandbox.set_faults(_AWAY)
    await erase(stage, DARA)

    await stage.until("2021-11-03 10:00")

    async with stage.app.store.reading() as tx:
        assert [one.form.name for one in await registration.listing(tx, "launch")] == ["(erased)"]
    assert [one.email for one in stage.at_zoom()[0].registrants.values()] == [DARA]


async def test_P33_an_erased_registration_cannot_be_approved(stage: Stage) -> None:
    await stage.register(form(DARA, organisation="Somebody else"))
    await erase(stage, DARA)
    async with stage.app.store.reading() as tx:
        (row,) = await registration.listing(tx, "launch")

    remarks = await stage.decide(row.form.address, "approve")

    assert remarks == (f"{row.id}: was erased; whoever comes back registers anew",)


async def test_P33_nobody_with_that_address_is_said_and_nothing_is_written(stage: Stage) -> None:
    await stage.register(form(DARA))
    before = await everything(stage)

    with pytest.raises(UserError, match=r"^nobody@npic\.example: nothing is held of anybody with this address\.$"):
        await erase(stage, "nobody@npic.example")

    assert await everything(stage) == before


async def test_P33_what_is_under_way_to_zoom_at_this_moment_is_waited_for(stage: Stage) -> None:
    """Otherwise Zoom would register somebody whom nobody remembers."""
    await stage.register(form(DARA))
    async with stage.app.store.transaction() as tx:
        await tx.execute(due.update().where(due.c.kind == Kind.PUSH).values(state="claimed", owner="another"))

    with pytest.raises(UserError, match="under way just now"):
        await erase(stage, DARA)


async def test_P33_the_files_hold_nothing_of_them_either(stage: Stage) -> None:
    """On SQLite neither free pages nor the log of writes keep what was deleted."""
    await held_meeting(stage)
    if stage.app.store.engine.dialect.name != "sqlite":
        return

    await erase(stage, DARA)

    files = [path.read_bytes() for path in stage.app.settings.data_dir.glob("meetbot.db*")]
    assert [DARA.encode() in content for content in files] == [False] * len(files)
