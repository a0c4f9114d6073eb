"""The attendance report as Excel, CSV and PDF."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook

from meetbot.core.attendance import versions
from meetbot.core.model import Reader
from meetbot.files.report import delimited, forms, glyphs, naming, pdf, workbook
from tests.documents import START, Guest, document, open_line

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
DARA = Guest("សុខ ដារា", "NPIC")
HLA = Guest("Daw Khin", "CVT", minutes=None)
SHARES = ("Stayed 60 % or more", "Attended of approved")
PEOPLE = [
    "Status",
    "Name",
    "Organisation",
    "Country",
    "Constituent",
    "Role",
    "Joined, Bangkok (UTC+7)",
    "Left, Bangkok (UTC+7)",
    "Minutes",
    "Segments",
    "Known by",
]


def report(*guests: Guest, reader: Reader = Reader.ORGANISER, **other: Any) -> dict[str, Any]:
    """One who came, one who did not, and a line that is open."""
    one_open = {"open": 1, "open_lines": [open_line()]}
    return versions.version(document(guests or (DARA, HLA), **{**one_open, **other}), reader)


def sheets(version: dict[str, Any]) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook.xlsx(version)))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def words(content: bytes) -> str:
    """Whether this is a PDF is told by its first and last bytes; what it says stands compressed within."""
    assert content.startswith(b"%PDF-1.7") and content.rstrip().endswith(b"%%EOF")
    return content.decode("latin-1")


PRINTED_LETTERS = 146  # of the standard font, between the narrowest margins of A4 landscape that we use


@dataclass(frozen=True)
class Layout:
    widths: list[float]  # of the columns, in letters
    heights: list[float]  # of the rows, in points
    pages: dict[str, str]


def people_layout(version: dict[str, Any]) -> Layout:
    number = list(sheets(version)).index("People") + 1
    root = ElementTree.fromstring(part(workbook.xlsx(version), f"xl/worksheets/sheet{number}.xml"))
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
    assert rows(delimited.csv(report())) == [
        PEOPLE,
        [
            "attended",
            "សុខ ដារា",
            "NPIC",
            "Cambodia",
            "training institution",
            "participant",
            "2021-11-10 13:52",
            "2021-11-10 16:42",
            "170",
            "Welcoming remarks",
            "registrant id",
        ],
        ["absent", "Daw Khin", "CVT", "Myanmar", "training institution", "participant", "", "", "0", "", ""],
        [*("open", "iPad", "", "", "", ""), "2021-11-10 14:00", "2021-11-10 14:12", "12", "", "nobody registered so"],
    ]


def test_word_of_a_person_is_told_as_such() -> None:
    """Who said it stands beside whom they said it of; sex has its column where the form asked."""
    told = rows(delimited.csv(report(replace(DARA, proof="D", sex="female"), replace(HLA, sex=None))))

    assert told[0][6] == "Sex"
    assert [(row[0], row[6], row[-1]) for row in told[1:3]] == [
        ("attended", "female", "declared by officer"),
        ("absent", "not stated", ""),
    ]


def test_donors_csv_is_the_groups_alone() -> None:
    """With the figures of small groups hidden."""
    guests = [replace(DARA, name=f"Guest {number}") for number in range(7)]

    told = rows(delimited.csv(report(*guests, HLA, reader=Reader.DONOR)))

    assert told[:2] == [
        [*("By", "Group", "Sex", "Invited", "Registered", "Approved", "Attended"), *SHARES],
        ["Everybody", "", "", "40", "8", "8", "7", "7", "88%"],
    ]
    assert ["Country", "Myanmar", "", "8", *["hidden"] * 4, ""] in told


def test_csv_tells_excel_its_encoding() -> None:
    """Without the mark Excel shows Khmer as garbage."""
    assert delimited.csv(report()).startswith(b"\xef\xbb\xbfStatus,")


@pytest.mark.parametrize("text", HOSTILE)
def test_O01_csv_cell_is_never_a_formula(text: str) -> None:
    """A leading apostrophe keeps it text in every spreadsheet program."""
    told = rows(delimited.csv(report(DARA, Guest(text, text, minutes=None))))

    assert next(row for row in told if row[0] == "absent")[1:3] == [f"'{text}", f"'{text}"]


@pytest.mark.parametrize("text", HOSTILE)
def test_O01_xlsx_cell_is_never_a_formula(text: str) -> None:
    """It is stored as the text that it is, and no sheet holds a formula or a link."""
    version = report(DARA, Guest(text, text, minutes=None), remarks=[text], changes=[text])
    content = workbook.xlsx(version)

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        pages = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(pages) == 7
    assert not any(b"<f>" in one or b"<hyperlink" in one for one in pages)
    assert sheets(version)["People"][2][1] == text


def test_workbook_has_its_sheets() -> None:
    """Summary first: who opens the file sees the figures."""
    found = sheets(report())

    assert list(found) == ["Summary", "Groups", "Segments", "Presence", "People", "Open", "Crossings"]
    assert found["Summary"] == [
        ["The launch", ""],
        ["", ""],
        ["Result", "1 attended (1 proven, 0 declared), 1 line open"],
        ["Planned", "Wed 10 Nov 2021, 14:00–17:00 Bangkok (UTC+7)"],
        ["State", "Final: the same in two readings"],
        ["Invited (places)", 40.0],
        ["Registered", 2.0],
        ["Approved", 2.0],
        ["Attended", 1.0],
        ["Stayed 60 % of the time or more", 1.0],
        ["Came more than 5 minutes late", 0.0],
        ["Lines open (seen, not known for certain)", 1.0],
        ["Most people at once", "1 at 14:00 Bangkok (UTC+7)"],
        ["Median stay in minutes", 170.0],
        ["Rows in Zoom's report", 2.0],
        ["of these in the waiting room, or before opening", 1.0],
        ["Time zone of all tables", "Bangkok (UTC+7)"],
    ]


def test_workbook_for_a_donor_has_no_sheet_with_names() -> None:
    """And nobody's name anywhere in the file, its hidden parts included."""
    guests = [replace(DARA, name=f"Secret {number}") for number in range(7)]
    version = report(*guests, reader=Reader.DONOR, remarks=["Secret 1: damaged"])

    content = workbook.xlsx(version)

    assert list(sheets(version)) == ["Summary", "Groups", "Segments"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert [name for name in archive.namelist() if b"Secret" in archive.read(name)] == []
    assert "Hidden" in [row[0] for row in sheets(version)["Summary"]]


def test_workbook_over_several_meetings_has_them_as_a_sheet() -> None:
    """In place of segments, which each of them has its own."""
    short = {"key": "launch", "title": "The launch", "starts_at": START.isoformat(), "zone": "Asia/Bangkok"}
    several = [{**short, "state": "final", "attended": 2, "open": 0}]

    found = sheets(report(meetings=several))

    assert list(found) == ["Summary", "Groups", "Meetings", "People", "Open", "Crossings"]
    assert found["Meetings"][1] == ["launch", "The launch", "Wed 10 Nov 2021, 14:00 Bangkok (UTC+7)", "final", 2.0, 0.0]


def test_groups_have_no_share_where_nobody_was_approved() -> None:
    """Nothing is divided by nobody."""
    found = [row for row in sheets(report())["Groups"] if row[0] == "Organisation"]

    assert found[1:4] == [
        ["Organisation", "NPIC", "", 8.0, 1.0, 1.0, 1.0, 1.0, 1.0],
        ["Organisation", "Lao-Korea Institute", "", 8.0, 0.0, 0.0, 0.0, 0.0, ""],
        ["Organisation", "CVT", "", 8.0, 1.0, 1.0, 0.0, 0.0, 0.0],
    ]


def test_groups_have_no_share_where_more_came_than_were_approved() -> None:
    """A hall of twelve of whom two had registered is not an attendance of 600 %."""
    beside = Guest("Chan Lina", proof="D", approved=False)

    everybody = sheets(report(DARA, beside))["Groups"][1]

    assert everybody[5:] == [1.0, 2.0, 2.0, ""]


def test_segments_say_what_present_means() -> None:
    """The planned and the real times, and from which stay on somebody was there."""
    head, row = sheets(report())["Segments"]

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


def test_chart_tells_its_figures_to_who_cannot_see_it() -> None:
    """The alternative text has every country with attended of approved; the series are those of the sheet Groups."""
    content = workbook.xlsx(report())

    drawing, chart = part(content, "xl/drawings/drawing1.xml"), part(content, "xl/charts/chart1.xml")
    assert (
        'descr="Attended of approved, by country: '
        'Cambodia 1 of 1; Lao PDR 0 of 0; Myanmar 0 of 1; China 0 of 0."' in drawing
    )
    assert re.findall(r"<c:f>([^<]+)</c:f>", chart) == [
        "Groups!$F$1",
        "Groups!$B$5:$B$8",
        "Groups!$F$5:$F$8",
        "Groups!$G$1",
        "Groups!$B$5:$B$8",
        "Groups!$G$5:$G$8",
    ]
    assert [row[1] for row in sheets(report())["Groups"][4:8]] == ["Cambodia", "Lao PDR", "Myanmar", "China"]


def test_sheets_are_tables_whose_heads_stay_in_sight() -> None:
    """A screen reader and a pivot find the heads; an empty sheet is no broken table."""
    content = workbook.xlsx(report(open=0, open_lines=[]))

    assert '<tableColumn id="1" name="By"' in part(content, "xl/tables/table1.xml")
    assert 'ySplit="1"' in part(content, "xl/worksheets/sheet2.xml")
    assert "<autoFilter" in part(content, "xl/worksheets/sheet6.xml")  # Open, of which there is nothing


def test_sheet_of_people_is_readable_when_printed() -> None:
    """On A4 landscape no column is left out, the print keeps two thirds of its size, and a long name has room."""
    long_name = "Associate Professor Dr Somsanouk Phommachanhthalangsy Xayasombath"

    layout = people_layout(report(DARA, HLA, replace(HLA, name=long_name), replace(HLA, name="中" * 20)))

    page = {key: layout.pages[key] for key in ("orientation", "paperSize", "fitToHeight")}
    assert page == {"orientation": "landscape", "paperSize": "9", "fitToHeight": "0"}
    assert len(layout.widths) == 11
    assert PRINTED_LETTERS / sum(layout.widths) >= 0.66
    assert layout.widths[1] >= 24
    assert layout.heights[0] >= 36  # the heads with the zone take two lines
    assert layout.heights[2:5] == [36, 72, 36]  # the constituent takes two lines, the long name four


def test_report_of_nobody_is_a_file_of_each_form() -> None:
    """A meeting to which nobody came has a report too, for everybody."""
    for reader in Reader:
        nothing = report(
            Guest("-", minutes=None, approved=False), reader=reader, segments=[], open_lines=[], presence=[]
        )
        assert all(make(nothing) for _, make in forms.FORMS.values())


@pytest.mark.parametrize("ending", forms.FORMS)
@pytest.mark.parametrize("reader", Reader)
def test_same_report_gives_the_same_bytes(ending: str, reader: Reader) -> None:
    """A report that is made again after a crash, or after an erasure, is the same file."""
    whole = document([DARA, HLA])

    assert forms.files(whole, reader, [ending]) == forms.files(whole, reader, [ending])


def test_O06_file_name_is_plain() -> None:
    """Letters, digits, dot, line and hyphen; one for donors and one that is not final say so in their names."""
    strange = {**report()["meeting"], "key": "../ລາວ x"}
    later = {**report()["meeting"], "ends_at": (START + timedelta(days=9)).isoformat()}

    assert naming.file_name(report(), "xlsx") == "attendance-launch-2021-11-10.xlsx"
    assert naming.file_name(report(final=False), "csv") == "attendance-launch-2021-11-10-not-final.csv"
    assert naming.file_name(report(reader=Reader.DONOR), "pdf") == "attendance-launch-2021-11-10-donor.pdf"
    assert naming.file_name(report(meeting=later), "pdf") == "attendance-launch-2021-11-10-to-2021-11-19.pdf"
    assert naming.file_name(report(meeting=strange), "csv") == "attendance-..-x-2021-11-10.csv"


def test_O07_pdf_is_tagged_and_has_the_fonts_of_five_scripts() -> None:
    """PDF/UA-1; Latin, Khmer, Lao and Burmese from our own fonts, whatever the machine has."""
    names = ["ສີສຸກ ຜູ້ນ້ຳ", "ကျော်ဇော ဥက္ကဋ္ဌ", "សុខ ស្ត្រី", "Sok Dara"]

    content = words(pdf.pdf(report(*(Guest(name) for name in names))))

    assert "<pdfuaid:part>1</pdfuaid:part>" in content
    assert "/MarkInfo" in content
    for font in ("NotoSans-Regular", "NotoSans-Bold", "NotoSansKhmer", "NotoSansLao", "NotoSansMyanmar"):
        assert f"+{font}" in content


def test_O01_P37_what_people_typed_is_no_command_of_the_page() -> None:
    """Typst's own signs in a name are letters; a page that ran them would stop with an error."""
    hostile = ["#panic()", "*x* $y$ _z_", '"]; #read("/etc/passwd")', "\\ // /* ` @me <label>", "= Heading"]

    assert words(pdf.pdf(report(*(Guest(name) for name in hostile), remarks=hostile, changes=hostile)))


def test_O07_letters_that_no_font_has_are_named() -> None:
    """Typst draws a box for them and says nothing."""
    assert glyphs.missing(["Sok Dara", "សុខ ដារា", "ຄຳໝັ້ນ", "ကျော်ဇော\u200b", "Ngô Đức"]) == ""
    assert glyphs.missing(["Sok \U000f0002 \U000f0001", "Dara"]) == "\U000f0001\U000f0002"
