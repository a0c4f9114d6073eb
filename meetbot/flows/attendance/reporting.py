"""A report is counted, kept as a new version, and mailed to those who read reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from meetbot.core import attendance as core_attendance
from meetbot.core import letters
from meetbot.core import rundown as core_rundown
from meetbot.core.attendance import Final, Incomplete, Preliminary, State
from meetbot.core.model import LetterKind, Meeting, Programme
from meetbot.core.remote import Reading
from meetbot.errors import UserError
from meetbot.flows.attendance import pages
from meetbot.store import attendance, declarations, due, facts, meetings, outbox, registration, rundown
from meetbot.store.attendance import Report
from meetbot.store.due import Kind
from meetbot.store.engine import Transaction
from meetbot.store.seal import Seal

log = structlog.get_logger("attendance")

Verdict = Preliminary | Final | Incomplete

_ZOOM, _LIVE, _NOTHING = "zoom's report", "live events", "nothing"
_QUIET = timedelta(minutes=10)  # lines are settled one after the other: one mail for all of them
_LATEST = timedelta(hours=1)


@dataclass(frozen=True)
class _Basis:
    """What a report is counted from."""

    source: str
    readings: Sequence[Reading]
    over: bool  #: the meeting is, or Zoom has reported it


async def report(
    tx: Transaction, programme: Programme, meeting: Meeting, verdict: Verdict, *, links: Seal, now: datetime
) -> None:
    """Count and mail: once preliminary, as soon as live events or Zoom's report give figures, and once at the end."""
    basis = await _basis(tx, meeting)
    if isinstance(verdict, Preliminary) and (not basis.over or await attendance.reports(tx, meeting.key)):
        return
    made = await _make(tx, programme, meeting, _state(verdict), basis, _reason(verdict, basis), links=links, now=now)
    await _mail(tx, programme, meeting, made, links=links, now=now)


async def mail_newest(tx: Transaction, programme: Programme, meeting: Meeting, *, links: Seal, now: datetime) -> None:
    """Mail the newest version to each reader, unless they got it already."""
    made = await attendance.reports(tx, meeting.key)
    await _mail(tx, programme, meeting, made[-1], links=links, now=now)


async def renew(tx: Transaction, programme: Programme, meeting: Meeting, *, links: Seal, now: datetime) -> Report:
    """A new version from the same rows, after somebody said whose they are; mailed when nothing more is said for ten
    minutes, and an hour after the first such version at the latest.

    UserError when there is no report yet, or the rows have been erased.
    """
    made = await attendance.reports(tx, meeting.key)
    basis = await _basis(tx, meeting)
    if not made:
        raise UserError(f"There is no attendance report of {meeting.key} yet: it comes when the meeting is over.")
    last = made[-1].document
    if last["rows"]["in"] and not basis.readings:
        raise UserError(f"What Zoom reported of {meeting.key} has been erased: its attendance report stays as it is.")
    reason = last["reason"] if last["source"] == basis.source else "Zoom's report may still change"
    new = await _make(tx, programme, meeting, State(last["state"]), basis, reason, links=links, now=now)
    read = await attendance.last_mailed(tx, meeting.key)
    waits_since = next((one.made_at for one in made if read is None or one.version > read.version), now)
    mail_at = min(now + _QUIET, waits_since + _LATEST)
    await due.add(tx, Kind.REPORT, f"{meeting.key}:settled", mail_at, meeting=meeting.key)
    return new


async def _mail(
    tx: Transaction, programme: Programme, meeting: Meeting, made: Report, *, links: Seal, now: datetime
) -> None:
    """To each reader once, in the thread of the first report that they got; to the first with the page for open lines.

    A donor further down the list is not to say who was there.
    """
    stored = await meetings.get(tx, meeting.key)
    assert stored is not None, "what is reported of a meeting is reported under its row"
    sent = await outbox.listing(tx, kinds=[LetterKind.REPORT], meetings=[meeting.key])
    first = {one.message.to.address.lower(): one.mail for one in reversed(sent)}
    unsettled = made.document["open"] or made.document["declared"]
    page = await pages.link(tx, links, meeting, now=now) if unsettled else None
    written = [
        letters.report(
            programme,
            meeting,
            reader,
            document=made.document,
            version=made.version,
            revision=stored.revision,
            thread=first.get(reader.address.lower()),
            page=None if number or reader.outside else page,
        )
        for number, reader in enumerate(programme.reports_to)
        if not reader.outside or State(made.document["state"]) is not State.PRELIMINARY
    ]
    await outbox.put(tx, written, now=now, domain=letters.domain(programme), report=made.id)
    log.info("attendance.reported", meeting=meeting.key, version=made.version, final=made.final)


async def _basis(tx: Transaction, meeting: Meeting) -> _Basis:
    """Zoom's newest complete report; until there is one, its live events."""
    readings = await attendance.latest_reading(tx, meeting.key)
    if readings:
        return _Basis(_ZOOM, readings, over=True)
    stored = await meetings.get(tx, meeting.key)
    told = await facts.of(tx, stored.known.zoom_id) if stored and stored.known.zoom_id else ()
    heard = core_attendance.heard(told, meeting)
    if any(one.sessions for one in heard.readings):
        return _Basis(_LIVE, heard.readings, over=heard.ended_at is not None)
    return _Basis(_NOTHING, (), over=False)


def _state(verdict: Verdict) -> State:
    match verdict:
        case Preliminary():
            return State.PRELIMINARY
        case Final():
            return State.FINAL
        case Incomplete():
            return State.INCOMPLETE


def _reason(verdict: Verdict, basis: _Basis) -> str:
    match verdict, basis.source:
        case Incomplete(), "live events":
            return f"incomplete, from live events only: {verdict.reason.removeprefix('not held: ')}"
        case Incomplete(), "zoom's report":
            return f"incomplete, from the last report that Zoom gave: {verdict.reason}"
        case Preliminary(), "live events":
            return f"from live events: {verdict.reason}"
    return verdict.reason


async def _make(
    tx: Transaction,
    programme: Programme,
    meeting: Meeting,
    state: State,
    basis: _Basis,
    reason: str,
    *,
    links: Seal,
    now: datetime,
) -> Report:
    """Count, and keep what came of it, with what is other than in the report that was mailed last."""
    real = {one.segment: one.interval for one in core_rundown.expected(await rundown.get(tx, meeting))}
    tally = core_attendance.tally(
        basis.readings,
        await registration.listing(tx, meeting.key),
        programme,
        await _as_held(tx, meeting),
        [(segment, real[segment.key]) for segment in meeting.rundown],
        mark=links.mark,
        declarations=await declarations.of(tx, meeting.key),
    )
    document = core_attendance.to_json(
        tally, state=state, source=basis.source, reason=reason, asked_sex=programme.asks_sex
    )
    read = await attendance.last_mailed(tx, meeting.key)
    document["changes"] = list(core_attendance.changes(read.document, document)) if read else []
    return await attendance.add_report(tx, meeting.key, document, final=state is State.FINAL, now=now)


async def _as_held(tx: Transaction, meeting: Meeting) -> Meeting:
    """With the host whom one of the pool became: staff, and no line that a person must look at."""
    stored = await meetings.get(tx, meeting.key)
    host = stored.known.host if stored else None
    return replace(meeting, alternative_hosts=(*meeting.alternative_hosts, host)) if host else meeting
