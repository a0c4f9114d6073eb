"""The table that donors ask for: who was invited, came and stayed, of which sex, country and so on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from meetbot.core.attendance import small

Document = Mapping[str, Any]
Cell = Mapping[str, Any]

#: By what the table is divided, one after another; "all" is everybody.
DIVISIONS = ("all", "constituent", "country", "organisation", "role")
SEXES = ("female", "male", "other", None)  #: None: not stated, which is never spread over the others
Head = tuple[str, str, str | None]  #: of a row: division, name, sex
Place = tuple[str, str, str, str, str | None]  #: of a cell, see `_PLACE`
_PLACE = ("constituent", "country", "organisation", "role", "sex")
_NOBODY = {"invited": 0, "registered": 0, "approved": 0, "attended": 0, "stayed": 0}
_BY_SEX = ("all", "constituent", "country")  #: the divisions whose groups are large enough to be parted by sex
_COUNTED = ("registered", "approved", "attended", "stayed")


@dataclass(frozen=True)
class Figures:
    """Of one group: how many registered, were approved, attended, stayed for 60 % of the time or more."""

    registered: int
    approved: int
    attended: int
    stayed: int


@dataclass(frozen=True)
class Row:
    """One group of the table."""

    division: str  #: of `DIVISIONS`
    name: str  #: of the country, role, …; "" for everybody
    sex: str | None  #: "female", "male", "other", "not stated"; None: all of them
    invited: int | None  #: places, which belong to organisations; None where there are none to speak of
    figures: Figures | None  #: None: hidden, because the group is small or would give away one that is


@dataclass(frozen=True)
class DonorsTable:
    """Rows of groups that overlap, and in the office's own version the cells that they are sums of."""

    rows: tuple[Row, ...]
    cells: tuple[Cell, ...]  #: of the document; () in the version for outside
    asked_sex: bool  #: False: there is no row of a sex
    for_outside: bool

    @property
    def hidden(self) -> int:
        """How many groups are not shown."""
        return sum(row.figures is None for row in self.rows)


def donors_table(document: Document, *, for_outside: bool) -> DonorsTable:
    """The table of one report, also of a consolidated one. `for_outside`: small groups are hidden, see `small`."""
    asked: bool = document["asked_sex"]
    cells = _all_cells(document["cells"], asked)
    groups = {head: frozenset(_members(cells, *head)) for head in _heads(cells, asked)}
    counts = [tuple(cell[one] for one in _COUNTED) for cell in cells]
    kept = small.hidden(list(_tables(groups)), counts) if for_outside and cells else frozenset()
    rows = tuple(
        _row(head, [cells[one] for one in sorted(group)], shown=group not in kept) for head, group in groups.items()
    )
    return DonorsTable(rows, () if for_outside else tuple(document["cells"]), asked, for_outside)


def _tables(groups: Mapping[Head, small.Group]) -> Iterator[small.Table]:
    """Every group with the groups into which a division, or sex, parts it."""
    for whole in groups.values():
        for division, by_sex in product(DIVISIONS, (False, True)):
            parts = [
                group
                for (part, _, sex), group in groups.items()
                if part == division and (sex is not None) == by_sex and group < whole
            ]
            if parts and len(frozenset().union(*parts)) == sum(map(len, parts)) == len(whole):
                yield [whole, *parts]


def _heads(cells: Sequence[Cell], asked: bool) -> Iterator[Head]:
    """Each division as a whole, and where it is parted by sex once more so."""
    for division in DIVISIONS:
        names = [""] if division == "all" else list(dict.fromkeys(cell[division] for cell in cells))
        yield from ((division, name, None) for name in names)
        if asked and division in _BY_SEX:
            yield from product([division], names, (sex or "not stated" for sex in SEXES))


def _members(cells: Sequence[Cell], division: str, name: str, sex: str | None) -> Iterator[int]:
    for number, cell in enumerate(cells):
        if (division == "all" or cell[division] == name) and (sex is None or (cell["sex"] or "not stated") == sex):
            yield number


def _all_cells(cells: Iterable[Cell], asked: bool) -> list[Cell]:
    """Of every organisation the people of each role and sex, also where there are none: nobody outside knows that."""
    known = {_place(cell): cell for cell in cells}
    homes = dict.fromkeys(place[:3] for place in known)
    roles = dict.fromkeys(place[3] for place in known)
    places = [(*home, role, sex) for home, role, sex in product(homes, roles, SEXES if asked else [None])]
    return [known.get(place) or {**dict(zip(_PLACE, place, strict=True)), **_NOBODY} for place in places]


def _place(cell: Cell) -> Place:
    constituent, country, organisation, role, sex = (cell[one] for one in _PLACE)
    return constituent, country, organisation, role, sex


def _row(head: Head, cells: Iterable[Cell], *, shown: bool) -> Row:
    division, name, sex = head
    members = list(cells)
    invited = sum(cell["invited"] for cell in members)
    figures = Figures(**{one: sum(cell[one] for cell in members) for one in _COUNTED})
    return Row(division, name, sex, invited if sex is None and division != "role" else None, figures if shown else None)
