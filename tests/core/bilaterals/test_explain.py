"""Why a pair has no time, in words."""

from __future__ import annotations

import pytest

from meetbot.core.bilaterals import Availability, Blocker, Can, explain
from tests.core.bilaterals import builders

PROGRAMME = builders.programme()


def reason(*blockers: Blocker, **known: Availability) -> str:
    answers = known or {key: builders.always(key) for key in builders.SIDES}
    plan = PROGRAMME.bilaterals
    assert plan is not None
    return explain.reason(PROGRAMME, plan, builders.known(availabilities=answers), builders.pair(), blockers)


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
        (Blocker("delegation", "cvt", 2), "CVT has other meetings when both could; without that, 2 times"),
        (Blocker("day full", "cvt", 1), "CVT has its 4 bilaterals of the day already when both could; "),
        (Blocker("hosts", steps=1), "all hosts hold other meetings when both could: add a host to the programme; "),
        (Blocker("interpreters", "i@x.example", 1), "no interpreter is free when both could (i@x.example); "),
        (Blocker("calls", steps=1), "the hosts may create no more meetings until then: Zoom allows each 100 calls"),
    ],
)
def test_each_obstacle_has_words_and_says_what_would_be_possible_without_it(blocker: Blocker, said: str) -> None:
    """One that stands alone in the way is the one to mend."""
    found = reason(blocker, Blocker("day full", "yunnan"))

    assert found.startswith(said)
    assert found.endswith(f"without that, {'2 times' if blocker.steps == 2 else 'one time'} would be possible")


def test_obstacles_none_of_which_stands_alone_are_all_named() -> None:
    """To mend one of them would not help."""
    said = reason(Blocker("delegation", "cvt"), Blocker("day full", "yunnan"))

    assert said == (
        "CVT has other meetings when both could; YUNNAN has its 4 bilaterals of the day already when both could"
    )
