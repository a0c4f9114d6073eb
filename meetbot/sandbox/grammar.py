"""The verbs of the `zoom:` part of a fault script, each with the reading of its argument."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import get_args

from meetbot.sandbox.answers import Paging

STAGES = ("missing", "empty", "building", "complete", "revised")
#: What the rows of a participant report may suffer.
DISTORTIONS = (
    "blank_email",
    "same_name",
    "many_segments",
    "two_devices",
    "waiting_room",
    "naive_times",
    "negative",
    "cut_names",
    "no_registrant_id",
)
QUOTAS = ("qps", "daily", "host_daily", "registrant_daily")
#: What may come in place of a JSON object; `plain` is the object, called `text/plain`.
TYPES = ("list", "text", "number", "null", "plain")
CERTIFICATES = ("self-signed", "expired", "wrong-name")
#: The one verb that strikes a connection, not a request.
TLS_BAD = "tls_bad"

_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


@dataclass(frozen=True)
class Between:
    """A duration that is drawn anew for each request, every one equally likely."""

    least: timedelta
    most: timedelta

    def draw(self, chance: random.Random) -> timedelta:
        return self.least + (self.most - self.least) * chance.random()


@dataclass(frozen=True)
class InTurn:
    """One value for each reading of the same path, then the last one for ever."""

    values: tuple[str, ...]

    def at(self, reading: int) -> str:
        return self.values[min(max(reading, 1), len(self.values)) - 1]


def duration(value: object) -> timedelta:
    """Seconds as a number, or text such as `90s`, `10m`, `1h30m`. Raises ValueError."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return timedelta(seconds=value)
    match = _DURATION.fullmatch(str(value))
    if not match or not any(match.groups()):
        raise ValueError(f"{value!r} is not a duration such as 90s or 10m")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _nothing(argument: object) -> None:
    if argument is not None:
        raise ValueError("takes no argument")


def _delay(argument: object) -> timedelta | Between:
    if not isinstance(argument, dict):
        return duration(argument)
    if set(argument) != {"min", "max"}:
        raise ValueError("takes a duration, or `min` and `max`")
    least, most = duration(argument["min"]), duration(argument["max"])
    if least > most:
        raise ValueError("`min` is longer than `max`")
    return Between(least, most)


def skew(argument: object) -> timedelta:
    """A duration that may go backwards: `+40m`, `-40m`. Raises ValueError."""
    written = str(argument)
    return -duration(written[1:]) if written.startswith("-") else duration(written.removeprefix("+"))


def _pace(argument: object) -> timedelta:
    return timedelta(seconds=1) if argument is None else duration(argument)


def _status(argument: object) -> int:
    if not isinstance(argument, int) or not 100 <= argument <= 599:
        raise ValueError("is an HTTP status")
    return argument


def _megabytes(argument: object) -> float:
    if not isinstance(argument, int | float) or not 0 < argument <= 1_000:
        raise ValueError("takes a number of megabytes up to 1000")
    return float(argument)


def _text(argument: object) -> str:
    if not isinstance(argument, str) or not argument.strip():
        raise ValueError("takes a text")
    return argument


def _fields(argument: object) -> list[str]:
    names = [argument] if isinstance(argument, str) else argument
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("takes a field or a list of fields, with dots for fields inside fields")
    return names


def _mapping(argument: object) -> dict[str, object]:
    if not isinstance(argument, dict):
        raise ValueError("takes a mapping")
    return argument


def _headers(argument: object) -> dict[str, object]:
    headers = _mapping(argument)
    for value in headers.values():
        if str(value).startswith("+"):
            duration(str(value)[1:])
    return headers


def _changes(argument: object) -> dict[str, object]:
    """What a host edits; a start may count from the present one."""
    changes = _mapping(argument)
    if not isinstance(changes.get("settings", {}), dict):
        raise ValueError("`settings` is a mapping, or one field such as `settings.waiting_room`")
    if str(changes.get("start_time", "")).startswith(("+", "-")):
        skew(changes["start_time"])
    return changes


def _one_of(known: tuple[str, ...], *, otherwise: str | None = None) -> Callable[[object], str]:
    def read(argument: object) -> str:
        chosen = otherwise if argument is None else argument
        if chosen not in known:
            raise ValueError(f"takes one of {', '.join(known)}")
        return str(chosen)

    return read


def _some_of(known: tuple[str, ...]) -> Callable[[object], tuple[str, ...]]:
    def read(argument: object) -> tuple[str, ...]:
        chosen = argument if isinstance(argument, list) else [argument]
        if not chosen or any(one not in known for one in chosen):
            raise ValueError(f"takes one or several of {', '.join(known)}")
        return tuple(chosen)

    return read


def _stages(argument: object) -> InTurn:
    return InTurn(_some_of(STAGES)(argument))


#: Every verb with the reading of its argument.
VERBS: dict[str, Callable[[object], object]] = {
    # On the wire.
    "delay": _delay,
    "stall": _nothing,
    "drip": _pace,
    "drop_before": _nothing,
    "commit_then_drop": _nothing,
    "commit_then_502": _nothing,
    "commit_then_truncate": _nothing,
    TLS_BAD: _one_of(CERTIFICATES, otherwise="self-signed"),
    "clock_skew": skew,
    # Another answer in place of the call.
    "status": _status,
    "headers": _headers,
    "json": _mapping,
    "html": _nothing,
    "redirect": _text,
    "no_effect": _nothing,
    "token_expired": _nothing,
    "token_revoked": _nothing,
    "scope_missing": _text,
    "quota": _one_of(QUOTAS),
    "concurrent": _nothing,
    # The answer, damaged.
    "truncate_json": _nothing,
    "gzip_bad": _nothing,
    "bom": _nothing,
    "wrong_type": _one_of(TYPES, otherwise="list"),
    "big_body": _megabytes,
    "id_as_string": _nothing,
    "field_missing": _fields,
    "field_null": _fields,
    "field_changed": _mapping,
    # What Zoom makes of the call.
    "drop_setting": _fields,
    "list_lag": duration,
    **dict.fromkeys(get_args(Paging), _nothing),
    "report": _stages,
    "participants": _some_of(DISTORTIONS),
    # What somebody at Zoom did a moment before.
    "deleted_by_host": _nothing,
    "edited_by_host": _changes,
    "moved_to_host": _text,
    "to_webinar": _nothing,
    "host_deactivated": _nothing,
    "licence_removed": _nothing,
}
