"""The body of create and update: what Zoom refuses, ignores, silently changes (Zoom API, Create a meeting)."""

import copy
import re
from typing import Any

from meetbot.sandbox import answers, defaults, occurrences, parts, switches, times
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Json
from meetbot.sandbox.model import MANUAL_APPROVAL, NO_REGISTRATION, WEBINAR_TYPES, User
from meetbot.sandbox.setup import PasscodeRules

Wrong = list[tuple[str, str]]

_MEETING_TYPES = (1, 2, 3, 8, 10)
_LONGEST = {"topic": 200, "agenda": 2000, "password": 10}
_PASSCODE = re.compile(r"[A-Za-z0-9@_*!-]*")
_RESTRICT_TO = 20_000
_KEYS, _KEY, _VALUE = 10, 64, 256


def check(account: Account, body: Json, zone: str, *, webinar: bool) -> None:
    """Raise one `Validation Failed.` that names every wrong field. `zone` is for a start time without its own."""
    wrong = [*_wrong_texts(account, body), *_wrong_times(body, zone)]
    if "type" in body and body["type"] not in (WEBINAR_TYPES if webinar else _MEETING_TYPES):
        wrong.append(("type", "Invalid field."))
    wrong += [(f"recurrence.{name}", "Invalid field.") for name in occurrences.wrong(body.get("recurrence"))]
    wrong += _wrong_keys(body)
    settings = body.get("settings", {})
    if isinstance(settings, dict):
        wrong += _wrong_settings(account, settings, webinar=webinar)
    else:
        wrong.append(("settings", "Invalid field."))
    if wrong:
        raise answers.invalid(*wrong)


def merged(account: Account, host: User, kind: int, current: Json, asked: Json) -> Json:
    """The settings after `asked`: unknown ones are ignored, impossible ones are changed without a word."""
    known = defaults.names(webinar=kind in WEBINAR_TYPES)
    settings = copy.deepcopy(current)
    settings.update((name, copy.deepcopy(value)) for name, value in asked.items() if name in known)
    if asked.get("continuous_meeting_chat", {}).get("enable"):
        # The channel stays the same, whatever a client sends back.
        settings["continuous_meeting_chat"] = {
            **asked["continuous_meeting_chat"],
            **{key: value for key, value in current["continuous_meeting_chat"].items() if key == "channel_id"},
        }
    switches.apply(account, host, kind, settings)
    return settings


def _wrong_texts(account: Account, body: Json) -> Wrong:
    wrong = []
    for name, longest in _LONGEST.items():
        value = body.get(name, "")
        if not isinstance(value, str) or len(value) > longest:
            wrong.append((name, f"Must be text of at most {longest} characters."))
    passcode = str(body.get("password", ""))
    if not _PASSCODE.fullmatch(passcode):
        wrong.append(("password", "Invalid field."))
    elif passcode and not _satisfies(account.setup.passcode, passcode):
        wrong.append(("password", "The passcode does not meet the account's requirements."))
    return wrong


def _wrong_keys(body: Json) -> Wrong:
    keys = answers.rows(body, "custom_keys")
    fit = all(len(str(row.get("key", ""))) <= _KEY and len(str(row.get("value", ""))) <= _VALUE for row in keys)
    return [] if fit and len(keys) <= _KEYS else [("custom_keys", "Invalid field.")]


def _satisfies(rules: PasscodeRules, passcode: str) -> bool:
    return (
        len(passcode) >= rules.length
        and (not rules.have_letter or any(char.isalpha() for char in passcode))
        and (not rules.have_number or any(char.isdecimal() for char in passcode))
        and (not rules.only_allow_numeric or passcode.isdecimal())
    )


def _wrong_times(body: Json, zone: str) -> Wrong:
    wrong = []
    duration = body.get("duration", 60)
    if type(duration) is not int or not 1 <= duration <= 1440:
        wrong.append(("duration", "Must be a number of minutes between 1 and 1440."))
    named = body.get("timezone", zone)
    if not isinstance(named, str) or not times.zoom_knows(named):
        return [*wrong, ("timezone", "Invalid field.")]
    try:
        times.from_zoom(str(body.get("start_time") or "2000-01-01T00:00:00Z"), named)
    except ValueError:
        wrong.append(("start_time", "Invalid field."))
    return wrong


def _wrong_settings(account: Account, settings: Json, *, webinar: bool) -> Wrong:
    answers.rows(settings, "meeting_invitees")
    known = defaults.of(webinar=webinar)
    names = [
        name
        for name, value in settings.items()
        if name in known and name != "auto_recording" and not _same_type(value, known[name])
    ]
    if settings.get("approval_type", NO_REGISTRATION) not in (0, MANUAL_APPROVAL, NO_REGISTRATION):
        names.append("approval_type")
    if settings.get("registration_type", 1) not in (1, 2, 3):
        names.append("registration_type")
    if not names:
        names = list(parts.wrong(account.setup, settings))
    if not names and webinar and not 0 <= settings.get("registrants_restrict_number", 0) <= _RESTRICT_TO:
        names = ["registrants_restrict_number"]
    if not names and not _all_licensed(account, settings.get("alternative_hosts", "")):
        return [("settings.alternative_hosts", "Must be licensed users of this account.")]
    return [(f"settings.{name}", "Invalid field.") for name in dict.fromkeys(names)]


def _same_type(value: object, default: Any) -> bool:
    return type(value) is type(default)


def _all_licensed(account: Account, listed: str) -> bool:
    addresses = [address.strip() for address in listed.replace(",", ";").split(";") if address.strip()]
    try:
        return all(account.user(address).licence == "licensed" for address in addresses)
    except answers.Refusal:
        return False
