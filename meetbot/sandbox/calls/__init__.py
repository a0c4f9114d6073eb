"""Every call of Zoom's that the sandbox answers, with its rate limit label and its scope (Zoom API, Meetings)."""

from meetbot.sandbox.calls import (
    batch,
    chat,
    controls,
    dashboard,
    history,
    invitations,
    lists,
    meetings,
    registrants,
    reports,
    tracking,
    users,
    webinars,
)
from meetbot.sandbox.calls.kind import Kind

__all__ = ["KINDS", "SCOPES", "Kind"]

_WRITE, _READ = "meeting:write", "meeting:read"
_LIVE = "/live_meetings/{meeting}/events"
_ONE = "/meetings/{meeting}"
_REGISTRANTS = f"{_ONE}/registrants"
_PAST = "/past_meetings/{meeting}"
_REPORT = "/report/meetings/{meeting}"
_METRICS = "/metrics/meetings"
_QUESTION_SCOPE = "meeting:update:registration_question"

_MEETINGS = [
    Kind("POST", "/users/{user}/meetings", "Light", f"{_WRITE}:meeting", meetings.create, creates=True),
    Kind("GET", "/users/{user}/meetings", "Medium", f"{_READ}:list_meetings", lists.meetings),
    Kind("GET", "/users/{user}/upcoming_meetings", "Medium", f"{_READ}:list_upcoming_meetings", lists.upcoming),
    Kind("GET", _ONE, "Light", f"{_READ}:meeting", meetings.get),
    Kind("PATCH", _ONE, "Light", "meeting:update:meeting", meetings.update),
    Kind("DELETE", _ONE, "Light", "meeting:delete:meeting", meetings.delete),
    Kind("PUT", f"{_ONE}/status", "Light", "meeting:update:status", meetings.set_status),
    Kind("GET", f"{_ONE}/invitation", "Light", f"{_READ}:invitation", invitations.text),
    Kind("POST", f"{_ONE}/invite_links", "Light", f"{_WRITE}:invite_links", invitations.add_links),
    Kind("PATCH", _LIVE, "Medium", "meeting:update:in_meeting_controls", controls.control),
]

_REGISTRATION = [
    Kind("POST", _REGISTRANTS, "Light", f"{_WRITE}:registrant", registrants.add),
    Kind("POST", f"{_ONE}/batch_registrants", "Heavy", f"{_WRITE}:batch_registrants", batch.add),
    Kind("GET", _REGISTRANTS, "Medium", f"{_READ}:list_registrants", registrants.listed),
    Kind("PUT", f"{_REGISTRANTS}/status", "Medium", "meeting:update:registrant_status", registrants.set_status),
    # Before the registrant, whose id `questions` would be.
    Kind("GET", f"{_REGISTRANTS}/questions", "Light", f"{_READ}:list_registration_questions", registrants.questions),
    Kind("PATCH", f"{_REGISTRANTS}/questions", "Light", _QUESTION_SCOPE, registrants.set_questions),
    Kind("GET", f"{_REGISTRANTS}/{{registrant}}", "Light", f"{_READ}:registrant", registrants.get),
    Kind("DELETE", f"{_REGISTRANTS}/{{registrant}}", "Light", "meeting:delete:registrant", registrants.delete),
]

_AFTERWARDS = [
    Kind("GET", _PAST, "Light", f"{_READ}:past_meeting", reports.past),
    Kind("GET", f"{_PAST}/instances", "Medium", f"{_READ}:list_past_instances", reports.instances),
    Kind("GET", f"{_PAST}/participants", "Medium", f"{_READ}:list_past_participants", reports.past_participants),
    Kind("GET", "/report/history_meetings", "Heavy", "report:read:list_history_meetings", history.held),
    Kind("GET", "/report/upcoming_events", "Heavy", "report:read:upcoming_meetings_webinars", history.upcoming),
    Kind("GET", _REPORT, "Heavy", "report:read:meeting", reports.report),
    Kind("GET", f"{_REPORT}/participants", "Heavy", "report:read:list_meeting_participants", reports.participants),
    Kind("GET", _METRICS, "Resource-intensive", "dashboard:read:list_meetings", dashboard.meetings),
    Kind(
        "GET",
        f"{_METRICS}/{{meeting}}/participants",
        "Heavy",
        "dashboard:read:list_meeting_participants",
        dashboard.participants,
    ),
]

_ACCOUNT = [
    Kind("GET", "/users", "Medium", "user:read:list_users", users.listed),
    Kind("GET", "/users/{user}", "Light", "user:read:user", users.get),
    Kind("GET", "/users/{user}/settings", "Medium", "user:read:settings", users.settings),
    Kind("GET", "/tracking_fields", "Medium", "tracking_field:read:list_tracking_fields", tracking.listed),
    Kind("POST", "/tracking_fields", "Light", "tracking_field:write:tracking_field", tracking.add),
    Kind("POST", "/chat/users/{user}/messages", "Medium", "team_chat:write:user_message", chat.send),
    Kind("POST", "/chat/channels/{channel}/members", "Medium", "team_chat:write:members", chat.add_members),
]

_WEBINAR = "/webinars/{webinar}"
_PANELISTS = f"{_WEBINAR}/panelists"
_ATTENDEES = f"{_WEBINAR}/registrants"
_PAST_WEBINAR = "/past_webinars/{webinar}"
_WEBINAR_REPORT = "/report/webinars/{webinar}"
_ATTENDANCE_SCOPE = "webinar:read:list_past_participants"
_REPORT_SCOPE = "report:read:list_webinar_participants"

_WEBINARS = [
    Kind("POST", "/users/{user}/webinars", "Light", "webinar:write:webinar", webinars.create, creates=True),
    Kind("GET", "/users/{user}/webinars", "Medium", "webinar:read:list_webinars", lists.webinars),
    Kind("GET", _WEBINAR, "Light", "webinar:read:webinar", meetings.get),
    Kind("PATCH", _WEBINAR, "Light", "webinar:update:webinar", meetings.update),
    Kind("DELETE", _WEBINAR, "Light", "webinar:delete:webinar", meetings.delete),
    Kind("PUT", f"{_WEBINAR}/status", "Light", "webinar:update:status", meetings.set_status),
    Kind("GET", _PANELISTS, "Medium", "webinar:read:list_panelists", webinars.panelists),
    Kind("POST", _PANELISTS, "Medium", "webinar:write:panelist", webinars.add_panelists),
    Kind("DELETE", _PANELISTS, "Light", "webinar:delete:panelist", webinars.remove_panelists),
    Kind("DELETE", f"{_PANELISTS}/{{panelist}}", "Light", "webinar:delete:panelist", webinars.remove_panelists),
    Kind("POST", _ATTENDEES, "Light", "webinar:write:registrant", registrants.add),
    Kind("POST", f"{_WEBINAR}/batch_registrants", "Heavy", "webinar:write:batch_registrants", batch.add),
    Kind("GET", _ATTENDEES, "Medium", "webinar:read:list_registrants", registrants.listed),
    Kind("PUT", f"{_ATTENDEES}/status", "Medium", "webinar:update:registrant_status", registrants.set_status),
    Kind("GET", f"{_ATTENDEES}/{{registrant}}", "Light", "webinar:read:registrant", registrants.get),
    Kind("DELETE", f"{_ATTENDEES}/{{registrant}}", "Light", "webinar:delete:registrant", registrants.delete),
    Kind("GET", f"{_PAST_WEBINAR}/instances", "Light", "webinar:read:list_past_instances", reports.instances),
    Kind("GET", f"{_PAST_WEBINAR}/absentees", "Heavy", "webinar:read:list_absentees", webinars.absentees),
    Kind("GET", f"{_PAST_WEBINAR}/participants", "Medium", _ATTENDANCE_SCOPE, reports.past_participants),
    Kind("GET", _WEBINAR_REPORT, "Heavy", "report:read:webinar", reports.report),
    Kind("GET", f"{_WEBINAR_REPORT}/participants", "Heavy", _REPORT_SCOPE, reports.participants),
]

KINDS = [*_MEETINGS, *_REGISTRATION, *_AFTERWARDS, *_ACCOUNT, *map(webinars.with_add_on, _WEBINARS)]

SCOPES = frozenset(kind.full_scope for kind in KINDS)
