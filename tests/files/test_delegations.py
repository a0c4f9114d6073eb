"""Bilaterals in the programme file: what becomes of them, and what is said of a mistake."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from meetbot.core import delegations, model, times
from meetbot.files import programme
from tests.files.builders import RIGHT

PLAN = """\
bilaterals:
  title: Peer sessions
  after: talk
  sides: [[npic], [yunnan]]
  pairs:
    - {a: npic, b: yunnan, wish: must, weight: 3}
  from: 2030-03-11
  to: 2030-03-15
  answers_by: 2030-03-08 17:00
  minutes: 45
  step: 15 minutes
  rest: 10 minutes
  most_a_day: 2
  hours:
    China: {from: 9:00, to: 18:00, lunch: [11:30, 13:30], weekdays: [Mon, Sat]}
  interpreters:
    - {name: Ms Lin, address: lin@words.example, languages: [English, Chinese]}
"""
ASKED = RIGHT
for key, speaks in (("Cambodia", "English"), ("China", "Chinese")):
    ASKED = ASKED.replace(
        f"    country: {key}\n",
        f"    country: {key}\n    speaks: [{speaks}]\n"
        f"    focal_point: {{name: Ms Focal, address: focal@{key.lower()}.example, "
        f"telephone: +855 23, language: km}}\n",
    )


def said(*changes: tuple[str, str], of: str = ASKED + PLAN) -> list[str]:
    for old, new in changes:
        assert old in of
        of = of.replace(old, new, 1)
    found = programme.parse(of, "p.yaml").problems
    return [f"{problem.line.strip()}: {'remark: ' if problem.warning else ''}{problem.what}" for problem in found]


def test_right_plan_becomes_the_noun() -> None:
    """The deadline is an instant, hours stay wall times, and nothing is pointed out."""
    reading = programme.parse(ASKED + PLAN, "p.yaml")

    assert reading.problems == ()
    assert reading.programme is not None
    assert reading.programme.bilaterals == model.Bilaterals(
        title="Peer sessions",
        after="talk",
        when="",
        sides=(("npic",), ("yunnan",)),
        pairs=(delegations.Pairing("npic", "yunnan", delegations.Wish.MUST, 3),),
        first_on=date(2030, 3, 11),
        last_on=date(2030, 3, 15),
        answers_by=times.at("2030-03-08 17:00", "Asia/Bangkok"),
        duration=timedelta(minutes=45),
        step=timedelta(minutes=15),
        rest=timedelta(minutes=10),
        most_a_day=2,
        hours={
            "China": delegations.WorkingHours(time(9), time(18), (time(11, 30), time(13, 30)), frozenset({0, 5})),
        },
        interpreters=(model.Interpreter("Ms Lin", "lin@words.example", ("English", "Chinese")),),
    )
    assert reading.programme.organisations["npic"].speaks == ("English",)
    assert reading.programme.organisations["npic"].focal_point == delegations.FocalPoint(
        "Ms Focal", "focal@cambodia.example", "+855 23", "km"
    )


def test_what_is_left_out_is_as_the_nouns_have_it() -> None:
    """One default, in one place."""
    short = "bilaterals:\n  title: Peer sessions\n  after: talk\n  hours: {China: {lunch: []}}\n"
    plan = programme.load(RIGHT + short, "p.yaml").bilaterals

    assert plan == model.Bilaterals("Peer sessions", "talk", "", hours={"China": delegations.WorkingHours(lunch=None)})


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("to: 2030-03-15", "to: 2030-03-10", "to: 2030-03-10: the last day 2030-03-10 is before the first, 2030-03-11"),
        ("  to: 2030-03-15\n", "", "from: 2030-03-11: it has 'from' and no 'to'"),
        (
            "by: 2030-03-08 17:00",
            "by: 2030-03-11 08:00",
            "answers_by: 2030-03-11 08:00: answers are awaited until 2030-03-11, when the first day has come",
        ),
        ("by: 2030-03-08 17:00", "by: 17:00", "answers_by: 17:00: the deadline needs its day"),
        ("from: 2030-03-11", "from: 11/3/2030", "from: 11/3/2030: '11/3/2030' is not a date"),
        ("minutes: 45", "minutes: 0", "minutes: 0: each takes 0 minutes"),
        ("step: 15", "step: 0", "step: 0 minutes: such a step cuts no working day into times"),
        ("most_a_day: 2", "most_a_day: 0", "most_a_day: 0: 0 a day: nobody would ever meet"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(old: str, new: str, problem: str) -> None:
    """One mistake, one problem, in its line."""
    assert said((old, new)) == [problem]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("to: 18:00", "to: 8:00", "they end at 08:00, not after their start at 09:00"),
        ("[11:30, 13:30]", "[8:30, 9:30]", "lunch does not lie within 09:00 to 18:00"),
        ("[11:30, 13:30]", "[11:30]", "lunch has a start and an end"),
        ("[Mon, Sat]", "[]", "there is no working day"),
        ("[Mon, Sat]", "[Monday]", "'Monday' is not known here"),
        ("from: 9:00", "from: 2030-03-11 09:00", "'2030-03-11 09:00' has a day"),
    ],
)
def test_hours_nobody_can_be_met_in_are_refused(old: str, new: str, what: str) -> None:
    """Also a day among the clock times."""
    [problem] = said((old, new))

    assert problem.endswith(f": {what}")


def test_a_pair_stands_once_whichever_side_comes_first() -> None:
    """Turned round it is the same pair."""
    turned = ("weight: 3}\n", "weight: 3}\n    - {b: npic, a: yunnan}\n")

    assert said(turned) == ["- {b: npic, a: yunnan}: yunnan and npic are a pair already in line 45"]


def test_a_pair_is_of_two_organisations_of_some_weight() -> None:
    """Nobody meets itself, and nothing is written down that is never placed."""
    assert said(("b: yunnan,", "b: npic,")) == [
        "- {a: npic, b: npic, wish: must, weight: 3}: 'npic' cannot meet itself"
    ]
    assert said(("weight: 3", "weight: 0")) == [
        "- {a: npic, b: yunnan, wish: must, weight: 0}: a pair without weight is never placed"
    ]


def test_what_is_perhaps_not_meant_is_pointed_out() -> None:
    """A pair within a side, days before the meeting they follow or of no work, a country and a language of nobody."""
    assert said(("[[npic], [yunnan]]", "[[npic, yunnan]]")) == [
        "- {a: npic, b: yunnan, wish: must, weight: 3}: remark: npic and yunnan are on the same side"
    ]
    assert said(("date: 2030-03-06", "date: 2030-03-12")) == [
        "from: 2030-03-11: remark: they begin on 2030-03-11, before Peer talk, which they follow"
    ]
    assert said(("from: 2030-03-11", "from: 2030-03-16"), ("to: 2030-03-15", "to: 2030-03-16")) == [
        "from: 2030-03-16: remark: nobody in Cambodia works on any day from 2030-03-16 to 2030-03-16"
    ]
    assert said(("    China: {from", "    Chinaa: {from")) == [
        "Chinaa: {from: 9:00, to: 18:00, lunch: [11:30, 13:30], weekdays: [Mon, Sat]}: remark: "
        "no organisation is in Chinaa"
    ]
    assert said(("speaks: [English]", "speaks: [Khmer]")) == [
        "- {name: Ms Lin, address: lin@words.example, languages: [English, Chinese]}: remark: "
        "no delegation speaks English"
    ]


def test_who_cannot_be_asked_is_named() -> None:
    """One remark for all of them."""
    assert said(
        ("    speaks: [English]\n", ""), of=RIGHT + PLAN.split("  interpreters")[0] + "#     speaks: [English]\n"
    ) == ["bilaterals:: remark: nobody can be asked for npic, yunnan"]
