"""What a fault answers in place of a call, which then has no effect."""

import json
from datetime import datetime

from meetbot.sandbox import grammar, times
from meetbot.sandbox.answers import Answer, Call, Json, Refusal
from meetbot.sandbox.limits import Label, Limits


def instead(verbs: Json, now: datetime) -> Answer | None:
    """The answer in place of the call; None when the call goes on. Raises Refusal likewise."""
    if verbs.keys() & {"drop_before", "stall"}:
        return Answer(503)
    if "token_expired" in verbs:
        raise Refusal(401, 124, "Access token is expired.")
    if "scope_missing" in verbs:
        raise Refusal(400, 4711, f"Invalid access token, does not contain scopes:[{verbs['scope_missing']}].")
    if "redirect" in verbs:
        return Answer(302, headers={"location": verbs["redirect"]})
    if "status" in verbs:
        headers = {name: _header(str(value), now) for name, value in verbs.get("headers", {}).items()}
        return Answer(verbs["status"], verbs.get("json"), headers=headers)
    if "html" in verbs:
        return Answer(503)
    if "no_effect" in verbs:
        return Answer(204)
    return None


def over_limit(verbs: Json, limits: Limits, label: Label, call: Call) -> None:
    """Raise the 429 that the verbs name, whether the limit is used up or not."""
    if "concurrent" in verbs:
        raise Refusal(429, 429, "Too many concurrent requests. Try again later.")
    quota = verbs.get("quota")
    if quota == "qps":
        raise limits.over_second(label)
    if quota == "daily":
        raise limits.over_day(label, call.now)
    if quota == "host_daily":
        raise limits.over_host_day()
    if quota == "registrant_daily":
        raise limits.over_registrant_day(_address(call.raw))


def _address(raw: bytes) -> str:
    """Of the registrant whom the request is about; empty when it is about none."""
    try:
        return str(json.loads(raw)["email"])
    except (ValueError, KeyError, TypeError):
        return ""


def _header(written: str, now: datetime) -> str:
    """A header such as `+2s` is a moment from now."""
    return times.text(now + grammar.duration(written[1:])) if written.startswith("+") else written
