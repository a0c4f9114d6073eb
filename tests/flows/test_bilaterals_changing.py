"""What was agreed moves, loses its interpreter or its host, or goes on; only those hear of it whom it touches."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from meetbot.core.bilaterals import State, moving
from meetbot.errors import UserError
from meetbot.flows import bilaterals
from meetbot.flows import programme as programme_flow
from meetbot.store import meetings
from tests.flows import bilateral_stage as told
from tests.flows.stage import Stage

pytestmark = pytest.mark.every_database

SPEAKING = (
    told.TEXT.replace("  m1:\n", "  m1:\n    speaks: [English]\n")
    .replace("  m2:\n", "  m2:\n    speaks: [English]\n")
    .replace("  c1:\n", "  c1:\n    speaks: [Chinese]\n")
    .replace("  c2:\n", "  c2:\n    speaks: [Chinese]\n")
    .replace(
        "  answers_by: 2021-11-12 17:00\n",
        """  answers_by: 2021-11-12 17:00
  interpreters:
    - {name: Lin, address: lin@words.example, languages: [English, Chinese]}
    - {name: Wang, address: wang@words.example, languages: [English, Chinese]}
""",
    )
)
TWO_HOSTS = told.TEXT.replace(
    "  - {address: pool@network.example, licence: pro}\n",
    "  - {address: pool@network.example, licence: pro}\n  - {address: second@network.example, licence: pro}\n",
)
TUESDAY = ("2021-11-16 09:00", "2021-11-16 10:00")


async def agreed(stage: Stage, text: str = told.TEXT) -> None:
    """m1 meets c1 at 09:00 of Monday 15 November, m2 meets c2 at 13:30; all letters have left."""
    await stage.apply(text)
    await told.pair_up(stage, ("m1", "c1"), ("m2", "c2"))
    for key in ("m1", "c1"):
        await told.answer(stage, key, told.ONE_HOUR)
    for key in ("m2", "c2"):
        await told.answer(stage, key, ("2021-11-15 13:30", "2021-11-15 15:00"))
    await told.propose(stage, tell=False)
    confirmed = await told.confirm(stage, ["c1+m1", "c2+m2"])
    assert dict(confirmed.refused) == {}
    await stage.run_due()


async def would_move(stage: Stage, to: str, *keys: str, same_day: bool = False) -> bilaterals.Moving:
    days = moving.named(to, stage.now.date())
    return await bilaterals.would_move(
        stage.app.store, keys or None, days, same_day=same_day, now=stage.now, seconds=60
    )


async def move(stage: Stage, to: str, *keys: str) -> tuple[str, ...]:
    moved = await bilaterals.move(stage.app.store, await would_move(stage, to, *keys), now=stage.now, by="test")
    await stage.run_due()
    return moved


async def begin(stage: Stage) -> dict[str, str]:
    """By Bangkok's clock, as the programme has them."""
    found = (await stage.programme()).meetings
    bangkok = timedelta(hours=7)
    return {key: f"{one.interval.start + bangkok:%a %-d %b %H:%M}" for key, one in found.items() if one.delegations}


def at_zoom(stage: Stage) -> list[str]:
    bangkok = timedelta(hours=7)
    return sorted(f"{one.start_at + bangkok:%a %-d %b %H:%M}" for one in stage.at_zoom() if "Bilateral" in one.topic)


async def holders(stage: Stage) -> dict[str, str | None]:
    async with stage.app.store.reading() as tx:
        return {key: one.known.host for key, one in (await meetings.all_(tx)).items()}


async def test_F45_all_move_to_another_week_with_one_letter_and_the_calendar_entry_moved_in_place(stage: Stage) -> None:
    """The same weekday and time, the same meetings at Zoom, the same links; run again there is nothing to do."""
    await agreed(stage, SPEAKING)
    before, ids = len(stage.mails()), {one.id for one in stage.at_zoom()}
    link = next(one for one in stage.mails("focal@m1.example") if one.links)

    moved = await move(stage, "week48")
    again = await would_move(stage, "week48")

    assert moved == ("c1+m1", "c2+m2")
    assert await begin(stage) == {"c1+m1": "Mon 29 Nov 09:00", "c2+m2": "Mon 29 Nov 13:30"}
    assert (at_zoom(stage), {one.id for one in stage.at_zoom()}) == (["Mon 29 Nov 09:00", "Mon 29 Nov 13:30"], ids)
    letters = stage.mails()[before:]
    interpreters = [one.interpreter or "" for one in (await told.pairs(stage)).values()]
    focal_points = [f"focal@{side}.example" for side in ("c1", "c2", "m1", "m2")]
    assert sorted(one.to for one in letters) == sorted([*focal_points, *focal_points, *{*interpreters}])
    (entry,) = [one.entry for one in letters if one.to == "focal@m1.example" and one.entry]
    assert (entry.uid, entry.sequence) == (link.entry.uid, link.entry.sequence + 1)
    assert [entry.sequence for one in letters if one.to in interpreters for entry in one.entries] == [1, 1]
    assert (again.moves, again.wanted.there) == ((), ("c1+m1", "c2+m2"))


async def test_P45_a_moved_pair_is_agreed_until_zoom_has_its_new_time(stage: Stage) -> None:
    """What stands at Zoom is still the former time; nobody is told that the new one does."""
    await agreed(stage)
    await stage.run_due()
    shown = await would_move(stage, "week48")
    await bilaterals.move(stage.app.store, shown, now=stage.now, by="test")

    await bilaterals.follow(stage.app.store, await stage.programme(), now=stage.now)
    before = {one.state for one in (await told.pairs(stage)).values()}
    await stage.run_due()
    await bilaterals.follow(stage.app.store, await stage.programme(), now=stage.now)
    after = {one.state for one in (await told.pairs(stage)).values()}

    assert (before, after) == ({State.AGREED}, {State.CREATED})


async def test_a_preview_of_a_move_changes_nothing(stage: Stage) -> None:
    """And says who would hear of it."""
    await agreed(stage)
    before = (await told.pairs(stage), await begin(stage), len(stage.mails()), stage.writes())

    shown = await would_move(stage, "2021-11-29", "c1+m1")
    await stage.run_due()

    assert [(one.pair.key, one.after, one.why) for one in shown.moves] == [("c1+m1", told.wall("2021-11-29 09:00"), "")]
    assert shown.people == 2
    assert (await told.pairs(stage), await begin(stage), len(stage.mails()), stage.writes()) == before


async def test_a_day_on_which_one_side_does_not_work_is_said_and_nothing_moves(stage: Stage) -> None:
    """3 October is in China's week of the National Day, a year after the days of the programme."""
    await agreed(stage)

    shown = await would_move(stage, "2022-10-03")

    assert {one.pair.key: (one.after, one.why.partition(" is ")[0]) for one in shown.moves} == {
        "c1+m1": (None, "Mon 3 Oct 2022"),
        "c2+m2": (None, "Mon 3 Oct 2022"),
    }
    assert await move(stage, "2022-10-03") == ()


async def test_what_changed_since_the_preview_stops_the_whole_move(stage: Stage) -> None:
    """Nothing was shown that is not done, and nothing is done that was not shown."""
    await agreed(stage)
    shown = await would_move(stage, "week48")
    await bilaterals.cancel(stage.app.store, "c1+m1", reason="a flood", now=stage.now, by="test")
    before = await begin(stage)

    with pytest.raises(UserError, match="changed since this was shown"):
        await bilaterals.move(stage.app.store, shown, now=stage.now, by="test")

    assert await begin(stage) == before


async def test_only_what_is_agreed_and_to_come_is_moved(stage: Stage) -> None:
    """What cannot be is named; an unknown pair is a slip of the pen."""
    await agreed(stage)
    await bilaterals.cancel(stage.app.store, "c1+m1", reason="a flood", now=stage.now, by="test")
    stage.leap("2021-11-15 13:30")

    shown = await would_move(stage, "week48", "c1+m1", "c2+m2")

    assert (shown.moves, dict(shown.wanted.refused)) == (
        (),
        {"c1+m1": "it is cancelled, so that there is nothing to move", "c2+m2": "it has begun, or is over"},
    )
    with pytest.raises(UserError, match="m1\\+m2: no such pair"):
        await would_move(stage, "week48", "m1+m2")


async def test_A05_a_moved_meeting_whose_host_is_taken_then_stands_anew_with_another(stage: Stage) -> None:
    """Zoom hands no meeting to another user: one meeting at Zoom afterwards, and everybody gets the new link."""
    await stage.apply(told.TEXT)
    await told.pair_up(stage, ("m1", "c1"), ("m2", "c2"))
    for key, span in (("m1", told.ONE_HOUR), ("c1", told.ONE_HOUR), ("m2", TUESDAY), ("c2", TUESDAY)):
        await told.answer(stage, key, span)
    await told.propose(stage, tell=False)
    await told.confirm(stage, ["c1+m1", "c2+m2"])
    await stage.run_due()
    await stage.apply(TWO_HOSTS)
    before = len(stage.mails("focal@m1.example"))

    shown = await would_move(stage, "2021-11-16", "c1+m1")
    await bilaterals.move(stage.app.store, shown, now=stage.now, by="test")
    await stage.until("2021-11-03 09:30")

    (one,) = shown.moves
    held = await holders(stage)
    assert one.new_host is not None
    assert held["c1+m1"] == one.new_host
    assert held["c1+m1"] != held["c2+m2"]
    at_their_hosts = [(one.topic, one.host.email) for one in stage.at_zoom() if "c1" in one.topic]
    assert at_their_hosts == [("Bilateral: College c1 – College m1", one.new_host)]
    assert any(mail.links for mail in stage.mails("focal@m1.example")[before:])


async def test_an_interpreter_who_drops_out_is_replaced_and_only_interpreters_are_told(stage: Stage) -> None:
    """No time changes; Zoom knows the new one; back and out again, each is told anew, with a higher sequence."""
    stage.sandbox.account.switch({"interpretation": True})
    await agreed(stage, SPEAKING)
    first = (await told.pairs(stage))["c1+m1"].interpreter
    assert first is not None
    other = {"lin@words.example": "wang@words.example", "wang@words.example": "lin@words.example"}[first]
    before, times = len(stage.mails()), await begin(stage)

    swapped = await bilaterals.interpreter_drops_out(stage.app.store, first, now=stage.now, by="test")
    await stage.run_due()
    told_of_it = stage.mails()[before:]
    await bilaterals.interpreter_back(stage.app.store, first, now=stage.now, by="test")
    await bilaterals.interpreter_drops_out(stage.app.store, other, now=stage.now, by="test")
    await stage.run_due()

    assert swapped.taken["c1+m1"] == other
    assert dict(swapped.left) == {}
    assert {one.to for one in told_of_it} == {first, other}
    assert await begin(stage) == times
    assert {one.interpreter for one in (await told.pairs(stage)).values()} == {first}
    mine = [one.entry.sequence for one in stage.mails(first) if "College c1" in one.text]
    assert len(mine) == 3
    assert mine == sorted(set(mine))
    (ours,) = [one for one in stage.at_zoom() if "c1" in one.topic]
    assert [one["email"] for one in ours.settings["language_interpretation"]["interpreters"]] == [first]


async def test_a_preview_of_a_swap_changes_nothing(stage: Stage) -> None:
    """It goes the way of the swap itself, and all of it is taken back."""
    await agreed(stage, SPEAKING)
    first = (await told.pairs(stage))["c1+m1"].interpreter or ""
    before = (await told.pairs(stage), await begin(stage), len(stage.mails()), stage.writes())

    shown = await bilaterals.swap_interpreter(stage.app.store, first, now=stage.now)
    await stage.run_due()

    assert "c1+m1" in shown.taken
    assert (await told.pairs(stage), await begin(stage), len(stage.mails()), stage.writes()) == before
    with pytest.raises(UserError, match="had not dropped out"):
        await bilaterals.interpreter_back(stage.app.store, first, now=stage.now, by="test")


@pytest.mark.parametrize(("gone", "there"), [("lin", "wang"), ("wang", "lin")])
async def test_whoever_has_dropped_out_is_given_nothing_new(stage: Stage, gone: str, there: str) -> None:
    """Until they are back."""
    await stage.apply(SPEAKING)
    await bilaterals.interpreter_drops_out(stage.app.store, f"{gone}@words.example", now=stage.now, by="test")

    await agreed(stage, SPEAKING)

    assert {one.interpreter for one in (await told.pairs(stage)).values()} == {f"{there}@words.example"}


async def test_nobody_else_is_free_and_the_bilateral_stays_and_is_named(stage: Stage) -> None:
    """Somebody who is out cannot take over, and nobody can who is not of the pool."""
    await agreed(stage, SPEAKING)
    pairs = await told.pairs(stage)
    first = pairs["c1+m1"].interpreter
    assert first is not None
    other = {"lin@words.example": "wang@words.example", "wang@words.example": "lin@words.example"}[first]
    await bilaterals.interpreter_drops_out(stage.app.store, other, now=stage.now, by="test")

    shown = await bilaterals.swap_interpreter(stage.app.store, first, now=stage.now)

    assert sorted(shown.left) == ["c1+m1", "c2+m2"]
    assert dict(shown.taken) == {}
    with pytest.raises(UserError, match="has dropped out as well"):
        await bilaterals.swap_interpreter(stage.app.store, first, to=other, now=stage.now)
    with pytest.raises(UserError, match="interprets nothing that is still to come"):
        await bilaterals.swap_interpreter(stage.app.store, "nobody@words.example", now=stage.now)


async def both_at_nine(stage: Stage, *, agreed: bool) -> str:
    """Both pairs at 09:00 of Monday, each with an interpreter and a host; returns the interpreter of c1+m1."""
    stage.sandbox.account.switch({"interpretation": True})
    pool = "  - {address: pool@network.example, licence: pro}\n"
    await stage.apply(SPEAKING.replace(pool, f"{pool}  - {{address: second@network.example, licence: pro}}\n"))
    await told.pair_up(stage, ("m1", "c1"), ("m2", "c2"))
    for key in ("m1", "c1", "m2", "c2"):
        await told.answer(stage, key, told.ONE_HOUR)
    await told.propose(stage, tell=False)
    if agreed:
        await told.confirm(stage, ["c1+m1", "c2+m2"])
        await stage.run_due()
    for key in ("m1", "c1"):
        await told.answer(stage, key, told.ONE_HOUR, ("2021-11-15 13:30", "2021-11-15 15:00"))
    return (await told.pairs(stage))["c1+m1"].interpreter or ""


async def test_where_nobody_is_free_the_bilateral_can_move_and_all_others_stay(stage: Stage) -> None:
    """To the nearest time at which somebody interprets; its people and the two interpreters hear of it, nobody else."""
    gone = await both_at_nine(stage, agreed=True)
    other = {"lin@words.example": "wang@words.example", "wang@words.example": "lin@words.example"}[gone]
    before = len(stage.mails())
    as_it_was = (await told.pairs(stage), await begin(stage), stage.writes())

    shown = await bilaterals.would_move_left(stage.app.store, gone, now=stage.now, seconds=60)
    after_the_look = (await told.pairs(stage), await begin(stage), stage.writes())
    swapped = await bilaterals.interpreter_drops_out(stage.app.store, gone, now=stage.now, by="test")
    moved = await bilaterals.move(stage.app.store, shown, now=stage.now, by="test")
    await stage.run_due()

    assert after_the_look == as_it_was
    assert (dict(swapped.taken), [*swapped.left], moved) == ({}, ["c1+m1"], ("c1+m1",))
    assert [(one.after, one.interpreter, one.why) for one in shown.moves] == [
        (told.wall("2021-11-15 13:30"), other, "no interpreter is free at that time any more")
    ]
    assert await begin(stage) == {"c1+m1": "Mon 15 Nov 13:30", "c2+m2": "Mon 15 Nov 09:00"}
    touched = {"focal@c1.example", "focal@m1.example", gone, other}
    assert {one.to for one in stage.mails()[before:]} == touched
    _, to_gone = stage.mails(gone)
    _, to_other = stage.mails(other)
    assert (to_gone.entry.method, to_other.entry.method) == ("CANCEL", "REQUEST")
    assert (len(to_gone.links), len(to_other.links)) == (0, 1)


async def test_a_bilateral_without_its_interpreter_can_move_within_its_own_week(stage: Stage) -> None:
    """It is on these days already, and yet is not where it can stay."""
    gone = await both_at_nine(stage, agreed=True)
    await bilaterals.interpreter_drops_out(stage.app.store, gone, now=stage.now, by="test")

    shown = await would_move(stage, "2021-11-15")

    assert [(one.pair.key, one.after) for one in shown.moves] == [("c1+m1", told.wall("2021-11-15 13:30"))]
    assert shown.wanted.there == ("c2+m2",)


async def test_what_is_only_proposed_with_somebody_who_drops_out_is_offered_anew(stage: Stage) -> None:
    """Nobody is free at that time beside what is proposed to others, so that another time is looked for."""
    gone = await both_at_nine(stage, agreed=False)
    before = (await told.pairs(stage))["c2+m2"]

    looked = await bilaterals.swap_interpreter(stage.app.store, gone, now=stage.now)
    swapped = await bilaterals.interpreter_drops_out(stage.app.store, gone, now=stage.now, by="test")
    waiting = (await told.states(stage))["c1+m1"]
    await stage.until("2021-11-03 09:10")

    pairs = await told.pairs(stage)
    assert (dict(looked.offered), dict(swapped.offered)) == ({"c1+m1": ""}, {"c1+m1": ""})
    assert waiting == (
        State.WAITING,
        f"{gone}, who was to interpret, has dropped out: no interpreter is free at that time any more",
    )
    assert (pairs["c1+m1"].state, pairs["c1+m1"].starts_at) == (State.PROPOSED, told.wall("2021-11-15 13:30"))
    assert pairs["c1+m1"].interpreter not in (gone, None)
    assert pairs["c2+m2"] == before


async def test_what_is_only_proposed_keeps_its_time_when_another_interpreter_is_free(stage: Stage) -> None:
    """The sides see nothing of it, and what one has agreed to stays agreed."""
    gone = await both_at_nine(stage, agreed=False)
    await bilaterals.cancel(stage.app.store, "c2+m2", reason="closed", now=stage.now, by="test")
    before = (await told.pairs(stage))["c1+m1"]

    swapped = await bilaterals.interpreter_drops_out(stage.app.store, gone, now=stage.now, by="test")

    (taker,) = swapped.offered.values()
    assert taker not in (gone, "")
    assert (await told.pairs(stage))["c1+m1"] == replace(before, interpreter=taker)


@pytest.mark.parametrize("agreed", [True, False], ids=["agreed", "proposed"])
async def test_the_time_of_a_cancelled_bilateral_goes_to_a_pair_that_was_stuck(stage: Stage, agreed: bool) -> None:
    """One host, one hour in which all can: the next search offers it, without anybody having to ask."""
    await stage.apply(told.TEXT)
    await told.pair_up(stage, ("m1", "c1"), ("m2", "c2"))
    for key in ("m1", "c1", "m2", "c2"):
        await told.answer(stage, key, told.ONE_HOUR)
    await stage.run_due()
    placed, stuck = sorted((await told.pairs(stage)).values(), key=lambda one: one.state is State.STUCK)
    if agreed:
        await told.confirm(stage, [placed.key])
        await stage.until("2021-11-03 09:20")

    await bilaterals.cancel(stage.app.store, placed.key, reason="closed", now=stage.now, by="test")
    await stage.until("2021-11-03 09:40")

    after = (await told.pairs(stage))[stuck.key]
    assert (stuck.state, after.state, after.starts_at) == (
        State.STUCK,
        State.PROPOSED,
        told.wall("2021-11-15 09:00"),
    )


async def test_an_organisation_leaves_the_file_only_when_its_agreed_bilateral_is_cancelled(stage: Stage) -> None:
    """Everything about the bilateral would need it: the file is refused, and says what to do first."""
    await agreed(stage, SPEAKING)
    college = SPEAKING[SPEAKING.index("  m1:\n") : SPEAKING.index("  m2:\n")]
    without = SPEAKING.replace(college, "").replace("[[m1, m2]", "[[m2]")

    with pytest.raises(UserError) as refused:
        await stage.apply(without)
    await bilaterals.cancel(stage.app.store, "c1+m1", reason="closed", now=stage.now, by="test")
    await stage.apply(without)
    shown = await bilaterals.swap_interpreter(stage.app.store, "lin@words.example", now=stage.now)

    assert str(refused.value) == (
        "network.yaml: c1+m1: this bilateral is agreed, and College m1 is missing from the organisations. "
        "Keep it, or cancel the bilateral first: meetbot bilaterals cancel c1+m1"
    )
    assert "c1+m1" not in {*shown.taken, *shown.left}


async def test_F15_a_host_of_a_bilateral_drops_out_and_its_time_and_the_others_stay(stage: Stage) -> None:
    """Only the two delegations touched are written to."""
    await agreed(stage, TWO_HOSTS)
    held = await holders(stage)
    host = held["c1+m1"]
    assert host is not None
    touched = {key for key, one in held.items() if one == host}
    times, before = await begin(stage), len(stage.mails())

    decided = await programme_flow.drop_out(stage.app.store, host, now=stage.now, by="test")
    await stage.until("2021-11-03 09:30")

    assert set(decided.moved) == touched
    assert await begin(stage) == times
    sides = {side for key in touched for side in key.split("+")}
    assert {one.to for one in stage.mails()[before:]} == {f"focal@{side}.example" for side in sides}


async def test_a_pair_that_goes_on_gets_a_meeting_a_week_with_links_and_one_letter(stage: Stage) -> None:
    """Run again there is nothing to do."""
    await agreed(stage)
    before = len(stage.mails("focal@m1.example"))

    shown = await bilaterals.would_go_on(stage.app.store, "c1+m1", count=2, every=1, now=stage.now)
    made = await bilaterals.go_on(stage.app.store, shown, now=stage.now, by="test")
    await stage.run_due()
    again = await bilaterals.would_go_on(stage.app.store, "c1+m1.2", count=2, every=1, now=stage.now)

    assert made == ("c1+m1.2", "c1+m1.3")
    assert await begin(stage) == {
        "c1+m1": "Mon 15 Nov 09:00",
        "c1+m1.2": "Mon 22 Nov 09:00",
        "c1+m1.3": "Mon 29 Nov 09:00",
        "c2+m2": "Mon 15 Nov 13:30",
    }
    assert {key: (one.state, one.reason) for key, one in (await told.pairs(stage)).items() if "." in key} == {
        "c1+m1.2": (State.AGREED, "agreed by test"),
        "c1+m1.3": (State.AGREED, "agreed by test"),
    }
    letters = stage.mails("focal@m1.example")[before:]
    assert sorted(bool(one.links) for one in letters) == [False, True, True]
    assert len({one.entry.uid for one in letters if one.entry}) == 2
    assert (again.series.pairs, again.missing) == ((), 0)


async def test_T12_a_series_knows_the_holidays_long_after_the_days_of_the_programme(stage: Stage) -> None:
    """The seventh Monday is China's day off for the New Year; the next day is Myanmar's Independence Day."""
    await agreed(stage)

    shown = await bilaterals.would_go_on(stage.app.store, "c1+m1", count=7, every=1, now=stage.now)

    assert shown.series.pairs[-1].starts_at == told.wall("2022-01-05 09:00")
    assert [*shown.series.why] == ["c1+m1.8"]
    assert shown.series.why["c1+m1.8"].startswith("Mon 3 Jan 2022 is ")


async def test_a_pair_without_a_first_time_cannot_go_on(stage: Stage) -> None:
    """It is said what is missing."""
    await stage.apply(told.TEXT)
    await told.pair_up(stage, ("m1", "c1"))

    with pytest.raises(
        UserError, match=r"c1\+m1: it is waiting: only a pair that has agreed on a first time can go on"
    ):
        await bilaterals.would_go_on(stage.app.store, "c1+m1", count=2, every=1, now=stage.now)
