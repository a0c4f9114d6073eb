"""Until when focal points are asked, and when they are asked once more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from meetbot.core import times
from meetbot.core.delegations import WorkingHours
from meetbot.core.model import Bilaterals, Organisation, Programme

_DAY = timedelta(days=1)
_EVENING = time(17)
#: Kept before the end of a working day, so that there is time to answer on the same day.
_LEFT_OF_THE_DAY = timedelta(hours=1)
#: Whoever was asked less than this before a nudge is not nudged: they have only just read it.
_JUST_ASKED = timedelta(hours=12)


@dataclass(frozen=True)
class Nudge:
    """Asked once more."""

    before: timedelta  #: how long before the deadline, by its name: 48 or 24 hours
    at: datetime


def deadline(programme: Programme, plan: Bilaterals) -> datetime:
    """Until when focal points are asked: as planned, or the evening before the first day.

    ValueError while the days are not known.
    """
    if plan.answers_by is not None:
        return plan.answers_by
    if plan.first_on is None:
        raise ValueError("the days of the bilaterals are not known yet")
    return datetime.combine(plan.first_on - _DAY, _EVENING, times.zone(programme.zone)).astimezone(UTC)


def nudges(
    until: datetime, organisation: Organisation, rules: WorkingHours, holidays: Mapping[date, str]
) -> tuple[Nudge, Nudge]:
    """48 and 24 hours before the deadline; what falls outside the working hours of that side comes before.

    Never later than a working day allows to answer, and the two never on one day.
    """
    last = _worked(until - _DAY, organisation, rules, holidays)
    first = _worked(min(until - 2 * _DAY, last - _DAY), organisation, rules, holidays)
    return Nudge(2 * _DAY, first), Nudge(_DAY, last)


def nudge_now(both: tuple[Nudge, Nudge], *, asked_at: datetime, until: datetime, now: datetime) -> Nudge | None:
    """The one that is to be sent by now: the newest whose time has come; None when there is none, or no more."""
    come = [one for one in both if one.at <= now < until and one.at - asked_at >= _JUST_ASKED]
    return come[-1] if come else None


def _worked(at: datetime, organisation: Organisation, rules: WorkingHours, holidays: Mapping[date, str]) -> datetime:
    """The same time of day on the last working day up to then; early and late hours become office hours."""
    zone = times.zone(organisation.zone)
    wall = at.astimezone(zone)
    days = (wall.date() - number * _DAY for number in range(14))
    day = next((day for day in days if day.weekday() in rules.weekdays and day not in holidays), wall.date())
    latest = (datetime.combine(day, rules.end) - _LEFT_OF_THE_DAY).time()
    return datetime.combine(day, max(rules.start, min(wall.time(), latest)), zone).astimezone(UTC)
