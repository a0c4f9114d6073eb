"""Writes the tables of promises.md anew from the names of the tests; what stands above its marker is kept.

Run it after adding a test whose name carries an id: python docs/reference/promises.py
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

HOME = Path(__file__).parents[2]
PAGE = HOME / "docs/reference/promises.md"
MARKER = "<!-- Below this line: python docs/reference/promises.py -->"
_TEST = re.compile(r"^(?:async )?def (test_((?:[A-Z][0-9]{2}_)+)\w+)", re.M)
_FAMILIES = {
    "P": "Promises",
    "F": "Faults of Zoom, of mail servers, of the machine",
    "C": "The programme file and settings",
    "T": "Times and dates",
    "A": "Agendas and organisations",
    "L": "Lists of people",
    "S": "Excel files",
    "N": "Names",
    "E": "Mail addresses",
    "O": "What goes out",
    "M": "Answers of mail servers",
    "Z": "Answers of Zoom",
    "U": "Addresses of the web",
    "W": "What Zoom tells, and what somebody does there meanwhile",
    "X": "The command line",
    "H": "What is sent to our pages",
}
#: First and last of the numbers that are listed whether or not a test carries them.
_COMPLETE = (("F", 5, 19), ("F", 30, 39), ("W", 1, 28), ("Z", 1, 18))
#: What no test proves of a number, and why.
_NOT_PROVED = {
    "F05": "a word such as “Zoom is slow since 13:58”: status names what was put off, not a call that is under way",
    "F15": "who deleted a meeting, and when; that a licence is missed before somebody is to be added (doctor sees it)",
    "F19": "what the operator reads: the refused address is in the log only",
    "F33": "pages of our own that a mail leads to: there are none yet",
    "F34": "an address from which a mail program took away “+tag”: it counts as another one",
    "F36": "assigning a row to somebody by hand, and undoing it: there is no such command yet",
    "F37": "suggesting a person by name and organisation: rows without proof stay unmatched",
    "F39": "that a switched-off subscription is named as such: the alarm is that nothing is heard",
    "W25": "two thousand events in ten seconds: a hundred at once are tried",
    "Z05": "that a person is told after a day of waiting: the wait is cut to a day and begins anew",
    "Z15": "a warning that Zoom damaged a name",
    "Z18": "reading a report as it comes: it is read whole, up to ten megabytes",
}

Test = tuple[str, str]  # its name and its file


def proofs() -> dict[str, list[Test]]:
    """The tests that carry each id, in the order of their files."""
    found: dict[str, list[Test]] = defaultdict(list)
    for path in sorted((HOME / "tests").rglob("test_*.py")):
        for name, ids in _TEST.findall(path.read_text()):
            for one in ids.strip("_").split("_"):
                found[one].append((name, str(path.relative_to(HOME))))
    return found


def listed(found: Iterable[str]) -> set[str]:
    """Every id that has a row: those that tests carry, and all of the ranges that are listed completely."""
    ranges = {f"{letter}{number:02}" for letter, first, last in _COMPLETE for number in range(first, last + 1)}
    return {*found, *ranges}


def _tables(found: dict[str, list[Test]]) -> Iterator[str]:
    for letter, title in _FAMILIES.items():
        ids = sorted(one for one in listed(found) if one[0] == letter)
        if ids:
            yield f"## {letter}: {title}\n\n| | test | where |\n|---|---|---|\n" + "".join(_rows(found, ids))


def _rows(found: dict[str, list[Test]], ids: Iterable[str]) -> Iterator[str]:
    for one in ids:
        for name, path in found.get(one, ()):
            yield f"| {one} | `{name}` | [{path.removeprefix('tests/')}](../../{path}){_of_stand_in(path)} |\n"
        if gap := _NOT_PROVED.get(one, "" if one in found else "anything: no test carries this number"):
            yield f"| {one} | *not proved:* {gap} | |\n"


def _of_stand_in(path: str) -> str:
    """What the sandbox can play proves nothing about meetbot."""
    return " (the stand-in plays it)" if path.startswith("tests/sandbox/") else ""


def main() -> None:
    above, _, _ = PAGE.read_text().partition(MARKER)
    PAGE.write_text(f"{above.rstrip()}\n\n{MARKER}\n\n" + "\n".join(_tables(proofs())))


if __name__ == "__main__":
    main()
