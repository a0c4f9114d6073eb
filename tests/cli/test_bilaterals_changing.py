"""Agreed bilaterals are moved, go on, and get other interpreters, each after one look and one question."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from meetbot import bootstrap, clock, settings
from meetbot.core import times
from meetbot.core.bilaterals import Availability, Can, moving
from meetbot.core.delegations import Pairing
from meetbot.core.times import Interval
from meetbot.flows import bilaterals
from tests.cli.desk import DAY, Desk
from tests.flows import bilateral_stage

#: Countries without holidays, so that the day on which the tests run does not matter.
PROGRAMME = (
    bilateral_stage.TEXT.replace("2021-11-10", f"{DAY}")
    .replace("2021-11-15", f"{DAY + timedelta(days=1)}")
    .replace("2021-11-16", f"{DAY + timedelta(days=7)}")
    .replace("2021-11-12 17:00", f"{DAY} 17:00")
    .replace("China: Asia/Shanghai}", "North: Asia/Yangon, South: Asia/Shanghai}")
    .replace("country: Myanmar\n", "country: North\n    speaks: [English]\n")
    .replace("country: China\n", "country: South\n    speaks: [Chinese]\n")
    .replace(
        "  sides: [[m1",
        "  interpreters:\n"
        "    - {name: Lin, address: lin@words.example, languages: [English, Chinese]}\n"
        "    - {name: Wang, address: wang@words.example, languages: [English, Chinese]}\n"
        "  sides: [[m1",
    )
)
LATER = DAY + timedelta(days=14)


async def _answered() -> None:
    """m1 and c1 are to meet, and can at any time."""
    async with bootstrap.opened(settings.read(), clock.RealClock()) as app:
        programme, now = await app.needed_programme(), app.clock.now()
        await bilaterals.take_in(app.store, programme, [Pairing("m1", "c1")], now=now, by="test")
        whole = Interval(now, now + timedelta(days=15))
        for key in ("m1", "c1"):
            said = Availability(key, ((whole, Can.YES),), now, "focal point")
            await bilaterals.answer(app.store, programme, said, None, now=now)


@pytest.fixture
def agreed(desk: Desk) -> datetime:
    """c1+m1 is agreed; when it begins."""
    assert desk.apply(PROGRAMME).code == 0
    asyncio.run(_answered())
    placed = desk.run("create-bilaterals", "--yes", "--json").document["placed"]
    return datetime.fromisoformat(placed["c1+m1"]["starts_at"])


def aimed(agreed: datetime) -> datetime:
    return moving.aim(agreed, moving.week_of(LATER), "Asia/Bangkok")


def week() -> str:
    return f"week{LATER.isocalendar().week}"


def test_a_move_is_shown_on_every_clock_asked_about_once_and_done(desk: Desk, agreed: datetime) -> None:
    """Given again there is nothing to do."""
    span = Interval(aimed(agreed), aimed(agreed) + timedelta(hours=1))
    shown = desk.run("bilaterals", "move", "--to", week(), "--dry-run")
    untouched = desk.writes_at_zoom()

    done = desk.run("bilaterals", "move", "--pairs", "all", "--to", week(), typed="y\n")
    again = desk.run("bilaterals", "move", "--to", week(), "--json")

    for clock_text in times.span_text(span, "Asia/Bangkok", "Asia/Shanghai", "Asia/Yangon").split(" = "):
        assert clock_text in shown.out
    assert "1 of 1 move. Told, with calendar entries moved in place: 2 focal points, 2 registered people" in shown.out
    assert (shown.code, done.code) == (0, 0)
    assert [one.split()[0] for one in desk.writes_at_zoom()[len(untouched) :]] == ["PATCH"]
    assert (again.code, again.document) == (
        *(0, {"moves": {}, "already_there": ["c1+m1"], "refused": {}, "people": 0, "moved": []}),
    )


@pytest.mark.usefixtures("agreed")
def test_a_move_to_a_day_without_work_names_what_stays(desk: Desk) -> None:
    """Exit code 5, and nothing is asked."""
    sunday = LATER + timedelta(days=6 - LATER.weekday())

    answer = desk.run("bilaterals", "move", "--to", f"{sunday}", "--keep-weekday", typed="")

    assert answer.code == 5
    assert "! c1+m1 stays: " in answer.out
    assert f"{sunday:%a %-d %b %Y} is no working day of College m1" in " ".join(answer.out.split())


@pytest.mark.usefixtures("agreed")
@pytest.mark.parametrize("to", ["week60", "next week", "2021-11-29"])
def test_a_place_to_move_to_that_nobody_understands_is_wrong_usage(desk: Desk, to: str) -> None:
    """Said with what would do."""
    answer = desk.run("bilaterals", "move", "--to", to, "--yes")

    assert answer.code == 2
    assert "Invalid value for --to" in answer.err


def test_a_pair_goes_on_week_after_week(desk: Desk, agreed: datetime) -> None:
    """Each meeting with its time; given again there is nothing to do."""
    done = desk.run("bilaterals", "series", "c1+m1", "--times", "2", "--yes", "--json")
    again = desk.run("bilaterals", "series", "c1+m1", "--times", "2", typed="")

    days = [agreed + timedelta(weeks=number) for number in (1, 2)]
    begin = [datetime.fromisoformat(one["starts_at"]) for one in done.document["meetings"].values()]
    assert (done.code, begin) == (0, days)
    assert done.document["planned"] == ["c1+m1.2", "c1+m1.3"]
    assert (again.code, again.out) == (0, "Nothing to do.\n")


def test_a_series_is_shown_before_it_is_planned(desk: Desk, agreed: datetime) -> None:
    """A dry run plans nothing."""
    first = Interval(agreed + timedelta(weeks=1), agreed + timedelta(weeks=1, hours=1))

    shown = desk.run("bilaterals", "series", "c1+m1", "--times", "1", "--dry-run")

    assert shown.code == 0
    assert times.span_text(first, "Asia/Bangkok") in shown.out
    assert [one["key"] for one in desk.run("bilaterals", "--json").document["pairs"]] == ["c1+m1"]


@pytest.mark.usefixtures("agreed")
def test_an_interpreter_is_swapped_for_another(desk: Desk) -> None:
    """Shown first; whoever comes back may be given bilaterals again."""
    (pair,) = desk.run("bilaterals", "--json").document["pairs"]
    other = {"lin@words.example": "wang@words.example", "wang@words.example": "lin@words.example"}[pair["interpreter"]]

    shown = desk.run("swap", "interpreter", pair["interpreter"], "--dry-run")
    done = desk.run("swap", "interpreter", pair["interpreter"], "--yes", "--json")
    last = desk.run("swap", "interpreter", other, "--yes")
    back = desk.run("swap", "interpreter", pair["interpreter"], "--back")

    assert (shown.code, shown.out) == (0, f"  c1+m1: {other} interprets from now on\n")
    assert done.document == {
        "interpreter": pair["interpreter"],
        "taken": {"c1+m1": other},
        "left": {},
        "done": True,
    }
    assert last.code == 5
    assert last.out == (
        "! c1+m1 has no interpreter: nobody else who interprets between Chinese and English is free then: add an "
        "interpreter to the programme, or move it: meetbot bilaterals move --pairs c1+m1 --to DAY\n"
    )
    assert (back.code, back.out) == (0, f"{pair['interpreter']} may be given bilaterals again.\n")
