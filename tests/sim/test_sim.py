"""Whole programmes in which everything goes wrong keep every promise; `scripts/simulate` plays as many as one likes."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from tests.sim import run

SEEDS = range(100, 140)  # as many as two minutes allow on two cores
_REGRESSIONS = Path(__file__).with_name("regressions.txt").read_text().splitlines()
REGRESSIONS = sorted({int(line.split()[0]) for line in _REGRESSIONS if not line.startswith("#")})

played = functools.cache(run.play)


def text(result: run.Result) -> str:
    """What a person needs to look into it."""
    return "\n".join([*result.violations, f"again: scripts/simulate --seed {result.seed} --trace", *result.trace[-60:]])


@pytest.mark.parametrize("seed", SEEDS)
def test_P17_P18_a_programme_keeps_its_promises_whatever_goes_wrong(seed: int) -> None:
    """No link to the wrong person, no letter twice, no stale news, one meeting each, nothing left open."""
    result = played(seed)

    assert result.violations == [], text(result)


@pytest.mark.parametrize("seed", REGRESSIONS)
def test_what_a_seed_once_found_stays_mended(seed: int) -> None:
    """Every seed that ever broke a promise."""
    result = played(seed)

    assert result.violations == [], text(result)


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_the_same_seed_goes_the_same_way(seed: int) -> None:
    """Step by step, so that a run that failed can be looked at."""
    assert run.play(seed).trace == played(seed).trace


def test_seeds_differ() -> None:
    """Two seeds are two runs."""
    first, second = (played(seed).digest for seed in SEEDS[:2])

    assert first != second
