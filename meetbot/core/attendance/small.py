"""Which groups a table for outside keeps to itself, so that no small one can be computed from those that it shows.

A group under five is hidden. Where the shown groups would still give a hidden one away, as a total less its other
parts does, more are hidden (complementary suppression: Hundepool and others, Statistical Disclosure Control, 4.2).
Whether they do is tried out: as long as there is another count of people, in whole numbers, that shows the same table
and has the group at another figure, nobody can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

#: A group of fewer people is small.
LEAST = 5
_SAME = 0.99  # people: whole ones, less what is lost in reckoning

#: What is counted of a group, each at least the next: registered, approved, attended, stayed.
Counts = tuple[int, ...]
#: The numbers of the cells that the group is made of.
Group = frozenset[int]
#: A whole, and then the groups that it falls into.
Table = Sequence[Group]


def hidden(tables: Sequence[Table], cells: Sequence[Counts]) -> frozenset[Group]:
    """The groups to hide. `cells`: the finest counts, of which every group is a sum.

    Whoever reads the table is taken to know everything about it but the counts of the hidden groups.
    """
    sums = {group: _sum(group, cells) for table in tables for group in table}
    kept = {group for group, counts in sums.items() if _is_small(counts)}
    while given_away := _given_away(sums, kept, cells):
        kept |= {_next_to_hide(one, kept, sums, tables) for one in given_away}
    return frozenset(kept)


def _is_small(counts: Counts) -> bool:
    """Also a group of nobody: if it were shown, a hidden one would be known to have somebody."""
    return counts[0] < LEAST or any(0 < count < LEAST for count in counts)


def _sum(group: Group, cells: Sequence[Counts]) -> Counts:
    return tuple(sum(cells[one][measure] for one in group) for measure in range(len(cells[0])))


def _next_to_hide(secret: Group, kept: set[Group], sums: dict[Group, Counts], tables: Sequence[Table]) -> Group:
    """The smallest group beside the secret in a table that gives it away, a part rather than the whole."""
    beside = [
        (len(kept.intersection(table)), group == table[0], sums[group], sorted(group), group)
        for table in tables
        if secret in table
        for group in table
        if group not in kept
    ]
    rest = [(len(kept), True, sums[group], sorted(group), group) for group in sums if group not in kept]
    return min(beside or rest)[-1]


def _given_away(sums: dict[Group, Counts], kept: set[Group], cells: Sequence[Counts]) -> list[Group]:
    """Hidden groups with a count, other than none, that is the same in every table that shows the same."""
    if len(kept) == len(sums):
        return []
    model = _Model(sums, kept, cells)
    open_ = {(group, measure) for group in kept for measure, count in enumerate(sums[group]) if count}
    for secret in sorted(open_, key=lambda one: (sorted(one[0]), one[1])):
        for sense in (highspy.ObjSense.kMaximize, highspy.ObjSense.kMinimize):
            if secret in open_:
                other = model.best(*secret, sense)
                open_ -= {one for one in open_ if abs(other.count(*one) - sums[one[0]][one[1]]) > _SAME}
    return sorted({group for group, _ in open_}, key=sorted)


@dataclass(frozen=True)
class _Other:
    """Counts of the cells that show the same table."""

    values: npt.NDArray[np.float64]  #: by measure, then by cell

    def count(self, group: Group, measure: int) -> float:
        return float(self.values[measure, sorted(group)].sum())


class _Model:
    """All counts of the cells that show the same table, as whole numbers for HiGHS."""

    def __init__(self, sums: dict[Group, Counts], kept: set[Group], cells: Sequence[Counts]) -> None:
        self._cells, self._measures = len(cells), len(cells[0])
        self._truth = np.array(cells, dtype=np.float64).T.ravel()
        self._numbers = np.arange(len(self._truth), dtype=np.int32)
        self._highs = _silent()
        for _ in self._numbers:
            self._highs.addVar(0, float(self._truth.sum()) + LEAST)
        for group in sums.keys() - kept:
            for measure, count in enumerate(sums[group]):
                self._row(count, count, {self._column(measure, cell): 1.0 for cell in group})
        for cell, counts in enumerate(cells):
            for measure in range(self._measures - 1):
                if counts[measure] >= counts[measure + 1]:  # not where people came whom nobody had registered
                    pair = {self._column(measure, cell): 1.0, self._column(measure + 1, cell): -1.0}
                    self._row(0, highspy.kHighsInf, pair)

    def best(self, group: Group, measure: int, sense: highspy.ObjSense) -> _Other:
        """The counts in which this group has the most, or the fewest."""
        goal = np.zeros(len(self._truth))
        goal[[self._column(measure, cell) for cell in group]] = 1.0
        self._highs.changeObjectiveSense(sense)
        self._highs.changeColsCost(len(goal), self._numbers, goal)
        self._highs.run()
        found = np.array(self._highs.getSolution().col_value)
        return _Other(found.reshape(self._measures, self._cells))

    def _column(self, measure: int, cell: int) -> int:
        return measure * self._cells + cell

    def _row(self, least: float, most: float, factors: dict[int, float]) -> None:
        columns = np.array(list(factors), dtype=np.int32)
        self._highs.addRow(least, most, len(factors), columns, np.array(list(factors.values())))


def _silent() -> highspy.Highs:
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (("output_flag", False), ("threads", 1)):
        highs.setOptionValue(option, value)
    return highs
