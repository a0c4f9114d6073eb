"""A real browser in front of the pages on a real socket; skipped, in words, where there is none."""

from __future__ import annotations

import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from meetbot.web import server
from tests.store import builders
from tests.web import offices
from tests.web.offices import Office

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if _CHROMIUM is None:
        pytest.skip("no Chromium in PATH; on Debian: apt-get install chromium")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        yield chromium
        await chromium.close()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    store = await builders.opened(tmp_path)
    yield await offices.opened(store)
    await store.aclose()


@pytest.fixture
async def address(office: Office) -> AsyncIterator[str]:
    """Where the pages of the office answer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    async with server.serving(office.pages, "127.0.0.1", port, setting="WEB"):
        yield f"http://127.0.0.1:{port}"
