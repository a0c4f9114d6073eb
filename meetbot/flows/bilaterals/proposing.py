"""Times are looked for, in a process apart, and offered to both sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from meetbot.core import letters as core_letters
from meetbot.core.bilaterals import ANNOUNCED, Pair, Problem, Schedule, State, explain, letters, question, windows
from meetbot.core.delegations import Pairing
from meetbot.core.model import LetterKind, Programme
from meetbot.flows.bilaterals import asking, gathering, solving
from meetbot.store import audit, bilaterals, due, locks, outbox
from meetbot.store.engine import Store, Transaction

log = structlog.get_logger("bilaterals")


@dataclass(frozen=True)
class Found:
    """The times that were found, and what was known then."""

    problem: Problem
    schedule: Schedule
    pairs: Mapping[str, Pair]  #: by key, as they stood, or will stand once they are taken in
    reasons: Mapping[str, str]  #: by key: why a pair has no time, for a person
    silent: Mapping[str, tuple[str, ...]]  #: by key: the sides that had not answered
    answered: Mapping[str, datetime]  #: by organisation

    @property
    def fresh(self) -> tuple[str, ...]:
        """The pairs that have a time and are not confirmed yet."""
        return tuple(key for key in sorted(self.schedule.placed) if self.pairs[key].state not in ANNOUNCED)


@dataclass(frozen=True)
class Proposed:
    """What became of the pairs for which times were looked for."""

    counts: Mapping[State, int]
    refused: Mapping[str, str]  #: by key: what changed meanwhile


async def find(
    store: Store, programme: Programme, *, now: datetime, seconds: float, pairings: tuple[Pairing, ...] = ()
) -> Found:
    """Look for times; writes nothing. `pairings`: considered as if they had been taken in already.

    UserError when the days are not known, or no times were found within `seconds`.
    """
    plan = gathering.plan_of(programme)
    async with store.reading() as tx:
        known = await gathering.known(tx, programme, now=now, pairings=pairings)
    problem = question.problem(programme, plan, known, now)
    schedule = await solving.solve(problem, seconds=seconds)
    log.info("bilaterals.found", placed=len(schedule.placed), left=len(schedule.left), gap=round(schedule.gap, 4))
    return Found(
        problem,
        schedule,
        {one.key: one for one in known.pairs},
        explain.all_reasons(programme, plan, known, problem, schedule, now),
        {one.key: sides for one in known.pairs if (sides := explain.unanswered(one, known))},
        {key: one.answered_at for key, one in known.availabilities.items()},
    )


async def propose(
    store: Store, programme: Programme, found: Found, *, now: datetime, by: str, tell: bool = True
) -> Proposed:
    """Offer the times that were found, with a letter to each focal point if `tell`; what is offered already stays.

    A pair that stands otherwise by now, or of which a side has answered anew, is left as it is.
    """
    counts: Counter[State] = Counter()
    refused: dict[str, str] = {}
    moved: list[Pair] = []
    async with store.transaction() as tx:
        await locks.alone(tx, locks.BILATERALS)
        stored = {one.key: one for one in await bilaterals.pairs(tx)}
        answers = await bilaterals.availabilities(tx)
        answered = {key: one.answered_at for key, one in answers.items()}
        for key in (*found.fresh, *sorted(found.schedule.left)):
            was = stored.get(key)
            if was is None or _changed(found, was, answered):
                refused[key] = "it changed while times were looked for"
                continue
            becomes = _becomes(found, was, now=now)
            if becomes != was:
                await bilaterals.change(tx, was, becomes)
            if becomes.revision != was.revision:
                moved.append(becomes)
            counts[becomes.state] += 1
        if tell:
            await _tell(tx, store, programme, moved, now=now)
        detail = ", ".join(f"{count} {state}" for state, count in counts.items()) or "nothing"
        await audit.note(tx, now=now, who=by, what="bilaterals.proposed", subject=programme.key, detail=detail)
        await due.add(tx, due.Kind.BILATERALS, "all", now)
    log.info("bilaterals.proposed", moved=len(moved), refused=len(refused), by=by)
    return Proposed(counts, refused)


def _changed(found: Found, now_is: Pair, answered: Mapping[str, datetime]) -> bool:
    was = found.pairs[now_is.key]
    same_pair = (was.state, was.revision, was.wish) == (now_is.state, now_is.revision, now_is.wish)
    return not same_pair or any(found.answered.get(side) != answered.get(side) for side in (was.a, was.b))


def _becomes(found: Found, was: Pair, *, now: datetime) -> Pair:
    placed = found.schedule.placed.get(was.key)
    if placed is None and was.state is State.STUCK and was.starts_at is not None:
        return was  # its meeting never stood at Zoom, which says more
    if placed is None:
        reason, state = found.reasons[was.key], State.WAITING if was.key in found.silent else State.STUCK
        if (was.state, was.reason) == (state, reason):
            return was
        return replace(gathering.waiting(was, reason, now=now), state=state)
    starts_at = found.problem.grid.at(placed.step)
    if was.state is State.PROPOSED and was.starts_at == starts_at:
        return replace(was, interpreter=placed.interpreter)
    return replace(
        was,
        state=State.PROPOSED,
        reason="both sides are asked to agree",
        since=now,
        starts_at=starts_at,
        interpreter=placed.interpreter,
        agreed_by=frozenset(),
        revision=was.revision + 1,
    )


async def _tell(tx: Transaction, store: Store, programme: Programme, moved: list[Pair], *, now: datetime) -> None:
    """One letter to each focal point, with all that is new for them, and in place of one that has not left yet."""
    written = []
    for key in sorted({side for one in moved for side in (one.a, one.b)}):
        organisation = programme.organisations[key]
        if organisation.focal_point is None:
            continue
        page = await asking.page(tx, store.links, programme, key, now=now)
        overtaken = await outbox.overtake(tx, LetterKind.PROPOSAL, page=page)
        said = [one for one in await bilaterals.pairs(tx, key) if one.state is State.PROPOSED] if overtaken else moved
        theirs = [one for one in said if key in (one.a, one.b) and key not in one.agreed_by]
        until = min(one.starts_at for one in theirs if one.starts_at) - windows.NOTICE
        written.append(letters.proposal(programme, organisation, theirs, page=page, until=until))
    await outbox.put(tx, written, now=now, domain=core_letters.domain(programme))
