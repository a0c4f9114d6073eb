"""Who sat before a screen, as somebody writes it: one person on a line, or an Excel or CSV list."""

from __future__ import annotations

import re
from pathlib import Path

from meetbot.core import model
from meetbot.core.attendance.guests import Guest
from meetbot.core.model import Sex
from meetbot.errors import ProgrammeError, UserError
from meetbot.files import addresses, lists, names, people, sexes, written

_MOST = 500
_LONGEST = 200
_CELLS = re.compile(r"\s*[\t,;，；]\s*")
_IN_BRACKETS = re.compile(r"(?P<before>[^<>]*)<(?P<address>[^<>]+)>(?P<behind>.*)")
_HEADERS = {
    "name": ("name", "full name", "participant", "ឈ្មោះ", "ຊື່", "အမည်", "姓名"),
    "organisation": ("organisation", "organization", "institution", "office", "college", "单位"),
    "address": ("address", "email", "e-mail", "mail", "email address", "邮箱"),
    "sex": ("sex", "gender", "ភេទ", "ເພດ", "ကျား/မ", "性别"),
}


def read(text: str, organisation: str = "") -> tuple[Guest, ...]:
    """The people in the text: "Sok Dara", "Sok Dara, female", "Sok Dara <sok@npic.example>", "Chea Visal; NPIC".

    `organisation`: of those who stand without one. UserError with each line that cannot be read.
    """
    found, problems = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                found.append(_guest(line, organisation))
            except written.Wrong as wrong:
                problems.append(f"Line {number}: {wrong.what}; {wrong.remedy}.")
    if len(found) > _MOST:
        problems.append(f"There are {len(found)} people; at most {_MOST} can be named at once.")
    if problems or not found:
        raise UserError(*problems or ["Nobody is named: write one name on a line."])
    return tuple(found)


def listed(path: Path, organisation: str = "") -> tuple[Guest, ...]:
    """The people in an Excel or CSV list with a column of names. ProgrammeError with each cell that cannot be taken."""
    sheet = people.read(path)
    missing = model.Problem(sheet.name, "a column of names is needed", "name the columns in one row, such as: Name")
    found = lists.listing(sheet, _HEADERS, ("name",), missing)
    guests, problems = [], [one for one in found.problems if not one.warning]
    for row in found.rows:
        cells = row.cells
        try:
            guests.append(
                Guest(
                    names.read(cells["name"]),
                    _line(cells.get("organisation", "")) or organisation,
                    _sex(cells.get("sex", "")),
                    addresses.read(cells["address"]).value if cells.get("address") else "",
                )
            )
        except written.Wrong as wrong:
            problems.append(row.problem("name", wrong))
    if problems:
        raise ProgrammeError(*map(str, problems))
    if not guests:
        raise UserError(f"{path}: nobody is named in it.")
    return tuple(guests)


def _guest(line: str, organisation: str) -> Guest:
    bracketed = _IN_BRACKETS.fullmatch(line)
    address = bracketed["address"] if bracketed else ""
    name, *cells = _CELLS.split((f"{bracketed['before']},{bracketed['behind']}" if bracketed else line).strip())
    sex = None
    for cell in filter(None, cells):
        if "@" in cell:
            address = cell
        elif sexes.is_one(cell):
            sex = sexes.read(cell)
        else:
            organisation = _line(cell)
    return Guest(names.read(name), organisation, sex, addresses.read(address).value if address else "")


def _line(text: str) -> str:
    return names.line(text)[:_LONGEST]


def _sex(text: str) -> Sex | None:
    return sexes.read(text) if sexes.is_one(text) else None
