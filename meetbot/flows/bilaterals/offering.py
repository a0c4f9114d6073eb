"""The times of which a side is asked, on its page and on the telephone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from meetbot.core.bilaterals import Pair, State, windows
from meetbot.core.delegations import Wish
from meetbot.core.model import Organisation, Programme
from meetbot.core.times import Interval
from meetbot.files import holidays

_TO_BE_PLACED = frozenset({State.WAITING, State.PROPOSED, State.STUCK, State.AGREED, State.CREATED})


def peers(programme: Programme, organisation: str, pairs: Iterable[Pair]) -> list[Organisation]:
    """Whom it is to meet, of its own pairs."""
    wanted = (one for one in pairs if one.wish is not Wish.NO and one.state in _TO_BE_PLACED)
    found = (programme.organisations.get(one.other(organisation)) for one in wanted)
    return [one for one in found if one is not None]


def offered(
    programme: Programme, organisation: Organisation, pairs: Iterable[Pair], *, now: datetime
) -> Mapping[date, tuple[Interval, ...]]:
    """By its own dates; nothing while nobody is to be met or the days are not known. `pairs`: its own."""
    plan, others = programme.bilaterals, peers(programme, organisation.key, pairs)
    if plan is None or plan.first_on is None or plan.last_on is None or not others:
        return {}
    countries = {one.country for one in (organisation, *others)}
    free = {one: holidays.public_holidays(one, plan.first_on, plan.last_on).holidays for one in countries}
    return windows.offered(organisation, others, plan, free, windows.grid(plan, programme), now)
