"""The judge of a killed run finds each thing that a kill must not do, and nothing in what it may do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.crash import oracle
from tests.crash.oracle import Kill, Letter, Mail, Seen

LINK = Letter("dara@npic.example", "Your link: Launch", 0, "REQUEST")
REMINDER = Letter("dara@npic.example", "Reminder: Launch", -1)
CUE = Letter("tang@npic.example", "You are next: Welcome", -1)
CALM = Seen(
    mails=[Mail(LINK, "<1@x>"), Mail(REMINDER, "<2@x>"), Mail(CUE, "<3@x>")],
    meetings={"Launch": 1},
    registrants={("Launch", "dara@npic.example"): ["approved"]},
    recordings=["recording.start"],
    cues={"launch/welcome:next": "done"},
    messages={"<1@x>": "accepted", "<2@x>": "accepted", "<3@x>": "accepted"},
)


def found(**other: Any) -> list[str]:
    """What the judge says of a run that differs in this from the calm one."""
    return oracle.violations(replace(CALM, **other), CALM)


def other_ids(*letters: Letter) -> list[Mail]:
    """The same letters as another run would number them."""
    return [Mail(letter, f"<{number}@other>") for number, letter in enumerate(letters)]


def test_a_run_like_the_undisturbed_one_is_in_order() -> None:
    """Message-IDs differ from run to run, and so may the order in which letters leave."""
    assert found(mails=other_ids(CUE, LINK, REMINDER), kills=[Kill(0, 0.4)]) == []


def test_P04_a_letter_that_never_came_is_found() -> None:
    """Whatever the process believed of it."""
    assert found(mails=other_ids(LINK, CUE)) == [f"P04: 1 letter(s) never came: {REMINDER}"]


def test_P02_a_second_letter_under_another_message_id_is_found() -> None:
    """No mail program could know the twin."""
    assert found(mails=other_ids(LINK, LINK, REMINDER, CUE)) == [
        f"P02: 1 letter(s) too many, under a Message-ID of their own: {LINK}"
    ]


def test_P10_a_calendar_entry_of_another_sequence_is_another_letter() -> None:
    """One that was too many and one that is missing: stale news went out in place of the newest."""
    stale = replace(LINK, sequence=1)

    assert found(mails=other_ids(stale, REMINDER, CUE)) == [
        f"P04: 1 letter(s) never came: {LINK}",
        f"P02: 1 letter(s) too many, under a Message-ID of their own: {stale}",
    ]


MOVED = replace(LINK, subject="Changed: Launch at 15:00", sequence=1)
LINK_AFTER_MOVE = replace(MOVED, subject="Your link: Launch at 15:00")
MOVED_CALM = replace(CALM, mails=[*CALM.mails, Mail(MOVED, "<4@x>")])


def test_P10_a_link_letter_kept_back_until_after_a_move_says_both_in_one() -> None:
    """Its reader never had the old time: one letter with the new one is all that they need."""
    held_back = replace(CALM, mails=other_ids(LINK_AFTER_MOVE, REMINDER, CUE), kills=[Kill(1, 0.4)])

    assert oracle.violations(held_back, MOVED_CALM) == []


def test_P10_without_a_kill_nothing_may_be_kept_back_that_long() -> None:
    """Then the two letters are two."""
    late = replace(CALM, mails=other_ids(LINK_AFTER_MOVE, REMINDER, CUE))

    assert len(oracle.violations(late, MOVED_CALM)) == 3


def test_P10_whoever_had_the_old_time_is_told_of_the_change() -> None:
    """A link letter anew is no such news."""
    untold = replace(CALM, mails=other_ids(LINK, LINK_AFTER_MOVE, REMINDER, CUE), kills=[Kill(1, 0.4)])

    assert oracle.violations(untold, MOVED_CALM) == [
        f"P04: 1 letter(s) never came: {MOVED}",
        f"P02: 1 letter(s) too many, under a Message-ID of their own: {LINK_AFTER_MOVE}",
    ]


def test_P02_a_second_copy_is_excused_only_by_a_kill_that_left_it_in_doubt() -> None:
    """The very same mail may come twice when the process died between the message and its record, not otherwise."""
    twice = [*CALM.mails, CALM.mails[0]]

    assert found(mails=twice, kills=[Kill(1, 0.4)]) == []
    assert found(mails=twice, kills=[Kill(0, 0.4)]) == [
        "P02: 1 messages came twice, and only 0 were under way at a kill: <1@x>"
    ]


def test_P02_a_third_copy_is_never_excused() -> None:
    """After two doubts a person is asked."""
    thrice = [*CALM.mails, CALM.mails[0], CALM.mails[0]]

    assert found(mails=thrice, kills=[Kill(1, 0.4), Kill(1, 0.4)]) == ["P02: 3 copies of <1@x>"]


def test_P02_a_person_is_asked_about_a_letter_only_after_two_kills() -> None:
    """Then it may be missing, since nobody has decided yet."""
    asked = {"<1@x>": "accepted", "<2@x>": "unknown", "<3@x>": "accepted"}
    without = other_ids(LINK, CUE)

    assert found(mails=without, messages=asked, kills=[Kill(1, 0.4), Kill(1, 0.4)]) == []
    assert found(mails=without, messages=asked, kills=[Kill(1, 0.4)]) == [
        "P04: a person is asked about 1 message(s), and only 0 could be interrupted twice"
    ]


def test_P06_a_twin_meeting_and_a_missing_one_are_found() -> None:
    """One Zoom meeting for each that is planned."""
    assert found(meetings={"Launch": 2}) == ["P06: at Zoom stand {'Launch': 2} instead of {'Launch': 1}"]
    assert found(meetings={}) == ["P06: at Zoom stand {} instead of {'Launch': 1}"]


def test_P06_a_registrant_who_is_missing_twice_there_or_not_approved_is_found() -> None:
    """One entry each, with the status that was decided."""
    key = ("Launch", "dara@npic.example")

    for statuses in ([], ["approved", "approved"], ["pending"]):
        assert found(registrants={key: statuses}) == [
            f"P06: dara@npic.example is registered for Launch as {statuses} instead of ['approved']"
        ]


def test_P11_a_cue_that_nobody_knows_the_end_of_is_found() -> None:
    """It is fired or on record as missed."""
    assert found(cues={"launch/welcome:next": "claimed"}) == [
        "P11: the cue launch/welcome:next is claimed instead of done"
    ]
    assert found(cues={}) == ["P11: the cue launch/welcome:next is forgotten instead of done"]


def test_P11_a_missed_cue_excuses_the_letters_that_it_would_have_sent() -> None:
    """It is on record instead; another letter is not excused by it."""
    missed = {"launch/welcome:next": "missed"}

    assert found(cues=missed, mails=other_ids(LINK, REMINDER)) == []
    assert found(cues=missed, mails=other_ids(LINK, CUE)) == [f"P04: 1 letter(s) never came: {REMINDER}"]


def test_P17_a_file_that_a_kill_leaves_behind_is_found() -> None:
    """Neither half a file nor a lost one."""
    assert found(files=["backup.age.part"]) == ["P17: on the disk lie ['backup.age.part'] instead of []"]


def test_P11_a_recording_that_was_started_twice_or_never_is_found() -> None:
    """Zoom is told once."""
    assert found(recordings=["recording.start"] * 2) == ["P11: recording.start 1 time(s) too many"]
    assert found(recordings=[]) == ["P11: recording.start 1 time(s) too few, and no cue is on record as missed"]


def test_P04_a_message_left_in_the_middle_is_found() -> None:
    """Every message ends in a state that says what became of it."""
    for state in ("queued", "sending", "deferred", "refused"):
        assert found(messages={**CALM.messages, "<1@x>": state}) == [f"P04: <1@x> is left {state}"]


def test_P17_a_process_that_comes_back_late_is_found() -> None:
    """Five seconds after a kill all goes on."""
    assert found(kills=[Kill(0, 5.0)]) == []
    assert found(kills=[Kill(0, 5.1)]) == ["P17: back only after 5.1 s"]


def test_P24_damage_and_what_nobody_foresaw_are_found() -> None:
    """The database's own check, and the log, are looked at in the end."""
    assert found(damage="row 3 missing from index", broken=["a pass broke"]) == [
        "P24: the database is damaged: row 3 missing from index",
        "P04: a pass broke",
    ]
