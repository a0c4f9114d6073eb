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


def _tables(found: dict[str, list[Test]]) -> Iterator[str]:
    for letter, title in _FAMILIES.items():
        ids = sorted(one for one in found if one[0] == letter)
        if ids:
            yield f"## {letter}: {title}\n\n| | test | where |\n|---|---|---|\n" + "".join(_rows(found, ids))


def _rows(found: dict[str, list[Test]], ids: Iterable[str]) -> Iterator[str]:
    for one in ids:
        for name, path in found[one]:
            yield f"| {one} | `{name}` | [{path.removeprefix('tests/')}](../../{path}) |\n"


def main() -> None:
    above, _, _ = PAGE.read_text().partition(MARKER)
    PAGE.write_text(f"{above.rstrip()}\n\n{MARKER}\n\n" + "\n".join(_tables(proofs())))


if __name__ == "__main__":
    main()
