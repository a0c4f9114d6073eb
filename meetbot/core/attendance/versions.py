"""The two versions of a report that leave: one for the office, with names, and one for outside, without any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from meetbot.core.attendance import small
from meetbot.core.attendance.donor import DonorsTable, Row, donors_table
from meetbot.core.model import Reader

Document = Mapping[str, Any]


_COUNTED = ("registered", "approved", "attended", "stayed")
#: What says nothing of anybody; sentences do not go, since a person's name may stand in them.
_OPEN_TO_ALL = (
    *("schema", "meeting", "state", "final", "source", "reason", "asked_sex", "invited", "open"),
    *("peak", "median_minutes", "rows"),
)
_GROUPS = {"organisations": "organisation", "countries": "country", "constituents": "constituent"}


def version(document: Document, reader: Reader) -> dict[str, Any]:
    """What this reader may see: the document, with `for` (the reader) and `groups`, the rows of the donor's table.

    For the donor every figure of a small group is null, nobody is named, and there is neither a line nor a presence.
    """
    table = donors_table(document, for_outside=reader is Reader.DONOR)
    groups = [_row_json(row) for row in table.rows]
    if reader is Reader.ORGANISER:
        return {**document, "for": reader.value, "groups": groups, "hidden": 0}
    return {
        **{name: document[name] for name in _OPEN_TO_ALL},
        "for": reader.value,
        "groups": groups,
        "hidden": table.hidden,
        **_totals(table, document),
        "late": _shown(document["late"]),
        **{name: [_group(row) for row in _of(table, division)] for name, division in _GROUPS.items()},
        "segments": [{**one, "present": _shown(one["present"])} for one in document["segments"]],
        "meetings": [_meeting(one) for one in document["meetings"]],
        **{name: [] for name in ("cells", "changes", "remarks", "presence", "lines", "interpreters")},
        **{name: [] for name in ("open_lines", "absent", "others")},
    }


def _row_json(row: Row) -> dict[str, Any]:
    figures = asdict(row.figures) if row.figures else dict.fromkeys(_COUNTED)
    return {"division": row.division, "name": row.name, "sex": row.sex, "invited": row.invited, **figures}


def _totals(table: DonorsTable, document: Document) -> dict[str, int | None]:
    [everybody] = _of(table, "all")
    if everybody.figures is None:
        return dict.fromkeys((*_COUNTED, "proven", "declared"))
    return {**asdict(everybody.figures), "proven": document["proven"], "declared": document["declared"]}


def _of(table: DonorsTable, division: str) -> list[Row]:
    return [row for row in table.rows if row.division == division and row.sex is None]


def _group(row: Row) -> dict[str, Any]:
    return {name: value for name, value in _row_json(row).items() if name not in ("division", "sex")}


def _meeting(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _shown(value) if name in (*_COUNTED, "open") else value for name, value in one.items()}


def _shown(count: int) -> int | None:
    return None if 0 < count < small.LEAST else count
