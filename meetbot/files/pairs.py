"""Lists of pairs as Excel or CSV: read by header in any order, with each cell at fault named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from meetbot.core import delegations, model
from meetbot.files import lists, people, written
from meetbot.files import sheet as sheets

_HEADERS = {
    "a": ("a", "organisation", "organisation a", "organization", "organization a", "delegation", "side a"),
    "b": ("b", "peer", "organisation b", "organization b", "meets", "with", "side b"),
    "wish": ("wish", "preference"),
    "weight": ("weight",),
}
_EXAMPLE = "name the columns in one row, such as: Organisation, Peer, Wish, Weight"


@dataclass(frozen=True)
class Pairs:
    """What came of a list. A row with an error is not among the pairs."""

    pairs: tuple[delegations.Pairing, ...]
    problems: tuple[model.Problem, ...]


def read(path: Path, organisations: Mapping[str, model.Organisation]) -> Pairs:
    """The pairs in the file. Columns with other headers are not read. Raises ProgrammeError where it is no list."""
    return parse(people.read(path), organisations)


def parse(sheet: people.Sheet, organisations: Mapping[str, model.Organisation]) -> Pairs:
    """The pairs in the table; a title may stand above the row that names the columns."""
    missing = model.Problem(sheet.name, "two columns of organisations are needed", _EXAMPLE)
    listed = lists.listing(sheet, _HEADERS, ("a", "b"), missing)
    problems = list(listed.problems)
    first: dict[str, tuple[delegations.Pairing, str]] = {}
    for row in listed.rows:
        pair, wrong = _pair(row.cells, row.places, organisations)
        problems += wrong
        if pair and pair.key in first:
            what = f"this pair is given already in {first[pair.key][1]}"
            problems.append(model.Problem(row.places["a"], what, "keep one of them"))
        elif pair:
            first[pair.key] = pair, row.places["a"]
    return Pairs(tuple(pair for pair, _ in first.values()), tuple(problems))


def xlsx(
    proposed: Sequence[tuple[delegations.Pairing, str]], programme: model.Programme, *, made_at: datetime
) -> bytes:
    """A list that `read` understands, each pair with why it is there; without any a list to fill in.

    On a second sheet stand the organisations that can be named.
    """
    rows = [(one.a, one.b, str(one.wish), one.weight, why) for one, why in proposed]
    pairs = sheets.Table("Pairs", {"Organisation": 28, "Peer": 28, "Wish": 10, "Weight": 10, "Why": 70}, rows)
    return sheets.book([pairs, sheets.organisations(programme)], title="Pairs", made_at=made_at)


def _pair(
    cells: Mapping[str, str], places: Mapping[str, str], organisations: Mapping[str, model.Organisation]
) -> tuple[delegations.Pairing | None, list[model.Problem]]:
    problems = []
    a = b = ""
    wanted, weight = delegations.Wish.LIKE, 1
    for field, text in cells.items():
        try:
            if field == "a":
                a = lists.organisation(text, organisations)
            elif field == "b":
                b = lists.organisation(text, organisations)
            elif field == "wish" and text:
                wanted = wish(text)
            elif field == "weight" and text:
                weight = _weight(text)
        except written.Wrong as wrong:
            problems.append(model.Problem(places[field], wrong.what, wrong.remedy))
    if not problems and a == b:
        problems.append(model.Problem(places["b"], f"'{a}' cannot meet itself", "name another organisation"))
    return (None if problems else delegations.Pairing(a, b, wanted, weight)), problems


def wish(text: str) -> delegations.Wish:
    """must, like or no. Raises Wrong."""
    folded = text.strip().casefold()
    if folded not in list(delegations.Wish):
        raise written.Wrong(f"'{text}' is not a wish", f"write {', '.join(delegations.Wish)}")
    return delegations.Wish(folded)


def _weight(text: str) -> int:
    weight = written.whole(text)
    if weight == 0:
        raise written.Wrong("a pair without weight is never placed", "write 1 or more, or the wish no")
    return weight
