"""Zoom's reports read into nouns: who was in a meeting, and which meetings there were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from meetbot.core import times
from meetbot.core.remote import Instance, Reading, Session
from meetbot.zoom import fields
from meetbot.zoom.wire import Listing, Row


@dataclass(frozen=True)
class PastMeeting:
    """What Zoom says about one past run of a meeting; None: this report does not say."""

    uuid: str
    id: str
    topic: str
    starts_at: datetime | None
    ends_at: datetime | None
    minutes: int | None
    participants: int | None


def past_meeting(row: Row) -> PastMeeting:
    """Zoom names the same things differently from report to report."""
    return PastMeeting(
        uuid=fields.text(row, "uuid") or fields.text(row, "meeting_uuid"),
        id=fields.required_number(row, "id" if "id" in row else "meeting_id"),
        topic=fields.text(row, "topic"),
        starts_at=fields.instant(row, "start_time"),
        ends_at=fields.instant(row, "end_time"),
        minutes=fields.whole(row, "duration"),
        participants=next((n for name in _COUNTS if (n := fields.whole(row, name)) is not None), None),
    )


_COUNTS = ("participants_count", "unique_participants", "participants")


def instance(row: Row) -> Instance:
    return Instance(fields.required(row, "uuid"), fields.required_instant(row, "start_time"))


def reading(uuid: str, listing: Listing) -> Reading:
    """The whole participant report.

    It is still being built when its rows and its total disagree, when somebody stayed for a while and Zoom says 0
    seconds, or when rows have no time yet and no other row lends them one.
    """
    starts = [start for row in listing.rows if (start := _first_instant(row))]
    first = min(starts, default=None)
    sessions = tuple(_session(row, first) for row in listing.rows) if first else ()
    unfinished = any(row.seconds == 0 and not row.in_waiting_room and row.interval.duration for row in sessions)
    complete = listing.total in (None, len(listing.rows)) and len(sessions) == len(listing.rows)
    return Reading(uuid, sessions, being_built=bool(unfinished) or not complete)


def _first_instant(row: Row) -> datetime | None:
    return fields.instant(row, "join_time") or fields.instant(row, "leave_time")


def _session(row: Row, otherwise: datetime) -> Session:
    left = fields.instant(row, "leave_time")
    joined = _first_instant(row) or otherwise
    return Session(
        # The dashboard has other names for the first two.
        name=fields.text(row, "name") or fields.text(row, "user_name"),
        address=fields.text(row, "user_email") or fields.text(row, "email"),
        registrant_id=fields.text(row, "registrant_id"),
        interval=times.Interval(joined, max(joined, left or joined)),
        in_waiting_room=row.get("status") == "in_waiting_room",
        in_breakout=bool(row.get("bo_mtg_id")),
        seconds=fields.whole(row, "duration"),
    )
