"""Every form in which a report is handed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from meetbot.core.attendance import versions
from meetbot.core.model import Attachment, Reader
from meetbot.files.report import delimited, naming, pdf, workbook

#: Ending of the file -> its media type, and what makes it of a version of the report.
FORMS: Mapping[str, tuple[str, Callable[[naming.Report], bytes]]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook.xlsx),
    "csv": ("text/csv", delimited.csv),
    "pdf": ("application/pdf", pdf.pdf),
}


def files(document: Mapping[str, Any], reader: Reader, endings: Sequence[str]) -> tuple[Attachment, ...]:
    """The report for this reader in these forms. UserError for a PDF where Typst is not installed."""
    report = versions.version(document, reader)
    return tuple(_file(report, ending) for ending in endings)


def _file(report: naming.Report, ending: str) -> Attachment:
    media_type, make = FORMS[ending]
    return Attachment(naming.file_name(report, ending), media_type, make(report))
