"""Answers of several sides as an Excel or CSV list, with each cell at fault named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from meetbot.core import model
from meetbot.core.bilaterals import Can
from meetbot.core.times import Interval
from meetbot.files import lists, people, spoken, written

_HEADERS = {
    "organisation": ("organisation", "organization", "delegation"),
    "date": ("date", "day"),
    "start": ("from", "start", "begins"),
    "end": ("to", "until", "end", "ends"),
    "answer": ("answer", "can"),
}
_NEEDED = ("organisation", "date", "start", "end", "answer")
_EXAMPLE = "name the columns in one row: Organisation, Date, From, To, Answer"


@dataclass(frozen=True)
class Answers:
    """What came of a list: by organisation (key), what was said. A row with an error is not in it."""

    said: Mapping[str, tuple[tuple[Interval, Can], ...]]
    problems: tuple[model.Problem, ...]


def read(path: Path, organisations: Mapping[str, model.Organisation], offered: Mapping[str, spoken.Offered]) -> Answers:
    """The answers in the file, on the clock of each side. `offered`: by organisation, the times it is asked about.

    Raises ProgrammeError where it is no list.
    """
    sheet = people.read(path)
    missing = model.Problem(sheet.name, "a column is missing", _EXAMPLE)
    listed = lists.listing(sheet, _HEADERS, _NEEDED, missing)
    problems = list(listed.problems)
    said: dict[str, tuple[tuple[Interval, Can], ...]] = {}
    for row in listed.rows:
        field = "organisation"
        try:
            key = lists.organisation(row.cells[field], organisations)
            if not offered.get(key):
                raise written.Wrong(f"{key} is asked about no time", "it has no pair; leave the row out")
            field = "answer"
            can = _can(row.cells[field])
            field = "date"
            hours = (row.cells["start"], row.cells["end"])
            span = spoken.between(row.cells[field], *hours, offered[key], organisations[key].zone)
        except written.Wrong as wrong:
            problems.append(row.problem(field, wrong))
        else:
            said[key] = (*said.get(key, ()), (span, can))
    if not listed.rows and all(one.warning for one in problems):
        problems.append(model.Problem(sheet.name, "there is no answer in the list", _EXAMPLE))
    return Answers(said, tuple(problems))


def _can(text: str) -> Can:
    folded = " ".join(text.casefold().split())
    if folded not in list(Can):
        raise written.Wrong(f"'{text}' is not an answer", f"write {', '.join(Can)}")
    return Can(folded)
