"""The pass: see, act on every intent, tell people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from meetbot import errors
from meetbot.core import budget
from meetbot.core import meetings as core_meetings
from meetbot.core.model import Outcome, Programme
from meetbot.flows.meetings import act, tell
from meetbot.flows.meetings.look import Sight, gathered, look
from meetbot.flows.registration import links
from meetbot.store import audit, due, locks, meetings, programmes, quota
from meetbot.store.due import Kind
from meetbot.store.engine import Store
from meetbot.zoom.client import Zoom

log = structlog.get_logger("meetings")

#: Told how many of how many meetings have been seen to.
Progress = Callable[[int, int], None]

_AGAIN = timedelta(minutes=2)  # after Zoom could not be reached
_NEXT_LOOK = timedelta(minutes=10)  # a time changed in Zoom's own pages is seen within this, the rest within the hour


@dataclass(frozen=True)
class _Done:
    """What came of one intent."""

    remark: str | None = None  #: what a person should know
    again_at: datetime | None = None  #: when to look again; None: at the usual time
    stop: bool = False  #: Zoom does not answer: what has not begun waits for the next pass


async def run(store: Store, programme: Programme, zoom: Zoom, *, now: datetime, owner: str) -> Outcome:
    """The pass of the daemon: act on what is due, and say when to look again."""
    async with store.transaction() as tx:
        rows = await due.claim(tx, [Kind.MEETING], now=now, owner=owner)
    if not rows:
        return Outcome()
    next_look, reason, outcome, detail = now + _NEXT_LOOK, "", Outcome(), None
    try:
        outcome, again_at = await _bring_in_line(store, programme, zoom, now=now, since=_since(rows))
        detail = {"looked_at": now.isoformat()}
        next_look = min(next_look, again_at or next_look)
    except errors.ZoomRateLimited as error:
        next_look, reason = error.retry_at, str(error)
    except errors.ZoomError as error:
        next_look, reason = now + _AGAIN, str(error)
        log.warning("meetings.waiting_for_zoom", reason=reason)
    async with store.transaction() as tx:
        for row in rows:
            await due.again(tx, row, next_look, owner=owner, reason=reason, detail=detail)
    return outcome


def _since(rows: Sequence[due.Due]) -> datetime | None:
    """When the look before was; None when there was none, or somebody asked for this one, which then reads all."""
    looked_at = [datetime.fromisoformat(row.detail["looked_at"]) for row in rows if "looked_at" in row.detail]
    usual = len(looked_at) == len(rows) and min(row.due_at for row in rows) >= max(looked_at) + _NEXT_LOOK
    return min(looked_at) if usual else None


async def sync(
    store: Store, programme: Programme, zoom: Zoom, *, now: datetime, progress: Progress = lambda _done, _of: None
) -> Outcome:
    """Bring Zoom in line with the programme; run twice, the second time writes nothing.

    ZoomError when Zoom cannot be read; what could not be written is in the remarks and waits for the next pass.
    """
    outcome, _ = await _bring_in_line(store, programme, zoom, now=now, progress=progress)
    return outcome


async def deleted(
    store: Store, programme: Programme, zoom: Zoom, *, now: datetime, by: str, dry_run: bool = False
) -> tuple[str, ...]:
    """Believe that every meeting which Zoom does not list was deleted there; returns their keys.

    The answer of a person to the question whether this is the right account. What becomes of each is chosen next.
    ZoomError when Zoom cannot be read.
    """
    sight = await look(store, programme, zoom, now=now, right_account=True)
    gone = [one for one in sight.intents if isinstance(one, core_meetings.Gone)]
    keys = tuple(one.key for one in gone if sight.known[one.key].known.state is not core_meetings.MeetingState.GONE)
    if dry_run or not keys:
        return keys
    for one in gone:
        await act.on(store, zoom, one, sight.known, now=now)
    async with store.transaction() as tx:
        await due.add(tx, Kind.MEETING, "all", now)
        await audit.note(tx, now=now, who=by, what="meetings.deleted", subject="all", detail=", ".join(keys))
    log.info("meetings.deleted", meetings=len(keys), by=by)
    return keys


async def _bring_in_line(
    store: Store,
    programme: Programme,
    zoom: Zoom,
    *,
    now: datetime,
    since: datetime | None = None,
    progress: Progress = lambda _done, _of: None,
) -> tuple[Outcome, datetime | None]:
    sight = await look(store, programme, zoom, now=now, since=since)
    await _note_hosts(store, programme, sight, now=now)
    crew = _Crew(store, zoom, sight, now, progress)
    done = await gathered([crew.carry_out(intent) for intent in sight.intents])
    for key in crew.moved:
        await links.refresh(store, programme, zoom, key, now=now)
    await tell.people(store, programme, now=now)
    remarks = [one.remark for one in done if one.remark]
    if sight.quota:
        remarks.append(sight.quota)
    counts = Counter(type(intent).__name__.lower() for intent in sight.intents)
    return Outcome(counts, tuple(remarks)), min((one.again_at for one in done if one.again_at), default=None)


async def _note_hosts(store: Store, programme: Programme, sight: Sight, *, now: datetime) -> None:
    """Write down who holds what, and which meetings Zoom says are running."""
    async with store.transaction() as tx:
        await locks.alone(tx, *map(locks.meeting, sight.known))
        if not await programmes.in_force(tx, programme.number):
            return
        present = await meetings.all_(tx)
        for key, given in sight.allocation.assigned.items():
            if key in sight.known and present[key].known.host == sight.known[key].known.host != given.host:
                await meetings.assign(tx, key, given.host)
        for key, remote in sight.remote.items():
            if remote.status == "started":
                await meetings.seen_live(tx, key, now=now)


class _Crew:
    """Carries out the intents of one pass, several at a time."""

    def __init__(self, store: Store, zoom: Zoom, sight: Sight, now: datetime, progress: Progress) -> None:
        self.moved: list[str] = []  #: meetings whose join links may be others now
        self._store = store
        self._zoom = zoom
        self._known = sight.known
        self._now = now
        self._stopped = False
        self._progress, self._done, self._of = progress, 0, len(sight.intents)

    async def carry_out(self, intent: core_meetings.Intent) -> _Done:
        done = await self._carry_out(intent)
        self._done += 1
        self._progress(self._done, self._of)
        return done

    async def _carry_out(self, intent: core_meetings.Intent) -> _Done:
        key, name = core_meetings.key_of(intent), type(intent).__name__.lower()
        if self._stopped:
            return _Done()
        if name != "keep":
            log.info(f"meetings.{name}", reason=intent.reason, meeting=key)
        try:
            remark = await act.on(self._store, self._zoom, intent, self._known, now=self._now)
        except errors.ZoomRefused as refusal:  # that meeting waits for a person; the others go on
            return _Done(f"{key}: {refusal}")
        except errors.ZoomRateLimited as limit:
            await self._believe(intent, limit)
            return _Done(f"{key}: {limit}", again_at=limit.retry_at)
        except errors.ZoomError as error:
            self._stopped = True
            log.warning("meetings.waiting_for_zoom", reason=str(error))
            return _Done(f"{key}: {error}", again_at=self._now + _AGAIN)
        if isinstance(intent, core_meetings.Update | core_meetings.Adopt) and key:
            self.moved.append(key)
        wait = intent.until if isinstance(intent, core_meetings.Wait) else None
        lost = isinstance(intent, core_meetings.Create) and remark == act.outcome_unknown(key or "")
        return _Done(remark, again_at=self._now + core_meetings.SETTLE if lost else wait)

    async def _believe(self, intent: core_meetings.Intent, limit: errors.ZoomRateLimited) -> None:
        """A daily limit is not tried again and again: by our own count, too, the host has had the calls of today."""
        if not isinstance(intent, core_meetings.Create | core_meetings.Update):
            return
        if limit.retry_at >= budget.next_day(self._now):
            host = intent.planned.host.casefold()
            async with self._store.transaction() as tx:
                await quota.exhaust(tx, quota.Kind.WRITE, host, most=budget.WRITES_A_DAY, now=self._now)
