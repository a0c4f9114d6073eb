"""CSV and its relatives: which encoding, which separator, which line."""

from __future__ import annotations

import codecs
import csv
import io
import re

from meetbot.core import model
from meetbot.files.people import columns
from meetbot.files.people.table import MOST_ROWS, Row, Sheet, refused, warning

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SAVE = "save it from Excel as 'CSV UTF-8'"
# The everyday characters of GB 2312 (level 1); Thai and Latin text read as GB18030 seldom falls there.
_EVERYDAY_CHINESE = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]")
_MOSTLY = 0.7


def parse(content: bytes, name: str) -> Sheet:
    """The table in the text. Raises ProgrammeError."""
    text, problems = _decoded(content, name)
    separator = _separator(text)
    if separator != ",":
        problems += (warning(f"{name}:1:1", f"fields are separated by {_SEPARATORS[separator]}"),)
    return Sheet(name, tuple(_rows(text, separator, name)), lettered=False, problems=problems)


def _decoded(content: bytes, name: str) -> tuple[str, tuple[model.Problem, ...]]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace"), (warning(f"{name}:1:1", "the file was read as UTF-16"),)
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    if _looks_chinese(content):
        what = "the file was read as GB18030: look whether the names are right"
        return content.decode("gb18030"), (warning(f"{name}:{line}:1", what, f"if not, {_SAVE}"),)
    raise refused(f"{name}:{line}:1", "the file is not UTF-8, and its encoding cannot be told", _SAVE)


def _looks_chinese(content: bytes) -> bool:
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    foreign = sum(byte > 0x7F for byte in content)
    return 2 * len(_EVERYDAY_CHINESE.findall(content)) >= _MOSTLY * foreign


def _separator(text: str) -> str:
    """The one that splits the first lines into the most columns that we know; a comma when none does."""
    head = text.splitlines()[: columns.HEADER_WITHIN]
    return max(_SEPARATORS, key=lambda sign: max(len(columns.known(line.split(sign))) for line in head))


def _rows(text: str, separator: str, name: str) -> list[Row]:
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    first_line = 1
    try:
        for cells in reader:
            rows.append(Row(first_line, tuple(cell.strip() for cell in cells)))
            first_line = reader.line_num + 1
            if len(rows) > MOST_ROWS + columns.HEADER_WITHIN:
                raise refused(name, f"the list has more than {MOST_ROWS} rows", "split it")
    except csv.Error as error:
        what = "a quote is opened here and not closed" if "unexpected end" in str(error) else f"{error}"
        raise refused(f"{name}:{first_line}:1", what, "close the quote, or remove it") from None
    return rows
