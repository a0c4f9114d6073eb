import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.cli import desk as cli_desk
from tests.cli.desk import Desk


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def desk_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Desk]]:
    """Sets up a desk with a sandbox of that set-up; nothing has been applied."""
    with ExitStack() as running:

        def make(**setup: Any) -> Desk:
            sandbox, url = running.enter_context(cli_desk.zoom(**setup))
            for name, value in cli_desk.settings_for(tmp_path, url).items():
                monkeypatch.setenv(name, value)
            monkeypatch.chdir(tmp_path)
            return Desk(tmp_path, sandbox, monkeypatch, capsys)

        yield make


@pytest.fixture
def desk(desk_with: Callable[..., Desk]) -> Desk:
    """A desk on which nothing has been applied yet."""
    return desk_with()


@pytest.fixture
def office(desk: Desk) -> Desk:
    """A desk with the programme applied, a week before the launch."""
    assert desk.apply().code == 0
    return desk
