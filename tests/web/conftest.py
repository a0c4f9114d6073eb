from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.store import builders
from tests.web import desk as web_desk
from tests.web.desk import Desk


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """The outside address with an empty store."""
    store = await builders.opened(tmp_path)
    async with web_desk.opened(store) as made:
        yield made
    await store.aclose()
