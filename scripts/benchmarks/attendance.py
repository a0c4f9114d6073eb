"""Attendance: counted beside other libraries and the pace of Zoom, put into forms, and set against the truth.

    scripts/bench attendance [--json]

The truth is that of a thousand meetings in the Zoom sandbox, which knows who sat before which screen. The peers are
pandas, polars and DuckDB in adding up time, if they can be had; WRatio of rapidfuzz in the speed of names; and the rule
of moodle-mod_zoom in whom it credits. It takes about four minutes.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from rapidfuzz import fuzz, process, utils

from meetbot.core.attendance.likeness import candidates
from meetbot.core.model import Reader
from meetbot.files.report import forms
from scripts.benchmarks import attendance_names, attendance_sizes, attendance_truth
from scripts.benchmarks.attendance_measured import alone
from scripts.benchmarks.figures import Figure, show

_T = TypeVar("_T")
_MEETINGS = 1000
_SIZES = (30, 10_000, 1_000_000)
_HERE = ("meetbot", "plain loop", "numpy")
_ELSEWHERE = ("pandas", "polars", "duckdb")
_PEERS = ("duckdb==2.0.1", "pandas==3.1.1", "polars==2.1.0")
_PAGE, _PAGES_A_SECOND = 300, 10  # Zoom API, Rate limits: reports are Heavy, ten a second on Pro


def adding_up() -> Iterator[Figure]:
    """The time of each person within the meeting and nine segments, from columns, each way in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="meetbot-bench-") as folder:
        peers = _python_of_peers(Path(folder))
        pythons = {**dict.fromkeys(_HERE, sys.executable), **(dict.fromkeys(_ELSEWHERE, peers) if peers else {})}
        if not peers:
            yield Figure(f"{', '.join(_ELSEWHERE)}: not available", 0, "")
        found = {rows: {way: _added_up(python, way, rows) for way, python in pythons.items()} for rows in _SIZES}
    for rows, ways in found.items():
        for way, one in ways.items():
            yield Figure(f"{rows:,} rows added up, {way}", one["seconds"] * 1000, "ms")
            yield Figure(f"{rows:,} rows added up, {way}: memory", one["megabytes"], "MB")
        others = sum(one["figures"] != ways["plain loop"]["figures"] for one in ways.values())
        yield Figure(f"{rows:,} rows: ways that find anything else", others, "", goal=0)
    few, many = found[_SIZES[0]], found[_SIZES[-1]]
    yield Figure(
        "of the plain loop's time, 30 rows", few["meetbot"]["seconds"] / few["plain loop"]["seconds"], "times", 2
    )
    best = min(one["seconds"] for way, one in many.items() if way != "meetbot")
    yield Figure("of the best one's time, 1,000,000 rows", many["meetbot"]["seconds"] / best, "times", 1.5)


def _added_up(python: str, way: str, rows: int) -> Mapping[str, Any]:
    return alone(python, "scripts.benchmarks.attendance_peers", way, str(rows))


def _python_of_peers(folder: Path) -> str | None:
    """A Python that has the other libraries; None where no package index is reachable."""
    python = folder / "bin" / "python"
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", "--timeout", "10", "--retries", "1", *_PEERS],
    ):
        if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode:
            return None
    return str(python)


def in_sizes() -> Iterator[Figure]:
    """The whole tally, from Zoom's rows to the last figure, and the report in each form."""
    for rows in _SIZES:
        found = alone(sys.executable, "scripts.benchmarks.attendance_sizes", str(rows))
        for what, (seconds, megabytes) in found.items():
            yield Figure(f"{rows:,} rows, {what}", seconds * 1000, "ms")
            yield Figure(f"{rows:,} rows, {what}: memory", megabytes, "MB")
    pages = rows / _PAGE / _PAGES_A_SECOND
    yield Figure(f"of the time in which Zoom hands out {rows:,} rows", found["tally"][0] / pages, "times", goal=0.25)


def in_forms() -> Iterator[Figure]:
    small, document = (attendance_sizes.document(attendance_sizes.tallied(3 * lines, lines)) for lines in (6, 300))
    for ending in forms.FORMS:
        forms.files(small, Reader.ORGANISER, [ending])  # once for what is read but once; Typst knows a document again
        began = time.perf_counter()
        forms.files(document, Reader.ORGANISER, [ending])
        goal = 1.0 if ending == "pdf" else None
        yield Figure(f"{ending} of 300 lines", time.perf_counter() - began, "s", goal=goal)
    body = attendance_sizes.mail(attendance_sizes.document(attendance_sizes.tallied(15_000, 5_000)))
    yield Figure("mail body on 5,000 people", len(body.encode()) / 1000, "kB", goal=100)


def _timed(do: Callable[[], _T]) -> tuple[float, _T]:
    began = time.process_time()
    done = do()
    return time.process_time() - began, done


def by_names() -> Iterator[Figure]:
    room = attendance_names.drawn(1000, 0)
    shown, names = list(room.shown.values()), [one.form.name for one in room.registrants]
    ours, those = _timed(lambda: candidates(room.shown, room.registrants, room.organisations))
    usual, _ = _timed(
        lambda: process.cdist(shown, names, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=85)
    )
    sure = {line: [one.registrant for one in found if one.proof == "N"] for line, found in those.items()}
    came = [line for line, who in room.truth.items() if who]
    wrong = sum(found not in ([], [room.truth[line]]) for line, found in sure.items())
    yield Figure("names, 1,000 people in five scripts: wrong proposals", wrong, "", goal=0)
    missed = 1 - sum(bool(sure[line]) for line in came) / len(came)
    yield Figure("of those who came, without a proposal", 100 * missed, "%", goal=8)
    yield Figure("of WRatio's time", ours / usual, "times", goal=0.1)


def truth() -> Iterator[Figure]:
    found = asyncio.run(attendance_truth.over(range(_MEETINGS)))
    yield Figure(f"{_MEETINGS:,} meetings: people credited", found.people, "")
    yield Figure("wrongly credited", found.wrongly, "", goal=0)
    yield Figure("with other seconds than they sat there provably", found.inexact, "", goal=0)
    yield Figure("proven by Zoom, and not credited", found.proven - found.people, "", goal=0)
    yield Figure("rows of Zoom's in no line", found.lost_rows, "", goal=0)
    yield Figure("open lines for each connection that proves nothing", found.open_lines / found.unsettled, "", goal=1)
    yield Figure("by names 60 % alike: credited", found.by_names, "")
    yield Figure("by names 60 % alike: with stays of somebody else", found.wrongly_by_names, "")


if __name__ == "__main__":
    show("attendance", [*adding_up(), *in_sizes(), *in_forms(), *by_names(), *truth()])
