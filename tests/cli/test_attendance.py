"""`meetbot attendance`: the figure, the open lines, and who was behind them, as typed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from meetbot import bootstrap, clock, settings
from meetbot.core.attendance import Preliminary
from meetbot.core.model import Form
from meetbot.core.remote import Reading, Session
from meetbot.core.times import Interval
from meetbot.flows import registration
from meetbot.flows.attendance import reporting
from meetbot.store import attendance
from tests.cli.desk import Desk


@pytest.fixture
def office(office: Desk) -> Desk:
    """Zoom has reported the launch: Thida by her address, Hla and a hall by what stood on their screens."""
    asyncio.run(_held())
    return office


async def _held() -> None:
    async with bootstrap.opened(settings.read(), clock.RealClock()) as app:
        programme, now = await app.needed_programme(), app.clock.now()
        meeting = programme.meetings["launch"]
        forms = [
            Form("launch", "thida@cvt.example", "Daw Thida Win", "cvt"),
            Form("launch", "hla@cvt.example", "Hla Min", "cvt"),
        ]
        await registration.submit(app.store, programme, forms, now=now, by="test")
        there = Interval(meeting.interval.start, meeting.interval.end)
        shown = (("Thida", "thida@cvt.example"), ("Hla Min (CVT)", ""), ("NPIC training hall", ""))
        rows = tuple(Session(name, address, "", there) for name, address in shown)
        async with app.store.transaction() as tx:
            await attendance.note_reading(tx, "launch", [Reading("uuid-1", rows)], digest="first", now=now)
            verdict = Preliminary("Zoom's report may still change", now + timedelta(minutes=10))
            await reporting.report(tx, programme, meeting, verdict, links=app.store.links, now=now)


def lines(office: Desk) -> dict[str, Any]:
    """Open lines by the name that stood at Zoom."""
    (document,) = office.run("attendance", "--json").document
    return {one["name"]: one for one in document["open"]}


def figure(office: Desk) -> str:
    return str(office.run("attendance", "--json").document[0]["figure"])


def test_P13_the_open_lines_are_shown_with_who_they_may_be(office: Desk) -> None:
    """The figure first; for machines the same, each candidate with its reason."""
    answer, found = office.run("attendance"), lines(office)

    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines()[:2] == [
        "Launching Ceremony (launch), preliminary",
        "1 attended (1 proven, 0 declared), 2 lines open",
    ]
    assert "Hla Min (CVT)        14:00–15:00, 60 min" in answer.out
    assert sorted(found) == ["Hla Min (CVT)", "NPIC training hall"]
    (hla,) = found["Hla Min (CVT)"]["candidates"]
    assert (hla["name"], hla["proof"], hla["why"]) == ("Hla Min", "N", "the same name")


def test_a_line_is_matched_and_taken_back(office: Desk) -> None:
    """A dry run does nothing; the key may be cut short; a second time it was so already."""
    key = lines(office)["Hla Min (CVT)"]["key"]

    dry = office.run("attendance", "match", key, "hla@cvt.example", "--dry-run")
    before = figure(office)
    done = office.run("attendance", "match", key[:8], "hla@cvt.example")
    again = office.run("attendance", "match", key[:8], "HLA@cvt.example")
    back = office.run("attendance", "unmatch", key[:8], "--json")

    assert dry.out.splitlines() == ["+ Hla Min (registrant 2)", "Nothing has been done yet."]
    assert before == "1 attended (1 proven, 0 declared), 2 lines open"
    assert done.out.splitlines() == ["+ Hla Min (registrant 2)", "2 attended (1 proven, 1 declared), 1 line open"]
    assert again.out.splitlines()[0] == "It was so already."
    assert back.document["figure"] == before


def test_a_hall_comes_from_a_list_or_by_name(office: Desk) -> None:
    """Without either, or with both, nothing is done."""
    key = lines(office)["NPIC training hall"]["key"]
    Path(office.folder / "hall.csv").write_text("Name\nKeo Sophal\nUng Bopha\n")

    neither = office.run("attendance", "declare", key)
    listed = office.run("attendance", "declare", key, "--organisation", "npic", "--file", "hall.csv")
    named = office.run("attendance", "declare", key, "--organisation", "npic", "--name", "Mao Chenda")

    assert (neither.code, "Name them by --name, or give a list by --file" in neither.err) == (2, True)
    assert listed.out.splitlines() == [
        "+ Keo Sophal (not registered)",
        "+ Ung Bopha (not registered)",
        "3 attended (1 proven, 2 declared), 1 line open",
    ]
    assert named.out.splitlines()[-1] == "4 attended (1 proven, 3 declared), 1 line open"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("match", "ffffffffffffffff", "hla@cvt.example"), "no report has such a line"),
        (("match", "", "hla@cvt.example"), "no report has such a line"),
        (("unmatch", "ffff"), "no report has such a line"),
        (("link",), "People reach no page: set MEETBOT_PUBLIC_URL"),
        (("link", "--for", "nobody"), "'nobody' is no organisation of the programme"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(office: Desk, arguments: tuple[str, ...], said: str) -> None:
    answer = office.run("attendance", *arguments)

    assert (answer.code, said in answer.err) == (1, True)


def test_an_unknown_person_is_refused(office: Desk) -> None:
    key = lines(office)["Hla Min (CVT)"]["key"]

    answer = office.run("attendance", "match", key, "nobody@cvt.example")

    assert answer.code == 1
    assert "0 registrants of launch are meant; `meetbot registrants list` has the numbers" in answer.err
