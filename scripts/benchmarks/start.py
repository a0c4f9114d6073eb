"""How long the command line takes to start, as a ratio to a bare interpreter in the same run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from scripts.benchmarks.figures import Figure, show

_ROUNDS = 15
# Some machines forbid Python to keep what it has compiled; then every start would compile meetbot anew.
_ORDINARY = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
_MEETBOT = str(Path(sys.executable).with_name("meetbot"))


def best(*command: str) -> float:
    """Seconds of the quickest of some runs: what disturbs a run only ever adds."""
    taken = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False, env=_ORDINARY)
        taken.append(time.perf_counter() - began)
    return min(taken)


def main() -> None:
    bare = best(sys.executable, "-c", "pass")
    helped, checked = best(_MEETBOT, "--help"), best(_MEETBOT, "check", "config/launch.yaml")
    show(
        "start",
        [
            Figure("python -c pass", bare * 1000, "ms"),
            Figure("meetbot --help", helped * 1000, "ms"),
            Figure("meetbot --help / python -c pass", helped / bare, "times", 5),
            Figure("meetbot check config/launch.yaml", checked * 1000, "ms"),
            Figure("meetbot check / python -c pass", checked / bare, "times", 12),
        ],
    )


if __name__ == "__main__":
    main()
