"""Counts links that open nothing, by address, so that guessing is noticed and answered less kindly."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import structlog

log = structlog.get_logger("page")

_SPAN = timedelta(minutes=1)
_MOST = 30  # of one address in that span; behind a web server all may seem to come from one
_MOST_ADDRESSES = 10_000


class WrongLinks:
    """Of the last minute only. A right link is never refused for it, or one guesser could lock everybody out."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._counts: Counter[str] = Counter()

    def too_many(self, address: str, *, now: datetime) -> bool:
        """Count one more from that address; whether there have been too many."""
        if self._since is None or now - self._since >= _SPAN or len(self._counts) >= _MOST_ADDRESSES:
            self._since, self._counts = now, Counter()
        self._counts[address] += 1
        if self._counts[address] == _MOST + 1:
            log.warning("page.wrong_links", address=address, within=str(_SPAN))
        return self._counts[address] > _MOST
