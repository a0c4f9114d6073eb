"""What applying a programme file would do, said beforehand; nothing changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from meetbot.core import hosts as core_hosts
from meetbot.core import meetings, rundown
from meetbot.core import programme as core_programme
from meetbot.core.model import Contact, Meeting, Programme, Status
from meetbot.flows import meetings as meetings_flow
from meetbot.flows.programme.apply import carried_over
from meetbot.flows.programme.conflicts import conflicts_with, is_news
from meetbot.flows.programme.current import of
from meetbot.store import hosts, outbox, programmes, registration
from meetbot.store import meetings as store_meetings
from meetbot.store.engine import Store, Transaction
from meetbot.zoom.client import Zoom


@dataclass(frozen=True)
class Told:
    """Who would hear of a change."""

    meeting: str
    text: str  #: from when to when
    people: tuple[Contact, ...]


@dataclass(frozen=True)
class Plan:
    """What an apply would do, in the order in which an organiser reads it."""

    programme: Programme
    changes: tuple[core_programme.Change, ...]
    intents: tuple[meetings.Intent, ...]  #: empty when Zoom was not asked
    told: tuple[Told, ...]
    cues: Mapping[str, tuple[rundown.Cue, ...]]  #: by meeting, those still to come
    conflicts: tuple[str, ...]  #: why an apply would be refused
    made_at: datetime
    hosts: Mapping[str, core_hosts.Assigned]  #: by meeting that names none: who of the pool holds it
    limits: tuple[str, ...]  #: what does not fit: hosts who are taken, calls that Zoom allows on later days only

    @property
    def empty(self) -> bool:
        """Nothing would change, neither here nor at Zoom."""
        return not self.changes and all(isinstance(intent, meetings.Keep) for intent in self.intents)


async def plan(store: Store, written: Programme, zoom: Zoom | None, *, now: datetime) -> Plan:
    """What applying the programme, as its file has it, would do; changes nothing. `zoom` None: Zoom is not asked."""
    async with store.reading() as tx:
        applied = await programmes.latest(tx)
        before, (after, kept) = of(applied) if applied else None, carried_over(applied, written)
        told = [await _told(tx, before, after, key) for key in after.meetings]
        conflicts = (*kept.conflicts, *await conflicts_with(tx, before, after, now=now))
        known, out = await store_meetings.all_(tx), await hosts.out(tx)
    allocation = meetings_flow.allocate(after, known, out, now=now)
    sight = await meetings_flow.look(store, after, zoom, now=now) if zoom else None
    return Plan(
        programme=after,
        changes=core_programme.diff(before, after),
        intents=sight.intents if sight else (),
        told=tuple(one for one in told if one is not None),
        cues={key: _cues_to_come(after, meeting, now) for key, meeting in after.meetings.items()},
        conflicts=conflicts,
        made_at=now,
        hosts={key: given for key, given in allocation.assigned.items() if not after.meetings[key].host},
        limits=(*allocation.clashes, *_without(allocation.without), *([sight.quota] if sight and sight.quota else [])),
    )


def _without(reasons: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{key}: {why}" for key, why in reasons.items())


def _cues_to_come(programme: Programme, meeting: Meeting, now: datetime) -> tuple[rundown.Cue, ...]:
    if meeting.cancelled:
        return ()
    return tuple(cue for cue in rundown.cues(meeting, programme.cue_times) if cue.due_at > now)


async def _told(tx: Transaction, before: Programme | None, after: Programme, key: str) -> Told | None:
    was, becomes = before.meetings.get(key) if before else None, after.meetings[key]
    if was is None or not is_news(was, becomes):
        return None
    known = await outbox.told(tx, key)
    people = tuple(
        Contact(one.form.name, one.form.address)
        for one in await registration.listing(tx, key)
        if one.id in known and one.status in (Status.PENDING, Status.APPROVED)
    )
    text = "cancelled" if becomes.cancelled else core_programme.change_text(was, becomes)
    return Told(key, text, people)


def hosts_with_calls(intents: Sequence[meetings.Intent]) -> Mapping[str, int]:
    """How many create and update calls each host would spend of the 100 that Zoom allows in a UTC day."""
    calls: dict[str, int] = {}
    for intent in intents:
        if isinstance(intent, meetings.Create | meetings.Update):
            calls[intent.planned.host] = calls.get(intent.planned.host, 0) + 1
    return calls
