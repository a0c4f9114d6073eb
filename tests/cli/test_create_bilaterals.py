"""One command for the organiser: from a list of pairs to meetings at Zoom, after one look and one question."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta

import pytest
from python_calamine import CalamineWorkbook

from meetbot import bootstrap, clock, settings
from meetbot.core.bilaterals import Availability, Can
from meetbot.core.times import Interval
from meetbot.flows import bilaterals
from tests.cli.desk import DAY, Answer, Desk
from tests.flows import bilateral_stage

#: A Monday at least a week after the launch, which is a week away.
MONDAY = DAY + timedelta(days=14 - DAY.weekday())
PROGRAMME = (
    bilateral_stage.TEXT.replace("2021-11-10", str(DAY))
    .replace("2021-11-15", str(MONDAY))
    .replace("2021-11-16", str(MONDAY + timedelta(days=1)))
    .replace("2021-11-12", str(MONDAY - timedelta(days=3)))
)
PAIRS = "Organisation,Peer\nm1,c1\nm2,c2\n"
NOBODY_SAID = {
    "c1+m1": "College c1 and College m1 have not answered",
    "c2+m2": "College c2 and College m2 have not answered",
}


@pytest.fixture
def college_desk(desk: Desk) -> Desk:
    """A desk with the programme applied and the list of pairs on it."""
    assert desk.apply(PROGRAMME).code == 0
    desk.write("pairs.csv", PAIRS)
    return desk


async def _everybody_can() -> None:
    async with bootstrap.opened(settings.read(), clock.RealClock()) as app:
        programme, now = await app.needed_programme(), app.clock.now()
        days = Interval(
            datetime.combine(MONDAY, time(), UTC), datetime.combine(MONDAY + timedelta(days=2), time(), UTC)
        )
        for side in ("m1", "m2", "c1", "c2"):
            said = Availability(side, ((days, Can.YES),), now, "focal point")
            await bilaterals.answer(app.store, programme, said, None, now=now)


def meetings_made(desk: Desk) -> list[str]:
    return [call for call in desk.writes_at_zoom() if call.startswith("POST") and call.endswith("/meetings")]


def states(desk: Desk) -> dict[str, str]:
    return {one["key"]: one["state"] for one in desk.run("bilaterals", "--json").document["pairs"]}


def created(desk: Desk) -> Answer:
    desk.run("create-bilaterals", "pairs.csv")
    asyncio.run(_everybody_can())
    return desk.run("create-bilaterals", "pairs.csv", typed="y\n")


def test_a_dry_run_says_who_is_missing_and_keeps_nothing(college_desk: Desk) -> None:
    """Nobody has answered yet: each pair has its reason, and there is no pair afterwards."""
    shown = college_desk.run("create-bilaterals", "pairs.csv", "--dry-run", "--json")

    assert (shown.code, shown.document["left"]) == (5, NOBODY_SAID)
    assert college_desk.run("bilaterals", "--json").document == {"counts": {}, "pairs": []}


def test_the_list_is_kept_so_that_its_sides_can_be_asked(college_desk: Desk) -> None:
    """Without a single time there is nothing to ask: the pairs wait, and the next command is named."""
    done = college_desk.run("create-bilaterals", "pairs.csv")

    assert "Bilaterals: 2 waiting; see meetbot bilaterals\n" in college_desk.run("status").out
    assert done.out.splitlines()[-1] == "2 new pairs are kept. Ask when they can meet: meetbot bilaterals ask"
    assert (done.code, states(college_desk)) == (5, {"c1+m1": "waiting", "c2+m2": "waiting"})


def test_the_plan_is_shown_and_asked_about_once(college_desk: Desk) -> None:
    """By day and on three clocks; confirmed and created; the second time there is nothing to do."""
    before = len(meetings_made(college_desk))

    done = created(college_desk)
    again = college_desk.run("create-bilaterals", "pairs.csv", "--json")

    assert done.code == 0
    assert done.out.count("Yangon (UTC+6:30)") == done.out.count("Shanghai (UTC+8)") == 2
    assert "Confirm 2 bilaterals and create the meetings?" in done.out
    assert len(meetings_made(college_desk)) - before == 2
    assert (again.code, again.document["confirmed"], again.document["left"]) == (0, [], {})
    assert len(meetings_made(college_desk)) - before == 2


def test_a_no_creates_nothing(college_desk: Desk) -> None:
    """Whoever looks and thinks better of it has changed nothing at Zoom, and nothing is confirmed."""
    before = len(meetings_made(college_desk))
    college_desk.run("create-bilaterals", "pairs.csv")
    asyncio.run(_everybody_can())

    done = college_desk.run("create-bilaterals", "pairs.csv", typed="n\n")

    assert (done.code, len(meetings_made(college_desk)) - before) == (0, 0)
    assert set(states(college_desk).values()) == {"waiting"}


def test_A01_A04_a_list_with_mistakes_is_not_read_in_part(college_desk: Desk) -> None:
    """Each cell is named with what to write instead; no pair of it is kept."""
    college_desk.write("pairs.csv", "Organisation,Peer\nm1,c9\nm2,m2\nm1,c1\n")

    done = college_desk.run("create-bilaterals", "pairs.csv")

    assert done.code == 3
    unknown = "'c9' is not an organisation of the programme - write the key or the name of one in the programme"
    assert done.err.splitlines() == [
        f"pairs.csv:2:2: {unknown}",
        "pairs.csv:3:2: 'm2' cannot meet itself - name another organisation",
    ]
    assert states(college_desk) == {}


def test_the_board_as_a_workbook_has_every_pair_and_its_reason(college_desk: Desk) -> None:
    """Rows as on the screen; what needs somebody first."""
    college_desk.run("create-bilaterals", "pairs.csv")

    done = college_desk.run("bilaterals", "--excel", "board.xlsx")

    rows = CalamineWorkbook.from_path(college_desk.folder / "board.xlsx").get_sheet_by_index(0).to_python()
    assert done.err == "2 pairs written to board.xlsx.\n"
    assert [(row[0], row[3], row[10]) for row in rows] == [
        ("Pair", "State", "Why"),
        *((key, "waiting", reason) for key, reason in NOBODY_SAID.items()),
    ]
