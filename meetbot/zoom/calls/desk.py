"""What every group of calls has: the line to Zoom, and the paths of meetings and webinars."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from meetbot.core.model import MeetingKind
from meetbot.zoom import line, wire

#: Zoom's longest page.
ALL = {"page_size": "300"}
MEETING = MeetingKind.MEETING

_Item = TypeVar("_Item")
_Noun = TypeVar("_Noun")


class Desk:
    """Makes calls over one line."""

    def __init__(self, line: line.Line, api_url: str) -> None:
        self._line = line
        self._api_url = api_url


def path(kind: MeetingKind, id: str, *rest: str) -> str:
    """The path of a meeting or webinar, or of something that belongs to it."""
    return "/".join([f"/{kind}s", wire.segment(id), *map(wire.segment, rest)])


def portions(items: Sequence[_Item], most: int) -> Iterator[Sequence[_Item]]:
    """The items in their order, at most so many at a time as one call takes."""
    return (items[first : first + most] for first in range(0, len(items), most))


def each(name: str, read: Callable[[wire.Row], _Noun]) -> Callable[[wire.Row], tuple[_Noun, ...]]:
    """Reads all objects of the list of that name in one answer."""

    def read_all(row: wire.Row) -> tuple[_Noun, ...]:
        listing = wire.Listing(name)
        listing.add(row)
        return tuple(read(one) for one in listing.rows)

    return read_all
