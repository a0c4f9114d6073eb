"""A fault script for mail that cannot be read is refused with its place."""

from typing import Any

import pytest

from meetbot.sandbox import Sandbox
from tests.sandbox.mailroom import script


def refusal(one: object) -> str:
    with pytest.raises(ValueError) as refused:
        Sandbox(faults=script(one) if isinstance(one, dict) else str(one))
    return str(refused.value)


@pytest.mark.parametrize(
    ("do", "words"),
    [
        ("explode", "smtp[0].do: unknown verb 'explode'; known are at, drip, extension_missing"),
        ({"dsn": None, "vacation": None}, "smtp[0].do: expected one verb, or `at` with what happens there"),
        ({"at": "lunch", "drop": True}, "smtp[0].do: at: unknown step 'lunch'; known are connect, banner"),
        ({"at": "rcpt"}, "smtp[0].do: at rcpt: expected one of reply, drop, delay, drip"),
        ({"at": "rcpt", "replay": "451 x"}, "smtp[0].do: at rcpt: unknown replay"),
        ({"at": "rcpt", "lines": 3}, "smtp[0].do: lines: belongs to a `reply`"),
        ({"at": "rcpt", "reply": ""}, "smtp[0].do: reply: is a text such as '451 4.7.1 Greylisted'"),
        ({"at": "rcpt", "reply": "451", "for": "soon"}, "smtp[0].do: for: 'soon' is not a duration"),
        ({"at": "after", "reply": "250 x"}, "smtp[0].do: at after: the answer is out"),
        ({"at": "dot", "drop": "yes"}, "smtp[0].do: drop: is true, or left out"),
        ({"extension_missing": ["DSN"]}, "smtp[0].do: extension_missing: takes some of STARTTLS"),
        ({"certificate": "stale"}, "smtp[0].do: certificate: takes one of expired, wrong-name, self-signed, old-tls"),
        ({"throttle": {"per_hour": 3}}, "smtp[0].do: throttle: takes a mapping of per_minute, per_day"),
        ({"throttle": {"per_minute": 0}}, "smtp[0].do: throttle: per_minute: is a number from 1"),
        ({"dsn": {"status": "bad"}}, "smtp[0].do: dsn: status: is one such as 5.1.1"),
        ({"accept_then_drop": 3}, "smtp[0].do: accept_then_drop: takes no argument"),
    ],
)
def test_P40_a_bad_verb_is_refused_with_its_place(do: object, words: str) -> None:
    """What was written, and what is known."""
    assert refusal({"do": do}).startswith(words)


@pytest.mark.parametrize(
    ("when", "do", "words"),
    [
        ({"nth": 0}, "accept_then_drop", "smtp[0].when: `nth` is a number from 1 or a list of them"),
        ({"to": "x"}, "accept_then_drop", "smtp[0].when: unknown to"),
        ({"p": "often"}, "accept_then_drop", "smtp[0].when: could not convert"),
        ({"first": "yes"}, "accept_then_drop", "smtp[0].when: `first` is true or false"),
        ({"from": "noon"}, "accept_then_drop", "smtp[0].when: Invalid isoformat"),
        ({"from": "2021-11-10T12:00:00"}, "accept_then_drop", "smtp[0].when: 2021-11-10T12:00:00 has no zone"),
        ({"rcpt": "a@*"}, {"at": "mail", "drop": True}, "smtp[0].when: `rcpt` is not known yet at mail"),
        ({"sender": "a@*"}, {"certificate": "expired"}, "smtp[0].when: `sender` is not known yet at connect"),
        ({"encrypted": True}, {"at": "banner", "delay": 1}, "smtp[0].when: `encrypted` is not known yet at banner"),
        ({"nth": 3}, {"throttle": {"per_day": 1}}, "smtp[0].when: a throttle counts by itself"),
    ],
)
def test_P40_a_bad_condition_is_refused_with_its_place(when: dict[str, Any], do: object, words: str) -> None:
    """Also one that can never be known at its step."""
    assert refusal({"when": when, "do": do}).startswith(words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("smtp: {do: accept_then_drop}", "smtp: expected a list"),
        ("smtp: [accept_then_drop]", "smtp[0]: expected `when` (a mapping) and `do`"),
        ("smtp: [{when: {}}]", "smtp[0]: expected `when` (a mapping) and `do`"),
        ("smtp: [{when: [1], do: accept_then_drop}]", "smtp[0].when: expected a mapping"),
    ],
)
def test_P40_a_script_of_another_shape_is_refused(text: str, words: str) -> None:
    """And says which was expected."""
    assert refusal(text) == words
