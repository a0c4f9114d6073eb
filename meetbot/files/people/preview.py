"""What a list would bring in: a form for each row that can be taken, and a problem for each cell that cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from meetbot.core import model
from meetbot.files.people import columns, repeats
from meetbot.files.people.rows import RowReader
from meetbot.files.people.table import MOST_ROWS, Row, Sheet, warning

_EXAMPLE = "name the columns in one row, such as: Name, E-mail, Organisation, Position, Country"


@dataclass(frozen=True)
class Preview:
    """What came of a list, before anything is taken from it."""

    forms: tuple[model.Form, ...]
    problems: tuple[model.Problem, ...]  #: a row with an error is not among the forms; a row with a warning is
    mapping: Mapping[str, str]  #: header as written -> field of the form
    skipped: tuple[str, ...]  #: headers of columns that are not read


def forms(sheet: Sheet, *, programme: model.Programme, meeting: str) -> Preview:
    """The registration forms that the sheet holds for the meeting (key). A list approves nobody."""
    header = columns.header(sheet.rows)
    if header is None:
        return Preview((), (model.Problem(sheet.name, "no column holds mail addresses", _EXAMPLE),), {}, ())
    fields = {column: field for column, field in columns.known(header.cells).items() if _wanted(field, programme)}
    mapping = {header[column]: field for column, field in fields.items()}
    skipped = tuple(text for column, text in enumerate(header.cells) if text and column not in fields)
    rows = [row for row in sheet.rows if row.number > header.number and any(row.cells)]
    if refused := _refused(sheet, header, fields, rows):
        return Preview((), refused, mapping, skipped)
    reader = RowReader(sheet, header, {field: column for column, field in fields.items()}, programme, meeting)
    read = [(row, form) for row in rows if (form := reader.form(row))]
    kept, remarks = repeats.once(read, sheet, reader.column)
    problems = (*sheet.problems, *_about(sheet, header, skipped), *reader.problems, *remarks)
    return Preview(tuple(kept), problems, mapping, skipped)


def _wanted(field: str, programme: model.Programme) -> bool:
    """What the programme does not ask for is not read, even where a list has it."""
    return field != "sex" or programme.asks_sex


def _refused(sheet: Sheet, header: Row, fields: Mapping[int, str], rows: list[Row]) -> tuple[model.Problem, ...]:
    """Why nothing of the sheet can be taken."""
    problems = []
    first: dict[str, int] = {}
    for column, field in fields.items():
        if field in first:
            what = f"two columns hold the {field}: also {sheet.place(header, first[field])}"
            problems.append(model.Problem(sheet.place(header, column), what, "rename or remove one of them"))
        first.setdefault(field, column)
    if not {"name", "given", "family"} & set(first):
        problems.append(model.Problem(sheet.place(header, 0), "no column holds names", _EXAMPLE))
    if not rows:
        problems.append(model.Problem(sheet.name, "no people found below the header", "add a row for each person"))
    if len(rows) > MOST_ROWS:
        problems.append(model.Problem(sheet.name, f"the list has more than {MOST_ROWS} rows", "split it"))
    return tuple(problems)


def _about(sheet: Sheet, header: Row, skipped: tuple[str, ...]) -> list[model.Problem]:
    remarks = []
    if header.number > sheet.rows[0].number:
        remarks.append(warning(sheet.place(header, 0), f"row {header.number} is taken as the header"))
    if skipped:
        remarks.append(warning(sheet.place(header, 0), f"columns that are not read: {', '.join(skipped)}"))
    return remarks
