"""Every row of Zoom's report counted, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from operator import attrgetter
from statistics import median
from typing import Literal

from meetbot.core import text, times
from meetbot.core.attendance.nouns import Absent, Group, Line, Peak, SegmentPresence, Staff, Tally, Unmatched
from meetbot.core.attendance.owners import Owner, by_owner
from meetbot.core.model import Meeting, Organisation, Registrant, Segment, Status
from meetbot.core.registration import canonical_address
from meetbot.core.remote import Reading, Session
from meetbot.core.times import Interval
from meetbot.errors import MeetbotError

_UNKNOWN = "not given"
_OTHERS = "Others"


def tally(
    readings: Sequence[Reading],
    registrants: Sequence[Registrant],
    organisations: Mapping[str, Organisation],
    meeting: Meeting,
    segments: Sequence[tuple[Segment, Interval]],
) -> Tally:
    """Count who was there: one reading for each instance, all registrants, segments with the times really run.

    A row belongs to a registrant by Zoom's registrant id, else by an address that no other registrant has, never by
    name. Time is the union of their rows from when the meeting opens; the waiting room does not count.
    MeetbotError when not every row of Zoom's ends up in exactly one place.
    """
    rows = [session for reading in readings for session in reading.sessions]
    counted = [row for row in rows if not row.in_waiting_room and _open_part(row, meeting)]
    owned = by_owner(counted, registrants, meeting)
    lines = _lines(owned, registrants, organisations, meeting, segments)
    result = Tally(
        meeting=meeting,
        lines=lines,
        unmatched=tuple(_unmatched(owner, mine, meeting) for owner, mine in owned.items() if owner.doubt),
        staff=tuple(_staff(mine, meeting) for owner, mine in owned.items() if owner.staff),
        absent=_absent(registrants, organisations, lines),
        registered=len(registrants),
        approved=sum(one.status == Status.APPROVED for one in registrants),
        attended=len(lines),
        by_organisation=_groups("organisation", registrants, organisations, lines),
        by_country=_groups("country", registrants, organisations, lines),
        by_constituent=_groups("constituent", registrants, organisations, lines),
        by_segment=tuple(_presence(one, real, lines) for one, real in segments),
        peak=_peak(lines),
        median_stay=timedelta(seconds=median([line.time.total_seconds() for line in lines] or [0])),
        rows_in=len(rows),
        rows_aside=len(rows) - len(counted),
    )
    if result.rows_accounted != result.rows_in:
        raise MeetbotError(f"{meeting.key}: {result.rows_in} rows came in, {result.rows_accounted} are accounted for")
    return result


def _open_part(row: Session, meeting: Meeting) -> Interval | None:
    """The row's time from when the meeting opens; None when it has none."""
    return row.interval & Interval(meeting.opens_at, max(meeting.opens_at, row.interval.end))


def _intervals(rows: Iterable[Session], meeting: Meeting) -> tuple[Interval, ...]:
    return times.union(part for row in rows if (part := _open_part(row, meeting)))


def _lines(
    owned: Mapping[Owner, list[Session]],
    registrants: Sequence[Registrant],
    organisations: Mapping[str, Organisation],
    meeting: Meeting,
    segments: Sequence[tuple[Segment, Interval]],
) -> tuple[Line, ...]:
    return tuple(
        _line(one, owned[Owner(registrant=one.id)], _home(one, organisations), meeting, segments)
        for one in registrants
        if Owner(registrant=one.id) in owned
    )


def _line(
    registrant: Registrant,
    rows: Sequence[Session],
    home: _Home,
    meeting: Meeting,
    segments: Sequence[tuple[Segment, Interval]],
) -> Line:
    intervals = _intervals(rows, meeting)
    return Line(
        registrant=registrant.id,
        name=registrant.form.name,
        organisation=home.organisation,
        country=home.country,
        constituent=home.constituent,
        proof="R" if any(row.registrant_id == registrant.zoom_id for row in rows) else "E",
        intervals=intervals,
        time=times.total(intervals),
        first_joined=intervals[0].start,
        last_left=intervals[-1].end,
        segments=tuple(one.key for one, real in segments if _half_of(real, intervals)),
        rows=len(rows),
    )


def _half_of(segment: Interval, intervals: Sequence[Interval]) -> bool:
    there = times.total(part for one in intervals if (part := one & segment))
    return segment.duration > timedelta() and there * 2 >= segment.duration


def _unmatched(owner: Owner, rows: Sequence[Session], meeting: Meeting) -> Unmatched:
    time = times.total(_intervals(rows, meeting))
    return Unmatched(rows[0].name, text.masked(canonical_address(rows[0].address)), time, owner.reason, len(rows))


def _staff(rows: Sequence[Session], meeting: Meeting) -> Staff:
    return Staff(rows[0].name, times.total(_intervals(rows, meeting)), len(rows))


@dataclass(frozen=True)
class _Home:
    """Where somebody comes from."""

    organisation: str
    country: str
    constituent: str


def _home(registrant: Registrant, organisations: Mapping[str, Organisation]) -> _Home:
    invited = organisations.get(registrant.organisation or "")
    if invited:
        return _Home(invited.name, invited.country, invited.constituent)
    return _Home(registrant.form.organisation or _UNKNOWN, registrant.form.country or _UNKNOWN, _UNKNOWN)


def _absent(
    registrants: Sequence[Registrant], organisations: Mapping[str, Organisation], lines: Sequence[Line]
) -> tuple[Absent, ...]:
    seen = {line.registrant for line in lines}
    missed = [one for one in registrants if one.status == Status.APPROVED and one.id not in seen]
    homes = [_home(one, organisations) for one in missed]
    return tuple(
        Absent(one.id, one.form.name, home.organisation, home.country, home.constituent)
        for one, home in zip(missed, homes, strict=True)
    )


def _groups(
    what: Literal["organisation", "country", "constituent"],
    registrants: Sequence[Registrant],
    organisations: Mapping[str, Organisation],
    lines: Sequence[Line],
) -> tuple[Group, ...]:
    """One for each invited organisation (country, constituent), also where nobody came.

    Whoever is not of these is in one more, the last, shown if anybody in it was approved or came: what strangers
    write on the form is no heading of a report.
    """
    members: dict[str, list[Registrant]] = {
        one.name if what == "organisation" else getattr(one, what): [] for one in organisations.values()
    }
    others: list[Registrant] = []
    for one in registrants:
        invited = one.organisation in organisations
        (members[getattr(_home(one, organisations), what)] if invited else others).append(one)
    time_of = {line.registrant: line.time for line in lines}
    groups = tuple(_group(name, those, time_of) for name, those in members.items())
    rest = _group(_OTHERS, others, time_of)
    return (*groups, rest) if rest.approved or rest.attended else groups


def _group(name: str, members: Sequence[Registrant], time_of: Mapping[int, timedelta]) -> Group:
    stays = [time_of[one.id] for one in members if one.id in time_of]
    approved = sum(one.status == Status.APPROVED for one in members)
    return Group(name, len(members), approved, len(stays), sum(stays, timedelta()))


def _presence(segment: Segment, real: Interval, lines: Sequence[Line]) -> SegmentPresence:
    present = sum(segment.key in line.segments for line in lines)
    return SegmentPresence(segment.key, segment.title, segment.interval, real, present)


def _peak(lines: Sequence[Line]) -> Peak:
    steps = sorted(
        (at, step) for line in lines for one in line.intervals for at, step in ((one.start, 1), (one.end, -1))
    )
    present = accumulate(step for _, step in steps)
    return max(
        (Peak(count, at) for count, (at, _) in zip(present, steps, strict=True)),
        key=attrgetter("present"),
        default=Peak(0, None),
    )
