"""Plants each mistake in a copy of the checkout and asks the tests: scripts/planted [part of a name …]."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.planted.mistakes import HOME, Mistake, planted

_GOAL = 0.95
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.M)


def _copy(to: Path) -> None:
    """What git knows and what it would take in, as it lies there now."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    for name in subprocess.run(listed, cwd=HOME, capture_output=True, check=True, text=True).stdout.split("\0"):
        if name and (HOME / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(HOME / name, to / name)


def _finder(place: Path, tests: Sequence[str]) -> str | None:
    """The test that fails first; None when all pass."""
    command = [sys.executable, "-m", "pytest", "-x", "-n", "2", "--no-header", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(place)}  # before the checkout that .venv points to
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True)
    if done.returncode == 0:
        return None
    found = _FAILED.search(done.stdout)
    return found[1] if found else f"pytest itself: {(done.stdout + done.stderr).strip().splitlines()[-1]}"


def _ask(place: Path, mistake: Mistake) -> str | None:
    subprocess.run(["git", "apply", str(mistake.patch)], cwd=place, check=True)
    try:
        return _finder(place, mistake.tests) or _finder(place, ())
    finally:
        subprocess.run(["git", "apply", "--reverse", str(mistake.patch)], cwd=place, check=True)


def main(names: Sequence[str]) -> int:
    chosen = [one for one in planted() if not names or any(name in one.patch.name for name in names)]
    found = 0
    with tempfile.TemporaryDirectory(prefix="meetbot-planted-") as folder:
        _copy(Path(folder))
        if by := _finder(Path(folder), sorted({test for one in chosen for test in one.tests})):
            sys.exit(f"{by} fails without a mistake, and would find every one")
        for mistake in chosen:
            began = time.monotonic()
            by = _ask(Path(folder), mistake)
            found += by is not None
            took = time.monotonic() - began
            sys.stdout.write(f"{mistake.what}\n    {'found by ' + by if by else 'NOT FOUND'} ({took:.0f} s)\n")
            sys.stdout.flush()
    sys.stdout.write(f"{found} of {len(chosen)} mistakes found\n")
    return 0 if found >= _GOAL * len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
