"""The pages of a programme with bilaterals: a college in Yangon meets one in Kunming and one in Phnom Penh."""

from __future__ import annotations

import gzip
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
from starlette.applications import Starlette

from meetbot.core import times
from meetbot.core.bilaterals import Agreed, Availability, Can, Delegate, Pair, State
from meetbot.core.bilaterals.series import Proposal
from meetbot.core.model import Programme
from meetbot.core.times import Interval
from meetbot.flows import programme
from meetbot.flows.bilaterals import gathering
from meetbot.store import bilaterals, page_links, series, tables
from meetbot.store.engine import Store
from meetbot.store.page_links import Purpose
from meetbot.web import app
from tests.core.bilaterals import builders
from tests.web.desk import Clock

PUBLIC_URL = "https://meetbot.example"
NOW = times.at("2021-11-04 09:00", "Asia/Bangkok")
DEADLINE = times.at("2021-11-09 17:00", "Asia/Bangkok")
FROM_THE_PAGE = {"sec-fetch-site": "same-origin"}

TEXT = """
key: p
title: Skills Partnership Programme
zone: Asia/Bangkok
language: en
organiser: {name: Programme Office, address: office@network.example}
reports_to: [{name: Officer, address: officer@network.example}]
countries: {Cambodia: Asia/Phnom_Penh, China: Asia/Shanghai, Myanmar: Asia/Yangon}
organisations:
  cvt:
    name: Yangon Centre of Vocational Training
    country: Myanmar
    constituent: training institution
    focal_point: {name: Daw Thida, address: thida@cvt.example, telephone: +95 1 555 010}
    speaks: [Burmese, English]
  yunnan:
    name: Yunnan Mechanical and Electrical Vocational College
    country: China
    constituent: training institution
    focal_point: {name: Li Na, address: li.na@yunnan.example, telephone: +86 871 555 020}
  npic: {name: National Polytechnic Institute of Cambodia, country: Cambodia, constituent: training institution}
people:
  tang: {name: Mr Tang, office: Vice Minister}
hosts:
  - {address: pool@network.example, licence: pro}
meetings:
  launch:
    title: Launch
    date: 2021-11-10
    start: 14:00
    end: 15:00
    host: host@network.example
    rundown:
      welcome: {title: Welcome, start: 14:00, end: 15:00, speakers: [tang]}
bilaterals:
  title: Bilateral meetings
  after: launch
  when: in the week after the launch
  from: 2021-11-15
  to: 2021-11-16
  answers_by: 2021-11-09 17:00
  minutes: 60
"""
CVT, YUNNAN, NPIC = (
    "Yangon Centre of Vocational Training",
    "Yunnan Mechanical and Electrical Vocational College",
    "National Polytechnic Institute of Cambodia",
)


def pair(a: str = "cvt", b: str = "yunnan", **other: Any) -> Pair:
    return builders.pair(a, b, **{"since": NOW - timedelta(days=2), **other})


def proposed(a: str = "cvt", b: str = "yunnan", wall: str = "2021-11-15 08:30", **other: Any) -> Pair:
    """Offered to both, in Yangon's morning."""
    made = pair(a, b, state=State.PROPOSED, starts_at=times.at(wall, "Asia/Yangon"), revision=1)
    return replace(made, **other)


def agreed_by_cvt() -> Pair:
    """The same, once the college in Yangon has agreed."""
    return proposed(agreed_by=frozenset({"cvt"}), reason=f"{CVT} has agreed")


def held(a: str = "cvt", b: str = "yunnan", **other: Any) -> Pair:
    """The two have met, on the Monday."""
    return proposed(a, b, **{"state": State.HELD, "reason": "its time is over", **other})


def answer(organisation: str = "cvt") -> Availability:
    """The whole of Monday morning."""
    morning = Interval(times.at("2021-11-15 08:30", "Asia/Yangon"), times.at("2021-11-15 12:00", "Asia/Yangon"))
    return Availability(organisation, ((morning, Can.YES),), NOW - timedelta(hours=3), "focal point")


@dataclass
class Office:
    """The pages, what stands behind them, and somebody at a browser."""

    store: Store
    clock: Clock
    programme: Programme
    pages: Starlette

    async def link(self, subject: str = "cvt", purpose: Purpose = Purpose.BILATERALS, days: float = 30) -> str:
        """The path of a new page link."""
        async with self.store.transaction() as tx:
            until = self.clock.now() + timedelta(days=days)
            made = await page_links.issue(
                tx, self.store.links, purpose, subject, expires_at=until, now=self.clock.now()
            )
            token = await page_links.token(tx, self.store.links, made)
        return f"/{page_links.FOLDERS[purpose]}/{token}"

    async def say(
        self, method: str, path: str, form: Mapping[str, str | list[str]] | None = None, **headers: str
    ) -> httpx.Response:
        """A request as a browser sends it from the page itself, unless headers say otherwise."""
        transport = httpx.ASGITransport(self.pages)
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as browser:
            sent = {name.replace("_", "-"): value for name, value in headers.items()} or FROM_THE_PAGE
            return await browser.request(method, path, data=form, headers=sent)

    async def get(self, path: str) -> httpx.Response:
        return await self.say("GET", path)

    async def post(self, path: str, **form: str) -> httpx.Response:
        return await self.say("POST", path, {name.replace("_", "-"): value for name, value in form.items()})

    async def add(self, *pairs: Pair) -> None:
        async with self.store.transaction() as tx:
            await bilaterals.add(tx, pairs)

    async def met(self, state: State = State.HELD) -> None:
        """The college in Yangon has met the one in Kunming, and it is the Thursday of that week."""
        await self.add(held(state=state))
        async with self.store.transaction() as tx:
            await gathering.alone(tx)
            met = Agreed("cvt", "yunnan", times.at("2021-11-15 08:30", "Asia/Yangon"), 60)
            await programme.agree(tx, {"cvt+yunnan": met}, now=NOW, by="test")
        self.clock.at = times.at("2021-11-18 09:00", "Asia/Bangkok")

    async def in_force(self) -> Programme:
        async with self.store.reading() as tx:
            return await programme.in_force(tx)

    async def asked(self) -> Proposal | None:
        """The further meetings that the two have asked for last."""
        async with self.store.reading() as tx:
            return await series.get(tx, "cvt+yunnan")

    async def answered(self, organisation: str = "cvt") -> tuple[Availability | None, tuple[Delegate, ...]]:
        async with self.store.reading() as tx:
            return await bilaterals.said_by(tx, organisation), await bilaterals.delegates(tx, organisation)

    async def pair(self, key: str = "cvt+yunnan") -> Pair | None:
        async with self.store.reading() as tx:
            return await bilaterals.get(tx, key)

    async def everything(self) -> Mapping[str, list[tuple[Any, ...]]]:
        """Every row of every table."""
        async with self.store.reading() as tx:
            return {
                table.name: [tuple(row) for row in await tx.execute(table.select())]
                for table in tables.metadata.sorted_tables
            }


async def opened(store: Store, text: str = TEXT) -> Office:
    """An office in which this programme has just been applied."""
    await programme.apply(store, text, "p.yaml", now=NOW, by="test")
    clock = Clock(NOW)

    async def in_force() -> Programme:
        async with store.reading() as tx:
            return await programme.in_force(tx)

    people = app.for_people(store, clock, in_force, public_url=PUBLIC_URL)
    return Office(store, clock, await in_force(), app.pages(people=people, public_url=PUBLIC_URL))


def words(answer: httpx.Response) -> str:
    """What a reader sees, one blank between words."""
    body = re.sub(r"(?s)<head>.*?</head>|<[^>]*>", " ", answer.text)
    return " ".join(html.unescape(body).split())


def packed(content: bytes) -> int:
    """Bytes on the wire."""
    return len(gzip.compress(content))
