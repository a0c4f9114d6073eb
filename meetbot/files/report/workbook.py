"""The report as an Excel workbook: one table a sheet, a chart with its figures in words, one page wide on paper."""

from __future__ import annotations

import io

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from meetbot.files import sheet
from meetbot.files.report import naming, tables
from meetbot.files.report.naming import Report

_LABELS, _FACTS = 50, 60  # letters that the columns of the sheet Summary are wide
_CHART = {"width": 860, "height": 320}  # pixels: as wide as the two columns
_BLUE, _PALE = "#1D4E89", "#B9C9DC"


def xlsx(report: Report) -> bytes:
    """A workbook with the sheets Summary, Groups, Segments (or Meetings), and with names Presence, People, Open,
    Crossings. The same report gives the same bytes."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        ends_at = naming.local(report["meeting"]["ends_at"], report["meeting"]["zone"])
        book.set_properties({"title": report["meeting"]["title"], "created": ends_at})
        paint = sheet.Paint(book)
        summary = book.add_worksheet("Summary")
        below = _summary(summary, report, paint)
        for table in _sheets(report):
            sheet.write(book.add_worksheet(table.title), table, paint)
        _countries(book, summary, report, below)
    return content.getvalue()


def _sheets(report: Report) -> list[sheet.Table]:
    outside = [tables.groups(report), (tables.meetings if report["meetings"] else tables.segments)(report)]
    if report["for"] == "donor":
        return outside
    within = [] if report["meetings"] else [tables.presence(report)]
    return [*outside, *within, tables.people(report), tables.open_lines(report), tables.crossings(report)]


def _summary(page: Worksheet, report: Report, paint: sheet.Paint) -> int:
    """Returns the first row below."""
    facts = list(tables.facts(report))
    page.write_string(0, 0, report["meeting"]["title"], paint.title)
    for number, (label, cell) in enumerate(facts, start=2):
        page.write_string(number, 0, label, paint.label)
        sheet.put(page, number, 1, cell, paint)
        page.set_row(number, sheet.height((label, cell), (_LABELS, _FACTS)))
    page.set_column(0, 0, _LABELS)
    page.set_column(1, 1, _FACTS)
    sheet.fit(page)
    page.fit_to_pages(1, 1)  # or the chart is cut in two
    return 2 + len(facts)


def _countries(book: xlsxwriter.Workbook, summary: Worksheet, report: Report, below: int) -> None:
    """Approved and attended of each country, from the sheet Groups, where they stand one below the other."""
    numbers = [n for n, one in enumerate(report["groups"], 1) if one["division"] == "country" and one["sex"] is None]
    if not numbers:
        return
    head = list(tables.groups(report).columns)
    chart = book.add_chart({"type": "bar"})
    for name, colour in (("Approved", _PALE), ("Attended", _BLUE)):
        column = head.index(name)
        chart.add_series(
            {
                "name": ["Groups", 0, column],
                "categories": ["Groups", numbers[0], 1, numbers[-1], 1],
                "values": ["Groups", numbers[0], column, numbers[-1], column],
                "fill": {"color": colour},
                "data_labels": {"value": True},
            }
        )
    chart.set_title({"name": "Approved and attended, by country", "name_font": {"size": 12}})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"major_gridlines": {"visible": False}, "visible": False})
    chart.set_legend({"position": "bottom"})
    chart.set_size(_CHART)
    described = "; ".join(
        f"{one['name']} {naming.of_approved(one)}" for one in (report["groups"][number - 1] for number in numbers)
    )
    summary.insert_chart(below + 1, 0, chart, {"description": f"Attended of approved, by country: {described}."})
