"""Tells whoever holds a confirmation of attendance whether it is true. Looking changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from meetbot.core import times
from meetbot.core.model import Programme
from meetbot.store import confirmations
from meetbot.store.engine import Store
from meetbot.web import given, shown
from meetbot.web.wrong_links import WrongLinks


class Verify:
    """Answers at `/verify`. The code is sent by POST, so that it stands in no log and no history."""

    def __init__(self, store: Store, clock: times.Clock, programme: Callable[[], Awaitable[Programme | None]]) -> None:
        self._store = store
        self._clock = clock
        self._programme = programme
        self._wrong = WrongLinks()

    async def get(self, _request: Request) -> Response:
        """The form."""
        return await self._page({})

    async def post(self, request: Request) -> Response:
        """Yes, with what the paper says; no; or, for whoever guesses, not now."""
        code = (await given.read(request)).get("code", "").strip()
        async with self._store.reading() as tx:
            found = await confirmations.find(tx, code)
        if found is not None:
            return await self._page({"found": found})
        often = self._wrong.too_many(request.client.host if request.client else "", now=self._clock.now())
        return await self._page({"wrong": True}, status=429 if often else 404)

    async def _page(self, answer: dict[str, object], status: int = 200) -> Response:
        programme = await self._programme()
        facts = {"found": None, "wrong": False, "organiser": programme.organiser if programme else None, **answer}
        return shown.page("verify.html", facts, status=status)
