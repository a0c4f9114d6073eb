"""A meeting as Zoom shows it: in full, as a row of a list, and what of it can change."""

from meetbot.sandbox import times
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Json
from meetbot.sandbox.model import WEB, Meeting

_LISTED_AGENDA = 250


def changeable(meeting: Meeting) -> Json:
    """All that a PATCH can change, settings under `settings.`."""
    return {
        "topic": meeting.topic,
        "agenda": meeting.agenda,
        "password": meeting.password,
        "type": meeting.type,
        "start_time": times.text(meeting.start_at),
        "duration": meeting.duration,
        "timezone": meeting.timezone,
        "recurrence": meeting.recurrence,
        "custom_keys": meeting.custom_keys,
        **{f"settings.{name}": value for name, value in meeting.settings.items()},
    }


def row(meeting: Meeting) -> Json:
    """In a list: the agenda is cut, and there are no settings."""
    return {
        "id": meeting.id,
        "uuid": meeting.uuid,
        "host_id": meeting.host.id,
        "topic": meeting.topic,
        "type": meeting.type,
        "start_time": times.text(meeting.start_at),
        "duration": meeting.duration,
        "timezone": meeting.timezone,
        "agenda": meeting.agenda[:_LISTED_AGENDA],
        "created_at": times.text(meeting.created_at),
        "join_url": meeting.join_url,
    }


def full(account: Account, meeting: Meeting) -> Json:
    """By itself; the start link is a new one each time."""
    body = {
        **row(meeting),
        "agenda": meeting.agenda,
        "assistant_id": "",
        "host_email": meeting.host.email,
        "status": "started" if meeting.live else "waiting",
        "start_url": f"{WEB}/s/{meeting.id}?zak={account.names.token()}",
        "password": meeting.password,
        "h323_password": meeting.password,
        "pstn_password": meeting.password,
        "encrypted_password": meeting.password,
        "pre_schedule": False,
        "creation_source": "open_api",
        "tracking_fields": [],
        "custom_keys": meeting.custom_keys,
        "settings": {**meeting.settings, "global_dial_in_numbers": []},
    }
    if meeting.takes_registrations:
        body["registration_url"] = meeting.registration_url
    if meeting.recurrence:
        body["recurrence"] = meeting.recurrence
    return body
