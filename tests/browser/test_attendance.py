"""The pages of attendance as people meet them: at a desk, on a phone, in light and dark, without JavaScript."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from meetbot.store.page_links import Purpose
from tests.browser.test_bilaterals import DESK, PHONE, Scheme, faults, visit
from tests.web import attended, test_verify_page
from tests.web.attended import AFTER
from tests.web.offices import PUBLIC_URL, Office


@pytest.fixture
async def office(office: Office) -> Office:
    """After the launch."""
    await attended.held(office.store, office.programme)
    office.clock.at = AFTER
    return office


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_the_pages_of_attendance(
    browser: Browser, office: Office, address: str, scheme: Scheme
) -> None:
    """WCAG 2.2 AA: as they come, with the form for several open, after a click, with a mistake, and a hall's page."""
    found = {}
    organiser, hall = await office.link("launch", Purpose.ATTENDANCE), ""

    for size, viewport in (("desk", DESK), ("phone", PHONE)):
        async with visit(browser, address + organiser, viewport=viewport, color_scheme=scheme) as page:
            await page.locator("summary").first.click()
            found["open", size] = await faults(page, f"attendance-{size}-{scheme}")
            await page.locator("textarea").first.fill("12345")
            await page.get_by_role("button", name="They were there").first.click()
            found["mistake", size] = await faults(page, f"attendance-mistake-{size}-{scheme}")
            if size == "desk":
                await page.get_by_role("button", name="Hla Min (CVT) is Hla Min").click()
                await page.get_by_text("Noted.").wait_for()
            await page.get_by_role("button", name="Make its page").click()
            found["said", size] = await faults(page, f"attendance-said-{size}-{scheme}")
            hall = str(await page.get_by_role("link", name="/b/hall/").get_attribute("href"))
            await page.goto(hall.replace(PUBLIC_URL, address))
            await page.locator("textarea").fill("Kyaw Zin")
            await page.get_by_role("button", name="They sat with Daw Thida Win").click()
            found["hall", size] = await faults(page, f"hall-{size}-{scheme}")

    assert {where: wrong for where, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_the_page_that_checks_a_confirmation(
    browser: Browser, office: Office, address: str, scheme: Scheme
) -> None:
    """WCAG 2.2 AA: the form, what a true paper says, and a code that nobody has."""
    code, found = await test_verify_page.given_out(office.store), {}

    for size, viewport in (("desk", DESK), ("phone", PHONE)):
        async with visit(browser, f"{address}/verify", viewport=viewport, color_scheme=scheme) as page:
            found["form", size] = await faults(page, f"verify-{size}-{scheme}")
            for name, written in (("true", code), ("wrong", "AAAAA-AAAAA")):
                await page.get_by_label("Code on the paper").fill(written)
                await page.get_by_role("button", name="Check").click()
                found[name, size] = await faults(page, f"verify-{name}-{size}-{scheme}")

    assert {where: wrong for where, wrong in found.items() if wrong} == {}


async def test_a_phone_without_javascript_settles_a_line(browser: Browser, office: Office, address: str) -> None:
    """One tap says who it was, one takes it back."""
    link = address + await office.link("launch", Purpose.ATTENDANCE)
    async with visit(browser, link, viewport=PHONE, java_script_enabled=False, has_touch=True, is_mobile=True) as page:
        await page.get_by_role("button", name="Hla Min (CVT) is Hla Min").tap()
        await page.get_by_text("2 attended (1 proven, 1 declared)").wait_for()
        with_hla = await attended.counted(office.store, office.programme)
        await page.get_by_role("button", name="Take back: Hla Min").tap()
        await page.get_by_text("Taken back.").wait_for()

    assert with_hla == {"Daw Thida Win": "E", "Hla Min": "D"}
    assert await attended.counted(office.store, office.programme) == {"Daw Thida Win": "E"}
