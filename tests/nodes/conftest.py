from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests import postgres
from tests.nodes import cluster
from tests.nodes.cluster import Office

_numbers = count()


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    """A database server that these tests may stop and start."""
    with postgres.server() as running:
        yield running


@pytest.fixture
def office(tmp_path: Path, server: postgres.Server) -> Iterator[Office]:
    """An office with an empty database of its own."""
    with cluster.open_office(tmp_path, server.address(f"office{next(_numbers)}")) as made:
        yield made
