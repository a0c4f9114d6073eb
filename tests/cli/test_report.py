"""An attendance report, of one meeting or of many in one, as a file for whoever asks."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from meetbot import bootstrap, clock, settings
from meetbot.store import attendance, meetings
from tests.cli.desk import PROGRAMME, Desk
from tests.documents import START, Guest, document, open_line

TWO = (
    PROGRAMME
    + """\
  second:
    title: Second Meeting
    date: 2031-11-17
    start: 14:00
    end: 15:00
    host: host@network.example
    rundown:
      talk: {title: Talk, start: 14:00, end: 15:00}
"""
)
GUESTS = [Guest(f"Guest {number}") for number in range(6)]


@pytest.fixture
def told(desk: Desk) -> Desk:
    """Two meetings, a week apart, each with its report; the one of the first came in two versions."""
    desk.apply(TWO)
    launch = document([*GUESTS, Guest("Hla Min", "CVT")], open=1, open_lines=[open_line("Open Person")])
    second = document(GUESTS[:5], key="second", starts_at=START + timedelta(days=30))
    asyncio.run(_keep(document([], key="launch"), launch, second))
    return desk


async def _keep(*documents: Any) -> None:
    async with bootstrap.opened(settings.read(), clock.RealClock()) as app, app.store.transaction() as tx:
        for one in documents:
            assert await meetings.get(tx, one["meeting"]["key"])
            await attendance.add_report(tx, one["meeting"]["key"], one, final=True, now=START)


def test_newest_report_of_one_meeting_as_text(told: Desk) -> None:
    """On standard output, so that it can be read at once; names and what is open are in it."""
    answer = told.run("report", "launch", "--format", "txt")

    assert answer.code == 0
    assert "7 attended (7 proven, 0 declared), 1 line open\n" in answer.out
    assert "Open Person, 12 min: nobody registered so" in answer.out


def test_all_meetings_in_one_count_nobody_twice(told: Desk) -> None:
    """Without a name, and with the programme's own key, it is one report over all of them."""
    both = told.run("report", "--format", "json").document

    assert both == told.run("report", "network", "--format", "json").document
    assert (both["attended"], both["meeting"]["key"]) == (7, "network")
    assert [(one["key"], one["attended"]) for one in both["meetings"]] == [("launch", 7), ("second", 5)]


@pytest.mark.parametrize(
    ("period", "meeting"),
    [("2021-11", "launch"), ("2021-11-10..2021-11-11", "launch"), ("2021-12..2022-01", "second")],
)
def test_period_chooses_meetings_by_their_day(told: Desk, period: str, meeting: str) -> None:
    """Months and days, both included."""
    assert told.run("report", "--period", period, "--format", "json").document["meeting"]["key"] == meeting


@pytest.mark.parametrize("period", ["november", "2021-13", "2021-11-31", "2021-11...2021-12", "2021-11/2021-12", ""])
def test_wrong_period_is_told_how_to_write_it(told: Desk, period: str) -> None:
    """With the value and two examples."""
    answer = told.run("report", "--period", period)

    assert answer.code == 2
    assert f"{period!r} is no period; write it as 2021-11..2021-12 or 2021-11-10..2021-11-12" in answer.err


@pytest.mark.parametrize("form", ["xlsx", "csv", "pdf"])
def test_file_has_a_name_of_its_own_and_is_not_written_over(told: Desk, form: str) -> None:
    """It is written into this folder; asked a second time, the first file stays as it is."""
    first = told.run("report", "launch", "--for", "donor", "--format", form)
    path = told.folder / f"attendance-launch-2021-11-10-donor.{form}"
    path.write_bytes(b"mine")

    second = told.run("report", "launch", "--for", "donor", "--format", form)

    assert (first.code, first.out, first.err) == (0, "", f"Written to {path.name}.\n")
    assert (second.code, second.out) == (1, "")
    assert second.err == f"{path.name} is there already: name another file, or remove it.\n"
    assert path.read_bytes() == b"mine"


def test_ending_of_the_file_tells_the_form(told: Desk, tmp_path: Path) -> None:
    """Another one than there is gets an answer."""
    good, bad = tmp_path / "out.html", tmp_path / "out.docx"

    assert told.run("report", "launch", "-o", str(good)).code == 0
    answer = told.run("report", "launch", "-o", str(bad))

    assert "7 attended" in good.read_text()
    assert (answer.code, bad.exists()) == (2, False)
    assert "There is no form 'docx'" in answer.err


@pytest.mark.parametrize("form", ["txt", "html", "json", "csv"])
def test_P37_report_for_a_donor_names_nobody(told: Desk, form: str) -> None:
    """In whatever form: neither who came, nor who was absent, nor an open line; CVT's one person is hidden."""
    answer = told.run("report", "launch", "--for", "donor", "--format", form, "-o", "-")

    assert answer.code == 0
    assert [name for name in ("Guest", "Hla Min", "Open Person", "mark of") if name in answer.out] == []
    assert "7" in answer.out
    if form == "json":
        groups = {(one["division"], one["name"]): one["attended"] for one in json.loads(answer.out)["groups"]}
        assert groups["organisation", "CVT"] is None


def test_unknown_meeting_is_told_what_there_is(told: Desk) -> None:
    """No report is better than one of the wrong meeting."""
    answer = told.run("report", "lunch")

    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "There is no meeting or programme 'lunch'; there is: network, launch, second\n"


def test_no_report_yet_is_told(desk: Desk) -> None:
    """Before the first meeting there is nothing to show."""
    desk.apply()

    answer = desk.run("report")

    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "No meeting of this period has an attendance report yet.\n"
