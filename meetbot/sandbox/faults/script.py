"""The sections of a fault script, and what it says of the run as a whole: its seed, its clock."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from meetbot.sandbox import times
from meetbot.sandbox.clock import Clock

#: `process` and `clock_faults` are for whoever starts and stops the programs under test: the sandbox leaves them alone.
SECTIONS = ("seed", "clock", "zoom", "webhooks", "smtp", "process", "clock_faults")
STORM = "storm"


class ScriptError(ValueError):
    """A fault script that cannot be read; the message names the place."""


@dataclass(frozen=True)
class Timing:
    """What the script says of the run; None where it says nothing."""

    seed: int | None
    start: datetime | None
    rate: float | None

    def clock(self, start: datetime | None = None, speed: float | None = None) -> Clock:
        """The clock of the run; what is given here counts before what the script says."""
        rate = 1.0 if self.rate is None else self.rate
        return Clock(start or self.start, speed=rate if speed is None else speed)


def read(named: str) -> str:
    """The text of a script: the shipped one called `storm`, else the file of that name. Raises ScriptError."""
    path = Path(__file__).with_name("storm.yaml") if named == STORM else Path(named)
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ScriptError(f"{path}: {error.strerror}; a fault script is a file, or `{STORM}`") from None
    except UnicodeDecodeError as error:
        raise ScriptError(f"{path} is not UTF-8: {error}") from None


def load(text: str) -> dict[str, Any]:
    """The sections of a fault script by name. Raises ScriptError."""
    try:
        script = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise ScriptError(f"not YAML: {error}") from None
    sections = {} if script is None else script
    if not isinstance(sections, dict):
        raise ScriptError(f"expected a mapping with some of {', '.join(SECTIONS)}")
    if unknown := sections.keys() - set(SECTIONS):
        raise ScriptError(f"unknown {', '.join(sorted(map(str, unknown)))}; known are {', '.join(SECTIONS)}")
    timing(sections)
    return sections


def timing(sections: dict[str, Any]) -> Timing:
    """Raises ScriptError."""
    seed = sections.get("seed")
    if seed is not None and type(seed) is not int:
        raise ScriptError("seed: expected a whole number")
    clock = sections.get("clock") or {}
    if not isinstance(clock, dict) or clock.keys() - {"start", "rate"}:
        raise ScriptError("clock: expected a mapping with `start` and `rate`")
    rate = clock.get("rate")
    if rate is not None and (type(rate) not in (int, float) or rate < 0):
        raise ScriptError("clock.rate: expected a number from 0")
    try:
        start = None if clock.get("start") is None else moment(clock["start"])
    except ValueError as error:
        raise ScriptError(f"clock.start: {error}") from None
    return Timing(seed, start, None if rate is None else float(rate))


def moment(written: object) -> datetime:
    """An ISO time with a zone, which YAML may have read already. Raises ValueError."""
    return times.from_iso(written.isoformat() if isinstance(written, datetime) else str(written))
