"""The app that people and Zoom reach from outside, on an address of its own: the health pages stay inside."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from meetbot.bootstrap import App
from meetbot.core import times
from meetbot.core.model import Programme
from meetbot.errors import StoreAway
from meetbot.store import due
from meetbot.store.due import Kind
from meetbot.store.engine import Store
from meetbot.web import given, intake, server, style
from meetbot.web.attendance import AttendancePage
from meetbot.web.bilaterals import BilateralPage
from meetbot.web.board import Board
from meetbot.web.hall import HallPage
from meetbot.web.links import Links
from meetbot.web.security import FromThePage, SafeHeaders
from meetbot.web.verify import Verify
from meetbot.web.zoom_webhook import ZoomWebhook


@dataclass(frozen=True)
class People:
    """The pages that letters lead to."""

    bilaterals: BilateralPage
    board: Board
    attendance: AttendancePage
    hall: HallPage
    verify: Verify


def for_people(
    store: Store, clock: times.Clock, programme: Callable[[], Awaitable[Programme | None]], *, public_url: str = ""
) -> People:
    links = Links(store, clock, programme)
    attendance = AttendancePage(store, links, public_url)
    verify = Verify(store, clock, programme)
    return People(BilateralPage(store, links), Board(store, links), attendance, HallPage(store, links), verify)


def pages(webhook: ZoomWebhook | None = None, people: People | None = None, *, public_url: str = "") -> Starlette:
    """Everything that is reached from outside."""
    routes: list[BaseRoute] = []
    if webhook:
        routes.append(Route("/zoom/webhook", webhook.post, methods=["POST"]))
    if people:
        routes += _for_people(people, public_url)
    return Starlette(
        routes=routes,
        middleware=[Middleware(SafeHeaders, public_url=public_url), Middleware(GZipMiddleware)],
        exception_handlers={StoreAway: _store_away},
    )


def _for_people(people: People, public_url: str) -> Sequence[BaseRoute]:
    guards = [
        Middleware(FromThePage, public_url=public_url),
        Middleware(RequestBodyLimitMiddleware, max_body_size=given.LARGEST),
    ]
    letter_links = [
        Route("/board/{token}", people.board.get, methods=["GET"]),
        Route("/attendance/{token}", people.attendance.get, methods=["GET"]),
        Route("/attendance/{token}", people.attendance.post, methods=["POST"]),
        Route("/hall/{token}", people.hall.get, methods=["GET"]),
        Route("/hall/{token}", people.hall.post, methods=["POST"]),
        Route("/{token}", people.bilaterals.get, methods=["GET"]),
        Route("/{token}", people.bilaterals.post, methods=["POST"]),
    ]
    return [
        Mount("/b", routes=letter_links, middleware=guards),
        Route("/verify", people.verify.get, methods=["GET"], middleware=guards),
        Route("/verify", people.verify.post, methods=["POST"], middleware=guards),
        Route(style.ADDRESS, style.get),
    ]


async def _store_away(_request: Request, _error: Exception) -> Response:
    text = "Nothing was lost and nothing was changed: this page cannot be shown just now. Please try again in a minute."
    return PlainTextResponse(text, status_code=503, headers={"retry-after": "60"})


@contextlib.asynccontextmanager
async def served(app: App) -> AsyncIterator[None]:
    """Answer while the block runs: Zoom where a webhook secret is set, people where there is a public address.

    Nothing is served where there is neither. UserError as `server.serving`.
    """
    secrets, public_url = app.settings.webhook_secrets, app.settings.public_url
    if not secrets and not public_url:
        yield
        return
    people = for_people(app.store, app.clock, app.programme, public_url=public_url) if public_url else None
    async with contextlib.AsyncExitStack() as open_:
        webhook = None
        if secrets:
            async with app.store.transaction() as tx:
                await due.add(tx, Kind.INBOX, "all", app.clock.now())  # also looks whether events come at all
            taking = await open_.enter_async_context(intake.opened(app.store))
            webhook = ZoomWebhook(taking, app.clock, secrets)
        outside = pages(webhook, people, public_url=public_url)
        async with server.serving(outside, app.settings.web_host, app.settings.web_port, setting="WEB"):
            yield
