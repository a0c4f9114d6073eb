"""A power cut at any moment takes nothing that was acknowledged."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.crash import power
from tests.flows import stage

_MOMENTS = 250


async def a_launch(folder: Path) -> tuple[Sequence[Sequence[power.Statement]], Mapping[str, Any]]:
    """What a store is told from the first apply to the last report, and how it is set."""
    with power.Recorded() as recorded:
        async with stage.set_up(folder) as one:
            await one.apply()
            await one.register(*(stage.form(f"{name}@npic.example", name) for name in ("dara", "sok", "maly")))
            await one.run_due()
            one.leap("2021-11-10 12:30")
            await one.until("2021-11-10 14:40")
            pragmas = await power.pragmas_of(one.app.store)
    return recorded.transactions, pragmas


@pytest.fixture
async def log(tmp_path: Path) -> power.Log:
    return power.replay(*await a_launch(tmp_path), tmp_path / "replayed.db")


def losses(log: power.Log, moments: int, seed: int = 1) -> list[str]:
    """What was lost, tried at that many moments."""
    chance = random.Random(seed)
    found = []
    for _ in range(moments):
        with tempfile.TemporaryDirectory() as folder:
            moment = chance.randrange(len(log.operations) + 1)
            found.append(power.lost(log, moment, chance, Path(folder) / "cut.db"))
    return [one for one in found if one]


def test_P24_F52_a_power_cut_takes_nothing_that_was_acknowledged(log: power.Log) -> None:
    """Whatever was not synced may be there, torn or not at all: the database is sound, with every acknowledged commit."""
    assert losses(log, _MOMENTS) == []


async def test_P24_the_trial_finds_what_a_lazier_store_would_lose(tmp_path: Path) -> None:
    """Under synchronous=NORMAL a commit is acknowledged before it is synced: the same trial must see it go."""
    transactions, pragmas = await a_launch(tmp_path)

    lazy = power.replay(transactions, {**pragmas, "synchronous": 1}, tmp_path / "lazy.db")

    assert any("not all are there" in one for one in losses(lazy, _MOMENTS))
