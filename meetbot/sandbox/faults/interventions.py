"""What somebody at Zoom did a moment before a call is answered: the host, an administrator, the licence desk.

It happens to the meeting that the path of the call names, and to its host or to the user that the path names.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from meetbot.sandbox import defaults, effects, fields, grammar, times, views
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Call, Json, Refusal
from meetbot.sandbox.calls import meetings
from meetbot.sandbox.model import RECURRING, RECURRING_UNFIXED, Meeting, User

_WEBINAR, _WEBINAR_UNFIXED, _WEBINAR_RECURRING = 5, 6, 9
_DOTS = "settings."
_BECOMES = {RECURRING: _WEBINAR_RECURRING, RECURRING_UNFIXED: _WEBINAR_UNFIXED}


def made(account: Account, verbs: Json, call: Call) -> list[Json]:
    """Let it happen; gives the effects. What Zoom would not let anybody do has none, or one that says why."""
    happened = _revoke(account, call) if "token_revoked" in verbs else []
    meeting = _meeting(account, call)
    host = meeting.host if meeting else _user(account, call)
    for verb, argument in verbs.items():
        if verb in _TO_HOSTS and host:
            happened += _TO_HOSTS[verb](host)
        if verb in _TO_MEETINGS and meeting and not meeting.deleted:
            happened += _TO_MEETINGS[verb](account, meeting, argument, call)
    return [{**effect, "by": "somebody at Zoom"} for effect in happened]


def _revoke(account: Account, call: Call) -> list[Json]:
    token = account.tokens.pop(call.authorization.removeprefix("Bearer ").strip(), None)
    return [{"kind": "token.revoked"}] if token else []


def _meeting(account: Account, call: Call) -> Meeting | None:
    key = call.parts.get("meeting") or call.parts.get("webinar") or ""
    return account.meetings.get(int(key)) if key.isdecimal() else None


def _user(account: Account, call: Call) -> User | None:
    try:
        return account.user(call.parts["user"])
    except (KeyError, Refusal):
        return None


def _delete(_account: Account, meeting: Meeting, _argument: object, _call: Call) -> list[Json]:
    if meeting.live:
        return []
    meeting.deleted = True
    return [effects.meeting("deleted", meeting, **views.known(meeting), operation="all")]


def _edit(account: Account, meeting: Meeting, argument: Json, call: Call) -> list[Json]:
    body = _body(meeting, argument)
    try:
        fields.check(account, body, meeting.timezone, webinar=meeting.is_webinar)
    except Refusal as refusal:
        return [effects.meeting("update_refused", meeting, reason=refusal.answer.body)]
    return list(meetings.edited(account, meeting, replace(call, body=body)))


def _body(meeting: Meeting, changes: Json) -> Json:
    """`settings.waiting_room` goes into the settings; a start such as `+30m` counts from the present one."""
    dotted = {name.removeprefix(_DOTS): value for name, value in changes.items() if name.startswith(_DOTS)}
    body = {name: value for name, value in changes.items() if not name.startswith(_DOTS)}
    body["settings"] = {**changes.get("settings", {}), **dotted}
    start = str(body.get("start_time", ""))
    if start.startswith(("+", "-")):
        body["start_time"] = times.text(meeting.start_at + grammar.skew(start))
    return body


def _move(account: Account, meeting: Meeting, address: str, _call: Call) -> list[Json]:
    former, latter = meeting.host, account.user_by_email.get(address.lower()) or account.add_user(address)
    if former is latter:
        return []
    account.hand_over(meeting, latter)
    return [
        effects.meeting(
            "updated",
            meeting,
            changed={"host_id": latter.id},
            old={"host_id": former.id},
            operation="all",
        )
    ]


def _to_webinar(account: Account, meeting: Meeting, _argument: object, _call: Call) -> list[Json]:
    if meeting.live or meeting.is_webinar:
        return []
    converted = effects.meeting("converted", meeting, to="webinar")
    meeting.type = _BECOMES.get(meeting.type, _WEBINAR)
    meeting.settings = fields.merged(account, meeting.host, meeting.type, defaults.of(webinar=True), meeting.settings)
    return [converted]


def _deactivate(host: User) -> list[Json]:
    """Zoom takes the licence of a deactivated user back as well."""
    if not host.active:
        return []
    host.active = False
    return [{"kind": "user.deactivated", "user": host.id, "email": host.email}, *_take_licence(host)]


def _take_licence(host: User) -> list[Json]:
    if host.licence != "licensed":
        return []
    host.licence = "basic"
    return [{"kind": "user.licence_removed", "user": host.id, "email": host.email}]


_TO_MEETINGS: dict[str, Callable[[Account, Meeting, Any, Call], list[Json]]] = {
    "deleted_by_host": _delete,
    "edited_by_host": _edit,
    "moved_to_host": _move,
    "to_webinar": _to_webinar,
}
_TO_HOSTS: dict[str, Callable[[User], list[Json]]] = {
    "host_deactivated": _deactivate,
    "licence_removed": _take_licence,
}
