"""Why a pair has no time, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from meetbot.core.bilaterals import Availability, Blocker, Can, explain, question, solver
from meetbot.core.model import Host, Interpreter
from meetbot.core.times import Interval
from tests.core.bilaterals import builders

SPEAKING = (
    replace(builders.CVT, speaks=("Burmese", "English")),
    replace(builders.YUNNAN, speaks=("Chinese",)),
)
PROGRAMME = builders.programme(*SPEAKING)


def reason(*blockers: Blocker, opening: Interval | None = None, **known: Availability) -> str:
    answers = known or {key: builders.always(key) for key in builders.SIDES}
    plan = PROGRAMME.bilaterals
    assert plan is not None
    return explain.reason(
        PROGRAMME, plan, builders.known(availabilities=answers), builders.pair(), blockers, opening=opening
    )


def can(organisation: str, start: str, end: str) -> Availability:
    return Availability(organisation, ((builders.between(start, end), Can.YES),), builders.NOW, "focal point")


def test_whoever_has_not_answered_is_named_first() -> None:
    """Nothing else matters until then."""
    assert reason(Blocker("hosts", steps=3), cvt=builders.always("cvt")) == "YUNNAN has not answered"


def test_without_a_common_time_the_nearest_two_are_shown_each_on_its_own_clock() -> None:
    """With what would help."""
    said = reason(Blocker("no common time"), cvt=can("cvt", "09:00", "12:00"), yunnan=can("yunnan", "12:30", "15:00"))

    assert said == (
        "no common free time; nearest, CVT can on Mon 15 Nov 2021, 08:30–11:30 Yangon (UTC+6:30) and "
        "YUNNAN can on Mon 15 Nov 2021, 13:30–16:00 Shanghai (UTC+8): 1 h 30 min more of one of them would do"
    )


def test_a_side_that_gave_no_hour_of_its_working_day_is_asked_for_one() -> None:
    """03:00 in the morning is no time to meet."""
    said = reason(Blocker("no common time"), cvt=can("cvt", "03:00", "05:00"), yunnan=builders.always("yunnan"))

    assert said == "CVT gave no time within the working hours: ask for one"


@pytest.mark.parametrize(
    ("blocker", "said"),
    [
        (Blocker("delegation", "cvt", 2), "CVT has other meetings when both could"),
        (Blocker("day full", "cvt", 1), "CVT has its 4 bilaterals of the day already when both could"),
        (Blocker("hosts", steps=1), "all hosts hold other meetings when both could"),
        (
            Blocker("interpreters", "i@x.example", 1),
            "no Burmese or English–Chinese interpreter is free when both could",
        ),
        (
            Blocker("calls", steps=1),
            "the hosts may create no more meetings until then (Zoom allows each 100 calls a day)",
        ),
    ],
)
def test_each_obstacle_has_words_and_a_time_that_would_be_possible(blocker: Blocker, said: str) -> None:
    """Nobody is named by an address."""
    found = reason(blocker, opening=builders.between("13:30", "15:00"))

    assert found == f"{said}: possible on Mon 15 Nov 2021, 13:30–15:00 Bangkok (UTC+7), if both can then"


@pytest.mark.parametrize(
    ("blocker", "helps"),
    [
        (Blocker("delegation", "cvt"), "no other time of these days is possible; add a day"),
        (Blocker("hosts"), "add a host to the programme"),
        (Blocker("interpreters", "i@x.example"), "add an interpreter to the programme"),
        (Blocker("calls"), "choose later days, or add a host to the programme"),
    ],
)
def test_without_such_a_time_what_is_missing_is_named(blocker: Blocker, helps: str) -> None:
    """What a person would have to add."""
    assert reason(blocker).endswith(f": {helps}")


def test_languages_that_nobody_interprets_need_somebody_whatever_the_time() -> None:
    """Another time would not help."""
    said = reason(Blocker("interpreters", "", 3), opening=builders.between("13:30", "15:00"))

    assert said == "no Burmese or English–Chinese interpreter is known: add an interpreter to the programme"


def test_obstacles_none_of_which_stands_alone_are_all_named() -> None:
    """To mend one of them would not help."""
    said = reason(Blocker("delegation", "cvt"), Blocker("day full", "yunnan"))

    assert said == (
        "CVT has other meetings when both could and YUNNAN has its 4 bilaterals of the day already when both could: "
        "no other time of these days is possible; add a day"
    )


def test_of_obstacles_at_different_times_all_are_named_and_the_easiest_is_mended() -> None:
    """One more host would do, though it is not hosts alone that stand in the way."""
    said = reason(Blocker("hosts", steps=1), Blocker("day full", "yunnan"))

    assert said == (
        "all hosts hold other meetings when both could and YUNNAN has its 4 bilaterals of the day already when both "
        "could: add a host to the programme"
    )


def test_the_afternoon_on_which_an_interpreter_is_free_is_named() -> None:
    """Both can only in the morning, in which the one interpreter has another bilateral; nothing but hours of work is
    offered, and no lunch of either side."""
    interpreter = Interpreter("Lin", "lin@x.example", ("English", "Chinese"))
    plan = builders.plan(interpreters=(interpreter,))
    programme = builders.programme(*SPEAKING, bilaterals=plan, hosts=(Host("one@x.example"), Host("two@x.example")))
    taken = builders.meeting(
        "other", builders.between("09:00", "13:00"), interpreters=(interpreter,), delegations=("x",)
    )
    known = builders.known(
        availabilities={key: can(key, "09:00", "10:30") for key in builders.SIDES}, meetings=(taken,)
    )
    problem = question.problem(programme, plan, known, builders.NOW)
    schedule = solver.solve(problem, rounds=1)

    said = explain.all_reasons(programme, plan, known, problem, schedule, builders.NOW)

    assert said == {
        "cvt+yunnan": "no Burmese or English–Chinese interpreter is free when both could: "
        "possible on Mon 15 Nov 2021, 13:30–16:00 Bangkok (UTC+7), if both can then"
    }
