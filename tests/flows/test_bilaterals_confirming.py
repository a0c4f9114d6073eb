"""A proposed time becomes a meeting at Zoom with links for both delegations, or is refused with a reason."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from meetbot.core.bilaterals import Delegate, State
from meetbot.core.model import Sex
from meetbot.errors import UserError
from meetbot.flows import bilaterals
from meetbot.store import bilaterals as store_bilaterals
from meetbot.store import registration
from tests.flows import bilateral_stage as told
from tests.flows.stage import Stage, form

pytestmark = pytest.mark.every_database


@pytest.fixture(autouse=True)
async def bilateral_programme(stage: Stage) -> None:
    await stage.apply(told.TEXT)


async def proposed(stage: Stage, *sides: tuple[str, str], spans: tuple[str, str] = told.ONE_HOUR) -> None:
    await told.pair_up(stage, *sides)
    for key in sorted({side for pair in sides for side in pair}):
        await told.answer(stage, key, spans)
    await told.propose(stage, tell=False)


async def agree(stage: Stage, organisation: str, *, key: str = "c1+m1", revision: int = 1) -> None:
    programme = await stage.programme()
    await bilaterals.agree(stage.app.store, programme, key, organisation, revision=revision, now=stage.now)


def bilaterals_at_zoom(stage: Stage) -> list[str]:
    return [one.topic for one in stage.at_zoom() if one.topic.startswith("Bilateral")]


async def test_both_sides_agree_and_each_person_gets_their_own_link(stage: Stage) -> None:
    """One meeting at Zoom; a side that named nobody comes with its focal point; then it is held, and reported."""
    people = [Delegate("m1", "Daw Khin", "khin@m1.example")]
    await bilaterals.name_delegation(stage.app.store, "m1", people, now=stage.now)
    await proposed(stage, ("m1", "c1"))

    await agree(stage, "m1")
    one_side = await told.states(stage)
    await agree(stage, "c1")
    await agree(stage, "c1")
    await stage.run_due()

    assert one_side == {"c1+m1": (State.PROPOSED, "College m1 has agreed")}
    assert bilaterals_at_zoom(stage) == ["Bilateral: College c1 – College m1"]
    links = {mail.to for mail in stage.mails() if "https://" in mail.text and "/w/" in mail.text}
    assert links == {"khin@m1.example", "focal@c1.example"}
    await stage.until("2021-11-03 09:05")
    assert await told.states(stage) == {"c1+m1": (State.CREATED, "its meeting stands at Zoom")}
    stage.leap("2021-11-15 10:00")
    await stage.run_due()
    assert (await told.pairs(stage))["c1+m1"].state is State.HELD


@pytest.mark.parametrize("asks", [True, False])
async def test_the_sex_that_a_focal_point_gave_is_registered_only_where_the_programme_asks(
    stage: Stage, asks: bool
) -> None:
    """So that the donor's table of a bilateral can count by it."""
    await stage.apply(told.TEXT.replace("quota: 2}", f"quota: 2, ask_sex: {'yes' if asks else 'no'}}}"))
    people = [Delegate("m1", "Daw Khin", "khin@m1.example", sex=Sex.FEMALE)]
    await bilaterals.name_delegation(stage.app.store, "m1", people, now=stage.now)
    await proposed(stage, ("m1", "c1"))

    await told.confirm(stage, ["c1+m1"])

    async with stage.app.store.reading() as tx:
        everyone = await registration.listing(tx, "c1+m1")
    sexes = {one.form.name: one.form.sex for one in everyone}
    assert sexes == {"Daw Khin": Sex.FEMALE if asks else None, "Focal c1": None}


async def test_somebody_named_after_the_agreement_gets_a_link_too(stage: Stage) -> None:
    """Those who have one keep it."""
    await proposed(stage, ("m1", "c1"))
    await told.confirm(stage, ["c1+m1"])
    await stage.run_due()

    people = [Delegate("m1", "Daw Khin", "khin@m1.example")]
    await bilaterals.name_delegation(stage.app.store, "m1", people, now=stage.now)
    await stage.run_due()

    assert len(stage.mails("khin@m1.example")) == 1


async def test_A07_a_time_that_is_no_longer_proposed_cannot_be_agreed_to(stage: Stage) -> None:
    """Neither by an old page, nor by an organisation that is not of the pair."""
    await proposed(stage, ("m1", "c1"))
    before = await told.pairs(stage)

    with pytest.raises(UserError, match="no longer the one that is proposed"):
        await agree(stage, "m1", revision=0)
    with pytest.raises(UserError, match="no such bilateral of your organisation"):
        await agree(stage, "m2")

    assert await told.pairs(stage) == before


async def test_a_time_that_was_declined_is_not_proposed_to_that_side_again(stage: Stage) -> None:
    """Another hour that both can is."""
    await proposed(stage, ("m1", "c1"), spans=told.MORNING)
    first = (await told.pairs(stage))["c1+m1"].starts_at
    programme = await stage.programme()

    await bilaterals.decline(stage.app.store, programme, "c1+m1", "m1", revision=1, now=stage.now, reason="exams")
    declined = await told.states(stage)
    await told.propose(stage, tell=False)

    pair = (await told.pairs(stage))["c1+m1"]
    assert declined == {"c1+m1": (State.WAITING, "College m1 has declined: exams")}
    assert {first, pair.starts_at} == {told.wall("2021-11-15 09:00"), told.wall("2021-11-15 10:00")}
    assert (pair.state, pair.revision) == (State.PROPOSED, 2)


async def test_P06_confirming_twice_makes_one_meeting(stage: Stage) -> None:
    """The second time there is nothing to confirm."""
    await proposed(stage, ("m1", "c1"))

    first = await told.confirm(stage, ["c1+m1"])
    again = await told.confirm(stage, ["c1+m1"])
    await stage.run_due()

    assert first == bilaterals.Confirmed(("c1+m1",), {})
    assert again == bilaterals.Confirmed((), {"c1+m1": "no time is proposed to it"})
    assert bilaterals_at_zoom(stage) == ["Bilateral: College c1 – College m1"]


async def test_L22_people_who_are_taken_in_beside_a_confirmation_are_all_there(stage: Stage) -> None:
    """A list for the launch and the bilateral's own people at the same moment: each is registered once."""
    await proposed(stage, ("m1", "c1"))
    guests = [form(f"guest{number}@elsewhere.example", f"Guest {number}") for number in range(20)]

    came, *_ = await asyncio.gather(told.confirm(stage, ["c1+m1"]), *(stage.register(one) for one in guests))
    await stage.run_due()

    async with stage.app.store.reading() as tx:
        addresses = sorted(one.form.address for one in await registration.listing(tx, "launch"))
    assert came == bilaterals.Confirmed(("c1+m1",), {})
    assert addresses == sorted(one.address for one in guests)
    assert bilaterals_at_zoom(stage) == ["Bilateral: College c1 – College m1"]


async def test_two_proposals_for_the_only_host_become_one_meeting(stage: Stage) -> None:
    """All sides agree at once: one pair is booked, the other waits with the reason, and Zoom sees one meeting."""
    await proposed(stage, ("m1", "c1"))
    await proposed_beside(stage)

    both = [("c1+m1", "m1"), ("c1+m1", "c1"), ("c2+m2", "m2"), ("c2+m2", "c2")] * 13
    came = await asyncio.gather(*(agree(stage, side, key=key) for key, side in both[:50]), return_exceptions=True)
    stuck_at = await told.pairs(stage)
    await stage.run_due()

    assert sorted(one.state for one in stuck_at.values()) == [State.AGREED, State.WAITING]
    waiting = next(one for one in stuck_at.values() if one.state is State.WAITING)
    assert waiting.reason == "all hosts hold other meetings at that time by now"
    assert {type(one) for one in came} == {type(None), UserError}
    assert len(bilaterals_at_zoom(stage)) == 1


async def proposed_beside(stage: Stage) -> None:
    """A second pair is offered the same hour, as when two copies of the service look for times apart."""
    await told.pair_up(stage, ("m2", "c2"))
    for key in ("m2", "c2"):
        await told.answer(stage, key, told.ONE_HOUR)
    known = await told.pairs(stage)
    first, second = known["c1+m1"], known["c2+m2"]
    offered = replace(second, state=State.PROPOSED, starts_at=first.starts_at, revision=1)
    async with stage.app.store.transaction() as tx:
        await store_bilaterals.change(tx, second, offered)


async def test_A08_a_bilateral_that_is_cancelled_goes_at_zoom_and_everybody_is_told(stage: Stage) -> None:
    """Cancelled twice is cancelled once."""
    await proposed(stage, ("m1", "c1"))
    await told.confirm(stage, ["c1+m1"])
    await stage.run_due()
    before = len(stage.mails())

    for _ in range(2):
        await bilaterals.cancel(stage.app.store, "c1+m1", reason="a flood", now=stage.now, by="test")
        await stage.run_due()

    assert await told.states(stage) == {"c1+m1": (State.CANCELLED, "a flood")}
    assert bilaterals_at_zoom(stage) == []
    assert sorted(mail.to for mail in stage.mails()[before:]) == ["focal@c1.example"] * 2 + ["focal@m1.example"] * 2


async def test_the_service_looks_for_times_once_all_have_answered(stage: Stage) -> None:
    """Not at the first answers."""
    await told.pair_up(stage, ("m1", "c1"), ("m2", "c1"))
    days = (told.ONE_HOUR, ("2021-11-16 09:00", "2021-11-16 10:00"))
    await told.answer(stage, "m1", days[0])
    await told.answer(stage, "c1", *days)
    await stage.run_due()
    before = {one.state for one in (await told.pairs(stage)).values()}

    await told.answer(stage, "m2", days[1])
    await stage.run_due()

    after = {key: one.starts_at for key, one in (await told.pairs(stage)).items()}
    assert before == {State.WAITING}
    assert after == {"c1+m1": told.wall(days[0][0]), "c1+m2": told.wall(days[1][0])}
    assert sorted(mail.to for mail in stage.mails()) == ["focal@c1.example", "focal@m1.example", "focal@m2.example"]
