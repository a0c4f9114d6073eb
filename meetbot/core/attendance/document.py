"""The tally as plain JSON, which is all that letters and tables need."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from meetbot.core.attendance.nouns import Absent, Group, Line, SegmentPresence, Tally


def to_json(tally: Tally, *, final: bool, reason: str) -> dict[str, Any]:
    """The tally as plain JSON, from which letters and tables are made; instants as ISO 8601 in UTC.

    - meeting: key, title, starts_at, ends_at, zone; final; reason
    - registered, approved, attended, unmatched: counts
    - organisations, countries, constituents: lists of name, registered, approved, attended, minutes; who was not
      invited is in the last, "Others", which is left out when none of them was approved or came
    - segments: list of key, title, planned_start, planned_end, real_start, real_end, present
    - lines: list of name, organisation, country, constituent, proof ("R", "E"), joined_at, left_at, minutes,
      segments (keys)
    - open: list of name, hint, minutes, reason; absent: list of name, organisation, country, constituent
    - peak: present, at (null when nobody came); median_minutes
    - rows: in (all that Zoom gave), aside (in the waiting room, or before the meeting opened)
    """
    meeting = tally.meeting
    return {
        "meeting": {
            "key": meeting.key,
            "title": meeting.title,
            "starts_at": meeting.interval.start.isoformat(),
            "ends_at": meeting.interval.end.isoformat(),
            "zone": meeting.zone,
        },
        "final": final,
        "reason": reason,
        "registered": tally.registered,
        "approved": tally.approved,
        "attended": tally.attended,
        "unmatched": len(tally.unmatched),
        "organisations": [_group_json(one) for one in tally.by_organisation],
        "countries": [_group_json(one) for one in tally.by_country],
        "constituents": [_group_json(one) for one in tally.by_constituent],
        "segments": [_presence_json(one) for one in tally.by_segment],
        "lines": [_line_json(one) for one in tally.lines],
        "open": [
            {"name": one.name, "hint": one.address_hint, "minutes": _minutes(one.time), "reason": one.reason}
            for one in tally.unmatched
        ],
        "absent": [_absent_json(one) for one in tally.absent],
        "peak": {"present": tally.peak.present, "at": tally.peak.at.isoformat() if tally.peak.at else None},
        "median_minutes": _minutes(tally.median_stay),
        "rows": {"in": tally.rows_in, "aside": tally.rows_aside},
    }


def _group_json(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "registered": group.registered,
        "approved": group.approved,
        "attended": group.attended,
        "minutes": _minutes(group.time),
    }


def _presence_json(one: SegmentPresence) -> dict[str, Any]:
    return {
        "key": one.segment,
        "title": one.title,
        "planned_start": one.planned.start.isoformat(),
        "planned_end": one.planned.end.isoformat(),
        "real_start": one.real.start.isoformat(),
        "real_end": one.real.end.isoformat(),
        "present": one.present,
    }


def _line_json(line: Line) -> dict[str, Any]:
    return {
        "name": line.name,
        "organisation": line.organisation,
        "country": line.country,
        "constituent": line.constituent,
        "proof": line.proof,
        "joined_at": line.first_joined.isoformat(),
        "left_at": line.last_left.isoformat(),
        "minutes": _minutes(line.time),
        "segments": list(line.segments),
    }


def _absent_json(one: Absent) -> dict[str, Any]:
    return {
        "name": one.name,
        "organisation": one.organisation,
        "country": one.country,
        "constituent": one.constituent,
    }


def _minutes(time: timedelta) -> int:
    return round(time / timedelta(minutes=1))
