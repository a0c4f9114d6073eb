"""What somebody did to meetings on Zoom's own pages, and what an organiser types about it."""

from __future__ import annotations

from tests.cli.desk import DAY, PROGRAMME, Desk

TWO = (
    PROGRAMME
    + f"""\
  workshop: {{title: Workshop, date: {DAY}, start: 16:00, end: 17:00, host: host@network.example}}
"""
)


def topics(desk: Desk) -> list[str]:
    return sorted(one.topic for one in desk.zoom.account.meetings.values() if not one.deleted)


def somebody_deletes_all(desk: Desk) -> None:
    for one in desk.zoom.account.meetings.values():
        one.deleted = True


def test_F16_where_all_meetings_were_deleted_a_person_says_so_and_chooses(desk: Desk) -> None:
    """An empty list looks like the wrong account: nothing is made there, and the question says how to answer it."""
    desk.apply(TWO)
    somebody_deletes_all(desk)

    asked = desk.apply(TWO)
    doubted = topics(desk)
    dry = desk.run("drift", "deleted", "--dry-run")
    said = desk.run("drift", "deleted", typed="y\n")
    desk.run("drift", "overwrite", "launch", "--yes")
    desk.run("drift", "adopt", "workshop", "--yes")

    question = "Zoom lists none of the 2 meetings made there: is this the right account?"
    assert f"{question} If it is: meetbot drift deleted" in asked.out + asked.err
    assert doubted == []
    assert dry.out == "Zoom does not list: launch, workshop.\n"
    assert said.out.endswith("Noted. Choose for each: meetbot drift\n")
    assert topics(desk) == ["Launching Ceremony"]
    assert desk.run("drift", "--json").document == []


def test_whoever_answers_no_changes_nothing(desk: Desk) -> None:
    """They look at their credentials first."""
    desk.apply(TWO)
    somebody_deletes_all(desk)

    desk.run("drift", "deleted", typed="n\n")

    assert desk.run("drift", "--json").document == []


def test_meetings_that_stand_are_not_called_deleted(desk: Desk) -> None:
    """Then there is nothing to say."""
    desk.apply(TWO)

    assert desk.run("drift", "deleted", "--yes").out == "Zoom lists every meeting that it should.\n"
