"""The attendance report as Excel and CSV."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook

from meetbot.files import tables

HOSTILE = [
    "=1+1",
    "+855 12 345 678",
    "-",
    "@sok",
    "\t=1",
    "\r=1",
    "＝1",
    "＋1",
    "－1",
    "＠sok",
    '=HYPERLINK("http://e","c")',
]


def absent(name: str = "Daw Khin", organisation: str = "CVT") -> dict[str, str]:
    return {"name": name, "organisation": organisation, "country": "Myanmar", "constituent": "training institution"}


def report(**other: Any) -> dict[str, Any]:
    """A report of one meeting with one person of each kind."""
    return {
        "meeting": {
            "key": "launch",
            "title": "Launching Ceremony",
            "starts_at": "2021-11-10T07:00:00+00:00",
            "ends_at": "2021-11-10T10:00:00+00:00",
            "zone": "Asia/Bangkok",
        },
        "final": True,
        "reason": "the same in two readings",
        "registered": 3,
        "approved": 2,
        "attended": 1,
        "unmatched": 1,
        "organisations": [{"name": "NPIC", "registered": 3, "approved": 2, "attended": 1, "minutes": 182}],
        "countries": [{"name": "Cambodia", "registered": 3, "approved": 2, "attended": 1, "minutes": 182}],
        "constituents": [{"name": "government", "registered": 1, "approved": 0, "attended": 0, "minutes": 0}],
        "segments": [
            {
                "key": "welcome",
                "title": "Welcoming remarks",
                "planned_start": "2021-11-10T07:00:00+00:00",
                "planned_end": "2021-11-10T07:30:00+00:00",
                "real_start": "2021-11-10T07:02:00+00:00",
                "real_end": "2021-11-10T07:41:00+00:00",
                "present": 1,
            }
        ],
        "lines": [
            {
                "name": "សុខ ដារា",
                "organisation": "NPIC",
                "country": "Cambodia",
                "constituent": "government",
                "proof": "R",
                "joined_at": "2021-11-10T06:52:00+00:00",
                "left_at": "2021-11-10T10:01:00+00:00",
                "minutes": 182,
                "segments": ["welcome"],
            }
        ],
        "open": [{"name": "iPad", "hint": "s…@example.org", "minutes": 12, "reason": "nobody registered so"}],
        "absent": [absent()],
        "peak": {"present": 1, "at": "2021-11-10T08:12:00+00:00"},
        "median_minutes": 182,
        "rows": {"in": 4, "aside": 1},
        **other,
    }


def sheet(title: str, **other: Any) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(tables.xlsx(report(**other))))
    return book.get_sheet_by_name(title).to_python()


PRINTED_LETTERS = 146  # of the standard font, between the narrowest margins of A4 landscape that we use


@dataclass(frozen=True)
class Layout:
    widths: list[float]  # of the columns, in letters
    heights: list[float]  # of the rows, in points
    pages: dict[str, str]


def people_layout(document: dict[str, Any]) -> Layout:
    with zipfile.ZipFile(io.BytesIO(tables.xlsx(document))) as archive:
        root = ElementTree.fromstring(archive.read("xl/worksheets/sheet4.xml"))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    columns = [
        one for one in root.iter(f"{space}col") for _ in range(int(one.get("min", 0)), int(one.get("max", 0)) + 1)
    ]
    return Layout(
        [float(one.get("width", 0)) for one in columns],
        [float(one.get("ht", 15)) for one in root.iter(f"{space}row")],
        next(root.iter(f"{space}pageSetup")).attrib,
    )


def test_people_are_everybody_with_their_status() -> None:
    """Attended, absent and open in one table, with the times of the programme's place."""
    rows = list(csv.reader(io.StringIO(tables.csv(report()).decode("utf-8-sig"))))

    assert rows == [
        [
            "Status",
            "Name",
            "Organisation",
            "Country",
            "Constituent",
            "Joined, Bangkok (UTC+7)",
            "Left, Bangkok (UTC+7)",
            "Minutes",
            "Segments",
            "Known by",
        ],
        [
            "attended",
            "សុខ ដារា",
            "NPIC",
            "Cambodia",
            "government",
            "2021-11-10 13:52",
            "2021-11-10 17:01",
            "182",
            "Welcoming remarks",
            "registrant id",
        ],
        ["absent", "Daw Khin", "CVT", "Myanmar", "training institution", "", "", "0", "", ""],
        ["open", "iPad", "", "", "", "", "", "12", "", "nobody registered so"],
    ]


def test_csv_tells_excel_its_encoding() -> None:
    """Without the mark Excel shows Khmer as garbage."""
    assert tables.csv(report()).startswith(b"\xef\xbb\xbfStatus,")


@pytest.mark.parametrize("text", HOSTILE)
def test_O01_csv_cell_is_never_a_formula(text: str) -> None:
    """A leading apostrophe keeps it text in every spreadsheet program."""
    content = tables.csv(report(absent=[absent(text, text)])).decode("utf-8-sig")

    row = next(row for row in csv.reader(io.StringIO(content, newline="")) if row[0] == "absent")
    assert row[1:3] == [f"'{text}", f"'{text}"]


@pytest.mark.parametrize("text", HOSTILE)
def test_O01_xlsx_cell_is_never_a_formula(text: str) -> None:
    """It is stored as the text that it is, and no sheet holds a formula or a link."""
    content = tables.xlsx(report(absent=[absent(text, text)], title=text))

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 5
    assert not any(b"<f>" in one or b"<hyperlink" in one for one in sheets)
    assert sheet("People", absent=[absent(text, text)])[2][1] == text


def test_workbook_has_its_five_sheets() -> None:
    """Summary first: who opens the file sees the figures."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(tables.xlsx(report())))

    assert book.sheet_names == ["Summary", "Organisations", "Segments", "People", "Open"]
    assert sheet("Summary") == [
        ["Launching Ceremony", ""],
        ["", ""],
        ["Planned", "Wed 10 Nov 2021, 14:00–17:00 Bangkok (UTC+7)"],
        ["State", "Final: the same in two readings"],
        ["Registered", 3.0],
        ["Approved", 2.0],
        ["Attended", 1.0],
        ["Absent (approved, not seen)", 1.0],
        ["Open (seen, not known for certain)", 1.0],
        ["Most people at once", "1 at 15:12 Bangkok (UTC+7)"],
        ["Median stay in minutes", 182.0],
        ["Rows in Zoom's report", 4.0],
        ["of these in the waiting room, or before opening", 1.0],
        ["Time zone of all sheets", "Bangkok (UTC+7)"],
    ]


def test_organisations_have_no_share_where_nobody_was_approved() -> None:
    """Nothing is divided by nobody."""
    assert sheet("Organisations")[1:] == [
        ["Organisation", "NPIC", 3.0, 2.0, 1.0, 0.5, 182.0],
        ["Country", "Cambodia", 3.0, 2.0, 1.0, 0.5, 182.0],
        ["Constituent", "government", 1.0, 0.0, 0.0, "", 0.0],
    ]


def test_segments_say_what_present_means() -> None:
    """The planned and the real times, and from which stay on somebody was there."""
    head, row = sheet("Segments")

    assert head == [
        "Key",
        "Segment",
        "Planned start, Bangkok (UTC+7)",
        "Planned end, Bangkok (UTC+7)",
        "Real start, Bangkok (UTC+7)",
        "Real end, Bangkok (UTC+7)",
        "Present (half the time or more)",
    ]
    assert (row[:2], row[-1]) == (["welcome", "Welcoming remarks"], 1.0)


def test_sheet_of_people_is_readable_when_printed() -> None:
    """On A4 landscape no column is left out, the print keeps 70 % of its size, and a long name has room."""
    long_name = "Associate Professor Dr Somsanouk Phommachanhthalangsy Xayasombath"

    layout = people_layout(report(absent=[absent(), absent(long_name), absent("中" * 20)]))

    page = {key: layout.pages[key] for key in ("orientation", "paperSize", "fitToHeight")}
    assert page == {"orientation": "landscape", "paperSize": "9", "fitToHeight": "0"}
    assert len(layout.widths) == 10
    assert PRINTED_LETTERS / sum(layout.widths) >= 0.7
    assert layout.widths[1] >= 24
    assert layout.heights[0] >= 36  # the heads with the zone take two lines
    assert layout.heights[2:5] == [36, 72, 36]  # the constituent takes two lines, the long name four


def test_report_of_nobody_is_a_workbook() -> None:
    """A meeting to which nobody came has a report too."""
    nobody = {
        "organisations": [],
        "countries": [],
        "constituents": [],
        "segments": [],
        "lines": [],
        "open": [],
        "absent": [],
        "peak": {"present": 0, "at": None},
    }

    assert sheet("People", **nobody) == [
        [
            "Status",
            "Name",
            "Organisation",
            "Country",
            "Constituent",
            "Joined, Bangkok (UTC+7)",
            "Left, Bangkok (UTC+7)",
            "Minutes",
            "Segments",
            "Known by",
        ]
    ]


def test_same_report_gives_the_same_bytes() -> None:
    """A report that is made again after a crash is the same attachment."""
    assert tables.xlsx(report()) == tables.xlsx(report())


def test_O06_file_name_is_plain() -> None:
    """Letters, digits, dot, line and hyphen; a report that is not final says so in its name."""
    strange = {**report()["meeting"], "key": "../ລາວ x"}

    assert tables.file_name(report(), "xlsx") == "attendance-launch-2021-11-10.xlsx"
    assert tables.file_name(report(final=False), "csv") == "attendance-launch-2021-11-10-not-final.csv"
    assert tables.file_name(report(meeting=strange), "csv") == "attendance-..-x-2021-11-10.csv"
