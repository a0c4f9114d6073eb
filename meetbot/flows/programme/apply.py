"""A programme becomes the truth: with everything that follows from it, in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from meetbot.core import letters, meetings
from meetbot.core.bilaterals import Agreed, said_since, with_agreed, with_spoken
from meetbot.core.model import Meeting, Programme
from meetbot.errors import UserError
from meetbot.files import programme as programme_file
from meetbot.flows import meetings as meetings_flow
from meetbot.flows.attendance import retention
from meetbot.flows.programme import lay_out
from meetbot.flows.programme.conflicts import conflicts_with, cues_differ, elsewhere, is_news, stuck
from meetbot.flows.programme.current import alone, of, put_together, starts
from meetbot.flows.registration import asking, interpreters
from meetbot.store import audit, due, hosts, outbox, programmes
from meetbot.store import meetings as store_meetings
from meetbot.store.due import Kind
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("programme")


async def apply(store: Store, text: str, name: str, *, now: datetime, by: str) -> None:
    """Make the file the programme in force, with everything that follows from it, or nothing at all.

    Zoom is not called here: a due row asks for that. UserError when it conflicts with a live change.
    """
    written = programme_file.load(text, name)
    async with store.transaction() as tx:
        await alone(tx)
        applied = await programmes.latest(tx)
        before, (after, kept) = of(applied) if applied else None, carried_over(applied, written)
        if before is not None and applied is not None and applied.text == text and starts(before) == starts(after):
            await due.add(tx, Kind.MEETING, "all", now)
            return
        if conflicts := (*kept.conflicts, *await conflicts_with(tx, before, after, now=now)):
            raise UserError(*(f"{name}: {conflict}" for conflict in conflicts))
        await programmes.apply(
            tx,
            name=name,
            text=text,
            adopted=kept.adopted,
            starts=starts(after),
            agreed=applied.agreed if applied else {},
            spoken=_said_since(applied, written) if applied else {},
            now=now,
            by=by,
        )
        await _bring_about(tx, before, after, now=now, by=by)
        await audit.note(tx, now=now, who=by, what="programme.applied", subject=after.key, detail=name)
    log.info("programme.applied", programme=after.key, by=by)


def carried_over(applied: programmes.Applied | None, written: Programme) -> tuple[Programme, meetings.Kept]:
    """The file's programme with what peers have agreed, and what stays adopted from Zoom's own pages."""
    if applied is None:
        return written, meetings.Kept({}, ())
    after = with_spoken(with_agreed(written, applied.agreed), _said_since(applied, written))
    before = with_agreed(programme_file.load(applied.text, applied.name), applied.agreed)
    kept = meetings.carried(before, after, applied.adopted)
    return meetings.with_adopted(after, kept.adopted), kept


def _said_since(applied: programmes.Applied, written: Programme) -> Mapping[str, tuple[str, ...]]:
    return said_since(applied.spoken, programme_file.load(applied.text, applied.name), written)


async def adopt_fields(tx: Transaction, key: str, fields: Mapping[str, Any], *, now: datetime, by: str) -> Programme:
    """Take over for one meeting what somebody changed on Zoom's own pages; returns the programme then in force."""
    applied = await _applied(tx)
    adopted = {**applied.adopted, key: {**applied.adopted.get(key, {}), **fields}}
    return await _go_on(tx, applied, replace(applied, adopted=adopted), now=now, by=by)


async def agree(tx: Transaction, agreed: Mapping[str, Agreed], *, now: datetime, by: str) -> Programme:
    """Let the bilaterals of these pairs be as agreed; returns the programme then in force.

    What was adopted from Zoom's own pages for one of them no longer counts; what one is about stays. To be called
    under `alone`.
    """
    applied = await _applied(tx)
    adopted = {key: fields for key, fields in applied.adopted.items() if key not in agreed}
    about = {key: one.subject for key, one in applied.agreed.items()}
    becomes = {key: replace(one, subject=one.subject or about.get(key, "")) for key, one in agreed.items()}
    now_is = replace(applied, adopted=adopted, agreed={**applied.agreed, **becomes})
    return await _go_on(tx, applied, now_is, now=now, by=by)


async def speak(tx: Transaction, organisation: str, languages: Sequence[str], *, now: datetime, by: str) -> Programme:
    """Let an organisation's people meet in these languages; returns the programme then in force.

    It holds until somebody says otherwise: the organisation, or a programme file. To be called under `alone`.
    """
    applied = await _applied(tx)
    now_is = replace(applied, spoken={**applied.spoken, organisation: tuple(languages)})
    return await _go_on(tx, applied, now_is, now=now, by=by)


async def _applied(tx: Transaction) -> programmes.Applied:
    applied = await programmes.latest(tx)
    if applied is None:
        raise UserError("No programme has been applied yet.")
    return applied


async def _go_on(
    tx: Transaction,
    applied: programmes.Applied,
    now_is: programmes.Applied,
    *,
    now: datetime,
    by: str,
) -> Programme:
    """The same file is in force with something else besides it, and everything that follows from that."""
    before, after = of(applied), put_together(now_is)
    await programmes.apply(
        tx,
        name=applied.name,
        text=applied.text,
        adopted=now_is.adopted,
        starts=starts(after),
        agreed=now_is.agreed,
        spoken=now_is.spoken,
        now=now,
        by=by,
    )
    await _bring_about(tx, before, after, now=now, by=by)
    return after


async def _bring_about(tx: Transaction, before: Programme | None, after: Programme, *, now: datetime, by: str) -> None:
    number = await programmes.latest_id(tx) or 0
    for meeting in after.meetings.values():
        await _apply_meeting(tx, before, after, meeting, number=number, now=now)
        await interpreters.follow(tx, before, after, meeting, now=now, by=by)
    await _assign_hosts(tx, after, now=now)
    await retention.ask(tx, after, now=now)
    await due.add(tx, Kind.MEETING, "all", now)


async def _assign_hosts(tx: Transaction, programme: Programme, *, now: datetime) -> None:
    """Who holds what is decided once, so that the same host stays when other meetings come and go."""
    known = await store_meetings.all_(tx)
    allocation = meetings_flow.allocate(programme, known, await hosts.out(tx), now=now)
    for key, given in allocation.assigned.items():
        meeting, was = programme.meetings[key], known[key].known
        goes = was.zoom_id is not None and not meeting.host and was.host not in (None, given.host)
        if goes and await stuck(tx, meeting, now=now):
            continue
        await store_meetings.assign(tx, key, given.host)
        if goes:  # Zoom hands no meeting to another user
            await stand_anew(tx, programme, key, reason=f"{given.host} holds it from now on", now=now)


async def _apply_meeting(
    tx: Transaction,
    before: Programme | None,
    after: Programme,
    meeting: Meeting,
    *,
    number: int,
    now: datetime,
) -> None:
    was = before.meetings.get(meeting.key) if before else None
    stored = await store_meetings.get(tx, meeting.key)
    if stored is None:
        await store_meetings.add(tx, meeting.key, domain=letters.domain(after))
        revision, news = 1, True
    else:
        news = was is None or is_news(was, meeting)
        revision = stored.revision
    if stored is not None and news:
        revision = await store_meetings.revise(tx, meeting.key, reason="changed in the programme")
        await outbox.supersede(tx, meeting.key, before_revision=revision)
        if stored.known.state is meetings.MeetingState.CANCELLED and not meeting.cancelled:
            await store_meetings.plan_anew(tx, meeting.key, reason="takes place after all")
            await asking.admit_anew(tx, meeting.key, urgency=asking.urgency_of(meeting, now), now=now)
    if was is not None and stored is not None and elsewhere(was, meeting):
        await stand_anew(tx, after, meeting.key, reason="another host or kind in the programme", now=now)
    elif news:
        await lay_out.passes(tx, after, meeting, revision=revision, now=now)
    if news or cues_differ(before, after, meeting.key):
        briefed = set() if news else await due.subjects_done(tx, Kind.CUE, meeting.key)
        await lay_out.cues(tx, after, meeting, number=number, briefed=briefed, now=now)
    if before is not None and was is not None:
        await asking.ask_for_the_stage(tx, before, after, meeting, now=now)


async def stand_anew(tx: Transaction, programme: Programme, key: str, *, reason: str, now: datetime) -> None:
    """Another meeting is to stand at Zoom in place of the present one: everybody who is approved gets another link."""
    meeting, stored = programme.meetings[key], await store_meetings.get(tx, key)
    if stored is None:
        return
    if stored.known.state is meetings.MeetingState.GONE:
        await store_meetings.plan_anew(tx, key, reason=reason)
    else:
        kind = stored.known.planned.kind if stored.known.planned else meeting.kind
        await store_meetings.retire(tx, key, kind, reason=reason)
    revision = await store_meetings.revise(tx, key, reason=reason)
    await outbox.supersede(tx, key, before_revision=revision)
    await asking.admit_anew(tx, meeting.key, urgency=asking.urgency_of(meeting, now), now=now)
    await lay_out.passes(tx, programme, meeting, revision=revision, now=now)
