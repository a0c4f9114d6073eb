"""What a fault makes of a call and of its answer: another answer, fields gone or changed, half a body, none at all."""

import copy
import functools
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from meetbot.sandbox import grammar, times
from meetbot.sandbox.answers import Answer, Json, Refusal
from meetbot.sandbox.wire import Fate, Reply

_PAGE = b"<!DOCTYPE html><html><head><title>Zoom</title></head><body><h1>Service unavailable</h1></body></html>"
_FATES: dict[str, Fate] = {
    "drop_before": "dropped",
    "commit_then_drop": "dropped",
    "stall": "stalled",
    "commit_then_truncate": "cut",
}


def instead(verbs: Json, now: datetime) -> Answer | None:
    """The answer that a fault gives in place of the call, which then has no effect. Raises Refusal likewise."""
    if verbs.keys() & {"drop_before", "stall"}:
        return Answer(503)
    if "token_expired" in verbs:
        raise Refusal(401, 124, "Access token is expired.")
    if "status" in verbs:
        headers = {name: _header(str(value), now) for name, value in verbs.get("headers", {}).items()}
        return Answer(verbs["status"], verbs.get("json"), headers=headers)
    if "html" in verbs:
        return Answer(503)
    if "no_effect" in verbs:
        return Answer(204)
    return None


def without_settings(verbs: Json, raw: bytes) -> bytes:
    """The request's body without the settings that Zoom drops in silence."""
    if "drop_setting" not in verbs or not raw:
        return raw
    body = json.loads(raw)
    for path in verbs["drop_setting"]:
        _at(body, f"settings.{path}", _remove)
    return json.dumps(body).encode()


def reply(verbs: Json, answer: Answer) -> Reply:
    """The answer as it goes on the wire."""
    content, content_type = _content(verbs, answer)
    return Reply(
        status=502 if "commit_then_502" in verbs else answer.status,
        content=content,
        headers={**answer.headers, **({"content-type": content_type} if content else {})},
        fate=next((fate for verb, fate in _FATES.items() if verb in verbs), "sent"),
    )


def _content(verbs: Json, answer: Answer) -> tuple[bytes, str]:
    if verbs.keys() & {"html", "commit_then_502"}:
        return _PAGE, "text/html; charset=utf-8"
    if answer.body is None:
        return b"", ""
    written = json.dumps(_changed(verbs, answer.body), ensure_ascii=False, separators=(",", ":")).encode()
    if "truncate_json" in verbs:
        written = written[: len(written) // 2]
    return written, "application/json;charset=UTF-8"


def _changed(verbs: Json, answered: Json) -> Json:
    if not verbs.keys() & {"id_as_string", "field_missing", "field_null", "field_changed"}:
        return answered
    body = copy.deepcopy(answered)
    for path in verbs.get("field_missing", []):
        _at(body, path, _remove)
    values = {**dict.fromkeys(verbs.get("field_null", [])), **verbs.get("field_changed", {})}
    for path, value in values.items():
        _at(body, path, functools.partial(_set, value=value))
    if "id_as_string" in verbs:
        _ids_as_text(body)
    return body


def _remove(parent: Json, name: str) -> None:
    parent.pop(name, None)


def _set(parent: Json, name: str, *, value: object) -> None:
    parent[name] = value


def _at(body: Any, path: str, act: Callable[[Json, str], object]) -> None:
    """Act on the field at a dotted path; through a list the path goes into every row."""
    *way, name = path.split(".")
    for parent in _parents(body, way):
        act(parent, name)


def _parents(node: Any, way: list[str]) -> Iterator[Json]:
    if isinstance(node, list):
        for row in node:
            yield from _parents(row, way)
    elif isinstance(node, dict) and not way:
        yield node
    elif isinstance(node, dict) and way[0] in node:
        yield from _parents(node[way[0]], way[1:])


def _ids_as_text(node: Any) -> None:
    if isinstance(node, list):
        for row in node:
            _ids_as_text(row)
    elif isinstance(node, dict):
        if isinstance(node.get("id"), int):
            node["id"] = str(node["id"])
        for value in node.values():
            _ids_as_text(value)


def _header(written: str, now: datetime) -> str:
    """A header such as `+2s` is a moment from now."""
    return times.text(now + grammar.duration(written[1:])) if written.startswith("+") else written
