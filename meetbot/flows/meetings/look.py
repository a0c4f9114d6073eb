"""Both sides read once: the programme and the store here, Zoom there, and what follows from them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from meetbot import errors
from meetbot.core import budget, hosts, rundown
from meetbot.core import meetings as core_meetings
from meetbot.core.meetings import MeetingState
from meetbot.core.model import Meeting, MeetingKind, Programme, Status
from meetbot.core.remote import PlannedMeeting, RemoteMeeting
from meetbot.store import hosts as store_hosts
from meetbot.store import meetings, quota, registration
from meetbot.store.engine import Store, Transaction
from meetbot.zoom.client import Zoom

_AT_ONCE = 8  # calls under way at Zoom; more only wait there for each other
_HELD = (MeetingState.CREATED, MeetingState.BLOCKED, MeetingState.DRIFTED, MeetingState.OVERWRITING, MeetingState.GONE)
_NO_SUCH_HOST = (1001, 1010)  # Zoom API, List meetings: no user, or none of this account
_IS_WEBINAR = 3000  # Zoom API, Get a meeting: the id is a webinar's

_Noun = TypeVar("_Noun")


@dataclass(frozen=True)
class Sight:
    """Both sides, read once, and what follows from them."""

    known: Mapping[str, meetings.Stored]
    planned: Mapping[str, PlannedMeeting]
    intents: tuple[core_meetings.Intent, ...]
    allocation: hosts.Allocation
    quota: str  #: why not all of it can be done today; "" when it can
    remote: Mapping[str, RemoteMeeting]  #: those of ours that were read whole, by key


async def look(
    store: Store,
    programme: Programme,
    zoom: Zoom,
    *,
    now: datetime,
    since: datetime | None = None,
    right_account: bool = False,
) -> Sight:
    """Read the programme, the store and Zoom, and decide; changes nothing.

    `since`: of the look before, to read at Zoom only what is to be read again by now; None: everything.
    `right_account`: a person says that what Zoom does not list was deleted, be it every meeting.
    """
    async with store.reading() as tx:
        known = await meetings.all_(tx)
        out = await store_hosts.out(tx)
        retired = await meetings.retired_ones(tx)
        spent = await quota.spent(tx, quota.Kind.WRITE, now=now)
        coming = [one for one in programme.meetings.values() if not one.cancelled and one.interval.end > now]
        rooms = {one.key: await _rooms(tx, programme, one) for one in coming if one.breakout_rooms}
    allocation = allocate(programme, known, out, now=now)
    planned = {one.key: _planned(one, known.get(one.key), allocation, rooms.get(one.key, {})) for one in coming}
    wanted = [one.known for key, one in known.items() if key in planned or _stands(one, programme)]
    listed, unseen = await _listed(zoom, planned.values(), wanted)
    held = [one for one in wanted if one.zoom_id and one.state in _HELD and one.key in planned]
    rows = {one.id: one for one in listed}
    reading = [
        one
        for one in held
        if core_meetings.is_read_whole(planned[one.key], one, rows.get(one.zoom_id or ""), since=since, now=now)
    ]
    whole = await _read_whole(zoom, store, reading)
    asked = {one.zoom_id for one in reading}
    # What was asked for by its id and is not there does not exist, whatever a list that lags still shows.
    remote = [*whole.values(), *(one for one in listed if one.id not in asked)]
    without = {**allocation.without, **_unheld(planned.values(), unseen)}
    intents = core_meetings.reconcile(
        list(planned.values()),
        wanted,
        remote,
        now=now,
        without=without,
        retired=retired,
        right_account=right_account,
    )
    intents, said = _within_quota(intents, spent, now, programme.zone)
    return Sight(known, planned, intents, allocation, said, whole)


def allocate(
    programme: Programme, known: Mapping[str, meetings.Stored], out: frozenset[str], *, now: datetime
) -> hosts.Allocation:
    """Who holds which meeting that is still to come."""
    coming = [asking(one, out) for one in programme.meetings.values() if one.interval.end > now]
    standing = {key: one.known.host for key, one in known.items() if one.known.host}
    return hosts.allocate(coming, programme.hosts, standing=standing, out=out)


def asking(meeting: Meeting, out: frozenset[str]) -> Meeting:
    """A meeting whose own host has dropped out asks the pool for another."""
    return replace(meeting, host="") if meeting.host.casefold() in out else meeting


def _planned(
    meeting: Meeting,
    stored: meetings.Stored | None,
    allocation: hosts.Allocation,
    rooms: Mapping[str, Sequence[str]],
) -> PlannedMeeting:
    given = allocation.assigned.get(meeting.key)
    return core_meetings.planned(
        meeting,
        stored.known.ref if stored else "",
        host=given.host if given else "",
        backup=given.backup if given else None,
        rooms=rooms,
    )


async def _rooms(tx: Transaction, programme: Programme, meeting: Meeting) -> Mapping[str, Sequence[str]]:
    """Whom Zoom is to send to each breakout room, by their addresses."""
    approved = await registration.listing(tx, meeting.key, status=Status.APPROVED)
    found: dict[str, list[str]] = {room.name: [] for room in meeting.breakout_rooms}
    for one in approved:
        if room := rundown.room_of(one, meeting, programme):
            found[room.name].append(one.form.address.lower())
    return found


def _stands(stored: meetings.Stored, programme: Programme) -> bool:
    """At Zoom, but not planned any more; a meeting that is merely over stays as it is."""
    meeting = programme.meetings.get(stored.known.key)
    withdrawn = meeting is None or meeting.cancelled
    return withdrawn and stored.known.state is not MeetingState.CANCELLED


async def _listed(
    zoom: Zoom, planned: Iterable[PlannedMeeting], wanted: Iterable[core_meetings.KnownMeeting]
) -> tuple[list[RemoteMeeting], Mapping[tuple[str, MeetingKind], str]]:
    """The meetings of every host, and of which hosts Zoom shows none of that kind, and why."""
    asked = {(one.host, one.kind) for one in planned if one.host}
    asked |= {(one.planned.host, one.planned.kind) for one in wanted if one.planned}
    found: list[RemoteMeeting] = []
    unseen: dict[tuple[str, MeetingKind], str] = {}
    for host, kind in sorted(asked):
        try:
            listing = zoom.list_webinars(host) if kind is MeetingKind.WEBINAR else zoom.list_meetings(host)
            found += await listing
        except errors.ZoomRefused as refusal:
            if refusal.code not in _NO_SUCH_HOST and kind is not MeetingKind.WEBINAR:
                raise
            unseen[host, kind] = str(refusal)  # that host only, or webinars only; the other meetings go on
    return found, unseen


def _unheld(planned: Iterable[PlannedMeeting], unseen: Mapping[tuple[str, MeetingKind], str]) -> Mapping[str, str]:
    why = {one.key: (one.host, unseen.get((one.host, one.kind))) for one in planned}
    return {key: f"host {host}: {refusal}" for key, (host, refusal) in why.items() if refusal}


async def _read_whole(
    zoom: Zoom, store: Store, held: Sequence[core_meetings.KnownMeeting]
) -> Mapping[str, RemoteMeeting]:
    """These meetings of ours as Zoom shows them by their ids: a list lags, and has neither settings nor passcode."""
    read = await gathered([_whole(zoom, store, one) for one in held])
    return {one.key: remote for one, remote in zip(held, read, strict=True) if remote is not None}


async def _whole(zoom: Zoom, store: Store, known: core_meetings.KnownMeeting) -> RemoteMeeting | None:
    kind = known.planned.kind if known.planned else MeetingKind.MEETING
    try:
        remote = await zoom.meeting(known.zoom_id or "", kind)
    except errors.ZoomRefused as refusal:
        if refusal.missing or refusal.code == _IS_WEBINAR:
            return None
        raise
    return marked(remote, store)


def marked(remote: RemoteMeeting, store: Store) -> RemoteMeeting:
    """With a mark in place of the passcode, which nothing else needs."""
    door = store.links.mark(remote.passcode) if remote.passcode else None
    return replace(remote, passcode=None, door=door)


async def gathered(calls: Sequence[Awaitable[_Noun]]) -> list[_Noun]:
    """The results of calls, a few of which are under way at a time."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(call: Awaitable[_Noun]) -> _Noun:
        async with gate:
            return await call

    return await asyncio.gather(*(one(call) for call in calls))


def _within_quota(
    intents: Sequence[core_meetings.Intent], spent: Mapping[str, int], now: datetime, zone: str
) -> tuple[tuple[core_meetings.Intent, ...], str]:
    """What Zoom's daily limit for a host leaves for today; the rest waits, the earliest meetings first."""
    writes = [
        budget.Write(one.planned.key, one.planned.host, one.planned.starts_at)
        for one in intents
        if isinstance(one, core_meetings.Create | core_meetings.Update)
    ]
    spread = budget.spread(writes, spent, now=now, zone=zone)

    def allowed(intent: core_meetings.Intent) -> core_meetings.Intent:
        key = core_meetings.key_of(intent) or ""
        if not isinstance(intent, core_meetings.Create | core_meetings.Update) or key in spread.today:
            return intent
        if key in spread.too_late:
            return core_meetings.TooLate(key, spread.too_late[key])
        return core_meetings.Wait(key, spread.later[key], "Zoom's daily limit for its host is reached")

    return tuple(allowed(one) for one in intents), spread.text
