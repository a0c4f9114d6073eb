"""Who is met in a bilateral, and when: the nouns of the programme file that stand below all others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from enum import StrEnum


@dataclass(frozen=True)
class FocalPoint:
    """Who answers for an organisation: the one to ask for its times, and to telephone when no answer comes."""

    name: str
    address: str
    telephone: str = ""
    language: str | None = None  #: of the letters to them; None: the programme's


@dataclass(frozen=True)
class WorkingHours:
    """When the people of a country can be met on a working day; wall times of each organisation's own zone."""

    start: time = time(8, 30)
    end: time = time(17)
    lunch: tuple[time, time] | None = (time(12), time(13))  #: kept free; None: nobody minds
    weekdays: frozenset[int] = frozenset(range(5))  #: 0 is Monday


class Wish(StrEnum):
    """How much a pair is to meet."""

    MUST = "must"
    LIKE = "like"
    NO = "no"


@dataclass(frozen=True)
class Pairing:
    """Two organisations (keys) that are to meet, or must not."""

    a: str
    b: str
    wish: Wish = Wish.LIKE
    weight: int = 1  #: of two pairs that cannot both be placed the heavier one is

    @property
    def key(self) -> str:
        """Names the pair and its meeting, whichever side is named first; no key of a programme file has a +."""
        return "+".join(sorted((self.a, self.b)))
