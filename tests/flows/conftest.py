from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests import here
from tests.flows import stage as flows_stage


@pytest.fixture(autouse=True)
def _files_made_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("own_process") is None:
        monkeypatch.setattr("meetbot.flows.attendance.rendering._asked", here.made)


@pytest.fixture
async def stage(tmp_path: Path, database: str) -> AsyncIterator[flows_stage.Stage]:
    """A deployment with the programme applied, a week before the launch."""
    async with flows_stage.set_up(tmp_path, database, seed=7) as made:
        await made.apply()
        yield made
