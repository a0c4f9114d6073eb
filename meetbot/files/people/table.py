"""What a list is once its file format is behind us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from meetbot import errors
from meetbot.core import model

#: Bytes of a list, packed or unpacked; the largest real one is a hundredth of it.
LARGEST = 20 << 20
MOST_ROWS = 10_000
MOST_COLUMNS = 200


@dataclass(frozen=True)
class Row:
    """One row as texts; "" is an empty cell."""

    number: int  #: of the row in Excel, or of its first line in a CSV file; from 1
    cells: tuple[str, ...]

    def __getitem__(self, column: int) -> str:
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True)
class Sheet:
    """A table of texts. `problems` are warnings that reading gave rise to."""

    name: str
    rows: tuple[Row, ...]
    lettered: bool  #: cells are named as in Excel
    problems: tuple[model.Problem, ...] = ()

    def place(self, row: Row, column: int) -> str:
        """ "Registrations!D17", or "list.csv:17:4": line and field, from 1."""
        if self.lettered:
            return f"{self.name}!{letters(column)}{row.number}"
        return f"{self.name}:{row.number}:{column + 1}"


def one_row(name: str, written: Mapping[str, str]) -> Sheet:
    """A list of one person, from fields that were given by hand."""
    return Sheet(name, (Row(1, tuple(written)), Row(2, tuple(written.values()))), lettered=False)


def letters(column: int) -> str:
    """Excel's name of a column, counted from 0: "A", "Z", "AA"."""
    before, last = divmod(column, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def refused(place: str, what: str, remedy: str) -> errors.ProgrammeError:
    return errors.ProgrammeError(str(model.Problem(place, what, remedy)))


def warning(place: str, what: str, remedy: str = "") -> model.Problem:
    return model.Problem(place, what, remedy, warning=True)
