"""Single fields of Zoom's answers, read with patience: absent, null and odd values are none, and nothing raises.

Only the `required…` functions insist, with `wire.Unreadable`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from meetbot.zoom.wire import Row, Unreadable

_LARGEST = 2**63 - 1  # beyond it a number is a mistake, and no database takes it


def text(row: Row, name: str) -> str:
    """The text of a field, "" if it has none. Half characters and NUL, which Zoom lets pass, break any database."""
    found = row.get(name)
    return found.encode("utf-8", "replace").decode().replace("\x00", "") if isinstance(found, str) else ""


def whole(row: Row, name: str) -> int | None:
    """The whole number of a field, also where Zoom writes it as text."""
    found = row.get(name)
    if isinstance(found, str) and found.isascii() and found.isdecimal() and len(found) < 20:
        found = int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) and abs(found) <= _LARGEST else None


def flag(row: Row, name: str) -> bool | None:
    """Whether a switch is on; a switch with details has an `enable` of its own. None: Zoom does not say."""
    found = row.get(name)
    if isinstance(found, dict):
        found = found.get("enable")
    return found if isinstance(found, bool) else None


def instant(row: Row, name: str) -> datetime | None:
    """A time of Zoom's in UTC; UTC is also meant where its `Z` is missing."""
    try:
        found = datetime.fromisoformat(text(row, name))
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def part(row: Row, name: str) -> Row:
    """An object within the object; an empty one if there is none."""
    found = row.get(name)
    return found if isinstance(found, dict) else {}


def rows(row: Row, name: str) -> list[Row]:
    """The objects in a list; what is no object in it is left out."""
    found = row.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def texts(row: Row, name: str) -> tuple[str, ...]:
    """The texts in a list."""
    found = row.get(name)
    return tuple(text({name: one}, name) for one in found if isinstance(one, str)) if isinstance(found, list) else ()


def required(row: Row, name: str) -> str:
    if found := text(row, name) or str(whole(row, name) or ""):
        return found
    raise Unreadable(f"Zoom gave an answer without {name}")


def required_number(row: Row, name: str) -> str:
    """A meeting's id, which Zoom sends as a number here and as text there; as text with us."""
    found = str(row.get(name))
    if found.isascii() and found.isdecimal() and len(found) < 20:
        return found
    raise Unreadable(f"Zoom gave an answer without {name}")


def required_instant(row: Row, name: str) -> datetime:
    if found := instant(row, name):
        return found
    raise Unreadable(f"Zoom gave an answer without {name}")
