"""The report as plain JSON: letters, tables and whatever is made again later are made from it alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from meetbot.core.attendance.maturity import State
from meetbot.core.attendance.nouns import Cell, Group, Line, Open, Peak, SegmentPresence, Tally, Who
from meetbot.core.model import Meeting

SCHEMA = 2
_MOST_POINTS = 200


def to_json(
    tally: Tally, *, state: State, source: str, reason: str, changes: Sequence[str] = (), asked_sex: bool = False
) -> dict[str, Any]:
    """The tally as plain JSON, from which letters and tables are made; instants as ISO 8601 in UTC.

    - schema (2); meeting: key, title, starts_at, ends_at, zone, bilateral, seconds (for so long it ran: `stayed` means
      60 % of that)
    - meetings: of a report over several (`consolidated`) each with its counts; else none
    - state ("preliminary", "final", "incomplete"), final; source ("zoom's report", "live events", "nothing"); reason
    - changes: sentences, what is other than in the report before; remarks: sentences, what a person should look at
    - invited, registered, approved, attended, proven, declared, stayed, open, late: counts of guests; neither staff nor
      interpreters are among them
    - asked_sex; cells: list of sex (null: not stated), constituent, country, organisation, role, invited, registered,
      approved, attended, stayed, seconds. Every total of every table is a sum of cells. Who was not invited is in
      "Others"; the places of an organisation stand in its cell of participants of no stated sex
    - organisations, countries, constituents: lists of name, invited, registered, approved, attended, stayed, minutes;
      "Others" is the last, and left out when none of them was approved or came
    - segments: list of key, title, planned_start, planned_end, real_start, real_end, present
    - presence: list of [instant, how many from then on], at most 200; peak: present, at (null when nobody came);
      median_minutes
    - lines: list of key, person, registrant (id; null: had not registered), name, organisation, country, constituent,
      role, sex, approved, proof ("R", "E", "D"), said_by, said_of (keys of lines of Zoom's), joined_at, left_at,
      seconds, minutes, segments (keys), stayed, shared_with (key of a line, or null), remark. interpreters: the same
    - open_lines: list of key, name, hint, joined_at, left_at, minutes, reason
    - absent: list of person, name, organisation, country, constituent, role, sex, approved; others: the same without
      names, of guests who were neither approved nor seen
    - rows: in (all that Zoom gave), aside (in the waiting room, or before the meeting opened)
    """
    return {
        "schema": SCHEMA,
        "meeting": {**_meeting_json(tally.meeting), "seconds": round(tally.run.total_seconds())},
        "meetings": [],
        "state": state.value,
        "final": state is State.FINAL,
        "source": source,
        "reason": reason,
        "changes": list(changes),
        "remarks": _remarks(tally),
        **{what: sum(getattr(cell, what) for cell in tally.cells) for what in ("invited", "registered", "approved")},
        "attended": tally.attended,
        "proven": tally.attended - tally.declared,
        "declared": tally.declared,
        "stayed": sum(line.stayed for line in tally.lines),
        "open": len(tally.open),
        "late": tally.late,
        "asked_sex": asked_sex,
        "cells": [_cell_json(one) for one in tally.cells],
        "organisations": [_group_json(one) for one in tally.by_organisation],
        "countries": [_group_json(one) for one in tally.by_country],
        "constituents": [_group_json(one) for one in tally.by_constituent],
        "segments": [_segment_json(one) for one in tally.by_segment],
        "presence": [[at.isoformat(), count] for at, count in _thinned(tally.presence, tally.peak)],
        "peak": {"present": tally.peak.present, "at": tally.peak.at.isoformat() if tally.peak.at else None},
        "median_minutes": _minutes(tally.median_stay),
        "lines": [_line_json(one) for one in tally.lines],
        "interpreters": [_line_json(one) for one in tally.interpreters],
        "open_lines": [_open_json(one) for one in tally.open],
        "absent": [_who_json(one) for one in tally.absent],
        "others": [_without_name(one) for one in tally.others],
        "rows": {"in": tally.rows_in, "aside": tally.rows_aside},
    }


def _meeting_json(meeting: Meeting) -> dict[str, Any]:
    return {
        "key": meeting.key,
        "title": meeting.title,
        "starts_at": meeting.interval.start.isoformat(),
        "ends_at": meeting.interval.end.isoformat(),
        "zone": meeting.zone,
        "bilateral": bool(meeting.delegations),
    }


def _remarks(tally: Tally) -> list[str]:
    damaged = [f"{line.who.name}: {line.remark}" for line in (*tally.lines, *tally.interpreters) if line.remark]
    lost = [
        f"{one.said_by} declared {one.name} on a line that Zoom does not report any more: not counted."
        for one in tally.lost
    ]
    return [*lost, *damaged]


def _cell_json(cell: Cell) -> dict[str, Any]:
    return {**vars(cell), "sex": cell.sex.value if cell.sex else None}


def _group_json(group: Group) -> dict[str, Any]:
    counts = {name: value for name, value in vars(group).items() if name != "seconds"}
    return {**counts, "minutes": _minutes(timedelta(seconds=group.seconds))}


def _segment_json(one: SegmentPresence) -> dict[str, Any]:
    return {
        "key": one.segment,
        "title": one.title,
        "planned_start": one.planned.start.isoformat(),
        "planned_end": one.planned.end.isoformat(),
        "real_start": one.real.start.isoformat(),
        "real_end": one.real.end.isoformat(),
        "present": one.present,
    }


def _thinned(presence: Sequence[tuple[datetime, int]], peak: Peak) -> list[tuple[datetime, int]]:
    """Few enough steps to draw, the peak and the last among them."""
    every = max(ceil(len(presence) / (_MOST_POINTS - 2)), 1)
    last = len(presence) - 1
    return [one for number, one in enumerate(presence) if number % every == 0 or number == last or one[0] == peak.at]


def _line_json(line: Line) -> dict[str, Any]:
    return {
        "key": line.key,
        "registrant": line.who.registrant,
        **_who_json(line.who),
        "proof": line.proof,
        "said_by": line.said_by,
        "said_of": list(line.said_of),
        "joined_at": line.first_joined.isoformat(),
        "left_at": line.last_left.isoformat(),
        "seconds": line.seconds,
        "minutes": _minutes(line.time),
        "segments": list(line.segments),
        "stayed": line.stayed,
        "shared_with": line.shared_with,
        "remark": line.remark,
    }


def _who_json(one: Who) -> dict[str, Any]:
    return {
        "person": one.person,
        "name": one.name,
        "organisation": one.organisation,
        "country": one.country,
        "constituent": one.constituent,
        "role": one.role,
        "sex": one.sex.value if one.sex else None,
        "approved": one.approved,
    }


def _without_name(one: Who) -> dict[str, Any]:
    return {what: value for what, value in _who_json(one).items() if what != "name"}


def _open_json(one: Open) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "hint": one.address_hint,
        "joined_at": one.intervals[0].start.isoformat(),
        "left_at": one.intervals[-1].end.isoformat(),
        "minutes": _minutes(one.time),
        "reason": one.reason,
    }


def _minutes(time: timedelta) -> int:
    return round(time / timedelta(minutes=1))
