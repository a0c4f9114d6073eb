"""The fault script: which requests go wrong, and how. YAML, of which the `zoom:` part is read here.

    zoom:
      - when: {method: POST, path: "/v2/users/*/meetings", nth: [2, 5]}
        do: commit_then_drop
      - when: {path: "/v2/**", p: 0.03, from: "+10m", until: "+20m"}
        do: {status: 503, headers: {Retry-After: "2"}, json: {code: 5000, message: "..."}}

`nth` counts the requests that the rest of `when` fits, from 1. `from` and `until` are ISO times or `+` a duration
from the start of the sandbox clock.
"""

import random
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from meetbot.sandbox import grammar, times


class ScriptError(ValueError):
    """A fault script that cannot be read; the message names the place."""


@dataclass
class _Rule:
    methods: str | None
    path: re.Pattern[str]
    nth: frozenset[int] | None
    probability: float
    begins_at: datetime | None
    ends_at: datetime | None
    verbs: dict[str, Any]
    seen: int = 0

    def strikes(self, method: str, path: str, now: datetime, chance: random.Random) -> bool:
        if self.methods not in (None, method) or not self.path.fullmatch(path):
            return False
        if (self.begins_at and now < self.begins_at) or (self.ends_at and now >= self.ends_at):
            return False
        self.seen += 1
        if self.nth is not None and self.seen not in self.nth:
            return False
        return self.probability >= 1 or chance.random() < self.probability


class Script:
    """The rules of one run; the same seed and the same requests give the same faults."""

    def __init__(self, text: str, *, seed: int, started: datetime) -> None:
        """Raises ScriptError."""
        self._chance = random.Random(f"{seed}:faults")
        self._rules = [_rule(entry, f"zoom[{place}]", started) for place, entry in enumerate(_entries(text))]

    def verbs(self, method: str, path: str, now: datetime) -> dict[str, Any]:
        """What to do to this request: verb and argument. Where two rules name one verb, the first counts."""
        striking: dict[str, Any] = {}
        for rule in self._rules:
            if rule.strikes(method, path, now, self._chance):
                striking = {**rule.verbs, **striking}
        return striking


def _entries(text: str) -> list[Any]:
    try:
        script = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise ScriptError(f"not YAML: {error}") from None
    if script is None:
        return []
    entries = script.get("zoom", []) if isinstance(script, dict) else None
    if not isinstance(entries, list):
        raise ScriptError("expected a mapping with a list under `zoom`")
    return entries


def _rule(entry: Any, place: str, started: datetime) -> _Rule:
    if not isinstance(entry, dict) or set(entry) != {"when", "do"} or not isinstance(entry["when"], dict):
        raise ScriptError(f"{place}: expected `when` (a mapping) and `do`")
    verbs = _verbs(entry["do"], place)
    when = entry["when"]
    if unknown := set(when) - {"method", "path", "nth", "p", "from", "until"}:
        raise ScriptError(f"{place}.when: unknown {', '.join(sorted(unknown))}")
    try:
        return _Rule(
            methods=when.get("method"),
            path=_pattern(str(when.get("path", "/**"))),
            nth=_nth(when.get("nth")),
            probability=float(when.get("p", 1)),
            begins_at=_moment(when.get("from"), started),
            ends_at=_moment(when.get("until"), started),
            verbs=verbs,
        )
    except (TypeError, ValueError) as error:
        raise ScriptError(f"{place}: {error}") from None


def _verbs(do: object, place: str) -> dict[str, Any]:
    asked = {do: None} if isinstance(do, str) else do
    if not isinstance(asked, dict):
        raise ScriptError(f"{place}.do: expected a verb or a mapping of verbs")
    verbs = {}
    for verb, argument in asked.items():
        if verb not in grammar.VERBS:
            raise ScriptError(f"{place}.do: unknown verb {verb!r}; known are {', '.join(grammar.VERBS)}")
        try:
            verbs[verb] = grammar.VERBS[verb](argument)
        except ValueError as error:
            raise ScriptError(f"{place}.do.{verb}: {error}") from None
    if "status" not in verbs and verbs.keys() & {"headers", "json"}:
        raise ScriptError(f"{place}.do: `headers` and `json` belong to a `status`")
    return verbs


def _nth(counts: object) -> frozenset[int] | None:
    if counts is None:
        return None
    listed = [counts] if isinstance(counts, int) else counts
    if not isinstance(listed, list) or not all(isinstance(count, int) and count > 0 for count in listed):
        raise ValueError("`nth` is a number from 1 or a list of them")
    return frozenset(listed)


def _moment(written: object, started: datetime) -> datetime | None:
    if written is None:
        return None
    if isinstance(written, datetime):
        return times.from_iso(written.isoformat())
    text = str(written)
    return started + grammar.duration(text[1:]) if text.startswith("+") else times.from_iso(text)


def _pattern(glob: str) -> re.Pattern[str]:
    """`*` stands for one part of the path, `**` for any number of them."""
    pieces = re.split(r"(\*\*|\*)", glob)
    wild = {"**": ".*", "*": "[^/]*"}
    return re.compile("".join(wild.get(piece) or re.escape(piece) for piece in pieces))
