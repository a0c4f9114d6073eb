"""What stands in place of a person who is erased: nothing that tells who they were, and every figure as it was.

Their traces are replaced by the same stand-ins everywhere, so that a report counted anew comes to the same figures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from meetbot.core import registration
from meetbot.core.model import Programme, Registrant

#: Stands where a name stood.
ERASED = "(erased)"
#: End of addresses that never lead anywhere (RFC 2606 2).
NOWHERE = "@erased.invalid"
# A shorter name stands within other words; a Chinese one has two or three signs.
_SHORTEST_NAME = 4
_SHORTEST_ELSEWHERE = 2
#: What a letter says of its meeting and of nobody.
_ABOUT_NOBODY = ("programme", "meeting", "starts_at", "ends_at", "opens_at", "zone")
_LINES = ("lines", "interpreters", "absent", "others", "open", "open_lines")
_SENTENCES = ("changes", "remarks")

Plain = Mapping[str, Any]
#: Makes of a text what tells nobody the text, and is the same for the same text.
Mark = Callable[[str], str]


@dataclass(frozen=True)
class Person:
    """Whose traces go, as they may be met. Two people who share an address go together, and stay two in figures."""

    address: str  #: canonical
    names: frozenset[str]  #: as written
    sole_names: frozenset[str]  #: folded, of those that nobody else has
    stand_in: str  #: in place of the address where it proves nobody
    stand_ins: Mapping[str, str]  #: by folded name, in place of the address of who has it
    zoom_ids: Mapping[str, str]  #: Zoom's ids of their registrations, and the stand-in of each
    marks: Mapping[str, str]  #: by which documents know them, and the stand-in of each
    alone_in: Mapping[str, str]  #: by key of a meeting where one of them alone has the address, their stand-in

    def is_address(self, written: str) -> bool:
        return registration.canonical_address(written) == self.address

    def is_name(self, written: str) -> bool:
        """The name is theirs and of nobody else who registered."""
        return registration.fold(written) in self.sole_names

    def struck(self, text: str) -> str:
        """The text without their name, address and ids."""
        return self._written.sub(ERASED, text)

    @cached_property
    def _written(self) -> re.Pattern[str]:
        texts = [self.address, *filter(_tells, self.names), *self.zoom_ids]
        either = "|".join(map(re.escape, sorted(texts, key=len, reverse=True)))
        return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)


def person(
    address: str,
    registrants: Sequence[Registrant],
    *,
    named: frozenset[str],
    sole_names: frozenset[str],
    chance: str,
    mark: Mark,
) -> Person:
    """Whoever has that canonical address; `named`: as elsewhere than in registrations. `chance` tells them apart from
    other erased people; `mark` is what documents are marked with."""
    names = list(dict.fromkeys(registration.fold(one.form.name) for one in registrants))
    sharing = Counter(one.form.meeting for one in registrants)
    bare = f"erased-{chance}{NOWHERE}"
    several = len(names) > 1
    stand_ins = {
        name: f"erased-{chance}-{number}{NOWHERE}" if several else bare for number, name in enumerate(names, start=1)
    }
    marks: dict[str, str] = {}
    alone_in: dict[str, str] = {}
    for one in registrants:
        name = registration.fold(one.form.name)
        becomes = mark(stand_ins[name])[:16]
        marks |= {mark(address)[:16]: becomes, mark(f"{address}\n{name}")[:16]: becomes}
        if sharing[one.form.meeting] == 1:
            alone_in[one.form.meeting] = stand_ins[name]
    return Person(
        address=address,
        names=named | {one.form.name for one in registrants},
        sole_names=sole_names,
        stand_in=bare,
        stand_ins=stand_ins,
        zoom_ids={one.zoom_id: zoom_stand_in(one.zoom_id, mark) for one in registrants if one.zoom_id},
        marks=marks,
        alone_in=alone_in,
    )


def zoom_stand_in(zoom_id: str, mark: Mark) -> str:
    """In place of Zoom's id of a registration: always the same, so that it is known when Zoom tells it anew."""
    return f"erased-{mark(zoom_id)}"


def is_stand_in(address: str) -> bool:
    """Nobody can be reached there: whoever could has been erased."""
    return address.endswith(f"{NOWHERE}")


def places(address: str, programme: Programme) -> tuple[str, ...]:
    """Where the programme file itself names whoever has the address; the organiser takes them out there."""
    found = {
        "organiser": [programme.organiser.address],
        "reports_to": [one.address for one in programme.reports_to],
        "hosts": [one.address for one in programme.hosts],
        **{f"people.{key}": [one.address or ""] for key, one in programme.people.items()},
        **{
            f"organisations.{key}.focal_point": [one.focal_point.address]
            for key, one in programme.organisations.items()
            if one.focal_point
        },
        **{
            f"meetings.{key}": [
                one.host,
                *one.alternative_hosts,
                *(interpreter.address for interpreter in one.interpreters),
            ]
            for key, one in programme.meetings.items()
        },
        "bilaterals.interpreters": [
            one.address for one in (programme.bilaterals.interpreters if programme.bilaterals else ())
        ],
    }
    return tuple(
        place for place, addresses in found.items() if address in map(registration.canonical_address, addresses)
    )


def session(one: Person, meeting: str, plain: Plain) -> Plain | None:
    """A row of Zoom's report as plain JSON, with stand-ins where it was of the person; None when it is not theirs.

    A row that has nothing but a name is theirs if nobody else bears it. It proved nothing and still does not.
    """
    proven = plain["registrant_id"] in one.zoom_ids or one.is_address(plain["address"])
    named = not plain["registrant_id"] and not plain["address"] and one.is_name(plain["name"])
    if not (proven or named):
        return None
    address = one.alone_in.get(meeting, one.stand_in) if plain["address"] else ""
    registrant_id = one.zoom_ids.get(plain["registrant_id"], plain["registrant_id"])
    return {**plain, "name": ERASED, "address": address, "registrant_id": registrant_id}


def document(one: Person, plain: Plain, keys: Mapping[str, str]) -> dict[str, Any]:
    """A report without the person; `keys`: of lines whose key has changed with what it is made of."""

    def without(line: Plain) -> Plain:
        renamed, mark = _renamed(line, keys), line.get("person", "")
        theirs = mark in one.marks or one.is_name(line.get("name", ""))
        return _of_nobody(renamed, one.marks.get(mark, mark)) if theirs else renamed

    return _document(plain, without, one.struck)


def document_of_nobody(plain: Plain) -> dict[str, Any]:
    """A report without anybody's name. The marks stay: people who came to several meetings are still counted once."""
    return _document(plain, lambda line: _of_nobody(line, line.get("person", "")), lambda _: "")


def letter(facts: Plain) -> dict[str, Any]:
    """The facts of a letter to somebody who is erased."""
    return {**{name: facts[name] for name in _ABOUT_NOBODY if name in facts}, "name": ERASED}


def mention(one: Person, plain: Any) -> Any:
    """Plain JSON about others, without the person wherever a text in it names them."""
    match plain:
        case str():
            return one.struck(plain)
        case Mapping():
            return {name: mention(one, value) for name, value in plain.items()}
        case list():
            return [mention(one, value) for value in plain]
        case _:
            return plain


def _tells(name: str) -> bool:
    return len(name) >= (_SHORTEST_NAME if name.isascii() else _SHORTEST_ELSEWHERE)


def _of_nobody(line: Plain, mark: str) -> Plain:
    stand_ins = {
        "name": ERASED,
        "hint": "",
        "person": mark,
        "remark": "",
        "said_by": ERASED if line.get("said_by") else "",
    }
    return {name: stand_ins.get(name, value) for name, value in line.items()}


def _renamed(line: Plain, keys: Mapping[str, str]) -> Plain:
    names = {name: keys.get(line[name], line[name]) for name in ("key", "shared_with") if line.get(name)}
    said_of = {"said_of": [keys.get(key, key) for key in line["said_of"]]} if "said_of" in line else {}
    return {**line, **names, **said_of}


def _document(plain: Plain, without: Callable[[Plain], Plain], struck: Callable[[str], str]) -> dict[str, Any]:
    lines = {name: [without(line) for line in plain[name]] for name in _LINES if isinstance(plain.get(name), list)}
    said = {name: [text for one in plain[name] if (text := struck(one))] for name in _SENTENCES if name in plain}
    return {**plain, **lines, **said}
