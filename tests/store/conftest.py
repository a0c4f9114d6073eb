from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetbot.store.engine import Store
from tests.store import builders


@pytest.fixture
async def store(tmp_path: Path, database: str) -> AsyncIterator[Store]:
    """An empty store but for one meeting, the launch, which stands at Zoom."""
    made = await builders.opened(tmp_path, database)
    async with made.transaction() as tx:
        await builders.meeting(tx)
    yield made
    await made.aclose()


@pytest.fixture
async def other(tmp_path: Path, database: str) -> AsyncIterator[Store]:
    """The same database as a second process has it open."""
    made = await builders.opened(tmp_path, database)
    yield made
    await made.aclose()
