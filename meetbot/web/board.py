"""The organiser's board: every pair, where it stands and what comes next. It is only for looking."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from meetbot.core.bilaterals import overview
from meetbot.core.delegations import Wish
from meetbot.store import bilaterals, series
from meetbot.store.engine import Store
from meetbot.store.page_links import Purpose
from meetbot.web import shown
from meetbot.web.links import Links


class Board:
    """Answers at `/b/board/{token}`; `?state=` shows the pairs of one state alone."""

    def __init__(self, store: Store, links: Links) -> None:
        self._store = store
        self._links = links

    async def get(self, request: Request) -> Response:
        """The board as things stand."""
        opened = await self._links.opened(request, Purpose.BOARD)
        if opened is None or opened.subject != opened.programme.key:
            return await self._links.nothing_here(request)
        async with self._store.reading() as tx:
            pairs = [one for one in await bilaterals.pairs(tx) if one.wish is not Wish.NO]
            answers, further = await bilaterals.availabilities(tx), await series.proposals(tx)
        rows = overview.rows(opened.programme, pairs, answers, further, now=opened.now)
        counts, state = overview.counts(rows), request.query_params.get("state", "")
        facts = {"opened": opened, "rows": rows, "counts": counts, "state": state if state in counts else ""}
        return shown.page("board.html", facts, language=opened.programme.language, in_english=opened.in_english)
