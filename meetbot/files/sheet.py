"""Sheets of a workbook that read well on a screen and on paper.

What people wrote stays text, whatever it begins with.
"""

from __future__ import annotations

import io
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from meetbot.core import model

Cell = str | int | float | datetime | None

_LINE, _HIGHEST = 18, 409  # points; Khmer and Burmese need more than the usual 15, and Excel takes no higher row
_CAPITALS = 0.85  # of a column's width is left when a name is in capitals
_MARGIN = 0.4  # inches
# What a spreadsheet program takes for the beginning of a formula, also in its full-width forms (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Table:
    """One sheet: its columns, each with its width in letters, and its rows."""

    title: str
    columns: Mapping[str, int]
    rows: Sequence[Sequence[Cell]]


def book(tables: Iterable[Table], *, title: str, made_at: datetime) -> bytes:
    """A workbook of these sheets. The same tables give the same bytes."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": title, "created": made_at.replace(tzinfo=None)})
        paint = Paint(workbook)
        for table in tables:
            write(workbook.add_worksheet(table.title), table, paint)
    return content.getvalue()


def organisations(programme: model.Programme) -> Table:
    """Whom a list can name."""
    rows = [(one.key, one.name, one.country) for one in programme.organisations.values()]
    return Table("Organisations", {"Key": 28, "Name": 60, "Country": 20}, rows)


def inert(cell: Cell) -> Cell:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


class Paint:
    """The formats of the workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.title: Format = book.add_format({"bold": True, "font_size": 14})
        self.head: Format = book.add_format(
            {"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self.label: Format = book.add_format({"font_color": "#444444", "valign": "top"})
        self.text: Format = book.add_format({"text_wrap": True, "valign": "top"})
        self.number: Format = book.add_format({"num_format": "#,##0", "valign": "top", "align": "left"})
        self.share: Format = book.add_format({"num_format": "0%", "valign": "top", "align": "left"})
        self.time: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"})


def put(sheet: Worksheet, row: int, column: int, cell: Cell, paint: Paint) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell, paint.text)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell, paint.time)
    elif cell is not None:
        sheet.write_number(row, column, cell, paint.share if isinstance(cell, float) else paint.number)


def write(sheet: Worksheet, table: Table, paint: Paint) -> None:
    widths = list(table.columns.values())
    for number, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            put(sheet, number, column, cell, paint)
        sheet.set_row(number, height(row, widths))
    for column, (header, width) in enumerate(table.columns.items()):
        sheet.write_string(0, column, header, paint.head)
        sheet.set_column(column, column, width)
    sheet.set_row(0, height(list(table.columns), widths))
    _as_table(sheet, table, paint)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    fit(sheet)


def _as_table(sheet: Worksheet, table: Table, paint: Paint) -> None:
    """With buttons that filter, and for a screen reader with heads that belong to their columns."""
    if not table.rows:  # Excel knows no table of a head alone
        sheet.autofilter(0, 0, 0, len(table.columns) - 1)
        return
    heads = [{"header": head, "header_format": paint.head} for head in table.columns]
    name = re.sub(r"\W", "_", table.title)
    sheet.add_table(0, 0, len(table.rows), len(heads) - 1, {"columns": heads, "name": name, "style": None})


def height(row: Sequence[Cell], widths: Sequence[int]) -> int:
    """In points; a program that opens the file does not always find out by itself."""
    return min(_HIGHEST, _LINE * max(_lines(cell, width) for cell, width in zip(row, widths, strict=True)))


def _lines(cell: Cell, width: int) -> int:
    """Into how many lines a column of this width breaks a cell; a Chinese letter takes the room of two."""
    if not isinstance(cell, str):
        return 1
    broad = "".join(letter * 2 if unicodedata.east_asian_width(letter) in "WF" else letter for letter in cell)
    return max(1, len(textwrap.wrap(broad, int(width * _CAPITALS))))


def fit(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_margins(left=_MARGIN, right=_MARGIN)
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RPage &P of &N")
