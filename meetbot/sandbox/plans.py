"""What a plan allows: how many people, how many meetings at once (Zoom help, Concurrent meetings)."""

from meetbot.sandbox.limits import Plan
from meetbot.sandbox.model import Meeting, User
from meetbot.sandbox.setup import Setup

MEETING_CAPACITY: dict[Plan, int] = {"free": 100, "pro": 100, "business": 300}
WEBINAR_CAPACITY = 500


def capacity(setup: Setup, meeting: Meeting) -> int:
    """How many people fit in, those in the waiting room and several devices of one person counted."""
    if setup.capacity is not None:
        return setup.capacity
    return WEBINAR_CAPACITY if meeting.is_webinar else MEETING_CAPACITY[setup.plan]


def concurrent(setup: Setup, user: User) -> int:
    """How many meetings of this host may be live at once."""
    return 2 if setup.plan == "business" and user.licence == "licensed" else 1


def records_to_cloud(setup: Setup) -> bool:
    return setup.plan != "free" and setup.cloud_recording


def has_reports(setup: Setup) -> bool:
    return setup.plan != "free"
