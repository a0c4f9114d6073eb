"""The report on paper: set by Typst, with fonts of our own, tagged for who cannot see it (PDF/UA-1, ISO 14289-1).

What people typed is handed to Typst as data, never as source: nothing in a name can be a command there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meetbot.core import times
from meetbot.errors import UserError
from meetbot.files import sheet
from meetbot.files.report import naming, tables
from meetbot.files.report.naming import Report

if TYPE_CHECKING:
    import typst

_HERE = Path(__file__).parent
#: Latin, Khmer, Lao and Burmese; Chinese is 20 MB, so it comes from the system (`glyphs`).
FONTS = _HERE / "fonts"
NOT_INSTALLED = "PDF needs Typst, which is not installed: pip install 'meetbot[pdf]'"
_NOT_ON_PAPER = {"Key", "Line", "Constituent", "Segments", "Meetings"}  #: columns for which a page has no room


def pdf(report: Report) -> bytes:
    """Figures, bars, groups, segments, and with names everybody and what is open."""
    facts = {
        "title": f"Attendance: {report['meeting']['title']}",
        "subtitle": naming.planned(report),
        "headline": naming.headline(report),
        "final": report["final"],
        "facts": [[label, _text(cell)] for label, cell in list(tables.facts(report))[2:]],
        "bars": [_bar(one) for one in report["groups"] if one["division"] == "country" and one["sex"] is None],
        "presence": _presence(report),
        "tables": [_plain(table) for table in _tables(report) if table.rows],
    }
    return typeset("report", facts, made_at=datetime.fromisoformat(report["meeting"]["ends_at"]))


def typeset(template: str, facts: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """The PDF of `<template>.typ` in this folder, which finds the facts as `sys.inputs.facts`, a JSON text.

    The same facts give the same bytes. UserError when Typst is not installed.
    """
    content = _compiler().compile(
        _HERE / f"{template}.typ",
        format="pdf",
        sys_inputs={"facts": json.dumps(facts, ensure_ascii=False)},
        pdf_standards="ua-1",
        timestamp=times.utc(made_at).replace(microsecond=0),  # Typst takes whole seconds alone
    )
    assert isinstance(content, bytes), "one PDF, whatever its pages"
    return content


@lru_cache
def _compiler() -> typst.Compiler:
    """One for all: looking through the fonts of the system takes longer than a page."""
    try:
        import typst
    except ImportError:
        raise UserError(NOT_INSTALLED) from None
    return typst.Compiler(root=_HERE, font_paths=[FONTS])


def _tables(report: Report) -> Iterator[sheet.Table]:
    yield tables.groups(report)
    yield tables.meetings(report) if report["meetings"] else tables.segments(report)
    yield tables.people(report)
    yield tables.open_lines(report)


def _plain(table: sheet.Table) -> dict[str, Any]:
    """A table whose every cell is text; `widths` in letters."""
    kept = [number for number, head in enumerate(table.columns) if head not in _NOT_ON_PAPER]
    heads, widths = list(table.columns), list(table.columns.values())
    return {
        "title": table.title,
        "heads": [heads[number] for number in kept],
        "widths": [widths[number] for number in kept],
        "rows": [[_text(row[number]) for number in kept] for row in table.rows],
    }


def _text(cell: sheet.Cell) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return f"{cell:%H:%M}"
        case float():
            return f"{cell:.0%}"
        case _:
            return str(cell)


def _bar(group: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": group["name"], "share": naming.share(group), "text": naming.of_approved(group)}


def _presence(report: Report) -> dict[str, Any] | None:
    """The line of who was there: points as shares of the time and of the peak; None where there is none."""
    steps = [(datetime.fromisoformat(at), count) for at, count in report["presence"]]
    peak = report["peak"]["present"]
    if len(steps) < 2 or not peak:
        return None
    first, length = steps[0][0], steps[-1][0] - steps[0][0]
    zone = report["meeting"]["zone"]
    return {
        "points": [[(at - first) / max(length, timedelta(seconds=1)), count / peak] for at, count in steps],
        "peak": str(peak),
        "from": times.clock_text(steps[0][0], zone),
        "to": times.clock_text(steps[-1][0], zone),
    }
