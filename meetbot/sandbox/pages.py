"""Lists in pages: `next_page_token` lives 15 minutes and belongs to one list with one set of parameters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetbot.sandbox.answers import Call, Json, Refusal
from meetbot.sandbox.names import Names

TOKEN_LIFE = timedelta(minutes=15)
_DEFAULT_SIZE = 30


@dataclass(frozen=True)
class _Bookmark:
    listing: tuple[object, ...]
    offset: int
    dies_at: datetime


class Pages:
    def __init__(self, names: Names) -> None:
        self._names = names
        self._bookmarks: dict[str, _Bookmark] = {}

    def cut(self, key: str, rows: Sequence[Json], call: Call, *, listing: str, most: int = 300) -> Json:
        """One page of `rows` under `key`; `most` is the endpoint's own cap, which Zoom applies silently."""
        size = min(_asked_size(call), most)
        parameters = {name: value for name, value in call.query.items() if name != "next_page_token"}
        identity = (listing, *sorted(call.parts.items()), *sorted(parameters.items()))
        offset = self._offset(identity, call)
        end = offset + size
        return {
            "page_count": -(-len(rows) // size),
            "page_size": size,
            "total_records": len(rows),
            "next_page_token": self._bookmark(identity, end, call.now) if end < len(rows) else "",
            key: list(rows[offset:end]),
        }

    def _offset(self, identity: tuple[object, ...], call: Call) -> int:
        token = call.query.get("next_page_token", "")
        if not token:
            return 0
        bookmark = self._bookmarks.get(token)
        if bookmark is None or bookmark.listing != identity or bookmark.dies_at <= call.now:
            raise Refusal(400, 300, "The next page token is invalid or expired.")
        return bookmark.offset

    def _bookmark(self, identity: tuple[object, ...], offset: int, now: datetime) -> str:
        token = self._names.token()
        self._bookmarks[token] = _Bookmark(identity, offset, now + TOKEN_LIFE)
        return token


def _asked_size(call: Call) -> int:
    asked = call.query.get("page_size", str(_DEFAULT_SIZE))
    if not asked.isdecimal() or int(asked) < 1:
        raise Refusal(400, 300, "Invalid page_size.")
    return int(asked)
