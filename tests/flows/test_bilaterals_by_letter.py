"""From the letter to the page and back: only what a person presses there counts, and both together make a meeting."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from meetbot.core.bilaterals import State
from meetbot.flows import bilaterals
from meetbot.settings import Settings
from meetbot.store import tables
from meetbot.web import app
from tests.flows import bilateral_stage as told
from tests.flows.stage import Stage

pytestmark = pytest.mark.every_database

ADDRESS = "https://meet.example"
LINK = re.compile(rf"{ADDRESS}(/b/[A-Za-z0-9_-]{{43}})")


def browser(stage: Stage) -> httpx.AsyncClient:
    pages = app.pages(people=app.for_people(stage.app.store, stage.app.clock, stage.programme), public_url=ADDRESS)
    return httpx.AsyncClient(transport=httpx.ASGITransport(pages), base_url=ADDRESS)


def links(stage: Stage, to: str | None = None) -> list[str]:
    return sorted({link for mail in stage.mails(to) for link in LINK.findall(mail.text)})


async def everything(stage: Stage) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    async with stage.app.store.reading() as tx:
        return {
            table.name: sorted(map(tuple, await tx.execute(table.select())), key=repr)
            for table in tables.metadata.sorted_tables
        }


async def scan(stage: Stage) -> list[int]:
    """What a mail server does before anybody reads: it opens every link of a letter, and all that the pages lead to."""
    seen: list[int] = []
    async with browser(stage) as scanner:
        for link in links(stage):
            for method in ("HEAD", "GET"):
                answer = await scanner.request(method, link)
                further = re.findall(r'(?:href|action|src)="([^"#:]+)"', answer.text)
                seen += [answer.status_code]
                for one in further:
                    await scanner.request(method, httpx.URL(ADDRESS + link).join(one))
    return seen


async def press(stage: Stage, side: str, **form: str) -> int:
    """A button of its page, as a browser sends it."""
    (link,) = links(stage, f"focal@{side}.example")
    sent = {name.replace("_", "-"): value for name, value in form.items()}
    async with browser(stage) as person:
        return (await person.post(link, data=sent, headers={"sec-fetch-site": "same-origin"})).status_code


async def test_P29_F33_a_scanner_changes_nothing_and_two_people_make_the_meeting(stage: Stage) -> None:
    """Asked, answered, proposed, agreed: each letter is scanned first, and each step is somebody's own."""
    data_dir = stage.app.settings.data_dir
    stage.app.settings = Settings(data_dir=data_dir, public_url=ADDRESS, zoom_client_secret=SecretStr("sandbox"))
    await stage.apply(told.TEXT)
    await told.pair_up(stage, ("m1", "c1"))
    await bilaterals.ask(stage.app.store, await stage.programme(), None, now=stage.now, by="test")
    await stage.run_due()
    asked = await everything(stage)
    assert await scan(stage) == [200] * 4
    assert await everything(stage) == asked

    for side in ("m1", "c1"):
        assert await press(stage, side, do="answer", day_2021_11_15="yes", day_2021_11_16="no", delegation="") == 303
    await stage.run_due()
    proposed = await everything(stage)
    assert await scan(stage) == [200] * 4
    assert await everything(stage) == proposed
    assert (await told.pairs(stage))["c1+m1"].state is State.PROPOSED

    for side in ("m1", "c1"):
        assert await press(stage, side, do="agree", pair="c1+m1", revision="1") == 303
    await stage.run_due()
    assert [one.topic for one in stage.at_zoom() if "Bilateral" in one.topic] == ["Bilateral: College c1 – College m1"]
    assert sorted(mail.to for mail in stage.mails() if mail.links) == ["focal@c1.example", "focal@m1.example"]
