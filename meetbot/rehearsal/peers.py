"""Who meets whom in a rehearsal, and how each college answers: made up from the programme's sides, by a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from meetbot.core.delegations import Pairing, Wish
from meetbot.core.model import Organisation, Programme

_MOST_PAIRS = 40
_FOR_EACH = 4


class Answers(StrEnum):
    """How a focal point answers the question when they can meet."""

    AT_ONCE = "at once"
    WHEN_NUDGED = "when nudged"
    BY_TELEPHONE = "by telephone, after the deadline"


@dataclass(frozen=True)
class College:
    """One side of bilaterals, as it is played."""

    organisation: Organisation
    answers: Answers
    reluctant_on_friday: bool
    delegation: str  #: as its focal point pastes it


def pairings(programme: Programme, seed: int) -> tuple[Pairing, ...]:
    """At most forty pairs across the sides, every college in some and none in more than four."""
    plan = programme.bilaterals
    assert plan is not None and len(plan.sides) >= 2, "only a programme with sides has peers to play"
    across = list(product(plan.sides[0], plan.sides[1]))
    random.Random(seed).shuffle(across)
    count: dict[str, int] = {}
    chosen: list[Pairing] = []
    for a, b in sorted(across, key=lambda pair: pair[0] != plan.sides[0][0]):
        if len(chosen) < _MOST_PAIRS and max(count.get(a, 0), count.get(b, 0)) < _FOR_EACH:
            chosen.append(Pairing(a, b, Wish.MUST if not chosen else Wish.LIKE))
            count |= {a: count.get(a, 0) + 1, b: count.get(b, 0) + 1}
    return tuple(chosen)


def colleges(programme: Programme, pairs: Sequence[Pairing]) -> tuple[College, ...]:
    """Each college of the pairs; every seventh has to be asked twice, one of them by telephone."""
    keys = sorted({side for pair in pairs for side in (pair.a, pair.b)})
    return tuple(_college(programme.organisations[key], number) for number, key in enumerate(keys))


def _college(organisation: Organisation, number: int) -> College:
    answers = Answers.WHEN_NUDGED if number % 7 == 3 else Answers.AT_ONCE
    if number == 5:
        answers = Answers.BY_TELEPHONE
    people = [
        f"{title} {name} {organisation.key} <{name.lower()}@{organisation.key}.example>, {position}"
        for title, name, position in (("Mr", "Director", "Director"), ("Ms", "Teacher", "Head of department"))
    ]
    return College(organisation, answers, number % 4 == 1, "\n".join(people))
