"""What is allowed before any search: zones, working hours, holidays, answers and what is taken, all as sets of steps.

After this nobody looks at a calendar again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from meetbot.core import times
from meetbot.core.bilaterals.nouns import Availability, Can
from meetbot.core.bilaterals.problem import Grid
from meetbot.core.delegations import WorkingHours
from meetbot.core.model import Bilaterals, Organisation, Programme
from meetbot.core.times import Interval

#: Nobody is invited to a bilateral sooner than this.
NOTICE = timedelta(days=1)


def grid(bilaterals: Bilaterals, programme: Programme) -> Grid:
    """The steps from the first day to the last, by the clocks of the programme.

    So fine that a meeting is a whole number of steps and every moment at which one may begin is one. ValueError while
    the days are not known.
    """
    if bilaterals.first_on is None or bilaterals.last_on is None:
        raise ValueError("the days of the bilaterals are not known yet")
    step = timedelta(minutes=math.gcd(_minutes(bilaterals.step), _minutes(bilaterals.duration)))
    origin = _instant(bilaterals.first_on, time(), programme.zone)
    end = _instant(bilaterals.last_on + timedelta(days=1), time(), programme.zone)
    return Grid(origin, step, (end - origin) // step)


def hours_of(organisation: Organisation, bilaterals: Bilaterals) -> WorkingHours:
    """Those of its country, or what is usual where the programme says nothing of it."""
    return bilaterals.hours.get(organisation.country, WorkingHours())


def workable(organisation: Organisation, rules: WorkingHours, holidays: Mapping[date, str], steps: Grid) -> int:
    """The steps that lie wholly in its working hours, by its own clocks: no lunch, no free day, no holiday.

    Hours of the wall, so that 08:30 stays 08:30 in the week in which the clocks are changed.
    """
    found = 0
    for day in _local_days(organisation.zone, steps):
        if day.weekday() in rules.weekdays and day not in holidays:
            for start, end in _stretches(rules):
                opens, closes = (_instant(day, wall, organisation.zone) for wall in (start, end))
                found |= steps.inside(Interval(opens, max(opens, closes)))
    return found


def said(availability: Availability, steps: Grid) -> tuple[int, int]:
    """The steps at which they can, and those of them at which only if needed. Of two answers the less willing holds."""
    by_answer: dict[Can, list[Interval]] = {can: [] for can in Can}
    for interval, can in availability.said:
        by_answer[can].append(interval)
    willing = times.union(by_answer[Can.YES] + by_answer[Can.IF_NEEDED])
    able = _inside(willing, steps) & ~touched(by_answer[Can.NO], steps)
    return able, able & touched(by_answer[Can.IF_NEEDED], steps)


def starts(free_a: int, free_b: int, length: int) -> int:
    """The steps at which a meeting of that many steps can begin with both sides free throughout."""
    both = found = free_a & free_b
    for later in range(1, length):
        found &= both >> later
    return found


def lasting(begins: int, length: int) -> int:
    """All steps of the meetings that begin at these."""
    found = 0
    for later in range(length):
        found |= begins << later
    return found


def begins(bilaterals: Bilaterals, steps: Grid, now: datetime) -> int:
    """The steps at which any meeting may begin: every `Bilaterals.step`, and not without notice."""
    every = _minutes(bilaterals.step) // _minutes(steps.step)
    regular = sum(1 << step for step in range(0, steps.count, every))
    return regular & steps.inside(Interval(min(now + NOTICE, _end(steps)), _end(steps)))


def days(zone: str, steps: Grid) -> tuple[int, ...]:
    """The steps that begin on each date of that zone's calendar."""
    found: dict[date, int] = {}
    for step in range(steps.count):
        day = steps.at(step).astimezone(times.zone(zone)).date()
        found[day] = found.get(day, 0) | 1 << step
    return tuple(found.values())


def offered(
    organisation: Organisation,
    peers: Iterable[Organisation],
    bilaterals: Bilaterals,
    holidays: Mapping[str, Mapping[date, str]],
    steps: Grid,
    now: datetime,
) -> Mapping[date, tuple[Interval, ...]]:
    """By its own dates, the times of which it is asked: those of meetings that it and at least one peer could have.

    `holidays` by country. A date on which there are none is left out.
    """
    length = bilaterals.duration // steps.step
    own = workable(organisation, hours_of(organisation, bilaterals), holidays.get(organisation.country, {}), steps)
    asked = 0
    for peer in peers:
        theirs = workable(peer, hours_of(peer, bilaterals), holidays.get(peer.country, {}), steps)
        asked |= lasting(starts(own, theirs, length) & begins(bilaterals, steps, now), length)
    by_date: dict[date, tuple[Interval, ...]] = {}
    for interval in intervals(asked, steps):
        day = interval.start.astimezone(times.zone(organisation.zone)).date()
        by_date[day] = (*by_date.get(day, ()), interval)
    return by_date


def intervals(set_of_steps: int, steps: Grid) -> tuple[Interval, ...]:
    """The same as stretches of time, in order."""
    chosen = (step for step in range(steps.count) if set_of_steps >> step & 1)
    return times.union(Interval(steps.at(step), steps.at(step + 1)) for step in chosen)


def touched(stretches: Iterable[Interval], steps: Grid) -> int:
    """The steps of which at least a moment lies in one of them."""
    found = 0
    for interval in stretches:
        found |= steps.touched(interval)
    return found


def _inside(stretches: Iterable[Interval], steps: Grid) -> int:
    found = 0
    for interval in stretches:
        found |= steps.inside(interval)
    return found


def _stretches(rules: WorkingHours) -> Sequence[tuple[time, time]]:
    if rules.lunch is None:
        return [(rules.start, rules.end)]
    return [(rules.start, min(rules.lunch[0], rules.end)), (max(rules.lunch[1], rules.start), rules.end)]


def _local_days(zone: str, steps: Grid) -> Iterator[date]:
    first, last = (at.astimezone(times.zone(zone)).date() for at in (steps.origin, _end(steps)))
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _end(steps: Grid) -> datetime:
    return steps.at(steps.count)


def _instant(day: date, wall: time, zone: str) -> datetime:
    """When clocks in the zone show this; where they skip it, the same time after the change as before."""
    return datetime.combine(day, wall, times.zone(zone)).astimezone(UTC)


def _minutes(duration: timedelta) -> int:
    return duration // timedelta(minutes=1)
