"""Focal points are asked when they can meet, asked once more before the deadline, and named when they are silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetbot.core import letters as core_letters
from meetbot.core import times
from meetbot.core.bilaterals import State, asking, letters, windows
from meetbot.core.delegations import Wish
from meetbot.core.model import Bilaterals, Organisation, Programme
from meetbot.errors import UserError
from meetbot.files import holidays
from meetbot.flows.bilaterals import pages
from meetbot.store import audit, bilaterals, due, locks, outbox
from meetbot.store.engine import Store, Transaction
from meetbot.store.page_links import Purpose
from meetbot.store.seal import Seal

_OVER = frozenset({State.CANCELLED, State.HELD, State.REPORTED})
_HOLIDAYS = timedelta(days=21)  # so far back: many in a row, and a weekend on both sides


@dataclass(frozen=True)
class ToAsk:
    """Who gets the letter when asked now. Whoever was asked before or has answered is not among them."""

    organisations: tuple[Organisation, ...]
    peers: Mapping[str, Sequence[Organisation]]  #: whom each is to meet, by its key
    until: datetime  #: by when they are to answer
    remarks: tuple[str, ...]  #: who cannot be asked, and why


@dataclass(frozen=True)
class Asked:
    """What came of asking."""

    letters: int
    remarks: tuple[str, ...]  #: who could not be asked, and why


@dataclass(frozen=True)
class Nudged:
    """What came of looking who has not answered."""

    letters: int
    next_at: datetime | None  #: when to look again; None: never


async def would_ask(store: Store, programme: Programme, organisations: Sequence[str] | None, *, now: datetime) -> ToAsk:
    """What `ask` would do; nothing is written. UserError as there."""
    async with store.reading() as tx:
        return await _to_ask(tx, programme, organisations, now=now)


async def ask(
    store: Store, programme: Programme, organisations: Sequence[str] | None, *, now: datetime, by: str
) -> Asked:
    """Send each focal point the letter with its page, once; of all sides with a pair, or of the named ones (keys).

    UserError when there is nobody to ask yet, the time to answer is over, or an organisation is unknown.
    """
    async with store.transaction() as tx:
        await locks.alone(tx, locks.BILATERALS)
        asked = await _to_ask(tx, programme, organisations, now=now)
        written = [
            letters.availability(
                programme,
                one,
                asked.peers[one.key],
                page=await page(tx, store.links, programme, one.key, now=now),
                until=asked.until,
            )
            for one in asked.organisations
        ]
        count = await outbox.put(tx, written, now=now, domain=core_letters.domain(programme))
        await due.add(tx, due.Kind.BILATERALS, "all", now)
        title = programme.bilaterals.title if programme.bilaterals else programme.title
        await audit.note(tx, now=now, who=by, what="bilaterals.asked", subject=title, detail=f"{count} letters")
    return Asked(count, asked.remarks)


async def page(tx: Transaction, seal: Seal, programme: Programme, organisation: str, *, now: datetime) -> int:
    """The page link of an organisation, see `pages.link`."""
    return await pages.link(tx, seal, programme, Purpose.BILATERALS, organisation, now=now)


async def nudge(tx: Transaction, seal: Seal, programme: Programme, *, now: datetime) -> Nudged:
    """Ask once more whoever was asked and has not answered; after the deadline name the silent to the organiser, once.

    The caller has `locks.BILATERALS`.
    """
    plan = programme.bilaterals
    if plan is None or plan.first_on is None or plan.last_on is None:
        return Nudged(0, None)
    until = asking.deadline(programme, plan)
    peers, answers = await _peers(tx, programme), await bilaterals.availabilities(tx)
    silent = [programme.organisations[key] for key in sorted(peers) if key not in answers]
    asked_at = await outbox.decided_at(tx, [letters.asked_key(one) for one in silent if one.focal_point])
    if not asked_at:
        return Nudged(0, None)
    if now >= until:
        sides = [letters.Silent(one, peers[one.key]) for one in silent]
        written, next_at = [letters.silent(programme, sides, until=until, now=now)], None
    else:
        asked = {
            one: asked_at[key] for one in silent if one.focal_point and (key := letters.asked_key(one)) in asked_at
        }
        both = {one: _nudges(plan, one, until) for one in asked}
        written = [
            letters.availability(
                programme,
                one,
                peers[one.key],
                page=await page(tx, seal, programme, one.key, now=now),
                until=until,
                nudge=come.before,
            )
            for one in asked
            if (come := asking.nudge_now(both[one], asked_at=asked[one], until=until, now=now))
        ]
        next_at = min([until, *(one.at for theirs in both.values() for one in theirs if one.at > now)])
    return Nudged(await outbox.put(tx, written, now=now, domain=core_letters.domain(programme)), next_at)


async def _to_ask(
    tx: Transaction, programme: Programme, organisations: Sequence[str] | None, *, now: datetime
) -> ToAsk:
    until = _asked_until(programme, now)
    if unknown := sorted(set(organisations or ()) - set(programme.organisations)):
        raise UserError(*(f"{key!r} is no organisation of the programme." for key in unknown))
    peers, answers = await _peers(tx, programme), await bilaterals.availabilities(tx)
    wanted = sorted(peers) if organisations is None else list(dict.fromkeys(organisations))
    problems = {key: why for key in wanted if (why := _cannot_be_asked(programme, key, peers))}
    able = [programme.organisations[key] for key in wanted if key not in problems and key not in answers]
    before = await outbox.decided_at(tx, [letters.asked_key(one) for one in able])
    new = tuple(one for one in able if letters.asked_key(one) not in before)
    return ToAsk(new, peers, until, tuple(problems.values()))


def _nudges(plan: Bilaterals, organisation: Organisation, until: datetime) -> tuple[asking.Nudge, asking.Nudge]:
    off = holidays.public_holidays(organisation.country, (until - _HOLIDAYS).date(), until.date()).holidays
    return asking.nudges(until, organisation, windows.hours_of(organisation, plan), off)


def _asked_until(programme: Programme, now: datetime) -> datetime:
    """UserError when nobody can be asked now."""
    plan = programme.bilaterals
    if plan is None:
        raise UserError("The programme has no bilaterals; describe them in the programme file and apply it.")
    if plan.first_on is None or plan.last_on is None:
        raise UserError("The days of the bilaterals are not known; write `from` and `to` and apply the programme.")
    until = asking.deadline(programme, plan)
    if now >= until:
        ended = f"{times.date_text(until, programme.zone)}, {times.clock_text(until, programme.zone)}"
        raise UserError(f"The time to answer ended {ended}; write a later `answers_by` and apply the programme.")
    return until


async def _peers(tx: Transaction, programme: Programme) -> Mapping[str, Sequence[Organisation]]:
    """Whom each organisation is still to meet, by its key."""
    found: dict[str, list[Organisation]] = {}
    for pair in await bilaterals.pairs(tx):
        sides = [programme.organisations.get(key) for key in (pair.a, pair.b)]
        if pair.wish is not Wish.NO and pair.state not in _OVER and all(sides):
            for key in (pair.a, pair.b):
                found.setdefault(key, []).append(programme.organisations[pair.other(key)])
    return found


def _cannot_be_asked(programme: Programme, key: str, peers: Mapping[str, Sequence[Organisation]]) -> str:
    """Why an organisation gets no letter, and what to do; "" when it does."""
    organisation = programme.organisations[key]
    if key not in peers:
        return f"{organisation.name} ({key}) has no pair: nobody is to meet it, so it is not asked."
    if organisation.focal_point is None:
        return f"{organisation.name} ({key}) has no focal point: name one in the programme file, or answer for it."
    return ""
