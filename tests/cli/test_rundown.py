"""The day's commands: each says what it did and shows the times that follow from it."""

from __future__ import annotations

import pytest

from tests.cli.desk import DAY, PROGRAMME, Desk

START = f"{DAY.isoformat()}T07:00:00+00:00"


def expected(desk: Desk) -> list[tuple[str, str, str]]:
    """Segment, expected hours in UTC, state."""
    segments = desk.run("rundown", "show", "--json").document["segments"]
    return [(one["key"], "-".join(at[11:16] for at in one["expected"]), one["state"]) for one in segments]


def test_show_gives_planned_and_expected_times(office: Desk) -> None:
    """As a table in the meeting's zone, which it names; whole and in UTC for machines."""
    answer, document = office.run("rundown", "show"), office.run("rundown", "show", "--json").document

    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("launch, times in Bangkok (UTC+7)")
    assert [line.split() for line in answer.out.splitlines()[3:]] == [
        ["Welcome", "14:00–14:30", "14:00–14:30"],
        ["Closing", "14:30–15:00", "14:30–15:00"],
    ]
    assert document["meeting"] == "launch"
    assert document["segments"][0] == {
        "key": "welcome",
        "title": "Welcome",
        "planned": START,
        "expected": [START, START.replace("07:00", "07:30")],
        "state": "waiting",
    }


def test_a_slip_moves_all_that_is_to_come_and_back(office: Desk) -> None:
    """`slip +12`, then `slip -5`, both typed as one says them."""
    later = office.run("rundown", "slip", "+12")
    back = office.run("rundown", "slip", "-5")

    assert (later.code, back.code) == (0, 0)
    assert later.out.startswith("12 min behind the plan, set by hand")
    assert back.out.startswith("7 min behind the plan, set by hand")
    assert expected(office) == [("welcome", "07:07-07:37", "waiting"), ("closing", "07:37-08:07", "waiting")]


def test_nothing_starts_earlier_than_announced(office: Desk) -> None:
    """People come by the clock that they were told: a slip below zero is refused, and nothing changes."""
    answer = office.run("rundown", "slip", "-5")

    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "launch: nothing to move: it runs by the plan, and nothing starts earlier than announced\n"
    assert expected(office) == [("welcome", "07:00-07:30", "waiting"), ("closing", "07:30-08:00", "waiting")]


@pytest.mark.parametrize("minutes", ["soon", "+1.5", ""])
def test_minutes_are_a_whole_number(office: Desk, minutes: str) -> None:
    """Anything else is wrong usage."""
    answer = office.run("rundown", "slip", minutes)

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.endswith(f"Error: Invalid value for 'MINUTES': '{minutes}' is not a valid integer.\n")


def test_X04_which_meeting_has_to_be_said_when_there_are_two(desk: Desk) -> None:
    """The answer names what there is to choose from, also for a key that is none."""
    second = PROGRAMME[PROGRAMME.index("  launch:") :].replace("launch:", "talk:").replace("recording:", "# recording:")
    desk.apply(PROGRAMME + second.replace("host@", "other-host@"))

    unsaid = desk.run("rundown", "show")
    unknown = desk.run("rundown", "slip", "+1", "--meeting", "lunch")
    said = desk.run("rundown", "show", "--meeting", "talk")

    choice = "Which meeting? Name it with --meeting; the programme has: launch, talk\n"
    assert [(one.code, one.out, one.err) for one in (unsaid, unknown)] == [(1, "", choice)] * 2
    assert (said.code, said.out.split(",")[0]) == (0, "talk")
