"""A power cut at any moment takes nothing that was acknowledged."""

from __future__ import annotations

from pathlib import Path

from tests.crash import power

_MOMENTS = 250


async def test_P24_F52_a_power_cut_takes_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """What was not synced may be there, torn or not at all: the database is sound, with every acknowledged commit."""
    told, pragmas = await power.a_launch(tmp_path)

    log = power.replay(told, pragmas, tmp_path / "replayed.db")

    assert power.losses(log, _MOMENTS, seed=1) == []


async def test_P24_the_trial_finds_what_a_lazier_store_would_lose(tmp_path: Path) -> None:
    """Under synchronous=NORMAL a commit is acknowledged before it is synced: the same trial must see it go."""
    told, pragmas = await power.a_launch(tmp_path)

    lazy = power.replay(told, {**pragmas, "synchronous": 1}, tmp_path / "lazy.db")

    assert any("not all are there" in one for one in power.losses(lazy, _MOMENTS, seed=1))
