"""A meeting as Zoom shows it: in full, as a row of a list, and what of it can change."""

from datetime import datetime, timedelta

from meetbot.sandbox import defaults, occurrences, start_links, times
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
        "tracking_fields": meeting.tracking_fields,
        "occurrences": [occurrences.row(one) for one in meeting.occurrences],
        **{f"settings.{name}": value for name, value in meeting.settings.items()},
    }


def known(meeting: Meeting) -> Json:
    """Of a meeting that was created, deleted or recovered: for the ledger, without secrets."""
    return {
        "uuid": meeting.uuid,
        "host": meeting.host.email,
        "host_id": meeting.host.id,
        "topic": meeting.topic,
        "type": meeting.type,
        "start_time": times.text(meeting.start_at),
        "duration": meeting.duration,
        "timezone": meeting.timezone,
        "approval_type": meeting.settings["approval_type"],
        "agenda": meeting.agenda,
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


def full(account: Account, meeting: Meeting, now: datetime, *, past: bool = False) -> Json:
    """By itself; the start link is a new one each time. Dates of a series that are over show only with `past`."""
    body = {
        **row(meeting),
        "agenda": meeting.agenda,
        "assistant_id": "",
        "host_email": meeting.host.email,
        "status": "started" if meeting.live else "waiting",
        "start_url": f"{WEB}/s/{meeting.id}?zak={start_links.secret(account, now)}",
        "password": meeting.password,
        "h323_password": meeting.password,
        "pstn_password": meeting.password,
        "encrypted_password": meeting.password,
        "pre_schedule": False,
        "creation_source": "open_api",
        "tracking_fields": meeting.tracking_fields,
        "custom_keys": meeting.custom_keys,
        "settings": {**_settings(meeting), "global_dial_in_numbers": []},
    }
    if meeting.takes_registrations:
        body["registration_url"] = meeting.registration_url
    if meeting.recurrence:
        body["recurrence"] = meeting.recurrence
    if meeting.channel_id:
        body["chat_join_url"] = f"{WEB}/launch/jc/{meeting.id}"
    if meeting.occurrences:
        shown = [one for one in meeting.occurrences if past or one.start_at + timedelta(minutes=one.duration) > now]
        body["occurrences"] = [occurrences.row(one) for one in shown]
    return body


def _settings(meeting: Meeting) -> Json:
    if not meeting.is_webinar:
        return meeting.settings
    return {name: value for name, value in meeting.settings.items() if name not in defaults.MEETING_ONLY}
