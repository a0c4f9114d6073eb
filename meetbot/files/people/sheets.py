"""A list as a table of texts that knows the place of each cell, from an Excel workbook or a CSV file."""

from __future__ import annotations

from pathlib import Path

from meetbot.files.people import delimited, workbook
from meetbot.files.people.table import LARGEST, Sheet, refused

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read(path: Path) -> Sheet:
    """The table in the file, told apart by its content, not by its name. Raises ProgrammeError."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise refused(path.name, f"the file cannot be read: {error.strerror}", "name an existing file") from None
    return parse(content, path.name)


def parse(content: bytes, name: str) -> Sheet:
    """The table in the content; `name` stands in the places of problems. Raises ProgrammeError."""
    if len(content) > LARGEST:
        raise refused(name, f"the file is larger than {LARGEST >> 20} MB", "is this the list?")
    if not content.strip(b"\xef\xbb\xbf \r\n\t"):
        raise refused(name, "the file is empty", "name the list of people")
    if content.startswith(_OLD_EXCEL):
        raise refused(name, "this is an old or protected Excel file", "save it without a password as .xlsx")
    if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        raise refused(name, "this is a web page, not a list", "open it in Excel and save it as .xlsx")
    return workbook.parse(content, name) if content.startswith(b"PK") else delimited.parse(content, name)
