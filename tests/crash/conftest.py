"""A process that forks lives, and what a run shows that nothing disturbs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.crash import lives, play


@pytest.fixture(scope="session")
def zygote() -> Iterator[lives.Zygote]:
    with lives.zygote() as made:
        yield made


@pytest.fixture(scope="session")
def calm(zygote: lives.Zygote, tmp_path_factory: pytest.TempPathFactory) -> play.Played:
    return asyncio.run(play.Play(zygote, tmp_path_factory.mktemp("calm"), play.Run()).play())
