"""What an organiser hears a week before: whether Zoom can hold what the programme plans, and what to do if not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from meetbot.core import hosts, readiness
from meetbot.core.hosts import Allocation, Assigned
from meetbot.core.model import BreakoutRoom, Host, Interpreter, Meeting, MeetingKind, Recording
from meetbot.core.readiness import Duty, Finding, Level, SeenHost, Use
from meetbot.core.remote import HostSettings
from tests.core.builders import BANGKOK, bkk, meeting, organisation

NOW = bkk("12:00")
HOST = "host@ilo.example"
NEEDED = frozenset({"meeting:write:meeting:admin"})
OPTIONAL = {
    "recording": frozenset({"recording"}),
    "waiting_room": frozenset({"room"}),
    "chat": frozenset({"chat:post", "chat:members"}),
    "webinar": frozenset({"webinar"}),
    "questions": frozenset({"ask", "ask:read"}),
    "webinar_questions": frozenset({"webinar:ask"}),
    "dashboard": frozenset({"dashboard"}),
}
ADD_THEM = "Add them to the app in Zoom's Marketplace; a new token has them at once."
ALL_ON = HostSettings(
    capacity=300,
    webinar_capacity=500,
    cloud_recording=True,
    interpretation=True,
    sign_interpretation=True,
    breakout_rooms=True,
    waiting_room=True,
    chat=True,
)
FULL = meeting(
    recording=Recording("welcome", "closing"),
    waiting_room_follows=True,
    chat=True,
    interpreters=(
        Interpreter("Ms Chan", "chan@ilo.example", ("English", "Khmer")),
        Interpreter("Mr Sok", "sok@ilo.example", ("American Sign Language",), sign=True),
    ),
    breakout_rooms=(BreakoutRoom("Cambodia", ("npic",)),),
)
PLAIN = meeting(key="talk", waiting_room=False)


def scopes(granted: frozenset[str], *coming: Meeting, asks_sex: bool = False) -> list[Finding]:
    return list(readiness.check_scopes(coming, granted, needed=NEEDED, optional=OPTIONAL, asks_sex=asks_sex))


def checked(use: Use, seen: SeenHost, spent: int = 0) -> list[Finding]:
    return list(readiness.check_host(HOST, use, seen, spent=spent, now=NOW, zone=BANGKOK))


def duty(settings: HostSettings, *meetings: Meeting) -> Duty:
    return Duty(HOST, meetings, settings)


def test_F13_scopes_that_every_programme_needs_are_named() -> None:
    """As they are called in Zoom's Marketplace."""
    assert scopes(NEEDED) == [Finding(Level.OK, "Zoom gives a token with every scope that meetbot needs")]
    assert scopes(frozenset()) == [
        Finding(Level.FAIL, "the Zoom app lacks the scopes meeting:write:meeting:admin", ADD_THEM)
    ]


def test_F13_scopes_of_a_feature_are_missed_only_where_it_is_used() -> None:
    """With what is lost; what the meeting can do without is a warning."""
    webinar = meeting(key="watch", kind=MeetingKind.WEBINAR)

    found = scopes(NEEDED, FULL, webinar, PLAIN)

    assert scopes(NEEDED, PLAIN) == scopes(NEEDED)
    assert found[1:] == [
        Finding(Level.FAIL, "webinars cannot be made for watch: the Zoom app lacks the scopes webinar", ADD_THEM),
        Finding(
            Level.FAIL,
            "nobody starts and stops the cloud recording for launch: the Zoom app lacks the scopes recording",
            ADD_THEM,
        ),
        Finding(
            Level.WARN,
            "the waiting room cannot show which segment runs for launch: the Zoom app lacks the scopes room",
            ADD_THEM,
        ),
        Finding(
            Level.WARN,
            "cues cannot be posted into the meeting's chat for launch: the Zoom app lacks the scopes "
            "chat:members, chat:post",
            ADD_THEM,
        ),
    ]


def test_F13_the_question_for_the_sex_has_scopes_of_its_own() -> None:
    """Only where the programme asks, and not for a bilateral, to whose page at Zoom nobody is sent."""
    bilateral = meeting(key="m1", delegations=("npic", "cvt"), waiting_room=False)
    webinar = meeting(key="watch", kind=MeetingKind.WEBINAR)
    granted = NEEDED | {"webinar", "ask:read"}

    found = scopes(granted, PLAIN, bilateral, webinar, asks_sex=True)

    loss = "Zoom's registration page cannot ask for the sex for"
    assert scopes(granted, PLAIN, bilateral, webinar) == scopes(NEEDED)
    assert found[1:] == [
        Finding(Level.WARN, f"{loss} talk: the Zoom app lacks the scopes ask", ADD_THEM),
        Finding(Level.WARN, f"{loss} watch: the Zoom app lacks the scopes webinar:ask", ADD_THEM),
    ]


@pytest.mark.parametrize(("seconds", "level"), [(0, "ok"), (5, "ok"), (-5, "ok"), (6, "fail"), (-6, "fail")])
def test_a_clock_more_than_five_seconds_off_fails(seconds: int, level: str) -> None:
    """Either way; and when Zoom names no time nobody can tell."""
    assert readiness.check_clock(NOW + timedelta(seconds=seconds), NOW).level == level
    assert readiness.check_clock(NOW, None).level == "warn"


def test_every_zoom_user_of_the_programme_is_looked_at_once() -> None:
    """Those who hold meetings, the pool, backup and alternative hosts, whatever the case of their addresses."""
    pool = [Host("spare@ilo.example", backup=True), Host("b@ilo.example"), Host("HOST@ilo.example")]
    coming = [meeting(alternative_hosts=("Spare@ilo.example", "deputy@ilo.example"))]
    allocation = Allocation({"launch": Assigned(HOST, None, ""), "gone": Assigned("a@ilo.example", None, "")}, {})

    assert list(readiness.uses(coming, pool, allocation).items()) == [
        ("a@ilo.example", Use.HOST),
        ("b@ilo.example", Use.HOST),
        (HOST, Use.HOST),
        ("spare@ilo.example", Use.BACKUP),
        ("deputy@ilo.example", Use.ALTERNATIVE),
    ]


def test_P08_a_host_who_is_ready_is_told_with_what_is_left_of_the_day() -> None:
    """By our own count; a stand-in creates nothing."""
    seen = SeenHost(settings=ALL_ON)

    assert checked(Use.HOST, seen, spent=2) == [
        Finding(
            Level.OK, f"host {HOST} is active and licensed, 88 of today's 90 creations and changes of meetings left"
        )
    ]
    assert checked(Use.ALTERNATIVE, seen) == [Finding(Level.OK, f"alternative host {HOST} is active and licensed")]


def test_F08_a_host_whose_day_is_used_up_is_pointed_out() -> None:
    """With the time at which Zoom counts anew, on the programme's clock."""
    assert checked(Use.HOST, SeenHost(settings=ALL_ON), spent=90) == [
        Finding(
            Level.WARN,
            f"host {HOST} has had all creations and changes of meetings of today",
            "What is still to be created or changed waits until 07:01 Bangkok (UTC+7); or name another host.",
        )
    ]


@pytest.mark.parametrize(
    ("use", "seen", "text", "remedy"),
    [
        (
            Use.HOST,
            SeenHost(refusal="Zoom knows no such user"),
            f"host {HOST}: Zoom knows no such user",
            "Name a user of this Zoom account, by address or user id.",
        ),
        (
            Use.HOST,
            SeenHost(active=False),
            f"host {HOST} is deactivated at Zoom",
            "Activate the user. Or let others hold the meetings: meetbot swap host ADDRESS",
        ),
        (
            Use.BACKUP,
            SeenHost(active=False),
            f"backup host {HOST} is deactivated at Zoom",
            "Activate the user. Or name another backup host in the programme.",
        ),
        (
            Use.ALTERNATIVE,
            SeenHost(licensed=False),
            f"alternative host {HOST} has no licence",
            "Zoom refuses a meeting with such a stand-in: assign one. Or take the address out of the programme.",
        ),
    ],
    ids=["unknown", "deactivated", "deactivated-backup", "unlicensed"],
)
def test_F15_a_user_who_cannot_host_fails(use: Use, seen: SeenHost, text: str, remedy: str) -> None:
    """One line that says who, in which role, and below it what to do."""
    assert checked(use, seen) == [Finding(Level.FAIL, text, remedy)]


def test_settings_that_zoom_does_not_show_are_pointed_out() -> None:
    """Nothing that depends on them was looked at, and nobody should think it was."""
    assert checked(Use.HOST, SeenHost())[1:] == [
        Finding(
            Level.WARN,
            f"Zoom does not show what host {HOST} may use, so that was not looked at",
            "Give the Zoom app the scope user:read:settings:admin.",
        )
    ]
    assert readiness.duties([FULL], Allocation({"launch": Assigned(HOST, None, "")}, {}), {HOST: SeenHost()}) == ()


def test_meetings_without_a_host_and_clashes_fail_with_their_remedies() -> None:
    """What is wrong stands above what to do."""
    crowd = [meeting(key="a", host=""), meeting(key="b", host="x@ilo.example"), meeting(key="c", host="x@ilo.example")]

    found = list(readiness.check_hosting(crowd, hosts.allocate(crowd, [], standing={}), {}))

    assert found == [
        Finding(
            Level.FAIL,
            "c names host x@ilo.example, who holds b at that time; Zoom lets them hold one meeting at once, and 15 min "
            "are kept free in between",
            "Name another host, or move one.",
        ),
        Finding(
            Level.FAIL,
            "a has no host, because no host can be chosen",
            "List hosts in the programme, or name one for this meeting.",
        ),
    ]


def test_a_meeting_that_zoom_did_not_make_as_planned_fails() -> None:
    """No link may leave, so the organiser must hear before the people do."""
    allocation = Allocation({"launch": Assigned(HOST, None, "")}, {})
    why = "Zoom holds registration off, not with approval"

    assert list(readiness.check_hosting([meeting()], allocation, {"launch": why})) == [
        Finding(
            Level.FAIL,
            f"no join link of launch is sent: {why}",
            "See what differs with meetbot drift, and choose there, or put it right at Zoom.",
        )
    ]


def test_duties_are_by_host() -> None:
    """Whatever the case of the addresses; a meeting without a host is nobody's."""
    coming = [meeting(key="a"), meeting(key="b"), meeting(key="c"), meeting(key="d")]
    given = {"a": HOST, "b": "other@ilo.example", "c": HOST.upper()}
    allocation = Allocation({key: Assigned(host, None, "") for key, host in given.items()}, {"d": "no host"})

    found = readiness.duties(coming, allocation, {HOST: SeenHost(settings=ALL_ON), "other@ilo.example": SeenHost()})

    assert found == (Duty(HOST, (coming[0], coming[2]), ALL_ON),)


@pytest.mark.parametrize(
    ("switch", "name", "level"),
    [
        ({"cloud_recording": False}, "Cloud recording", "fail"),
        ({"interpretation": False}, "Language interpretation", "fail"),
        ({"sign_interpretation": False}, "Sign language interpretation", "fail"),
        ({"breakout_rooms": False}, "Breakout room", "fail"),
        ({"waiting_room": False}, "Waiting room", "fail"),
        ({"chat": False}, "Continuous meeting chat", "warn"),
        ({"webinar_capacity": 0}, "Webinar", "fail"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_switched_off_is_told_to_those_who_need_it(switch: dict[str, object], name: str, level: str) -> None:
    """Zoom would drop it without a word. A meeting that does without it says nothing."""
    settings = replace(ALL_ON, **switch)  # type: ignore[arg-type]
    asking = replace(FULL, kind=MeetingKind.WEBINAR)

    found = list(readiness.check_switches(duty(settings, asking, PLAIN)))

    assert [(one.level, one.text) for one in found] == [(level, f"“{name}” is off for host {HOST}; launch needs it")]
    assert found[0].remedy.startswith("An administrator of the Zoom account switches it on. Until then ")
    assert list(readiness.check_switches(duty(settings, PLAIN))) == []
    assert list(readiness.check_switches(duty(ALL_ON, asking))) == []


def test_what_zoom_does_not_say_is_a_warning() -> None:
    """Some accounts hide some of their settings."""
    found = list(readiness.check_switches(duty(replace(ALL_ON, chat=None), FULL)))

    assert found == [
        Finding(
            Level.WARN,
            f"Zoom does not say whether “Continuous meeting chat” is on for host {HOST}; launch needs it",
            "Look in the host's settings at zoom.us.",
        )
    ]


def test_many_meetings_are_named_only_in_part() -> None:
    """Twenty bilaterals make one line, not twenty."""
    crowd = [meeting(key=f"pair-{number}") for number in range(20)]

    [found] = readiness.check_switches(duty(replace(ALL_ON, waiting_room=False), *crowd))

    assert found.text == f"“Waiting room” is off for host {HOST}; pair-0, pair-1, pair-2 and 17 more need it"


TIGHT = "the room of launch may become too small: 9 people so far, 14 if every organisation uses its quota"
QUOTAS = {"npic": organisation("npic", quota=5), "cvt": organisation("cvt", quota=5)}


@pytest.mark.parametrize(
    ("room", "level", "text"),
    [
        (14, "ok", "everybody fits into launch (at most 14 of 14)"),
        (
            13,
            "warn",
            f"{TIGHT}, and 13 fit in",
        ),
        (
            9,
            "warn",
            f"{TIGHT}, and 9 fit in",
        ),
        (8, "fail", "the room of launch is too small: 9 people with host and interpreters, and 8 fit in"),
        (None, "warn", "Zoom does not say how many people fit into launch; up to 14 may come"),
    ],
)
def test_the_room_is_compared_with_the_people(room: int | None, level: str, text: str) -> None:
    """Five of NPIC, a guest with two interpreters, nobody yet of CVT, who may send five, and the host."""
    approved: dict[str, dict[str | None, int]] = {"launch": {"npic": 5, None: 3}, "other": {"npic": 50}}

    [found] = readiness.check_rooms(duty(replace(ALL_ON, capacity=room), FULL), approved, QUOTAS)

    assert (found.level, found.text) == (level, text)


def test_quotas_that_are_used_up_bring_nobody_more() -> None:
    """More may be approved than the quota, by hand."""
    approved: dict[str, dict[str | None, int]] = {"talk": {"npic": 8, "cvt": 5}}

    [found] = readiness.check_rooms(duty(replace(ALL_ON, capacity=14), PLAIN), approved, QUOTAS)

    assert found == Finding(Level.OK, "everybody fits into talk (at most 14 of 14)")


def test_a_webinar_has_a_room_of_its_own_size() -> None:
    """The licence for meetings says nothing about it."""
    webinar = meeting(key="watch", kind=MeetingKind.WEBINAR)

    found = list(readiness.check_rooms(duty(replace(ALL_ON, capacity=5), webinar), {}, QUOTAS))

    assert found == [Finding(Level.OK, "everybody fits into watch (at most 11 of 500)")]


PLACES = {"npic": "KH", "cvt": "MM"}
NAMED = {"npic": organisation("npic", name="NPIC"), "cvt": organisation("cvt", name="CVT")}


@pytest.mark.parametrize(
    ("settings", "kept_out"),
    [
        (HostSettings(), []),
        (HostSettings(countries_denied=("MM",)), [("MM", "CVT")]),
        (HostSettings(countries_approved=("KH", "TH")), [("MM", "CVT")]),
        (HostSettings(countries_approved=()), [("KH", "NPIC"), ("MM", "CVT")]),
    ],
    ids=["open", "denied", "approved", "all-shut"],
)
def test_a_country_that_zoom_keeps_out_is_named(settings: HostSettings, kept_out: list[tuple[str, str]]) -> None:
    """Before its people are invited. An organisation whose country is not known is not guessed at."""
    organisations = {**NAMED, "somewhere": organisation("somewhere")}

    found = list(readiness.check_countries(duty(settings, PLAIN), organisations, PLACES))

    assert [(one.level, one.text) for one in found] == [
        ("fail", f"Zoom lets nobody in {country} enter meetings of host {HOST}, so not {name}")
        for country, name in kept_out
    ]
