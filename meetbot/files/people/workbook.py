"""Excel workbooks (.xlsx). calamine reads them; what could make it unpack or allocate without end is refused before."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from xml.etree import ElementTree
from xml.parsers import expat

import python_calamine

from meetbot.core import model
from meetbot.files.people import columns
from meetbot.files.people.table import LARGEST, MOST_COLUMNS, MOST_ROWS, Row, Sheet, refused, warning

_MOST_ENTRIES = 1000
_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_SAVE = "open it in Excel and save it as .xlsx"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_Value = int | float | str | bool | time | date | datetime | timedelta


@dataclass
class _Seen:
    """What a worksheet holds besides values, and how far it reaches."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: int = 0
    formulas: int = 0


class _TooFar(Exception):
    """A value beyond the largest list."""


class _Doctype(Exception):
    """A document type, by which entities could be made to grow; Excel writes none."""


# LookupError: an encoding that nobody knows; ValueError: a row number that is none.
_DAMAGE = (_Doctype, expat.ExpatError, ElementTree.ParseError, LookupError, ValueError, python_calamine.CalamineError)


def parse(content: bytes, name: str) -> Sheet:
    """The first visible worksheet that looks like a list of people, or else the first one. Raises ProgrammeError."""
    entries = _unpacked(content, name)
    try:
        return _chosen(entries, {entry: _look(xml) for entry, xml in entries.items()}, name)
    except _TooFar:
        what = f"a sheet reaches beyond {MOST_ROWS} rows or {MOST_COLUMNS} columns"
        raise refused(name, what, "delete what lies far off, or split the list") from None
    except _DAMAGE:
        raise refused(name, "the Excel file is damaged", _SAVE) from None


def _chosen(entries: dict[str, bytes], seen: dict[str, _Seen], name: str) -> Sheet:
    sheets = {title: rows for title, rows in _visible(entries).items() if rows}
    if not sheets:
        raise refused(name, "the workbook is empty", "name the list of people")
    title = next((title for title, rows in sheets.items() if columns.header(rows)), next(iter(sheets)))
    others = [other for other in sheets if other != title]
    facts = seen.get(_entry(title, entries), _Seen())
    return Sheet(title, sheets[title], lettered=True, problems=_remarks(title, facts, others))


def _unpacked(content: bytes, name: str) -> dict[str, bytes]:
    """The XML of the workbook, read only up to the limit whatever sizes the archive declares."""
    entries: dict[str, bytes] = {}
    left = LARGEST
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed = archive.infolist()[: _MOST_ENTRIES + 1]
            for entry in [entry for entry in listed if entry.filename.endswith((".xml", ".rels"))]:
                with archive.open(entry) as file:
                    entries[entry.filename] = file.read(left + 1)
                left -= len(entries[entry.filename])
                if left < 0 or len(listed) > _MOST_ENTRIES:
                    raise refused(name, f"the Excel file unpacks to more than {LARGEST >> 20} MB", "is this the list?")
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError):
        raise refused(name, "the Excel file is damaged or protected", _SAVE) from None
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= entries.keys():
        raise refused(name, "this is not an Excel workbook", _SAVE)
    return entries


def _look(xml: bytes) -> _Seen:
    """Read the XML through once: no document type, no value too far away; and what a reader of values does not see."""
    seen = _Seen()
    row = column = 0

    def opened(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        match tag.rpartition(":")[2]:
            case "row":
                row, column = int(attributes.get("r", row + 1)), 0
                if attributes.get("hidden") in ("1", "true"):
                    seen.hidden_rows.append(row)
            case "col" if attributes.get("hidden") in ("1", "true"):
                seen.hidden_columns += 1
            case "c":
                named = _CELL.fullmatch(attributes.get("r", ""))
                column = _column(named[1]) if named else column + 1
                row = int(named[2]) if named else row
            case "f":
                seen.formulas += 1
            case "v" | "is" if row > MOST_ROWS + columns.HEADER_WITHIN or column > MOST_COLUMNS:
                raise _TooFar

    parser = expat.ParserCreate()
    parser.StartElementHandler = opened
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.Parse(xml, True)
    return seen


def _refuse_doctype(*_: object) -> None:
    raise _Doctype


def _column(name: str) -> int:
    """The number of a column, from 1: A is 1, Z 26, AA 27."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _visible(entries: dict[str, bytes]) -> dict[str, tuple[Row, ...]]:
    """The rows of each visible worksheet. calamine is given the XML that was looked at, never the file itself."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for entry, xml in entries.items():
            archive.writestr(entry, xml)
    packed.seek(0)
    book = python_calamine.CalamineWorkbook.from_filelike(packed)
    shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == python_calamine.SheetVisibleEnum.Visible]
    return {title: _rows(book.get_sheet_by_name(title)) for title in shown}


def _rows(sheet: python_calamine.CalamineSheet) -> tuple[Row, ...]:
    table = sheet.to_python(skip_empty_area=False)
    return tuple(Row(number, tuple(_text(value) for value in cells)) for number, cells in enumerate(table, start=1))


def _text(value: _Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _entry(title: str, entries: dict[str, bytes]) -> str:
    """The entry of the archive that holds the worksheet."""
    related = ElementTree.fromstring(entries.get("xl/_rels/workbook.xml.rels", b"<none/>"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in related}
    for sheet in ElementTree.fromstring(entries["xl/workbook.xml"]).iterfind(".//{*}sheet"):
        if sheet.get("name") == title:
            target = targets.get(sheet.get(_RELATION), "")
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return ""


def _remarks(title: str, seen: _Seen, others: list[str]) -> tuple[model.Problem, ...]:
    remarks = []
    if seen.hidden_rows:
        rows = ", ".join(str(row) for row in seen.hidden_rows[:20])
        remarks.append(
            warning(
                f"{title}!A{seen.hidden_rows[0]}",
                f"hidden rows are read too: {rows}",
                "delete them if they do not count",
            )
        )
    if seen.hidden_columns:
        remarks.append(warning(f"{title}!A1", "hidden columns are read too", "delete them if they do not count"))
    if seen.formulas:
        remarks.append(warning(f"{title}!A1", f"cells with formulas are read by their last result: {seen.formulas}"))
    if others:
        remarks.append(warning(f"{title}!A1", f"only this sheet is read, not {', '.join(others)}"))
    return tuple(remarks)
