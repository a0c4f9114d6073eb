"""Cues fire by the rundown, and a person on the day moves what is still to come, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from meetbot import errors
from meetbot.core import letters
from meetbot.core import rundown as core_rundown
from meetbot.core.model import Contact, Meeting, Outcome, Part, Programme, Registrant, Segment, Status
from meetbot.core.times import Interval
from meetbot.errors import UserError
from meetbot.store import audit, due, meetings, outbox, registration, rundown
from meetbot.store.due import Due, Kind
from meetbot.store.engine import Store, Transaction
from meetbot.zoom.client import Zoom

log = structlog.get_logger("rundown")

_ZOOM_CUES = {core_rundown.CueKind.RECORDING_START: "start", core_rundown.CueKind.RECORDING_STOP: "stop"}

_LOOK_AGAIN = timedelta(seconds=30)

Command = Callable[[core_rundown.Rundown, datetime], core_rundown.Move | core_rundown.Refused]


@dataclass(frozen=True)
class _Reader:
    """Somebody who is told a cue: on stage themselves, or the organiser on behalf of somebody without an address."""

    to: Contact
    zone: str
    language: str
    registrant: int | None
    on_behalf_of: str | None
    part: Part


async def fire(store: Store, programme: Programme, zoom: Zoom, *, now: datetime, owner: str) -> Outcome:
    """Fire the cues that are due; one found too late is recorded as missed with its cause, never sent in a burst."""
    counts: Counter[str] = Counter()
    at_zoom: list[tuple[Due, Meeting, str]] = []
    async with store.transaction() as tx:
        for row in await due.claim(tx, [Kind.CUE], now=now, owner=owner):
            meeting = programme.meetings[row.meeting or ""]
            state = await rundown.get(tx, meeting)
            cue = next(one for one in core_rundown.cues(meeting, programme.cue_times) if one.key == row.detail["cue"])
            verdict = core_rundown.judge(
                row.due_at,
                cue.grace,
                now,
                held=state.held_at is not None,
                over=core_rundown.over(cue, state),
                early=core_rundown.early(cue, state),
            )
            match verdict:
                case core_rundown.Missed(reason=reason):
                    await due.finish(tx, [row.id], owner=owner, now=now, state="missed", reason=reason)
                    log.warning("rundown.missed", meeting=meeting.key, cue=cue.key, reason=reason)
                    counts["missed"] += 1
                case core_rundown.Wait(until=until, reason=reason):
                    await due.again(tx, row, until or now + _LOOK_AGAIN, owner=owner, reason=reason)
                case core_rundown.Fire():
                    if cue.kind in _ZOOM_CUES:
                        at_zoom.append((row, meeting, _ZOOM_CUES[cue.kind]))
                    else:
                        counts["fired"] += 1
                        await _tell(tx, programme, meeting, state, cue, row, now=now)
                        await due.finish(tx, [row.id], owner=owner, now=now, reason=verdict.reason)
    for row, meeting, action in at_zoom:
        counts[await _record_at_zoom(store, zoom, row, meeting, action, now=now, owner=owner)] += 1
    return Outcome(counts)


async def _tell(
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
        if part.person is not None:
            person = programme.people[part.person]
            mine = [one for one in approved if _is(one, part.person, person.address)]
            unknown = person.name
        else:
            mine = [one for one in approved if one.organisation == part.organisation]
            unknown = programme.organisations[part.organisation or ""].name
        for one in mine:
            yield _Reader(Contact(one.form.name, one.form.address), one.zone, one.language, one.id, None, part)
        if not mine:
            yield _Reader(programme.organiser, programme.zone, programme.language, None, unknown, part)


def _is(registrant: Registrant, person: str, address: str | None) -> bool:
    return registrant.form.person == person or (
        address is not None and registrant.form.address.lower() == address.lower()
    )


async def _record_at_zoom(
    store: Store, zoom: Zoom, row: Due, meeting: Meeting, action: str, *, now: datetime, owner: str
) -> str:
    """Start or stop the cloud recording; Zoom queues it, so "asked" is all that is known here."""
    async with store.reading() as tx:
        stored = await meetings.get(tx, meeting.key)
    state, reason = "done", f"asked Zoom to {action} the recording"
    try:
        if stored is None or stored.known.zoom_id is None:
            state, reason = "failed", "the meeting does not stand at Zoom"
        else:
            await zoom.record(stored.known.zoom_id, "start" if action == "start" else "stop")
    except errors.ZoomError as error:
        state, reason = "failed", f"{error}; {action} the recording by hand"
    async with store.transaction() as tx:
        await due.finish(tx, [row.id], owner=owner, now=now, state=state, reason=reason)
    log.info("rundown.recording", meeting=meeting.key, action=action, state=state, reason=reason)
    return "fired" if state == "done" else "failed"


async def command(
    store: Store, programme: Programme, meeting: Meeting, do: Command, *, name: str, now: datetime, by: str
) -> core_rundown.Move:
    """Carry out a command of the day; the rundown and every later cue change in one transaction.

    UserError when the command does not fit; nothing changes then.
    """
    async with store.transaction() as tx:
        move = do(await rundown.get(tx, meeting), now)
        if isinstance(move, core_rundown.Refused):
            raise UserError(f"{meeting.key}: {move.reason}")
        await rundown.save(tx, move.rundown)
        moving = {cue.key for cue in core_rundown.cues(meeting, programme.cue_times) if core_rundown.moves(cue, move)}
        waiting = await due.waiting(tx, Kind.CUE, meeting.key)
        await due.move(tx, [row.id for row in waiting if row.detail["cue"] in moving], move.shift)
        await audit.note(tx, now=now, who=by, what=f"rundown.{name}", subject=meeting.key, detail=move.reason)
    log.info(f"rundown.{name}", meeting=meeting.key, by=by, reason=move.reason)
    late = core_rundown.overrun(move.rundown, meeting)
    return replace(move, reason=f"{move.reason}; {late}") if late else move
