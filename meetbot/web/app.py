"""The app that people and Zoom reach from outside, on an address of its own: the health pages stay inside."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.routing import Route

from meetbot.bootstrap import App
from meetbot.store import due
from meetbot.store.due import Kind
from meetbot.web import intake, server
from meetbot.web.zoom_webhook import ZoomWebhook


def pages(webhook: ZoomWebhook) -> Starlette:
    """Everything that is reached from outside."""
    return Starlette(routes=[Route("/zoom/webhook", webhook.post, methods=["POST"])])


@contextlib.asynccontextmanager
async def served(app: App) -> AsyncIterator[None]:
    """Answer while the block runs; nothing is served where no webhook secret is set. UserError as `server.serving`."""
    secrets = app.settings.webhook_secrets
    if not secrets:
        yield
        return
    async with app.store.transaction() as tx:
        await due.add(tx, Kind.INBOX, "all", app.clock.now())  # also looks whether events come at all
    async with intake.opened(app.store) as taking:
        outside = pages(ZoomWebhook(taking, app.clock, secrets))
        async with server.serving(outside, app.settings.web_host, app.settings.web_port, setting="WEB"):
            yield
