"""What all tests share: how thoroughly properties are tried, and on which databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import postgres

settings.register_profile("nightly", max_examples=20_000, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-database", action="store_true", help="Run what is run on SQLite on PostgreSQL too.")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "every_database: always run on PostgreSQL too")
    config.addinivalue_line("markers", "own_process: reports become files in a process of their own, as they really do")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        marked = metafunc.definition.get_closest_marker("every_database")
        both = marked or metafunc.config.getoption("every_database")
        metafunc.parametrize("database", ["sqlite", "postgres"] if both else ["sqlite"], indirect=True)


def pytest_unconfigure() -> None:
    postgres.stop()  # a worker of pytest-xdist ends without the interpreter's own good-bye


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of its own; on PostgreSQL too where the test is marked `every_database`."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'meetbot.db'}"
    else:
        address = postgres.fresh_database()
        yield address
        postgres.drop(address)
