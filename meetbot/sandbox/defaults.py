"""The settings of a meeting or webinar that nobody asked for (Zoom API, Create a meeting; Create a webinar)."""

from meetbot.sandbox.answers import Json
from meetbot.sandbox.model import NO_REGISTRATION

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
    "approved_or_denied_countries_or_regions": {"enable": False},
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
WITHOUT_DEFAULT = {
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
#: What a webinar has besides.
WEBINAR_DEFAULTS: Json = {
    "panelists_video": False,
    "practice_session": False,
    "hd_video": False,
    "registrants_restrict_number": 0,
    "panelists_invitation_email_notification": True,
}
#: What a webinar does not have: attendees neither wait, nor speak, nor break out.
MEETING_ONLY = {
    "participant_video",
    "join_before_host",
    "jbh_time",
    "mute_upon_entry",
    "waiting_room",
    "waiting_room_options",
    "breakout_room",
    "continuous_meeting_chat",
    "meeting_invitees",
    "focus_mode",
    "private_meeting",
    "device_testing",
    "disable_participant_video",
    "internal_meeting",
    "request_permission_to_unmute_participants",
}


def of(*, webinar: bool) -> Json:
    """A webinar keeps the meeting's settings underneath; `views` hides them."""
    return {**DEFAULTS, **WEBINAR_DEFAULTS} if webinar else DEFAULTS


def names(*, webinar: bool) -> set[str]:
    """Which settings a request may name; all others are ignored."""
    known = {*of(webinar=webinar), *WITHOUT_DEFAULT}
    return known - MEETING_ONLY if webinar else known
