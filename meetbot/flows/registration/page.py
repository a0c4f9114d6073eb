"""Zoom's own registration page is read by polling: whoever filled it in meets the same rules."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Literal

from meetbot import errors
from meetbot.core import erasure, model
from meetbot.core import registration as core_registration
from meetbot.core.model import Form, MeetingKind, Outcome, Programme
from meetbot.core.remote import RemoteRegistrant
from meetbot.flows.registration.forms import submit
from meetbot.store import due, meetings, registration
from meetbot.store.due import Due, Kind
from meetbot.store.engine import Store
from meetbot.zoom.answers import Question
from meetbot.zoom.client import Zoom

_EVERY = timedelta(minutes=10)
_OF_DELEGATIONS = timedelta(hours=6)  # nobody is sent to the page of a bilateral
#: Not required: Zoom sends people who hold a link back to the form for a required question that is new.
_SEX = Question("Sex", required=False, own=True, answers=(*model.Sex, "prefer not to say"))
_SEX_BY_ANSWER = {str(one): one for one in model.Sex}
_ASKS_SEX = "asks_sex"  # in the detail of the row: what Zoom's page was told last
_WITH_A_FORM: tuple[Literal["pending", "approved"], ...] = ("pending", "approved")


async def poll(store: Store, programme: Programme, zoom: Zoom, *, now: datetime, owner: str) -> Outcome:
    """Read Zoom's own registration page: whoever filled it in becomes a registrant under the same rules."""
    async with store.transaction() as tx:
        rows = await due.claim(tx, [Kind.POLL], now=now, owner=owner)
        known = await meetings.all_(tx)
    counts: Counter[str] = Counter()
    for row in rows:
        meeting = programme.meetings.get(row.subject)
        if meeting is None or meeting.cancelled or meeting.interval.end <= now:
            await _end_poll(store, row, now=now, owner=owner)
            continue
        reason, told = "", row.detail.get(_ASKS_SEX, False)
        zoom_id, asks = known[row.subject].known.zoom_id, programme.asks_sex and not meeting.delegations
        if zoom_id is not None and asks != told:
            try:
                await _ask(zoom, zoom_id, meeting.kind, asks=asks)
                told = asks
            except errors.ZoomError as error:
                reason = str(error)  # who has registered is taken in all the same
        try:
            counts.update(await _read_page(store, programme, zoom, known[row.subject], meeting.kind, now=now))
        except errors.ZoomError as error:
            reason = str(error)
        async with store.transaction() as tx:
            every = _OF_DELEGATIONS if meeting.delegations else _EVERY
            await due.again(tx, row, now + every, owner=owner, reason=reason, detail={_ASKS_SEX: told})
    return Outcome(counts)


async def _ask(zoom: Zoom, zoom_id: str, kind: MeetingKind, *, asks: bool) -> None:
    """Let Zoom's page ask for the sex, or no longer, beside what else somebody lets it ask. It may be left open."""
    others = [one for one in await zoom.questions(zoom_id, kind) if one.name != _SEX.name]
    await zoom.set_questions(zoom_id, [*others, *([_SEX] if asks else [])], kind)


async def _end_poll(store: Store, row: Due, *, now: datetime, owner: str) -> None:
    async with store.transaction() as tx:
        await due.finish(tx, [row.id], owner=owner, now=now, reason="the meeting is over or cancelled")


async def _read_page(
    store: Store, programme: Programme, zoom: Zoom, stored: meetings.Stored, kind: MeetingKind, *, now: datetime
) -> Counter[str]:
    zoom_id = stored.known.zoom_id
    if zoom_id is None:
        return Counter()
    async with store.reading() as tx:
        everyone = await registration.listing(tx, stored.known.key)
    ours = {one.form.address.lower() for one in everyone} | {one.zoom_id for one in everyone if one.zoom_id}
    counts: Counter[str] = Counter()
    for status in _WITH_A_FORM:
        strangers = [
            _form(stored.known.key, one)
            for one in await zoom.registrants(zoom_id, status, kind)
            if ours.isdisjoint({one.address.lower(), one.id, erasure.zoom_stand_in(one.id, store.links.mark)})
        ]
        if strangers:
            taken = await submit(store, programme, strangers, now=now, by="zoom", approved_at_zoom=status == "approved")
            counts.update(taken.counts)
    return counts


def _form(meeting: str, one: RemoteRegistrant) -> Form:
    return Form(
        meeting=meeting,
        address=core_registration.canonical_address(one.address),
        name=f"{one.first_name} {one.last_name}".strip(),
        organisation=one.organisation,
        position=one.position,
        country=one.country,
        sex=_SEX_BY_ANSWER.get(one.answers.get(_SEX.name, "")),
        source="zoom",
        zoom_id=one.id,
    )
