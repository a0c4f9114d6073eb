"""Odd answers read into nouns."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from meetbot.core.model import MeetingKind
from meetbot.core.remote import HostSettings
from meetbot.zoom import answers, bodies, wire, zones


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


EVERYTHING: dict[str, object] = {
    "schedule_meeting": {"continuous_meeting_chat": {"enable": True}},
    "in_meeting": {
        "waiting_room": True,
        "breakout_room": False,
        "language_interpretation": {"enable": True, "languages": ["English"]},
        "sign_language_interpretation": {"enable": False},
    },
    "recording": {"cloud_recording": True},
    "feature": {"meeting_capacity": 300, "large_meeting": False, "webinar": True, "webinar_capacity": 500},
}


def test_host_settings() -> None:
    """What the licence and the account allow stands in four places of Zoom's answer."""
    assert answers.host_settings(EVERYTHING) == HostSettings(
        capacity=300,
        webinar_capacity=500,
        cloud_recording=True,
        interpretation=True,
        sign_interpretation=False,
        breakout_rooms=False,
        waiting_room=True,
        chat=True,
    )


@pytest.mark.parametrize(
    "row", [{}, dict.fromkeys(EVERYTHING), {name: [] for name in EVERYTHING}, {"feature": {"webinar": 1}}]
)
def test_Z17_host_settings_that_zoom_does_not_tell(row: dict[str, object]) -> None:
    """What Zoom leaves out or writes oddly is not known, rather than off."""
    assert answers.host_settings(row) == HostSettings()


@pytest.mark.parametrize(
    ("feature", "capacity", "webinar_capacity"),
    [
        ({"meeting_capacity": 300, "large_meeting": True, "large_meeting_capacity": 1000}, 1000, None),
        ({"meeting_capacity": 300, "large_meeting": False, "large_meeting_capacity": 1000}, 300, None),
        ({"meeting_capacity": "100", "webinar": False, "webinar_capacity": 500}, 100, 0),
    ],
)
def test_host_capacity(feature: dict[str, object], capacity: int, webinar_capacity: int | None) -> None:
    """An add-on counts only while it is bought."""
    settings = answers.host_settings({"feature": feature})

    assert (settings.capacity, settings.webinar_capacity) == (capacity, webinar_capacity)


@pytest.mark.parametrize(
    ("restriction", "expected"),
    [
        ({"enable": True, "method": "approve", "approved_list": ["KH", "TH"], "denied_list": []}, (("KH", "TH"), ())),
        ({"enable": True, "method": "deny", "denied_list": ["CN"]}, (None, ("CN",))),
        ({"enable": False, "method": "deny", "denied_list": ["CN"]}, (None, ())),
        (True, (None, ())),
    ],
)
def test_host_countries(restriction: object, expected: tuple[object, object]) -> None:
    """Countries are kept out, or alone let in, only while the restriction is on."""
    settings = answers.host_settings({"meeting_security": {"approved_or_denied_countries_or_regions": restriction}})

    assert (settings.countries_approved, settings.countries_denied) == expected


def test_a_meeting_with_everything() -> None:
    """Interpreters, rooms, chat, host and passcode are read back from where Zoom puts them."""
    settings = {
        "language_interpretation": {
            "enable": True,
            "interpreters": [
                {"email": "i@example.org", "interpreter_languages": "English, French", "languages": "US,FR"}
            ],
        },
        "sign_language_interpretation": {
            "enable": True,
            "interpreters": [{"email": "s@example.org", "sign_language": "American"}],
        },
        "breakout_room": {"enable": True, "rooms": [{"name": "A", "participants": ["a@example.org", 7]}, "odd"]},
        "continuous_meeting_chat": {"enable": True, "channel_id": "web_sch_1"},
    }

    meeting = answers.meeting({"id": 1, "host_email": "h@example.org", "password": "kampot", "settings": settings})

    assert (meeting.host_address, meeting.passcode, meeting.kind) == ("h@example.org", "kampot", MeetingKind.MEETING)
    assert meeting.interpreters == (("i@example.org", "English,French"),)
    assert meeting.sign_interpreters == (("s@example.org", "American"),)
    assert meeting.breakout_rooms == (("A", ("a@example.org",)),)
    assert (meeting.chat, meeting.channel) == (True, "web_sch_1")


def test_a_meeting_with_everything_switched_off() -> None:
    """What stands below a switch that is off does not count."""
    settings = {
        "language_interpretation": {"enable": False, "interpreters": [{"email": "i@example.org"}]},
        "breakout_room": {"rooms": [{"name": "A"}]},
        "continuous_meeting_chat": {"enable": False},
    }

    meeting = answers.meeting({"id": 1, "settings": settings})

    assert (meeting.interpreters, meeting.sign_interpreters, meeting.breakout_rooms) == ((), (), ())
    assert (meeting.chat, meeting.channel) == (False, None)


def test_P31_a_passcode_is_not_shown() -> None:
    """A meeting in a log does not open its door."""
    assert "kampot" not in repr(answers.meeting({"id": 1, "password": "kampot"}))


def test_questions_are_what_was_set() -> None:
    """Zoom's fields and the organiser's own questions come back as they were asked."""
    asked = (
        answers.Question("org", required=True),
        answers.Question("Which session?", required=False, own=True, answers=("one", "two")),
        answers.Question("Diet", required=False, own=True),
    )

    assert answers.questions(bodies.questions(asked)) == asked


@pytest.mark.parametrize(
    ("zone", "at_zoom"),
    [
        ("Asia/Bangkok", "Asia/Bangkok"),
        ("Asia/Phnom_Penh", "Asia/Bangkok"),
        ("Asia/Ho_Chi_Minh", "Asia/Saigon"),
        ("Europe/London", "Europe/London"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Asia/Yangon", "UTC"),
        ("Antarctica/Troll", "UTC"),
    ],
)
def test_zones_that_zoom_lacks(zone: str, at_zoom: str) -> None:
    """A zone that Zoom does not list is shown by one with the same clocks, or else in UTC."""
    assert zones.zoom_zone(zone) == at_zoom


@pytest.mark.parametrize(("zone", "at_zoom"), zones.SAME_CLOCKS.items())
def test_stand_ins_show_the_same_time_all_year(zone: str, at_zoom: str) -> None:
    """Whoever looks at Zoom's own pages reads the right hour, in summer and in winter."""
    months = [datetime(2026, month, 15, 12, tzinfo=UTC) for month in range(1, 13)]

    assert [month.astimezone(ZoneInfo(zone)).utcoffset() for month in months] == [
        month.astimezone(ZoneInfo(at_zoom)).utcoffset() for month in months
    ]
