"""A host drops out: what can be moved to others is moved, what cannot is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from meetbot.core import hosts as core_hosts
from meetbot.core.model import Meeting, Programme
from meetbot.errors import UserError
from meetbot.flows import meetings as meetings_flow
from meetbot.flows.programme.apply import stand_anew
from meetbot.flows.programme.conflicts import stuck
from meetbot.flows.programme.current import alone, in_force
from meetbot.store import audit, due, hosts, meetings, registration
from meetbot.store.due import Kind
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("hosts")


@dataclass(frozen=True)
class Swap:
    """What a host's dropping out means."""

    host: str
    moved: Mapping[str, str]  #: by meeting key: the host who holds it from now on
    stays: Mapping[str, str]  #: by meeting key: why it cannot be moved, and what to do
    people: int  #: how many approved people get a new link


async def swap(store: Store, host: str, *, to: str | None = None, now: datetime) -> Swap:
    """What `drop_out` would do; changes nothing. UserError when the host holds nothing and is not in the pool."""
    async with store.reading() as tx:
        return await _decide(tx, await in_force(tx), host, to, now=now)


async def drop_out(store: Store, host: str, *, to: str | None = None, now: datetime, by: str) -> Swap:
    """Give the host's meetings to others, each as another meeting at Zoom with new links; the host gets no more."""
    async with store.transaction() as tx:
        await alone(tx)
        programme = await in_force(tx)
        decided = await _decide(tx, programme, host, to, now=now)
        await hosts.drop(tx, host, now=now, by=by)
        for key, taker in decided.moved.items():
            await meetings.assign(tx, key, taker)
            await stand_anew(tx, programme, key, reason=f"{host} has dropped out; {taker} holds it", now=now)
        await due.add(tx, Kind.MEETING, "all", now)
        detail = ", ".join(f"{key} → {taker}" for key, taker in decided.moved.items()) or "nothing to move"
        await audit.note(tx, now=now, who=by, what="hosts.dropped_out", subject=host, detail=detail)
    log.info("hosts.dropped_out", moved=len(decided.moved), stays=len(decided.stays), by=by)
    return decided


async def back(store: Store, host: str, *, now: datetime, by: str) -> None:
    """The host may be given meetings again; those that moved stay where they are. UserError when they were not out."""
    async with store.transaction() as tx:
        await alone(tx)
        if not await hosts.back(tx, host):
            raise UserError(f"{host} had not dropped out.")
        await due.add(tx, Kind.MEETING, "all", now)
        await audit.note(tx, now=now, who=by, what="hosts.back", subject=host, detail="")


async def _decide(tx: Transaction, programme: Programme, host: str, to: str | None, *, now: datetime) -> Swap:
    known, out = await meetings.all_(tx), await hosts.out(tx) | {host.casefold()}
    theirs = [one for one in programme.meetings.values() if _holds(host, one, known) and _to_come(one, now)]
    pool = [one.address.casefold() for one in programme.hosts]
    if not theirs and host.casefold() not in pool:
        raise UserError(f"{host} holds no meeting that is still to come, and is not among the hosts of the programme.")
    if to is not None and to.casefold() in out:
        raise UserError(f"{to} has dropped out as well.")
    stays = {one.key: why for one in theirs if (why := await stuck(tx, one, now=now))}
    wanted = [one for one in theirs if one.key not in stays]
    allocation = _allocate(programme, wanted, known, out, to, now=now)
    stays |= {one.key: allocation.without[one.key] for one in wanted if one.key in allocation.without}
    moved = {one.key: allocation.assigned[one.key].host for one in wanted if one.key in allocation.assigned}
    people = sum([len(await registration.approved_at(tx, key)) for key in moved])
    return Swap(host, moved, {key: _remedy(why, programme.meetings[key]) for key, why in stays.items()}, people)


def _holds(host: str, meeting: Meeting, known: Mapping[str, meetings.Stored]) -> bool:
    stored = known.get(meeting.key)
    holder = (stored.known.host if stored else None) or meeting.host
    return holder.casefold() == host.casefold()


def _to_come(meeting: Meeting, now: datetime) -> bool:
    return not meeting.cancelled and meeting.interval.end > now


def _allocate(
    programme: Programme,
    wanted: list[Meeting],
    known: Mapping[str, meetings.Stored],
    out: frozenset[str],
    to: str | None,
    *,
    now: datetime,
) -> core_hosts.Allocation:
    asking = {one.key: replace(one, host=to or "") for one in wanted}
    coming = [
        asking.get(one.key) or meetings_flow.asking(one, out)
        for one in programme.meetings.values()
        if one.interval.end > now
    ]
    standing = {key: one.known.host for key, one in known.items() if one.known.host and key not in asking}
    return core_hosts.allocate(coming, programme.hosts, standing=standing, out=out)


def _remedy(why: str, meeting: Meeting) -> str:
    if meeting.alternative_hosts and "inside" in why:
        return f"{why}: an alternative host can take over ({', '.join(meeting.alternative_hosts)})"
    return why
