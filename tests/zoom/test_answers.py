"""Odd answers read into nouns."""

from __future__ import annotations

import pytest

from meetbot.core import times
from meetbot.core.remote import Reading, Session
from meetbot.zoom import answers, wire


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
    assert answers.reading("u1", listing(row(**fields))) == Reading("u1", (session,), being_built=False)


def test_Z08_a_row_without_times_stands_at_the_start() -> None:
    """A row without any time counts no minute, but it is there."""
    reading = answers.reading("u1", listing(row(), row(name="Chan", join_time="", leave_time="garbage", duration=0)))

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
    assert answers.reading("u1", report).being_built is being_built


def test_Z18_a_large_report_is_read() -> None:
    """A hundred thousand rows are a hundred thousand sessions."""
    assert len(answers.reading("u1", listing(*[row()] * 100_000)).sessions) == 100_000


@pytest.mark.parametrize("field", ["uuid", "start_time"])
def test_Z01_an_instance_without_a_name_or_a_time_is_unreadable(field: str) -> None:
    """What must be right is asked for."""
    run = {"uuid": "u1", "start_time": "2021-11-10T07:00:00Z"}

    with pytest.raises(wire.Unreadable, match=f"without {field}"):
        answers.instance({**run, field: "\x00"})


@pytest.mark.parametrize("approval_type", [0, 1, 2, 7])
def test_Z17_unknown_values_are_passed_on(approval_type: int) -> None:
    """A value that we do not know is for the decision, not for the reader, to judge."""
    meeting = answers.meeting({"id": 1, "type": 99, "settings": {"approval_type": approval_type}})

    assert meeting.approval_type == approval_type


@pytest.mark.parametrize(
    ("uuid", "encoded"),
    [
        ("ab+c/d==", "ab%2Bc%2Fd%3D%3D"),
        ("/ab==", "%252Fab%253D%253D"),
        ("a//b", "a%252F%252Fb"),
        ("ab/", "ab%2F"),
    ],
)
def test_U06_uuids_in_a_path(uuid: str, encoded: str) -> None:
    """Encoded once; twice where it begins with a slash or holds two in a row."""
    assert wire.uuid_segment(uuid) == encoded
