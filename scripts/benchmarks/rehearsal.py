"""The rehearsal of the launch at its default speed: how long it takes, and how late cues are seen."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from scripts.benchmarks.figures import Figure, show

_MEETBOT = str(Path(sys.executable).with_name("meetbot"))


def main() -> None:
    began = time.perf_counter()
    run = subprocess.run(
        [_MEETBOT, "rehearse", "config/launch.yaml", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    took = time.perf_counter() - began
    document = json.loads(run.stdout)
    real = document["cues"]["lateness_ms"]["real_time"]
    show(
        "rehearsal",
        [
            Figure("rehearsal of config/launch.yaml", took, "s", 240),
            Figure("cues: lateness p50", real["p50"], "ms of real time"),
            Figure("cues: lateness p99", real["p99"], "ms of real time", 100),
            Figure("cues: lateness, the largest", real["max"], "ms of real time"),
            Figure("promises broken", len(document["violations"]), "", 0),
        ],
    )


if __name__ == "__main__":
    main()
