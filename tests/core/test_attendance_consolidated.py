"""The launch and its bilaterals in one report: repeated people once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from meetbot.core import times
from meetbot.core.attendance.consolidated import Period, consolidated, in_period
from meetbot.core.attendance.document import SCHEMA
from meetbot.errors import UserError
from tests.core.builders import programme
from tests.documents import START, Guest, document, open_line

LATER = START + timedelta(days=7)
DARA = Guest("Sok Dara", "NPIC")
HLA = Guest("Hla Min", "CVT")
LI = Guest("Li Ming", "Yunnan Technician College")


def test_who_came_twice_is_one_person_with_the_time_of_both() -> None:
    """Dara came to both, Hla to the launch only, Li to the bilateral only."""
    launch = document([DARA, HLA, replace(LI, minutes=None)])
    bilateral = document([replace(DARA, minutes=100), LI], key="npic+yunnan", starts_at=LATER)

    told = consolidated(programme(), [launch, bilateral])

    assert (told["registered"], told["approved"], told["attended"], told["proven"]) == (3, 3, 3, 3)
    lines = {line["name"]: (line["seconds"], line["minutes"], line["meetings"]) for line in told["lines"]}
    assert lines == {
        "Sok Dara": (16_200, 270, ["launch", "npic+yunnan"]),
        "Hla Min": (10_200, 170, ["launch"]),
        "Li Ming": (10_200, 170, ["npic+yunnan"]),
    }
    assert told["absent"] == []
    assert told["schema"] == SCHEMA
    assert [(one["key"], one["attended"]) for one in told["meetings"]] == [("launch", 2), ("npic+yunnan", 2)]
    assert (told["meeting"]["starts_at"], told["meeting"]["seconds"]) == (START.isoformat(), 21_600)
    assert told["meeting"]["ends_at"] == (LATER + timedelta(hours=3)).isoformat()


def test_whoever_was_turned_away_once_and_approved_later_is_absent_by_name() -> None:
    """A report has no name of somebody whom nobody approved, and may be the first in which they stand."""
    turned_away = document([replace(DARA, approved=False, minutes=None), HLA])
    approved = document([replace(DARA, minutes=None), HLA], key="npic+yunnan", starts_at=LATER)

    told = consolidated(programme(), [turned_away, approved])

    assert [one["name"] for one in told["absent"]] == ["Sok Dara"]
    assert told["others"] == []


def test_consolidated_report_has_every_field_of_a_report() -> None:
    """Letters and tables are made from it as from any other."""
    single = document([DARA])

    told = consolidated(programme(), [single])

    assert told.keys() == single.keys()
    assert {*told["lines"][0]} == {*single["lines"][0], "meetings"}
    assert {*told["cells"][0]} == {*single["cells"][0]}
    assert {*told["organisations"][0]} == {*single["organisations"][0]}


def test_figures_of_one_meeting_stay_what_they_are() -> None:
    """A report over one meeting says the same of everybody."""
    guests = [
        DARA,
        HLA,
        replace(LI, minutes=None),
        Guest("Guest", "Elsewhere"),
        Guest("No", approved=False, minutes=None),
    ]
    single = document(guests, open=1, open_lines=[open_line()])

    told = consolidated(programme(), [single])

    same = (
        "invited",
        "registered",
        "approved",
        "attended",
        "proven",
        "declared",
        "stayed",
        "open",
        "cells",
        "open_lines",
    )
    assert {name: told[name] for name in same} == {name: single[name] for name in same}
    for groups in ("organisations", "countries", "constituents"):
        assert told[groups] == single[groups]


def test_places_are_those_of_the_meeting_with_most() -> None:
    """An organisation invited twice has not twice the places."""
    told = consolidated(programme(), [document([DARA]), document([DARA], key="second", starts_at=LATER)])

    assert told["invited"] == document([DARA])["invited"]


@pytest.mark.parametrize(("second", "stayed"), [(46, True), (45, False)])
def test_stayed_is_60_percent_of_the_meetings_that_one_came_to(second: int, stayed: bool) -> None:
    """170 of 180 minutes and then 46 of 180 are 60 %; 45 are not. A meeting that one did not come to does not count."""
    documents = [
        document([DARA, HLA]),
        document([replace(DARA, minutes=second)], key="second", starts_at=LATER),
    ]

    told = consolidated(programme(), documents)

    assert {line["name"]: line["stayed"] for line in told["lines"]} == {"Sok Dara": stayed, "Hla Min": True}
    assert told["stayed"] == 1 + stayed


def test_best_proof_of_any_meeting_counts() -> None:
    """Declared at the launch, and known by the registrant id at the bilateral: proven."""
    documents = [
        document([replace(DARA, proof="D"), replace(HLA, proof="D")]),
        document([DARA], key="second", starts_at=LATER),
    ]

    told = consolidated(programme(), documents)

    assert {line["name"]: line["proof"] for line in told["lines"]} == {"Sok Dara": "R", "Hla Min": "D"}
    assert (told["proven"], told["declared"]) == (1, 1)


@pytest.mark.parametrize(
    ("states", "state"),
    [
        (("final", "final"), "final"),
        (("final", "incomplete"), "incomplete"),
        (("preliminary", "incomplete"), "preliminary"),
    ],
)
def test_it_is_as_certain_as_the_least_certain(states: tuple[str, str], state: str) -> None:
    """And names the meetings that are not final, with their reasons."""
    documents = [
        document([DARA], key=f"m{number}", starts_at=START + timedelta(days=number), state=one, final=one == "final")
        for number, one in enumerate(states)
    ]

    told = consolidated(programme(), documents)

    assert (told["state"], told["final"]) == (state, state == "final")
    waits = [f"The m{number}: the same in two readings" for number, one in enumerate(states) if one != "final"]
    assert told["reason"] == ("; ".join(waits) or "the report of every meeting is final")


def test_period_is_by_the_days_of_the_programme() -> None:
    """A meeting at 00:30 in Bangkok is on the new day there, though not in London."""
    night = times.at("2021-12-01 00:30", "Asia/Bangkok")
    documents = [document(key="night", starts_at=night), document(), document(key="later", starts_at=LATER)]

    def keys(period: Period | None) -> list[str]:
        return [one["meeting"]["key"] for one in in_period(documents, period, "Asia/Bangkok")]

    assert keys(None) == ["launch", "later", "night"]
    assert keys(Period(date(2021, 11, 1), date(2021, 11, 30))) == ["launch", "later"]
    assert keys(Period(date(2021, 12, 1), date(2021, 12, 1))) == ["night"]
    assert keys(Period(date(2021, 11, 17), date(2021, 11, 17))) == ["later"]


def test_no_report_is_an_answer() -> None:
    """Nobody gets a table of nothing."""
    with pytest.raises(UserError, match="No meeting of this period has an attendance report yet"):
        consolidated(programme(), [])
