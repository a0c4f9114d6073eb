"""What an organiser is told about a changed programme, and about an odd one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from meetbot.core import delegations, programme
from meetbot.core.model import BreakoutRoom, Host, Interpreter, Licence, Meeting, MeetingKind, Part, Programme, Role
from meetbot.core.programme import Change, Oddity
from tests.core import builders as a
from tests.core.builders import bkk, segment, span

LAUNCH = a.meeting()
PROGRAMME = a.programme(LAUNCH)
WHEN = "Wed 10 Nov 2021 14:00–17:00 Bangkok (UTC+7)"
MOVED = replace(
    LAUNCH, interval=replace(LAUNCH.interval, start=bkk("14:00", "2021-11-11"), end=bkk("17:00", "2021-11-11"))
)


def changed(meeting: Meeting, **other: object) -> tuple[Change, ...]:
    return programme.diff(PROGRAMME, replace(PROGRAMME, meetings={meeting.key: meeting}, **other))  # type: ignore[arg-type]


def with_segment(key: str, **other: object) -> Meeting:
    rundown = (replace(one, **other) if one.key == key else one for one in LAUNCH.rundown)  # type: ignore[arg-type]
    return replace(LAUNCH, rundown=tuple(rundown))


def test_the_same_programme_has_no_changes() -> None:
    """A second apply says so."""
    assert programme.diff(PROGRAMME, a.programme(a.meeting())) == ()


def test_against_nothing_everything_is_new() -> None:
    """The first apply lists organisations, people and meetings."""
    changes = programme.diff(None, replace(PROGRAMME, people={"tang": a.person("tang")}))

    assert changes == (
        Change("+", "organisation", "npic", "National Polytechnic Institute of Cambodia (NPIC)", access=True),
        Change("+", "person", "tang", "Ms Tang Speaker"),
        Change("+", "meeting", "launch", f"Launching Ceremony: {WHEN}, 7 segments", access=True),
    )


def test_who_answers_for_an_organisation_is_part_of_it() -> None:
    """A new focal point and another language are said; the telephone number is not."""
    npic = replace(
        PROGRAMME.organisations["npic"],
        focal_point=delegations.FocalPoint("Ms Sok Dara", "dara@npic.example", "+855 23 000 000"),
        speaks=("Khmer",),
    )
    changes = programme.diff(PROGRAMME, replace(PROGRAMME, organisations={"npic": npic}))

    said = "National Polytechnic Institute of Cambodia (NPIC): focal point changed; languages changed"
    assert changes == (Change("~", "organisation", "npic", said),)


def test_P10_a_moved_meeting_says_from_when_to_when() -> None:
    """People must be told."""
    assert changed(MOVED) == (
        Change(
            "~",
            "meeting",
            "launch",
            f"Launching Ceremony: {WHEN} → Thu 11 Nov 2021 14:00–17:00 Bangkok (UTC+7)",
            moved=True,
        ),
    )


def test_P22_a_change_of_zone_is_a_move() -> None:
    """The same instant, spoken of in Yangon's half-hour zone."""
    there = replace(LAUNCH, zone="Asia/Yangon")

    assert programme.moved(LAUNCH, there)
    assert programme.change_text(LAUNCH, there) == f"{WHEN} → Wed 10 Nov 2021 13:30–16:30 Yangon (UTC+6:30)"
    assert not programme.moved(LAUNCH, replace(LAUNCH, title="Launch"))


def test_what_changes_who_gets_in_is_marked() -> None:
    """Waiting room, hosts, quota: an organiser sees them apart from words."""
    meeting = replace(LAUNCH, waiting_room=False, text="Another description")
    organisations = {"npic": a.organisation(quota=9)}

    assert changed(meeting, organisations=organisations) == (
        Change(
            "~",
            "organisation",
            "npic",
            "National Polytechnic Institute of Cambodia (NPIC): quota 5 → 9",
            access=True,
        ),
        Change(
            "~",
            "meeting",
            "launch",
            "Launching Ceremony: description Skills Development Network → Another description; waiting room on → off",
            access=True,
        ),
    )


def test_a_long_description_is_not_printed() -> None:
    """Two pages of text would hide the rest of the plan."""
    assert changed(replace(LAUNCH, text="word " * 100)) == (
        Change("~", "meeting", "launch", "Launching Ceremony: description changed"),
    )


@pytest.mark.parametrize(
    ("after", "how"),
    [
        (replace(PROGRAMME, meetings={}), "no longer in the programme"),
        (replace(PROGRAMME, meetings={"launch": replace(LAUNCH, cancelled=True)}), "cancelled"),
    ],
)
def test_a_meeting_taken_out_or_cancelled_goes(after: Programme, how: str) -> None:
    """Both ways end it."""
    gone = programme.diff(PROGRAMME, after)

    assert gone == (Change("-", "meeting", "launch", f"Launching Ceremony: {how}, was {WHEN}", access=True),)


def test_a_meeting_that_stays_cancelled_is_no_change_and_one_that_comes_back_is_new() -> None:
    """Whatever else is changed in a cancelled one."""
    cancelled = replace(PROGRAMME, meetings={"launch": replace(LAUNCH, cancelled=True)})
    renamed = replace(PROGRAMME, meetings={"launch": replace(LAUNCH, cancelled=True, title="Launch")})

    assert programme.diff(cancelled, renamed) == ()
    assert [(one.sign, one.key) for one in programme.diff(cancelled, PROGRAMME)] == [("+", "launch")]


def test_a_replaced_speaker_is_named() -> None:
    """Out with Liu, in with Magnat."""
    parts = (Part(Role.PRESENTER, person="magnat"),)

    assert changed(with_segment("networking", parts=parts)) == (
        Change("~", "segment", "launch/networking", "Networking: Ms Liu Speaker → Ms Magnat Speaker"),
    )


def test_the_first_speaker_of_a_segment_is_named() -> None:
    """Nobody before, a delegation now."""
    parts = (Part(Role.DISCUSSANT, organisation="npic"),)

    assert changed(with_segment("registration", parts=parts)) == (
        Change(
            "~",
            "segment",
            "launch/registration",
            "Registration: nobody → National Polytechnic Institute of Cambodia (NPIC)",
        ),
    )


def test_what_a_meeting_asks_of_zoom_is_said() -> None:
    """Another kind and other hosts change who gets in; words, interpreters and rooms do not."""
    asking = replace(
        LAUNCH,
        kind=MeetingKind.WEBINAR,
        host="",
        waiting_room_follows=True,
        chat=True,
        interpreters=(Interpreter("Ms Chan Lina", "lina@words.example", ("English", "Chinese")),),
        breakout_rooms=(BreakoutRoom("Khmer", ("npic",)),),
    )

    assert changed(asking, hosts=(Host("first@ilo.example"),)) == (
        Change("~", "programme", "network", "South-South Cooperation: hosts changed", access=True),
        Change(
            "~",
            "meeting",
            "launch",
            "Launching Ceremony: kind meeting → webinar; host host@ilo.example → one of the hosts; "
            "words in the waiting room off → on; words in the chat off → on; interpreters changed; "
            "breakout rooms changed",
            access=True,
        ),
    )
    words = changed(replace(LAUNCH, waiting_room_follows=True, chat=True, interpreters=asking.interpreters))
    assert [one.access for one in words] == [False]


def test_a_changed_list_is_only_said_to_be_changed() -> None:
    """Addresses and readers do not fit into a line; hosts still count as access."""
    assert changed(replace(LAUNCH, alternative_hosts=("b@ilo.example",)), reports_to=()) == (
        Change("~", "programme", "network", "South-South Cooperation: readers of the report changed"),
        Change("~", "meeting", "launch", "Launching Ceremony: alternative hosts changed", access=True),
    )


def test_a_moved_segment_says_so() -> None:
    """Its people must be told, not everybody."""
    assert changed(with_segment("networking", interval=span("14:35", "15:00"))) == (
        Change(
            "~",
            "segment",
            "launch/networking",
            "Networking: 14:30–15:00 Bangkok (UTC+7) → 14:35–15:00 Bangkok (UTC+7)",
            moved=True,
        ),
    )


def test_segments_come_go_and_change_places() -> None:
    """A toast instead of the photo, and the last two swapped."""
    rundown = list(LAUNCH.rundown)
    rundown[2] = segment("toast", "14:30", "14:30")
    rundown[5], rundown[6] = rundown[6], rundown[5]

    assert changed(replace(LAUNCH, rundown=tuple(rundown))) == (
        Change("~", "meeting", "launch", "Launching Ceremony: order of the rundown changed"),
        Change("+", "segment", "launch/toast", "Toast: 14:30–14:30 Bangkok (UTC+7)"),
        Change("-", "segment", "launch/photo", "Photo: no time of its own"),
    )


def odd(*rundown: object, **other: object) -> list[tuple[object, str]]:
    found = programme.oddities(a.programme(a.meeting(rundown=rundown, **other)))
    assert all(one.path[:3] == ("meetings", "launch", "rundown") for one in found)
    return [(one.path[3], one.text) for one in found]


def test_a_plain_rundown_is_not_odd() -> None:
    """One after the other, from the opening to the end; one short speech, or one person in two roles, is no crowd."""
    registration = segment("registration", "13:30", "14:00")
    welcome = segment("welcome", "14:00", "15:00", "tang", "tang")
    toast = segment("toast", "15:00", "15:05", "liu")

    assert odd(registration, welcome, toast, segment("closing", "15:05", "17:00", "hao")) == []


def test_T15_gaps_overlaps_and_edges_of_the_rundown_are_pointed_out() -> None:
    """Each at its segment, with its minutes."""
    found = odd(
        segment("early", "13:20", "14:00"),
        segment("welcome", "14:05", "14:30", "tang"),
        segment("networking", "14:20", "15:00", "liu"),
        segment("closing", "15:00", "17:10", "hao"),
    )

    assert found == [
        ("welcome", "5 min with nothing planned between Early and Welcome"),
        ("networking", "Networking begins 10 min before Welcome ends"),
        ("early", "Early begins before the meeting opens"),
        ("closing", "Closing ends 10 min after the meeting"),
    ]
    assert odd(segment("welcome", "14:00", "16:50", "tang")) == [
        ("welcome", "nothing is planned for the last 10 min of the meeting")
    ]


def test_A09_little_time_for_many_speakers_is_pointed_out() -> None:
    """Four in thirty minutes; three have ten minutes each, which is enough."""
    four = segment("welcome", "14:00", "14:30", "panudda", "tang", "pich", "phongxaysack")
    three = segment("closing", "14:30", "15:00", "hao", "buckley", "liu")
    two = segment("thanks", "15:00", "15:12", "ma", "magnat")
    rest = segment("discussion", "15:12", "17:00", "li")

    assert odd(four, three, two, rest) == [
        ("welcome", "4 share the 30 min of Welcome: about 7 min each"),
        ("thanks", "2 share the 12 min of Thanks: about 6 min each"),
    ]


def test_a_segment_without_a_time_is_pointed_out() -> None:
    """The group photo."""
    photo = segment("photo", "15:00", "15:00", "tang", "hao", timed=False)

    found = odd(segment("welcome", "14:00", "15:00", "tang"), photo, segment("closing", "15:00", "17:00", "hao"))

    assert found == [("photo", "Photo has no time of its own: it takes from its neighbours, and is not cued")]


def test_A09_a_speaker_in_two_places_at_once_is_pointed_out() -> None:
    """Across meetings; one after the other is fine."""
    one = a.meeting(
        rundown=(segment("welcome", "14:00", "15:00", "tang"), segment("closing", "15:00", "17:00", "tang"))
    )
    other = a.meeting(key="talks", host="b@ilo.example", rundown=(segment("opening", "14:00", "17:00", "liu", "tang"),))

    found = programme.oddities(a.programme(one, other))

    path = ("meetings", "talks", "rundown", "opening")
    assert found == (
        Oddity(path, "Ms Tang Speaker is in Welcome and in Opening at the same time"),
        Oddity(path, "Ms Tang Speaker is in Closing and in Opening at the same time"),
    )


def test_a_delegation_may_be_in_two_places() -> None:
    """An organisation has more than one person."""
    both = {"parts": (Part(Role.DISCUSSANT, organisation="npic"),)}
    one = a.meeting(rundown=(segment("welcome", "14:00", "17:00", **both),))
    other = a.meeting(key="talks", host="b@ilo.example", rundown=(segment("opening", "14:00", "17:00", **both),))

    assert programme.oddities(a.programme(one, other)) == ()


@pytest.mark.parametrize(("opens", "clashes"), [("16:59", True), ("17:00", False)])
def test_T20_two_meetings_on_one_host_at_once_are_pointed_out(opens: str, clashes: bool) -> None:
    """From the opening of the doors on, in any writing of the host's address."""
    one = a.meeting(rundown=())
    other = a.meeting(
        key="talks",
        title="Talks",
        host="HOST@ilo.example",
        interval=span("17:30", "18:00"),
        opens_at=bkk(opens),
        rundown=(),
    )

    found = programme.oddities(a.programme(one, other))

    text = "Talks and Launching Ceremony are on one host at the same time"
    assert found == ((Oddity(("meetings", "talks"), text),) if clashes else ())


def test_T20_a_business_host_may_hold_two_meetings_at_once_but_not_three() -> None:
    """Where the programme lists the host, it says how many."""
    pool = (Host("host@ilo.example", Licence.BUSINESS, at_once=2),)
    three = [a.meeting(key=key, title=key.title(), rundown=()) for key in ("one", "two", "three")]

    assert programme.oddities(a.programme(*three[:2], hosts=pool)) == ()
    assert programme.oddities(a.programme(*three, hosts=pool)) == (
        Oddity(("meetings", "three"), "Three and Two and One are on one host at the same time"),
    )


def test_T20_a_meeting_for_which_no_host_is_free_is_pointed_out() -> None:
    """It names none, and the only one that is listed holds another meeting then."""
    two = [a.meeting(key=key, host="", rundown=()) for key in ("one", "two")]

    (odd,) = programme.oddities(a.programme(*two, hosts=(Host("first@ilo.example"),)))

    assert odd == Oddity(
        ("meetings", "two"),
        "the only host holds another meeting between 13:30 and 17:15 (Bangkok) on Wed 10 Nov 2021: "
        "add a host, or move it by 225 min",
    )


def test_one_name_with_two_years_is_pointed_out() -> None:
    """The note's Workplan is of 2020-2021 in its text and of 2022 in its agenda; the day's date is no such year."""
    text = (
        "A virtual Launch of Skills Development Network through South-South Cooperation on 10 November 2021. "
        "This launching event will review and adopt the Workplan of the Network for 2020-2021, to be followed by talks."
    )
    plan = segment(
        "workplan",
        "14:00",
        "17:00",
        "magnat",
        title="Our Workplan",
        text="Presentation on Workplan 2022 of the Network",
    )

    found = programme.oddities(a.programme(a.meeting(text=text, rundown=(plan,))))

    assert found == (
        Oddity(
            ("meetings", "launch", "rundown", "workplan", "text"),
            "Workplan goes with 2022 here, but with 2020-2021 in meetings launch text",
        ),
    )


def test_what_is_cancelled_is_not_odd() -> None:
    """Nobody needs to put it right."""
    one = a.meeting(cancelled=True, rundown=(segment("early", "12:00", "13:00"),))

    assert programme.oddities(a.programme(one, a.meeting(key="other", rundown=()))) == ()
