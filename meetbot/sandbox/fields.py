"""The body of create and update: what Zoom refuses, ignores, silently changes (Zoom API, Create a meeting)."""

import copy
import re
from typing import Any

from meetbot.sandbox import answers, times
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Json
from meetbot.sandbox.model import MANUAL_APPROVAL, NO_REGISTRATION, User

RECURRING_UNFIXED = 3
_TYPES = (1, 2, RECURRING_UNFIXED, 8, 10)
_CHAT_TYPES = (2, 3, 8)
_LONGEST = {"topic": 200, "agenda": 2000, "password": 10}
_PASSCODE = re.compile(r"[A-Za-z0-9@_*!-]*")

DEFAULTS: Json = {
    "host_video": False,
    "participant_video": False,
    "join_before_host": False,
    "jbh_time": 0,
    "mute_upon_entry": False,
    "watermark": False,
    "use_pmi": False,
    "approval_type": NO_REGISTRATION,
    "audio": "both",
    "auto_recording": "none",
    "alternative_hosts": "",
    "alternative_hosts_email_notification": True,
    "email_notification": True,
    "email_in_attendee_report": False,
    "close_registration": False,
    "show_share_button": False,
    "show_join_info": False,
    "allow_multiple_devices": False,
    "registrants_confirmation_email": True,
    "registrants_email_notification": True,
    "waiting_room": False,
    "meeting_authentication": False,
    "encryption_type": "enhanced_encryption",
    "breakout_room": {"enable": False},
    "language_interpretation": {"enable": False},
    "sign_language_interpretation": {"enable": False},
    "continuous_meeting_chat": {"enable": False},
    "global_dial_in_countries": [],
    "focus_mode": False,
    "private_meeting": False,
    "device_testing": False,
    "disable_participant_video": False,
    "internal_meeting": False,
    "request_permission_to_unmute_participants": False,
    "auto_start_meeting_summary": False,
    "auto_start_ai_companion_questions": False,
    "contact_name": "",
    "contact_email": "",
}
_WITHOUT_DEFAULT = {
    "registration_type",
    "waiting_room_options",
    "authentication_option",
    "authentication_domains",
    "authentication_exception",
    "meeting_invitees",
    "calendar_type",
    "push_change_to_calendar",
    "allow_host_control_participant_mute_state",
    "question_and_answer",
    "who_will_receive_summary",
}


def check(account: Account, body: Json, zone: str) -> None:
    """Raise one `Validation Failed.` that names every wrong field. `zone` is for a start time without its own."""
    wrong = [*_wrong_texts(body), *_wrong_times(body, zone)]
    if body.get("type", 2) not in _TYPES:
        wrong.append(("type", "Invalid field."))
    settings = body.get("settings", {})
    if isinstance(settings, dict):
        wrong += _wrong_settings(account, settings)
    else:
        wrong.append(("settings", "Invalid field."))
    if wrong:
        raise answers.invalid(*wrong)


def merged(account: Account, host: User, kind: int, current: Json, asked: Json) -> Json:
    """The settings after `asked`: unknown ones are ignored, impossible ones are changed without a word."""
    settings = copy.deepcopy(current)
    settings.update((name, copy.deepcopy(asked[name])) for name in asked if name in DEFAULTS.keys() | _WITHOUT_DEFAULT)
    if settings["auto_recording"] not in ("local", "cloud", "none"):
        settings["auto_recording"] = "none"
    if kind == RECURRING_UNFIXED or host.licence != "licensed" or settings["use_pmi"]:
        settings["approval_type"] = NO_REGISTRATION
    if settings["waiting_room"]:
        settings["join_before_host"] = False
    if not account.setup.interpretation:
        settings["language_interpretation"] = {"enable": False}
    _open_chat(account, kind, settings["continuous_meeting_chat"])
    return settings


def _open_chat(account: Account, kind: int, chat: Json) -> None:
    if kind not in _CHAT_TYPES:
        chat["enable"] = False
    if chat.get("enable") and "channel_id" not in chat:
        chat["channel_id"] = f"web_sch_{account.names.person_id()}"


def _wrong_texts(body: Json) -> list[tuple[str, str]]:
    wrong = []
    for name, longest in _LONGEST.items():
        value = body.get(name, "")
        if not isinstance(value, str) or len(value) > longest:
            wrong.append((name, f"Must be text of at most {longest} characters."))
    if not _PASSCODE.fullmatch(str(body.get("password", ""))):
        wrong.append(("password", "Invalid field."))
    return wrong


def _wrong_times(body: Json, zone: str) -> list[tuple[str, str]]:
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


def _wrong_settings(account: Account, settings: Json) -> list[tuple[str, str]]:
    wrong = [
        (f"settings.{name}", "Invalid field.")
        for name, value in settings.items()
        if name in DEFAULTS and name != "auto_recording" and not _same_type(value, DEFAULTS[name])
    ]
    if settings.get("approval_type", NO_REGISTRATION) not in (0, MANUAL_APPROVAL, NO_REGISTRATION):
        wrong.append(("settings.approval_type", "Invalid field."))
    if not wrong and not _all_licensed(account, settings.get("alternative_hosts", "")):
        wrong.append(("settings.alternative_hosts", "Must be licensed users of this account."))
    return wrong


def _same_type(value: object, default: Any) -> bool:
    return type(value) is type(default)


def _all_licensed(account: Account, listed: str) -> bool:
    addresses = [address.strip() for address in listed.replace(",", ";").split(";") if address.strip()]
    try:
        return all(account.user(address).licence == "licensed" for address in addresses)
    except answers.Refusal:
        return False
