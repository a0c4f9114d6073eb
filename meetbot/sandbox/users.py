"""Users and their settings (Zoom API, Users)."""

from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call
from meetbot.sandbox.model import Licence, User

_TYPE: dict[Licence, int] = {"basic": 1, "licensed": 2, "none": 4}


def get(account: Account, call: Call) -> Answer:
    user = account.user(call.parts["user"])
    return Answer(
        200,
        {
            "id": user.id,
            "email": user.email,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "display_name": user.name,
            "type": _TYPE[user.licence],
            "timezone": user.timezone,
            "pmi": user.pmi,
            "use_pmi": False,
            "verified": 1,
            "status": "active",
            "account_id": account.setup.account_id,
            "role_name": "Member",
        },
    )


def settings(account: Account, call: Call) -> Answer:
    user = account.user(call.parts["user"])
    paid = account.setup.plan != "free"
    return Answer(
        200,
        {
            "schedule_meeting": {
                "require_password_for_scheduling_new_meetings": True,
                "embed_password_in_join_link": True,
                "join_before_host": False,
            },
            "in_meeting": {
                "waiting_room": True,
                "breakout_room": True,
                "language_interpretation": {"enable": account.setup.interpretation},
            },
            "recording": {"cloud_recording": paid, "local_recording": True, "auto_recording": "none"},
            "feature": {
                "meeting_capacity": 100 if account.setup.plan != "business" else 300,
                "concurrent_meeting": "Plus" if concurrent(account, user) > 1 else "Basic",
                "webinar": False,
            },
        },
    )


def concurrent(account: Account, user: User) -> int:
    """How many meetings of this host may be live at once."""
    return 2 if account.setup.plan == "business" and user.licence == "licensed" else 1
