"""Agreed bilaterals are moved, go on, and get other interpreters, each after one look and one question."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from meetbot import bootstrap, clock, settings
from meetbot.core import times
from meetbot.core.bilaterals import Availability, Can, State, moving
from meetbot.core.bilaterals.series import Proposal
from meetbot.core.delegations import Pairing
from meetbot.core.times import Interval
from meetbot.flows import bilaterals
from meetbot.store import series
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


async def _answered(*pairs: tuple[str, str], within: Interval) -> None:
    """These are to meet, and can at any time within that."""
    async with bootstrap.opened(settings.read(), clock.RealClock()) as app:
        programme, now = await app.needed_programme(), app.clock.now()
        await bilaterals.take_in(app.store, programme, [Pairing(*pair) for pair in pairs], now=now, by="test")
        for key in chain.from_iterable(pairs):
            said = Availability(key, ((within, Can.YES),), now, "focal point")
            await bilaterals.answer(app.store, programme, said, None, now=now)


@pytest.fixture
def agreed(desk: Desk) -> datetime:
    """c1+m1 is agreed; when it begins."""
    assert desk.apply(PROGRAMME).code == 0
    now = datetime.now(UTC)
    asyncio.run(_answered(("m1", "c1"), within=Interval(now, now + timedelta(days=15))))
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


async def _asked_to_go_on(agreed: datetime) -> None:
    """m1 has asked on its page for two workshops."""
    starts = {f"c1+m1.{number}": agreed + timedelta(weeks=number - 1) for number in (2, 3)}
    asked = Proposal("c1+m1", "Workshop", 2, 1, starts, State.PROPOSED, "", agreed, frozenset({"m1"}), 1)
    async with bootstrap.opened(settings.read(), clock.RealClock()) as app, app.store.transaction() as tx:
        await series.put(tx, asked)


def test_what_one_side_asked_for_is_confirmed_for_both(desk: Desk, agreed: datetime) -> None:
    """Without a number of meetings; it is settled then, and given again there is nothing to confirm."""
    nobody = desk.run("bilaterals", "series", "c1+m1", "--yes")
    asyncio.run(_asked_to_go_on(agreed))

    done = desk.run("bilaterals", "series", "c1+m1", "--yes", "--json")
    again = desk.run("bilaterals", "series", "c1+m1", "--yes")

    assert nobody.code == again.code != 0
    assert "c1+m1: neither side has asked to go on; say how many meetings, for example --times 3" in nobody.err
    assert (done.code, done.document["planned"]) == (0, ["c1+m1.2", "c1+m1.3"])
    assert [one["about"] for one in done.document["meetings"].values()] == ["Workshop 1", "Workshop 2"]


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
        "offered": {},
        "left": {},
        "moves": {},
        "done": True,
    }
    assert last.code == 5
    assert last.out == (
        "! c1+m1 has no interpreter: nobody else who interprets between Chinese and English is free then: add an "
        "interpreter to the programme, or let it move to a time at which somebody can, with --move\n"
    )
    assert (back.code, back.out) == (0, f"{pair['interpreter']} may be given bilaterals again.\n")


@pytest.mark.usefixtures("agreed")
def test_an_interpreter_whom_nobody_replaces_takes_no_bilateral_along_without_a_time(desk: Desk) -> None:
    """With --move too it stays where no time has somebody who interprets, and the reason is said; exit code 5."""
    (pair,) = desk.run("bilaterals", "--json").document["pairs"]
    other = {"lin@words.example": "wang@words.example", "wang@words.example": "lin@words.example"}[pair["interpreter"]]
    desk.run("swap", "interpreter", other, "--yes")

    shown = desk.run("swap", "interpreter", pair["interpreter"], "--move", "--dry-run", "--json")

    (move,) = shown.document["moves"].values()
    assert (shown.code, [*shown.document["left"]], move["to"], shown.document["done"]) == (5, ["c1+m1"], None, False)
    assert "interpreter" in move["why"]


def test_a_bilateral_that_nobody_can_take_over_is_moved(desk: Desk) -> None:
    """Both interpreters have a bilateral at one time: the one whose interpreter is gone moves, the other stays."""
    host = "  - {address: pool@network.example, licence: pro}\n"
    working_day = next(day for n in range(1, 4) if (day := DAY + timedelta(days=n)).weekday() < 5)
    nine = times.at(f"{working_day} 09:00", "Asia/Bangkok")
    assert (
        desk.apply(PROGRAMME.replace(host, f"{host}  - {{address: second@network.example, licence: pro}}\n")).code == 0
    )
    asyncio.run(_answered(("m1", "c1"), ("m2", "c2"), within=Interval(nine, nine + timedelta(hours=1))))
    desk.run("create-bilaterals", "--yes")
    asyncio.run(_answered(("m1", "c1"), within=Interval(nine, nine + timedelta(hours=8))))
    gone = {one["key"]: one for one in desk.run("bilaterals", "--json").document["pairs"]}["c1+m1"]

    shown = desk.run("swap", "interpreter", gone["interpreter"], "--move", "--dry-run", "--json")
    done = desk.run("swap", "interpreter", gone["interpreter"], "--move", "--yes", "--json")

    after = {one["key"]: one for one in desk.run("bilaterals", "--json").document["pairs"]}
    assert (shown.code, done.code, shown.document["moves"]) == (0, 0, done.document["moves"])
    assert after["c1+m1"]["starts_at"] == done.document["moves"]["c1+m1"]["to"]
    assert after["c1+m1"]["starts_at"] != after["c2+m2"]["starts_at"] == gone["starts_at"]
