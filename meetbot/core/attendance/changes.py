"""What a report says other than the one before it, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]

_MOST_NAMES = 10
_FIGURES = {
    "attended": "Attended",
    "stayed": "Stayed at least 60 % of the time",
    "open": "Lines open",
    "registered": "Registered",
    "approved": "Approved",
}


def changes(before: Document, after: Document) -> tuple[str, ...]:
    """What changed since the report before (both as `document.to_json` makes them); empty when nothing did."""
    return tuple(_changes(before, after))


def _changes(before: Document, after: Document) -> Iterator[str]:
    named = f"in the {before['state']} report" if before["state"] != after["state"] else "in the report before"
    for what, word in _FIGURES.items():
        if before[what] != after[what]:
            yield f"{word}: {after[what]}, {named} {before[what]}."
    earlier, later = _by_key(before, "lines"), _by_key(after, "lines")
    new = [one for key, one in later.items() if key not in earlier]
    yield from _named("Now attended, proven", (one["name"] for one in new if one["proof"] != "D"))
    for by in dict.fromkeys(one["said_by"] for one in new if one["proof"] == "D"):
        names = (one["name"] for one in new if one["proof"] == "D" and one["said_by"] == by)
        yield from _named(f"Now attended, declared by {by}", names)
    shared = {key: (earlier[key], one) for key, one in later.items() if key in earlier}
    yield from _named(
        "Now proven", (now["name"] for was, now in shared.values() if was["proof"] == "D" != now["proof"])
    )
    yield from _named("Not counted any more", (one["name"] for key, one in earlier.items() if key not in later))
    yield from _named("Other minutes", (_moved(was, now) for was, now in shared.values() if _differ(was, now)))
    open_before = _by_key(before, "open_lines")
    yield from _named(
        "Now open", (one["name"] for key, one in _by_key(after, "open_lines").items() if key not in open_before)
    )


def _by_key(document: Document, what: str) -> dict[str, Mapping[str, Any]]:
    return {one["key"]: one for one in document[what]}


def _named(what: str, names: Iterable[str]) -> Iterator[str]:
    listed = list(names)
    if listed:
        more = f" and {len(listed) - _MOST_NAMES} more" if len(listed) > _MOST_NAMES else ""
        yield f"{what}: {', '.join(listed[:_MOST_NAMES])}{more}."


def _differ(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return bool(was["minutes"] != now["minutes"])


def _moved(was: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    return f"{now['name']} {now['minutes']} (were {was['minutes']})"
