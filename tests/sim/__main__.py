"""Plays many seeds: scripts/simulate [--seeds N] [--from S] [--seed S] [--trace] [--json]."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from scripts.benchmarks.figures import Figure, show
from tests.sim import run, sometimes

#: Fewer seeds than this need not reach every situation.
_ENOUGH = 1000


def main() -> None:
    asked = _asked()
    first, count = (asked.seed, 1) if asked.seed is not None else (asked.first, asked.seeds)
    reached: Counter[str] = Counter()
    failed, began = 0, time.monotonic()
    for seed in range(first, first + count):
        result = run.play(seed)
        reached.update(set(result.sometimes))
        failed += bool(result.violations)
        _tell(result, trace=asked.trace)
    _tell_situations(reached, count)
    each = (time.monotonic() - began) / count
    never = sometimes.never(reached)
    show(
        "simulation",
        [
            Figure("seeds", count, "runs"),
            Figure("seeds that break a promise", failed, "runs", goal=0),
            Figure("situations reached", len(sometimes.SITUATIONS) - len(never), f"of {len(sometimes.SITUATIONS)}"),
            Figure("situations never reached", len(never), "", goal=0 if count >= _ENOUGH else None),
            Figure("time for a seed", each, "s"),
        ],
    )


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/simulate", description="Whole programmes with everything that goes wrong."
    )
    parser.add_argument("--seeds", type=int, default=200, help="how many (200)")
    parser.add_argument("--from", dest="first", type=int, default=0, help="the first seed (0)")
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--trace", action="store_true", help="print what happened, also when all went well")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON document")
    return parser.parse_args()


def _tell(result: run.Result, *, trace: bool) -> None:
    """To stderr: what broke, how to see it again, and what had happened."""
    if trace or result.violations:
        sys.stderr.write("\n".join([*result.trace, ""]))
    for one in result.violations:
        sys.stderr.write(f"seed {result.seed}: {one}\n")
    if result.violations:
        sys.stderr.write(f"again: scripts/simulate --seed {result.seed} --trace\n")


def _tell_situations(reached: Counter[str], count: int) -> None:
    sys.stderr.write(f"Situations, and in how many of {count} runs each was reached:\n")
    for one in sometimes.SITUATIONS:
        sys.stderr.write(f"  {reached[one]:>6}  {one}\n")


if __name__ == "__main__":
    main()
