"""One report over several meetings, as the launch and its bilaterals, in which nobody is counted twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Any

from meetbot.core import times
from meetbot.core.attendance.document import SCHEMA
from meetbot.core.attendance.maturity import State
from meetbot.core.attendance.people import OTHERS
from meetbot.core.model import Programme
from meetbot.errors import UserError

Document = Mapping[str, Any]

#: Of the time of all the meetings that somebody came to.
_STAYED = 0.6
_PROOFS = ("R", "E", "D")  # the best first
_PLACE = ("sex", "constituent", "country", "organisation", "role")


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included, in the zone of the programme."""

    first_on: date
    last_on: date

    def __contains__(self, day: date) -> bool:
        return self.first_on <= day <= self.last_on


@dataclass
class _Person:
    """Somebody in all the meetings that they were registered for."""

    who: Mapping[str, Any]  #: an entry of the document in which they first stand with their name
    home: tuple[str, str, str]  #: constituent, country, organisation
    registered: bool = False
    approved: bool = False
    lines: list[tuple[Document, Mapping[str, Any]]] = field(default_factory=list)  #: each with its meeting's document

    @property
    def seconds(self) -> int:
        return sum(line["seconds"] for _, line in self.lines)

    @property
    def stayed(self) -> bool:
        """For 60 % of the time of the meetings that they came to, all together."""
        held = sum(document["meeting"]["seconds"] for document, _ in self.lines)
        return bool(self.lines) and self.seconds >= _STAYED * held


def in_period(documents: Iterable[Document], period: Period | None, zone: str) -> tuple[Document, ...]:
    """Those whose meeting was planned to start on a day of the period, in the order of time; None: all."""
    days = [(document, _start(document).astimezone(times.zone(zone)).date()) for document in documents]
    kept = [document for document, day in days if period is None or day in period]
    return tuple(sorted(kept, key=lambda document: (_start(document), document["meeting"]["key"])))


def consolidated(programme: Programme, documents: Sequence[Document]) -> dict[str, Any]:
    """The report of all these meetings in one, of the form of `to_json`, with `meetings` in place of segments.

    People are told apart by `person`. An organisation's places are those of the meeting that gave it most.
    UserError when there is no report.
    """
    if not documents:
        raise UserError("No meeting of this period has an attendance report yet.")
    people = _people(documents)
    came = [one for one in people.values() if one.lines]
    cells = _cells(people.values(), _invited(documents))
    stays = [one.seconds for one in came]
    state = _state(documents)
    return {
        "schema": SCHEMA,
        "meeting": _meeting(programme, documents),
        "meetings": [_short(one) for one in documents],
        "state": state.value,
        "final": state is State.FINAL,
        "source": ", ".join(dict.fromkeys(one["source"] for one in documents)),
        "reason": _reason(documents),
        "changes": [],
        "remarks": [f"{one['meeting']['title']}: {remark}" for one in documents for remark in one["remarks"]],
        **{what: sum(cell[what] for cell in cells) for what in ("invited", "registered", "approved", "attended")},
        "proven": sum(_best(one)["proof"] != "D" for one in came),
        "declared": sum(_best(one)["proof"] == "D" for one in came),
        "stayed": sum(one.stayed for one in came),
        "open": sum(one["open"] for one in documents),
        "late": sum(one["late"] for one in documents),
        "asked_sex": any(one["asked_sex"] for one in documents),
        "cells": cells,
        **{name: _groups(by, cells) for name, by in _GROUPS.items()},
        "segments": [],
        "presence": [],
        "peak": max((one["peak"] for one in documents), key=lambda peak: int(peak["present"])),
        "median_minutes": round(median(stays or [0]) / 60),
        "lines": [_line(one) for one in came],
        "interpreters": [line for one in documents for line in one["interpreters"]],
        "open_lines": [line for one in documents for line in one["open_lines"]],
        "absent": [dict(one.who) for one in people.values() if one.approved and not one.lines],
        "others": [dict(one.who) for one in people.values() if not one.approved and not one.lines],
        "rows": {what: sum(one["rows"][what] for one in documents) for what in ("in", "aside")},
    }


_GROUPS = {"organisations": "organisation", "countries": "country", "constituents": "constituent"}


def _start(document: Document) -> datetime:
    return datetime.fromisoformat(document["meeting"]["starts_at"])


def _people(documents: Iterable[Document]) -> dict[str, _Person]:
    """By their mark, in the order in which they first stand in a report."""
    people: dict[str, _Person] = {}
    for document in documents:
        invited = {group["name"] for group in document["organisations"]} - {OTHERS}
        for kind in ("lines", "absent", "others"):
            for entry in document[kind]:
                person = people.setdefault(entry["person"], _Person(entry, _home(entry, invited)))
                if "name" not in person.who:  # somebody whom no one approved stands there without a name
                    person.who = entry
                person.registered |= kind != "lines" or entry["registrant"] is not None
                person.approved |= kind == "absent" or (kind == "lines" and entry["approved"])
                if kind == "lines":
                    person.lines.append((document, entry))
    return people


def _home(entry: Mapping[str, Any], invited: set[str]) -> tuple[str, str, str]:
    if entry["organisation"] not in invited:
        return OTHERS, OTHERS, OTHERS
    return entry["constituent"], entry["country"], entry["organisation"]


def _invited(documents: Iterable[Document]) -> dict[tuple[str, str, str], int]:
    """The places of each organisation, by constituent, country and name."""
    places: dict[tuple[str, str, str], int] = {}
    for document in documents:
        for cell in document["cells"]:
            home = cell["constituent"], cell["country"], cell["organisation"]
            places[home] = max(places.get(home, 0), cell["invited"])
    return places


def _cells(people: Iterable[_Person], invited: Mapping[tuple[str, str, str], int]) -> list[dict[str, Any]]:
    found: dict[tuple[Any, ...], list[_Person]] = {(None, *home, "participant"): [] for home in invited}
    for one in people:
        found.setdefault((one.who["sex"], *one.home, one.who["role"]), []).append(one)
    return [
        {
            **dict(zip(_PLACE, place, strict=True)),
            "invited": invited[place[1:4]] if place[0] is None and place[4] == "participant" else 0,
            "registered": sum(one.registered for one in members),
            "approved": sum(one.approved for one in members),
            "attended": sum(bool(one.lines) for one in members),
            "stayed": sum(one.stayed for one in members),
            "seconds": sum(one.seconds for one in members),
        }
        for place, members in found.items()
    ]


def _groups(by: str, cells: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The totals of the cells; "Others" last, and left out when none of them was approved or came."""
    totals: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for cell in sorted(cells, key=lambda cell: bool(cell[by] == OTHERS)):
        for what in ("invited", "registered", "approved", "attended", "stayed", "seconds"):
            totals[cell[by]][what] += cell[what]
    return [
        {"name": name, **{what: n for what, n in of.items() if what != "seconds"}, "minutes": round(of["seconds"] / 60)}
        for name, of in totals.items()
        if name != OTHERS or of["approved"] or of["attended"]
    ]


def _state(documents: Iterable[Document]) -> State:
    """That of the least certain of them."""
    states = {State(one["state"]) for one in documents}
    return next(state for state in (State.PRELIMINARY, State.INCOMPLETE, State.FINAL) if state in states)


def _reason(documents: Sequence[Document]) -> str:
    """Why it is not final, for each meeting that is not."""
    waits = [f"{one['meeting']['title']}: {one['reason']}" for one in documents if not one["final"]]
    return "; ".join(waits) or "the report of every meeting is final"


def _meeting(programme: Programme, documents: Sequence[Document]) -> dict[str, Any]:
    """All of them as if they were one, from the first start to the last end."""
    meetings = [one["meeting"] for one in documents]
    return {
        "key": programme.key,
        "title": programme.title,
        "starts_at": meetings[0]["starts_at"],
        "ends_at": max((one["ends_at"] for one in meetings), key=datetime.fromisoformat),
        "zone": programme.zone,
        "bilateral": False,
        "seconds": sum(one["seconds"] for one in meetings),
    }


def _short(document: Document) -> dict[str, Any]:
    counts = {what: document[what] for what in ("state", "registered", "approved", "attended", "stayed", "open")}
    return {**document["meeting"], **counts}


def _best(person: _Person) -> Mapping[str, Any]:
    """Their line with the best proof."""
    return min((line for _, line in person.lines), key=lambda line: _PROOFS.index(line["proof"]))


def _line(person: _Person) -> dict[str, Any]:
    """Their lines as one; `meetings`: the keys of those that they came to."""
    return {
        **_best(person),
        "approved": person.approved,
        "joined_at": min((line["joined_at"] for _, line in person.lines), key=datetime.fromisoformat),
        "left_at": max((line["left_at"] for _, line in person.lines), key=datetime.fromisoformat),
        "seconds": person.seconds,
        "minutes": round(person.seconds / 60),
        "segments": [],
        "meetings": [document["meeting"]["key"] for document, _ in person.lines],
        "stayed": person.stayed,
    }
