"""A small programme file that is right, and ways to spoil it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import xlsxwriter

from meetbot.core import model
from meetbot.files import people, programme
from meetbot.files.people import sheets

RIGHT = """\
key: example
title: Peer talk
zone: Asia/Bangkok
organiser: {name: Skills Office, address: office@skills.example}
countries: {Cambodia: Asia/Phnom_Penh, China: Asia/Shanghai}
organisations:
  npic:
    name: National Polytechnic Institute of Cambodia (NPIC)
    country: Cambodia
    constituent: training institution
  yunnan:
    name: Yunnan Technician College
    country: China
    constituent: training institution
people:
  dara:
    name: Ms Sok Dara
    organisation: npic
    address: dara@npic.example
meetings:
  talk:
    title: Peer talk
    date: 2030-03-06
    start: 14:00
    end: 15:00
    host: host@skills.example
    rundown:
      welcome:
        title: Welcome
        minutes: 10
        speakers: [dara]
      discussion:
        title: Discussion
        minutes: 50
        discussants: [npic, yunnan]
"""


def text(*changes: tuple[str, str]) -> str:
    """The right file with the first occurrence of each text replaced by another."""
    changed = RIGHT
    for old, new in changes:
        assert old in changed
        changed = changed.replace(old, new, 1)
    return changed


def problems(*changes: tuple[str, str]) -> list[str]:
    """What is said of the right file with these changes; errors and warnings alike."""
    return [str(problem) for problem in programme.parse(text(*changes), "p.yaml").problems]


def preview(content: str | bytes, name: str = "list.csv", *, asks_sex: bool = False) -> people.Preview:
    """What a list would bring into the right programme."""
    sheet = sheets.parse(content.encode() if isinstance(content, str) else content, name)
    right = replace(programme.load(RIGHT, "p.yaml"), asks_sex=asks_sex)
    return people.forms(sheet, programme=right, meeting="talk")


def form(address: str, name: str, **other: Any) -> model.Form:
    return model.Form("talk", address, name, **other)


def said(found: people.Preview) -> list[str]:
    """Its problems as a person reads them, warnings marked."""
    return [f"{'warning: ' if problem.warning else ''}{problem}" for problem in found.problems]


def workbook(rows: Sequence[Sequence[object]], *, hidden: Sequence[int] = (), more: Sequence[str] = ()) -> bytes:
    """A workbook whose first sheet, Registrations, holds the rows; `hidden` are row numbers from 1."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Registrations")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        for number in hidden:
            sheet.set_row(number - 1, None, None, {"hidden": True})
        for title in more:
            book.add_worksheet(title).write_string(0, 0, "x")
    return content.getvalue()


def with_entries(content: bytes, changes: Mapping[str, bytes]) -> bytes:
    """The workbook with entries of its archive replaced or added."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as after:
        entries = {name: before.read(name) for name in before.namelist()} | dict(changes)
        for name, entry in entries.items():
            after.writestr(name, entry)
    return packed.getvalue()
