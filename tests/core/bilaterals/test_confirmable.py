"""Whether what was proposed is still possible, looked at just before it is confirmed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from meetbot.core.bilaterals import Pair, State
from meetbot.core.bilaterals.confirmable import Confirmable, confirmable
from meetbot.core.model import Host, Interpreter, Programme
from tests.core.bilaterals import builders

NINE = builders.wall("09:00")
LIN, WANG = (Interpreter(name, f"{name.lower()}@x.example", ("English", "Chinese")) for name in ("Lin", "Wang"))
VEDI, TIANJIN = (
    builders.organisation(key, country, zone)
    for key, country, zone in (("vedi", "Lao PDR", "Asia/Vientiane"), ("tianjin", "China", "Asia/Shanghai"))
)
FOUR = (builders.CVT, builders.YUNNAN, VEDI, TIANJIN)
TWO = (Host("one@x.example"), Host("two@x.example"))


def proposed(a: str = "cvt", b: str = "yunnan", starts_at: datetime = NINE, **other: Any) -> Pair:
    return builders.pair(a, b, **{"state": State.PROPOSED, "starts_at": starts_at, "revision": 1, **other})


def asked(*pairs: Pair, now: datetime = builders.NOW, programme: Programme | None = None, **known: Any) -> Confirmable:
    """All of the proposed ones are wanted."""
    programme = programme or builders.programme(*FOUR, hosts=TWO)
    assert programme.bilaterals is not None
    wanted = [one.key for one in pairs if one.state not in (State.AGREED, State.CREATED)]
    return confirmable(programme, programme.bilaterals, builders.known(*pairs, **known), wanted, now)


def refused(why: str, key: str = "cvt+yunnan") -> Confirmable:
    return Confirmable((), {key: why})


def test_what_nothing_stands_in_the_way_of_is_possible() -> None:
    """As it was proposed."""
    assert asked(proposed()) == Confirmable((proposed(),), {})


def test_what_is_not_proposed_cannot_be_confirmed() -> None:
    """Nor can what nobody knows."""
    programme = builders.programme(*FOUR)
    assert programme.bilaterals is not None
    known = builders.known(builders.pair())

    found = confirmable(programme, programme.bilaterals, known, ["cvt+yunnan", "x+y"], builders.NOW)

    assert found == Confirmable((), {"cvt+yunnan": "no time is proposed to it", "x+y": "no time is proposed to it"})


@pytest.mark.parametrize("minutes", [0, 1])
def test_T17_a_day_of_notice_is_needed_to_the_minute(minutes: int) -> None:
    """Exactly a day ahead is enough, a minute less is not."""
    found = asked(proposed(), now=NINE - timedelta(days=1) + timedelta(minutes=minutes))

    late = refused("its time is less than a day ahead, so that nobody could be told in time")
    assert found == (late if minutes else Confirmable((proposed(),), {}))


def test_another_meeting_of_one_side_stands_in_the_way_and_is_named() -> None:
    """The programme has put one there since."""
    taken = builders.meeting("visit", builders.between("09:30", "10:30"), delegations=("yunnan", "x"))

    assert asked(proposed(), meetings=(taken,)) == refused("YUNNAN has another meeting at that time by now")


def test_an_agreed_bilateral_of_one_side_stands_in_the_way() -> None:
    """Also within the rest that is kept between two."""
    standing = builders.pair("cvt", "tianjin", state=State.AGREED, starts_at=NINE + timedelta(minutes=60))
    programme = builders.programme(*FOUR, bilaterals=builders.plan(rest=timedelta(minutes=15)), hosts=TWO)

    found = asked(proposed(), standing, programme=programme)

    assert found == refused("CVT has another meeting at that time by now")


def test_F61_of_two_for_the_only_host_the_first_is_possible() -> None:
    """By time, then by key; the other hears why."""
    found = asked(proposed("vedi", "tianjin"), proposed(), programme=builders.programme(*FOUR))

    assert found == Confirmable((proposed(),), {"vedi+tianjin": "all hosts hold other meetings at that time by now"})


def test_an_interpreter_who_is_taken_by_now_is_replaced_and_the_time_stays() -> None:
    """One who still can stays; without anybody the pair is refused."""
    plan = builders.plan(interpreters=(LIN, WANG))
    sides = (replace(builders.CVT, speaks=("English",)), replace(builders.YUNNAN, speaks=("Chinese",)))
    programme = builders.programme(*sides, bilaterals=plan, hosts=TWO)
    busy = {one.address: (builders.between("08:00", "12:00"),) for one in (LIN, WANG)}
    pair = proposed(interpreter=LIN.address)

    kept = asked(pair, programme=programme)
    other = asked(pair, programme=programme, busy={LIN.address: busy[LIN.address]})
    nobody = asked(pair, programme=programme, busy=busy)

    assert kept == Confirmable((pair,), {})
    assert other == Confirmable((replace(pair, interpreter=WANG.address),), {})
    assert nobody == refused("no interpreter is free at that time any more")


def test_a_time_of_days_that_are_not_those_of_the_bilaterals_any_more_is_refused() -> None:
    """The programme was changed since."""
    later = proposed(starts_at=NINE + timedelta(days=7))

    assert list(asked(later).refused) == ["cvt+yunnan"]
    assert asked(later).pairs == ()


def test_a_side_that_can_no_longer_is_reason_enough() -> None:
    """Its answer was changed since."""
    answers = {"cvt": builders.always("cvt"), "yunnan": replace(builders.always("yunnan"), said=())}

    assert asked(proposed(), availabilities=answers) == refused("one side can no longer at that time")
