"""What was agreed is followed to its report; and the pass that looks after the bilaterals by itself."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from meetbot.core import attendance as core_attendance
from meetbot.core.bilaterals import ANNOUNCED, Availability, Pair, State
from meetbot.core.bilaterals import asking as core_asking
from meetbot.core.delegations import Wish
from meetbot.core.meetings import KnownMeeting, MeetingState
from meetbot.core.model import Meeting, Outcome, Programme
from meetbot.errors import UserError
from meetbot.flows.bilaterals import asking, proposing
from meetbot.store import attendance, bilaterals, due, hosts, interpreters, locks, meetings, programmes
from meetbot.store.due import Due, Kind
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("bilaterals")

_SECONDS = 60  # to look for times; nothing waits for it
_BETWEEN_TWO = timedelta(minutes=10)  # of such looks: many answers come just before the deadline
_UNTIL_CREATED = timedelta(minutes=1)  # at first; whatever still keeps it back then takes longer
_UNTIL_REPORTED = timedelta(minutes=10)
#: After this the report is not waited for any more.
_NO_REPORT = 2 * core_attendance.GIVE_UP


async def run(store: Store, programme: Programme, *, now: datetime, owner: str) -> Outcome:
    """Ask the silent once more, follow what is agreed, and look for times when all have answered or may no longer."""
    counts: Counter[str] = Counter()
    async with store.transaction() as tx:
        if not await programmes.in_force(tx, programme.number):
            return Outcome()  # the next pass has the new one
        rows = await due.claim(tx, [Kind.BILATERALS], now=now, owner=owner)
    for row in rows:
        nudged, moved, next_at = await _look_after(store, programme, now=now)
        detail, remark = await _find_if_wanted(store, programme, row.detail, now=now)
        look_at = [at for at in (nudged.next_at, next_at, _find_at(detail)) if at is not None]
        async with store.transaction() as tx:
            if not await programmes.in_force(tx, programme.number):
                look_at = [now]  # what was looked after is of a programme that no longer is
            await _end(tx, row, min(look_at, default=None), detail, reason=remark, now=now, owner=owner)
        counts += Counter(nudged=nudged.letters, moved=moved)
    return Outcome(counts)


async def follow(store: Store, programme: Programme, *, now: datetime) -> int:
    """Move each announced pair on to where its meeting stands; returns how many moved."""
    async with store.transaction() as tx:
        await locks.alone(tx, locks.BILATERALS)
        return (await _follow(tx, programme, now=now))[0]


async def _look_after(
    store: Store, programme: Programme, *, now: datetime
) -> tuple[asking.Nudged, int, datetime | None]:
    async with store.transaction() as tx:
        await locks.alone(tx, locks.BILATERALS)
        nudged = await asking.nudge(tx, store.links, programme, now=now)
        return (nudged, *await _follow(tx, programme, now=now))


async def _follow(tx: Transaction, programme: Programme, *, now: datetime) -> tuple[int, datetime | None]:
    """How many moved, and when to look again; None: never."""
    moved, look_at = 0, []
    for pair in await bilaterals.pairs(tx):
        meeting = programme.meetings.get(pair.key)
        if pair.state not in ANNOUNCED or meeting is None:
            continue
        becomes = await _stands(tx, pair, meeting, now=now)
        moved += becomes != pair and await bilaterals.change(tx, pair, becomes)
        look_at += [at] if (at := _again_at(becomes, meeting, now)) else []
    return moved, min(look_at, default=None)


async def _stands(tx: Transaction, pair: Pair, meeting: Meeting, *, now: datetime) -> Pair:
    stored = await meetings.get(tx, pair.key)
    at_zoom = stored is not None and stored.known.zoom_id is not None
    if any(report.final for report in await attendance.reports(tx, pair.key)):
        state, reason = State.REPORTED, "the attendance report is final"
    elif now >= meeting.interval.end:
        if not at_zoom:
            return replace(pair, state=State.STUCK, reason="its meeting never stood at Zoom", since=now)
        state, reason = State.HELD, "its time is over"
    elif stored is not None and _as_agreed(stored.known, meeting):
        state, reason = State.CREATED, "its meeting stands at Zoom"
    else:
        return pair
    return pair if state is pair.state else replace(pair, state=state, reason=reason, since=now)


def _as_agreed(known: KnownMeeting, meeting: Meeting) -> bool:
    """Zoom holds it at that time: just after a move it still has the former one."""
    held = known.planned
    return known.state is MeetingState.CREATED and held is not None and held.starts_at == meeting.interval.start


def _again_at(pair: Pair, meeting: Meeting, now: datetime) -> datetime | None:
    match pair.state:
        case State.AGREED:
            wait = _UNTIL_CREATED if now < pair.since + _UNTIL_REPORTED else _UNTIL_REPORTED
            return min(now + wait, meeting.interval.end)
        case State.CREATED:
            return meeting.interval.end
        case State.HELD if now < meeting.interval.end + _NO_REPORT:
            return now + _UNTIL_REPORTED
    return None


async def _find_if_wanted(
    store: Store, programme: Programme, detail: Mapping[str, str], *, now: datetime
) -> tuple[Mapping[str, str], str]:
    """What the next look has to know, and what went wrong; "" when nothing did."""
    async with store.reading() as tx:
        pairs, answers = await bilaterals.pairs(tx), await bilaterals.availabilities(tx)
        said = _digest(programme, pairs, answers, await hosts.out(tx), await interpreters.out(tx))
    if not _wanted(programme, pairs, answers, new=said != detail.get("said"), now=now):
        return {key: value for key, value in detail.items() if key != "find_at"}, ""
    looked_at = datetime.fromisoformat(detail["looked_at"]) if "looked_at" in detail else None
    if looked_at is not None and now < looked_at + _BETWEEN_TWO:
        return {**detail, "find_at": (looked_at + _BETWEEN_TWO).isoformat()}, ""
    looked = {"looked_at": now.isoformat(), "said": said}
    try:
        found = await proposing.find(store, programme, now=now, seconds=_SECONDS)
        await proposing.propose(store, programme, found, now=now, by="the service")
    except UserError as error:
        log.warning("bilaterals.not_found", reason=str(error))
        return {"looked_at": looked["looked_at"], "find_at": (now + _BETWEEN_TWO).isoformat()}, str(error)
    return looked, ""


def _wanted(
    programme: Programme, pairs: tuple[Pair, ...], answers: Mapping[str, Availability], *, new: bool, now: datetime
) -> bool:
    """Whether times are to be looked for now: not at every answer, but when all have answered or may no longer."""
    plan = programme.bilaterals
    if plan is None or plan.first_on is None or plan.last_on is None:
        return False
    open_ = [
        one for one in pairs if one.state in (State.WAITING, State.PROPOSED, State.STUCK) and one.wish is not Wish.NO
    ]
    all_in = {side for one in open_ for side in (one.a, one.b)} <= answers.keys()
    if not open_ or not (all_in or now >= core_asking.deadline(programme, plan)):
        return False
    return new or any(one.state is State.WAITING and {one.a, one.b} <= answers.keys() for one in open_)


def _digest(
    programme: Programme,
    pairs: tuple[Pair, ...],
    answers: Mapping[str, Availability],
    no_host: frozenset[str],
    no_interpreter: frozenset[str],
) -> str:
    """What decides which times there are: with another one, a pair that was stuck may have one."""
    said = [f"{key} {one.answered_at.isoformat()}" for key, one in sorted(answers.items())]
    freed = [f"{one.key} {one.since.isoformat()}" for one in pairs if one.state is State.CANCELLED]
    able = [str(programme.number), *said, *sorted(freed), *sorted(no_host), *sorted(no_interpreter)]
    return hashlib.sha256("\n".join(able).encode()).hexdigest()


def _find_at(detail: Mapping[str, str]) -> datetime | None:
    return datetime.fromisoformat(detail["find_at"]) if "find_at" in detail else None


async def _end(
    tx: Transaction,
    row: Due,
    look_at: datetime | None,
    detail: Mapping[str, str],
    *,
    reason: str,
    now: datetime,
    owner: str,
) -> None:
    """The row stays, for what is asked later; without anything to wait for it looks once a day."""
    await due.again(tx, row, look_at or now + timedelta(days=1), owner=owner, reason=reason, detail=detail)
