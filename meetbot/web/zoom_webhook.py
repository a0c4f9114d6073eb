"""`POST /zoom/webhook`: verify the raw bytes, write them down, answer. What they mean is looked at later.

Zoom waits three seconds and repeats an event only after an answer of 500 or more, or none (Zoom's page Using
webhooks). So what no repeat can make better is answered 200, and what is not on disk 503. Nobody is trusted by their
address, and neither headers nor bodies are logged: only how often what was refused or ignored.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from meetbot import metrics
from meetbot.core import times
from meetbot.store import inbox
from meetbot.web.intake import Intake
from meetbot.zoom import webhooks

log = structlog.get_logger("webhook")

_PATIENCE = 10  # seconds for the whole body
_CLOSE = {"connection": "close"}


class ZoomWebhook:
    """The address that Zoom's events go to; any of the `secrets` may sign them, and there is one at least."""

    def __init__(self, intake: Intake, clock: times.Clock, secrets: Sequence[str]) -> None:
        self._intake = intake
        self._clock = clock
        self._secrets = secrets
        self._counts: Counter[str] = Counter()

    async def post(self, request: Request) -> Response:
        """One request. Nothing of it is parsed before its signature is known to be right."""
        now = self._clock.now()
        try:
            _refuse_strange_forms(request)
            stamp = webhooks.stamp(
                request.headers.getlist("x-zm-request-timestamp"), request.headers.getlist("x-zm-signature"), now=now
            )
            body = await _body(request)
            secret = webhooks.signer(stamp, body, self._secrets)
        except webhooks.Forged as why:
            return self._counted(f"refused: {why}", 401)
        if stamp.late:
            self._count("late")
        try:
            event = webhooks.read(body)
        except webhooks.Unusable as why:
            return self._counted(f"ignored: {why}", 200)
        if event.name == webhooks.CHALLENGE:
            return self._challenged(event, secret)
        on_disk = await self._intake.take(inbox.Arrival(event.name, body.decode(), now))
        metrics.WEBHOOKS.labels("taken" if on_disk else "not written").inc()
        return Response(status_code=200 if on_disk else 503)

    def _challenged(self, event: webhooks.Event, secret: str) -> Response:
        try:
            return JSONResponse(dict(webhooks.answer(event, secret)))
        except webhooks.Unusable as why:
            return self._counted(f"refused: {why}", 400)

    def _counted(self, what: str, status: int) -> Response:
        self._count(what)
        return Response(status_code=status)

    def _count(self, what: str) -> None:
        metrics.WEBHOOKS.labels(what.partition(":")[0]).inc()
        self._counts[what] += 1
        count = self._counts[what]
        if count & (count - 1) == 0:  # the 1st, 2nd, 4th, 8th ...: a flood of requests makes no flood of lines
            log.info("webhook.counted", what=what, count=count)


def _refuse_strange_forms(request: Request) -> None:
    """HTTPException for what Zoom never sends: compressed, in another encoding, or announced to be too large."""
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise HTTPException(415)
    _, named, charset = request.headers.get("content-type", "").lower().partition("charset=")
    if named and charset.strip(' "') not in ("utf-8", "utf8"):
        raise HTTPException(415)
    if int(request.headers.get("content-length", "0")) > webhooks.LARGEST_BODY:
        raise HTTPException(413, headers=_CLOSE)


async def _body(request: Request) -> bytes:
    """All of the body; HTTPException when it is too large or does not end."""
    body = bytearray()
    try:
        async with asyncio.timeout(_PATIENCE):
            async for chunk in request.stream():
                body += chunk
                if len(body) > webhooks.LARGEST_BODY:
                    raise HTTPException(413, headers=_CLOSE)
    except TimeoutError:
        raise HTTPException(408, headers=_CLOSE) from None
    except ClientDisconnect:
        raise HTTPException(400) from None
    return bytes(body)
