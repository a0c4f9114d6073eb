"""The `zoom:` part of a fault script: which requests go wrong, and how.

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
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from meetbot.sandbox import grammar
from meetbot.sandbox.faults import script
from meetbot.sandbox.faults.script import ScriptError

_WHEN = {"method", "path", "nth", "p", "from", "until"}
# A connection is struck before anybody knows what it will ask for.
_WHEN_OF_CONNECTIONS = {"nth", "p", "from", "until"}


@dataclass
class _Rule:
    method: str | None
    path: re.Pattern[str]
    nth: frozenset[int] | None
    probability: float
    begins_at: datetime | None
    ends_at: datetime | None
    verbs: dict[str, Any]
    seen: int = 0

    @property
    def is_for_connections(self) -> bool:
        return grammar.TLS_BAD in self.verbs

    def fits(self, method: str, path: str) -> bool:
        return self.method in (None, method) and self.path.fullmatch(path) is not None

    def strikes(self, now: datetime, chance: random.Random) -> bool:
        """Whether this one of those that fit is struck."""
        if (self.begins_at and now < self.begins_at) or (self.ends_at and now >= self.ends_at):
            return False
        self.seen += 1
        if self.nth is not None and self.seen not in self.nth:
            return False
        return self.probability >= 1 or chance.random() < self.probability


class Script:
    """The rules of one run; the same seed and the same requests give the same faults."""

    def __init__(self, entries: object, *, seed: int, started: datetime) -> None:
        """`entries` is the `zoom` section. Raises ScriptError."""
        if entries is not None and not isinstance(entries, list):
            raise ScriptError("zoom: expected a list of rules")
        self._chance = random.Random(f"{seed}:faults")
        # By itself: how many connections a client opens must not change what its requests meet.
        self._chance_of_connections = random.Random(f"{seed}:connections")
        rules = [_rule(entry, f"zoom[{place}]", started) for place, entry in enumerate(entries or [])]
        self._rules = [rule for rule in rules if not rule.is_for_connections]
        self._connection_rules = [rule for rule in rules if rule.is_for_connections]
        self._readings: Counter[str] = Counter()

    def verbs(self, method: str, path: str, now: datetime, *, next_page: bool = False) -> dict[str, Any]:
        """What to do to this request: verb and argument. Where two rules name one verb, the first counts.

        `next_page` tells that the request goes on reading what an earlier one began.
        """
        striking: dict[str, Any] = {}
        for rule in self._rules:
            if rule.fits(method, path) and rule.strikes(now, self._chance):
                striking = {**rule.verbs, **striking}
        return {verb: self._settled(argument, path, next_page) for verb, argument in striking.items()}

    def certificate(self, now: datetime) -> str | None:
        """What is wrong with the certificate that this new connection is shown; None: nothing."""
        struck = [rule for rule in self._connection_rules if rule.strikes(now, self._chance_of_connections)]
        return struck[0].verbs[grammar.TLS_BAD] if struck else None

    def _settled(self, argument: object, path: str, next_page: bool) -> object:
        if isinstance(argument, grammar.Between):
            return argument.draw(self._chance)
        if isinstance(argument, grammar.InTurn):
            self._readings[path] += not next_page
            return argument.at(self._readings[path])
        return argument


def _rule(entry: Any, place: str, started: datetime) -> _Rule:
    if not isinstance(entry, dict) or set(entry) != {"when", "do"} or not isinstance(entry["when"], dict):
        raise ScriptError(f"{place}: expected `when` (a mapping) and `do`")
    verbs = _verbs(entry["do"], place)
    when = entry["when"]
    if unknown := when.keys() - (_WHEN_OF_CONNECTIONS if grammar.TLS_BAD in verbs else _WHEN):
        raise ScriptError(f"{place}.when: unknown {', '.join(sorted(map(str, unknown)))}")
    try:
        return _Rule(
            method=str(when["method"]).upper() if "method" in when else None,
            path=_pattern(str(when.get("path", "/**"))),
            nth=_nth(when.get("nth")),
            probability=_probability(when.get("p", 1)),
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
    if grammar.TLS_BAD in verbs and len(verbs) > 1:
        raise ScriptError(f"{place}.do: `{grammar.TLS_BAD}` stands alone: it strikes a connection, not a request")
    return verbs


def _probability(written: object) -> float:
    if not isinstance(written, int | float) or not 0 <= written <= 1:
        raise ValueError("`p` is a chance from 0 to 1")
    return float(written)


def _nth(counts: object) -> frozenset[int] | None:
    if counts is None:
        return None
    listed = [counts] if isinstance(counts, int) else counts
    if not isinstance(listed, list) or not all(isinstance(count, int) and count > 0 for count in listed):
        raise ValueError("`nth` is a number from 1 or a list of them")
    return frozenset(listed)


def _moment(written: object, started: datetime) -> datetime | None:
    if isinstance(written, str) and written.startswith("+"):
        return started + grammar.duration(written[1:])
    return None if written is None else script.moment(written)


def _pattern(glob: str) -> re.Pattern[str]:
    """`*` stands for one part of the path, `**` for any number of them."""
    pieces = re.split(r"(\*\*|\*)", glob)
    wild = {"**": ".*", "*": "[^/]*"}
    return re.compile("".join(wild.get(piece) or re.escape(piece) for piece in pieces))
