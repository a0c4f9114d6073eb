"""One call of Zoom's API from request to reply: faults, token, scope, limits, the operation, the ledger."""

import asyncio
import functools
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args
from urllib.parse import unquote

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from meetbot.sandbox import calls, oauth, wire
from meetbot.sandbox.answers import Answer, Call, Json, Paging, Refusal
from meetbot.sandbox.faults import attendance, damage, interventions, refusals
from meetbot.sandbox.limits import Label
from meetbot.sandbox.world import World

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def routes(world: World) -> list[Route]:
    """Zoom's own paths: the token call, every kind of call below `/v2`, and 404 for the rest."""
    account = world.account

    def token(call: Call) -> Answer:
        return oauth.issue(account, call, all_scopes=calls.SCOPES)

    return [
        Route("/oauth/token", Endpoint(world, token), methods=["POST"]),
        *(
            Route(
                f"/v2{kind.path}",
                Endpoint(world, _guarded(world, kind), kind.label_in(account)),
                methods=[kind.method],
            )
            for kind in calls.KINDS
        ),
        Route("/v2/{rest:path}", Endpoint(world, _unknown), methods=_METHODS),
    ]


class Endpoint:
    """The ASGI app behind one kind of call."""

    def __init__(self, world: World, operation: Callable[[Call], Answer], label: Label = "Light") -> None:
        self._world = world
        self._operation = operation
        self._label = label

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        raw = await request.body()
        verbs = self._world.script.verbs(
            scope["method"],
            scope["path"],
            self._world.clock.now(),
            next_page=bool(request.query_params.get("next_page_token")),
        )
        if "delay" in verbs:
            # In real seconds: it is the client's own timeout that a delay tries.
            await asyncio.sleep(verbs["delay"].total_seconds())
        await wire.send(self._decide(request, raw, verbs), scope, receive, send)

    def _decide(self, request: Request, raw: bytes, verbs: Json) -> wire.Reply:
        """Nothing else happens between the moment of the call and its line in the ledger."""
        now = self._world.catch_up()
        call = self._call(request, raw, verbs, now)
        for effect in interventions.made(self._world.account, verbs, call):
            self._world.ledger.happened(now, effect)
        answer = self._answer(call, verbs)
        reply = damage.reply(verbs, answer, now)
        self._world.ledger.request(
            now,
            request.scope["method"],
            request.scope["path"],
            status=reply.received,
            effects=answer.effects,
            faults=list(verbs),
        )
        return reply

    def _answer(self, call: Call, verbs: Json) -> Answer:
        try:
            refusals.over_limit(verbs, self._world.account.limits, self._label, call)
            return refusals.instead(verbs, call.now) or self._operation(call)
        except Refusal as refusal:
            return refusal.answer

    def _call(self, request: Request, raw: bytes, verbs: Json, now: datetime) -> Call:
        return Call(
            now=now,
            pacing=self._world.clock.pacing(),
            # The path is still encoded here, see `server.RawPath`: this is the one time that it is decoded.
            parts={name: unquote(value) for name, value in request.path_params.items()},
            query=request.query_params,
            raw=damage.without_settings(verbs, raw),
            authorization=request.headers.get("authorization", ""),
            lag=verbs.get("list_lag", timedelta(0)),
            report_stage=verbs.get("report"),
            distorted=functools.partial(attendance.distorted, how=verbs.get("participants", ())),
            paging=next((verb for verb in get_args(Paging) if verb in verbs), None),
        )


def _guarded(world: World, kind: calls.Kind) -> Callable[[Call], Answer]:
    """Token, scope and account limits in front of an operation."""

    def operation(call: Call) -> Answer:
        oauth.check(world.account, call.authorization, kind.full_scope, call.now)
        world.account.limits.spend(kind.label_in(world.account), call.now, call.pacing)
        return kind.operation(world.account, replace(call, body=_body(call.raw)))

    return operation


def _body(raw: bytes) -> Json:
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, 300, "Request Body should be a valid JSON object.")
    return body


def _unknown(_call: Call) -> Answer:
    raise Refusal(404, 2300, "This API endpoint is not recognized.")
