"""A cue as letters: to whoever is on stage, or to the organiser on behalf of somebody without an address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from meetbot.core import letters
from meetbot.core import rundown as core_rundown
from meetbot.core.model import Contact, Meeting, Part, Programme, Registrant, Segment, Status
from meetbot.core.times import Interval
from meetbot.store import meetings, outbox, registration
from meetbot.store.due import Due
from meetbot.store.engine import Transaction


@dataclass(frozen=True)
class _Reader:
    """Somebody who is told a cue: on stage themselves, or the organiser on behalf of somebody without an address."""

    to: Contact
    zone: str
    language: str
    registrant: int | None
    on_behalf_of: str | None
    part: Part


async def people(
    tx: Transaction,
    programme: Programme,
    meeting: Meeting,
    state: core_rundown.Rundown,
    cue: core_rundown.Cue,
    row: Due,
    *,
    now: datetime,
) -> None:
    """Put a cue's letters into the outbox, each in the reader's zone with the expected times as they stand now."""
    stored = await meetings.get(tx, meeting.key)
    assert stored is not None, "a cue's meeting is always stored"
    segment = next(one for one in meeting.rundown if one.key == cue.segment)
    expected = next(one for one in core_rundown.expected(state) if one.segment == cue.segment).interval
    approved = await registration.listing(tx, meeting.key, status=Status.APPROVED)
    messages = [
        letters.cue(
            programme,
            meeting,
            reader.to,
            kind=cue.kind,
            cue_key=f"{cue.key}:{row.revision}",
            zone=reader.zone,
            language=reader.language,
            facts=_facts(programme, segment, expected, state, reader),
            registrant=reader.registrant,
            revision=stored.revision,
            useful_until=expected.end if cue.anchor == "end" else expected.start,
        )
        for reader in _readers(programme, segment, approved)
    ]
    await outbox.put(tx, messages, now=now, domain=letters.domain(programme))


def _facts(
    programme: Programme, segment: Segment, expected: Interval, state: core_rundown.Rundown, reader: _Reader
) -> dict[str, Any]:
    """What a cue says besides the meeting: the segment as it is expected now, and who is on stage with the reader."""
    return {
        "segment": {
            "title": segment.title,
            "text": segment.text,
            "starts_at": expected.start.isoformat(),
            "ends_at": expected.end.isoformat(),
            "planned_starts_at": segment.interval.start.isoformat(),
        },
        "role": reader.part.role,
        "others": letters.parts_text(programme, (part for part in segment.parts if part != reader.part)),
        "slip_minutes": int(state.slip.total_seconds() // 60),
        "for": reader.on_behalf_of,
    }


def _readers(programme: Programme, segment: Segment, approved: Sequence[Registrant]) -> Iterator[_Reader]:
    """Who hears of a segment: its people where an address is known, its delegations, else the organiser for them."""
    for part in segment.parts:
        mine = [one for one in approved if core_rundown.plays(one, part, programme)]
        for one in mine:
            yield _Reader(Contact(one.form.name, one.form.address), one.zone, one.language, one.id, None, part)
        if not mine:
            name = _name(programme, part)
            yield _Reader(programme.organiser, programme.zone, programme.language, None, name, part)


def _name(programme: Programme, part: Part) -> str:
    if part.person is not None:
        return programme.people[part.person].name
    return programme.organisations[part.organisation or ""].name
