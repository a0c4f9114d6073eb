"""What there is to settle of a meeting's attendance: the newest report, who its open lines may be, what is said."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meetbot.core.attendance import Declaration
from meetbot.core.attendance.likeness import Candidate, candidates
from meetbot.core.model import Meeting, Programme, Status
from meetbot.errors import UserError
from meetbot.store import attendance, declarations, registration
from meetbot.store.attendance import Report
from meetbot.store.engine import Store

_MAY_COME = frozenset({Status.APPROVED, Status.PENDING})


@dataclass(frozen=True)
class Look:
    """One meeting's attendance as it stands."""

    meeting: Meeting
    report: Report
    said: Sequence[Declaration]
    candidates: Mapping[str, tuple[Candidate, ...]]  #: by key of the open line
    counted: frozenset[int]  #: ids of registrants who are in the report by proof or by word

    @property
    def document(self) -> Mapping[str, Any]:
        return self.report.document

    @property
    def open(self) -> Sequence[Mapping[str, Any]]:
        lines: Sequence[Mapping[str, Any]] = self.document.get("open_lines", ())
        return lines

    def figure(self) -> str:
        """ "71 attended (66 proven, 5 declared), 4 lines open"."""
        counts = self.document
        lines = "line" if len(self.open) == 1 else "lines"
        proven, declared = counts.get("proven", counts["attended"]), counts.get("declared", 0)
        return f"{counts['attended']} attended ({proven} proven, {declared} declared), {len(self.open)} {lines} open"


async def find(store: Store, programme: Programme, text: str) -> tuple[Meeting, str]:
    """The meeting and key of the line that is meant: a key, or as much of its beginning as no other line has.

    UserError when no line, or more than one, begins so.
    """
    found: dict[str, Meeting] = {}
    async with store.reading() as tx:
        for meeting in programme.meetings.values():
            made = await attendance.reports(tx, meeting.key)
            known = keys(made[-1].document) if made else set()
            known.update(one.line for one in await declarations.of(tx, meeting.key))
            found.update({key: meeting for key in known if key.startswith(text.lower())})
    if len(found) != 1 or not text:
        why = "more than one line begins so: give more of it" if found and text else "no report has such a line"
        raise UserError(f"{text}: {why}. `meetbot attendance` shows the lines.")
    ((key, meeting),) = found.items()
    return meeting, key


def keys(document: Mapping[str, Any], *, only_open: bool = False) -> set[str]:
    """Keys of the lines in a report of which something can be said, those of Zoom's that were declared among them."""
    kinds = ("open_lines",) if only_open else ("open_lines", "lines", "interpreters")
    lines = [one for kind in kinds for one in document.get(kind, ())]
    return {key for one in lines if "key" in one for key in (one["key"], *one.get("said_of", ()))}


async def look(store: Store, programme: Programme, meeting: Meeting) -> Look:
    """UserError while there is no report of the meeting."""
    async with store.reading() as tx:
        made = await attendance.reports(tx, meeting.key)
        said = await declarations.of(tx, meeting.key)
        registrants = await registration.listing(tx, meeting.key)
    if not made:
        raise UserError(f"There is no attendance report of {meeting.key} yet: it comes after the meeting.")
    document = made[-1].document
    names = {line["key"]: line["name"] for line in document.get("open_lines", ())}
    guests = [one for one in registrants if one.status in _MAY_COME]
    # A tenth of a second for a thousand people: the loop goes on with its cues meanwhile.
    likely = await asyncio.to_thread(candidates, names, guests, programme.organisations) if names else {}
    counted = frozenset(one["registrant"] for one in document["lines"] if one.get("registrant") is not None)
    return Look(meeting, made[-1], said, likely, counted)
