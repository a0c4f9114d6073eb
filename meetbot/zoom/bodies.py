"""What calls carry to Zoom: a planned meeting or webinar, a registrant's form, questions.

Sources: Zoom API, Create a meeting, Create a webinar, Add a meeting registrant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from meetbot.core import meetings, text
from meetbot.core.model import MeetingKind
from meetbot.core.remote import PlannedMeeting
from meetbot.zoom import answers, zones

Body = Mapping[str, object]

_TYPES = {MeetingKind.MEETING: 2, MeetingKind.WEBINAR: 5}
_LANGUAGES = {"en": "en-US", "zh": "zh-CN"}


def created(planned: PlannedMeeting) -> Body:
    """All of a meeting that is to be made; what is not planned is not mentioned."""
    return _planned(planned, {name: value for name, value in _extras(planned).items() if value["enable"]})


def changed(planned: PlannedMeeting) -> Body:
    """All of a meeting that is there already; what is not planned any more is switched off."""
    return _planned(planned, _extras(planned))


def _planned(planned: PlannedMeeting, extras: Body) -> Body:
    webinar = planned.kind is MeetingKind.WEBINAR
    return {
        "topic": planned.topic,
        "agenda": meetings.marked(planned.text, planned.ref),
        "type": _TYPES[planned.kind],
        "start_time": f"{planned.starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "timezone": zones.zoom_zone(planned.zone),
        "duration": planned.minutes,
        "settings": {**_common(planned), **(_of_webinar() if webinar else _of_meeting(planned)), **extras},
    }


def _common(planned: PlannedMeeting) -> Body:
    return {
        # Only whom meetbot approves comes in, each by a link of their own, and only meetbot writes to them.
        "approval_type": 1,
        "registrants_confirmation_email": False,
        "registrants_email_notification": False,
        "close_registration": False,
        "show_share_button": False,
        "allow_multiple_devices": False,
        "meeting_authentication": False,
        "auto_recording": "none",
        "alternative_hosts": ";".join(planned.alternative_hosts),
        "email_in_attendee_report": True,
    }


def _of_meeting(planned: PlannedMeeting) -> Body:
    return {
        "alternative_hosts_email_notification": False,
        "email_notification": False,
        "show_join_info": False,
        "join_before_host": False,
        "waiting_room": planned.waiting_room,
        "mute_upon_entry": True,
    }


def _of_webinar() -> Body:
    return {
        "panelists_invitation_email_notification": False,
        "attendees_and_panelists_reminder_email_notification": {"enable": False},
        "follow_up_attendees_email_notification": {"enable": False},
        "follow_up_absentees_email_notification": {"enable": False},
    }


def _extras(planned: PlannedMeeting) -> dict[str, dict[str, object]]:
    """What only some meetings have; webinars have neither breakout rooms nor a chat that goes on."""
    both = {
        "language_interpretation": _switch(
            "interpreters",
            [{"email": address, "interpreter_languages": pair} for address, pair in planned.interpreters],
        ),
        "sign_language_interpretation": _switch(
            "interpreters",
            [{"email": address, "sign_language": name} for address, name in planned.sign_interpreters],
        ),
    }
    if planned.kind is MeetingKind.WEBINAR:
        return both
    rooms = [{"name": name, "participants": list(people)} for name, people in planned.breakout_rooms]
    return {**both, "breakout_room": _switch("rooms", rooms), "continuous_meeting_chat": {"enable": planned.chat}}


def _switch(listed: str, rows: Sequence[Mapping[str, object]]) -> dict[str, object]:
    return {"enable": True, listed: rows} if rows else {"enable": False}


def form(
    *,
    address: str,
    first_name: str,
    last_name: str,
    organisation: str = "",
    position: str = "",
    country: str = "",
    language: str | None = None,
) -> Mapping[str, str]:
    """What Zoom's form holds, within Zoom's lengths; a country or language that Zoom does not know is left out."""
    fields = {
        "email": address,
        "first_name": text.shortened(first_name, 64),
        "last_name": text.shortened(last_name, 64),
        "org": text.shortened(organisation, 128),
        "job_title": text.shortened(position, 128),
        "country": country if len(country) == 2 else "",
        "language": _LANGUAGES.get(language or "", ""),
    }
    return {name: value for name, value in fields.items() if value}


def questions(asked: Iterable[answers.Question]) -> Body:
    """Zoom's own registration form with these questions and no others beside name and address."""
    asked = tuple(asked)
    return {
        "questions": [{"field_name": one.name, "required": one.required} for one in asked if not one.own],
        "custom_questions": [
            {
                "title": one.name,
                "type": "single" if one.answers else "short",
                "required": one.required,
                "answers": list(one.answers),
            }
            for one in asked
            if one.own
        ],
    }
