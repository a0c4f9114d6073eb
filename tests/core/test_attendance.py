"""Every row of Zoom's report counted once, nobody merged by name, nothing called final too early."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from meetbot.core import attendance
from meetbot.core.attendance import Declaration, Final, Group, Incomplete, Peak, Preliminary, Staff, Tally
from meetbot.core.model import Meeting, Registrant, Segment, Status
from meetbot.core.remote import Reading, Session
from meetbot.core.times import Interval
from tests.core import builders as a
from tests.core.builders import RUNDOWN, bkk, minutes, reading, registrant, session, span

BY_PLAN = [(segment, segment.interval) for segment in RUNDOWN]
NPIC = a.organisation()
COLLEGE = a.organisation("yunnan", name="Yunnan Technician College", country="China", zone="Asia/Shanghai")


def counted(
    readings: Sequence[Reading],
    registrants: Sequence[Registrant] = (),
    meeting: Meeting | None = None,
    segments: Sequence[tuple[Segment, Interval]] = BY_PLAN,
    declarations: Sequence[Declaration] = (),
) -> Tally:
    meeting = meeting or a.meeting()
    programme = a.programme(meeting, organisations={"npic": NPIC, "yunnan": COLLEGE})
    return attendance.tally(readings, registrants, programme, meeting, segments, mark=mark, declarations=declarations)


def mark(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def opened(tally: Tally) -> list[tuple[str, str, timedelta, str, int]]:
    return [(one.name, one.address_hint, one.time, one.reason, one.rows) for one in tally.open]


def absent(tally: Tally) -> list[tuple[int | None, str, str, str, str]]:
    return [(one.registrant, one.name, one.organisation, one.country, one.constituent) for one in tally.absent]


def total(tally: Tally, what: str) -> int:
    return sum(getattr(cell, what) for cell in tally.cells)


def test_a_registrant_is_known_by_zooms_registrant_id() -> None:
    """Under another name, from another address: the personal link proves who came."""
    row = session("14:00", "15:00", "z1", "private@qq.example", name="Sony")

    (line,) = counted([reading(row)], [registrant()]).lines

    assert line == attendance.Line(
        key=attendance.line_key("launch", "registrant", "1"),
        who=attendance.Who(
            registrant=1,
            person=mark("dara@npic.example"),
            name="Sok Dara",
            organisation=NPIC.name,
            organisation_key="npic",
            country="Cambodia",
            constituent="training institution",
            role="participant",
            sex=None,
            approved=True,
        ),
        proof="R",
        said_by="",
        said_of=(),
        intervals=(span("14:00", "15:00"),),
        segments=("welcome", "networking"),
        stayed=True,
        rows=1,
        shared_with=None,
        remark="",
    )
    assert (line.time, line.first_joined, line.last_left) == (minutes(60), bkk("14:00"), bkk("15:00"))


def test_the_registrant_id_goes_before_the_address() -> None:
    """Who came through Dara's link while signed in as Lina is Dara."""
    row = session("14:00", "15:00", "z1", "lina@npic.example")

    tally = counted([reading(row)], [registrant(1), registrant(2, "Chan Lina")])

    assert [(line.who.name, line.proof) for line in tally.lines] == [("Sok Dara", "R")]
    assert absent(tally) == [(2, "Chan Lina", NPIC.name, "Cambodia", "training institution")]


def test_an_address_that_one_registrant_has_is_the_second_proof() -> None:
    """In any case; a row with the id turns the line's proof to R."""
    by_address = session("14:00", "15:00", address="Dara@NPIC.example")

    (line,) = counted([reading(by_address)], [registrant()]).lines
    (better,) = counted([reading(by_address, session("15:00", "15:30", "z1"))], [registrant()]).lines
    (unknown_id,) = counted([reading(session("14:00", "15:00", "z9", "dara@npic.example"))], [registrant()]).lines

    assert (line.proof, better.proof, better.time) == ("E", "R", minutes(90))
    assert unknown_id.proof == "E"


@pytest.mark.parametrize("name", ["Sok Dara", "SOK DARA", "សុខ ដារា"])
def test_F37_nobody_is_known_by_name(name: str) -> None:
    """The exact name of exactly one registrant, and still it goes to a person."""
    tally = counted([reading(session("14:00", "15:00", name=name))], [registrant()])

    why = "Zoom gave neither a registration nor an address"
    assert tally.lines == ()
    assert opened(tally) == [(name, "", minutes(60), why, 1)]
    assert absent(tally) == [(1, "Sok Dara", NPIC.name, "Cambodia", "training institution")]


def test_P13_two_rows_of_one_name_are_not_one_person() -> None:
    """Two iPhones in two places stay two lines for a person to look at."""
    rows = [session("14:00", "15:00"), session("14:30", "15:30")]

    tally = counted([reading(*rows)])

    assert [(one.name, one.time) for one in tally.open] == [("iPhone", minutes(60)), ("iPhone", minutes(60))]


@pytest.mark.parametrize(
    ("row", "reason", "hint"),
    [
        (session("14:00", "15:00", "z1"), "Sok Dara and Chan Lina share this registration", ""),
        (
            session("14:00", "15:00", "", "office@npic.example"),
            "Sok Dara and Chan Lina share this address",
            "o…@npic.example",
        ),
    ],
)
def test_P13_what_two_registrants_share_credits_neither(row: Session, reason: str, hint: str) -> None:
    """One link for two people proves that one of them came, not which."""
    two = [
        registrant(1, address="office@npic.example"),
        registrant(2, "Chan Lina", address="office@npic.example", zoom_id="z1"),
    ]

    tally = counted([reading(row)], two)

    assert tally.lines == ()
    assert opened(tally) == [("iPhone", hint, minutes(60), reason, 1)]


def test_who_never_was_let_in_does_not_make_an_address_doubtful() -> None:
    """A second form under another spelling was denied: the approved one is the one who came."""
    denied = registrant(2, "Dara S.", address="dara@npic.example", status=Status.DENIED, zoom_id=None)

    tally = counted([reading(session("14:00", "15:00", address="dara@npic.example"))], [denied, registrant()])

    assert [line.who.registrant for line in tally.lines] == [1]


def test_who_had_cancelled_and_came_all_the_same_is_counted() -> None:
    """Zoom throws nobody out, so the figures say who was there."""
    tally = counted([reading(session("14:00", "15:00", "z1"))], [registrant(status=Status.CANCELLED)])

    assert (total(tally, "registered"), total(tally, "approved"), tally.attended, tally.absent) == (1, 0, 1, ())


def test_F36_time_is_the_union_of_all_rows_within_the_meeting() -> None:
    """Rejoined, on two devices at once, in a breakout room, from before the doors opened: no minute counts twice."""
    rows = [
        session("13:10", "14:10", "z1"),
        session("14:00", "14:40", "z1", name="Dara's iPad"),
        session("14:20", "14:30", "z1", in_breakout=True),
        session("15:00", "15:30", "z1"),
    ]

    (line,) = counted([reading(*rows)], [registrant()]).lines

    assert line.intervals == (span("13:30", "14:40"), span("15:00", "15:30"))
    assert (line.time, line.rows) == (minutes(100), 4)
    assert (line.first_joined, line.last_left) == (bkk("13:30"), bkk("15:30"))


def test_the_waiting_room_and_the_time_before_the_doors_open_do_not_count() -> None:
    """Such rows are put aside, and said to be."""
    rows = [
        session("13:30", "14:00", "z1", in_waiting_room=True),
        session("12:00", "13:30", "z1"),
        session("14:00", "14:00", "z1"),
    ]

    tally = counted([reading(*rows)], [registrant()])

    assert (tally.lines, tally.attended, tally.rows_in, tally.rows_aside) == ((), 0, 3, 3)
    assert absent(tally) == [(1, "Sok Dara", NPIC.name, "Cambodia", "training institution")]


def test_hosts_are_staff_not_attendance() -> None:
    """The host and an alternative host have lines of their own."""
    meeting = a.meeting(alternative_hosts=("second@ilo.example",))
    rows = [
        session("13:20", "17:10", address="Host@ILO.example", name="ILO Host"),
        session("14:00", "15:00", address="second@ilo.example", name="Second"),
    ]

    tally = counted([reading(*rows)], meeting=meeting)

    assert tally.staff == (Staff("ILO Host", minutes(220), 1), Staff("Second", minutes(60), 1))
    assert (tally.lines, tally.open) == ((), ())


def test_F38_all_instances_of_the_day_are_joined() -> None:
    """Ended by accident and started again, past midnight: one attendance."""
    first = reading(session("14:00", "15:00", "z1"))
    again = reading(Session("iPhone", "", "z1", Interval(bkk("23:30"), bkk("00:30", "2021-11-11"))), uuid="uuid-2")

    (line,) = counted([first, again], [registrant()]).lines

    assert (line.time, line.last_left) == (minutes(120), bkk("00:30", "2021-11-11"))


def test_F38_a_meeting_that_was_never_started_has_nobody() -> None:
    """All figures are there, and zero."""
    tally = counted([], [registrant()])

    assert (total(tally, "registered"), total(tally, "approved"), tally.attended) == (1, 1, 0)
    assert (tally.peak, tally.median_stay) == (Peak(0, None), minutes(0))


@pytest.mark.parametrize(("left", "present"), [("15:00", 1), ("14:59", 0)])
def test_a_segment_is_attended_from_half_its_time(left: str, present: int) -> None:
    """Of the segment as it really ran: the discussion from 14:30 to 15:30."""
    discussion = (RUNDOWN[5], span("14:30", "15:30"))

    tally = counted([reading(session("14:00", left, "z1"))], [registrant()], segments=[discussion])

    (one,) = tally.by_segment
    assert (one.segment, one.planned, one.real, one.present) == (
        "discussion",
        span("15:30", "16:30"),
        span("14:30", "15:30"),
        present,
    )


def test_figures_are_grouped_by_where_people_come_from() -> None:
    """Invited organisations stand there also when nobody came; the others are one group, the last."""
    people = [
        registrant(1, organisation=None, country="Laos"),
        registrant(2, "Chan Lina"),
        registrant(3, "Keo Mali"),
        registrant(4, "A Writer", organisation=None, form=a.form(organisation="A Newspaper"), status=Status.PENDING),
    ]
    rows = [session("14:00", "15:00", "z1"), session("14:00", "14:20", "z2")]

    tally = counted([reading(*rows)], people)

    others = Group("Others", 0, 2, 1, 1, 1, 3600)
    assert tally.by_organisation == (
        Group(NPIC.name, 5, 2, 2, 1, 0, 1200),
        Group("Yunnan Technician College", 5, 0, 0, 0, 0, 0),
        others,
    )
    assert tally.by_country == (
        Group("Cambodia", 5, 2, 2, 1, 0, 1200),
        Group("China", 5, 0, 0, 0, 0, 0),
        others,
    )
    assert tally.by_constituent == (Group("training institution", 10, 2, 2, 1, 0, 1200), others)
    figures = [total(tally, what) for what in ("invited", "registered", "approved", "attended", "seconds")]
    assert (figures, tally.median_stay) == ([10, 4, 3, 2, 4800], minutes(40))


@pytest.mark.parametrize(
    ("status", "rows", "shown"),
    [
        (Status.PENDING, [], []),
        (Status.DENIED, [], []),
        (Status.APPROVED, [], [Group("Others", 0, 1, 1, 0, 0, 0)]),
        (Status.CANCELLED, [session("14:00", "15:00", "z1")], [Group("Others", 0, 1, 0, 1, 1, 3600)]),
    ],
)
def test_others_are_shown_only_when_one_was_approved_or_came(
    status: Status, rows: list[Session], shown: list[Group]
) -> None:
    """Strangers who only wrote a form are no line of a donor's table, but they stay in the totals."""
    tally = counted([reading(*rows)], [registrant(organisation=None, status=status)])

    assert tally.by_organisation[2:] == tally.by_country[2:] == tally.by_constituent[1:] == tuple(shown)
    assert total(tally, "registered") == 1


def test_who_is_not_invited_stands_in_the_lines_as_written() -> None:
    """What nobody gave is named so: a blank cell in a donor's table looks like a mistake."""
    writer = registrant(1, organisation=None, form=a.form(organisation="A Newspaper"))
    blank = registrant(2, "Keo Mali", organisation=None, form=a.form("Keo Mali", organisation="", country=""))

    tally = counted([reading(session("14:00", "15:00", "z1"))], [writer, blank])

    assert [(one.who.organisation, one.who.constituent) for one in tally.lines] == [("A Newspaper", "not given")]
    assert absent(tally) == [(2, "Keo Mali", "not given", "not given", "not given")]


def test_the_peak_is_the_most_at_once_and_when_first() -> None:
    """Who leaves as another comes was not there with them."""
    rows = [session("14:00", "15:00", "z1"), session("15:00", "16:00", "z2"), session("15:10", "15:30", "z3")]
    people = [registrant(1), registrant(2, "Chan Lina"), registrant(3, "Keo Mali")]

    assert counted([reading(*rows)], people).peak == Peak(2, bkk("15:10"))


sessions = some.builds(
    lambda start, length, who, address, waiting: Session(
        "Sok Dara",
        address,
        who,
        Interval(bkk("13:00") + minutes(start), bkk("13:00") + minutes(start + length)),
        waiting,
    ),
    some.integers(0, 300),
    some.integers(0, 120),
    some.sampled_from(["", "z1", "z2", "z9"]),
    some.sampled_from(["", "dara@npic.example", "lina@npic.example", "HOST@ilo.example", "x@y.example"]),
    some.booleans(),
)


@settings(max_examples=40, deadline=None)
@given(some.lists(sessions, max_size=20))
def test_P13_every_row_is_in_exactly_one_place_and_no_time_counts_twice(rows: list[Session]) -> None:
    """Whatever Zoom sends: totals in are totals out, and nobody was there longer than the meeting."""
    tally = counted([reading(*rows)], [registrant(1), registrant(2, "Chan Lina")])

    ends = [row.interval.end for row in rows]
    longest = max([*ends, bkk("13:30")]) - bkk("13:30")
    assert tally.rows_accounted == tally.rows_in == len(rows)
    assert all(line.time <= longest for line in tally.lines)
    assert sum(group.attended for group in tally.by_organisation) == tally.attended
    assert total(tally, "attended") == tally.attended
    assert total(tally, "seconds") == sum(group.seconds for group in tally.by_country)
    assert total(tally, "seconds") == sum(line.seconds for line in tally.lines)


ENDED = bkk("17:00")


def after(count: int) -> datetime:
    return ENDED + minutes(count)


@pytest.mark.parametrize(
    ("history", "now", "verdict"),
    [
        ([], -30, Preliminary("Zoom has no complete report yet", after(5))),
        ([], 0, Preliminary("Zoom has no complete report yet", after(5))),
        ([], 5, Preliminary("Zoom has no complete report yet", after(10))),
        ([(5, None)], 30, Preliminary("Zoom has no complete report yet", after(35))),
        ([(5, None)], 120, Preliminary("Zoom has no complete report yet", after(150))),
        ([(5, "a")], 5, Preliminary("Zoom's report may still change", after(15))),
        ([(5, "a"), (14, "a")], 14, Preliminary("Zoom's report may still change", after(15))),
        ([(5, "a"), (15, "b")], 15, Preliminary("Zoom's report may still change", after(25))),
        ([(5, "a"), (10, None), (15, "a")], 15, Preliminary("Zoom's report may still change", after(25))),
        ([(5, "a"), (15, None)], 15, Preliminary("Zoom has no complete report yet", after(20))),
    ],
)
def test_P12_a_report_is_not_final_before_it_stayed_the_same_for_ten_minutes(
    history: list[tuple[int, str | None]], now: int, verdict: Preliminary
) -> None:
    """Missing, read once, changed, or interrupted by a reading without one: look again."""
    readings = [(after(at), digest) for at, digest in history]

    assert attendance.maturity(readings, ENDED, after(now)) == verdict


def test_P12_a_report_that_stayed_the_same_for_ten_minutes_is_final() -> None:
    """Also when that happens late, and after it had changed."""
    final = Final("two readings of Zoom's report ten minutes or more apart are the same")

    assert attendance.maturity([(after(5), "a"), (after(15), "a")], ENDED, after(15)) == final
    assert attendance.maturity([(after(5), "a"), (after(1500), "b"), (after(1510), "b")], ENDED, after(1510)) == final


def test_P12_after_a_day_without_a_stable_report_it_is_incomplete() -> None:
    """One minute earlier it is still preliminary, and the next look is at the day's end at the latest."""
    late = attendance.maturity([(after(1430), None)], ENDED, after(24 * 60 - 1))
    given_up = attendance.maturity([(after(1430), None)], ENDED, after(24 * 60))

    assert late == Preliminary("Zoom has no complete report yet", after(24 * 60))
    assert given_up == Incomplete("Zoom gave no report that stayed the same within 24 hours of the end")


def test_P12_a_digest_stands_for_the_rows_whatever_their_order() -> None:
    """Pages may come differently; one changed second is another report."""
    one, two = session("14:00", "15:00", "z1"), session("14:00", "15:00", "z2")
    changed = session("14:00", "15:01", "z2")

    digests = [attendance.digest([reading(*rows)]) for rows in ([one, two], [two, one], [one, changed])]

    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize("readings", [[], [reading()], [reading(session("14:00", "15:00"), being_built=True)]])
def test_P12_an_empty_or_unfinished_report_has_no_digest(readings: list[Reading]) -> None:
    """Nothing twice in a row is not a stable report."""
    assert attendance.digest(readings) is None
