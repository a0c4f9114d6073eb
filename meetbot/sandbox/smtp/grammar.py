"""The verbs of the `smtp:` part of a fault script: at which step each acts, and the reading of its argument."""

import codecs
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from meetbot.sandbox import grammar
from meetbot.sandbox.smtp.replies import Reply

#: The steps that `at` names, in their order; `after` is when the answer to the message is out.
STEPS = ("connect", "banner", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "dot", "after")
#: Not for `at`: the mail is in, once for each recipient.
ACCEPTED = "accepted"

EXTENSIONS = ("STARTTLS", "AUTH", "SMTPUTF8", "8BITMIME", "SIZE")
CERTIFICATES = ("expired", "wrong-name", "self-signed", "old-tls")
ANOTHER = "<another@forged.example>"
_SWITCH = {True: True, False: False, "yes": True, "no": False}


@dataclass(frozen=True)
class Deed:
    """One `do`, read: what to do at which steps, and for how long after it struck first."""

    steps: frozenset[str]
    verbs: dict[str, Any]
    lasting: timedelta | None = None


@dataclass(frozen=True)
class Throttle:
    """So many messages in a minute and a day, so many connections at a time; None: no limit."""

    per_minute: int | None
    per_day: int | None
    connections: int | None
    reply: Reply | None


@dataclass(frozen=True)
class Dsn:
    """A report of a bounce or a delay (RFC 3464)."""

    status: str
    after: timedelta
    original_headers: bool
    #: The Message-ID that it falsely names, `ANOTHER` for one that was never here; None for an honest report.
    forged: str | None
    copies: int


def deed(do: object) -> Deed:
    """Read a `do`: a verb, a mapping of one verb, or a mapping with `at`. Raises ValueError."""
    asked = {do: None} if isinstance(do, str) else do
    if not isinstance(asked, dict):
        raise ValueError("expected a verb or a mapping")
    if "at" in asked:
        return _at_step(asked)
    if len(asked) != 1:
        raise ValueError("expected one verb, or `at` with what happens there")
    ((verb, argument),) = asked.items()
    if verb not in VERBS:
        raise ValueError(f"unknown verb {verb!r}; known are at, {', '.join(VERBS)}")
    steps, read = VERBS[verb]
    return Deed(frozenset(steps), {verb: _read(verb, read, argument)})


def _at_step(asked: dict[str, object]) -> Deed:
    step = str(asked["at"]).lower()
    if step not in STEPS:
        raise ValueError(f"at: unknown step {asked['at']!r}; known are {', '.join(STEPS)}")
    if unknown := asked.keys() - {"at", "for", *_REPLY, *_AT}:
        raise ValueError(f"at {step}: unknown {', '.join(sorted(map(str, unknown)))}")
    verbs = {verb: _read(verb, read, asked[verb]) for verb, read in _AT.items() if verb in asked}
    if asked.keys() & _REPLY.keys():
        verbs["reply"] = _reply({name: asked[name] for name in _REPLY if name in asked})
    if not verbs:
        raise ValueError(f"at {step}: expected one of reply, {', '.join(_AT)}")
    if step == "after" and "reply" in verbs:
        raise ValueError("at after: the answer is out, only delay and drop can follow")
    lasting = _read("for", grammar.duration, asked["for"]) if "for" in asked else None
    return Deed(frozenset({step}), verbs, lasting)


def _read(name: str, read: Callable[[object], Any], argument: object) -> Any:
    try:
        return read(argument)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _reply(asked: dict[str, object]) -> Reply:
    if "reply" not in asked:
        raise ValueError(f"{', '.join(asked)}: belongs to a `reply`")
    words = {name: _read(name, _REPLY[name], argument) for name, argument in asked.items()}
    return Reply(words.pop("reply"), **words)


def _nothing(argument: object) -> None:
    if argument is not None:
        raise ValueError("takes no argument")


def _true(argument: object) -> bool:
    if argument is not True:
        raise ValueError("is true, or left out")
    return True


def _text(argument: object) -> str:
    if not str(argument).strip():
        raise ValueError("is a text such as '451 4.7.1 Greylisted'")
    return str(argument)


def _count(argument: object) -> int:
    if isinstance(argument, bool) or not isinstance(argument, int) or argument < 1:
        raise ValueError("is a number from 1")
    return argument


def _encoding(argument: object) -> str:
    try:
        return codecs.lookup(str(argument)).name
    except LookupError:
        raise ValueError(f"unknown encoding {argument!r}") from None


def _mapping(argument: object, known: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(argument, dict) or not argument or argument.keys() - set(known):
        raise ValueError(f"takes a mapping of {', '.join(known)}")
    return argument


def _throttle(argument: object) -> Throttle:
    asked = _mapping(argument, ("per_minute", "per_day", "connections", "reply"))
    limits = {
        name: _read(name, _count, asked[name]) if name in asked else None
        for name in ("per_minute", "per_day", "connections")
    }
    return Throttle(**limits, reply=Reply(_text(asked["reply"])) if "reply" in asked else None)


def _extensions(argument: object) -> frozenset[str]:
    named = {str(name).upper() for name in (argument if isinstance(argument, list) else [argument])}
    if not named <= set(EXTENSIONS):
        raise ValueError(f"takes some of {', '.join(EXTENSIONS)}")
    return frozenset(named)


def _certificate(argument: object) -> str:
    if argument not in CERTIFICATES:
        raise ValueError(f"takes one of {', '.join(CERTIFICATES)}")
    return str(argument)


def _dsn(argument: object) -> Dsn:
    asked = _mapping(argument, ("status", "after", "original_headers", "forged", "copies")) if argument else {}
    status = str(asked.get("status", "5.1.1"))
    if status[:2] not in ("2.", "4.", "5.") or status.count(".") != 2:
        raise ValueError("status: is one such as 5.1.1 (RFC 3463)")
    if (headers := asked.get("original_headers", "yes")) not in _SWITCH:
        raise ValueError("original_headers: is yes or no")
    forged = asked.get("forged", "no")
    return Dsn(
        status=status,
        after=_after(asked),
        original_headers=_SWITCH[headers],
        forged=(ANOTHER if _SWITCH[forged] else None) if forged in _SWITCH else str(forged),
        copies=_read("copies", _count, asked.get("copies", 1)),
    )


def _returned(argument: object) -> timedelta:
    return _after(_mapping(argument, ("after",)) if argument is not None else {})


def _after(asked: dict[str, Any]) -> timedelta:
    return timedelta(0) if "after" not in asked else grammar.duration(asked["after"])


def _late(argument: object) -> timedelta:
    # RFC 5321, 4.5.3.2.6: a client waits ten minutes for the answer to a message.
    return grammar.duration("590s" if argument is None else argument)


def _times(argument: object) -> int:
    """How often each link is opened at most."""
    return 5 if argument is None else _count(_mapping(argument, ("times",))["times"])


_REPLY: dict[str, Callable[[object], object]] = {
    "reply": _text,
    "lines": _count,
    "width": _count,
    "encoding": _encoding,
}
_AT: dict[str, Callable[[object], object]] = {"drop": _true, "delay": grammar.duration, "drip": grammar.duration}
#: What stands alone: its steps, and the reading of its argument.
VERBS: dict[str, tuple[tuple[str, ...], Callable[[object], object]]] = {
    "drip": (("connect",), grammar.duration),
    "extension_missing": (("connect",), _extensions),
    "certificate": (("connect",), _certificate),
    "size_limit": (("connect",), _count),
    "throttle": (("connect", "mail"), _throttle),
    "accept_then_drop": (("dot",), _nothing),
    "accept_then_late_250": (("dot",), _late),
    "dsn": ((ACCEPTED,), _dsn),
    "vacation": ((ACCEPTED,), _returned),
    "complaint": ((ACCEPTED,), _returned),
    "open_links": ((ACCEPTED,), _times),
}
