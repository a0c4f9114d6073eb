"""The people of a delegation as somebody writes or pastes them: one on a line, "name <address>, position".

Where the programme asks for the sex, it may stand behind: "name <address>, position, female".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from meetbot.core.bilaterals import Delegate
from meetbot.core.model import Sex
from meetbot.errors import UserError
from meetbot.files import addresses, names, sexes, written

_LONGEST_POSITION = 120
_MOST_PEOPLE = 200
_IN_BRACKETS = re.compile(r"\"?(?P<name>[^\"<>]*?)\"?\s*<(?P<address>[^<>]+)>[\s,;，；]*(?P<position>.*)")
_BETWEEN = re.compile(r"\s*[\t,;，；]\s*")
# As copied from a table: tabs, or commas and semicolons, between the cells.
_IN_CELLS = re.compile(
    r"(?P<name>[^@]*?)\s*[\t,;]\s*(?P<address>[^\s,;<>]+@[^\s,;<>]+)\s*(?:[\t,;]\s*(?P<position>.*))?"
)


def read(text: str, organisation: str, *, asks_sex: bool) -> tuple[Delegate, ...]:
    """The people in the text, none twice. UserError with each line that cannot be read, and what to write instead.

    Without `asks_sex` whatever stands behind the address is the position.
    """
    people: dict[tuple[str, str], Delegate] = {}
    problems = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                one = _person(line.strip(), organisation, asks_sex)
            except written.Wrong as wrong:
                problems.append(f"Line {number}: {wrong.what}; {wrong.remedy}.")
            else:
                people[one.address.casefold(), one.name] = one
    if len(people) > _MOST_PEOPLE:
        problems.append(f"There are {len(people)} people; at most {_MOST_PEOPLE} can be named.")
    if problems:
        raise UserError(*problems)
    return tuple(people.values())


def text(people: Iterable[Delegate], *, asks_sex: bool) -> str:
    """The same people as lines that can be read again."""
    return "\n".join(
        ", ".join(filter(None, (f"{one.name} <{one.address}>", one.position, one.sex if asks_sex else "")))
        for one in people
    )


def _person(line: str, organisation: str, asks_sex: bool) -> Delegate:
    found = _IN_BRACKETS.fullmatch(line) or _IN_CELLS.fullmatch(line)
    if found is None:
        raise written.Wrong(
            "a name and a mail address were expected", "write it like this: Sok Dara <sok.dara@npic.example>, Director"
        )
    position, sex = _without_sex(found["position"] or "") if asks_sex else (found["position"] or "", None)
    position = names.line(position)
    if len(position) > _LONGEST_POSITION:
        raise written.Wrong("the position is too long", f"shorten it to {_LONGEST_POSITION} signs")
    return Delegate(organisation, names.read(found["name"]), addresses.read(found["address"]).value, position, sex=sex)


def _without_sex(behind: str) -> tuple[str, Sex | None]:
    """The position, and the sex where the last cell names one."""
    *before, last = _BETWEEN.split(behind)
    return (", ".join(before), sexes.read(last)) if sexes.is_one(last) else (behind, None)
