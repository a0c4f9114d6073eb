"""The `smtp:` part of a fault script: which steps of which conversations are struck.

    smtp:
      - when: {rcpt: "*@grey.example", first: true}
        do: {at: rcpt, reply: "451 4.7.1 Greylisted", for: 7m}
      - when: {nth: [3]}
        do: accept_then_drop

`nth` counts the steps that the rest of `when` fits, from 1. `first` fits the first time for each pair of sender and
recipients. With `for` a pair that was struck is struck again for so long, and afterwards never again.
"""

import random
import re
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import translate
from typing import Any

from meetbot.sandbox import grammar as durations
from meetbot.sandbox import times
from meetbot.sandbox.faults import ScriptError
from meetbot.sandbox.smtp import grammar

_WHEN = {"rcpt", "sender", "nth", "p", "first", "from", "until", "encrypted", "authenticated"}
_KNOWS_RECIPIENT = {"rcpt", "data", "dot", "after", grammar.ACCEPTED}
_KNOWS_SENDER = {"mail", *_KNOWS_RECIPIENT}
_KNOWS_CLIENT = set(grammar.STEPS[2:]) | {grammar.ACCEPTED}
#: What must be known at a step before `when` can ask for it.
_NEEDS = {
    "rcpt": _KNOWS_RECIPIENT,
    "first": _KNOWS_RECIPIENT,
    "sender": _KNOWS_SENDER,
    "encrypted": _KNOWS_CLIENT,
    "authenticated": _KNOWS_CLIENT,
}


@dataclass(frozen=True)
class Occasion:
    """What is known of a conversation at one of its steps."""

    sender: str = ""
    recipients: tuple[str, ...] = ()
    encrypted: bool = False
    authenticated: bool = False


@dataclass
class Rule:
    deed: grammar.Deed
    sender: re.Pattern[str] | None
    recipient: re.Pattern[str] | None
    nth: frozenset[int] | None
    probability: float
    first: bool
    begins_at: datetime | None
    ends_at: datetime | None
    encrypted: bool | None
    authenticated: bool | None
    seen: int = 0
    met: set[tuple[str, ...]] = field(default_factory=set)
    struck_at: dict[tuple[str, ...], datetime] = field(default_factory=dict)

    def strikes(self, step: str, occasion: Occasion, now: datetime, chance: random.Random) -> bool:
        pair = (occasion.sender, *occasion.recipients)
        if step not in self.deed.steps or not self._fits(occasion, now):
            return False
        if self.deed.lasting is not None and pair in self.struck_at:
            return now < self.struck_at[pair] + self.deed.lasting
        if not self._chosen(pair, chance):
            return False
        self.struck_at[pair] = now
        return True

    def _fits(self, occasion: Occasion, now: datetime) -> bool:
        return (
            (self.begins_at is None or now >= self.begins_at)
            and (self.ends_at is None or now < self.ends_at)
            and self.encrypted in (None, occasion.encrypted)
            and self.authenticated in (None, occasion.authenticated)
            and (self.sender is None or self.sender.match(occasion.sender) is not None)
            and (self.recipient is None or any(map(self.recipient.match, occasion.recipients)))
        )

    def _chosen(self, pair: tuple[str, ...], chance: random.Random) -> bool:
        if self.first and pair in self.met:
            return False
        self.met.add(pair)
        self.seen += 1
        if self.nth is not None and self.seen not in self.nth:
            return False
        return self.probability >= 1 or chance.random() < self.probability


class Rules:
    """The rules of one run; the same seed and the same conversations give the same faults."""

    def __init__(self, entries: object, *, seed: int, started: datetime) -> None:
        """Raises ScriptError."""
        self._chance = random.Random(f"{seed}:smtp")
        if not isinstance(entries, list):
            raise ScriptError("smtp: expected a list")
        self._rules = [_rule(entry, f"smtp[{number}]", started) for number, entry in enumerate(entries)]

    def striking(self, step: str, occasion: Occasion, now: datetime) -> list[dict[str, Any]]:
        """The verbs of each rule that strikes this step, in the order of the script."""
        lower = Occasion(
            occasion.sender.lower(),
            tuple(sorted(recipient.lower() for recipient in occasion.recipients)),
            occasion.encrypted,
            occasion.authenticated,
        )
        return [rule.deed.verbs for rule in self._rules if rule.strikes(step, lower, now, self._chance)]


def _rule(entry: object, place: str, started: datetime) -> Rule:
    if not isinstance(entry, dict) or not {"do"} <= set(entry) <= {"when", "do"}:
        raise ScriptError(f"{place}: expected `when` (a mapping) and `do`")
    try:
        deed = grammar.deed(entry["do"])
    except ValueError as error:
        raise ScriptError(f"{place}.do: {error}") from None
    when = entry.get("when") or {}
    if not isinstance(when, dict):
        raise ScriptError(f"{place}.when: expected a mapping")
    if unknown := set(when) - _WHEN:
        raise ScriptError(f"{place}.when: unknown {', '.join(sorted(map(str, unknown)))}")
    try:
        return _read(when, deed, started)
    except (TypeError, ValueError) as error:
        raise ScriptError(f"{place}.when: {error}") from None


def _read(when: dict[str, Any], deed: grammar.Deed, started: datetime) -> Rule:
    for asked, steps in _NEEDS.items():
        if asked in when and not deed.steps <= steps:
            raise ValueError(f"`{asked}` is not known yet at {', '.join(sorted(deed.steps - steps))}")
    if "throttle" in deed.verbs and when.keys() & {"nth", "p", "sender"}:
        raise ValueError("a throttle counts by itself: only `from` and `until` can limit it")
    return Rule(
        deed=deed,
        sender=_glob(when.get("sender")),
        recipient=_glob(when.get("rcpt")),
        nth=_nth(when.get("nth")),
        probability=float(when.get("p", 1)),
        first=_switch("first", when) or False,
        begins_at=_moment(when.get("from"), started),
        ends_at=_moment(when.get("until"), started),
        encrypted=_switch("encrypted", when),
        authenticated=_switch("authenticated", when),
    )


def _glob(written: object) -> re.Pattern[str] | None:
    return None if written is None else re.compile(translate(str(written).lower()))


def _switch(name: str, when: dict[str, Any]) -> bool | None:
    if not isinstance(when.get(name), bool | None):
        raise ValueError(f"`{name}` is true or false")
    return when.get(name)


def _nth(counts: object) -> frozenset[int] | None:
    if counts is None:
        return None
    listed = counts if isinstance(counts, list) else [counts]
    if not all(isinstance(count, int) and count > 0 for count in listed):
        raise ValueError("`nth` is a number from 1 or a list of them")
    return frozenset(listed)


def _moment(written: object, started: datetime) -> datetime | None:
    if written is None:
        return None
    text = written.isoformat() if isinstance(written, datetime) else str(written)
    return started + durations.duration(text[1:]) if text.startswith("+") else times.from_iso(text)
