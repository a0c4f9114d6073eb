"""The objects inside Zoom's events: a planned meeting, a running one, a participant, a registrant."""

from datetime import datetime

from meetbot.sandbox import occurrences, times
from meetbot.sandbox.answers import Json
from meetbot.sandbox.calls import registrants
from meetbot.sandbox.model import Instance, Meeting, Registrant

#: What `meeting.created` tells of the settings.
_SETTINGS = ("use_pmi", "alternative_hosts", "join_before_host", "jbh_time", "meeting_invitees")
_LEFT = {"the host ended it": "Host ended the meeting", "left of their own will": "left the meeting"}
# A documentation address (RFC 5737) and a private one (RFC 1918): where everybody in the sandbox sits.
_PUBLIC_IP = "198.51.100.7"
_PRIVATE_IP = "192.168.1.7"


def planned(meeting: Meeting) -> Json:
    """A meeting by its plan: its id is a number."""
    return {
        "uuid": meeting.uuid,
        "id": meeting.id,
        "host_id": meeting.host.id,
        "topic": meeting.topic,
        "type": meeting.type,
        "start_time": times.text(meeting.start_at),
        "duration": meeting.duration,
        "timezone": meeting.timezone,
        **_custom_keys(meeting),
    }


def created(meeting: Meeting) -> Json:
    of_series = {"recurrence": meeting.recurrence, "occurrences": [occurrences.row(one) for one in meeting.occurrences]}
    return {
        **planned(meeting),
        "join_url": meeting.join_url,
        "password": meeting.password,
        **({"pmi": str(meeting.host.pmi)} if meeting.settings.get("use_pmi") else {}),
        **(of_series if meeting.recurrence else {}),
        "settings": {name: meeting.settings[name] for name in _SETTINGS if name in meeting.settings},
        "tracking_fields": meeting.tracking_fields,
    }


def removed(meeting: Meeting, occurrence_id: str | None) -> Json:
    """Deleted or recovered: the whole, or one date of it."""
    dates = [one for one in meeting.occurrences if one.id == occurrence_id]
    return {**planned(meeting), **({"occurrences": [occurrences.row(one) for one in dates]} if dates else {})}


def running(meeting: Meeting, instance: Instance | None) -> Json:
    """An instance, or the meeting that people wait for: its id is text, its start the real one."""
    at = instance.started_at if instance else meeting.start_at
    uuid = instance.uuid if instance else meeting.uuid
    return {**planned(meeting), "id": str(meeting.id), "uuid": uuid, "start_time": times.text(at)}


def participant(effect: Json) -> Json:
    """Who did what the effect says: everything that would identify a guest is empty text."""
    known = effect["account_user_id"] or effect["registrant"]
    by_phone = {"phone_number": effect["phone"]} if effect["phone"] else {}
    return {
        "user_id": effect.get("user_id", ""),
        "user_name": effect["name"],
        "id": effect["account_user_id"],
        "participant_uuid": effect.get("participant_uuid", ""),
        "participant_user_id": effect["account_user_id"],
        "email": effect["email"] if known else "",
        "registrant_id": effect["registrant"],
        **by_phone,
    }


def joining(effect: Json, at: datetime) -> Json:
    return {**participant(effect), "join_time": times.text(at), "customer_key": "", "public_ip": _PUBLIC_IP}


def leaving(effect: Json, at: datetime) -> Json:
    reason = f"{effect['name']} left the meeting.<br>Reason: {_LEFT.get(effect['reason'], effect['reason'])}"
    return {
        **participant(effect),
        "leave_time": times.text(at),
        "leave_reason": reason,
        "customer_key": "",
        "private_ip": _PRIVATE_IP,
    }


def passing(effect: Json, at: datetime) -> Json:
    """In front of the meeting: waiting, let in, gone again."""
    return {**participant(effect), "date_time": times.text(at)}


def enrolled(meeting: Meeting, registrant: Registrant) -> Json:
    """A new registrant with all of the form; no join link while pending."""
    row = registrants.row(meeting, registrant)
    return {name: value for name, value in row.items() if name != "create_time"}


def approved(meeting: Meeting, registrant: Registrant, effect: Json) -> Json:
    return {
        **named(effect),
        "join_url": registrants.join_url(meeting, registrant.tk),
        "participant_pin_code": registrant.pin,
    }


def named(effect: Json) -> Json:
    """A registrant who may be gone already."""
    return {
        "id": effect["registrant"],
        "first_name": effect["first_name"],
        "last_name": effect["last_name"],
        "email": effect["email"],
    }


def _custom_keys(meeting: Meeting) -> Json:
    return {"custom_keys": meeting.custom_keys} if meeting.custom_keys else {}
