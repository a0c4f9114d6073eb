"""Reports' documents from a list of people, of which a test names only what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

#: constituent and country of each organisation that is invited, with its places
HOMES: Mapping[str, tuple[str, str, int]] = {
    "MOLVT": ("government", "Cambodia", 8),
    "NPIC": ("training institution", "Cambodia", 8),
    "Lao-Korea Institute": ("training institution", "Lao PDR", 8),
    "CVT": ("training institution", "Myanmar", 8),
    "Yunnan Technician College": ("training institution", "China", 8),
}
START = datetime.fromisoformat("2021-11-10T07:00:00+00:00")
LONG = timedelta(hours=3)
_OTHERS = ("Others", "Others")
_COUNTED = ("invited", "registered", "approved", "attended", "stayed", "seconds")


@dataclass(frozen=True)
class Guest:
    """Somebody who registered; `minutes` None: they did not come."""

    name: str
    organisation: str = "NPIC"
    minutes: int | None = 170
    sex: str | None = None
    role: str = "participant"
    proof: str = "R"
    approved: bool = True

    @property
    def home(self) -> tuple[str, str, str]:
        """Constituent, country, organisation."""
        if self.organisation in HOMES:
            return (*HOMES[self.organisation][:2], self.organisation)
        return (*_OTHERS, "Others")


def document(guests: Sequence[Guest] = (), *, key: str = "launch", starts_at: datetime = START, **other: Any) -> Any:
    """The final report of a meeting of three hours."""
    came = [one for one in guests if one.minutes is not None]
    cells = _cells(guests)
    return {
        "schema": 2,
        "meeting": {
            "key": key,
            "title": f"The {key}",
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + LONG).isoformat(),
            "zone": "Asia/Bangkok",
            "bilateral": False,
            "seconds": round(LONG.total_seconds()),
        },
        "meetings": [],
        "state": "final",
        "final": True,
        "source": "zoom's report",
        "reason": "the same in two readings",
        "changes": [],
        "remarks": [],
        **{name: sum(cell[name] for cell in cells) for name in _COUNTED[:5]},
        "proven": sum(one.proof != "D" for one in came),
        "declared": sum(one.proof == "D" for one in came),
        "open": 0,
        "late": 0,
        "asked_sex": any(one.sex for one in guests),
        "cells": cells,
        "organisations": _groups(cells, "organisation"),
        "countries": _groups(cells, "country"),
        "constituents": _groups(cells, "constituent"),
        "segments": [segment(starts_at, present=len(came))],
        "presence": [[(starts_at + timedelta(minutes=n)).isoformat(), len(came)] for n in (0, 60)],
        "peak": {"present": len(came), "at": starts_at.isoformat() if came else None},
        "median_minutes": 170 if came else 0,
        "lines": [_line(number, one, starts_at) for number, one in enumerate(came, 1)],
        "interpreters": [],
        "open_lines": [],
        "absent": [_who(one) for one in guests if one.minutes is None and one.approved],
        "others": [_without_name(one) for one in guests if one.minutes is None and not one.approved],
        "rows": {"in": len(came) + 1, "aside": 1},
        **other,
    }


def segment(starts_at: datetime = START, *, present: int = 1) -> dict[str, Any]:
    return {
        "key": "welcome",
        "title": "Welcoming remarks",
        "planned_start": starts_at.isoformat(),
        "planned_end": (starts_at + timedelta(minutes=30)).isoformat(),
        "real_start": (starts_at + timedelta(minutes=2)).isoformat(),
        "real_end": (starts_at + timedelta(minutes=41)).isoformat(),
        "present": present,
    }


def open_line(name: str = "iPad", reason: str = "nobody registered so", **other: Any) -> dict[str, Any]:
    until = START + timedelta(minutes=12)
    where = {"joined_at": START.isoformat(), "left_at": until.isoformat(), "minutes": 12}
    return {"key": f"line of {name}", "name": name, "hint": "s…@example.org", **where, "reason": reason, **other}


def _who(one: Guest) -> dict[str, Any]:
    return {"name": one.name, **_without_name(one)}


def _without_name(one: Guest) -> dict[str, Any]:
    constituent, country, _ = one.home
    where = {"organisation": one.organisation, "country": country, "constituent": constituent}
    return {"person": f"mark of {one.name}", **where, "role": one.role, "sex": one.sex, "approved": one.approved}


def _line(number: int, one: Guest, starts_at: datetime) -> dict[str, Any]:
    joined_at = starts_at - timedelta(minutes=8)
    minutes = one.minutes or 0
    return {
        "key": f"{number:016x}",
        "registrant": number,
        **_who(one),
        "proof": one.proof,
        "said_by": "officer" if one.proof == "D" else "",
        "said_of": [],
        "joined_at": joined_at.isoformat(),
        "left_at": (joined_at + timedelta(minutes=minutes)).isoformat(),
        "seconds": minutes * 60,
        "minutes": minutes,
        "segments": ["welcome"],
        "stayed": _stayed(one),
        "shared_with": None,
        "remark": "",
    }


def _stayed(one: Guest) -> bool:
    return one.minutes is not None and timedelta(minutes=one.minutes) >= 0.6 * LONG


def _cells(guests: Sequence[Guest]) -> list[dict[str, Any]]:
    found: dict[tuple[Any, ...], dict[str, int]] = {}
    for name, (constituent, country, places) in HOMES.items():
        found[None, constituent, country, name, "participant"] = {**dict.fromkeys(_COUNTED, 0), "invited": places}
    for one in guests:
        cell = found.setdefault((one.sex, *one.home, one.role), dict.fromkeys(_COUNTED, 0))
        cell["registered"] += 1
        cell["approved"] += one.approved
        cell["attended"] += one.minutes is not None
        cell["stayed"] += _stayed(one)
        cell["seconds"] += (one.minutes or 0) * 60
    names = ("sex", "constituent", "country", "organisation", "role")
    return [{**dict(zip(names, place, strict=True)), **counts} for place, counts in found.items()]


def _groups(cells: Sequence[Mapping[str, Any]], by: str) -> list[dict[str, Any]]:
    return [
        {"name": name, **{what: sum(cell[what] for cell in cells if cell[by] == name) for what in _COUNTED[:5]}}
        | {"minutes": sum(cell["seconds"] for cell in cells if cell[by] == name) // 60}
        for name in dict.fromkeys(cell[by] for cell in cells)
    ]
