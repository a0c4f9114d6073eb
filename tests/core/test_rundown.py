"""The launch minute by minute: what is due when, and what a late or early start moves."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from meetbot.core import rundown
from meetbot.core.model import CueTimes, Recording
from meetbot.core.rundown import Cue, CueKind, Expected, Fire, Missed, Move, Refused, Rundown, State, Wait
from meetbot.core.times import Interval
from tests.core import builders as a
from tests.core.builders import RUNDOWN, bkk, minutes, span

RECORDED = a.meeting(recording=Recording("welcome", "closing"))
CUES = {cue.key: cue for cue in rundown.cues(RECORDED, CueTimes())}


def played(*steps: tuple[str, str]) -> Rundown:
    """The launch after these commands, each with its time of day."""
    state = a.rundown()
    for name, clock in steps:
        move = getattr(rundown, name)(state, bkk(clock))
        assert isinstance(move, Move), move
        state = move.rundown
    return state


def moved(answer: Move | Refused) -> Move:
    assert isinstance(answer, Move), answer
    return answer


def when(state: Rundown) -> dict[str, tuple[Interval, State]]:
    return {one.segment: (one.interval, one.state) for one in rundown.expected(state)}


def test_the_cues_of_the_launch() -> None:
    """Everybody on stage is briefed the day before, called five minutes before, and told two minutes before the end."""
    due = [(cue.due_at, cue.key) for cue in rundown.cues(RECORDED, CueTimes())]

    day_before = bkk("14:00", "2021-11-09")
    assert due == [
        (day_before, "closing:brief"),
        (day_before, "discussion:brief"),
        (day_before, "networking:brief"),
        (day_before, "welcome:brief"),
        (day_before, "workplan:brief"),
        (bkk("13:55"), "welcome:next"),
        (bkk("14:00"), "welcome:recording_start"),
        (bkk("14:25"), "networking:next"),
        (bkk("14:28"), "welcome:closing"),
        (bkk("14:55"), "workplan:next"),
        (bkk("14:58"), "networking:closing"),
        (bkk("15:25"), "discussion:next"),
        (bkk("15:28"), "workplan:closing"),
        (bkk("16:25"), "closing:next"),
        (bkk("16:28"), "discussion:closing"),
        (bkk("16:58"), "closing:closing"),
        (bkk("17:00"), "closing:recording_stop"),
    ]


def test_a_segment_without_a_time_is_briefed_but_not_called() -> None:
    """Nobody knows when to call for the group photo."""
    photo = a.segment("photo", "14:30", "14:30", "tang", timed=False)

    due = rundown.cues(a.meeting(rundown=(photo,)), CueTimes())

    day = timedelta(hours=24)
    assert due == (Cue("photo:brief", "launch", "photo", CueKind.BRIEF, "start", bkk("14:00", "2021-11-09"), day),)


def test_a_segment_as_short_as_its_closing_is_not_told_to_close() -> None:
    """Two minutes left at the very start would only confuse."""
    cues = rundown.cues(a.meeting(rundown=(a.segment("toast", "14:00", "14:02", "tang"),)), CueTimes())

    assert [cue.kind for cue in cues] == [CueKind.BRIEF, CueKind.NEXT]


def test_the_ceremony_starts_with_the_first_segment_in_which_somebody_has_a_part() -> None:
    """Registration runs by itself: begun three minutes late, the ceremony is three minutes behind, not thirty-three."""
    move = moved(rundown.start(a.rundown(), bkk("14:03")))

    assert move == Move(
        a.rundown(started={"welcome": bkk("14:03")}, slip=minutes(3)),
        minutes(3),
        None,
        "welcome",
        "Welcome started, 3 min behind the plan",
    )
    assert when(move.rundown) == {
        "registration": (span("13:30", "14:00"), State.DONE),
        "welcome": (span("14:03", "14:33"), State.RUNNING),
        "photo": (span("14:33", "14:33"), State.WAITING),
        "networking": (span("14:33", "15:03"), State.WAITING),
        "workplan": (span("15:03", "15:33"), State.WAITING),
        "discussion": (span("15:33", "16:33"), State.WAITING),
        "closing": (span("16:33", "17:03"), State.WAITING),
    }


def test_an_early_end_brings_nothing_forward() -> None:
    """The speakers of the discussion were told 15:30; a presentation that ends at 15:10 does not change that."""
    state = played(("start", "14:00"), ("advance", "14:25"), ("advance", "14:30"), ("advance", "15:00"))

    move = moved(rundown.advance(state, bkk("15:10")))

    assert (move.shift, move.rundown.slip) == (minutes(0), minutes(0))
    assert when(move.rundown)["workplan"] == (span("15:00", "15:10"), State.DONE)
    assert when(move.rundown)["discussion"] == (span("15:10", "16:30"), State.RUNNING)
    assert when(move.rundown)["closing"] == (span("16:30", "17:00"), State.WAITING)


def test_slack_in_the_plan_absorbs_lateness() -> None:
    """Ten minutes behind, then a start only two minutes late: the rest is two minutes behind."""
    state = played(("start", "14:10"), ("advance", "14:35"), ("advance", "14:40"))

    move = moved(rundown.advance(state, bkk("15:02")))

    assert (move.shift, move.rundown.slip) == (minutes(-8), minutes(2))


def test_a_segment_without_a_time_changes_no_lateness() -> None:
    """The group photo has no time to be late for."""
    move = moved(rundown.advance(played(("start", "14:04")), bkk("14:45")))

    assert (move.to_segment, move.shift, move.rundown.slip) == ("photo", minutes(0), minutes(4))


def test_the_last_segment_ends_and_nothing_follows() -> None:
    """After it nothing can be started, ended, held or moved."""
    clocks = ("14:25", "14:30", "15:00", "15:30", "16:30")
    running = played(("start", "14:00"), *(("advance", clock) for clock in clocks))
    assert isinstance(rundown.hold(running, bkk("16:40")), Move)
    assert moved(rundown.slip(running, 5, bkk("16:40"))).shift == minutes(5)

    move = moved(rundown.advance(running, bkk("16:58")))

    over = move.rundown
    assert (move.from_segment, move.to_segment, move.shift) == ("closing", None, minutes(0))
    assert {state for _, state in when(over).values()} == {State.DONE}
    assert rundown.start(over, bkk("17:00")) == Refused("there is nothing left to start")
    assert rundown.advance(over, bkk("17:00")) == Refused("no segment is running: start the rundown first")
    assert rundown.hold(over, bkk("17:00")) == Refused("the rundown is over")
    assert rundown.slip(over, 5, bkk("17:00")) == Refused("the rundown is over")


def test_a_hold_adds_its_time_to_the_slip() -> None:
    """Held at 14:10 for seven minutes: everything later is seven minutes later, and a second hold is refused."""
    held = moved(rundown.hold(played(("start", "14:00")), bkk("14:10")))

    move = moved(rundown.start(held.rundown, bkk("14:17")))

    assert (held.shift, held.rundown.held_at) == (minutes(0), bkk("14:10"))
    assert rundown.hold(held.rundown, bkk("14:11")) == Refused("the rundown is held already")
    assert rundown.advance(held.rundown, bkk("14:11")) == Refused("the rundown is held: start it first")
    assert move == Move(
        a.rundown(started={"welcome": bkk("14:00")}, slip=minutes(7)),
        minutes(7),
        "welcome",
        "welcome",
        "goes on, 7 min behind the plan",
    )


@pytest.mark.parametrize(("resumed", "late"), [("13:50", 2), ("14:02", 2), ("14:06", 6)])
def test_a_hold_before_the_start_costs_only_what_it_took_after_it(resumed: str, late: int) -> None:
    """Announced two minutes late, and held at 13:40 while the minister is in traffic."""
    held = moved(rundown.hold(a.rundown(slip=minutes(2)), bkk("13:40")))

    move = moved(rundown.start(held.rundown, bkk(resumed)))

    assert (move.rundown.slip, move.to_segment) == (minutes(late), None)


def test_starting_twice_is_refused() -> None:
    """The second click of two changes nothing."""
    assert rundown.start(played(("start", "14:00")), bkk("14:00")) == Refused("Welcome is running already")


def test_a_slip_by_hand_moves_the_rest_and_goes_back_to_the_plan_at_most() -> None:
    """Ten minutes more, then fifteen less: the plan again."""
    started = played(("start", "14:00"))
    later = moved(rundown.slip(started, 10, bkk("14:05")))

    back = moved(rundown.slip(later.rundown, -15, bkk("14:06")))

    assert (later.shift, later.reason) == (minutes(10), "10 min behind the plan, set by hand")
    assert (back.shift, back.rundown) == (minutes(-10), started)
    assert rundown.slip(started, -5, bkk("14:06")) == Refused(
        "nothing to move: it runs by the plan, and nothing starts earlier than announced"
    )


def test_A10_a_slip_back_never_puts_the_next_segment_into_the_past() -> None:
    """At 14:40, ten minutes before the group photo is expected: fewer than ten may be taken back."""
    late = moved(rundown.slip(played(("start", "14:00"), ("advance", "14:28")), 20, bkk("14:29"))).rundown

    refused = rundown.slip(late, -11, bkk("14:40"))

    assert refused == Refused("Networking would have had to start already")
    assert moved(rundown.slip(late, -10, bkk("14:40"))).rundown.slip == minutes(10)


def test_a_slip_forward_is_taken_however_late_it_comes() -> None:
    """Ten minutes after the next segment was to start, somebody says that five more are needed."""
    state = played(("start", "14:00"), ("advance", "14:28"), ("advance", "14:30"))

    assert moved(rundown.slip(state, 5, bkk("15:10"))).rundown.slip == minutes(5)


def test_a_slip_back_is_taken_when_nothing_is_put_into_the_past() -> None:
    """The group photo has no time, and after the last segment nothing comes."""
    before_photo = a.rundown(started={"welcome": bkk("14:00")}, slip=minutes(9))
    last = a.rundown(started={"closing": bkk("16:30")}, slip=minutes(9))

    assert moved(rundown.slip(before_photo, -9, bkk("14:50"))).rundown.slip == minutes(0)
    assert moved(rundown.slip(last, -9, bkk("17:30"))).rundown.slip == minutes(0)


def test_before_the_start_everything_waits() -> None:
    """By the plan."""
    assert when(a.rundown()) == {one.key: (one.interval, State.WAITING) for one in RUNDOWN}


def test_an_end_after_the_zoom_booking_is_said() -> None:
    """Twelve minutes behind, the ceremony ends twelve minutes after its booking."""
    late = played(("start", "14:12"))

    assert rundown.overrun(late, a.meeting()) == "expected end 17:12 Bangkok (UTC+7), 12 min after the Zoom booking"
    assert rundown.overrun(played(("start", "14:00")), a.meeting()) is None


def test_which_cues_a_move_moves() -> None:
    """Those of later segments and the end of the running one; what is over or was due before the day stays."""
    state = played(("start", "14:00"), ("advance", "14:25"))

    move = moved(rundown.advance(state, bkk("14:37")))

    assert move.to_segment == "networking"
    assert {key for key, cue in CUES.items() if rundown.moves(cue, move)} == {
        "networking:closing",
        "workplan:next",
        "workplan:closing",
        "discussion:next",
        "discussion:closing",
        "closing:next",
        "closing:closing",
        "closing:recording_stop",
    }


def test_a_recording_that_waited_for_a_late_start_begins_with_it() -> None:
    """Ten minutes were announced, five it became: the recording moves back with the start."""
    late = moved(rundown.slip(a.rundown(), 10, bkk("13:50"))).rundown

    move = moved(rundown.start(late, bkk("14:05")))

    assert rundown.moves(CUES["welcome:recording_start"], move)
    assert CUES["welcome:recording_start"].due_at + minutes(10) + move.shift == bkk("14:05")


commands = some.lists(
    some.tuples(some.sampled_from(["start", "advance", "hold", "slip"]), some.integers(0, 20), some.integers(-20, 20)),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(commands)
def test_a_cue_is_always_due_at_its_planned_time_plus_the_slip(steps: list[tuple[str, int, int]]) -> None:
    """Whatever is pressed: the shifts add up for every cue still to come, and nothing comes before its planned time."""
    state, now = a.rundown(), bkk("13:50")
    due_at = {key: cue.due_at for key, cue in CUES.items()}

    for name, wait, by in steps:
        now += minutes(wait)
        move = rundown.slip(state, by, now) if name == "slip" else getattr(rundown, name)(state, now)
        if isinstance(move, Refused):
            continue
        state = move.rundown
        moving = [key for key, cue in CUES.items() if rundown.moves(cue, move)]
        due_at |= {key: due_at[key] + move.shift for key in moving}
        assert all(due_at[key] == CUES[key].due_at + state.slip for key in moving)
        assert state.slip >= minutes(0)

    planned = {one.key: one.interval for one in RUNDOWN}
    coming = [one for one in rundown.expected(state) if one.state is State.WAITING]
    assert all(one.interval == planned[one.segment].moved(state.slip) for one in coming)


@settings(max_examples=40, deadline=None)
@given(some.permutations([segment.key for segment in RUNDOWN[1:4]]))
def test_expected_times_do_not_depend_on_the_order_of_reading(keys: list[str]) -> None:
    """The store may give what started and ended in any order."""
    state = played(("start", "14:02"), ("advance", "14:30"), ("advance", "14:34"))
    shuffled = a.rundown(
        started={key: state.started[key] for key in keys},
        ended={key: state.ended[key] for key in keys if key in state.ended},
        slip=state.slip,
    )

    assert rundown.expected(shuffled) == rundown.expected(state)
    assert (shuffled.current, shuffled.following) == (RUNDOWN[3], RUNDOWN[4])


def test_expected_keeps_what_really_happened() -> None:
    """The plan is never overwritten, nor is the past by a later slip."""
    state = moved(rundown.slip(played(("start", "14:02"), ("advance", "14:30")), 5, bkk("14:31"))).rundown

    assert rundown.expected(state)[1] == Expected("welcome", span("14:02", "14:30"), State.DONE)
    assert state.segments == RUNDOWN


DUE = bkk("14:25")


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [
        (-1, Wait(DUE, "not yet due")),
        (0, Fire("on time")),
        (1, Fire("on time")),
        (2, Fire("2 s late")),
        (90, Fire("90 s late")),
        (120, Fire("2 min late")),
        (121, Missed("found 2 min 1 s late, more than the 2 min within which it helps")),
        (3 * 3600 + 300, Missed("found 3 h 5 min late, more than the 2 min within which it helps")),
    ],
)
def test_P11_F40_a_cue_fires_within_its_grace_or_is_missed(seconds: int, verdict: Fire | Missed | Wait) -> None:
    """Started 90 s after a cue: late, with a note. Three hours after: missed, with the cause."""
    now = DUE + timedelta(seconds=seconds)

    assert rundown.judge(DUE, minutes(2), now, held=False) == verdict


def test_P11_a_held_rundown_fires_nothing() -> None:
    """What falls due meanwhile waits, however long: the resume will move it."""
    waits = Wait(None, "the rundown is held")

    assert rundown.judge(DUE, minutes(2), DUE, held=True) == waits
    assert rundown.judge(DUE, minutes(2), DUE + minutes(60), held=True) == waits
    assert rundown.judge(DUE, minutes(2), DUE - minutes(1), held=True) == Wait(DUE, "not yet due")


def test_F41_after_a_sleep_over_the_meeting_no_cue_comes_in_a_burst() -> None:
    """Eight hours asleep: all of that day's calls are missed, one by one."""
    morning_after: datetime = bkk("22:00")
    calls = [cue for cue in CUES.values() if cue.kind in (CueKind.NEXT, CueKind.CLOSING)]

    verdicts = [rundown.judge(cue.due_at, cue.grace, morning_after, held=False) for cue in calls]

    assert len(verdicts) == 10
    assert all(isinstance(verdict, Missed) for verdict in verdicts)


def test_P11_a_cue_for_what_has_already_happened_is_missed() -> None:
    """Networking began early, so nobody is called to it any more; its end is still to be announced."""
    state = played(("start", "14:00"), ("advance", "14:15"), ("advance", "14:20"))

    over = {key: rundown.over(CUES[key], state) for key in CUES if key.startswith(("welcome", "networking"))}

    assert over == {
        "welcome:brief": True,
        "welcome:next": True,
        "welcome:closing": True,
        "welcome:recording_start": False,
        "networking:brief": True,
        "networking:next": True,
        "networking:closing": False,
    }
    assert rundown.judge(DUE, minutes(2), DUE, held=False, over=True) == Missed(
        "what it announces has already happened"
    )


def test_a_recording_is_not_stopped_while_its_last_segment_runs() -> None:
    """The last speaker takes four minutes more: looked at every minute, stopped when the segment ends."""
    stop, closing = CUES["closing:recording_stop"], a.rundown(started={"closing": bkk("16:30")})
    ended = moved(rundown.advance(closing, bkk("17:04"))).rundown
    at_plan, late = bkk("17:00"), bkk("17:04")

    judged = [
        rundown.judge(stop.due_at, stop.grace, now, held=False, early=rundown.early(stop, state))
        for now, state in ((at_plan, closing), (late, ended), (bkk("20:00:01"), closing))
    ]

    assert judged == [
        Wait(bkk("17:01"), "its segment still runs"),
        Fire("4 min late"),
        Missed("found 3 h late, more than the 3 h within which it helps"),
    ]
    assert not rundown.early(stop, a.rundown()) and not rundown.early(CUES["closing:closing"], closing)


def test_a_day_that_nobody_ends_is_given_up() -> None:
    """The row is put back every minute, so that only the plan says how late it is."""
    stop, closing = CUES["closing:recording_stop"], a.rundown(started={"closing": bkk("16:30")})

    judged = [
        rundown.verdict(stop, closing, due_at=now - minutes(1), now=now)
        for now in (bkk("17:00") + timedelta(hours=12) - minutes(1), bkk("17:00") + timedelta(hours=12))
    ]

    assert judged[0] == Wait(bkk("17:00") + timedelta(hours=12), "its segment still runs")
    assert judged[1] == Missed("its segment still runs, and nobody went on with the rundown on that day")


@pytest.mark.parametrize(("clock", "taken"), [("13:30", False), ("14:30:04", False), ("14:30:05", True)])
def test_F46_two_clicks_on_next_are_one(clock: str, taken: bool) -> None:
    """The second of two producers does not skip a segment, and a clock put back ends nothing before it began."""
    state = played(("start", "14:00"), ("advance", "14:30"))

    answer = rundown.advance(state, bkk(clock))

    assert isinstance(answer, Move) if taken else answer == Refused("Photo has only just started")


def test_a_brief_found_late_still_goes_out_before_the_meeting() -> None:
    """The machine was off the day before: the brief helps until the start, and not after it."""
    brief = CUES["welcome:brief"]

    in_time = rundown.judge(brief.due_at, brief.grace, bkk("14:00"), held=False)
    too_late = rundown.judge(brief.due_at, brief.grace, bkk("14:00:01"), held=False)

    assert (type(in_time), type(too_late)) == (Fire, Missed)
