"""Lists about organisations as Excel or CSV: rows by the headers of their columns, whatever the order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from meetbot.core import model, registration
from meetbot.files import people, written
from meetbot.files.people import table

#: By field, the headers that people write above it.
Headers = Mapping[str, Iterable[str]]

#: A title may stand above the header.
_HEADER_WITHIN = 10


@dataclass(frozen=True)
class Row:
    """The cells of the columns that are known, by field, and where each stands."""

    cells: Mapping[str, str]
    places: Mapping[str, str]

    def problem(self, field: str, wrong: written.Wrong) -> model.Problem:
        return model.Problem(self.places[field], wrong.what, wrong.remedy)


@dataclass(frozen=True)
class Listing:
    """The rows that are not empty. Where the columns cannot be told apart there are none, and a problem says so."""

    rows: tuple[Row, ...]
    problems: tuple[model.Problem, ...]


def listing(sheet: people.Sheet, headers: Headers, needed: Iterable[str], missing: model.Problem) -> Listing:
    """`missing`: what to say when no row names the columns that are `needed` (fields)."""
    known = {registration.fold(one): field for field, texts in headers.items() for one in texts}
    wanted = set(needed)
    head = next((row for row in sheet.rows[:_HEADER_WITHIN] if wanted <= set(_fields(row, known).values())), None)
    if head is None:
        return Listing((), (*sheet.problems, missing))
    fields = _fields(head, known)
    if doubled := _doubled(sheet, head, fields):
        return Listing((), (*sheet.problems, *doubled))
    rows = (
        Row({field: row[at] for at, field in fields.items()}, {f: sheet.place(row, at) for at, f in fields.items()})
        for row in sheet.rows
        if row.number > head.number
    )
    return Listing(tuple(row for row in rows if any(row.cells.values())), sheet.problems)


def organisation(text: str, organisations: Mapping[str, model.Organisation]) -> str:
    """Its key. By key, name, alias or abbreviation, never by likeness. Raises Wrong."""
    if not text:
        raise written.Wrong("the organisation is missing", "write its key or its name")
    found = registration.organisation_of(model.Form("", "", "", organisation=text), organisations)
    if found is None:
        known = [*organisations, *(one.name for one in organisations.values())]
        remedy = written.did_you_mean(text, known) or "write the key or the name of one in the programme"
        raise written.Wrong(f"'{text}' is not an organisation of the programme", remedy)
    return found


def _fields(head: table.Row, known: Mapping[str, str]) -> dict[int, str]:
    """By column."""
    named = {at: known.get(registration.fold(text)) for at, text in enumerate(head.cells)}
    return {at: field for at, field in named.items() if field}


def _doubled(sheet: people.Sheet, head: table.Row, fields: Mapping[int, str]) -> list[model.Problem]:
    problems = []
    first: dict[str, int] = {}
    for at, field in fields.items():
        if first.setdefault(field, at) != at:
            what = f"two columns hold the same: also {sheet.place(head, first[field])}"
            problems.append(model.Problem(sheet.place(head, at), what, "rename or remove one of them"))
    return problems
