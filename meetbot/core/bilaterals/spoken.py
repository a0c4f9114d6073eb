"""What a side says of the times of which it is asked, put together from single stretches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from meetbot.core import times
from meetbot.core.bilaterals.nouns import Can
from meetbot.core.times import Interval


def said(offered: Iterable[Interval], spoken: Iterable[tuple[Interval, Can]]) -> tuple[tuple[Interval, Can], ...]:
    """An answer to all of the offered times: what is not spoken of is no, and of several answers the least willing."""
    asked, spoken = times.union(offered), list(spoken)
    refused, reluctant, yes = ([span for span, can in spoken if can is one] for one in (Can.NO, Can.IF_NEEDED, Can.YES))
    able = {
        Can.YES: without(_inside(yes, asked), [*reluctant, *refused]),
        Can.IF_NEEDED: without(_inside(reluctant, asked), refused),
    }
    able[Can.NO] = without(asked, (span for spans in able.values() for span in spans))
    return tuple(sorted((span, can) for can, spans in able.items() for span in spans))


def without(stretches: Iterable[Interval], taken: Iterable[Interval]) -> tuple[Interval, ...]:
    """What is left of them, in order."""
    left = list(times.union(stretches))
    for gone in times.union(taken):
        left = [part for one in left for part in _rest(one, gone)]
    return tuple(left)


def _inside(stretches: Iterable[Interval], asked: Iterable[Interval]) -> list[Interval]:
    within = list(asked)
    return [part for one in stretches for other in within if (part := one & other)]


def _rest(one: Interval, gone: Interval) -> Iterator[Interval]:
    if not one & gone:
        yield one
        return
    if one.start < gone.start:
        yield Interval(one.start, gone.start)
    if gone.end < one.end:
        yield Interval(gone.end, one.end)
