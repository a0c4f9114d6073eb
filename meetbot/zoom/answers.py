"""Zoom's answers read into nouns: tolerant of what we do not use, strict on what must be right.

Functions raise `wire.Unreadable` when an answer lacks what its call promises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from meetbot.core import meetings, times
from meetbot.core.model import JoinLink
from meetbot.core.remote import Instance, Reading, RemoteMeeting, RemoteRegistrant, Session
from meetbot.errors import ZoomRefused
from meetbot.zoom.wire import Listing, Row, Unreadable

_ZOOM_DOMAINS = ("zoom.us", "zoom.com")
_LICENSED = 2


@dataclass(frozen=True)
class Host:
    """A user who may be asked to hold meetings."""

    id: str
    address: str
    licensed: bool
    active: bool


def host(row: Row) -> Host:
    return Host(_required(row, "id"), _text(row, "email"), row.get("type") == _LICENSED, row.get("status") == "active")


def meeting(row: Row) -> RemoteMeeting:
    settings = row.get("settings")
    known: Row = settings if isinstance(settings, dict) else {}
    mails = [known.get(name) for name in ("registrants_confirmation_email", "registrants_email_notification")]
    hosts = re.split(r"[;,]", _text(known, "alternative_hosts"))
    return RemoteMeeting(
        id=_number(row, "id"),
        uuid=_text(row, "uuid"),
        host=_text(row, "host_id"),
        ref=meetings.ref_in(_text(row, "agenda")),
        topic=_text(row, "topic"),
        starts_at=_instant(row, "start_time"),
        minutes=_whole(row, "duration") or 0,
        status=_text(row, "status") or None,
        approval_type=_whole(known, "approval_type"),
        waiting_room=known.get("waiting_room") is True if known else None,
        silent=True not in mails if known else None,
        alternative_hosts=tuple(name.strip() for name in hosts if name.strip()) if known else None,
    )


def added_registrant(row: Row, form: Row, api_url: str) -> RemoteRegistrant:
    """The registrant whom we just added with that form: approved if their join link came back with them."""
    approved = {"status": "approved" if row.get("join_url") else "pending"}
    return registrant({**form, **approved, "id": row.get("registrant_id"), "join_url": row.get("join_url")}, api_url)


def registrant(row: Row, api_url: str) -> RemoteRegistrant:
    """A row of the list of registrants. ZoomRefused for a join link that does not lead to Zoom."""
    status = _text(row, "status")
    url = row.get("join_url") if status == "approved" else None
    return RemoteRegistrant(
        id=_required(row, "id"),
        address=_required(row, "email"),
        first_name=_text(row, "first_name"),
        last_name=_text(row, "last_name"),
        status=status,
        join_link=_join_link(url, api_url) if isinstance(url, str) and url else None,
        organisation=_text(row, "org"),
        position=_text(row, "job_title"),
        country=_text(row, "country"),
    )


def _join_link(url: str, api_url: str) -> JoinLink:
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


def instance(row: Row) -> Instance:
    return Instance(_required(row, "uuid"), _required_instant(row, "start_time"))


def reading(uuid: str, listing: Listing) -> Reading:
    """The whole participant report.

    It is still being built when its rows and its total disagree, when somebody stayed for a while and Zoom says 0
    seconds, or when rows have no time yet and no other row lends them one.
    """
    starts = [start for row in listing.rows if (start := _instant(row, "join_time") or _instant(row, "leave_time"))]
    first = min(starts, default=None)
    sessions = tuple(_session(row, first) for row in listing.rows) if first else ()
    unfinished = any(row.seconds == 0 and not row.in_waiting_room and row.interval.duration for row in sessions)
    complete = listing.total in (None, len(listing.rows)) and len(sessions) == len(listing.rows)
    return Reading(uuid, sessions, being_built=bool(unfinished) or not complete)


def _session(row: Row, otherwise: datetime) -> Session:
    left = _instant(row, "leave_time")
    joined = _instant(row, "join_time") or left or otherwise
    return Session(
        name=_text(row, "name"),
        address=_text(row, "user_email"),
        registrant_id=_text(row, "registrant_id"),
        interval=times.Interval(joined, max(joined, left or joined)),
        in_waiting_room=row.get("status") == "in_waiting_room",
        in_breakout=bool(row.get("bo_mtg_id")),
        seconds=_whole(row, "duration"),
    )


def _text(row: Row, name: str) -> str:
    """The text of a field, "" if it has none. Half characters and NUL, which Zoom lets pass, break any database."""
    text = row.get(name)
    return text.encode("utf-8", "replace").decode().replace("\x00", "") if isinstance(text, str) else ""


def _whole(row: Row, name: str) -> int | None:
    number = row.get(name)
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _instant(row: Row, name: str) -> datetime | None:
    """A time of Zoom's in UTC; UTC is also meant where its `Z` is missing."""
    try:
        instant = datetime.fromisoformat(_text(row, name))
        return instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _required(row: Row, name: str) -> str:
    if text := _text(row, name) or str(_whole(row, name) or ""):
        return text
    raise Unreadable(f"Zoom gave an answer without {name}")


def _number(row: Row, name: str) -> str:
    """A meeting's id, which Zoom sends as a number here and as text there."""
    number = str(row.get(name))
    if number.isascii() and number.isdecimal():
        return number
    raise Unreadable(f"Zoom gave an answer without {name}")


def _required_instant(row: Row, name: str) -> datetime:
    if instant := _instant(row, name):
        return instant
    raise Unreadable(f"Zoom gave an answer without {name}")
