"""Zoom's answers read into nouns: tolerant of what we do not use, strict on what must be right.

Functions raise `wire.Unreadable` when an answer lacks what its call promises. What happened in meetings is read in
`reports`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from meetbot.core import meetings
from meetbot.core.model import JoinLink, MeetingKind
from meetbot.core.remote import HostSettings, RemoteMeeting, RemoteRegistrant
from meetbot.errors import ZoomRefused
from meetbot.zoom import fields
from meetbot.zoom.wire import Row

_ZOOM_DOMAINS = ("zoom.us", "zoom.com")
_LICENSED = 2
_COUNTRIES = "approved_or_denied_countries_or_regions"


@dataclass(frozen=True)
class Host:
    """A user who may be asked to hold meetings."""

    id: str
    address: str
    licensed: bool
    active: bool


@dataclass(frozen=True)
class Upcoming:
    """A meeting or webinar that is still to come, as Zoom's overviews have it."""

    id: str
    topic: str
    starts_at: datetime | None
    minutes: int | None


@dataclass(frozen=True)
class Question:
    """A field of Zoom's own registration form, by Zoom's name for it, or a question in the organiser's words."""

    name: str
    required: bool
    own: bool = False  #: in the organiser's words
    answers: tuple[str, ...] = ()  #: to choose one from; (): any short text


@dataclass(frozen=True)
class TrackingField:
    """A field that the account defines for its meetings (Business plan or higher)."""

    id: str
    name: str
    required: bool
    visible: bool


@dataclass(frozen=True)
class Guest:
    """Somebody with a link of their own to a meeting without registration."""

    name: str
    join_link: JoinLink = field(repr=False)


def host(row: Row) -> Host:
    address, licensed = fields.text(row, "email"), row.get("type") == _LICENSED
    return Host(fields.required(row, "id"), address, licensed, row.get("status") == "active")


def host_settings(row: Row) -> HostSettings:
    """What the host may use. Countries are read wherever Zoom restricts them; for most accounts it does not say."""
    feature, inside = fields.part(row, "feature"), fields.part(row, "in_meeting")
    restricted = [
        part for name in row if fields.flag(part := fields.part(fields.part(row, name), _COUNTRIES), "enable")
    ]
    approved, denied = _countries(restricted[0] if restricted else {})
    return HostSettings(
        capacity=_capacity(feature),
        webinar_capacity=0 if feature.get("webinar") is False else fields.whole(feature, "webinar_capacity"),
        cloud_recording=fields.flag(fields.part(row, "recording"), "cloud_recording"),
        interpretation=fields.flag(inside, "language_interpretation"),
        sign_interpretation=fields.flag(inside, "sign_language_interpretation"),
        breakout_rooms=fields.flag(inside, "breakout_room"),
        waiting_room=fields.flag(inside, "waiting_room"),
        chat=fields.flag(fields.part(row, "schedule_meeting"), "continuous_meeting_chat"),
        countries_approved=approved,
        countries_denied=denied,
    )


def _countries(restriction: Row) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Those from which alone people may enter, None for all; and those from which they may not."""
    if restriction.get("method") == "approve":
        return fields.texts(restriction, "approved_list"), ()
    return None, fields.texts(restriction, "denied_list")


def _capacity(feature: Row) -> int | None:
    """How many fit into a meeting; the add-on for large meetings comes on top of the licence."""
    names = ("meeting_capacity", "large_meeting_capacity" if feature.get("large_meeting") is True else "")
    return max((size for name in names if (size := fields.whole(feature, name)) is not None), default=None)


def meeting(row: Row, kind: MeetingKind = MeetingKind.MEETING) -> RemoteMeeting:
    """A meeting or webinar; rows of a list have no settings, and their fields are None."""
    meeting = RemoteMeeting(
        id=fields.required_number(row, "id"),
        uuid=fields.text(row, "uuid"),
        host=fields.text(row, "host_id"),
        ref=meetings.ref_in(fields.text(row, "agenda")),
        topic=fields.text(row, "topic"),
        starts_at=fields.instant(row, "start_time"),
        minutes=fields.whole(row, "duration") or 0,
        status=fields.text(row, "status") or None,
        kind=kind,
        host_address=fields.text(row, "host_email") or None,
        passcode=fields.text(row, "password") or None,
    )
    settings = fields.part(row, "settings")
    return _with_settings(meeting, settings) if settings else meeting


def _with_settings(meeting: RemoteMeeting, known: Row) -> RemoteMeeting:
    mails = [known.get(name) for name in ("registrants_confirmation_email", "registrants_email_notification")]
    hosts = re.split(r"[;,]", fields.text(known, "alternative_hosts"))
    interpreters, signers = _below(known, "language_interpretation"), _below(known, "sign_language_interpretation")
    rooms, chat = _below(known, "breakout_room"), fields.part(known, "continuous_meeting_chat")
    approved, denied = _countries(_below(known, _COUNTRIES))
    return replace(
        meeting,
        approval_type=fields.whole(known, "approval_type"),
        # A webinar has no waiting room, so that nothing can be said about it.
        waiting_room=known.get("waiting_room") is True if meeting.kind is MeetingKind.MEETING else None,
        silent=True not in mails,
        alternative_hosts=tuple(name.strip() for name in hosts if name.strip()),
        interpreters=tuple(
            (fields.text(one, "email"), _languages(one)) for one in fields.rows(interpreters, "interpreters")
        ),
        sign_interpreters=tuple(
            (fields.text(one, "email"), fields.text(one, "sign_language"))
            for one in fields.rows(signers, "interpreters")
        ),
        breakout_rooms=tuple(
            (fields.text(one, "name"), fields.texts(one, "participants")) for one in fields.rows(rooms, "rooms")
        ),
        chat=fields.flag(known, "continuous_meeting_chat") is True,
        channel=fields.text(chat, "channel_id") or None,
        countries_approved=approved,
        countries_denied=denied,
    )


def _below(known: Row, switch: str) -> Row:
    """What stands below a switch while it is on."""
    return fields.part(known, switch) if fields.flag(known, switch) else {}


def _languages(row: Row) -> str:
    """ "English,French", however Zoom spaces it."""
    return ",".join(name.strip() for name in fields.text(row, "interpreter_languages").split(","))


def added_registrant(row: Row, form: Row, api_url: str) -> RemoteRegistrant:
    """The registrant whom we just added with that form: approved if their join link came back with them."""
    approved = {"status": "approved" if row.get("join_url") else "pending"}
    return registrant({**form, **approved, "id": row.get("registrant_id"), "join_url": row.get("join_url")}, api_url)


def batched_registrant(row: Row, form_by_address: Mapping[str, Row], api_url: str) -> RemoteRegistrant:
    """One of those whom we just added together; Zoom names them by their address."""
    address = fields.required(row, "email")
    return added_registrant(row, form_by_address.get(address.casefold(), {"email": address}), api_url)


def registrant(row: Row, api_url: str) -> RemoteRegistrant:
    """A row of the list of registrants. ZoomRefused for a join link that does not lead to Zoom."""
    status = fields.text(row, "status")
    url = row.get("join_url") if status == "approved" else None
    return RemoteRegistrant(
        id=fields.required(row, "id"),
        address=fields.required(row, "email"),
        first_name=fields.text(row, "first_name"),
        last_name=fields.text(row, "last_name"),
        status=status,
        join_link=join_link(url, api_url) if isinstance(url, str) and url else None,
        organisation=fields.text(row, "org"),
        position=fields.text(row, "job_title"),
        country=fields.text(row, "country"),
        answers={fields.text(one, "title"): fields.text(one, "value") for one in fields.rows(row, "custom_questions")},
    )


def panelist(row: Row, api_url: str) -> RemoteRegistrant:
    """A panelist of a webinar: invited, and therefore always approved; Zoom keeps their name in one piece."""
    return registrant({**row, "status": "approved", "first_name": row.get("name")}, api_url)


def absentee(row: Row) -> RemoteRegistrant:
    """Somebody who registered for a webinar and did not come."""
    return registrant({"status": "approved", **row, "join_url": None}, "")


def guest(row: Row, api_url: str) -> Guest:
    return Guest(fields.text(row, "name"), join_link(fields.required(row, "join_url"), api_url))


def join_link(url: str, api_url: str) -> JoinLink:
    """The link, if it leads to Zoom; otherwise ZoomRefused."""
    if not _leads_to_zoom(url, api_url):
        raise ZoomRefused("Zoom gave a join link that does not lead to Zoom; it was not kept", status=200)
    return JoinLink(url)


def _leads_to_zoom(url: str, api_url: str) -> bool:
    # urlsplit drops line breaks without a word, and browsers read a backslash as a slash.
    if not re.fullmatch(r"[!-\[\]-~]{1,2000}", url):
        return False
    try:
        parts, own = urlsplit(url), urlsplit(api_url)
    except ValueError:
        return False
    host = parts.hostname or ""
    at_zoom = parts.scheme == "https" and any(host == name or host.endswith(f".{name}") for name in _ZOOM_DOMAINS)
    return "@" not in parts.netloc and (at_zoom or (parts.scheme, host) == (own.scheme, own.hostname))


def upcoming(row: Row) -> Upcoming:
    starts_at, minutes = fields.instant(row, "start_time"), fields.whole(row, "duration")
    return Upcoming(fields.required_number(row, "id"), fields.text(row, "topic"), starts_at, minutes)


def questions(row: Row) -> tuple[Question, ...]:
    """The questions of Zoom's own registration form, Zoom's fields first."""
    theirs = [(one, "field_name", False) for one in fields.rows(row, "questions")]
    own = [(one, "title", True) for one in fields.rows(row, "custom_questions")]
    return tuple(
        Question(fields.text(one, name), one.get("required") is True, is_own, fields.texts(one, "answers"))
        for one, name, is_own in [*theirs, *own]
    )


def tracking_field(row: Row) -> TrackingField:
    id, name = fields.required(row, "id"), fields.text(row, "field")
    return TrackingField(id, name, row.get("required") is True, row.get("visible") is True)
