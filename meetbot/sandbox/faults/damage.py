"""What a fault makes of an answer on its way: other fields, another type, half a body, none at all."""

import copy
import functools
import gzip
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from meetbot.sandbox.answers import Answer, Json
from meetbot.sandbox.wire import Fate, Reply

_PAGE = b"<!DOCTYPE html><html><head><title>Zoom</title></head><body><h1>Service unavailable</h1></body></html>"
_HTML, _JSON, _PLAIN = "text/html; charset=utf-8", "application/json;charset=UTF-8", "text/plain;charset=UTF-8"
_MEGABYTE = 1_000_000
_BOM = b"\xef\xbb\xbf"
_FATES: dict[str, Fate] = {
    "drop_before": "dropped",
    "commit_then_drop": "dropped",
    "stall": "stalled",
    "commit_then_truncate": "cut",
}
_OTHER_TYPES: dict[str, Callable[[Json], object]] = {
    "list": lambda body: [body],
    "text": json.dumps,
    "number": lambda _: 0,
    "null": lambda _: None,
    "plain": lambda body: body,
}


def without_settings(verbs: Json, raw: bytes) -> bytes:
    """The request's body without the settings that Zoom drops in silence."""
    if "drop_setting" not in verbs:
        return raw
    try:
        body = json.loads(raw)
    except ValueError:
        return raw
    for path in verbs["drop_setting"]:
        _at(body, f"settings.{path}", _remove)
    return json.dumps(body).encode()


def reply(verbs: Json, answer: Answer, now: datetime) -> Reply:
    """The answer as it goes on the wire."""
    content, headers = _content(verbs, answer)
    dated = format_datetime(now + verbs.get("clock_skew", timedelta(0)), usegmt=True)
    return Reply(
        status=502 if "commit_then_502" in verbs else answer.status,
        content=content,
        headers={**answer.headers, **headers, "date": dated},
        fate=next((fate for verb, fate in _FATES.items() if verb in verbs), "sent"),
        pace=verbs.get("drip"),
    )


def _content(verbs: Json, answer: Answer) -> tuple[bytes, dict[str, str]]:
    if verbs.keys() & {"html", "commit_then_502"}:
        return _PAGE, {"content-type": _HTML}
    if answer.body is None:
        return b"", {}
    headers = {"content-type": _PLAIN if verbs.get("wrong_type") == "plain" else _JSON}
    content = _written(verbs, _changed(verbs, answer.body))
    if "gzip_bad" not in verbs:
        return content, headers
    return _with_wrong_checksum(gzip.compress(content, mtime=0)), {**headers, "content-encoding": "gzip"}


def _written(verbs: Json, body: Json) -> bytes:
    typed = _OTHER_TYPES[verbs["wrong_type"]](body) if "wrong_type" in verbs else body
    content = json.dumps(typed, ensure_ascii=False, separators=(",", ":")).encode()
    if "truncate_json" in verbs:
        content = content[: len(content) // 2]
    return _BOM + content if "bom" in verbs else content


def _with_wrong_checksum(packed: bytes) -> bytes:
    """It stands in the last eight bytes (RFC 1952, 2.3.1), so that the fault shows only at the end."""
    return packed[:-8] + bytes(byte ^ 0xFF for byte in packed[-8:])


def _changed(verbs: Json, answered: Json) -> Json:
    if not verbs.keys() & {"id_as_string", "field_missing", "field_null", "field_changed", "big_body"}:
        return answered
    body = copy.deepcopy(answered)
    for path in verbs.get("field_missing", []):
        _at(body, path, _remove)
    values = {**dict.fromkeys(verbs.get("field_null", [])), **verbs.get("field_changed", {})}
    for path, value in values.items():
        _at(body, path, functools.partial(_set, value=value))
    if "id_as_string" in verbs:
        _ids_as_text(body)
    if "big_body" in verbs:
        body["padding"] = "x" * int(verbs["big_body"] * _MEGABYTE)
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
