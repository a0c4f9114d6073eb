"""What the administrator locked or the plan lacks: such settings are dropped without a word.

Zoom API, Create a meeting: "If this feature is not enabled on the host's account, this setting will not be applied."
"""

from meetbot.sandbox import plans
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Json
from meetbot.sandbox.model import NO_REGISTRATION, RECURRING, RECURRING_UNFIXED, User
from meetbot.sandbox.setup import Setup

_CHAT_TYPES = (2, RECURRING_UNFIXED, RECURRING)


def apply(account: Account, host: User, kind: int, settings: Json) -> None:
    """Change `settings` to what Zoom would really store for this host and this `type` of meeting."""
    for name, on in features(account.setup).items():
        if not on:
            settings[name] = {"enable": False}
    if settings["auto_recording"] not in ("local", "cloud", "none"):
        settings["auto_recording"] = "none"
    if settings["auto_recording"] == "cloud" and not plans.records_to_cloud(account.setup):
        settings["auto_recording"] = "none"
    if not _may_register(account.setup, host) or kind == RECURRING_UNFIXED or settings["use_pmi"]:
        settings["approval_type"] = NO_REGISTRATION
    if account.setup.waiting_room_lock is not None:
        settings["waiting_room"] = account.setup.waiting_room_lock
    if settings["waiting_room"]:
        settings["join_before_host"] = False
    _open_chat(account, kind, settings)


def features(setup: Setup) -> dict[str, bool]:
    """Settings of the form `{"enable": ...}` and whether the account has what they need."""
    return {
        "language_interpretation": setup.interpretation,
        "sign_language_interpretation": setup.sign_interpretation,
        "breakout_room": setup.breakout_rooms,
        "continuous_meeting_chat": setup.continuous_chat,
    }


def _may_register(setup: Setup, host: User) -> bool:
    return setup.registration and host.licence == "licensed"


def _open_chat(account: Account, kind: int, settings: Json) -> None:
    """The channel has its id at once; the group behind it comes later, see `chat`."""
    chat = settings["continuous_meeting_chat"]
    if kind not in _CHAT_TYPES or settings["use_pmi"] or settings["encryption_type"] == "e2ee":
        chat["enable"] = False
    if chat.get("enable") and "channel_id" not in chat:
        chat["channel_id"] = f"web_sch_{account.names.person_id()}"
