"""What everybody may read while the rundown runs: nothing is said to run that has not begun."""

from __future__ import annotations

import pytest

from meetbot.core import rundown
from meetbot.core.model import CueTimes
from meetbot.core.rundown import CueKind, Fire, Missed, Move, Refused, Rundown, Wait
from tests.core import builders as a
from tests.core.builders import RUNDOWN, bkk, minutes

TOLD = a.meeting(waiting_room_follows=True, chat=True)
SHOWN = {cue.segment: cue for cue in rundown.cues(TOLD, CueTimes()) if cue.kind is CueKind.WAITING_ROOM}


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


def test_words_for_everybody_come_with_each_segment_that_has_a_time() -> None:
    """Also where nobody has a part, and as long as the segment lasts; without the wish there are none."""
    wished = [cue for cue in rundown.cues(TOLD, CueTimes()) if cue.kind in rundown.NOW_ON]

    assert [(cue.due_at, cue.key, cue.grace) for cue in wished[:4]] == [
        (bkk("13:30"), "registration:chat", minutes(30)),
        (bkk("13:30"), "registration:waiting_room", minutes(30)),
        (bkk("14:00"), "welcome:chat", minutes(30)),
        (bkk("14:00"), "welcome:waiting_room", minutes(30)),
    ]
    assert [cue.segment for cue in wished[4::2]] == ["networking", "workplan", "discussion", "closing"]
    assert not [cue for cue in rundown.cues(a.meeting(), CueTimes()) if cue.kind in rundown.NOW_ON]


@pytest.mark.parametrize(
    ("segment", "clock", "verdict"),
    [
        ("welcome", "14:00", Fire("5 min late")),  # it began at 13:55
        ("welcome", "14:31", Missed("found 36 min late, more than the 30 min within which it helps")),
        ("networking", "14:29", Wait(bkk("14:30"), "not yet due")),
        ("networking", "14:35", Wait(bkk("14:36"), "its segment has not begun")),
        ("networking", "15:01", Missed("found 31 min late, more than the 30 min within which it helps")),
        ("registration", "14:00", Missed("what it announces has already happened")),
    ],
)
def test_nothing_is_said_to_run_that_has_not_begun(segment: str, clock: str, verdict: Fire | Missed | Wait) -> None:
    """While somebody gives the commands, a segment runs when they say so, and not by the plan."""
    cue = SHOWN[segment]

    assert rundown.verdict(cue, played(("start", "13:55")), cue.due_at, bkk(clock)) == verdict


def test_words_for_everybody_go_by_the_plan_when_nobody_gives_commands() -> None:
    """Found twenty minutes late, after a stop, they are still true."""
    cue = SHOWN["networking"]

    assert rundown.verdict(cue, a.rundown(), cue.due_at, bkk("14:30")) == Fire("on time")
    assert rundown.verdict(cue, a.rundown(), cue.due_at, bkk("14:50")) == Fire("20 min late")


def test_words_for_everybody_are_due_with_the_start_of_their_segment() -> None:
    """However early or late: the start brings them, and the slip moves only the later ones."""
    late = moved(rundown.start(a.rundown(), bkk("14:07")))
    ended = moved(rundown.hold(late.rundown, bkk("14:10")))

    assert [key for key, cue in SHOWN.items() if rundown.begins(cue, late)] == ["welcome"]
    assert [key for key, cue in SHOWN.items() if rundown.moves(cue, late)] == [
        "registration",
        "networking",
        "workplan",
        "discussion",
        "closing",
    ]
    assert not any(rundown.begins(cue, ended) for cue in SHOWN.values())
    assert rundown.verdict(SHOWN["welcome"], late.rundown, bkk("14:07"), bkk("14:07")) == Fire("on time")


def test_the_waiting_room_reads_what_runs_and_what_comes() -> None:
    """With the times as they are expected now; what has no time of its own is named without one."""
    late = played(("start", "14:07"))
    last = played(("start", "14:00"), ("advance", "14:28"), ("advance", "14:30"))

    assert rundown.waiting_room_text(TOLD, late, "welcome") == (
        "Now, since 14:07 Bangkok (UTC+7): Welcome. Next: Photo."
    )
    assert rundown.waiting_room_text(TOLD, last, "networking") == (
        "Now, since 14:30 Bangkok (UTC+7): Networking. Next, about 15:00 Bangkok (UTC+7): Workplan."
    )
    assert rundown.waiting_room_text(TOLD, last, "closing") == "Now, since 16:30 Bangkok (UTC+7): Closing."


def test_the_chat_reads_what_begins_and_with_whom() -> None:
    """A post is never longer than Zoom takes."""
    networking = RUNDOWN[3]

    text = rundown.chat_text(TOLD, a.rundown(), networking, ["Mr Yutong Liu, ILO", "Mr Ma Hezu, MOHRSS"])

    assert text == "14:30 Bangkok (UTC+7) Networking\nMr Yutong Liu, ILO\nMr Ma Hezu, MOHRSS"
    assert len(rundown.chat_text(TOLD, a.rundown(), networking, ["Mr Yutong Liu"] * 100)) == 1024
