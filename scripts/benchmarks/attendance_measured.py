"""How long something takes and how much memory it needs over what was there before; each in a process of its own."""

from __future__ import annotations

import gc
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

_T = TypeVar("_T")
_STATUS = Path("/proc/self/status")  # proc(5), only on Linux
_RESET_PEAK = Path("/proc/self/clear_refs"), "5"


def measured(
    do: Callable[[], _T], times: int = 1, clock: Callable[[], float] = time.perf_counter
) -> tuple[float, float, _T]:
    """The seconds of the best of so many times, the megabytes that the first took at its peak, and what came of it."""
    gc.collect()
    before, peak, best = _kilobytes("VmRSS"), 0.0, float("inf")
    _RESET_PEAK[0].write_text(_RESET_PEAK[1])
    for _ in range(times):
        began = clock()
        done = do()
        best = min(best, clock() - began)
        peak = peak or _kilobytes("VmHWM")
    return best, max(0.0, peak - before) / 1024, done


def alone(python: str, module: str, *arguments: str) -> dict[str, Any]:
    """What that module prints as JSON when that Python runs it."""
    command = [python, "-m", module, *arguments]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def _kilobytes(what: str) -> float:
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(what))
    return float(line.split()[1])
