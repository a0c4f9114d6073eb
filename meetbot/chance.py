"""Where everything by chance comes from, so that a run can be repeated: nothing else may draw (see pyproject.toml)."""

from __future__ import annotations

import random
from collections.abc import Sequence

_SECURE = random.SystemRandom()
_source: random.Random = _SECURE


def seed(number: int | None) -> None:
    """Let what follows be the same for the same number; None: the machine's own chance again. For simulations only."""
    global _source
    _source = _SECURE if number is None else random.Random(number)


def hexadecimal(bits: int) -> str:
    """That many random bits, four to a sign."""
    return f"{_source.getrandbits(bits):0{bits // 4}x}"


def word(alphabet: Sequence[str], length: int) -> str:
    """Signs of the alphabet, each as likely as another."""
    return "".join(_source.choices(alphabet, k=length))


def between(low: float, high: float) -> float:
    """A number in that range, such as how long to wait before trying again."""
    return _source.uniform(low, high)
