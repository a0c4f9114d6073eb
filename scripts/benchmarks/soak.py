"""The service under twenty times the launch's load: does it grow? scripts/bench soak [minutes], an hour unless given.

Every minute 100 people are imported, approved, pushed to Zoom's stand-in and written to, and an event of Zoom comes in
every second. Memory and open files are read from /proc; the slope is that of a straight line through the second half.
"""

from __future__ import annotations

import asyncio
import csv
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.benchmarks import webhooks
from scripts.benchmarks.figures import Figure, show
from scripts.benchmarks.office import launch, meetbot, office, serving

_PEOPLE, _IN_A_LIST = 100, 50  # a minute
_EVERY = 5.0  # seconds between two readings
_ORGANISATION = "National Polytechnic Institute of Cambodia (NPIC)"


@dataclass(frozen=True)
class Reading:
    """What the process holds at a moment."""

    hours: float
    memory: float  #: MiB
    files: int


def _read(process: int, began: float) -> Reading:
    status = Path(f"/proc/{process}/status").read_text()
    kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    files = sum(1 for _ in Path(f"/proc/{process}/fd").iterdir())
    return Reading((time.monotonic() - began) / 3600, kilobytes / 1024, files)


def _import(folder: Path, environment: dict[str, str], minute: int) -> None:
    """People whom nobody has seen before, in lists so short that nobody has to look at them first."""
    for first in range(0, _PEOPLE, _IN_A_LIST):
        path = folder / "people.csv"
        with path.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("Name", "E-mail", "Organisation"))
            for number in range(first, first + _IN_A_LIST):
                rows.writerow((f"Sok Dara {minute} {number}", f"dara{minute}.{number}@npic.example", _ORGANISATION))
        meetbot(folder, environment, "import", str(path), "--meeting", "launch", "--yes")


async def _load(folder: Path, environment: dict[str, str], process: int, minutes: int) -> list[Reading]:
    began, readings = time.monotonic(), []
    events = webhooks.events(launch(folder, environment), "soak==", minutes * 60 * 2)
    port = int(environment["MEETBOT_WEB_PORT"])
    for minute in range(minutes):
        importing = asyncio.create_task(asyncio.to_thread(_import, folder, environment, minute))
        while time.monotonic() - began < (minute + 1) * 60:
            await webhooks.send(port, [next(events) for _ in range(int(_EVERY))])
            readings.append(_read(process, began))
            await asyncio.sleep(max(_EVERY - (time.monotonic() - began) % _EVERY, 0.1))
        await importing
    return readings


def _slope(readings: Sequence[Reading], what: str) -> float:
    late = readings[len(readings) // 2 :]
    return statistics.linear_regression([one.hours for one in late], [getattr(one, what) for one in late]).slope


def main() -> None:
    minutes = next((int(word) for word in sys.argv[1:] if word.isdigit()), 60)
    with (
        tempfile.TemporaryDirectory(prefix="meetbot-bench-") as name,
        office(Path(name), quota=_PEOPLE * minutes) as environment,
        serving(Path(name), environment) as process,
    ):
        readings = asyncio.run(_load(Path(name), environment, process.pid, minutes))
        letters = json.loads(meetbot(Path(name), environment, "status", "--json"))["letters"]
    show(
        "soak",
        [
            Figure("minutes", minutes, ""),
            Figure("letters handed over", letters.get("accepted", 0), ""),
            Figure("memory at most", max(one.memory for one in readings), "MiB"),
            Figure("memory grows by", _slope(readings, "memory"), "MiB/h"),
            Figure("open files at most", max(one.files for one in readings), ""),
            Figure("open files grow by", _slope(readings, "files"), "/h"),
        ],
    )


if __name__ == "__main__":
    main()
