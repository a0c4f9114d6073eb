"""All that is known when times are sought: from the store, the programme and the calendars of holidays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from meetbot.core import budget
from meetbot.core.bilaterals import Pair, State
from meetbot.core.bilaterals.question import Known
from meetbot.core.delegations import Pairing, Wish
from meetbot.core.model import Bilaterals, Programme
from meetbot.errors import UserError
from meetbot.files import holidays
from meetbot.flows.programme import current
from meetbot.store import bilaterals, hosts, interpreters, locks, quota
from meetbot.store.engine import Transaction

#: For these a time is looked for, or another one.
SOUGHT = frozenset({State.WAITING, State.PROPOSED, State.STUCK})
_DAY = timedelta(days=1)


async def alone(tx: Transaction) -> None:
    """Until this transaction ends nobody else changes the programme, a meeting, a pair or what was said."""
    await current.alone(tx)
    await locks.alone(tx, locks.BILATERALS)


def plan_of(programme: Programme) -> Bilaterals:
    """UserError while there are no bilaterals, or their days are not known."""
    plan = programme.bilaterals
    if plan is None:
        raise UserError("The programme has no bilaterals: write the part `bilaterals:`, then apply it.")
    if plan.first_on is None or plan.last_on is None:
        raise UserError("The days of the bilaterals are not known yet: write `from:` and `to:`, then apply it.")
    return plan


async def known(tx: Transaction, programme: Programme, *, now: datetime, pairings: Sequence[Pairing] = ()) -> Known:
    """`pairings`: to be considered as if they had been taken in already. UserError as `plan_of`."""
    plan, out = plan_of(programme), await hosts.out(tx)
    assert plan.first_on is not None and plan.last_on is not None, "see `plan_of`"
    pairs = with_pairings(await bilaterals.pairs(tx), pairings, now=now)
    return Known(
        pairs=[one for one in pairs.values() if {one.a, one.b} <= programme.organisations.keys()],
        availabilities=await bilaterals.availabilities(tx),
        holidays=holidays_of(programme, plan.first_on, plan.last_on),
        meetings=tuple(programme.meetings.values()),
        delegates=await bilaterals.delegates(tx),
        out=out,
        away=await interpreters.out(tx),
        creates=_creates(programme, plan, out, await quota.spent(tx, quota.Kind.WRITE, now=now), now),
    )


def with_pairings(stored: Iterable[Pair], pairings: Iterable[Pairing], *, now: datetime) -> Mapping[str, Pair]:
    """By key, as they stand once these are taken in; a pair that was announced stays as it is."""
    pairs = {one.key: one for one in stored}
    for one in pairings:
        was = pairs.get(one.key)
        if was is None:
            a, b = sorted((one.a, one.b))
            pairs[one.key] = Pair(one.key, a, b, one.wish, one.weight, State.WAITING, _why_new(one.wish), now)
        elif was.state in SOUGHT and (was.wish, was.weight) != (one.wish, one.weight):
            becomes = replace(was, wish=one.wish, weight=one.weight)
            pairs[one.key] = waiting(becomes, _why_new(one.wish), now=now) if one.wish is Wish.NO else becomes
    return pairs


def waiting(pair: Pair, reason: str, *, now: datetime) -> Pair:
    """The pair without a time, to be given another."""
    return replace(
        pair, state=State.WAITING, reason=reason, since=now, starts_at=None, interpreter=None, agreed_by=frozenset()
    )


def _why_new(wish: Wish) -> str:
    return "the two must not meet" if wish is Wish.NO else "a time is looked for"


def holidays_of(programme: Programme, first: date, last: date) -> Mapping[str, Mapping[date, str]]:
    """By country, of all organisations. One day more on both sides: elsewhere it is another date already, or still."""
    countries = sorted({one.country for one in programme.organisations.values()})
    return {one: holidays.public_holidays(one, first - _DAY, last + _DAY).holidays for one in countries}


def _creates(
    programme: Programme, plan: Bilaterals, out: frozenset[str], spent: Mapping[str, int], now: datetime
) -> int:
    """How many meetings the pool may create until the bilaterals begin: the rest of today, and each whole day."""
    assert plan.first_on is not None, "see `plan_of`"
    pool = [one.address.casefold() for one in programme.hosts if not one.backup]
    usable = [one for one in pool if one not in out]
    today = sum(max(0, budget.WRITES_A_DAY - spent.get(one, 0)) for one in usable)
    days = max(0, (plan.first_on - now.date() - _DAY).days)
    return today + days * budget.WRITES_A_DAY * len(usable)
