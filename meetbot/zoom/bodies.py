"""The calls that meetbot makes, each as a request; nothing here sends one.

Sources: Zoom API, Meetings, and the pages of the single calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from meetbot.core import meetings, text
from meetbot.core.remote import PlannedMeeting
from meetbot.zoom.limits import Label
from meetbot.zoom.wire import Request, segment, uuid_segment

#: The longest list of registrants that one status call takes.
MOST_STATUS_CHANGES = 30

# Zoom has zones of its own, fewer than IANA; start times go in UTC, so that this one is only for showing.
_ZOOM_ZONES = {
    "Asia/Bangkok": "Asia/Bangkok",
    "Asia/Phnom_Penh": "Asia/Bangkok",
    "Asia/Vientiane": "Asia/Bangkok",
    "Asia/Ho_Chi_Minh": "Asia/Saigon",
    "Asia/Saigon": "Asia/Saigon",
    "Asia/Shanghai": "Asia/Shanghai",
    "Asia/Singapore": "Asia/Singapore",
    "Asia/Kuala_Lumpur": "Asia/Kuala_Lumpur",
    "Asia/Jakarta": "Asia/Jakarta",
    "Asia/Hong_Kong": "Asia/Hong_Kong",
    "Asia/Tokyo": "Asia/Tokyo",
    "Asia/Seoul": "Asia/Seoul",
}
_ZOOM_LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
_ALL = {"page_size": "300"}


def host(name: str) -> Request:
    return Request("look up host", "GET", f"/users/{segment(name)}")


def create_meeting(planned: PlannedMeeting) -> Request:
    # Zoom's pages disagree on the label of this call: the slower one.
    path = f"/users/{segment(planned.host)}/meetings"
    return Request("create meeting", "POST", path, Label.MEDIUM, body=_meeting(planned))


def meeting(id: str) -> Request:
    return Request("read meeting", "GET", f"/meetings/{segment(id)}")


def update_meeting(id: str, planned: PlannedMeeting) -> Request:
    return Request("update meeting", "PATCH", f"/meetings/{segment(id)}", body=_meeting(planned))


def delete_meeting(id: str) -> Request:
    return Request("delete meeting", "DELETE", f"/meetings/{segment(id)}")


def meetings_of(host: str) -> Request:
    query = {"type": "scheduled", **_ALL}
    return Request("list meetings", "GET", f"/users/{segment(host)}/meetings", Label.MEDIUM, query)


def record(id: str, action: str) -> Request:
    path = f"/live_meetings/{segment(id)}/events"
    return Request(f"{action} recording", "PATCH", path, Label.MEDIUM, body={"method": f"recording.{action}"})


def add_registrant(meeting_id: str, form: Mapping[str, str]) -> Request:
    """`form` bears Zoom's own field names."""
    body = {**form, "auto_approve": True}
    return Request("add registrant", "POST", f"/meetings/{segment(meeting_id)}/registrants", body=body)


def form(
    *,
    address: str,
    first_name: str,
    last_name: str,
    organisation: str,
    position: str,
    country: str,
    language: str | None,
) -> Mapping[str, str]:
    """What Zoom's form holds, within Zoom's lengths; a country or language that Zoom does not know is left out."""
    fields = {
        "email": address,
        "first_name": text.shortened(first_name, 64),
        "last_name": text.shortened(last_name, 64),
        "org": text.shortened(organisation, 128),
        "job_title": text.shortened(position, 128),
        "country": country if len(country) == 2 else "",
        "language": _ZOOM_LANGUAGES.get(language or "", ""),
    }
    return {name: value for name, value in fields.items() if value}


def registrants(meeting_id: str, status: str) -> Request:
    path = f"/meetings/{segment(meeting_id)}/registrants"
    return Request(f"list {status} registrants", "GET", path, Label.MEDIUM, {"status": status, **_ALL})


def set_status(meeting_id: str, action: str, registrants: Sequence[tuple[str, str]]) -> Request:
    rows = [{"id": id, "email": address} for id, address in registrants]
    path = f"/meetings/{segment(meeting_id)}/registrants/status"
    return Request(f"{action} registrants", "PUT", path, Label.MEDIUM, body={"action": action, "registrants": rows})


def instances(meeting_id: str) -> Request:
    return Request("list instances", "GET", f"/past_meetings/{segment(meeting_id)}/instances", Label.MEDIUM)


def past_participants(uuid: str) -> Request:
    path = f"/past_meetings/{uuid_segment(uuid)}/participants"
    return Request("list past participants", "GET", path, Label.MEDIUM, {"include_fields": "registrant_id", **_ALL})


def report(uuid: str) -> Request:
    path = f"/report/meetings/{uuid_segment(uuid)}/participants"
    return Request("read report", "GET", path, Label.HEAVY, {"include_fields": "registrant_id", **_ALL})


def _meeting(planned: PlannedMeeting) -> dict[str, object]:
    return {
        "topic": planned.topic,
        "agenda": meetings.marked(planned.text, planned.ref),
        "type": 2,
        "start_time": f"{planned.starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "timezone": _ZOOM_ZONES.get(planned.zone, "UTC"),
        "duration": planned.minutes,
        "settings": {
            # Only whom meetbot approves comes in, and only meetbot writes to them.
            "approval_type": 1,
            "registrants_confirmation_email": False,
            "registrants_email_notification": False,
            "alternative_hosts_email_notification": False,
            "email_notification": False,
            "close_registration": False,
            "show_share_button": False,
            "show_join_info": False,
            "meeting_authentication": False,
            "join_before_host": False,
            "waiting_room": planned.waiting_room,
            "mute_upon_entry": True,
            "auto_recording": "none",
            "alternative_hosts": ";".join(planned.alternative_hosts),
            "email_in_attendee_report": True,
        },
    }
