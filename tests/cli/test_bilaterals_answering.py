"""The organiser asks focal points, answers for those who telephone, calls a pair off, and hands out addresses."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from meetbot import bootstrap, clock, settings
from meetbot.core import times
from meetbot.core.bilaterals import Can
from meetbot.flows import bilaterals
from tests.cli.desk import Desk
from tests.cli.test_create_bilaterals import MONDAY, PAIRS, PROGRAMME, states

TUESDAY = MONDAY + timedelta(days=1)
MON = f"{MONDAY:%a %-d %b}"


@pytest.fixture
def college_desk(desk: Desk) -> Desk:
    """A desk on which two pairs wait for answers."""
    assert desk.apply(PROGRAMME).code == 0
    desk.write("pairs.csv", PAIRS)
    desk.run("create-bilaterals", "pairs.csv")
    return desk


async def _known(organisation: str) -> bilaterals.Known:
    async with bootstrap.opened(settings.read(), clock.RealClock()) as app:
        return await bilaterals.known(app.store, organisation)


def said(organisation: str) -> dict[str, list[str]]:
    """What is kept, by answer, on Yangon's clock."""
    answer = asyncio.run(_known(organisation)).availability
    found: dict[str, list[str]] = {}
    for span, can in answer.said if answer else ():
        at = [one.astimezone(times.zone("Asia/Yangon")) for one in (span.start, span.end)]
        found.setdefault(can, []).append(f"{at[0]:%a %H:%M}-{at[1]:%H:%M}")
    return found


def test_each_focal_point_is_asked_once(college_desk: Desk) -> None:
    """A dry run writes nothing; asked again, nobody is left."""
    dry = college_desk.run("bilaterals", "ask", "--dry-run", "--json").document
    first = college_desk.run("bilaterals", "ask", "--yes", "--json").document
    again = college_desk.run("bilaterals", "ask", "--yes", "--json").document

    assert (dry["asked"], dry["letters"]) == ({"c1": ["m1"], "c2": ["m2"], "m1": ["c1"], "m2": ["c2"]}, 0)
    assert (first["letters"], again["asked"], again["letters"]) == (4, {}, 0)


def test_only_those_named_are_asked_and_the_others_are_told_apart(college_desk: Desk) -> None:
    """An organisation without a pair is named with its reason; one that does not exist is refused."""
    some = college_desk.run("bilaterals", "ask", "m1", "npic", "--yes", "--json")
    unknown = college_desk.run("bilaterals", "ask", "m9", "--yes")

    assert (some.code, list(some.document["asked"]), some.document["letters"]) == (5, ["m1"], 1)
    assert "(npic) has no pair" in some.document["remarks"][0]
    assert (unknown.code, unknown.err) == (1, "'m9' is no organisation of the programme.\n")


def test_P36_an_answer_by_telephone_is_shown_on_both_clocks_and_kept(college_desk: Desk) -> None:
    """It is the answer of that side alone; what was not named it cannot."""
    done = college_desk.run(
        *("bilaterals", "answer", "m1", "--yes-to", f"{MON} 09:00-10:30"),
        *("--if-needed", f"{MONDAY} 10:00-11:00", "--all-day", str(TUESDAY)),
        typed="y\n",
    )

    kept = said("m1")
    assert done.code == 0
    assert "09:00–10:00 Yangon (UTC+6:30)" in done.out and "10:30–11:30 Shanghai (UTC+8)" in done.out
    assert kept[Can.YES][0] == "Mon 09:00-10:00" and kept[Can.IF_NEEDED] == ["Mon 10:00-10:30"]
    assert {one[:3] for one in kept[Can.YES]} == {"Mon", "Tue"} and {one[:3] for one in kept[Can.NO]} == {"Mon"}
    assert (said("c1"), said("m2"), said("c2")) == ({}, {}, {})


@pytest.mark.parametrize(
    ("typed", "code", "problem"),
    [
        (("m9", "--all-day", str(MONDAY)), 1, "'m9' is no organisation of the programme"),
        (("npic", "--all-day", str(MONDAY)), 1, "npic is asked about no time"),
        (("m1", "--all-day", "11/12/2026"), 1, "it is ambiguous: write 2026-11-12 or 2026-12-11"),
        (("m1", "--all-day", "2031-01-01"), 1, "'2031-01-01' is not a day that is asked about - these are: Mon"),
        (("m1", "--yes-to", f"{MON} 20:00-21:00"), 1, f"20:00-21:00 is outside the hours of {MON} - asked about are"),
        (("m1", "--yes-to", f"{MON} 11:00-10:00"), 1, "11:00-10:00 ends before it begins"),
        (("m1", "--yes-to", "in the morning"), 1, "'in the morning' is not a stretch of time"),
        (("m1", "--yes-to", f"{MON} 9-10"), 1, "'9' is not a time"),
        (("m1",), 2, "Say when it can"),
        (("m1", "--calendar", "http://c.example/a.ics"), 1, "only addresses that begin with https://"),
        (("m1", "--calendar", "https://127.0.0.1/secret.ics"), 1, "does not lead to a public place"),
    ],
)
def test_what_cannot_be_an_answer_is_refused_with_the_remedy(
    college_desk: Desk, typed: tuple[str, ...], code: int, problem: str
) -> None:
    """Nothing is kept."""
    refused = college_desk.run("bilaterals", "answer", *typed, "--yes")

    assert (refused.code, problem in refused.err, said("m1")) == (code, True, {}), refused.err


CALENDAR = f"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:1@test
DTSTAMP:20260101T000000Z
DTSTART:{MONDAY:%Y%m%d}T090000
DTEND:{MONDAY:%Y%m%d}T100000
SUMMARY:Secret council
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_is_an_answer_and_nothing_else_of_it_is_kept(college_desk: Desk) -> None:
    """Yes to all that is asked about and not busy; the delegation comes from its list."""
    college_desk.write("m1.ics", CALENDAR)
    college_desk.write("m1.txt", "Aye Aye <aye@m1.example>, Principal\n")

    done = college_desk.run("bilaterals", "answer", "m1", "--calendar", "m1.ics", "--delegation", "m1.txt", "--yes")

    known = asyncio.run(_known("m1"))
    assert (done.code, said("m1")[Can.NO]) == (0, ["Mon 09:00-10:00"])
    assert known.availability is not None and known.availability.by == "calendar"
    assert [(one.name, one.position) for one in known.delegates] == [("Aye Aye", "Principal")]
    assert "Secret" not in done.out + done.err


def test_a_broken_calendar_or_list_of_people_keeps_nothing(college_desk: Desk) -> None:
    """Half a calendar would show somebody free who is not."""
    college_desk.write("half.ics", CALENDAR.partition("END:VEVENT")[0])
    college_desk.write("m1.txt", "Aye Aye\n")

    half = college_desk.run("bilaterals", "answer", "m1", "--calendar", "half.ics", "--yes")
    people = college_desk.run("bilaterals", "answer", "m1", "--all-day", MON, "--delegation", "m1.txt", "--yes")

    assert (half.code, people.code, said("m1")) == (1, 1, {})
    assert people.err.startswith("m1.txt: Line 1: a name and a mail address were expected")


def test_a_list_of_answers_is_kept_whole_or_not_at_all(college_desk: Desk) -> None:
    """Every cell at fault is named."""
    right = f"Organisation,Date,From,To,Answer\nm1,{MONDAY},09:00,10:00,yes\nc1,{MONDAY},11:00,12:00,If needed\n"
    wrong = right + f"m9,{MONDAY},09:00,10:00,yes\nm2,{MONDAY},09:00,10:00,maybe\nnpic,{MONDAY},09:00,10:00,yes\n"
    college_desk.write("right.csv", right)
    college_desk.write("wrong.csv", wrong)
    college_desk.write("empty.csv", "Organisation,Date,From,To,Answer\n")

    refused = college_desk.run("bilaterals", "answers", "wrong.csv", "--yes")
    nothing = said("m1")
    empty = college_desk.run("bilaterals", "answers", "empty.csv", "--yes")
    done = college_desk.run("bilaterals", "answers", "right.csv", "--yes")

    assert (refused.code, empty.code, done.code, nothing) == (3, 3, 0, {})
    assert [line.partition(":")[2].partition(":")[0] for line in refused.err.splitlines()] == ["4", "5", "6"]
    assert said("m1")[Can.YES] == ["Mon 09:00-10:00"]
    assert (Can.YES in said("c1"), Can.IF_NEEDED in said("c1")) == (False, True)


def test_a_pair_that_is_called_off_is_no_longer_looked_for(college_desk: Desk) -> None:
    """Twice is once; a pair that does not exist is refused."""
    first = college_desk.run("bilaterals", "cancel", "c1+m1", "--reason", "closed", "--yes")
    again = college_desk.run("bilaterals", "cancel", "c1+m1", "--reason", "closed", "--yes")
    unknown = college_desk.run("bilaterals", "cancel", "c1+m9", "--reason", "closed", "--yes")

    assert (first.code, again.code, states(college_desk)) == (0, 0, {"c1+m1": "cancelled", "c2+m2": "waiting"})
    assert (unknown.code, unknown.err) == (1, "c1+m9: no such pair; see meetbot bilaterals\n")


def test_P30_an_address_goes_to_standard_output_alone_and_can_be_revoked(
    college_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same address until it is revoked; without a public address there is none."""
    nowhere = college_desk.run("bilaterals", "link")
    monkeypatch.setenv("MEETBOT_PUBLIC_URL", "https://meet.example")

    board, side = college_desk.run("bilaterals", "link"), college_desk.run("bilaterals", "link", "--for", "m1")
    again = college_desk.run("bilaterals", "link", "--for", "m1")
    revoked = college_desk.run("bilaterals", "link", "--for", "m1", "--revoke")
    anew = college_desk.run("bilaterals", "link", "--for", "m1")

    assert (nowhere.code, "MEETBOT_PUBLIC_URL" in nowhere.err) == (1, True)
    assert board.out.startswith("https://meet.example/b/board/") and board.err == ""
    assert side.out == again.out and side.out.startswith("https://meet.example/b/")
    assert (revoked.out, revoked.err) == ("", "1 address opens nothing any more.\n")
    assert anew.out != side.out


def test_pairs_are_proposed_from_wishes_and_read_by_the_next_command(college_desk: Desk) -> None:
    """Each with its reason; the list that is written is one that create-bilaterals reads, and is never overwritten."""
    college_desk.write("wishes.csv", "Organisation,Wish,Peer,Country,Rank\nm1,must,c2,,\nm2,like,,China,1\n")

    found = college_desk.run("bilaterals", "pair", "wishes.csv", "--at-most", "1", "--out", "new.xlsx", "--json")
    twice = college_desk.run("bilaterals", "pair", "wishes.csv", "--out", "new.xlsx")
    taken = college_desk.run("create-bilaterals", "new.xlsx")

    assert [one["organisations"] for one in found.document["pairs"]] == [["m1", "c2"], ["m2", "c1"]]
    assert found.document["pairs"][0]["reason"] == "m1 must meet c2"
    assert "new.xlsx is there already" in twice.err
    assert sorted(states(college_desk)) == ["c1+m1", "c1+m2", "c2+m1", "c2+m2"], taken.err


def test_a_wish_that_cannot_be_read_is_named_by_its_cell(college_desk: Desk) -> None:
    """With a mistake nothing is proposed."""
    rows = "m1,must,c9,,\nm1,perhaps,c1,,\nm2,like,,,\nm2,like,,Chin,\nm2,like,c1,,0\nm2,no,m2,,\n"
    college_desk.write("wishes.csv", "Organisation,Wish,Peer,Country,Rank\n" + rows)

    refused = college_desk.run("bilaterals", "pair", "wishes.csv")

    assert (refused.code, refused.out) == (3, "")
    assert [line.partition(" ")[0] for line in refused.err.splitlines()] == [
        "wishes.csv:2:3:",
        "wishes.csv:3:2:",
        "wishes.csv:4:2:",
        "wishes.csv:6:5:",
        "wishes.csv:7:3:",
        "wishes.csv:5:4:",
    ]


def test_empty_lists_can_be_filled_in(college_desk: Desk) -> None:
    """Both commands read what they hand out, and find nothing in it yet."""
    for command, name in ((("bilaterals", "pair"), "wishes.xlsx"), (("create-bilaterals",), "list.xlsx")):
        assert college_desk.run(*command, "--template", name).code == 0

        assert college_desk.run(*command, name, "--json").document.get("errors") is None
