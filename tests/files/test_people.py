"""Lists of people as CSV: what becomes a form, and what is said of which cell."""

from __future__ import annotations

import pytest

from meetbot import errors
from meetbot.core import model
from meetbot.files.people import sheets
from tests.files.builders import form, preview, said

HEADER = "Name,E-mail,Organisation\n"


def test_row_becomes_a_form() -> None:
    """All columns, in an order of their own."""
    found = preview(
        "Country,Position,Programme role,E-mail,Time zone,Language,Organization,Full name\n"
        "Cambodia,Director,dara,Sok@NPIC.example,Asia/Bangkok,Khmer,NPIC,Ms Sok Dara\n"
    )

    assert found.forms == (
        form(
            "Sok@npic.example",
            "Ms Sok Dara",
            organisation="NPIC",
            position="Director",
            country="Cambodia",
            language="km",
            zone="Asia/Bangkok",
            person="dara",
        ),
    )
    assert found.problems == ()
    assert found.mapping == {
        "Country": "country",
        "Position": "position",
        "Programme role": "person",
        "E-mail": "address",
        "Time zone": "zone",
        "Language": "language",
        "Organization": "organisation",
        "Full name": "name",
    }


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfname,email\nSok Dara,sok@npic.example\n",
        b"name,email\r\nSok Dara,sok@npic.example\r\n",
        b"name,email\rSok Dara,sok@npic.example\r",
        b"\n\nname,email\nSok Dara,sok@npic.example\n,\n\n",
    ],
)
def test_L01_marks_line_ends_and_blank_lines_do_not_matter(content: bytes) -> None:
    """The first column is found behind a byte order mark."""
    assert preview(content).forms == (form("sok@npic.example", "Sok Dara"),)


def test_L02_gb18030_is_read_and_shown() -> None:
    """Chinese Excel saves so; the rare sign stays what it is, and a person looks."""
    found = preview("姓名,邮箱,单位\n王䶮,wangyan@example.cn,NPIC\n".encode("gb18030"))

    assert found.forms == (form("wangyan@example.cn", "王䶮", organisation="NPIC"),)
    assert said(found) == [
        "warning: list.csv:1:1: the file was read as GB18030: look whether the names are right"
        " - if not, save it from Excel as 'CSV UTF-8'"
    ]


def test_L03_utf16_with_tabs_is_read_and_shown() -> None:
    """Excel calls it Unicode text."""
    found = preview("name\temail\nសុខ ដារា\tsok@npic.example\n".encode("utf-16"))

    assert found.forms == (form("sok@npic.example", "សុខ ដារា"),)
    assert said(found) == [
        "warning: list.csv:1:1: the file was read as UTF-16",
        "warning: list.csv:1:1: fields are separated by tabs",
    ]


@pytest.mark.parametrize(
    ("text", "encoding", "line"),
    [
        ("name,email\nRenée,a@b.org\nAndré École,b@b.org\n", "cp1252", 2),
        ("name,email\nRenée,a@b.org\n", "cp1252", 2),  # valid GB18030, and garbage
        ("ชื่อ,email\nสมชาย ใจดี,b@b.org\nนางสาว สวย,c@b.org\n", "tis-620", 1),
    ],
)
def test_L04_encoding_that_cannot_be_told_is_refused(text: str, encoding: str, line: int) -> None:
    """No garbage is stored as a name."""
    with pytest.raises(errors.ProgrammeError) as refused:
        preview(text.encode(encoding))

    assert refused.value.problems == (
        f"list.csv:{line}:1: the file is not UTF-8, and its encoding cannot be told"
        " - save it from Excel as 'CSV UTF-8'",
    )


@pytest.mark.parametrize(("sign", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_L05_separator_is_found_and_shown(sign: str, word: str) -> None:
    """The one by which the header is known."""
    found = preview(f"name{sign}email{sign}organisation\nSok, Dara{sign}sok@npic.example{sign}NPIC\n")

    assert found.forms == (form("sok@npic.example", "Sok, Dara", organisation="NPIC"),)
    assert said(found) == [f"warning: list.csv:1:1: fields are separated by {word}"]


def test_L06_header_below_a_title_is_found_and_shown() -> None:
    """Offices put a title above their tables."""
    found = preview("List of participants\n\nName,E-mail\nSok Dara,sok@npic.example\n")

    assert found.forms == (form("sok@npic.example", "Sok Dara"),)
    assert said(found) == ["warning: list.csv:3:1: row 3 is taken as the header"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            "Sok Dara,sok@npic.example\n",
            "list.csv: no column holds mail addresses"
            " - name the columns in one row, such as: Name, E-mail, Organisation, Position, Country",
        ),
        (
            "organisation,email\nNPIC,sok@npic.example\n",
            "list.csv:1:1: no column holds names"
            " - name the columns in one row, such as: Name, E-mail, Organisation, Position, Country",
        ),
        (
            "name,email,E-mail\nSok,a@b.org,c@d.org\n",
            "list.csv:1:3: two columns hold the address: also list.csv:1:2 - rename or remove one of them",
        ),
        ("name,email\n,\n", "list.csv: no people found below the header - add a row for each person"),
    ],
)
def test_L06_L08_list_without_a_use_is_refused(content: str, problem: str) -> None:
    """Nothing of it is taken, and it is said what is missing."""
    found = preview(content)

    assert found.forms == ()
    assert said(found) == [problem]


@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff"])
def test_L08_empty_file_is_refused(content: str) -> None:
    """An empty file is not an empty list."""
    with pytest.raises(errors.ProgrammeError) as refused:
        preview(content)

    assert refused.value.problems == ("list.csv: the file is empty - name the list of people",)


@pytest.mark.parametrize(
    "header",
    [
        "姓名,邮箱,单位",
        "ឈ្មោះ,អ៊ីមែល,ស្ថាប័ន",
        "ຊື່,ອີເມວ,ອົງການ",
        "အမည်,အီးမေးလ်,အဖွဲ့အစည်း",
        "NAME , E-MAIL ,Organisation (full name)",
        "Name / 姓名,Email address / 邮箱,Institution / 单位",
    ],
)
def test_L07_headers_in_five_languages(header: str) -> None:
    """Alone or beside a translation."""
    found = preview(f"{header}\nSok Dara,sok@npic.example,NPIC\n")

    assert found.forms == (form("sok@npic.example", "Sok Dara", organisation="NPIC"),)


def test_L07_first_and_last_name_are_joined() -> None:
    """In that order, as Zoom shows them."""
    assert preview("Surname,First name,Email\nSok,Dara,a@b.org\n").forms == (form("a@b.org", "Dara Sok"),)


def test_L09_open_quote_is_refused_at_its_line() -> None:
    """The rest of the file never becomes one giant cell."""
    with pytest.raises(errors.ProgrammeError) as refused:
        preview('name,email\na,a@b.org\nb,b@b.org\nc,c@b.org\n"d,d@b.org\ne,e@b.org\n')

    assert refused.value.problems == (
        "list.csv:5:1: a quote is opened here and not closed - close the quote, or remove it",
    )


def test_problem_below_a_cell_of_two_lines_names_its_line() -> None:
    """The line of the file, as an editor counts it."""
    found = preview(HEADER + 'A,a@b.org,"NPIC\n"\nB,,NPIC\n')

    assert found.forms == (form("a@b.org", "A", organisation="NPIC"),)
    assert said(found) == ["list.csv:4:2: the mail address is missing - write it, or leave the person out"]


def test_L10_row_with_too_many_or_too_few_fields_is_refused_and_others_go_on() -> None:
    """A lost quote moves every field behind it."""
    found = preview(HEADER + "A,a@b.org\nB,b@b.org,Lao, Vientiane\nC,c@b.org,NPIC,,\n")

    assert found.forms == (form("c@b.org", "C", organisation="NPIC"),)
    assert said(found) == [
        "list.csv:2:1: the row has 2 fields, the header 3 - put a text that holds the separator in quotes",
        "list.csv:3:1: the row has 4 fields, the header 3 - put a text that holds the separator in quotes",
    ]


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1b", "\x7f"])
def test_L11_sign_that_does_not_show_refuses_its_row(sign: str) -> None:
    """In any column."""
    found = preview(f"{HEADER}A,a@b.org,NP{sign}IC\nB,b@b.org,NPIC\n")

    assert found.forms == (form("b@b.org", "B", organisation="NPIC"),)
    assert said(found) == [f"list.csv:2:3: the invisible sign U+{ord(sign):04X} stands in the text - remove it"]


def test_L11_lost_sign_is_pointed_out() -> None:
    """The replacement character tells of an earlier accident."""
    found = preview(f"{HEADER}Andr\ufffd,a@b.org,NPIC\n")

    assert found.forms == (form("a@b.org", "Andr\ufffd", organisation="NPIC"),)
    assert said(found) == ["warning: list.csv:2:1: a sign was lost when the file was saved - write it again"]


def test_L12_list_beyond_the_limit_is_refused() -> None:
    """Ten thousand people are enough for one list."""
    with pytest.raises(errors.ProgrammeError) as refused:
        preview(HEADER + "A,a@b.org,NPIC\n" * 10_020)

    assert refused.value.problems == ("list.csv: the list has more than 10000 rows - split it",)


def test_L12_giant_cell_is_refused() -> None:
    """A cell of 200 KB is not a name."""
    with pytest.raises(errors.ProgrammeError) as refused:
        preview(HEADER + "x" * 200_000 + ",a@b.org,NPIC\n")

    assert refused.value.problems == (
        "list.csv:2:1: field larger than field limit (131072) - close the quote, or remove it",
    )


def test_L13_one_person_twice_is_taken_once() -> None:
    """The same name and the same address, however written."""
    found = preview(HEADER + "Sok Dara,sok@npic.example,NPIC\nSOK  Dara,SOK@NPIC.example,\n")

    assert found.forms == (form("sok@npic.example", "Sok Dara", organisation="NPIC"),)
    assert said(found) == ["warning: list.csv:3:2: SOK Dara is in row 2 already: taken once"]


def test_L14_two_people_with_one_address_are_both_taken() -> None:
    """An office address serves many; each gets a letter by name."""
    found = preview(HEADER + "Sok Dara,office@npic.example,NPIC\nChan Thy,office@npic.example,NPIC\n")

    assert found.forms == (
        form("office@npic.example", "Sok Dara", organisation="NPIC"),
        form("office@npic.example", "Chan Thy", organisation="NPIC"),
    )
    assert said(found) == [
        "warning: list.csv:3:2: Chan Thy and Sok Dara (row 2) share one address: both are taken"
        " - give each their own address where possible"
    ]


def test_N16_one_name_with_two_addresses_is_two_people() -> None:
    """Nobody is merged by name; within one organisation it is pointed out."""
    found = preview(
        HEADER + "Sok Dara,a@npic.example,NPIC\nSok Dara,b@npic.example,NPIC\n"
        "Sok Dara,c@yunnan.example,Yunnan Technician College\n"
    )

    assert [one.address for one in found.forms] == ["a@npic.example", "b@npic.example", "c@yunnan.example"]
    assert said(found) == [
        "warning: list.csv:3:2: Sok Dara is also in row 2, with another address: both are taken"
        " - remove one if it is the same person"
    ]


def test_L15_L16_addresses_are_fixed_or_refused_by_cell() -> None:
    """A fix is shown with what it became; what cannot be decided is left to a person."""
    found = preview(HEADER + 'A,"""Sok, Dara"" <sok@npic.example>",NPIC\nB,a@x.org; b@y.org,NPIC\nC,,NPIC\n')

    assert found.forms == (form("sok@npic.example", "A", organisation="NPIC"),)
    assert said(found) == [
        "warning: list.csv:2:2: '\"Sok, Dara\" <sok@npic.example>' is read as sok@npic.example",
        "list.csv:3:2: two addresses stand in one place - write a@x.org and b@y.org apart",
        "list.csv:4:2: the mail address is missing - write it, or leave the person out",
    ]


def test_L24_a_list_is_taken_into_the_chosen_meeting_alone() -> None:
    """A column that names another programme or meeting is said not to be read, and puts nobody there."""
    found = preview("Name,E-mail,Programme,Meeting\nA,a@npic.example,Another network,closing\n")

    assert found.forms == (form("a@npic.example", "A"),)
    assert said(found) == ["warning: list.csv:1:1: columns that are not read: Programme, Meeting"]


def test_L26_people_pasted_from_a_mail_into_one_cell_are_named_one_by_one() -> None:
    """Their row is left out with each address that stands in it; nobody is picked from among them."""
    pasted = "Sok Dara <sok@npic.example>, Lin <lin@yunnan.example>"
    found = preview(HEADER + f'A,"{pasted}",NPIC\nB,"{pasted}; <may@npic.example>",NPIC\n')

    assert found.forms == ()
    assert said(found) == [
        "list.csv:2:2: two addresses stand in one place - write sok@npic.example and lin@yunnan.example apart",
        "list.csv:3:2: 3 addresses stand in one place"
        " - write sok@npic.example and lin@yunnan.example and may@npic.example apart",
    ]


def test_L17_formula_stays_text() -> None:
    """It is an organisation with a strange name, and waits for a person."""
    formula = '=HYPERLINK("http://evil.example","click")'
    found = preview(HEADER + 'A,a@b.org,"=HYPERLINK(""http://evil.example"",""click"")"\n')

    assert found.forms == (form("a@b.org", "A", organisation=formula),)
    assert said(found) == [
        f"warning: list.csv:2:3: '{formula}' is not an invited organisation: waits for a person to look"
    ]


@pytest.mark.parametrize("role", ["admin", "host", "panelist", "speaker"])
def test_L19_list_gives_no_rights(role: str) -> None:
    """A role is a part in the programme, named by key or name, and nothing else."""
    found = preview(f"Name,E-mail,Role\nA,a@b.org,{role}\n")

    assert found.forms == ()
    assert said(found) == [
        f"list.csv:2:3: '{role}' has no part in the programme - write the key or the name of a person of the programme"
    ]


def test_L18_column_of_approvals_is_not_read() -> None:
    """Approval is never taken from a list; that the column is left out is said."""
    found = preview("Name,E-mail,Approved\nA,a@b.org,yes\n")

    assert found.forms == (form("a@b.org", "A"),)
    assert found.skipped == ("Approved",)
    assert said(found) == ["warning: list.csv:1:1: columns that are not read: Approved"]


def test_L23_web_page_is_refused() -> None:
    """Whatever its name says."""
    with pytest.raises(errors.ProgrammeError) as refused:
        sheets.parse(b"<!DOCTYPE html><table></table>", "list.csv")

    assert refused.value.problems == (
        "list.csv: this is a web page, not a list - open it in Excel and save it as .xlsx",
    )


def test_N09_name_over_two_lines_is_refused() -> None:
    """A name never ends a header."""
    found = preview('Name,E-mail\n"Sok\nBcc: v@x.org",a@b.org\nB,b@b.org\n')

    assert found.forms == (form("b@b.org", "B"),)
    assert said(found) == ["list.csv:2:1: the invisible sign U+000A stands in the name - write the name again by hand"]


def test_wrong_zone_or_language_is_left_open() -> None:
    """The person is taken; the letters use what the organisation and the programme say."""
    found = preview("Name,E-mail,Language,Time zone\nA,a@b.org,Klingon,Asia/Beijing\n")

    assert found.forms == (form("a@b.org", "A"),)
    assert said(found) == [
        "warning: list.csv:2:3: 'Klingon' is not a language of the letters: left open"
        " - write one of en, km, lo, my, zh",
        "warning: list.csv:2:4: 'Asia/Beijing' is not an IANA time zone; did you mean 'Asia/Shanghai'?: left open",
    ]


@pytest.mark.parametrize(
    ("header", "written", "sex"),
    [
        ("Sex", "F", model.Sex.FEMALE),
        ("Gender", "Male", model.Sex.MALE),
        ("ភេទ", "ស្រី", model.Sex.FEMALE),
        ("ເພດ", "ຊາຍ", model.Sex.MALE),
        ("ကျား/မ", "မ", model.Sex.FEMALE),
        ("性别", "女", model.Sex.FEMALE),
        ("Sex / 性别", "other", model.Sex.OTHER),
        ("Sex", "prefer not to say", None),
        ("Sex", "", None),
        ("Sex", "-", None),
    ],
)
def test_sex_is_read_where_the_programme_asks_for_it(header: str, written: str, sex: model.Sex | None) -> None:
    """In five languages; whoever prefers not to say has answered too."""
    found = preview(f"Name,E-mail,{header}\nSok Dara,dara@npic.example,{written}\n", asks_sex=True)

    assert [(one.sex, found.problems) for one in found.forms] == [(sex, ())]


def test_sex_that_cannot_be_read_is_left_open_and_its_cell_named() -> None:
    """Nobody goes without their registration for it."""
    found = preview("Name,E-mail,Sex\nSok Dara,dara@npic.example,yes\n", asks_sex=True)

    assert [one.sex for one in found.forms] == [None]
    assert said(found) == [
        "warning: list.csv:2:3: 'yes' is no answer here: left open - write female, male or other, or leave it open"
    ]


def test_P33_sex_is_not_read_where_the_programme_does_not_ask_for_it() -> None:
    """A column that somebody's list happens to have is passed over, and the list says so."""
    found = preview("Name,E-mail,Sex\nSok Dara,dara@npic.example,F\n")

    assert [one.sex for one in found.forms] == [None]
    assert said(found) == ["warning: list.csv:1:1: columns that are not read: Sex"]
