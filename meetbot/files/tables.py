"""The attendance report (the JSON of `core.attendance.to_json`) as an Excel workbook and as CSV.

What people wrote stays text in both, whatever it begins with. Times are shown in the zone of the meeting.
"""

from __future__ import annotations

import csv as csv_format
import io
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from meetbot.core import times
from meetbot.files import sheet

Report = Mapping[str, Any]

_PROOFS = {"R": "registrant id", "E": "mail address"}
_LABELS, _FACTS = 50, 60  # letters that the columns of the sheet Summary are wide


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
        paint = sheet.Paint(book)
        _summary(book.add_worksheet("Summary"), report, paint)
        for table in (_organisations(report), _segments(report), _people(report), _open(report)):
            sheet.write(book.add_worksheet(table.title), table, paint)
    return content.getvalue()


def csv(report: Report) -> bytes:
    """Everybody in one table: attended, absent and open. UTF-8 with BOM, by which Excel knows its encoding."""
    people = _people(report)
    text = io.StringIO(newline="")
    writer = csv_format.writer(text)
    writer.writerow(people.columns)
    writer.writerows([sheet.inert(cell) for cell in row] for row in people.rows)
    return text.getvalue().encode("utf-8-sig")


def _organisations(report: Report) -> sheet.Table:
    columns = {"Group": 15, "Name": 52, "Registered": 13, "Approved": 13, "Attended": 13}
    shares = {"Share of approved": 13, "Minutes in all": 13}
    groups = {"Organisation": "organisations", "Country": "countries", "Constituent": "constituents"}
    rows = [(word, *_group(one)) for word, field in groups.items() for one in report[field]]
    return sheet.Table("Organisations", {**columns, **shares}, rows)


def _group(one: Report) -> tuple[sheet.Cell, ...]:
    share = one["attended"] / one["approved"] if one["approved"] else None
    return one["name"], one["registered"], one["approved"], one["attended"], share, one["minutes"]


def _segments(report: Report) -> sheet.Table:
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
    return sheet.Table("Segments", columns, rows)


def _people(report: Report) -> sheet.Table:
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
    return sheet.Table("People", columns, [*_attended(report), *_absent(report), *_unmatched(report)])


def _attended(report: Report) -> Iterator[tuple[sheet.Cell, ...]]:
    zone = _zone(report)
    titles = {one["key"]: one["title"] for one in report["segments"]}
    for one in report["lines"]:
        who = (one["name"], one["organisation"], one["country"], one["constituent"])
        when = (_local(one["joined_at"], zone), _local(one["left_at"], zone), one["minutes"])
        yield "attended", *who, *when, "; ".join(titles[key] for key in one["segments"]), _PROOFS[one["proof"]]


def _absent(report: Report) -> Iterator[tuple[sheet.Cell, ...]]:
    for one in report["absent"]:
        who = (one["name"], one["organisation"], one["country"], one["constituent"])
        yield "absent", *who, None, None, 0, "", ""


def _unmatched(report: Report) -> Iterator[tuple[sheet.Cell, ...]]:
    for one in report["open"]:
        yield "open", one["name"], "", "", "", None, None, one["minutes"], "", one["reason"]


def _open(report: Report) -> sheet.Table:
    rows = [(one["name"], one["hint"], one["minutes"], one["reason"]) for one in report["open"]]
    return sheet.Table("Open", {"Name at Zoom": 34, "Address": 34, "Minutes": 10, "Why it is open": 52}, rows)


def _summary(page: Worksheet, report: Report, paint: sheet.Paint) -> None:
    page.write_string(0, 0, report["meeting"]["title"], paint.title)
    for number, (label, cell) in enumerate(_facts(report), start=2):
        page.write_string(number, 0, label, paint.label)
        sheet.put(page, number, 1, cell, paint)
        page.set_row(number, sheet.height((label, cell), (_LABELS, _FACTS)))
    page.set_column(0, 0, _LABELS)
    page.set_column(1, 1, _FACTS)
    sheet.fit(page)


def _facts(report: Report) -> Iterator[tuple[str, sheet.Cell]]:
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
