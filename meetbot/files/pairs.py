"""Lists of pairs as Excel or CSV: read by header in any order, with each cell at fault named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from meetbot.core import delegations, model, registration
from meetbot.files import people, written
from meetbot.files.people import table

_FIELDS = {
    "a": ("a", "organisation", "organisation a", "organization", "organization a", "delegation", "side a"),
    "b": ("b", "peer", "organisation b", "organization b", "meets", "with", "side b"),
    "wish": ("wish", "preference"),
    "weight": ("weight",),
}
_FIELD_BY_HEADER = {registration.fold(header): field for field, headers in _FIELDS.items() for header in headers}
#: A title may stand above the header.
_HEADER_WITHIN = 10
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
    header = next((row for row in sheet.rows[:_HEADER_WITHIN] if {"a", "b"} <= set(_fields(row).values())), None)
    if header is None:
        missing = model.Problem(sheet.name, "two columns of organisations are needed", _EXAMPLE)
        return Pairs((), (*sheet.problems, missing))
    if doubled := _doubled(sheet, header):
        return Pairs((), (*sheet.problems, *doubled))
    problems = list(sheet.problems)
    first: dict[str, tuple[delegations.Pairing, str]] = {}
    for row in sheet.rows:
        cells = {field: row[at] for at, field in _fields(header).items()}
        if row.number <= header.number or not any(cells.values()):
            continue
        places = {field: sheet.place(row, at) for at, field in _fields(header).items()}
        pair, wrong = _pair(cells, places, organisations)
        problems += wrong
        if pair and pair.key in first:
            what = f"this pair is given already in {first[pair.key][1]}"
            problems.append(model.Problem(places["a"], what, "keep one of them"))
        elif pair:
            first[pair.key] = pair, places["a"]
    return Pairs(tuple(pair for pair, _ in first.values()), tuple(problems))


def _fields(header: table.Row) -> dict[int, str]:
    """By column, the fields that are known."""
    named = {at: _FIELD_BY_HEADER.get(registration.fold(text)) for at, text in enumerate(header.cells)}
    return {at: field for at, field in named.items() if field}


def _doubled(sheet: people.Sheet, header: table.Row) -> list[model.Problem]:
    problems = []
    first: dict[str, int] = {}
    for at, field in _fields(header).items():
        if first.setdefault(field, at) != at:
            what = f"two columns hold the same: also {sheet.place(header, first[field])}"
            problems.append(model.Problem(sheet.place(header, at), what, "rename or remove one of them"))
    return problems


def _pair(
    cells: Mapping[str, str], places: Mapping[str, str], organisations: Mapping[str, model.Organisation]
) -> tuple[delegations.Pairing | None, list[model.Problem]]:
    problems = []
    a = b = ""
    wish, weight = delegations.Wish.LIKE, 1
    for field, text in cells.items():
        try:
            if field == "a":
                a = _organisation(text, organisations)
            elif field == "b":
                b = _organisation(text, organisations)
            elif field == "wish" and text:
                wish = _wish(text)
            elif field == "weight" and text:
                weight = _weight(text)
        except written.Wrong as wrong:
            problems.append(model.Problem(places[field], wrong.what, wrong.remedy))
    if not problems and a == b:
        problems.append(model.Problem(places["b"], f"'{a}' cannot meet itself", "name another organisation"))
    return (None if problems else delegations.Pairing(a, b, wish, weight)), problems


def _organisation(text: str, organisations: Mapping[str, model.Organisation]) -> str:
    """By key, name, alias or abbreviation, never by likeness."""
    if not text:
        raise written.Wrong("the organisation is missing", "write its key or its name")
    found = registration.organisation_of(model.Form("", "", "", organisation=text), organisations)
    if found is None:
        known = [*organisations, *(one.name for one in organisations.values())]
        remedy = written.did_you_mean(text, known) or "write the key or the name of one in the programme"
        raise written.Wrong(f"'{text}' is not an organisation of the programme", remedy)
    return found


def _wish(text: str) -> delegations.Wish:
    folded = text.strip().casefold()
    if folded not in list(delegations.Wish):
        raise written.Wrong(f"'{text}' is not a wish", f"write {', '.join(delegations.Wish)}")
    return delegations.Wish(folded)


def _weight(text: str) -> int:
    weight = written.whole(text)
    if weight == 0:
        raise written.Wrong("a pair without weight is never placed", "write 1 or more, or the wish no")
    return weight
