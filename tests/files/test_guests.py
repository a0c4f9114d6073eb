"""Who sat before a screen, as people write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from meetbot.core.attendance.guests import Guest
from meetbot.core.model import Sex
from meetbot.errors import ProgrammeError, UserError
from meetbot.files import guests


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Sok Dara", Guest("Sok Dara", "npic")),
        ("  Sok Dara , female", Guest("Sok Dara", "npic", Sex.FEMALE)),
        ("Sok Dara; Ministry of Labour", Guest("Sok Dara", "Ministry of Labour")),
        ("Sok Dara <Dara@npic.example>, F", Guest("Sok Dara", "npic", Sex.FEMALE, "Dara@npic.example")),
        ("Sok Dara\tdara@npic.example\tcvt", Guest("Sok Dara", "cvt", None, "dara@npic.example")),
        ("李娜，女", Guest("李娜", "npic", Sex.FEMALE)),
    ],
)
def test_one_person_on_a_line(line: str, expected: Guest) -> None:
    """With sex, organisation and address where they are written, in whatever order."""
    assert guests.read(line, "npic") == (expected,)


def test_every_line_that_cannot_be_read_is_named() -> None:
    with pytest.raises(UserError) as refused:
        guests.read("Sok Dara\n12345\nKeo <not an address>")

    assert [one.partition(":")[0] for one in refused.value.problems] == ["Line 2", "Line 3"]


def test_nobody_is_no_answer() -> None:
    with pytest.raises(UserError, match="Nobody is named: write one name on a line"):
        guests.read("\n  \n")


def test_a_list_needs_a_column_of_names_alone(tmp_path: Path) -> None:
    """Other columns are read where they are there; a cell that cannot be taken is named."""
    good, bad, none = tmp_path / "good.csv", tmp_path / "bad.csv", tmp_path / "none.csv"
    good.write_text("Training hall\nNo,Full name,Gender\n1,Keo Sophal,M\n2,Ung Bopha,\n")
    bad.write_text("Name,E-mail\nKeo Sophal,not an address\n")
    none.write_text("Who,Where\nKeo Sophal,here\n")

    assert guests.listed(good, "npic") == (Guest("Keo Sophal", "npic", Sex.MALE), Guest("Ung Bopha", "npic"))
    with pytest.raises(ProgrammeError, match=r"bad\.csv:2"):
        guests.listed(bad)
    with pytest.raises(ProgrammeError, match="a column of names is needed"):
        guests.listed(none)
