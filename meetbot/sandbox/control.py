"""The sandbox's own calls below `/_sandbox`: look inside, move the clock, let people act, set faults."""

import functools
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from meetbot.sandbox import times
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Json, Refusal, invalid
from meetbot.sandbox.model import Instance, Meeting
from meetbot.sandbox.world import World

_LICENCES = ("licensed", "basic", "none")
_SUBSCRIPTION_FIELDS = ("url", "secret", "events")
_USER_FIELDS = {"email", "first_name", "last_name", "licence", "timezone", "active"}


def routes(world: World) -> list[Route]:
    control = _Control(world)
    return [
        Route("/_sandbox/ledger", control.ledger),
        Route("/_sandbox/state", control.state),
        Route("/_sandbox/clock", control.clock),
        Route("/_sandbox/clock", control.leap, methods=["POST"]),
        Route("/_sandbox/people", control.people, methods=["POST"]),
        Route("/_sandbox/register", control.register, methods=["POST"]),
        Route("/_sandbox/users", control.users, methods=["POST"]),
        Route("/_sandbox/account", control.account, methods=["POST"]),
        Route("/_sandbox/faults", control.faults, methods=["POST"]),
        Route("/_sandbox/mails", control.mails),
        Route("/_sandbox/webhooks", control.webhooks),
        Route("/_sandbox/webhooks", control.subscribe, methods=["POST"]),
        Route("/_sandbox/webhooks", control.unsubscribe, methods=["DELETE"]),
    ]


def _refusing(work: Callable[["_Control", Request], Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
    """Answer what is wrong with a control call as Zoom would: 400 code 300."""

    @functools.wraps(work)
    async def call(control: "_Control", request: Request) -> Response:
        try:
            return await work(control, request)
        except Refusal as refusal:
            return _answered(refusal.answer)
        except ValueError as error:
            return _answered(invalid((work.__name__, str(error))).answer)

    return call


class _Control:
    def __init__(self, world: World) -> None:
        self._world = world

    async def ledger(self, _request: Request) -> Response:
        self._world.catch_up()
        return JSONResponse({"entries": self._world.ledger.entries})

    async def state(self, _request: Request) -> Response:
        now = self._world.catch_up()
        return JSONResponse({"now": now.isoformat(), **shown(self._world.account), "smtp": self._world.mail.shown()})

    async def clock(self, _request: Request) -> Response:
        return JSONResponse({"now": self._world.catch_up().isoformat(), "speed": self._world.clock.speed})

    @_refusing
    async def leap(self, request: Request) -> Response:
        """`{"now": iso}`: forward to that moment, never back."""
        (row,) = await _rows(request)
        now = self._world.leap(times.from_iso(str(row.get("now"))))
        if not self._world.clock.speed:
            await self._world.deliver_webhooks()
        return JSONResponse({"now": now.isoformat()})

    @_refusing
    async def people(self, request: Request) -> Response:
        return JSONResponse(self._world.people(await _rows(request)))

    @_refusing
    async def register(self, request: Request) -> Response:
        (form,) = await _rows(request)
        return _answered(self._world.register(form))

    @_refusing
    async def users(self, request: Request) -> Response:
        """Rows of `email`, and optionally `first_name`, `last_name`, `timezone`, `licence`, `active`."""
        rows = await _rows(request)
        for row in rows:
            licence, active = row.get("licence", "licensed"), row.get("active", True)
            if set(row) - _USER_FIELDS or "email" not in row or licence not in _LICENCES or type(active) is not bool:
                raise invalid(("users", f"Rows of {', '.join(sorted(_USER_FIELDS))}."))
        added = [self._world.account.add_user(**row) for row in rows]
        return JSONResponse({"users": [{"id": user.id, "email": user.email} for user in added]})

    @_refusing
    async def account(self, request: Request) -> Response:
        """`{"interpretation": false}`: the administrator switches features of the account on or off."""
        (switches,) = await _rows(request)
        self._world.account.switch(switches)
        return Response(status_code=204)

    @_refusing
    async def faults(self, request: Request) -> Response:
        """A fault script, YAML or JSON, in place of the present one; an empty body takes every fault away."""
        self._world.set_faults((await request.body()).decode())
        return Response(status_code=204)

    async def mails(self, request: Request) -> Response:
        """The accepted mails, once every link scanner is done with them; their content only with `?body=1`."""
        self._world.catch_up()
        await self._world.mail.scanned()
        body = request.query_params.get("body") == "1"
        return JSONResponse({"mails": [mail.shown(body=body) for mail in self._world.mail.mails]})

    async def webhooks(self, _request: Request) -> Response:
        """The subscriptions, without their secrets."""
        return JSONResponse({"webhooks": self._world.webhooks.shown()})

    @_refusing
    async def subscribe(self, request: Request) -> Response:
        """Rows of `url` and, if wanted, `secret` and `events`; each is challenged before the answer."""
        for row in await _rows(request):
            if unknown := row.keys() - _SUBSCRIPTION_FIELDS:
                raise invalid((min(unknown), f"Rows of {', '.join(_SUBSCRIPTION_FIELDS)}."))
            await self._world.subscribe(**row)
        return await self.webhooks(request)

    @_refusing
    async def unsubscribe(self, request: Request) -> Response:
        for row in await _rows(request):
            self._world.webhooks.unsubscribe(str(row.get("url")))
        return Response(status_code=204)


def shown(account: Account) -> Json:
    """The account without any secret: for tests, rehearsals and people who look inside."""
    return {
        "users": [
            {"id": user.id, "email": user.email, "licence": user.licence, "active": user.active}
            for user in account.users.values()
        ],
        "meetings": [_meeting(meeting) for meeting in account.meetings.values()],
        "actions_to_come": account.actions_to_come,
    }


def _meeting(meeting: Meeting) -> Json:
    return {
        "id": meeting.id,
        "host": meeting.host.email,
        "topic": meeting.topic,
        "agenda": meeting.agenda,
        "start_time": times.text(meeting.start_at),
        "duration": meeting.duration,
        "deleted": meeting.deleted,
        "settings": meeting.settings,
        "registrants": [
            {"id": registrant.id, "email": registrant.email, "name": registrant.name, "status": registrant.status}
            for registrant in meeting.registrants.values()
        ],
        "waiting_for_host": [action.person for action in meeting.lobby],
        "live": _instance(meeting.live) if meeting.live else None,
        "past": [_instance(instance) for instance in meeting.past],
    }


def _instance(instance: Instance) -> Json:
    return {
        "uuid": instance.uuid,
        "started_at": times.text(instance.started_at),
        "ended_at": times.text(instance.ended_at) if instance.ended_at else None,
        "recording": instance.recording,
        "inside": [
            {"person": stay.person, "device": stay.device, "name": stay.identity.name, "where": stay.where}
            for stay in instance.inside.values()
        ],
    }


async def _rows(request: Request) -> list[Json]:
    """The body: one row or a list of them. Raises ValueError when it is not JSON."""
    body = await request.json()
    rows = [body] if isinstance(body, dict) else body
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise invalid(("body", "One row or a list of rows."))
    return rows


def _answered(answer: Answer) -> Response:
    return JSONResponse(answer.body, status_code=answer.status)
