"""The attendance report (the JSON of `core.attendance.to_json`) as an Excel workbook and as CSV.

What people wrote stays text in both, whatever it begins with. Times are shown in the zone of the meeting.
"""

from __future__ import annotations

import csv as csv_format
import io
import re
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from meetbot.core import times

Report = Mapping[str, Any]
Cell = str | int | float | datetime | None

_PROOFS = {"R": "registrant id", "E": "mail address"}
_LABELS, _FACTS = 50, 60  # letters that the columns of the sheet Summary are wide
_LINE, _HIGHEST = 18, 409  # points; Khmer and Burmese need more than the usual 15, and Excel takes no higher row
_CAPITALS = 0.85  # of a column's width is left when a name is in capitals
_MARGIN = 0.4  # inches
# What a spreadsheet program takes for the beginning of a formula, also in its full-width forms (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class _Table:
    """One sheet: its columns, each with its width in letters, and its rows."""

    title: str
    columns: Mapping[str, int]
    rows: Sequence[Sequence[Cell]]


def file_name(report: Report, kind: str) -> str:
    """A name made of [A-Za-z0-9._-]: "attendance-launch-2021-11-10.xlsx", "…-not-final.xlsx"."""
    meeting = report["meeting"]
    day = _local(meeting["starts_at"], _zone(report))
    state = "" if report["final"] else "-not-final"
    return re.sub(r"[^A-Za-z0-9._-]+", "-", f"attendance-{meeting['key']}-{day:%Y-%m-%d}{state}.{kind}")


def xlsx(report: Report) -> bytes:
    """A workbook with the sheets Summary, Organisations, Segments, People and Open."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        # The same report gives the same bytes.
        book.set_properties(
            {"title": report["meeting"]["title"], "created": _local(report["meeting"]["ends_at"], _zone(report))}
        )
        paint = _Paint(book)
        _summary(book.add_worksheet("Summary"), report, paint)
        for table in (_organisations(report), _segments(report), _people(report), _open(report)):
            _write(book.add_worksheet(table.title), table, paint)
    return content.getvalue()


def csv(report: Report) -> bytes:
    """Everybody in one table: attended, absent and open. UTF-8 with BOM, by which Excel knows its encoding."""
    people = _people(report)
    text = io.StringIO(newline="")
    writer = csv_format.writer(text)
    writer.writerow(people.columns)
    writer.writerows([_inert(cell) for cell in row] for row in people.rows)
    return text.getvalue().encode("utf-8-sig")


def _inert(cell: Cell) -> Cell:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


# What stands in each table.


def _organisations(report: Report) -> _Table:
    columns = {"Group": 15, "Name": 52, "Registered": 13, "Approved": 13, "Attended": 13}
    shares = {"Share of approved": 13, "Minutes in all": 13}
    groups = {"Organisation": "organisations", "Country": "countries", "Constituent": "constituents"}
    rows = [(word, *_group(one)) for word, field in groups.items() for one in report[field]]
    return _Table("Organisations", {**columns, **shares}, rows)


def _group(one: Report) -> tuple[Cell, ...]:
    share = one["attended"] / one["approved"] if one["approved"] else None
    return one["name"], one["registered"], one["approved"], one["attended"], share, one["minutes"]


def _segments(report: Report) -> _Table:
    zone = _zone(report)
    fields = ("planned_start", "planned_end", "real_start", "real_end")
    columns = {
        "Key": 18,
        "Segment": 48,
        **{f"{field.replace('_', ' ').capitalize()}, {_named(report)}": 18 for field in fields},
        "Present (half the time or more)": 18,
    }
    rows = [
        (one["key"], one["title"], *(_local(one[field], zone) for field in fields), one["present"])
        for one in report["segments"]
    ]
    return _Table("Segments", columns, rows)


def _people(report: Report) -> _Table:
    columns = {
        "Status": 10,
        "Name": 30,
        "Organisation": 30,
        "Country": 13,
        "Constituent": 15,
        f"Joined, {_named(report)}": 18,
        f"Left, {_named(report)}": 18,
        "Minutes": 10,
        "Segments": 30,
        "Known by": 22,
    }
    return _Table("People", columns, [*_attended(report), *_absent(report), *_unmatched(report)])


def _attended(report: Report) -> Iterator[tuple[Cell, ...]]:
    zone = _zone(report)
    titles = {one["key"]: one["title"] for one in report["segments"]}
    for one in report["lines"]:
        who = (one["name"], one["organisation"], one["country"], one["constituent"])
        when = (_local(one["joined_at"], zone), _local(one["left_at"], zone), one["minutes"])
        yield "attended", *who, *when, "; ".join(titles[key] for key in one["segments"]), _PROOFS[one["proof"]]


def _absent(report: Report) -> Iterator[tuple[Cell, ...]]:
    for one in report["absent"]:
        who = (one["name"], one["organisation"], one["country"], one["constituent"])
        yield "absent", *who, None, None, 0, "", ""


def _unmatched(report: Report) -> Iterator[tuple[Cell, ...]]:
    for one in report["open"]:
        yield "open", one["name"], "", "", "", None, None, one["minutes"], "", one["reason"]


def _open(report: Report) -> _Table:
    rows = [(one["name"], one["hint"], one["minutes"], one["reason"]) for one in report["open"]]
    return _Table("Open", {"Name at Zoom": 34, "Address": 34, "Minutes": 10, "Why it is open": 52}, rows)


# How it looks.


class _Paint:
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


def _put(sheet: Worksheet, row: int, column: int, cell: Cell, paint: _Paint) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell, paint.text)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell, paint.time)
    elif cell is not None:
        sheet.write_number(row, column, cell, paint.share if isinstance(cell, float) else paint.number)


def _write(sheet: Worksheet, table: _Table, paint: _Paint) -> None:
    widths = list(table.columns.values())
    for number, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            _put(sheet, number, column, cell, paint)
        sheet.set_row(number, _height(row, widths))
    for column, (header, width) in enumerate(table.columns.items()):
        sheet.write_string(0, column, header, paint.head)
        sheet.set_column(column, column, width)
    sheet.set_row(0, _height(list(table.columns), widths))
    sheet.autofilter(0, 0, len(table.rows), len(widths) - 1)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    _fit(sheet)


def _height(row: Sequence[Cell], widths: Sequence[int]) -> int:
    """In points; a program that opens the file does not always find out by itself."""
    return min(_HIGHEST, _LINE * max(_lines(cell, width) for cell, width in zip(row, widths, strict=True)))


def _lines(cell: Cell, width: int) -> int:
    """Into how many lines a column of this width breaks a cell; a Chinese letter takes the room of two."""
    if not isinstance(cell, str):
        return 1
    broad = "".join(letter * 2 if unicodedata.east_asian_width(letter) in "WF" else letter for letter in cell)
    return max(1, len(textwrap.wrap(broad, int(width * _CAPITALS))))


def _summary(sheet: Worksheet, report: Report, paint: _Paint) -> None:
    sheet.write_string(0, 0, report["meeting"]["title"], paint.title)
    for number, (label, cell) in enumerate(_facts(report), start=2):
        sheet.write_string(number, 0, label, paint.label)
        _put(sheet, number, 1, cell, paint)
        sheet.set_row(number, _height((label, cell), (_LABELS, _FACTS)))
    sheet.set_column(0, 0, _LABELS)
    sheet.set_column(1, 1, _FACTS)
    _fit(sheet)


def _facts(report: Report) -> Iterator[tuple[str, Cell]]:
    meeting, peak = report["meeting"], report["peak"]
    planned = times.Interval(datetime.fromisoformat(meeting["starts_at"]), datetime.fromisoformat(meeting["ends_at"]))
    yield "Planned", f"{times.date_text(planned.start, meeting['zone'])}, {times.span_text(planned, meeting['zone'])}"
    yield "State", f"{'Final' if report['final'] else 'Not final'}: {report['reason']}"
    yield "Registered", report["registered"]
    yield "Approved", report["approved"]
    yield "Attended", report["attended"]
    yield "Absent (approved, not seen)", len(report["absent"])
    yield "Open (seen, not known for certain)", report["unmatched"]
    if peak["at"]:
        at = times.clock_text(datetime.fromisoformat(peak["at"]), meeting["zone"])
        yield "Most people at once", f"{peak['present']} at {at}"
    yield "Median stay in minutes", report["median_minutes"]
    yield "Rows in Zoom's report", report["rows"]["in"]
    yield "of these in the waiting room, or before opening", report["rows"]["aside"]
    yield "Time zone of all sheets", _named(report)


def _fit(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_margins(left=_MARGIN, right=_MARGIN)
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RPage &P of &N")


def _zone(report: Report) -> str:
    zone: str = report["meeting"]["zone"]
    return zone


def _named(report: Report) -> str:
    """The zone as it stands in heads: "Bangkok (UTC+7)"."""
    zone = _zone(report)
    return f"{times.city(zone)} ({times.offset(datetime.fromisoformat(report['meeting']['starts_at']), zone)})"


def _local(instant: str, zone: str) -> datetime:
    """The wall time there, without its zone: spreadsheet cells have none."""
    return datetime.fromisoformat(instant).astimezone(times.zone(zone)).replace(tzinfo=None)
