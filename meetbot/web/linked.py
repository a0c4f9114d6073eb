"""What all pages behind a link have in common: the link is looked up first; one that opens nothing is told alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Set
from typing import ClassVar, Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from meetbot.store.engine import Store
from meetbot.web import given, links
from meetbot.web.given import Given
from meetbot.web.links import Links

#: What the link opens, with all that the page is about.
V = TypeVar("V")


class LinkedPage(ABC, Generic[V]):
    """Shown by GET, which changes nothing; each button is a POST."""

    #: What may have been done just before the page is shown again.
    done: ClassVar[Set[str]]

    def __init__(self, store: Store, links: Links) -> None:
        self._store = store
        self._links = links

    async def get(self, request: Request) -> Response:
        """The page as things stand."""
        visit = await self._visit(request)
        if visit is None:
            return await self._links.nothing_here(request)
        done = request.query_params.get("done", "")
        return self._shown(visit, done if done in self.done else "")

    async def post(self, request: Request) -> Response:
        """One button. What cannot be taken is shown again with the reason, and nothing is changed."""
        visit = await self._visit(request)
        if visit is None:
            return await self._links.nothing_here(request)
        answer = await self._pressed(visit, await given.read(request))
        if "location" in answer.headers and links.in_english(request):
            answer.headers["location"] += "&language=en"
        return answer

    @abstractmethod
    async def _visit(self, request: Request) -> V | None:
        """None: the link opens nothing."""

    @abstractmethod
    def _shown(self, visit: V, done: str) -> Response: ...

    @abstractmethod
    async def _pressed(self, visit: V, what: Given) -> Response: ...
