"""The verbs of a fault script, each with the reading of its argument."""

import re
from collections.abc import Callable
from datetime import timedelta

from meetbot.sandbox import reports

_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


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


def _status(argument: object) -> int:
    if not isinstance(argument, int) or not 100 <= argument <= 599:
        raise ValueError("is an HTTP status")
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


def _stage(argument: object) -> str:
    if argument not in reports.STAGES:
        raise ValueError(f"takes one of {', '.join(reports.STAGES)}")
    return str(argument)


#: Every verb with the reading of its argument.
VERBS: dict[str, Callable[[object], object]] = {
    "delay": duration,
    "stall": _nothing,
    "drop_before": _nothing,
    "commit_then_drop": _nothing,
    "commit_then_502": _nothing,
    "commit_then_truncate": _nothing,
    "status": _status,
    "headers": _mapping,
    "json": _mapping,
    "html": _nothing,
    "truncate_json": _nothing,
    "id_as_string": _nothing,
    "field_missing": _fields,
    "field_null": _fields,
    "field_changed": _mapping,
    "token_expired": _nothing,
    "list_lag": duration,
    "no_effect": _nothing,
    "drop_setting": _fields,
    "report": _stage,
}
