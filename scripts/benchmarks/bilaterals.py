"""Schedules of bilaterals beside the rules of others: weight of the best possible, what is left over, seconds, memory.

Each instance runs in a process of its own, cold. Arguments: names of instances (without: all), --seeds N (5).
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scripts.benchmarks.figures import Figure, show

_BEGAN = time.perf_counter()


@dataclass(frozen=True)
class Instance:
    """One size, and the goals: at most so many seconds, MB, hundredths of a percent below the bound, left over."""

    kind: str  #: "small", "gen", "planted", "replan"
    organisations: int
    pairs: int
    rounds: int
    limit: float  #: seconds after which the search is stopped
    goals: dict[str, float]
    slack: float = 0.25


INSTANCES = {
    "21/40": Instance("small", 21, 40, 10, 60, {"seconds": 1, "unproven": 0}),
    "100/500": Instance("gen", 100, 500, 10, 60, {"seconds": 5, "MB": 150, "unproven": 0}),
    "1000/10000": Instance("gen", 1_000, 10_000, 10_000, 50, {"gap %": 0.1, "seconds": 60, "MB": 200}),
    "planted-1000/10000": Instance("planted", 1_000, 10_000, 10_000, 30, {"left": 0, "seconds": 5}),
    "planted-5000/50000": Instance("planted", 5_000, 50_000, 10_000, 60, {"left": 0, "seconds": 10}),
    "replan-1000/10000": Instance("replan", 1_000, 10_000, 0, 60, {"moved/forced": 1.6, "seconds": 1}, slack=0.5),
}


def run(name: str, seed: int) -> dict[str, float]:
    """In this process: what one instance comes to."""
    from meetbot.core.bilaterals import solver
    from scripts.benchmarks import bilaterals_instances as instances
    from scripts.benchmarks import bilaterals_peers as peers

    one = INSTANCES[name]
    loaded = time.perf_counter() - _BEGAN
    forced, plan = 0, dict[str, int]()
    if one.kind == "small":
        problem = instances.small(seed)
    elif one.kind == "gen":
        problem = instances.gen(one.organisations, one.pairs, seed, 4 if one.pairs <= 500 else 5)
    else:
        problem, plan = instances.planted(one.organisations, one.pairs, seed, one.slack)
    if one.kind == "replan":
        problem, forced = instances.disturbed(problem, plan, seed)
    began = time.perf_counter()
    schedule = solver.solve(problem, rounds=one.rounds, seed=seed, stop=_after(began + one.limit))
    found = {
        "seconds": loaded + time.perf_counter() - began,
        "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "left": float(len(schedule.left)),
        "gap %": 100 * schedule.gap,
        "unproven": float(not schedule.proven),
        "reluctant": float(schedule.reluctant),
    }
    if forced:
        found["moved/forced"] = len(schedule.moved) / forced
    for rule in (peers.first_come, peers.meetmax):
        board = rule(problem)
        weight = sum(asked.weight for asked, at in zip(board.requests, board.at, strict=True) if at is not None)
        found[f"{rule.__name__} left"] = float(board.at.count(None))
        found[f"{rule.__name__} gap %"] = 100 * (1 - weight / schedule.bound)
    return found


def _after(end: float) -> Callable[[], bool]:
    return lambda: time.perf_counter() > end


def _cold(name: str, seed: int) -> dict[str, float]:
    command = [sys.executable, "-m", "scripts.benchmarks.bilaterals", "--one", name, str(seed)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def _figures(name: str, found: Sequence[dict[str, float]]) -> list[Figure]:
    """Medians, with the goal held by the worst of the seeds where there is one, and the range in the name."""
    figures = []
    for key in found[0]:
        values = [one[key] for one in found]
        span = f"{min(values):.4g}-{max(values):.4g}"
        goal = INSTANCES[name].goals.get(key)
        figures.append(Figure(f"{name} {key} ({span})", statistics.median(values), "", goal))
    return figures


def main(arguments: Sequence[str]) -> None:
    if arguments[:1] == ["--one"]:
        sys.stdout.write(json.dumps(run(arguments[1], int(arguments[2]))))
        return
    seeds = int(arguments[arguments.index("--seeds") + 1]) if "--seeds" in arguments else 5
    names = [one for one in arguments if one in INSTANCES] or list(INSTANCES)
    figures = [_figures(name, [_cold(name, seed) for seed in range(1, seeds + 1)]) for name in names]
    show("bilaterals", [one for some in figures for one in some])


if __name__ == "__main__":
    main(sys.argv[1:])
