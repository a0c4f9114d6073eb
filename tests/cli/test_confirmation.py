"""`meetbot confirmation`, as typed: on paper, once, for those who attended by the final report."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from meetbot import bootstrap, clock, settings
from meetbot.core.attendance import Final, Preliminary
from meetbot.core.model import Form
from meetbot.core.remote import Reading, Session
from meetbot.core.times import Interval
from meetbot.flows import registration
from meetbot.flows.attendance import reporting
from meetbot.rehearsal import mailbox
from meetbot.store import attendance
from tests import here
from tests.cli.desk import Desk

THIDA, HLA, DARA = "thida@cvt.example", "hla@cvt.example", "dara@npic.example"
NOT_THERE = "is not among those who attended Launching Ceremony"


@pytest.fixture
def office(office: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Thida and Hla attended by the final report, Dara is registered and did not come, one screen is open."""
    monkeypatch.setattr("meetbot.flows.attendance.rendering._asked", here.made)
    asyncio.run(_held(final=True))
    return office


async def _held(*, final: bool) -> None:
    async with bootstrap.opened(settings.read(), clock.RealClock()) as app:
        programme, now = await app.needed_programme(), app.clock.now()
        meeting = programme.meetings["launch"]
        forms = [
            Form("launch", THIDA, "Daw Thida Win", "cvt"),
            Form("launch", HLA, "Hla Min", "cvt"),
            Form("launch", DARA, "Sok Dara", "npic"),
        ]
        await registration.submit(app.store, programme, forms, now=now, by="test")
        there = Interval(meeting.interval.start, meeting.interval.end)
        shown = (("Thida", THIDA), ("Hla Min", HLA), ("iPhone", ""))
        rows = tuple(Session(name, address, "", there) for name, address in shown)
        verdict = Final("the same twice") if final else Preliminary("may change", now + timedelta(minutes=10))
        async with app.store.transaction() as tx:
            await attendance.note_reading(tx, "launch", [Reading("uuid-1", rows)], digest="first", now=now)
            await reporting.report(tx, programme, meeting, verdict, links=app.store.links, now=now)


def letters(office: Desk) -> list[str]:
    """To whom a confirmation is in the outbox."""
    found: Sequence[Any] = office.run("outbox", "list", "--kind", "confirmation", "--json").document
    return sorted(one["to"] for one in found)


def test_who_attended_gets_a_page_by_mail(office: Desk) -> None:
    """No question is asked about somebody who is named."""
    answer = office.run("confirmation", "Thida@CVT.example")
    office.serve()

    mails = [mail for mail in mailbox.mails(office.folder / "data/outbox") if "Confirmation" in mail.subject]
    assert (answer.code, answer.out, answer.err) == (0, "1 confirmation is in the outbox.\n", "")
    assert [(mail.to, mail.attachments) for mail in mails] == [(THIDA, ("confirmation-of-attendance.pdf",))]


def test_who_did_not_attend_gets_none_and_is_told_why(office: Desk) -> None:
    """An absent registrant and somebody unknown; who attended gets theirs all the same, and the exit code says both."""
    only = office.run("confirmation", DARA)
    some = office.run("confirmation", DARA, THIDA, "nobody@npic.example")

    assert (only.code, only.out, only.err) == (
        1,
        "0 confirmations are in the outbox.\n",
        f"{DARA}: {NOT_THERE}\n",
    )
    assert (some.code, some.out, some.err) == (
        5,
        "1 confirmation is in the outbox.\n",
        f"{DARA}: {NOT_THERE}\nnobody@npic.example: {NOT_THERE}\n",
    )
    assert letters(office) == [THIDA]


def test_nobody_gets_a_second_one(office: Desk) -> None:
    """Asked for twice, once more with everybody: it says since when they have it."""
    office.run("confirmation", THIDA)

    again, everybody = office.run("confirmation", THIDA), office.run("confirmation", "--all", "--yes", "--json")

    assert (again.code, again.out) == (1, "0 confirmations are in the outbox.\n")
    assert again.err.startswith(f"{THIDA}: has one since 20")
    assert (everybody.code, everybody.document) == (0, {"sent": 1, "remarks": []})
    assert letters(office) == [HLA, THIDA]


def test_everybody_is_asked_about_first(office: Desk) -> None:
    """With the number of people; no is the answer unless somebody says yes."""
    declined = office.run("confirmation", "--all", typed="\n")
    nobody = office.run("confirmation", "--all")
    agreed = office.run("confirmation", "--all", typed="y\n")

    assert declined.out == "Send everybody who attended a confirmation for Launching Ceremony? [y/N]: "
    assert (nobody.code, "add --yes" in nobody.err) == (2, True)
    assert (agreed.code, letters(office)) == (0, [HLA, THIDA])


def test_P33_who_was_erased_is_sent_nothing_and_counted_nowhere(office: Desk) -> None:
    """They attended, and their line is in the report still; there is nobody to write to."""
    office.run("erase", THIDA, "--yes")

    answer = office.run("confirmation", "--all", "--yes")

    assert (answer.code, answer.out, answer.err) == (0, "1 confirmation is in the outbox.\n", "")
    assert letters(office) == [HLA]


def test_P12_before_the_report_is_final_nothing_is_confirmed(desk: Desk) -> None:
    """Neither from a preliminary report nor without any."""
    desk.apply()
    without = desk.run("confirmation", "--all", "--yes")
    asyncio.run(_held(final=False))

    preliminary = desk.run("confirmation", THIDA)

    said = "Launching Ceremony has no final attendance report yet; nobody's attendance can be confirmed.\n"
    assert [(one.code, one.out, one.err) for one in (without, preliminary)] == [(1, "", said)] * 2
    assert letters(desk) == []


@pytest.mark.parametrize("arguments", [(), (THIDA, "--all")])
def test_somebody_must_be_meant(office: Desk, arguments: tuple[str, ...]) -> None:
    answer = office.run("confirmation", *arguments)

    assert (answer.code, "Name addresses, or say --all." in answer.err) == (2, True)
