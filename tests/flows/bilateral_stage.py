"""A deployment whose programme has bilaterals between two colleges of Myanmar and two of China, with one host."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from meetbot.core import times
from meetbot.core.bilaterals import Availability, Can, Pair
from meetbot.core.delegations import Pairing
from meetbot.core.times import Interval
from meetbot.flows import bilaterals
from meetbot.store import bilaterals as store_bilaterals
from tests.flows.stage import PROGRAMME, Stage

_COLLEGE = """  {key}:
    name: College {key}
    country: {country}
    constituent: training institution
    focal_point: {{name: Focal {key}, address: focal@{key}.example}}
"""
_BILATERALS = """hosts:
  - {address: pool@network.example, licence: pro}
bilaterals:
  title: Bilateral
  after: launch
  when: later
  sides: [[m1, m2], [c1, c2]]
  from: 2021-11-15
  to: 2021-11-16
  answers_by: 2021-11-12 17:00
meetings:
"""
TEXT = (
    PROGRAMME.replace("Myanmar: Asia/Yangon}", "Myanmar: Asia/Yangon, China: Asia/Shanghai}")
    .replace(
        "people:\n",
        "".join(
            _COLLEGE.format(key=key, country=country)
            for key, country in (("m1", "Myanmar"), ("m2", "Myanmar"), ("c1", "China"), ("c2", "China"))
        )
        + "people:\n",
        1,
    )
    .replace("meetings:\n", _BILATERALS, 1)
)
#: By Bangkok's clock: in the working hours of all four, clear of every lunch.
MORNING = ("2021-11-15 09:00", "2021-11-15 11:00")
ONE_HOUR = ("2021-11-15 09:00", "2021-11-15 10:00")


def wall(text: str) -> datetime:
    return times.at(text, "Asia/Bangkok")


def said(stage: Stage, organisation: str, *spans: tuple[str, str]) -> Availability:
    """Yes to these stretches on Bangkok's clock."""
    yes = tuple((Interval(wall(start), wall(end)), Can.YES) for start, end in spans)
    return Availability(organisation, yes, stage.now, "focal point")


async def answer(stage: Stage, organisation: str, *spans: tuple[str, str]) -> bool:
    availability = said(stage, organisation, *spans)
    return await bilaterals.answer(stage.app.store, await stage.programme(), availability, None, now=stage.now)


async def pair_up(stage: Stage, *pairs: tuple[str, str]) -> bilaterals.TakenIn:
    pairings = [Pairing(a, b) for a, b in pairs]
    return await bilaterals.take_in(stage.app.store, await stage.programme(), pairings, now=stage.now, by="test")


async def propose(stage: Stage, *, tell: bool = True) -> bilaterals.Found:
    programme = await stage.programme()
    found = await bilaterals.find(stage.app.store, programme, now=stage.now, seconds=60)
    await bilaterals.propose(stage.app.store, programme, found, now=stage.now, by="test", tell=tell)
    return found


async def confirm(stage: Stage, keys: Sequence[str]) -> bilaterals.Confirmed:
    return await bilaterals.confirm(stage.app.store, keys, now=stage.now, by="test")


async def pairs(stage: Stage) -> dict[str, Pair]:
    async with stage.app.store.reading() as tx:
        return {one.key: one for one in await store_bilaterals.pairs(tx)}


async def states(stage: Stage) -> dict[str, tuple[str, str]]:
    return {key: (one.state, one.reason) for key, one in (await pairs(stage)).items()}
