"""An order of requests that comes from what they are, so that the order in which they were written has no effect.

Requests that differ only in their names stand in the order of their pairs' keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

from meetbot.core.bilaterals.problem import Problem, Request

_ROUNDS = 3  # how far around a request one looks for what tells it from others


def canonical(problem: Problem) -> tuple[Request, ...]:
    """The requests in an order that knows names only where nothing else tells two of them apart."""
    requests = sorted(problem.requests, key=lambda one: one.pair)
    rank = _ranks([_own(one, problem) for one in requests])
    fixed = {name: _calendar(name, problem) for one in requests for name in (one.a, one.b)}
    for _ in range(_ROUNDS):
        around: dict[str, list[int]] = defaultdict(list)
        for request, own in zip(requests, rank, strict=True):
            around[request.a].append(own)
            around[request.b].append(own)
        side = {name: (tuple(sorted(own)), fixed[name]) for name, own in around.items()}
        number = dict(zip(side, _ranks(list(side.values())), strict=True))
        rank = _ranks([(own, *sorted((number[one.a], number[one.b]))) for one, own in zip(requests, rank, strict=True)])
    return tuple(one for _, _, one in sorted(zip(rank, range(len(requests)), requests, strict=True)))


def _own(one: Request, problem: Problem) -> tuple[int | bool | tuple[int, ...], ...]:
    free = tuple(sorted(problem.interpreters.get(name, 0) for name in one.interpreters))
    announced = -1 if one.announced is None else one.announced
    return (not one.must, -one.weight, one.allowed.bit_count(), one.allowed, one.reluctant, announced, one.fixed, free)


def _calendar(name: str, problem: Problem) -> tuple[int | tuple[int, ...], ...]:
    shared = tuple(sorted(len(group) for group in problem.shared if name in group))
    return problem.busy.get(name, 0), problem.if_needed.get(name, 0), problem.days.get(name, ()), shared


def _ranks(kinds: Sequence[Hashable]) -> list[int]:
    number = {kind: rank for rank, kind in enumerate(sorted(set(kinds)))}  # type: ignore[type-var]
    return [number[kind] for kind in kinds]
