from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve import deployment as serve_deployment
from tests.serve.deployment import Deployment


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    """A deployment on which nothing has been applied, with Zoom's stand-in beside it."""
    with serve_deployment.sandbox(tmp_path) as zoom:
        made = Deployment(tmp_path, zoom)
        yield made
        made.end()
