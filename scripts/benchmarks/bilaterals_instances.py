"""Instances of `scripts/bench bilaterals`, drawn from a seed: realistic and oversubscribed, or planted.

Realistic ("gen"): organisations in ten zones with their working hours and lunch, holidays and what they have to do
already, more asked of the popular ones than they can give. Planted: a whole schedule is drawn first and each
organisation offers its times in it and a share (slack) more, so that what is left over is a clean score.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from meetbot.core.bilaterals.problem import Grid, Problem, Request

_DAY = 48  # steps of half an hour
_ORIGIN = datetime(2021, 11, 15, tzinfo=UTC)
#: Share of the organisations, hours ahead of UTC, language.
_ZONES = (
    (38, 8.0, "zh"),
    (14, 7.0, "km"),
    (9, 7.0, "lo"),
    (9, 6.5, "my"),
    (5, 7.0, "th"),
    (5, 7.0, "id"),
    (5, 5.5, "en"),
    (5, 1.0, "en"),
    (5, 0.0, "en"),
    (5, 3.0, "en"),
)


def gen(organisations: int, pairs: int, seed: int, days: int = 5) -> Problem:
    """More asked than anybody can give: weights 1 to 5, interpreters for almost half, hosts for nine tenths."""
    chance = random.Random(seed)
    names = [f"o{number:05}" for number in range(organisations)]
    zone = dict(zip(names, chance.choices(_ZONES, [one[0] for one in _ZONES], k=organisations), strict=True))
    can = {name: _hours(chance, zone[name][1], zone[name][2] == "zh", days) for name in names}
    popular = [chance.paretovariate(2.2) for _ in names]
    requests = []
    for a, b in _asked(chance, names, popular, pairs):
        words = "-".join(sorted({zone[a][2], zone[b][2]}))
        able = words if "-" in words and chance.random() < 0.45 else ""
        weight = chance.choice([1, 1, 2, 2, 3, 5])
        reluctant = chance.getrandbits(days * _DAY) & chance.getrandbits(days * _DAY)
        one = Request(f"{a}/{b}", a, b, can[a] & can[b], reluctant, weight, interpreters=frozenset({able} - {""}))
        requests.append(one)
    hosts = max(1, round(0.9 * pairs / (days * 12.5)))
    whole = (1 << days * _DAY) - 1
    return _staffed(
        Problem(
            Grid(_ORIGIN, timedelta(minutes=30), days * _DAY),
            tuple(requests),
            1,
            hosts=(hosts,) * (days * _DAY),
            days={name: _by_day(days, zone[name][1]) for name in names},
            most_a_day=8,
        ),
        whole,
        days,
    )


def _staffed(problem: Problem, whole: int, days: int) -> Problem:
    """With 1.3 times as many interpreters of each two languages as are needed on the average."""
    needed = Counter(able for one in problem.requests for able in one.interpreters)
    people = {
        words: frozenset(f"{words} {number}" for number in range(1, 1 + max(1, round(1.3 * count / (days * 12)))))
        for words, count in sorted(needed.items())
    }
    requests = tuple(
        replace(one, interpreters=frozenset[str]().union(*(people[words] for words in one.interpreters)))
        for one in problem.requests
    )
    free = {name: whole for group in people.values() for name in sorted(group)}
    return replace(problem, requests=requests, interpreters=free)


def _hours(chance: random.Random, ahead: float, long_lunch: bool, days: int) -> int:
    """08:30 to 17:00 local without lunch; for one in ten a whole holiday; less 15 to 45 % of it, in blocks."""
    away = chance.randrange(days) if chance.random() < 0.1 else -1
    work = [at for at in range(17, 34) if not (23 <= at < 27 if long_lunch else 24 <= at < 26)]
    local = [day * _DAY + at for day in range(days) if day != away for at in work]
    free = {round(at - 2 * ahead) for at in local if 0 <= at - 2 * ahead < days * _DAY}
    target = len(free) * (1 - chance.uniform(0.15, 0.45))
    while len(free) > target:
        begins = chance.choice(sorted(free))
        free -= set(range(begins, begins + chance.randint(1, 4)))
    return sum(1 << at for at in free)


def _by_day(days: int, ahead: float) -> tuple[int, ...]:
    whole = (1 << days * _DAY) - 1
    shifted = [((1 << _DAY) - 1) << day * _DAY for day in range(days + 1)]
    return tuple(one >> round(2 * ahead) & whole for one in shifted)


def _asked(chance: random.Random, names: list[str], popular: list[float], pairs: int) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    while len(found) < pairs:
        a, b = chance.choice(names), chance.choices(names, popular)[0]
        if a != b:
            found[min(a, b), max(a, b)] = None
    return list(found)


def small(seed: int) -> Problem:
    """Ten organisations in China and eleven others, forty meetings of an hour with half an hour after, four days."""
    chance = random.Random(seed)
    ours, others = [f"c{number:02}" for number in range(10)], [f"o{number:02}" for number in range(11)]
    can = {name: _hours(chance, 8.0, True, 4) for name in ours}
    can |= {name: _hours(chance, chance.choice([7.0, 6.5]), False, 4) for name in others}
    starts = {name: free & free >> 1 for name, free in can.items()}
    asked = chance.sample([(a, b) for a in ours for b in others], 40)
    requests = tuple(
        Request(
            f"{a}/{b}", a, b, starts[a] & starts[b], chance.getrandbits(4 * _DAY), chance.choice([1, 1, 2, 2, 3, 5])
        )
        for a, b in asked
    )
    days = {name: _by_day(4, 8.0) for name in can}
    grid = Grid(_ORIGIN, timedelta(minutes=30), 4 * _DAY)
    return Problem(grid, requests, 2, rest=1, host_rest=1, hosts=(4,) * grid.count, days=days, most_a_day=4)


def planted(organisations: int, pairs: int, seed: int, slack: float) -> tuple[Problem, dict[str, int]]:
    """A problem in which all pairs have a place, and the schedule that was planted."""
    chance = random.Random(seed)
    count = max(80, round(2.6 * 2 * pairs / organisations))
    names = [f"o{number:05}" for number in range(organisations)]
    mine: dict[str, set[int]] = {name: set() for name in names}
    plan: dict[tuple[str, str], int] = {}
    while len(plan) < pairs:
        a, b = sorted(chance.sample(names, 2))
        if (a, b) not in plan and (both := sorted(set(range(count)) - mine[a] - mine[b])):
            plan[a, b] = chance.choice(both)
            mine[a].add(plan[a, b])
            mine[b].add(plan[a, b])
    offers = {
        name: sum(1 << at for at in taken | _more(chance, taken, count, slack)) for name, taken in sorted(mine.items())
    }
    requests = tuple(Request(f"{a}/{b}", a, b, offers[a] & offers[b]) for a, b in plan)
    most = max(Counter(plan.values()).values())
    grid = Grid(_ORIGIN, timedelta(minutes=30), count)
    return Problem(grid, requests, 1, hosts=(most,) * count), {f"{a}/{b}": at for (a, b), at in plan.items()}


def _more(chance: random.Random, taken: set[int], count: int, slack: float) -> set[int]:
    rest = sorted(set(range(count)) - taken)
    return set(chance.sample(rest, min(len(rest), round(slack * len(taken)))))


def disturbed(problem: Problem, plan: dict[str, int], seed: int) -> tuple[Problem, int]:
    """The plan announced, then one organisation in twenty loses some hours and opens others; how many must move."""
    chance = random.Random(seed)
    names = sorted({side for one in problem.requests for side in (one.a, one.b)})
    lost, opened = {}, {}
    for name in chance.sample(names, max(1, len(names) // 20)):
        begins = chance.randrange(problem.grid.count - 8)
        lost[name] = 0xFF << begins
        opened[name] = 0xFF << chance.randrange(problem.grid.count - 8) & ~lost[name]
    offers = _offers(problem)
    now = {name: (free | opened.get(name, 0)) & ~lost.get(name, 0) for name, free in offers.items()}
    requests = tuple(
        replace(one, allowed=now[one.a] & now[one.b], announced=plan.get(one.pair)) for one in problem.requests
    )
    forced = sum(one.announced is not None and not one.allowed >> one.announced & 1 for one in requests)
    return replace(problem, requests=requests), forced


def _offers(problem: Problem) -> dict[str, int]:
    """What each organisation offers, as far as any of its pairs can use it."""
    offers: dict[str, int] = {}
    for one in problem.requests:
        offers[one.a] = offers.get(one.a, 0) | one.allowed
        offers[one.b] = offers.get(one.b, 0) | one.allowed
    return offers
