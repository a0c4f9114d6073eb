"""Odd reports read into nouns."""

from __future__ import annotations

import pytest

from meetbot.core import times
from meetbot.core.remote import Reading, Session
from meetbot.zoom import reports, wire


def listing(*rows: wire.Row, total: int | None = None) -> wire.Listing:
    pages = wire.Listing("participants")
    pages.add({"participants": list(rows), "total_records": len(rows) if total is None else total})
    return pages


def row(**fields: object) -> wire.Row:
    stay = {"join_time": "2021-11-10T07:00:00Z", "leave_time": "2021-11-10T08:00:00Z", "duration": 3600}
    return {"name": "Sok", "user_email": "", "status": "in_meeting", **stay, **fields}


def span(start: str, end: str) -> times.Interval:
    return times.Interval(times.at(f"2021-11-10 {start}", "UTC"), times.at(f"2021-11-10 {end}", "UTC"))


HOUR = span("07:00", "08:00")


@pytest.mark.parametrize(
    ("fields", "session"),
    [
        ({}, Session("Sok", "", "", HOUR, seconds=3600)),
        ({"name": "", "duration": ""}, Session("", "", "", HOUR, seconds=None)),
        ({"name": None, "registrant_id": None, "duration": True}, Session("", "", "", HOUR)),
        ({"join_time": "2021-11-10T07:00:00"}, Session("Sok", "", "", HOUR, seconds=3600)),
        ({"join_time": "2021-11-10T14:00:00+07:00"}, Session("Sok", "", "", HOUR, seconds=3600)),
        ({"leave_time": "2021-11-10T06:59:00Z"}, Session("Sok", "", "", span("07:00", "07:00"), seconds=3600)),
        ({"leave_time": ""}, Session("Sok", "", "", span("07:00", "07:00"), seconds=3600)),
        ({"join_time": ""}, Session("Sok", "", "", span("08:00", "08:00"), seconds=3600)),
        ({"status": "in_waiting_room"}, Session("Sok", "", "", HOUR, in_waiting_room=True, seconds=3600)),
        ({"bo_mtg_id": "abc"}, Session("Sok", "", "", HOUR, in_breakout=True, seconds=3600)),
        ({"name": "So\x00k\ud83d"}, Session("Sok?", "", "", HOUR, seconds=3600)),
        ({"custom_keys": [], "status": "in_space"}, Session("Sok", "", "", HOUR, seconds=3600)),
    ],
)
def test_Z08_P13_every_row_becomes_a_session(fields: dict[str, object], session: Session) -> None:
    """However odd a row of the report is, it is one session, and no session ends before it starts."""
    assert reports.reading("u1", listing(row(**fields))) == Reading("u1", (session,), being_built=False)


def test_Z08_a_row_without_times_stands_at_the_start() -> None:
    """A row without any time counts no minute, but it is there."""
    reading = reports.reading("u1", listing(row(), row(name="Chan", join_time="", leave_time="garbage", duration=0)))

    assert [session.interval for session in reading.sessions] == [HOUR, span("07:00", "07:00")]


@pytest.mark.parametrize(
    ("report", "being_built"),
    [
        (listing(row()), False),
        (listing(), False),
        (listing(total=30), True),
        (listing(row(), total=2), True),
        (listing(row(), row(), total=1), True),
        (listing(row(duration=0)), True),
        (listing(row(duration=0, leave_time="2021-11-10T07:00:00Z")), False),
        (listing(row(duration=0, status="in_waiting_room")), False),
        (listing(row(join_time="", leave_time="")), True),
    ],
)
def test_Z07_P12_a_report_that_does_not_add_up_is_being_built(report: wire.Listing, being_built: bool) -> None:
    """Missing rows and stays of no seconds mean that Zoom is not done yet; an empty stay alone does not."""
    assert reports.reading("u1", report).being_built is being_built


def test_Z18_a_large_report_is_read() -> None:
    """A hundred thousand rows are a hundred thousand sessions."""
    assert len(reports.reading("u1", listing(*[row()] * 100_000)).sessions) == 100_000


@pytest.mark.parametrize("field", ["uuid", "start_time"])
def test_Z01_an_instance_without_a_name_or_a_time_is_unreadable(field: str) -> None:
    """What must be right is asked for."""
    run = {"uuid": "u1", "start_time": "2021-11-10T07:00:00Z"}

    with pytest.raises(wire.Unreadable, match=f"without {field}"):
        reports.instance({**run, field: "\x00"})


def test_Z09_every_stay_of_one_person_is_a_session_of_its_own() -> None:
    """Coming back, a second device and the waiting room are rows of their own: nothing is added up or merged here."""
    stays = [row(user_id=str(number), registrant_id="r1") for number in range(45)]

    reading = reports.reading("u1", listing(*stays, row(status="in_waiting_room", registrant_id="r1")))

    assert [(one.registrant_id, one.in_waiting_room) for one in reading.sessions] == [("r1", False)] * 45 + [
        ("r1", True)
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"id": 1, "uuid": "u1", "duration": 60, "participants_count": 2}, ("u1", "1", 60, 2)),
        ({"meeting_id": "1", "meeting_uuid": "u1", "unique_participants": 2}, ("u1", "1", None, 2)),
        ({"id": 1, "uuid": "u1", "duration": "01:00:00", "participants": 0}, ("u1", "1", None, 0)),
    ],
)
def test_past_meetings_in_the_words_of_three_reports(fields: dict[str, object], expected: tuple[object, ...]) -> None:
    """The same facts have other names in the history and on the dashboard."""
    past = reports.past_meeting(fields)

    assert (past.uuid, past.id, past.minutes, past.participants) == expected
