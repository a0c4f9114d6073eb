"""The same person twice in one list, and two people who share one address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from meetbot.core import model, registration
from meetbot.files.people.table import Row, Sheet, warning


def once(
    read: Sequence[tuple[Row, model.Form]], sheet: Sheet, column: Mapping[str, int]
) -> tuple[list[model.Form], list[model.Problem]]:
    """Each person once, the first row of theirs; and what looks like a repeat. Nobody is merged by name alone."""
    kept: list[model.Form] = []
    remarks: list[model.Problem] = []
    by_address: dict[str, list[tuple[Row, model.Form]]] = {}
    by_name: dict[tuple[str, str], Row] = {}
    for row, form in read:
        place = sheet.place(row, column["address"])
        sharing = by_address.setdefault(registration.canonical_address(form.address), [])
        if same := next((other for other, one in sharing if _folded(one)[0] == _folded(form)[0]), None):
            remarks.append(warning(place, f"{form.name} is in row {same.number} already: taken once"))
            continue
        if sharing:
            other, one = sharing[0]
            what = f"{form.name} and {one.name} (row {other.number}) share one address: both are taken"
            remarks.append(warning(place, what, "give each their own address where possible"))
        elif twin := by_name.get(_folded(form)):
            what = f"{form.name} is also in row {twin.number}, with another address: both are taken"
            remarks.append(warning(place, what, "remove one if it is the same person"))
        sharing.append((row, form))
        by_name.setdefault(_folded(form), row)
        kept.append(form)
    return kept, remarks


def _folded(form: model.Form) -> tuple[str, str]:
    return registration.fold(form.name), registration.fold(form.organisation)
