"""What a person says of a line that proves nothing: counted as said, never more than Zoom's rows, each of them once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from meetbot.core.attendance import Declaration, Tally, line_key
from meetbot.core.model import Sex
from tests.core.builders import bkk, minutes, reading, registrant, session, span
from tests.core.test_attendance import NPIC, counted, total

SAID_AT: datetime = bkk("18:00")
HALL = session("14:00", "16:00", name="Training hall")


def declaration(
    id_: int, line: str, registrant: int | None = None, name: str = "Keo Mali", **other: Any
) -> Declaration:
    values = {"organisation": "npic", "sex": None, "said_by": "Officer", "said_at": SAID_AT, **other}
    return Declaration(id=id_, line=line, registrant=registrant, name=name, **values)


def key_of(*rows: Any) -> str:
    """The key of the one open line of these rows."""
    (line,) = counted([reading(*rows)]).open
    return line.key


def shown(tally: Tally) -> list[tuple[Any, ...]]:
    return [(one.who.name, one.proof, one.said_by, one.time, one.rows, one.shared_with) for one in tally.lines]


def test_a_line_that_somebody_is_said_to_be_is_theirs_with_the_proof_D() -> None:
    """The open line goes, the registrant attended, and the report tells who said so and of which line."""
    key = key_of(HALL)

    tally = counted([reading(HALL)], [registrant()], declarations=[declaration(1, key, registrant=1)])

    (line,) = tally.lines
    assert shown(tally) == [("Sok Dara", "D", "Officer", minutes(120), 1, None)]
    assert (line.said_of, tally.open, tally.absent, tally.declared) == ((key,), (), (), 1)


def test_F37_what_is_proven_stays_proven_and_the_declared_time_is_joined_to_it() -> None:
    """By link from 14:00, on a telephone from 14:30: one person, no minute twice, one row each."""
    by_link, phone = session("14:00", "15:00", "z1"), session("14:30", "16:00", name="+855 12")
    said = [declaration(1, key_of(phone), registrant=1)]

    (line,) = counted([reading(by_link, phone)], [registrant()], declarations=said).lines

    assert (line.proof, line.said_by, line.intervals, line.rows) == ("R", "Officer", (span("14:00", "16:00"),), 2)


def test_P13_of_a_hall_everybody_gets_the_time_and_one_of_them_the_row() -> None:
    """Two registrants and one who had not registered before one screen: rows out are rows in."""
    key = key_of(HALL)
    said = [
        declaration(1, key, registrant=1),
        declaration(2, key, registrant=2),
        declaration(3, key, name="Keo Mali", sex=Sex.FEMALE),
    ]

    tally = counted([reading(HALL)], [registrant(1), registrant(2, "Chan Lina")], declarations=said)

    holder = line_key("launch", "registrant", "1")
    assert shown(tally) == [
        ("Sok Dara", "D", "Officer", minutes(120), 1, None),
        ("Chan Lina", "D", "Officer", minutes(120), 0, holder),
        ("Keo Mali", "D", "Officer", minutes(120), 0, holder),
    ]
    stranger = tally.lines[2].who
    assert (stranger.registrant, stranger.organisation, stranger.sex) == (None, NPIC.name, Sex.FEMALE)
    assert (total(tally, "registered"), total(tally, "attended"), tally.rows_accounted) == (2, 3, 1)


def test_a_hall_behind_the_link_of_one_person_leaves_that_person_proven() -> None:
    """Others sat before the screen of somebody whom Zoom knows: they are declared, the first is not."""
    link = session("14:00", "16:00", "z1")
    key = line_key("launch", "registrant", "1")
    said = [declaration(1, key, registrant=1), declaration(2, key, registrant=2)]

    tally = counted([reading(link)], [registrant(1), registrant(2, "Chan Lina")], declarations=said)

    assert shown(tally) == [
        ("Sok Dara", "R", "", minutes(120), 1, None),
        ("Chan Lina", "D", "Officer", minutes(120), 0, key),
    ]


def test_the_same_word_twice_counts_once() -> None:
    """Two focal points name the same people on the same line."""
    key = key_of(HALL)
    said = [
        declaration(number, key, registrant=who, said_by=by)
        for number, (who, by) in enumerate([(1, "Officer"), (2, "Officer"), (1, "Another"), (2, "Another")], start=1)
    ]

    tally = counted([reading(HALL)], [registrant(1), registrant(2, "Chan Lina")], declarations=said)

    holder = line_key("launch", "registrant", "1")
    assert shown(tally) == [
        ("Sok Dara", "D", "Officer", minutes(120), 1, None),
        ("Chan Lina", "D", "Officer", minutes(120), 0, holder),
    ]
    assert [line.said_of for line in tally.lines] == [(key,), (key,)]


def test_P13_two_of_one_name_in_the_same_second_are_two_lines() -> None:
    """Two halls that nobody named: what is said of the one is not said of the other."""
    longer = session("14:00", "15:00", name="Training hall")

    first, second = counted([reading(HALL, longer)]).open

    assert (first.name, first.time, second.time) == (second.name, minutes(120), minutes(60))
    assert first.key != second.key


def test_an_open_line_on_two_devices_counts_no_minute_twice() -> None:
    """What the list of open lines shows is time, as for everybody else."""
    guest = {"address": "x@y.example", "name": "Guest"}

    (line,) = counted([reading(session("14:00", "15:00", **guest), session("14:30", "15:30", **guest))]).open

    assert line.time == minutes(90)


def test_P13_nobody_is_counted_without_a_row_of_zooms() -> None:
    """A declaration of a line that the report has no longer credits nobody, and is told."""
    said = [declaration(1, "0123456789abcdef", registrant=1)]

    tally = counted([reading(HALL)], [registrant()], declarations=said)

    assert (tally.lines, [one.name for one in tally.open], tally.lost) == ((), ["Training hall"], tuple(said))


def test_an_open_line_keeps_its_key_when_zooms_report_grows() -> None:
    """A later leave, a further row of the same guest, other rows before it: what was said still holds."""
    guest = session("14:00", "15:00", address="x@y.example", name="Guest")
    longer = session("14:00", "16:00", name="Training hall")
    again = session("15:10", "15:20", address="X@Y.example", name="guest")

    first = counted([reading(session("14:00", "14:30", name="Training hall"), guest)]).open
    later = counted([reading(guest, again, longer)]).open

    assert {one.name: one.key for one in first} == {one.name: one.key for one in later}


def test_who_shares_an_address_is_told_apart_by_name_before_somebody_says_who_it_was() -> None:
    """Two people of one office address with two names are two lines, so that neither gets the other's minutes."""
    rows = [
        session("14:00", "15:00", address="office@npic.example", name="Dara"),
        session("15:00", "16:00", address="office@npic.example", name="Lina"),
    ]
    two = [
        registrant(1, address="office@npic.example"),
        registrant(2, "Chan Lina", address="office@npic.example"),
    ]
    dara, _ = counted([reading(*rows)], two).open

    tally = counted([reading(*rows)], two, declarations=[declaration(1, dara.key, registrant=1)])

    assert shown(tally) == [("Sok Dara", "D", "Officer", minutes(60), 1, None)]
    assert [(one.name, one.time) for one in tally.open] == [("Lina", minutes(60))]
    assert len({one.person for one in tally.absent} | {tally.lines[0].who.person}) == 2
