"""What a side says of its languages counts for the search, until somebody says something newer."""

from __future__ import annotations

from meetbot.core.bilaterals import State
from meetbot.flows import bilaterals
from tests.flows import bilateral_stage as told
from tests.flows.stage import Stage


async def says(stage: Stage, organisation: str, *languages: str) -> None:
    said = told.said(stage, organisation, told.MORNING)
    programme = await stage.programme()
    await bilaterals.answer(stage.app.store, programme, said, None, speaks=languages, now=stage.now)


async def speaks(stage: Stage, organisation: str) -> tuple[str, ...]:
    return (await stage.programme()).organisations[organisation].speaks


async def test_a_pair_without_a_language_waits_for_an_interpreter_until_one_side_knows_another(stage: Stage) -> None:
    """Nobody interprets in this programme; the next search finds the time, and who is agreed stays agreed."""
    await stage.apply(told.TEXT)
    await told.pair_up(stage, ("m1", "c1"))
    await says(stage, "m1", "Burmese")
    await says(stage, "c1", "Chinese")
    await told.propose(stage)
    alone = await told.states(stage)

    await says(stage, "c1", "Chinese", "Burmese")
    await told.propose(stage)
    together = await told.states(stage)
    await told.confirm(stage, ["c1+m1"])
    await says(stage, "c1", "Chinese")

    assert alone == {
        "c1+m1": (State.STUCK, "no Chinese–Burmese interpreter is known: add an interpreter to the programme")
    }
    assert together["c1+m1"][0] is State.PROPOSED
    assert (await told.states(stage))["c1+m1"][0] is State.AGREED


async def test_the_newest_word_counts_be_it_of_the_side_or_of_the_file(stage: Stage) -> None:
    """A file that says the same of them as before changes nothing of what they said themselves."""
    file = told.TEXT.replace("  m1:\n", "  m1:\n    speaks: [English]\n")
    await stage.apply(file)
    await says(stage, "m1", "Burmese", "Mon")
    said = await speaks(stage, "m1")

    await stage.apply(file.replace("title: Bilateral\n", "title: Bilaterals\n"))
    kept = await speaks(stage, "m1")
    await stage.apply(file.replace("speaks: [English]", "speaks: [English, Burmese]"))

    assert (said, kept, await speaks(stage, "m1")) == (("Burmese", "Mon"), ("Burmese", "Mon"), ("English", "Burmese"))


async def test_a_meeting_of_a_series_keeps_its_name_whatever_becomes_of_it(stage: Stage) -> None:
    """Cancelled like any other, it is still about the same."""
    await stage.apply(told.TEXT)
    await told.pair_up(stage, ("m1", "c1"))
    for side in ("m1", "c1"):
        await told.answer(stage, side, told.MORNING)
    await told.propose(stage)
    await told.confirm(stage, ["c1+m1"])
    shown = await bilaterals.would_go_on(
        stage.app.store, "c1+m1", count=1, every=1, subject="Curriculum workshop", now=stage.now
    )
    await bilaterals.go_on(stage.app.store, shown, now=stage.now, by="test")

    await bilaterals.cancel(stage.app.store, "c1+m1.2", reason="exams", now=stage.now, by="test")

    meeting = (await stage.programme()).meetings["c1+m1.2"]
    assert (meeting.title, meeting.cancelled) == ("Curriculum workshop: College c1 – College m1", True)
