"""What REST can do inside a live meeting (Zoom API, Use in-meeting controls): 202 means queued, not done."""

from collections.abc import Callable

from meetbot.sandbox import answers, plans, recording
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Json, Refusal, invalid
from meetbot.sandbox.model import Instance, Meeting

_CONTACTS = 10
_LONGEST_TITLE = 64


def control(account: Account, call: Call) -> Answer:
    """`PATCH /live_meetings/{id}/events`: a move that makes no sense now is 202 and changes nothing."""
    meeting = account.meeting(call.parts["meeting"])
    method = str(call.body.get("method", ""))
    params = call.body.get("params", {})
    if method not in _METHODS or not isinstance(params, dict):
        raise invalid(("method", "Invalid field."))
    if not meeting.live or not meeting.live.host_came:
        raise Refusal(400, 3000, "The meeting is not in progress or its host has not started it.")
    return Answer(202, effects=tuple(_METHODS[method](account, meeting, meeting.live, call.body | {"params": params})))


def _record(account: Account, meeting: Meeting, instance: Instance, body: Json) -> list[Json]:
    if not plans.records_to_cloud(account.setup):
        raise Refusal(400, 3000, "Cloud recording is not enabled for this host.")
    return recording.move(meeting, instance, body["method"])


def _invite(account: Account, meeting: Meeting, instance: Instance, body: Json) -> list[Json]:
    """Users of the host's own account only."""
    contacts = answers.rows(body["params"], "contacts")
    if not 1 <= len(contacts) <= _CONTACTS:
        raise invalid(("params.contacts", f"From 1 to {_CONTACTS} contacts."))
    users = [account.user(str(row.get("id") or row.get("email", ""))) for row in contacts]
    return [_effect("invited", meeting, instance, emails=[user.email for user in users])]


def _call_out(_account: Account, meeting: Meeting, instance: Instance, body: Json) -> list[Json]:
    number = body["params"].get("phone_number")
    if not isinstance(number, str) or not number:
        raise invalid(("params.phone_number", "Invalid field."))
    return [_effect("called_out", meeting, instance, phone=number)]


def _change_waiting_room(_account: Account, meeting: Meeting, instance: Instance, body: Json) -> list[Json]:
    """Seen only by those who are still waiting."""
    title = str(body["params"].get("waiting_room_title", ""))
    if len(title) > _LONGEST_TITLE:
        raise invalid(("params.waiting_room_title", f"At most {_LONGEST_TITLE} characters."))
    waiting = [presence.person for presence in instance.inside.values() if presence.where == "in_waiting_room"]
    told = str(body["params"].get("waiting_room_description", ""))
    return [_effect("waiting_room_changed", meeting, instance, title=title, description=told, seen_by=waiting)]


def _companion(_account: Account, meeting: Meeting, instance: Instance, body: Json) -> list[Json]:
    return [_effect(body["method"], meeting, instance)]


def _effect(kind: str, meeting: Meeting, instance: Instance, **more: object) -> Json:
    return {"kind": f"live.{kind}", "meeting": meeting.id, "uuid": instance.uuid, **more}


_METHODS: dict[str, Callable[[Account, Meeting, Instance, Json], list[Json]]] = {
    **dict.fromkeys(recording.METHODS, _record),
    "participant.invite": _invite,
    "participant.invite.callout": _call_out,
    "waiting_room.update": _change_waiting_room,
    "ai_companion.start": _companion,
    "ai_companion.stop": _companion,
}
