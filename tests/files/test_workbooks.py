"""Lists of people as Excel workbooks, honest and hostile."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from meetbot import errors
from meetbot.files import people, programme
from meetbot.files.people import sheets
from tests.files.builders import RIGHT, form, preview, said, with_entries, workbook

ROWS = (("Name", "E-mail", "Organisation"), ("Sok Dara", "sok@npic.example", "NPIC"))
SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def refusal(content: bytes) -> tuple[str, ...]:
    with pytest.raises(errors.ProgrammeError) as refused:
        sheets.parse(content, "list.xlsx")
    return tuple(refused.value.problems)


def cells(*named: str) -> bytes:
    """A worksheet with the value 1 in each of the cells."""
    rows = "".join(f'<row r="{name.lstrip("ABCDEFX")}"><c r="{name}"><v>1</v></c></row>' for name in named)
    return (
        f'<worksheet xmlns="{MAIN}"><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData></worksheet>'.encode()
    )


def test_workbook_becomes_forms(tmp_path: Path) -> None:
    """Numbers and dates in cells become the text that a person sees in them."""
    path = tmp_path / "list.xlsx"
    path.write_bytes(workbook([*ROWS, ("U Thant", "thant@npic.example", 2022), ("Lao", "lao@npic.example", 1.5)]))

    found = people.forms(people.read(path), programme=programme.load(RIGHT, "p.yaml"), meeting="talk")

    assert found.forms == (
        form("sok@npic.example", "Sok Dara", organisation="NPIC"),
        form("thant@npic.example", "U Thant", organisation="2022"),
        form("lao@npic.example", "Lao", organisation="1.5"),
    )
    assert [problem.place for problem in found.problems] == ["Registrations!C3", "Registrations!C4"]


def test_problem_names_the_cell_as_excel_does() -> None:
    """Sheet, column letter, row number."""
    found = preview(workbook([*ROWS, ("...", "a@b", "NPIC")]))

    assert [(problem.place, problem.what) for problem in found.problems] == [
        ("Registrations!A3", "there is no letter in the name"),
        ("Registrations!B3", "'a@b' is not a mail address"),
    ]


def test_S01_old_or_protected_excel_is_refused() -> None:
    """Both begin alike, and neither can be read."""
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600) == (
        "list.xlsx: this is an old or protected Excel file - save it without a password as .xlsx",
    )


@pytest.mark.parametrize("content", [b"PK\x03\x04 not a zip", workbook(ROWS)[:-40]])
def test_S02_damaged_archive_is_refused(content: bytes) -> None:
    """Also one that was cut off on its way."""
    assert refusal(content) == (
        "list.xlsx: the Excel file is damaged or protected - open it in Excel and save it as .xlsx",
    )


def test_S02_archive_that_is_no_workbook_is_refused() -> None:
    """Any zip file begins like a workbook."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.xml", "<a/>")

    assert refusal(packed.getvalue()) == (
        "list.xlsx: this is not an Excel workbook - open it in Excel and save it as .xlsx",
    )


def test_S02_web_page_called_xlsx_is_refused() -> None:
    """Many systems export tables so."""
    assert refusal(b"\xef\xbb\xbf<html><table>") == (
        "list.xlsx: this is a web page, not a list - open it in Excel and save it as .xlsx",
    )


@pytest.mark.parametrize(
    "xml",
    [
        b"<worksheet",
        b"<x:worksheet/>",
        b'<?xml version="1.0" encoding="ATF-8"?><worksheet/>',
        b'<a><row r="one"/></a>',
        b"",
    ],
)
@pytest.mark.parametrize("entry", ["xl/workbook.xml", SHEET])
def test_S02_damaged_xml_is_refused(entry: str, xml: bytes) -> None:
    """Whatever broke it, a person reads a sentence."""
    said = refusal(with_entries(workbook(ROWS), {entry: xml}))

    assert said in (
        ("list.xlsx: the Excel file is damaged - open it in Excel and save it as .xlsx",),
        ("list.xlsx: the workbook is empty - name the list of people",),
    )


def test_S03_zip_bomb_is_refused() -> None:
    """Thirty megabytes of blanks pack into thirty kilobytes."""
    bomb = with_entries(workbook(ROWS), {"xl/bomb.xml": b" " * (30 << 20)})

    assert len(bomb) < 100_000
    assert refusal(bomb) == ("list.xlsx: the Excel file unpacks to more than 20 MB - is this the list?",)


def test_S03_archive_that_lies_about_its_size_is_refused() -> None:
    """What an entry declares is not believed: it says one byte and holds thirty million."""
    bomb = with_entries(workbook(ROWS), {SHEET: b" " * (30 << 20)})
    honest = (30 << 20).to_bytes(4, "little")

    assert refusal(bomb.replace(honest, (1).to_bytes(4, "little"))) == (
        "list.xlsx: the Excel file is damaged or protected - open it in Excel and save it as .xlsx",
    )


def test_S03_too_many_entries_are_refused() -> None:
    """A workbook has dozens, not thousands."""
    many = with_entries(workbook(ROWS), {f"xl/{number}.xml": b"<a/>" for number in range(1100)})

    assert refusal(many) == ("list.xlsx: the Excel file unpacks to more than 20 MB - is this the list?",)


def test_S04_entities_are_refused() -> None:
    """Excel writes no document type, and none is followed."""
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>' + cells("A1")

    assert refusal(with_entries(workbook(ROWS), {SHEET: bomb})) == (
        "list.xlsx: the Excel file is damaged - open it in Excel and save it as .xlsx",
    )


def test_S05_declared_size_does_not_matter() -> None:
    """A sheet that claims a million rows and has one value is small."""
    sheet = sheets.parse(with_entries(workbook(ROWS), {SHEET: cells("A1")}), "list.xlsx")

    assert [row.cells for row in sheet.rows] == [("1",)]


@pytest.mark.parametrize("far", ["A1048576", "XFD1", "XFD1048576"])
def test_S05_value_far_away_is_refused(far: str) -> None:
    """A table up to there would fill the memory."""
    assert refusal(with_entries(workbook(ROWS), {SHEET: cells("A1", far)})) == (
        "list.xlsx: a sheet reaches beyond 10000 rows or 200 columns - delete what lies far off, or split the list",
    )


def test_S06_formula_gives_its_last_result_and_is_pointed_out() -> None:
    """Only Excel computes; what it computed last is there."""
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>Email</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>A</t></is></c>'
        '<c r="B2" t="str"><f>"a"&amp;"@b.org"</f><v>a@b.org</v></c></row>'
        "</sheetData></worksheet>"
    )

    found = preview(with_entries(workbook(ROWS), {SHEET: sheet.encode()}))

    assert found.forms == (form("a@b.org", "A"),)
    assert said(found) == ["warning: Registrations!A1: cells with formulas are read by their last result: 1"]


def test_S07_hidden_rows_are_read_and_pointed_out() -> None:
    """Nobody slips in unseen."""
    found = preview(workbook([*ROWS, ("B", "b@b.org", "NPIC")], hidden=[3], more=["Notes"]))

    assert [one.name for one in found.forms] == ["Sok Dara", "B"]
    assert said(found) == [
        "warning: Registrations!A3: hidden rows are read too: 3 - delete them if they do not count",
        "warning: Registrations!A1: only this sheet is read, not Notes",
    ]


def test_S09_date_where_a_name_belongs_is_refused() -> None:
    """A date is a number to Excel, and a number is no name."""
    found = preview(workbook([*ROWS, (date(2021, 11, 10), "a@b.org", "NPIC")]))

    assert [problem.place for problem in found.problems] == ["Registrations!A3"]


def test_S13_blank_rows_to_the_end_do_not_count() -> None:
    """Formats below the people are not people."""
    blank = '<row r="1048576"><c r="A1048576" s="1"/></row></sheetData>'
    with zipfile.ZipFile(io.BytesIO(workbook(ROWS))) as archive:
        sheet = archive.read(SHEET).decode().replace("</sheetData>", blank)

    assert preview(with_entries(workbook(ROWS), {SHEET: sheet.encode()})).forms == (
        form("sok@npic.example", "Sok Dara", organisation="NPIC"),
    )


def test_template_is_understood_when_it_comes_back() -> None:
    """Every column that is handed out is read, and its lists are not taken for people."""
    blank = people.template(programme.load(RIGHT, "p.yaml"))

    found = preview(blank)

    assert found.forms == ()
    assert found.skipped == ()
    assert set(found.mapping.values()) == {
        "name",
        "address",
        "organisation",
        "position",
        "country",
        "language",
        "zone",
        "person",
    }
    assert said(found) == ["Registrations: no people found below the header - add a row for each person"]
