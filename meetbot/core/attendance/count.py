"""Every row of Zoom's report counted, once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from meetbot.core import times
from meetbot.core.attendance import figures, owners
from meetbot.core.attendance import lines as people_lines
from meetbot.core.attendance.attended import Attended
from meetbot.core.attendance.nouns import INTERPRETER, Declaration, Real, Staff, Tally
from meetbot.core.attendance.owners import Owner
from meetbot.core.attendance.people import People
from meetbot.core.model import Meeting, Programme, Registrant
from meetbot.core.remote import Reading, Session
from meetbot.core.times import Interval
from meetbot.errors import MeetbotError


def tally(
    readings: Sequence[Reading],
    registrants: Sequence[Registrant],
    programme: Programme,
    meeting: Meeting,
    segments: Real,
    *,
    mark: Callable[[str], str],
    declarations: Sequence[Declaration] = (),
) -> Tally:
    """Count who was there: one reading for each instance, all registrants, segments with the times really run.

    A row belongs to a registrant by Zoom's registrant id, else by an address that no other registrant has, never by
    name; what proves nothing is open until somebody declares whose it was. Time is the union of a person's rows from
    when the meeting opens; the waiting room does not count. `mark` makes of a text what tells nobody the text.
    MeetbotError when not every row of Zoom's ends up in exactly one place.
    """
    rows = owners.rows_of(readings)
    counted = [row for row in rows if _counts(row.session, meeting)]
    people = People.of(programme, meeting, registrants, mark)
    owned = owners.by_owner(counted, registrants, people.by_address, meeting)
    run = _run((row.session for row in counted), meeting, segments)
    found = list(people_lines.lines(owned, people, declarations, run, segments))
    guests = tuple(line for line in found if line.who.role != INTERPRETER)
    registered = [who for who in people.registered.values() if who.role != INTERPRETER]
    seen = {line.who.registrant for line in found}
    unseen = [who for who in registered if who.registrant not in seen]
    cells = figures.cells(programme.organisations, registered, guests)
    presence = figures.presence(part for line in guests for part in line.intervals)
    result = Tally(
        meeting=meeting,
        lines=guests,
        interpreters=tuple(line for line in found if line.who.role == INTERPRETER),
        open=tuple(people_lines.open_lines(owned, declarations, meeting)),
        staff=tuple(_staff(owned, meeting)),
        absent=tuple(who for who in unseen if who.approved),
        others=tuple(who for who in unseen if not who.approved),
        cells=cells,
        by_organisation=figures.groups("organisation", cells),
        by_country=figures.groups("country", cells),
        by_constituent=figures.groups("constituent", cells),
        by_segment=tuple(figures.by_segment(segments, guests)),
        run=times.total(run),
        presence=presence,
        peak=figures.peak(presence),
        median_stay=figures.median_stay(guests),
        late=figures.late(guests, meeting.interval.start),
        lost=people_lines.lost(declarations, owned, meeting),
        rows_in=len(rows),
        rows_aside=len(rows) - len(counted),
    )
    if result.rows_accounted != result.rows_in:
        raise MeetbotError(f"{meeting.key}: {result.rows_in} rows came in, {result.rows_accounted} are accounted for")
    return result


def _counts(row: Session, meeting: Meeting) -> bool:
    """It is of somebody who was in the meeting itself when that was open."""
    return not row.in_waiting_room and max(row.interval.start, meeting.opens_at) < row.interval.end


def _run(rows: Iterable[Session], meeting: Meeting, segments: Real) -> tuple[Interval, ...]:
    """When the meeting ran: from its start to the end of its last segment as run, while anybody was in it."""
    end = max((real.end for _, real in segments), default=meeting.interval.end)
    meant = Interval(meeting.interval.start, max(meeting.interval.start, end))
    [anybody] = Attended([rows], meant.start).intervals()
    return tuple(part for one in anybody if (part := one & meant))


def _staff(owned: Mapping[Owner, Sequence[Session]], meeting: Meeting) -> Iterable[Staff]:
    rows_of_each = [rows for owner, rows in owned.items() if owner.staff]
    attended = Attended(rows_of_each, meeting.opens_at)
    for rows, intervals in zip(rows_of_each, attended.intervals(), strict=True):
        yield Staff(rows[0].name, times.total(intervals), len(rows))
