"""The attendance of each person: what Zoom's rows prove, and what somebody said of those that prove nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from meetbot.core import text
from meetbot.core.attendance.attended import Attended
from meetbot.core.attendance.nouns import Declaration, Line, Open, Proof, Real, Who
from meetbot.core.attendance.owners import Owner, line_key
from meetbot.core.attendance.people import People
from meetbot.core.model import Meeting
from meetbot.core.registration import NAME_LIMIT, canonical_address, fold
from meetbot.core.remote import Session
from meetbot.core.times import Interval

NO_NAME = "(no name)"
_HALF = Fraction(1, 2)  # of a segment
_STAYED = Fraction(3, 5)  # of the time for which the meeting ran


@dataclass
class _Stay:
    """What is found out about one person's time, piece by piece."""

    who: Who
    key: str
    rows: list[Session] = field(default_factory=list)
    proven: list[Session] = field(default_factory=list)
    shared: list[Session] = field(default_factory=list)
    shared_with: str | None = None
    said_by: str = ""
    said_of: list[str] = field(default_factory=list)


def lines(
    owned: Mapping[Owner, Sequence[Session]],
    people: People,
    declarations: Sequence[Declaration],
    run: Sequence[Interval],
    segments: Real,
) -> Iterator[Line]:
    """One line for each person who was there. A declared line's rows go to one person, its time to all who are named.

    `run`: when the meeting ran, of which a share makes somebody stay.
    """
    stays = _proven(owned, people)
    unproven = {owner.open: rows for owner, rows in owned.items() if owner.open}
    for key, said in _by_line(declarations).items():
        _declare(stays, said, unproven.get(key, ()), people)
    attended = Attended(((*stay.rows, *stay.shared) for stay in stays.values()), people.meeting.opens_at)
    stayed = attended.at_least(_STAYED, run)
    present = [(segment.key, attended.at_least(_HALF, [real])) for segment, real in segments]
    for number, (stay, intervals) in enumerate(zip(stays.values(), attended.intervals(), strict=True)):
        there = tuple(key for key, half in present if half[number])
        yield _line(stay, people, intervals, there, stayed=stayed[number])


def open_lines(
    owned: Mapping[Owner, Sequence[Session]], declarations: Sequence[Declaration], meeting: Meeting
) -> Iterator[Open]:
    """What proves nothing, and of which nobody has said anything yet."""
    said = {one.line for one in declarations}
    left = [(owner, rows) for owner, rows in owned.items() if owner.open and owner.open not in said]
    attended = Attended((rows for _, rows in left), meeting.opens_at)
    for (owner, rows), intervals in zip(left, attended.intervals(), strict=True):
        name = next((row.name for row in rows if row.name.strip()), NO_NAME)
        hint = text.masked(canonical_address(rows[0].address))
        yield Open(owner.open, name, hint, intervals, owner.reason, len(rows))


def lost(
    declarations: Sequence[Declaration], owned: Mapping[Owner, Sequence[Session]], meeting: Meeting
) -> tuple[Declaration, ...]:
    """Declarations of lines that are not in the report, or no longer."""
    there = {owner.open or registrant_key(meeting, owner.registrant or 0) for owner in owned}
    return tuple(one for one in declarations if one.line not in there)


def registrant_key(meeting: Meeting, registrant: int) -> str:
    """Key of the line of a registrant."""
    return line_key(meeting.key, "registrant", str(registrant))


def _proven(owned: Mapping[Owner, Sequence[Session]], people: People) -> dict[str, _Stay]:
    """The lines of those whom Zoom's rows prove, by key."""
    found = {}
    for one in people.registrants:
        rows = owned.get(Owner(registrant=one.id))
        if rows:
            key = registrant_key(people.meeting, one.id)
            found[key] = _Stay(people.registered[one.id], key, rows=list(rows), proven=list(rows))
    return found


def _by_line(declarations: Iterable[Declaration]) -> dict[str, list[Declaration]]:
    found: dict[str, list[Declaration]] = {}
    for one in declarations:
        found.setdefault(one.line, []).append(one)
    return found


def _declare(stays: dict[str, _Stay], said: Sequence[Declaration], unproven: Sequence[Session], people: People) -> None:
    """Give one line of Zoom's to the people who are said to have been behind it: the first of them has its rows.

    A line that proves somebody stays theirs, and its time is also that of the others.
    """
    key = said[0].line
    holder = stays.get(key)
    rows = holder.proven if holder else unproven
    for one in said if rows else ():
        stay = _claimed(stays, one, people)
        if stay is holder or key in stay.said_of:
            continue
        stay.said_by = one.said_by
        stay.said_of.append(key)
        if holder is None:
            holder = stay
            stay.rows.extend(rows)
        else:
            stay.shared.extend(rows)
            stay.shared_with = holder.key


def _claimed(stays: dict[str, _Stay], one: Declaration, people: People) -> _Stay:
    """The line of whom the declaration names, made where they have none yet."""
    registrant = people.by_id.get(one.registrant or 0)
    if registrant:
        key, who = registrant_key(people.meeting, registrant.id), people.registered[registrant.id]
    else:
        key, who = line_key(people.meeting.key, "declared", str(one.id)), people.declared(one)
    return stays.setdefault(key, _Stay(who, key))


def _line(
    stay: _Stay, people: People, intervals: tuple[Interval, ...], segments: tuple[str, ...], *, stayed: bool
) -> Line:
    return Line(
        key=stay.key,
        who=stay.who,
        proof=_proof(stay, people),
        said_by=stay.said_by,
        said_of=tuple(stay.said_of),
        intervals=intervals,
        segments=segments,
        stayed=stayed,
        rows=len(stay.rows),
        shared_with=stay.shared_with,
        remark=next((said for row in stay.proven if (said := damage(row.name, stay.who.name))), ""),
    )


def _proof(stay: _Stay, people: People) -> Proof:
    if not stay.proven or stay.who.registrant is None:
        return "D"
    zoom_id = people.by_id[stay.who.registrant].zoom_id
    return "R" if any(row.registrant_id == zoom_id for row in stay.proven) else "E"


def damage(shown: str, name: str) -> str:
    """How Zoom shows the name worse than it was given; "" when it does not, or shows another name."""
    if "\ufffd" in shown or ("??" in shown and "?" not in name):
        return f"Zoom shows this name damaged: {shown}"
    if len(shown) >= NAME_LIMIT - 1 and fold(shown) != fold(name) and fold(name).startswith(fold(shown)):
        return f"Zoom shows this name cut short: {shown}"
    return ""
