"""The judge of attendance finds nothing in evidence that is good, and each broken promise in evidence that is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from meetbot.core import times
from meetbot.rehearsal.attendance_oracle import Confirmation, Erased, Evidence, Person, Report, Row, violations

OFFICER, DONOR = "officer@network.example", "donor@bank.example"
NPIC, CVT = "NPIC", "CVT"
HALL = "dara@npic.example"
FIGURE = "6 attended (4 proven, 2 declared), 1 line open"


def at(wall: str) -> datetime:
    return times.at(f"2021-11-10 {wall}", "Asia/Bangkok")


def person(name: str, organisation: str = NPIC, screen: str = "", proof: str = "registrant id") -> Person:
    return Person(name, organisation, screen or f"{name.lower()}@npic.example", proof)


#: Dara brings the screen of a hall, Vuthy sits beside him; Thida came without her link; Ian stays away.
PEOPLE = (
    person("Dara"),
    person("Sophea"),
    person("Kunthea"),
    person("Bopha"),
    person("Vuthy", screen=HALL, proof="declared"),
    person("Thida", CVT, proof="declared"),
    person("Ian", CVT),
)
SEEN = {
    HALL: [(at("13:20"), at("14:00")), (at("14:10"), at("15:00"))],
    "sophea@npic.example": [(at("14:00"), at("15:00")), (at("14:30"), at("14:40"))],
    **{f"{name}@npic.example": [(at("14:00"), at("15:00"))] for name in ("kunthea", "bopha", "thida", "caller")},
}


def line(one: Person, minutes: int) -> Row:
    known = f"{one.proof} by organiser" if one.proof == "declared" else one.proof
    who = {"Name": one.name, "Organisation": one.organisation}
    return {"Status": "attended", **who, "Minutes": str(minutes), "Known by": known}


def group(by: str, name: str, *counts: str) -> Row:
    figures = dict(zip(("Registered", "Approved", "Attended", "Stayed 60 % or more"), counts, strict=True))
    return {"By": by, "Group": name, **figures}


ROWS: tuple[Row, ...] = (
    *(line(one, 80 if one.screen == HALL else 60) for one in PEOPLE[:-1]),
    {"Status": "absent", "Name": "Ian", "Organisation": CVT, "Minutes": "0", "Known by": ""},
    {"Status": "open", "Name": "iPhone", "Organisation": "", "Minutes": "60", "Known by": "nobody"},
)
GROUPS = (
    group("Everybody", "", "7", "7", "6", "5"),
    group("Organisation", NPIC, "5", "5", "5", "0"),
    group("Organisation", CVT, *["hidden"] * 4),
)


def report(to: str = OFFICER, **other: Any) -> Report:
    values: dict[str, Any] = {
        "preliminary": False,
        "says_changes": False,
        "figure": FIGURE,
        "text": "NPIC 5 of 5",
        "words": "NPIC 5 of 5",
        "endings": frozenset({"xlsx", "csv"}),
        "rows": ROWS if to == OFFICER else GROUPS,
    }
    return Report(to=to, **{**values, **other})


PRELIMINARY = report(preliminary=True, figure="4 attended (4 proven, 0 declared), 2 lines open", rows=ROWS[:4])
FINAL = replace(PRELIMINARY, preliminary=False)
SETTLED = report(says_changes=True)
OUTSIDE = report(DONOR)
REPORTS = (PRELIMINARY, FINAL, replace(OUTSIDE, figure=FINAL.figure), SETTLED, OUTSIDE)
PAPER = Confirmation("dara@npic.example", "Dara", 1, "Yes. Dara attended", "No.")
ERASED = Erased(
    "Bopha",
    "bopha@npic.example",
    before=ROWS,
    after=[{**row, "Name": row["Name"].replace("Bopha", "(erased)")} for row in ROWS],
    outside_before=GROUPS,
    outside_after=GROUPS,
    found=(),
)
GOOD = Evidence(
    people=PEOPLE,
    seen=SEEN,
    opens_at=at("13:30"),
    unsettled=["iPhone"],
    office=frozenset({OFFICER}),
    outside=frozenset({DONOR}),
    corrections=1,
    reports=REPORTS,
    secrets=frozenset({one.name for one in PEOPLE} | {DONOR}),
    confirmation=PAPER,
    erased=ERASED,
)


def reports(last: Report, *others: Report) -> dict[str, Any]:
    """The last report of its reader is this one; `others` come behind."""
    kept = [one for one in REPORTS if one is not (SETTLED if last.to == OFFICER else OUTSIDE)]
    return {"reports": [*kept, last, *others]}


def settled(number: int, **cells: str) -> dict[str, Any]:
    """The last report to the office, with another line of that number."""
    rows = [{**row, **cells} if at == number else row for at, row in enumerate(ROWS)]
    return reports(replace(SETTLED, rows=rows))


def since_erased(**other: Any) -> dict[str, Any]:
    return {"erased": replace(ERASED, **other)}


BAD: Mapping[str, tuple[dict[str, Any], list[str]]] = {
    "P12 mailed twice": (
        reports(SETTLED, SETTLED),
        [f"P12: {OFFICER} got 1 preliminary and 3 final reports, not 1 and 2"],
    ),
    "P12 no preliminary": (
        {"reports": REPORTS[1:]},
        [f"P12: {OFFICER} got 0 preliminary and 2 final reports, not 1 and 2"],
    ),
    "P12 a preliminary for the donor": (
        {"reports": [replace(OUTSIDE, preliminary=True, figure=""), *REPORTS]},
        [f"P12: {DONOR} got 1 preliminary and 2 final reports, not 0 and 2"],
    ),
    "P12 nothing for a reader": (
        {"office": frozenset({OFFICER, "chief@network.example"})},
        ["P12: chief@network.example got 0 preliminary and 0 final reports, not 1 and 2"],
    ),
    "P12 preliminary after final": (
        {"reports": [FINAL, PRELIMINARY, *REPORTS[2:]]},
        [f"P12: {OFFICER} got a preliminary report after a final one"],
    ),
    "P12 changed without a word": (
        reports(replace(SETTLED, says_changes=False)),
        [f"P12: a report to {OFFICER} does not say what changed: {FIGURE}, before {FINAL.figure}"],
    ),
    "P12 without a table": (
        reports(replace(SETTLED, endings=frozenset({"csv"}))),
        [f"P12: {OFFICER} got an attendance report without its tables"],
    ),
    "P13 credited and not there": (
        settled(6, Status="attended", Minutes="10"),
        ["P13: Ian (CVT) is credited with attendance and was not there"],
    ),
    "P13 there and not credited": (
        reports(replace(SETTLED, rows=ROWS[1:])),
        ["P13: Dara (NPIC) was there and is not credited"],
    ),
    "P13 the wrong one of two": (
        settled(5, Name="Ian"),
        [
            "P13: Ian (CVT) is credited with attendance and was not there",
            "P13: Thida (CVT) was there and is not credited",
        ],
    ),
    "P13 twice": (
        reports(replace(SETTLED, rows=[*ROWS, ROWS[0]])),
        ["P13: Dara (NPIC) stands 2 times in the report"],
    ),
    "P13 two devices added": (
        settled(1, Minutes="70"),
        ["P13: Sophea (NPIC) is credited with 1:10:00 and was there for 1:00:00"],
    ),
    "P13 what was before the doors opened": (
        settled(0, Minutes="90"),
        ["P13: Dara (NPIC) is credited with 1:30:00 and was there for 1:20:00"],
    ),
    "P13 other minutes than the screen": (
        settled(4, Minutes="60"),
        ["P13: Vuthy (NPIC) is credited with 1:00:00 and was there for 1:20:00"],
    ),
    "P13 a name as proof": (
        settled(5, **{"Known by": "mail address"}),
        ["P13: Thida (CVT) is known by mail address, not by declared"],
    ),
    "P13 an open line lost": (
        reports(replace(SETTLED, rows=ROWS[:-1])),
        ["P13: open are [], not ['iPhone']"],
    ),
    "P13 another figure": (
        reports(replace(SETTLED, figure="6 attended (6 proven, 0 declared), 1 line open")),
        [f"P13: {OFFICER} reads 6 attended (6 proven, 0 declared), 1 line open, not {FIGURE}"],
    ),
    "P13 another figure outside": (
        reports(replace(OUTSIDE, figure=FINAL.figure)),
        [f"P13: {DONOR} reads {FINAL.figure}, not {FIGURE}"],
    ),
    "P13 no figure": (
        reports(replace(SETTLED, figure="")),
        [f"P13: {OFFICER} reads no figure, not {FIGURE}"],
    ),
    "P13 no figure outside": (
        reports(replace(OUTSIDE, figure="")),
        [f"P13: {DONOR} reads no figure, not {FIGURE}"],
    ),
    "P33 a name outside": (
        reports(replace(OUTSIDE, words="Late: Sophea")),
        [f"P33: the report to {DONOR} names Sophea"],
    ),
    "P33 a small group in the table": (
        reports(replace(OUTSIDE, rows=[group("Organisation", CVT, "5", "5", "1", "0")])),
        [f"P33: the table for {DONOR} shows a small group: Organisation CVT"],
    ),
    "P33 a group of few who registered": (
        reports(replace(OUTSIDE, rows=[group("Organisation", CVT, "0", "0", "0", "0")])),
        [f"P33: the table for {DONOR} shows a small group: Organisation CVT"],
    ),
    "P33 a small group in words": (
        reports(replace(OUTSIDE, text="CVT 1 of 5")),
        [f"P33: the report to {DONOR} shows a small group: 1 of 5"],
    ),
    "P33 few who were late": (
        reports(replace(OUTSIDE, text="Came more than 5 minutes late: 2.")),
        [f"P33: the report to {DONOR} shows a small group: minutes late: 2"],
    ),
    "P13 no confirmation": (
        {"confirmation": replace(PAPER, mails=0)},
        ["P13: dara@npic.example asked for a confirmation of attendance and got 0"],
    ),
    "P13 a true code refused": (
        {"confirmation": replace(PAPER, verified="Perhaps.")},
        ["P13: the code on the confirmation of Dara is not known"],
    ),
    "P13 a forged code taken": (
        {"confirmation": replace(PAPER, forged="Yes. Dara attended")},
        ["P13: a code that nobody was given is taken for a confirmation"],
    ),
    "P33 still at Zoom": (
        since_erased(found=["Zoom's list of registrants"]),
        ["P33: bopha@npic.example is erased and still stands in Zoom's list of registrants"],
    ),
    "P33 figures moved": (
        since_erased(outside_after=GROUPS[:2]),
        ["P33: the figures are others since bopha@npic.example was erased"],
    ),
    "P33 the name stays": (
        since_erased(after=ROWS),
        ["P33: not the name of bopha@npic.example alone has left the report"],
    ),
    "P33 another name goes too": (
        since_erased(after=[{**row, "Name": "(erased)"} for row in ROWS]),
        ["P33: not the name of bopha@npic.example alone has left the report"],
    ),
    "P33 minutes go with the name": (
        since_erased(after=[{**row, "Minutes": "0"} if row["Name"] == "(erased)" else row for row in ERASED.after]),
        [
            "P33: a line of the report is other since bopha@npic.example was erased: "
            "{'Status': 'attended', 'Organisation': 'NPIC', 'Minutes': '60', 'Known by': 'registrant id'}"
        ],
    ),
}


def test_good_evidence_is_good() -> None:
    """Nothing is found where every promise held."""
    assert violations(GOOD) == []


@pytest.mark.parametrize(("change", "found"), BAD.values(), ids=list(BAD))
def test_each_broken_promise_is_found(change: dict[str, Any], found: list[str]) -> None:
    """Evidence that differs in this alone: the promise is named, with who and what, and no other is accused."""
    assert violations(replace(GOOD, **change)) == found
