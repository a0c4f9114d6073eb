"""Lists of pairs: what becomes a pair, and what is said of which cell."""

from __future__ import annotations

from meetbot.core import delegations
from meetbot.core.delegations import Pairing
from meetbot.files import pairs, programme
from meetbot.files.people import sheets
from tests.files.builders import RIGHT, workbook

ORGANISATIONS = programme.load(RIGHT, "p.yaml").organisations


def read(content: str | bytes) -> pairs.Pairs:
    sheet = sheets.parse(content.encode() if isinstance(content, str) else content, "pairs.csv")
    return pairs.parse(sheet, ORGANISATIONS)


def said(found: pairs.Pairs) -> list[str]:
    return [str(problem) for problem in found.problems]


def test_row_becomes_a_pair() -> None:
    """Columns in an order of their own, organisations by key or abbreviation; remarks are not read."""
    found = read("Weight,Peer,Remarks,Wish,Organisation\n3,NPIC,in the morning,Must,yunnan\n")

    assert found == pairs.Pairs((Pairing("yunnan", "npic", delegations.Wish.MUST, 3),), ())


def test_excel_list_with_a_title_above_is_read() -> None:
    """Wish and weight may be left out."""
    found = read(workbook([["Pairs of the week"], ["Organisation", "Peer"], ["npic", "Yunnan Technician College"]]))

    assert found == pairs.Pairs((Pairing("npic", "yunnan"),), ())


def test_each_cell_at_fault_is_named() -> None:
    """An unknown organisation, a wish and a weight of no meaning: the row is not taken."""
    found = read(workbook([["Organisation", "Peer", "Wish", "Weight"], ["npic", "yunan", "perhaps", "0"]]))

    assert found.pairs == ()
    assert said(found) == [
        "Registrations!B2: 'yunan' is not an organisation of the programme - did you mean 'yunnan'?",
        "Registrations!C2: 'perhaps' is not a wish - write must, like, no",
        "Registrations!D2: a pair without weight is never placed - write 1 or more, or the wish no",
    ]


def test_A01_a_pair_is_taken_once_and_of_two() -> None:
    """Turned round it is the same pair; nobody meets itself."""
    found = read("a,b\nnpic,yunnan\nyunnan,npic\nnpic,NPIC\n,\nnpic,\n")

    assert found.pairs == (Pairing("npic", "yunnan"),)
    assert said(found) == [
        "pairs.csv:3:1: this pair is given already in pairs.csv:2:1 - keep one of them",
        "pairs.csv:4:2: 'npic' cannot meet itself - name another organisation",
        "pairs.csv:6:2: the organisation is missing - write its key or its name",
    ]


def test_a_list_without_its_columns_is_refused() -> None:
    """Nothing is guessed; neither which of two columns is meant."""
    example = "name the columns in one row, such as: Organisation, Peer, Wish, Weight"

    assert said(read("Organisation,Wish\nnpic,must\n")) == [
        f"pairs.csv: two columns of organisations are needed - {example}"
    ]
    assert said(read("a,Organisation,b\nnpic,npic,yunnan\n")) == [
        "pairs.csv:1:2: two columns hold the same: also pairs.csv:1:1 - rename or remove one of them"
    ]
