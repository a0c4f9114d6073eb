"""The pages as people meet them: on a phone, in light and dark, by keyboard, without JavaScript."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from meetbot.core.bilaterals import Can, State
from meetbot.store.page_links import Purpose
from tests.web.offices import Office, pair, proposed

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1180, "height": 900}
#: What the browser says of a page with a status of 400 or more; such a page may be meant.
_STATUS = "the server responded with a status of"
Scheme = Literal["light", "dark"]
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Where pictures of the pages are laid, for whoever wants to look at them.
_PICTURES = os.environ.get("MEETBOT_TEST_PICTURES")


@asynccontextmanager
async def visit(browser: Browser, address: str, **how: Any) -> AsyncIterator[Page]:
    """The page, and no word of complaint from the browser while it is open."""
    context = await browser.new_context(**{"viewport": DESK, **how})
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: None if _STATUS in said.text else complaints.append(said.text))
    await page.goto(address)
    yield page
    await context.close()
    assert complaints == []


async def picture(page: Page, name: str) -> None:
    if _PICTURES:
        await page.screenshot(path=Path(_PICTURES) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_any_page(browser: Browser, office: Office, address: str, scheme: Scheme) -> None:
    """WCAG 2.2 AA, at a desk and on a phone: as it comes, by the hour, with mistakes, the board, and no link."""
    agreed = proposed("cvt", "npic", "2021-11-16 13:00", state=State.AGREED)
    await office.add(proposed(), agreed, pair("npic", "yunnan", state=State.STUCK, reason="No common hour."))
    link = await office.link()
    pages = {"page": link, "board": await office.link("p", Purpose.BOARD), "nothing": "/b/nothing"}
    found = {}

    for size, viewport in (("phone", PHONE), ("desk", DESK)):
        for name, path in pages.items():
            async with visit(browser, address + "/b/", viewport=viewport, color_scheme=scheme) as page:
                await page.goto(address + path)
                found[name, size] = await faults(page, f"{name}-{size}-{scheme}")
                if name == "page":
                    await page.locator("summary").click()
                    await page.locator("#day-2021-11-15-3 + label").click()
                    await page.locator("#day-2021-11-16-1 + label").click()
                    found["by the hour", size] = await faults(page, f"hours-{size}-{scheme}")
                    await page.locator("#delegation").fill("Sok Dara")
                    await page.get_by_role("button", name="Send this answer").click()
                    found["mistakes", size] = await faults(page, f"mistakes-{size}-{scheme}")

    assert {where: wrong for where, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_where_two_go_on(
    browser: Browser, office: Office, address: str, scheme: Scheme
) -> None:
    """The form, its mistakes, the times that are asked for on both pages, the board, and what came of it."""
    await office.met()
    mine, theirs = await office.link(), await office.link("yunnan")
    board, found = await office.link("p", Purpose.BOARD), {}

    for size, viewport in (("phone", PHONE), ("desk", DESK)):
        async with visit(browser, address + mine, viewport=viewport, color_scheme=scheme) as page:
            await page.get_by_text("Meet again").click()
            await page.get_by_label("What about?").fill("  ")
            found["form", size] = await faults(page, f"series-form-{size}-{scheme}")
            await page.get_by_role("button", name="Ask for these meetings").click()
            found["mistakes", size] = await faults(page, f"series-mistakes-{size}-{scheme}")
            await page.get_by_label("What about?").fill("Curriculum workshop")
            await page.get_by_label("How many meetings?").fill("3")
            await page.get_by_role("button", name="Ask for these meetings").click()
            found["asked", size] = await faults(page, f"series-asked-{size}-{scheme}")
            for name, path in (("other side", theirs), ("board", board)):
                await page.goto(address + path)
                found[name, size] = await faults(page, f"series-{name}-{size}-{scheme}")
            await page.goto(address + mine)
            await page.get_by_text("We do not want them").click()
            await page.get_by_role("button", name="Decline the further meetings").click()
            found["declined", size] = await faults(page, f"series-declined-{size}-{scheme}")

    assert {where: wrong for where, wrong in found.items() if wrong} == {}


async def test_two_phones_without_javascript_go_on(browser: Browser, office: Office, address: str) -> None:
    """One asks, the other agrees: three taps and a few words."""
    await office.met()
    phone = {"viewport": PHONE, "java_script_enabled": False, "has_touch": True, "is_mobile": True}
    async with visit(browser, address + await office.link(), **phone) as page:
        await page.get_by_text("Meet again").tap()
        await page.get_by_label("What about?").fill("Training of trainers")
        await page.get_by_role("button", name="Ask for these meetings").tap()
        await page.get_by_text("The other side is asked").wait_for()
    async with visit(browser, address + await office.link("yunnan"), **phone) as page:
        await page.get_by_role("button", name="Agree").tap()
        await page.get_by_text("Your agreement to the further meetings is noted").wait_for()
        await page.get_by_text("Training of trainers").first.wait_for()

    assert [one.title for key, one in (await office.in_force()).meetings.items() if "." in key] == [
        "Training of trainers: Yangon Centre of Vocational Training – "
        "Yunnan Mechanical and Electrical Vocational College"
    ]


async def faults(page: Page, name: str) -> list[str]:
    """What axe finds, and whether anything is wider than the screen."""
    await page.wait_for_load_state("networkidle")
    await picture(page, name)
    results = await Axe().run(page, options={"runOnly": {"type": "tag", "values": _TAGS}})
    found = [f"{one['id']}: {node['html']}" for one in results.response["violations"] for node in one["nodes"]]
    if await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the screen")
    return found


async def test_a_phone_without_javascript_answers_and_agrees(browser: Browser, office: Office, address: str) -> None:
    """One tap for Monday, the hours for Tuesday, the delegation, and the proposed time."""
    await office.add(proposed())
    link = address + await office.link()
    async with visit(browser, link, viewport=PHONE, java_script_enabled=False, has_touch=True, is_mobile=True) as page:
        assert await page.locator(".hours").first.is_visible() is False
        await page.locator("label[for=day-2021-11-15-0]").tap()
        await page.locator("label[for=day-2021-11-16-3]").tap()
        await page.locator("label[for=at-20211116T0200-1]").tap()
        await page.locator("#delegation").fill("Daw Thida <thida@cvt.example>")
        await page.get_by_role("button", name="Send this answer").tap()
        await page.get_by_text("Your answer is kept").wait_for()
        await page.get_by_role("button", name="Agree").tap()
        await page.get_by_text("Your agreement is noted").wait_for()

    said, (delegate,) = await office.answered()
    stands = await office.pair()
    assert said and [can for _, can in said.said] == [Can.YES, Can.YES, Can.IF_NEEDED, Can.NO, Can.NO]
    assert delegate.address == "thida@cvt.example"
    assert stands and stands.agreed_by == {"cvt"}


async def test_everything_can_be_done_by_keyboard(browser: Browser, office: Office, address: str) -> None:
    """Tab reaches each question once, arrows choose, Space opens, Enter sends; where one is can be seen."""
    await office.add(proposed())
    async with visit(browser, address + await office.link()) as page:
        reached = []
        for _ in range(8):
            await page.keyboard.press("Tab")
            reached.append(await page.evaluate("document.activeElement.name || document.activeElement.localName"))
            if reached[-1].startswith("day-"):
                await page.keyboard.press("Space")
                await page.keyboard.press("ArrowRight")
        outlined = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        await page.locator("[value=answer]").press("Enter")
        await page.get_by_text("Your answer is kept").wait_for()

    assert reached[:6] == ["do", "summary", "day-2021-11-15", "day-2021-11-16", "delegation", "speaks"]
    assert outlined is not None
    said, _ = await office.answered()
    assert said and {can for _, can in said.said} == {Can.IF_NEEDED}
