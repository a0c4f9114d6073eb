"""The report as plain JSON, from which everything is printed, and what it says other than the one before."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from meetbot.core import attendance
from meetbot.core.attendance import State, Tally
from meetbot.core.model import Sex, Status
from tests.core import builders as a
from tests.core.builders import RUNDOWN, bkk, minutes, reading, registrant, session, span
from tests.core.test_attendance import COLLEGE, NPIC, counted, mark


def report(tally: Tally, **other: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"state": State.PRELIMINARY, "source": "zoom's report", "reason": "may still change"}
    return attendance.to_json(tally, **{**values, **other})


def test_the_report_is_plain_json_from_which_everything_is_printed() -> None:
    """Every figure with its place, as letters and tables read it."""
    rows = [
        session("14:00", "15:00", "z1"),
        session("14:00", "14:10", address="x@y.example"),
        session("13:50", "14:00", "z1", in_waiting_room=True),
        session("13:50", "15:00", "z3", name="Interpreter"),
    ]
    people = [
        registrant(1, form=a.form(sex=Sex.FEMALE)),
        registrant(2, "Chan Lina"),
        registrant(3, "Li Interprets", organisation=None, source="interpreter"),
        registrant(4, "A Writer", organisation=None, status=Status.PENDING),
    ]
    tally = counted([reading(*rows)], people, segments=[(RUNDOWN[1], span("14:03", "14:33"))])

    document = report(tally, asked_sex=True, changes=["Attended: 1, in the report before 2."])

    home = {"organisation": NPIC.name, "country": "Cambodia", "constituent": "training institution"}
    group = {"invited": 5, "registered": 2, "approved": 2, "attended": 1, "stayed": 1, "minutes": 60}
    nobody = {"invited": 5, "registered": 0, "approved": 0, "attended": 0, "stayed": 0, "minutes": 0}
    both = {key: value + nobody[key] for key, value in group.items()}
    cell = {"constituent": "training institution", "role": "participant", "sex": None}
    no_one = {"registered": 0, "approved": 0, "attended": 0, "stayed": 0, "seconds": 0}
    assert json.loads(json.dumps(document)) == {
        "schema": 2,
        "meeting": {
            "key": "launch",
            "title": "Launching Ceremony",
            "starts_at": "2021-11-10T07:00:00+00:00",
            "ends_at": "2021-11-10T10:00:00+00:00",
            "zone": "Asia/Bangkok",
            "bilateral": False,
            "seconds": 1980,
        },
        "state": "preliminary",
        "final": False,
        "source": "zoom's report",
        "reason": "may still change",
        "changes": ["Attended: 1, in the report before 2."],
        "remarks": [],
        "invited": 10,
        "registered": 3,
        "approved": 2,
        "attended": 1,
        "proven": 1,
        "declared": 0,
        "stayed": 1,
        "open": 1,
        "late": 0,
        "asked_sex": True,
        "cells": [
            {**cell, "organisation": NPIC.name, "country": "Cambodia", **no_one, "invited": 5, "registered": 1}
            | {"approved": 1},
            {**cell, "organisation": COLLEGE.name, "country": "China", **no_one, "invited": 5},
            {
                **cell,
                "organisation": NPIC.name,
                "country": "Cambodia",
                "sex": "female",
                "invited": 0,
                "registered": 1,
                "approved": 1,
                "attended": 1,
                "stayed": 1,
                "seconds": 3600,
            },
            {
                **dict.fromkeys(("constituent", "country", "organisation"), "Others"),
                "role": "participant",
                "sex": None,
                "invited": 0,
                "registered": 1,
                "approved": 0,
                "attended": 0,
                "stayed": 0,
                "seconds": 0,
            },
        ],
        "organisations": [{"name": NPIC.name, **group}, {"name": COLLEGE.name, **nobody}],
        "countries": [{"name": "Cambodia", **group}, {"name": "China", **nobody}],
        "constituents": [{"name": "training institution", **both}],
        "segments": [
            {
                "key": "welcome",
                "title": "Welcome",
                "planned_start": "2021-11-10T07:00:00+00:00",
                "planned_end": "2021-11-10T07:30:00+00:00",
                "real_start": "2021-11-10T07:03:00+00:00",
                "real_end": "2021-11-10T07:33:00+00:00",
                "present": 1,
            }
        ],
        "presence": [["2021-11-10T07:00:00+00:00", 1], ["2021-11-10T08:00:00+00:00", 0]],
        "peak": {"present": 1, "at": "2021-11-10T07:00:00+00:00"},
        "median_minutes": 60,
        "lines": [
            {
                "key": attendance.line_key("launch", "registrant", "1"),
                "registrant": 1,
                "person": mark("dara@npic.example"),
                "name": "Sok Dara",
                **home,
                "role": "participant",
                "sex": "female",
                "approved": True,
                "proof": "R",
                "said_by": "",
                "said_of": [],
                "joined_at": "2021-11-10T07:00:00+00:00",
                "left_at": "2021-11-10T08:00:00+00:00",
                "seconds": 3600,
                "minutes": 60,
                "segments": ["welcome"],
                "stayed": True,
                "shared_with": None,
                "remark": "",
            }
        ],
        "interpreters": [
            {
                "key": attendance.line_key("launch", "registrant", "3"),
                "registrant": 3,
                "person": mark("interprets@npic.example"),
                "name": "Li Interprets",
                "organisation": "NPIC",
                "country": "not given",
                "constituent": "not given",
                "role": "interpreter",
                "sex": None,
                "approved": True,
                "proof": "R",
                "said_by": "",
                "said_of": [],
                "joined_at": "2021-11-10T06:50:00+00:00",
                "left_at": "2021-11-10T08:00:00+00:00",
                "seconds": 4200,
                "minutes": 70,
                "segments": ["welcome"],
                "stayed": True,
                "shared_with": None,
                "remark": "",
            }
        ],
        "open_lines": [
            {
                "key": attendance.line_key("launch", "x@y.example", "", "iphone"),
                "name": "iPhone",
                "hint": "x…@y.example",
                "joined_at": "2021-11-10T07:00:00+00:00",
                "left_at": "2021-11-10T07:10:00+00:00",
                "minutes": 10,
                "reason": "nobody registered with it",
            }
        ],
        "absent": [
            {
                "person": mark("lina@npic.example"),
                "name": "Chan Lina",
                **home,
                "role": "participant",
                "sex": None,
                "approved": True,
            }
        ],
        "others": [
            {
                "person": mark("writer@npic.example"),
                "organisation": "NPIC",
                "country": "not given",
                "constituent": "not given",
                "role": "participant",
                "sex": None,
                "approved": False,
            }
        ],
        "rows": {"in": 4, "aside": 1},
        "meetings": [],
    }


def test_the_peak_of_a_meeting_without_anybody_has_no_time() -> None:
    """Null, not midnight."""
    assert report(counted([]))["peak"] == {"present": 0, "at": None}


def test_of_a_long_coming_and_going_few_steps_are_kept_and_the_peak_among_them() -> None:
    """Two hundred are enough to draw; the highest and the last are never left out."""
    start = bkk("14:00")
    steps = [(start + minutes(number), 3 if number != 777 else 9) for number in range(1_000)]
    tally = replace(counted([]), presence=tuple(steps), peak=attendance.Peak(9, steps[777][0]))

    presence = report(tally)["presence"]

    assert len(presence) <= 200
    assert [steps[777][0].isoformat(), 9] in presence
    assert presence[-1] == [steps[-1][0].isoformat(), 3]


def test_a_name_that_zoom_damages_is_shown_from_our_list_with_a_remark() -> None:
    """Z-15: question marks and names cut at 64 letters; another name is nobody's mistake."""
    long = "Assoc. Prof. Dr. Somsak " + "Phraakhrupaladsuwatthanaratchabundit " * 2
    names = {"z1": "??? ????", "z2": long[:64], "z3": "My iPad"}
    people = [registrant(1, "សុខ ដារា"), registrant(2, long), registrant(3, "Keo Mali")]

    document = report(
        counted([reading(*(session("14:00", "15:00", id_, name=name) for id_, name in names.items()))], people)
    )

    assert [one["name"] for one in document["lines"]] == ["សុខ ដារា", long, "Keo Mali"]
    assert document["remarks"] == [
        "សុខ ដារា: Zoom shows this name damaged: ??? ????",
        f"{long}: Zoom shows this name cut short: {long[:64]}",
    ]


def test_what_changed_is_said_in_sentences() -> None:
    """Figures that differ, who came to the list, whose minutes are others, what is open now."""
    dara, lina = registrant(1), registrant(2, "Chan Lina")
    early = report(counted([reading(session("14:00", "15:00", "z1"))], [dara, lina]))
    later = report(
        counted(
            [reading(session("14:00", "15:10", "z1"), session("14:00", "15:10", "z2"), session("15:00", "15:10"))],
            [dara, lina],
        ),
        state=State.FINAL,
    )

    assert attendance.changes(early, later) == (
        "Attended: 2, in the preliminary report 1.",
        "Stayed at least 60 % of the time: 2, in the preliminary report 1.",
        "Lines open: 1, in the preliminary report 0.",
        "Now attended, proven: Chan Lina.",
        "Other minutes: Sok Dara 70 (were 60).",
        "Now open: iPhone.",
    )


def test_a_report_like_the_one_before_says_of_no_change() -> None:
    """Final after preliminary, the same figures: nothing is made up."""
    tally = counted([reading(session("14:00", "15:00", "z1"))], [registrant()])

    assert attendance.changes(report(tally), report(tally, state=State.FINAL)) == ()


def test_of_many_names_ten_are_said_and_how_many_more() -> None:
    """Proof that came, somebody who is not counted any more, and a long list cut short."""
    hall = session("14:00", "15:00", name="Hall")
    everybody = [registrant(number, f"Person {number:02}") for number in range(1, 14)]
    key = counted([reading(hall)]).open[0].key
    was = counted([reading(hall, session("14:00", "15:00", "z2"))], everybody, declarations=[declared(key, 1)])
    now = counted([reading(*(session("14:00", "15:00", f"z{one.id}") for one in everybody if one.id != 2))], everybody)

    assert attendance.changes(report(was), report(now)) == (
        "Attended: 12, in the report before 2.",
        "Stayed at least 60 % of the time: 12, in the report before 2.",
        "Now attended, proven: Person 03, Person 04, Person 05, Person 06, Person 07, Person 08, Person 09, Person 10, "
        "Person 11, Person 12 and 1 more.",
        "Now proven: Person 01.",
        "Not counted any more: Person 02.",
    )


def test_whom_one_person_declared_stand_in_one_sentence() -> None:
    """Twelve before one screen would else be twelve times the same words."""
    hall, phone = session("14:00", "15:00", name="Hall"), session("14:00", "15:00", name="Phone")
    dara, lina, mali = (registrant(number, name) for number, name in enumerate(("Dara", "Lina", "Mali"), 1))
    was = counted([reading(hall, phone)], [dara, lina, mali])
    screens = {one.name: one.key for one in was.open}
    said = [declared(screens["Hall"], 1), declared(screens["Hall"], 3, "Focal"), declared(screens["Phone"], 2)]

    now = counted([reading(hall, phone)], [dara, lina, mali], declarations=said)

    assert attendance.changes(report(was), report(now))[-2:] == (
        "Now attended, declared by Officer: Dara, Lina.",
        "Now attended, declared by Focal: Mali.",
    )


def declared(line: str, registrant: int, by: str = "Officer") -> attendance.Declaration:
    return attendance.Declaration(1, line, registrant, "Person 01", "npic", None, by, bkk("18:00"))
