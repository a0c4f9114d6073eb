"""The `webhooks:` part of a fault script: what gets lost, repeated, late, out of order or forged on the way.

    webhooks: {drop: 0.05, dup: {p: 0.2, max: 4}, delay: {p: 0.1, max: 85m}, shuffle: 2m, bad_signature: 0.01}

A number is a chance from 0 to 1, drawn for each event and subscription under the seed. What is `true` or `false` may be
a chance as well: that of the whole run.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from meetbot.sandbox import grammar
from meetbot.sandbox.faults import ScriptError


@dataclass(frozen=True)
class Dup:
    p: float = 0
    #: How often an event comes at most.
    max: int = 2


@dataclass(frozen=True)
class Delay:
    p: float = 0
    max: timedelta = timedelta(0)


@dataclass(frozen=True)
class Disorder:
    """Nothing of it without a script."""

    #: Never sent.
    drop: float = 0
    #: The same request more than once.
    dup: Dup = Dup()
    #: Late by anything up to `max`.
    delay: Delay = Delay()
    #: Every event is late by anything up to this, so that they overtake each other.
    shuffle: timedelta = timedelta(0)
    #: An attempt whose signature is wrong.
    bad_signature: float = 0
    #: The same fact a second time: other bytes, another request id, another source address.
    other_source: float = 0
    #: Sent again after five minutes as if the answer had been lost, with a new signature.
    resign: float = 0
    #: The same fact a second time, rightly signed, with the id of another account.
    other_account: float = 0
    #: Nobody is told that a meeting or webinar started.
    missing_started: bool = False
    #: What people do is told a minute late, so that the end overtakes the last of them.
    ended_first: bool = False
    #: A challenge before every event.
    revalidate: bool = False
    #: Zoom has switched every subscription off.
    disable: bool = False


def read(section: object, chance: random.Random) -> Disorder:
    """`chance` decides about the whole run. Raises ScriptError, which names the place."""
    if section is None:
        return Disorder()
    if not isinstance(section, dict):
        raise ScriptError("webhooks: expected a mapping")
    if unknown := section.keys() - _READINGS.keys():
        raise ScriptError(f"webhooks: unknown {', '.join(sorted(map(str, unknown)))}; known are {', '.join(_READINGS)}")
    values = _read(section, _READINGS, "webhooks")
    switches = [name for name, reading in _READINGS.items() if reading is _switch and name in values]
    decided = {name: chance.random() < values[name] for name in switches}
    return Disorder(**{**values, **decided})


def _read(written: dict[Any, Any], readings: dict[str, Callable[[object], object]], place: str) -> dict[str, Any]:
    values = {}
    for name, value in written.items():
        try:
            values[name] = readings[name](value)
        except ScriptError:
            raise
        except ValueError as error:
            raise ScriptError(f"{place}.{name}: {error}") from None
    return values


def _chance(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("takes a chance from 0 to 1")
    return float(value)


def _switch(value: object) -> float:
    try:
        return float(value) if isinstance(value, bool) else _chance(value)
    except ValueError:
        raise ValueError("takes true, false or a chance from 0 to 1") from None


def _count(value: object) -> int:
    if type(value) is not int or value < 2:
        raise ValueError("takes a whole number from 2")
    return value


def _dup(value: object) -> Dup:
    return Dup(**_pair(value, "dup", _count))


def _delay(value: object) -> Delay:
    return Delay(**_pair(value, "delay", grammar.duration))


def _pair(value: object, name: str, most: Callable[[object], object]) -> dict[str, Any]:
    if not isinstance(value, dict) or value.keys() != {"p", "max"}:
        raise ValueError("takes a mapping with `p` and `max`")
    return _read(value, {"p": _chance, "max": most}, f"webhooks.{name}")


_READINGS: dict[str, Callable[[object], object]] = {
    "drop": _chance,
    "dup": _dup,
    "delay": _delay,
    "shuffle": grammar.duration,
    "bad_signature": _chance,
    "other_source": _chance,
    "resign": _chance,
    "other_account": _chance,
    "missing_started": _switch,
    "ended_first": _switch,
    "revalidate": _switch,
    "disable": _switch,
}
