"""Every call of Zoom's that the sandbox answers, with its rate limit label and its scope (Zoom API, Meetings)."""

from collections.abc import Callable
from dataclasses import dataclass

from meetbot.sandbox import meetings, recording, registrants, reports, users
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call
from meetbot.sandbox.limits import Label

Operation = Callable[[Account, Call], Answer]


@dataclass(frozen=True)
class Kind:
    """One kind of call: `path` below `/v2` with its parts in braces, `scope` without its `:admin`."""

    method: str
    path: str
    label: Label
    scope: str
    operation: Operation

    @property
    def full_scope(self) -> str:
        return f"{self.scope}:admin"


KINDS = [
    Kind("GET", "/users/{user}", "Light", "user:read:user", users.get),
    Kind("GET", "/users/{user}/settings", "Medium", "user:read:settings", users.settings),
    Kind("POST", "/users/{user}/meetings", "Light", "meeting:write:meeting", meetings.create),
    Kind("GET", "/users/{user}/meetings", "Medium", "meeting:read:list_meetings", meetings.listed),
    Kind("GET", "/meetings/{meeting}", "Light", "meeting:read:meeting", meetings.get),
    Kind("PATCH", "/meetings/{meeting}", "Light", "meeting:update:meeting", meetings.update),
    Kind("DELETE", "/meetings/{meeting}", "Light", "meeting:delete:meeting", meetings.delete),
    Kind("PUT", "/meetings/{meeting}/status", "Light", "meeting:update:status", meetings.set_status),
    Kind("POST", "/meetings/{meeting}/registrants", "Light", "meeting:write:registrant", registrants.add),
    Kind("GET", "/meetings/{meeting}/registrants", "Medium", "meeting:read:list_registrants", registrants.listed),
    Kind(
        "PUT",
        "/meetings/{meeting}/registrants/status",
        "Medium",
        "meeting:update:registrant_status",
        registrants.set_status,
    ),
    Kind(
        "GET",
        "/meetings/{meeting}/registrants/questions",
        "Light",
        "meeting:read:list_registration_questions",
        registrants.questions,
    ),
    Kind(
        "PATCH",
        "/meetings/{meeting}/registrants/questions",
        "Light",
        "meeting:update:registration_question",
        registrants.set_questions,
    ),
    Kind("GET", "/meetings/{meeting}/registrants/{registrant}", "Light", "meeting:read:registrant", registrants.get),
    Kind(
        "DELETE",
        "/meetings/{meeting}/registrants/{registrant}",
        "Light",
        "meeting:delete:registrant",
        registrants.delete,
    ),
    Kind("PATCH", "/live_meetings/{meeting}/events", "Medium", "meeting:update:in_meeting_controls", recording.control),
    Kind("GET", "/past_meetings/{meeting}", "Light", "meeting:read:past_meeting", reports.past_meeting),
    Kind("GET", "/past_meetings/{meeting}/instances", "Medium", "meeting:read:list_past_instances", reports.instances),
    Kind(
        "GET",
        "/past_meetings/{meeting}/participants",
        "Medium",
        "meeting:read:list_past_participants",
        reports.past_participants,
    ),
    Kind("GET", "/report/meetings/{meeting}", "Heavy", "report:read:meeting", reports.report),
    Kind(
        "GET",
        "/report/meetings/{meeting}/participants",
        "Heavy",
        "report:read:list_meeting_participants",
        reports.report_participants,
    ),
]

SCOPES = frozenset(kind.full_scope for kind in KINDS)
