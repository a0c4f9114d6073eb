"""What was agreed goes to other days: shown beforehand, and done in one transaction if nothing has changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from meetbot.core import hosts as core_hosts
from meetbot.core.bilaterals import ANNOUNCED, Agreed, Pair, Schedule, State, explain, letters, moving, with_agreed
from meetbot.core.bilaterals.moving import Asked, Days
from meetbot.core.model import Interpreter, Meeting, Programme, Status
from meetbot.errors import UserError
from meetbot.flows import meetings as meetings_flow
from meetbot.flows import programme as programme_flow
from meetbot.flows.bilaterals import confirming, gathering, solving
from meetbot.store import audit, bilaterals, due, hosts, meetings, registration
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("bilaterals")


@dataclass(frozen=True)
class Wanted:
    """Which bilaterals are to go where, and what is asked about them."""

    programme: Programme
    keys: tuple[str, ...] | None  #: None: all that are still to come
    to: Days
    same_day: bool  #: each on the weekday on which it is
    pairs: Mapping[str, Pair]  #: by key, as they stand
    refused: Mapping[str, str]  #: by key: why it cannot be moved at all
    there: tuple[str, ...]  #: keys of those that are on these days already
    asked: Asked


@dataclass(frozen=True)
class Move:
    """What becomes of one bilateral."""

    pair: Pair
    before: datetime
    after: datetime | None  #: None: no time was found, so that it stays
    interpreter: str | None  #: address
    why: str  #: why it is not at the time of day at which it was before; "" where it is
    new_host: str | None  #: another host holds it, so that everybody gets another link; None: the same does


@dataclass(frozen=True)
class Moving:
    """What a move would do, as found at that moment."""

    wanted: Wanted
    schedule: Schedule
    hosts: core_hosts.Allocation
    moves: tuple[Move, ...]
    people: int  #: registered people who would be told, besides the interpreters
    made_at: datetime


async def would_move(
    store: Store, keys: Sequence[str] | None, to: Days, *, same_day: bool, now: datetime, seconds: float
) -> Moving:
    """Where these announced bilaterals (None: all that are still to come) would go; changes nothing.

    UserError for an unknown pair, while there are no bilaterals, or when no times were found within `seconds`.
    """
    async with store.reading() as tx:
        found = await wanted(tx, keys, to, same_day=same_day, now=now)
    return await solved(store, found, now=now, seconds=seconds)


async def solved(store: Store, wanted: Wanted, *, now: datetime, seconds: float) -> Moving:
    """The times and hosts for what is wanted. UserError when no times were found within `seconds`."""
    schedule = await solving.solve(wanted.asked.problem, seconds=seconds) if wanted.pairs else _NOTHING
    had = {key: one.interpreter for key, one in wanted.pairs.items()}
    schedule = moving.nearest(wanted.asked, schedule, had) if wanted.pairs else schedule
    async with store.reading() as tx:
        known = await meetings.all_(tx)
        allocation = _allocation(wanted, schedule, known, await hosts.out(tx), now=now)
        held = _Held(known, allocation)
        one_day = wanted.same_day or not wanted.to.a_week
        moves = tuple(_move(wanted, schedule, one, held, one_day=one_day, now=now) for one in wanted.pairs.values())
        going = [one.pair.key for one in moves if one.after]
        people = sum([await _guests(tx, key) for key in going])
    return Moving(wanted, schedule, allocation, moves, people, now)


async def _guests(tx: Transaction, key: str) -> int:
    approved = await registration.listing(tx, key, status=Status.APPROVED)
    return sum(one.form.source != "interpreter" for one in approved)


async def move(store: Store, shown: Moving, *, now: datetime, by: str) -> tuple[str, ...]:
    """Do what was shown; returns the keys of what was moved. One letter to each focal point with all that moved.

    UserError, and no change, when anything has changed that could give another result.
    """
    async with store.transaction() as tx:
        await gathering.alone(tx)
        was = shown.wanted
        found = await wanted(tx, was.keys, was.to, same_day=was.same_day, now=shown.made_at)
        going = [one for one in shown.moves if one.after]
        if not await _as_shown(tx, found, shown, now=now) or any(one.after <= now for one in going if one.after):
            raise UserError("Something has changed since this was shown: nothing was moved. Give the command again.")
        if going:
            await _apply(tx, store, found, going, now=now, by=by)
    log.info("bilaterals.moved", moved=len(going), by=by)
    return tuple(one.pair.key for one in going)


async def _as_shown(tx: Transaction, wanted: Wanted, shown: Moving, *, now: datetime) -> bool:
    """Nothing is otherwise that could have given another result."""
    known, out = await meetings.all_(tx), await hosts.out(tx)
    same = (wanted.asked.problem, wanted.asked.aims) == (shown.wanted.asked.problem, shown.wanted.asked.aims)
    return same and _allocation(wanted, shown.schedule, known, out, now=now) == shown.hosts


_NOTHING = Schedule({}, {}, 0, 0.0, 0)


async def wanted(tx: Transaction, keys: Sequence[str] | None, to: Days, *, same_day: bool, now: datetime) -> Wanted:
    """What is asked of the solver; one on these days already is moved only if its interpreter has dropped out."""
    programme = await programme_flow.in_force(tx)
    known = await gathering.known(tx, programme, now=now)
    known = replace(known, holidays=gathering.holidays_of(programme, to.first_on, to.last_on))
    pairs = {one.key: one for one in known.pairs}
    if unknown := sorted(set(keys or ()) - set(pairs)):
        raise UserError(*(f"{key}: no such pair; see meetbot bilaterals" for key in unknown))
    said = {
        key: _cannot_move(pairs[key], programme.meetings.get(key), now) for key in (pairs if keys is None else keys)
    }
    movable = [key for key, why in said.items() if not why]
    begins = {key: programme.meetings[key].interval.start for key in movable}
    on_these_days = [key for key in movable if to.holds(begins[key], programme.zone)]
    there = [key for key in on_these_days if (pairs[key].interpreter or "").casefold() not in known.away]
    aims = {
        key: at if key in on_these_days else moving.aim(at, to, programme.zone)
        for key, at in begins.items()
        if key not in there
    }
    return Wanted(
        programme,
        None if keys is None else tuple(keys),
        to,
        same_day,
        {key: pairs[key] for key in aims},
        {key: why for key, why in said.items() if why and keys is not None},
        tuple(there),
        moving.asked(programme, known, to, aims, now, same_day=same_day),
    )


def _cannot_move(pair: Pair, meeting: Meeting | None, now: datetime) -> str:
    if pair.state not in ANNOUNCED or meeting is None or meeting.cancelled:
        return f"it is {pair.state}, so that there is nothing to move"
    return "it has begun, or is over" if meeting.interval.start <= now else ""


def _allocation(
    wanted: Wanted, schedule: Schedule, known: Mapping[str, meetings.Stored], out: frozenset[str], *, now: datetime
) -> core_hosts.Allocation:
    """Who holds what afterwards; what does not move keeps its host, for another one means another link."""
    grid = wanted.asked.problem.grid
    agreed = {
        key: _agreed_at(wanted, one, grid.at(placed.step), placed.interpreter)
        for key, one in wanted.pairs.items()
        if (placed := schedule.placed.get(key))
    }
    after = with_agreed(wanted.programme, agreed).meetings
    held = {key: one.known.host for key, one in known.items() if one.known.host}
    stays = {key: replace(one, host=one.host or held.get(key, "")) for key, one in after.items() if key not in agreed}
    return meetings_flow.allocate(replace(wanted.programme, meetings={**after, **stays}), known, out, now=now)


@dataclass(frozen=True)
class _Held:
    known: Mapping[str, meetings.Stored]
    allocation: core_hosts.Allocation

    def another(self, key: str) -> str | None:
        """Who holds it instead of its present host; None: the same does."""
        given = self.allocation.assigned.get(key)
        return None if given is None or given.host == self.known[key].known.host else given.host


def _move(
    wanted: Wanted,
    schedule: Schedule,
    pair: Pair,
    held: _Held,
    *,
    one_day: bool,
    now: datetime,
) -> Move:
    asked, before = wanted.asked, wanted.programme.meetings[pair.key].interval.start
    placed = schedule.placed.get(pair.key)
    no_host = held.allocation.without.get(pair.key, "")
    if placed is None or no_host:
        why = no_host or _no_time(wanted, schedule, pair, one_day=one_day, now=now)
        return Move(pair, before, None, pair.interpreter, why, None)
    after = asked.problem.grid.at(placed.step)
    why = "" if after == asked.aims[pair.key] else moving.why_not(wanted.programme, asked, schedule, pair, now)
    return Move(pair, before, after, placed.interpreter, why, held.another(pair.key))


def _no_time(wanted: Wanted, schedule: Schedule, pair: Pair, *, one_day: bool, now: datetime) -> str:
    why = moving.why_not(wanted.programme, wanted.asked, schedule, pair, now)
    if one_day:
        return f"{why or 'that time is taken'}; no other time of that day is possible either"
    plan, known = wanted.asked.plan, wanted.asked.known
    said = explain.reason(wanted.programme, plan, known, pair, schedule.left[pair.key])
    return "; ".join(dict.fromkeys(filter(None, (why, said))))


def _agreed(wanted: Wanted, one: Move) -> Agreed:
    assert one.after is not None, "it has a time"
    return _agreed_at(wanted, one.pair, one.after, one.interpreter)


def _agreed_at(wanted: Wanted, pair: Pair, starts_at: datetime, interpreter: str | None) -> Agreed:
    plan, meeting = gathering.plan_of(wanted.programme), wanted.programme.meetings[pair.key]
    who: dict[str, Interpreter] = {one.address: one for one in (*meeting.interpreters, *plan.interpreters)}
    interpreters = (who[interpreter],) if interpreter in who else ()
    return Agreed(pair.a, pair.b, starts_at, plan.duration // timedelta(minutes=1), interpreters)


def _becomes(wanted: Wanted, one: Move, *, now: datetime, by: str) -> Pair:
    return replace(
        wanted.pairs[one.pair.key],
        state=State.AGREED,
        reason=f"moved by {by}",
        since=now,
        starts_at=one.after,
        interpreter=one.interpreter,
        agreed_by=frozenset(),
        revision=one.pair.revision + 1,
    )


async def _apply(
    tx: Transaction, store: Store, wanted: Wanted, going: Sequence[Move], *, now: datetime, by: str
) -> None:
    before = wanted.programme.meetings
    moved = [_becomes(wanted, one, now=now, by=by) for one in going]
    for one in moved:
        await bilaterals.change(tx, wanted.pairs[one.key], one)
    rehosted = {one.pair.key: one.new_host for one in going if one.new_host}
    for key, host in rehosted.items():
        await meetings.assign(tx, key, host)
    programme = await programme_flow.agree(tx, {one.pair.key: _agreed(wanted, one) for one in going}, now=now, by=by)
    for key, host in rehosted.items():
        await programme_flow.stand_anew(tx, programme, key, reason=f"{host} holds it at its new time", now=now)
    begun = {one.key: before[one.key].interval.start for one in moved}
    changes = [letters.Change(one, "moved", before=begun[one.key]) for one in moved if begun[one.key] != one.starts_at]
    await confirming.tell(tx, store.links, programme, changes, now=now)
    await due.add(tx, due.Kind.BILATERALS, "all", now)
    for one in moved:
        detail = f"{before[one.key].interval.start} → {one.starts_at}"
        await audit.note(tx, now=now, who=by, what="bilaterals.moved", subject=one.key, detail=detail)
