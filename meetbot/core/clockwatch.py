"""Whether this machine's clock can be believed: it is set by hand, sleeps with its machine, and may simply be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

#: What NTP puts right by the way is less.
STEP = timedelta(seconds=5)
#: For so long cues wait after a step, unless somebody else's clock says sooner that ours is right.
PAUSE = timedelta(seconds=30)


@dataclass(frozen=True)
class Reading:
    """This machine's clocks, all read at one moment."""

    wall: datetime
    running: timedelta  #: since the machine was started, also while it slept; nobody can set it
    awake: timedelta  #: the same without the time it slept


@dataclass(frozen=True)
class Fine:
    """The clocks went on alike."""


@dataclass(frozen=True)
class Slept:
    """The machine was suspended, and the wall clock knows it."""

    duration: timedelta

    def __str__(self) -> str:
        return f"this machine slept for {in_words(self.duration)}"


@dataclass(frozen=True)
class Jumped:
    """The wall clock was set."""

    by: timedelta  #: below zero: back

    def __str__(self) -> str:
        return f"the clock jumped {in_words(self.by)} {'back' if self.by < timedelta() else 'ahead'}"


def judge(before: Reading, now: Reading) -> Fine | Slept | Jumped:
    """What happened to the clocks between two readings."""
    passed = now.running - before.running
    by = now.wall - before.wall - passed
    if abs(by) > STEP:
        return Jumped(by)
    slept = passed - (now.awake - before.awake)
    return Slept(slept) if slept > STEP else Fine()


def wrong(ahead_of: Mapping[str, timedelta]) -> str:
    """In words, of whose clock ours is too far off; "" when it is right by all of them.

    `ahead_of`: how far our clock is ahead of each other's.
    """
    off = [
        f"{in_words(ahead)} {'behind' if ahead < timedelta() else 'ahead of'} {whose}"
        for whose, ahead in ahead_of.items()
        if abs(ahead) > STEP
    ]
    return f"this machine's clock is {' and '.join(off)}" if off else ""


def in_words(duration: timedelta) -> str:
    """ "8 s", "61 min", "8.0 h": the size of it, whichever its sign."""
    seconds = abs(duration).total_seconds()
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
