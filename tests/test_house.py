"""The house keeps itself: who may import whom, and what the core must not touch."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "meetbot"

#: The floor of each room; a room imports only rooms on floors below its own.
FLOORS = {
    "__init__": 0,
    "errors": 1,
    "redaction": 1,
    "chance": 1,
    "metrics": 1,
    "core.times": 1,
    "core.delegations": 1,
    "catalogues": 2,
    "core.model": 2,
    "log": 2,
    "core.remote": 3,
    "core": 4,
    "worker": 5,
    "settings": 5,
    "zoom": 5,
    "mail": 5,
    "store": 5,
    "files": 5,
    "calendars": 5,
    "flows": 6,
    "clock": 6,
    "bootstrap": 7,
    "serve": 8,
    "web": 9,
    "rehearsal": 10,
    "cli": 11,
    "__main__": 12,
}
#: Third-party packages with one room, or the few that need them.
ROOMS_OF = {
    "babel": {"catalogues", "cli"},
    "httpx": {"zoom", "calendars"},
    "authlib": {"zoom", "mail"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "psycopg": {"store"},
    "aiosmtplib": {"mail"},
    "icalendar": {"mail", "files"},
    "jinja2": {"mail", "web"},
    "wtforms": {"web"},
    "highspy": {"core"},
    "numpy": {"core"},
    "rapidfuzz": {"core"},
    "holidays": {"files"},
    "starlette": {"web", "sandbox"},
    "uvicorn": {"web", "sandbox"},
    "click": {"cli"},
    "rich": {"cli"},
    "apscheduler": {"serve"},
    "prometheus_client": {"metrics", "web"},
    "pyrage": {"store"},
    "pydantic": {"settings", "files", "rehearsal"},
    "ruamel": {"files", "sandbox"},
    "python_calamine": {"files"},
}
FORBIDDEN_IN_CORE = {"os", "socket", "asyncio", "time", "random", "pathlib", "io", "subprocess", "urllib", "sys"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        yield name, ast.parse(path.read_text())


def imports(tree: ast.Module) -> Iterator[str]:
    """Every imported module, also inside functions; names from packages count as modules of theirs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(module: str) -> str:
    """The longest name on the plan that the module lies under: "core.times", "zoom", "sandbox"."""
    parts = module.split(".")
    return next((".".join(parts[:n]) for n in (2, 1) if ".".join(parts[:n]) in FLOORS), parts[0])


def ours(tree: ast.Module) -> set[str]:
    return {name.removeprefix("meetbot.") for name in imports(tree) if name.startswith("meetbot.")}


def test_every_import_goes_down_the_stairs() -> None:
    """A room imports only rooms on floors below its own, and inside its own folder."""
    climbing = [
        f"{name} imports {other}"
        for name, tree in modules()
        if room(name) != "sandbox"
        for other in ours(tree)
        if room(other) != room(name) and not other.startswith("sandbox.") and other != "__version__"
        if room(other) in FLOORS and FLOORS[room(other)] >= FLOORS[room(name)]
    ]

    assert climbing == []


def test_the_sandbox_stands_apart() -> None:
    """It imports nothing of meetbot, and one late line of the command line imports it."""
    guests = {
        name: {one for one in ours(tree) if room(one) != "sandbox"}
        for name, tree in modules()
        if room(name) == "sandbox"
    }
    hosts = {
        name for name, tree in modules() if room(name) != "sandbox" for one in ours(tree) if room(one) == "sandbox"
    }

    assert {name: other for name, other in guests.items() if other} == {}
    assert hosts == {"cli.sandbox"}


@pytest.mark.parametrize("package", sorted(ROOMS_OF))
def test_a_third_party_package_has_one_room(package: str) -> None:
    """Each package is imported only in its own room, so that it can be replaced there."""
    rooms = {
        name.split(".")[0] for name, tree in modules() for other in imports(tree) if other.split(".")[0] == package
    }

    assert rooms <= ROOMS_OF[package]


def test_httpx_is_imported_in_two_modules() -> None:
    """Its continuation may have to replace it one day: that must be one line in each."""
    assert [name for name, tree in modules() if "httpx" in {one.split(".")[0] for one in imports(tree)}] == [
        "calendars",
        "zoom.line",
    ]


def test_the_core_touches_nothing() -> None:
    """Decisions are pure: no clock, no environment, no socket, no third-party package."""
    reached = [
        f"{name} imports {other}"
        for name, tree in modules()
        if name.startswith("core.")
        for other in imports(tree)
        if other.split(".")[0] in FORBIDDEN_IN_CORE
    ]
    assert reached == []


#: Each needs its own time or its own chance, and could not be repeated.
UNREPEATABLE = """
import asyncio
import os
import random
import secrets
import time
import uuid
from datetime import date, datetime

times = datetime.now(), datetime.utcnow(), datetime.today(), date.today(), time.time(), time.monotonic()
waits = asyncio.sleep, time.sleep
draws = os.urandom, uuid.uuid1, uuid.uuid4
"""


@pytest.mark.parametrize(("file", "refused"), [("meetbot/flows/outbox.py", 13), ("meetbot/clock.py", 0)])
def test_time_and_chance_come_only_through_their_ports(file: str, refused: int) -> None:
    """The linter refuses whatever reads the machine's clock, waits or draws, except in the modules that are for it."""
    lint = [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--output-format", "concise", "--no-cache"]

    said = subprocess.run(
        [*lint, "--stdin-filename", file, "-"], input=UNREPEATABLE, capture_output=True, text=True, cwd=PACKAGE.parent
    )

    assert said.stdout.count("TID251") == refused, said.stdout + said.stderr
