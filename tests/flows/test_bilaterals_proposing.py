"""Pairs come in, sides answer, times are found in a process apart and offered to both."""

from __future__ import annotations

from dataclasses import replace

import pytest

from meetbot.core.bilaterals import Delegate, State
from meetbot.core.delegations import Pairing, Wish
from meetbot.errors import UserError
from meetbot.flows import bilaterals
from tests.flows import bilateral_stage as told
from tests.flows.stage import Stage

pytestmark = pytest.mark.every_database


@pytest.fixture(autouse=True)
async def bilateral_programme(stage: Stage) -> None:
    await stage.apply(told.TEXT)


async def test_A01_the_same_list_twice_is_taken_in_once(stage: Stage) -> None:
    """Whichever side is named first."""
    first = await told.pair_up(stage, ("m1", "c1"), ("m2", "c2"))
    again = await told.pair_up(stage, ("c1", "m1"), ("m2", "c2"))

    assert (first, again) == (bilaterals.TakenIn(2, 0, 0), bilaterals.TakenIn(0, 0, 2))
    assert sorted(await told.pairs(stage)) == ["c1+m1", "c2+m2"]


async def test_A04_an_unknown_organisation_is_refused_and_nothing_is_taken_in(stage: Stage) -> None:
    """The whole list or none of it."""
    with pytest.raises(UserError, match="'nobody' is no organisation of the programme"):
        await told.pair_up(stage, ("m1", "c1"), ("m1", "nobody"))

    assert await told.pairs(stage) == {}


async def test_a_pair_that_must_not_meet_loses_the_time_proposed_to_it(stage: Stage) -> None:
    """It stays as a pair, and no time is sought for it."""
    await told.pair_up(stage, ("m1", "c1"))
    await told.answer(stage, "m1", told.ONE_HOUR)
    await told.answer(stage, "c1", told.ONE_HOUR)
    await told.propose(stage)

    never = [Pairing("m1", "c1", Wish.NO)]
    await bilaterals.take_in(stage.app.store, await stage.programme(), never, now=stage.now, by="test")
    found = await told.propose(stage)

    assert await told.states(stage) == {"c1+m1": (State.WAITING, "the two must not meet")}
    assert (dict(found.schedule.placed), dict(found.schedule.left)) == ({}, {})


async def test_a_time_that_both_can_is_proposed_to_both_in_one_letter_each(stage: Stage) -> None:
    """Not a letter more, and the pair has the hour that both said."""
    await told.pair_up(stage, ("m1", "c1"))
    await told.answer(stage, "m1", told.ONE_HOUR)
    await told.answer(stage, "c1", told.MORNING)

    await told.propose(stage)
    await stage.run_due()

    pair = (await told.pairs(stage))["c1+m1"]
    assert (pair.state, pair.starts_at, pair.revision) == (State.PROPOSED, told.wall("2021-11-15 09:00"), 1)
    assert sorted(mail.to for mail in stage.mails()) == ["focal@c1.example", "focal@m1.example"]


async def test_looking_again_moves_nothing_and_tells_nobody(stage: Stage) -> None:
    """A time that did not change keeps its revision, and what a side has agreed to."""
    await told.pair_up(stage, ("m1", "c1"))
    await told.answer(stage, "m1", told.MORNING)
    await told.answer(stage, "c1", told.MORNING)
    await told.propose(stage)
    await bilaterals.agree(stage.app.store, await stage.programme(), "c1+m1", "m1", revision=1, now=stage.now)
    before = await told.pairs(stage)

    await told.propose(stage)
    await stage.run_due()

    assert await told.pairs(stage) == before
    assert len(stage.mails()) == 2


async def test_whoever_has_not_answered_is_named_and_what_cannot_be_is_stuck_with_the_nearest_times(
    stage: Stage,
) -> None:
    """A reason that a person can act on."""
    await told.pair_up(stage, ("m1", "c1"), ("m2", "c2"))
    await told.answer(stage, "m1", ("2021-11-15 09:00", "2021-11-15 10:00"))
    await told.answer(stage, "c1", ("2021-11-15 09:30", "2021-11-15 10:30"))
    await told.answer(stage, "c2", told.MORNING)

    await told.propose(stage)

    assert await told.states(stage) == {
        "c1+m1": (
            State.STUCK,
            "no common free time; nearest, College c1 can on Mon 15 Nov 2021, 10:30–11:30 Shanghai (UTC+8) and "
            "College m1 can on Mon 15 Nov 2021, 08:30–09:30 Yangon (UTC+6:30): "
            "30 min more of one of them would do",
        ),
        "c2+m2": (State.WAITING, "College m2 has not answered"),
    }


async def test_an_answer_that_changes_takes_back_what_was_proposed_and_the_same_answer_does_not(stage: Stage) -> None:
    """The same answer twice is one answer."""
    await told.pair_up(stage, ("m1", "c1"))
    await told.answer(stage, "m1", told.ONE_HOUR)
    await told.answer(stage, "c1", told.MORNING)
    await told.propose(stage)
    before = await told.states(stage)

    await told.answer(stage, "m1", told.ONE_HOUR)
    same = await told.states(stage)
    await told.answer(stage, "m1", ("2021-11-15 10:00", "2021-11-15 11:00"))

    assert same == before
    assert await told.states(stage) == {
        "c1+m1": (State.WAITING, "College m1 can no longer at the time that was proposed")
    }


async def test_an_answer_after_the_deadline_is_taken_and_said_to_be_late(stage: Stage) -> None:
    """One minute before the deadline, and on it."""
    stage.leap("2021-11-12 16:59")
    in_time = await told.answer(stage, "m1", told.ONE_HOUR)
    stage.leap("2021-11-12 17:00")
    late = await told.answer(stage, "m1", told.MORNING)

    assert (in_time, late) == (False, True)
    known = await bilaterals.known(stage.app.store, "m1")
    assert known.availability == replace(told.said(stage, "m1", told.MORNING), answered_at=stage.now)


async def test_A07_what_changed_while_times_were_looked_for_is_left_as_it_is(stage: Stage) -> None:
    """That pair only."""
    await told.pair_up(stage, ("m1", "c1"), ("m2", "c2"))
    for key in ("m1", "c1"):
        await told.answer(stage, key, told.ONE_HOUR)
    for key in ("m2", "c2"):
        await told.answer(stage, key, ("2021-11-16 09:00", "2021-11-16 10:00"))
    programme = await stage.programme()
    found = await bilaterals.find(stage.app.store, programme, now=stage.now, seconds=60)
    stage.leap("2021-11-03 09:01")
    await told.answer(stage, "m1", told.MORNING)

    came = await bilaterals.propose(stage.app.store, programme, found, now=stage.now, by="test")

    assert came == bilaterals.Proposed({State.PROPOSED: 1}, {"c1+m1": "it changed while times were looked for"})


async def test_a_delegation_that_is_named_is_known(stage: Stage) -> None:
    """Instead of whoever was named before."""
    people = [Delegate("m1", "Daw Khin", "khin@m1.example"), Delegate("m1", "U Ba", "ba@m1.example")]

    await bilaterals.name_delegation(stage.app.store, "m1", people[:1], now=stage.now)
    await bilaterals.name_delegation(stage.app.store, "m1", people, now=stage.now)

    assert (await bilaterals.known(stage.app.store, "m1")).delegates == tuple(people)
