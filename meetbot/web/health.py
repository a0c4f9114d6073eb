"""Tells a service manager whether the process lives (`/healthz`) and whether it does its work (`/readyz`)."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Protocol

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from meetbot.store.engine import Store
from meetbot.web import server

_STUCK = timedelta(seconds=5)


class Beating(Protocol):
    """Whatever says how long ago, in real time, it last did its round."""

    @property
    def since_look(self) -> timedelta: ...


def app(daemon: Beating, store: Store) -> Starlette:
    """The two pages; they give no version and name no person."""

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(_request: Request) -> Response:
        reasons = []
        if daemon.since_look > _STUCK:
            reasons.append(f"no look at the store for {daemon.since_look.total_seconds():.0f} s")
        try:
            async with store.reading() as tx:
                await tx.execute(text("SELECT 1"))
        except SQLAlchemyError as error:
            reasons.append(f"the store does not answer: {type(error).__name__}")
        return JSONResponse({"ready": not reasons, "reasons": reasons}, status_code=503 if reasons else 200)

    return Starlette(routes=[Route("/healthz", alive), Route("/readyz", ready)])


@contextlib.asynccontextmanager
async def served(daemon: Beating, store: Store, host: str, port: int) -> AsyncIterator[None]:
    """Answer health questions on that address while the block runs. UserError, and no block, when it is taken."""
    async with server.serving(app(daemon, store), host, port, setting="HEALTH"):
        yield
