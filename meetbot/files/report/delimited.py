"""The report as one CSV table (RFC 4180, UTF-8 with BOM): everybody with their status; for donors the groups."""

from __future__ import annotations

import csv as csv_format
import io

from meetbot.files import sheet
from meetbot.files.report import tables
from meetbot.files.report.naming import Report


def csv(report: Report) -> bytes:
    """What people typed stays text, whatever it begins with."""
    table = tables.groups(report) if report["for"] == "donor" else tables.people(report)
    text = io.StringIO(newline="")
    writer = csv_format.writer(text)
    writer.writerow(table.columns)
    writer.writerows([_written(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _written(cell: sheet.Cell) -> sheet.Cell:
    return f"{cell:.0%}" if isinstance(cell, float) else sheet.inert(cell)
