from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.store import builders
from tests.web import desk as web_desk
from tests.web import offices
from tests.web.desk import Desk
from tests.web.offices import Office


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """The outside address with an empty store."""
    store = await builders.opened(tmp_path)
    async with web_desk.opened(store) as made:
        yield made
    await store.aclose()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """The pages of a programme whose pairs are not known yet."""
    store = await builders.opened(tmp_path)
    yield await offices.opened(store)
    await store.aclose()
