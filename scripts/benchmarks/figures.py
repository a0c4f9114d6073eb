"""What a benchmark found, printed for people or as one JSON document."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """One measured value; `goal` None: reported without a bar."""

    name: str
    value: float
    unit: str
    goal: float | None = None

    @property
    def holds(self) -> bool:
        return self.goal is None or self.value <= self.goal


def show(bench: str, figures: Sequence[Figure]) -> None:
    """Print the figures and end with 1 if one misses its goal."""
    machine = (
        f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"
    )
    if "--json" in sys.argv:
        rows = [{**asdict(figure), "holds": figure.holds} for figure in figures]
        sys.stdout.write(json.dumps({"bench": bench, "machine": machine, "figures": rows}, indent=2) + "\n")
    else:
        sys.stdout.write(f"{bench} ({machine})\n")
        for one in figures:
            goal = f"  goal at most {one.goal:g}: {'holds' if one.holds else 'MISSED'}" if one.goal is not None else ""
            sys.stdout.write(f"  {one.name:<58} {one.value:>10.4g} {one.unit}{goal}\n")
    sys.exit(0 if all(figure.holds for figure in figures) else 1)
