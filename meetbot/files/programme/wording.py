"""What the shape of the file refuses, in the words of a programme officer: every mistake, not only the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic_core import ErrorDetails, ValidationError

from meetbot.files import written
from meetbot.files.programme import schema
from meetbot.files.programme.source import Source, Tree, Trouble, Where

# Without one of these, or an entry of a list whose length counts, the others of its group look wrong as well, so the
# whole group is left out of the next look.
_TIMES = ("date", "start", "end", "minutes", "opens", "from", "to")
_COUNTED = ("languages", "weekdays", "lunch")
# Each look leaves something out; the file has fewer levels than this.
_LOOKS = 20
# More mistakes than this help nobody; a file of nothing but mistakes must not take long either.
_MOST = 100
_CONTAINERS = {
    "string_type": ("one text is expected here", "write it behind the ':'"),
    "tuple_type": ("a list is expected here", "write [one, two], or a line for each, each behind '- '"),
    "dataclass_type": ("lines of 'key: value' are expected here", "write them below, indented"),
    "dict_type": ("lines of 'key: value' are expected here", "write them below, indented"),
}


def validate(source: Source) -> tuple[schema.File | None, list[Trouble]]:
    """The file as far as it has the right shape, and every trouble with its shape.

    A slip in a key is read as what was meant, what is wrong is left out, and the rest is looked at again. None when
    nothing useful is left.
    """
    left_out = {trouble.where for trouble in source.troubles}
    troubles: list[Trouble] = []
    for _ in range(_LOOKS):
        known = {kind: source.keys_of(kind) for kind in ("organisations", "people", "meetings")}
        try:
            return schema.read(source.tree, known), troubles
        except ValidationError as refused:
            errors = refused.errors(include_url=False)[:_MOST]
        if slips := _slips(errors, source):
            troubles += _corrected(slips, source)
            continue
        troubles += [_trouble(error, source) for error in errors if error["loc"] not in left_out]
        culprits = {_culprit(error) for error in errors}
        left_out |= culprits
        _leave_out(source.tree, culprits)
        if () in culprits or len(troubles) >= _MOST:
            break
    return None, troubles


def _slips(errors: Sequence[ErrorDetails], source: Source) -> dict[Where, str]:
    """The unknown keys that are probably another key, which is not written beside them."""
    unknown = [error["loc"] for error in errors if error["type"] == "unexpected_keyword_argument"]
    return {where: meant for where in unknown if (meant := _meant(where)) and (*where[:-1], meant) not in source.keys}


def _corrected(slips: Mapping[Where, str], source: Source) -> list[Trouble]:
    troubles = []
    for where, meant in slips.items():
        trouble = Trouble(where, f"'{where[-1]}' is not known here", f"did you mean '{meant}'?", at_key=True)
        troubles.append(replace(trouble, mark=source.mark(trouble)))
        source.rename(where, meant)
    return troubles


def _culprit(error: ErrorDetails) -> Where:
    where = error["loc"]
    if len(where) > 1 and where[-2] in _COUNTED:
        return where[:-2]
    group = error["type"] == "missing" or where[-1:] == ("[key]",) or (where and where[-1] in _TIMES)
    return where[:-1] if group else where


def _leave_out(tree: Tree, culprits: set[Where]) -> None:
    # Later items of a list first, so that the places of earlier ones still hold.
    for where in sorted(
        culprits, key=lambda path: [step if isinstance(step, int) else 0 for step in path], reverse=True
    ):
        holder: Any = tree
        for step in where[:-1]:
            holder = holder[step] if _has(holder, step) else None
        if where and _has(holder, where[-1]):
            del holder[where[-1]]


def _has(holder: Any, step: str | int) -> bool:
    return step in holder if isinstance(holder, dict) else isinstance(holder, list) and step in range(len(holder))


def _trouble(error: ErrorDetails, source: Source) -> Trouble:
    where = error["loc"]
    wrong = error.get("ctx", {}).get("error")
    if where[-1:] == ("[key]",):
        return Trouble(where[:-1], str(error["ctx"]["error"]), getattr(wrong, "remedy", ""), at_key=True)
    if isinstance(wrong, written.Wrong):
        return Trouble((*where, *wrong.at), wrong.what, wrong.remedy)
    if error["type"] == "unexpected_keyword_argument":
        return Trouble(
            where, f"'{where[-1]}' is not known here", f"known here: {', '.join(_fields_beside(where))}", at_key=True
        )
    if error["type"] == "missing" and where not in source.keys:
        return Trouble(where[:-1], f"'{where[-1]}' is missing", f"add a line '{where[-1]}: …'", at_key=True)
    what, remedy = _CONTAINERS.get(error["type"], (error["msg"], ""))
    if (where in source.keys and error["input"] is None) or error["type"] == "missing":
        return Trouble(where, f"'{where[-1]}' is empty", "write its value", at_key=True)
    return Trouble(where, what, remedy)


def _meant(where: Where) -> str:
    return written.near(str(where[-1]), _fields_beside(where))


def _fields_beside(where: Where) -> list[str]:
    """The names of all fields of the group in which a field stands."""
    shapes = _shapes()
    group = shapes
    for step in where[:-1]:
        group = _resolved(group, shapes)
        group = group.get("properties", {}).get(step) or group.get("additionalProperties") or group.get("items", {})
    return list(_resolved(group, shapes)["properties"])


@cache
def _shapes() -> dict[str, Any]:
    from meetbot.files.programme import editors  # only a mistake needs it

    return editors.schema()


def _resolved(group: dict[str, Any], shapes: dict[str, Any]) -> dict[str, Any]:
    chosen: dict[str, Any] = next((one for one in group.get("anyOf", ()) if one.get("type") != "null"), group)
    return shapes["$defs"][chosen["$ref"].rpartition("/")[2]] if "$ref" in chosen else chosen
