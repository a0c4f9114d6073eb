"""Tells a service manager whether the process lives (`/healthz`) and whether it does its work (`/readyz`)."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from meetbot.serve.readiness import Readiness
from meetbot.settings import Settings
from meetbot.web import server


def app(readiness: Readiness) -> Starlette:
    """The two pages; they give no version and name no person. What is held is no fault, and named beside."""

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(_request: Request) -> Response:
        reasons = await readiness.reasons()
        answer = {"ready": not reasons, "reasons": reasons, "held": readiness.held}
        return JSONResponse(answer, status_code=503 if reasons else 200)

    return Starlette(routes=[Route("/healthz", alive), Route("/readyz", ready)])


@contextlib.asynccontextmanager
async def served(readiness: Readiness, settings: Settings) -> AsyncIterator[None]:
    """Answer health questions while the block runs. UserError, and no block, when the address is taken."""
    async with server.serving(app(readiness), settings.health_host, settings.health_port, setting="HEALTH"):
        yield
