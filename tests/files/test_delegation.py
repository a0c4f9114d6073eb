"""The people of a delegation as a focal point writes or pastes them."""

from __future__ import annotations

import pytest

from meetbot.core.bilaterals import Delegate
from meetbot.core.model import Sex
from meetbot.files import delegation

DARA, DIRECTOR = ("npic", "Sok Dara", "dara@npic.example"), "Director, International Office"


@pytest.mark.parametrize(
    ("line", "position", "sex"),
    [
        (f"Sok Dara <dara@npic.example>, {DIRECTOR}, female", DIRECTOR, Sex.FEMALE),
        ("Sok Dara <dara@npic.example>, ស្រី", "", Sex.FEMALE),
        ("Sok Dara <dara@npic.example>，男", "", Sex.MALE),
        ("Sok Dara\tdara@npic.example\tDirector\tF", "Director", Sex.FEMALE),
        ("Sok Dara\tdara@npic.example\t\tM", "", Sex.MALE),
        ("Sok Dara; dara@npic.example; Director; prefer not to say", "Director", None),
        (f"Sok Dara <dara@npic.example>, {DIRECTOR}", DIRECTOR, None),
        ("Sok Dara <dara@npic.example>", "", None),
    ],
)
def test_the_sex_may_stand_behind_the_position_where_the_programme_asks(
    line: str, position: str, sex: Sex | None
) -> None:
    """In the words that a list of registrations takes, and written again as it can be read."""
    people = delegation.read(line, "npic", asks_sex=True)

    assert people == (Delegate(*DARA, position, sex=sex),)
    assert delegation.read(delegation.text(people, asks_sex=True), "npic", asks_sex=True) == people


def test_where_the_programme_does_not_ask_it_is_neither_read_nor_shown() -> None:
    """What stands behind the address is the position, whatever it says."""
    (dara,) = delegation.read("Sok Dara <dara@npic.example>, Director, female", "npic", asks_sex=False)

    assert dara == Delegate(*DARA, "Director, female")
    assert delegation.text([Delegate(*DARA, "Director", sex=Sex.FEMALE)], asks_sex=False) == (
        "Sok Dara <dara@npic.example>, Director"
    )
