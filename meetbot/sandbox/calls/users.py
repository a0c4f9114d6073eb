"""Users and their settings (Zoom API, Users)."""

from meetbot.sandbox import parts, plans, switches
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Json, invalid
from meetbot.sandbox.model import Licence, User

_TYPE: dict[Licence, int] = {"basic": 1, "licensed": 2, "none": 4}


def listed(account: Account, call: Call) -> Answer:
    """GET list of one `status`, active ones when none is named."""
    status = call.query.get("status", "active")
    if status not in ("active", "inactive", "pending"):
        raise invalid(("status", "Invalid field."))
    rows = [_row(user) for user in account.users.values()]
    rows = [row for row in rows if row["status"] == status]
    return Answer(200, account.pages.cut("users", rows, call, listing="users"))


def get(account: Account, call: Call) -> Answer:
    user = account.user(call.parts["user"])
    return Answer(
        200,
        {
            **_row(user),
            "use_pmi": False,
            "account_id": account.setup.account_id,
            "role_name": "Member",
        },
    )


def settings(account: Account, call: Call) -> Answer:
    """GET: all of them, or with `option=meeting_security` those that keep people out."""
    user = account.user(call.parts["user"])
    option = call.query.get("option")
    if option == "meeting_security":
        return Answer(200, {"meeting_security": _security(account)})
    if option:
        raise invalid(("option", "Invalid field."))
    return Answer(
        200,
        {
            "schedule_meeting": _scheduling(account),
            "in_meeting": _in_meeting(account),
            "recording": _recording(account),
            "feature": _feature(account, user),
        },
    )


def _row(user: User) -> Json:
    return {
        "id": user.id,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "display_name": user.name,
        "type": _TYPE[user.licence],
        "timezone": user.timezone,
        "pmi": user.pmi,
        "verified": 1,
        "status": "active" if user.active else "inactive",
    }


def _scheduling(account: Account) -> Json:
    return {
        "require_password_for_scheduling_new_meetings": True,
        "meeting_password_requirement": _passcode(account),
        "embed_password_in_join_link": True,
        "join_before_host": False,
        "meeting_authentication": False,
        "continuous_meeting_chat": {"enable": account.setup.continuous_chat},
    }


def _in_meeting(account: Account) -> Json:
    features = switches.features(account.setup)
    return {
        "waiting_room": account.setup.waiting_room_lock is not False,
        "breakout_room": features["breakout_room"],
        "breakout_room_schedule": features["breakout_room"],
        "chat": True,
        "language_interpretation": {
            "enable": features["language_interpretation"],
            "enable_language_interpretation_by_default": False,
            "languages": list(parts.LANGUAGES),
            "custom_languages": list(account.setup.custom_languages),
        },
        "sign_language_interpretation": {
            "enable": features["sign_language_interpretation"],
            "enable_sign_language_interpretation_by_default": False,
            "languages": list(parts.SIGN_LANGUAGES),
            "custom_languages": [],
        },
    }


def _recording(account: Account) -> Json:
    return {
        "cloud_recording": plans.records_to_cloud(account.setup),
        "local_recording": True,
        "auto_recording": "none",
    }


def _feature(account: Account, user: User) -> Json:
    setup = account.setup
    return {
        "meeting_capacity": setup.capacity or plans.MEETING_CAPACITY[setup.plan],
        "large_meeting": False,
        "large_meeting_capacity": 0,
        "concurrent_meeting": "Plus" if plans.concurrent(setup, user) > 1 else "Basic",
        "webinar": setup.webinar,
        "webinar_capacity": plans.WEBINAR_CAPACITY if setup.webinar else 0,
    }


def _security(account: Account) -> Json:
    denied = list(account.setup.denied_countries)
    countries = {"enable": True, "method": "deny", "approved_list": [], "denied_list": denied}
    return {
        "approved_or_denied_countries_or_regions": countries if denied else {"enable": False},
        "block_user_domain": False,
        "block_user_domain_list": [],
        "embed_password_in_join_link": True,
        "encryption_type": "enhanced_encryption",
        "end_to_end_encrypted_meetings": False,
        "meeting_password": True,
        "meeting_password_requirement": _passcode(account),
        "only_authenticated_can_join_from_webclient": False,
        "waiting_room": account.setup.waiting_room_lock is True,
    }


def _passcode(account: Account) -> Json:
    rules = account.setup.passcode
    return {
        "length": rules.length,
        "have_letter": rules.have_letter,
        "have_number": rules.have_number,
        "have_special_character": False,
        "only_allow_numeric": rules.only_allow_numeric,
        "have_upper_and_lower_characters": False,
        "consecutive_characters_length": 0,
        "weak_enhance_detection": False,
    }
