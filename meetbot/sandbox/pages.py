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
    #: Whether it leads to a page that was sent already.
    again: bool = False


class Pages:
    def __init__(self, names: Names) -> None:
        self._names = names
        self._bookmarks: dict[str, _Bookmark] = {}

    def cut(self, key: str, rows: Sequence[Json], call: Call, *, listing: str, most: int = 300) -> Json:
        """One page of `rows` under `key`; `most` is the endpoint's own cap, which Zoom applies silently."""
        size = min(_asked_size(call), most)
        parameters = {name: value for name, value in call.query.items() if name != "next_page_token"}
        identity = (listing, *sorted(call.parts.items()), *sorted(parameters.items()))
        here = self._here(identity, call)
        end = here.offset + size
        return {
            "page_count": -(-len(rows) // size),
            "page_size": size,
            "total_records": len(rows),
            "next_page_token": self._following(here, end, call, more=end < len(rows)),
            key: list(rows[here.offset : end]),
        }

    def _here(self, identity: tuple[object, ...], call: Call) -> _Bookmark:
        token = call.query.get("next_page_token", "")
        if not token:
            return _Bookmark(identity, 0, call.now)
        bookmark = self._bookmarks.get(token)
        if bookmark is None or bookmark.listing != identity or _is_dead(bookmark, call):
            raise Refusal(400, 300, "The next page token is invalid or expired.")
        return bookmark

    def _following(self, here: _Bookmark, end: int, call: Call, *, more: bool) -> str:
        """The token of the next page, empty after the last; under a fault it may lead to this page again."""
        if call.paging == "page_loop":
            return call.query.get("next_page_token") or self._bookmark(here, end if more else 0, call.now)
        if call.paging == "page_repeats" and not here.again:
            return self._bookmark(here, here.offset, call.now, again=True)
        return self._bookmark(here, end, call.now) if more else ""

    def _bookmark(self, here: _Bookmark, offset: int, now: datetime, *, again: bool = False) -> str:
        token = self._names.token()
        self._bookmarks[token] = _Bookmark(here.listing, offset, now + TOKEN_LIFE, again)
        return token


def _is_dead(bookmark: _Bookmark, call: Call) -> bool:
    return bookmark.dies_at <= call.now or call.paging == "page_token_expired"


def _asked_size(call: Call) -> int:
    asked = call.query.get("page_size", str(_DEFAULT_SIZE))
    if not asked.isdecimal() or int(asked) < 1:
        raise Refusal(400, 300, "Invalid page_size.")
    return int(asked)
