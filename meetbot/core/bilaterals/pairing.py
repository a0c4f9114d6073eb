"""Who is to meet whom: pairs proposed from what the organisations wish, each with its reason.

Exact, by HiGHS, one goal after another: pairs that must meet, everybody's least number, the wishes. A pair that nobody
wishes for comes only where somebody would have too few without it. The order of the preferences has no effect.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from meetbot.core.bilaterals import exact
from meetbot.core.bilaterals.wishes import Preference, Sides, Wishes
from meetbot.core.delegations import Pairing, Wish
from meetbot.core.model import Organisation


@dataclass(frozen=True)
class Limits:
    """How many bilaterals each organisation is to have."""

    at_least: int = 0
    at_most: int = 4


@dataclass(frozen=True)
class Proposed:
    """A pair, and why it is proposed."""

    pairing: Pairing
    reason: str


@dataclass(frozen=True)
class Proposals:
    """The pairs, and in sentences what could not be met."""

    pairs: tuple[Proposed, ...]
    unmet: tuple[str, ...]


def propose(
    organisations: Mapping[str, Organisation],
    sides: Sequence[Sequence[str]],
    preferences: Iterable[Preference],
    limits: Limits,
    sectors: Mapping[str, frozenset[str]],
) -> Proposals:
    """The best pairs across the sides, or of all organisations where there are no sides. `sectors`: those of each.

    A pair that must meet is left out only where the other said no, or where a side has its most with such pairs alone.
    """
    wishes = Wishes(organisations, preferences, sectors)
    groups = sides or [[key] for key in organisations]
    across = sorted((a, b) for one, other in combinations(groups, 2) for a in one for b in other)
    able = [pair for pair in across if Wish.NO not in wishes.of(pair)]
    chosen = _best(able, wishes, limits) if able else []
    count = Counter(side for pair in chosen for side in pair)
    left = sorted({*across} - {*chosen})
    unmet = (
        *wishes.out_of_reach({*across}),
        *_left_out(left, wishes, count, limits),
        *_short(sorted({side for pair in across for side in pair}), count, limits),
    )
    return Proposals(tuple(Proposed(wishes.pairing(one), wishes.reason(one)) for one in chosen), unmet)


def _best(pairs: Sequence[Sides], wishes: Wishes, limits: Limits) -> list[Sides]:
    """The pairs to take; every goal is kept while the next is sought."""
    highs = exact.Silent()  # type: ignore[no-untyped-call]
    highs.setOptionValue("threads", 1)  # so that it always finds the same
    taken = [highs.addBinary() for _ in pairs]
    of: dict[str, list[int]] = {}
    for at, pair in enumerate(pairs):
        for side in pair:
            of.setdefault(side, []).append(at)
    enough = {side: highs.addIntegral(0, limits.at_least) for side in of}
    for side, own in of.items():
        held = highs.qsum(taken[at] for at in own)
        highs.addConstr(held <= limits.at_most)
        highs.addConstr(held - enough[side] >= 0)
    points = [wishes.points(pair) or -1 for pair in pairs]
    goals = [
        highs.qsum(one for one, pair in zip(taken, pairs, strict=True) if Wish.MUST in wishes.of(pair)),
        highs.qsum(enough.values()),
        highs.qsum(one * weighs for one, weighs in zip(taken, points, strict=True)),
    ]
    for goal in goals:
        highs.maximize(goal)
        highs.addConstr(goal >= round(highs.getObjectiveValue()))
    return [pair for one, pair in zip(taken, pairs, strict=True) if highs.val(one) > 0.5]


def _left_out(left: Iterable[Sides], wishes: Wishes, count: Mapping[str, int], limits: Limits) -> Iterator[str]:
    """What is wished by name and not proposed, and why."""
    for pair in left:
        wished = {one for one in wishes.of(pair) if one}
        if Wish.NO in wished and len(wished) > 1:
            yield f"{wishes.reason(pair)}: not proposed"
        elif Wish.NO not in wished and wishes.named(pair):
            full = " and ".join(side for side in pair if count[side] >= limits.at_most)
            yield f"{'; '.join(wishes.named(pair))}: {full} has its most, {limits.at_most}, with others"


def _short(sides: Iterable[str], count: Mapping[str, int], limits: Limits) -> Iterator[str]:
    for side in sides:
        if count[side] < limits.at_least:
            yield f"{side} has {count[side]} of at least {limits.at_least}: no other peer is free to meet it"
