"""What the last part of a page's address opens. Nobody can tell a link that never was from one that is no longer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from meetbot.core import times
from meetbot.core.model import Bilaterals, Programme
from meetbot.store import page_links
from meetbot.store.engine import Store
from meetbot.store.page_links import Purpose
from meetbot.web import shown
from meetbot.web.wrong_links import WrongLinks

_ABOUT_BILATERALS = frozenset({Purpose.BILATERALS, Purpose.BOARD})


@dataclass(frozen=True)
class Opened:
    """A link that opens something now."""

    subject: str  #: the object of the link, see `Purpose`
    programme: Programme
    now: datetime
    in_english: bool = False  #: asked for on the page, whatever the reader's own language is

    @property
    def plan(self) -> Bilaterals:
        """Of the pages about bilaterals, which open nothing in a programme without them."""
        assert self.programme.bilaterals is not None, "see `Links.opened`"
        return self.programme.bilaterals


def in_english(request: Request) -> bool:
    """Whether the reader chose English on the page. It stands in the address, so that no page has to remember it."""
    return request.query_params.get("language") == "en"


class Links:
    """Looks links up for all pages, and answers those that open nothing."""

    def __init__(self, store: Store, clock: times.Clock, programme: Callable[[], Awaitable[Programme | None]]) -> None:
        self._store = store
        self._clock = clock
        self._programme = programme
        self._wrong = WrongLinks()

    async def opened(self, request: Request, purpose: Purpose) -> Opened | None:
        """None: the link opens nothing, not any more, or something else."""
        now, programme = self._clock.now(), await self._programme()
        async with self._store.reading() as tx:
            link = await page_links.find(tx, request.path_params["token"], now=now)
        if programme is None or link is None or link.purpose is not purpose:
            return None
        if purpose in _ABOUT_BILATERALS and programme.bilaterals is None:
            return None
        return Opened(link.subject, programme, now, in_english(request))

    async def nothing_here(self, request: Request) -> Response:
        """The same page for every link that opens nothing."""
        programme = await self._programme()
        organiser = programme.organiser if programme else None
        often = self._wrong.too_many(request.client.host if request.client else "", now=self._clock.now())
        return shown.page("nothing_here.html", {"organiser": organiser}, status=429 if often else 404)
