"""Why a pair has no time, in words that a person can act on: what stands in the way, and what would help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import product

from meetbot.core import times
from meetbot.core.bilaterals import openings, windows
from meetbot.core.bilaterals.nouns import Pair
from meetbot.core.bilaterals.problem import Blocker, Problem, Schedule
from meetbot.core.bilaterals.question import Known
from meetbot.core.model import Bilaterals, Organisation, Programme
from meetbot.core.times import Interval


def reason(
    programme: Programme,
    plan: Bilaterals,
    known: Known,
    pair: Pair,
    blockers: Sequence[Blocker],
    *,
    opening: Interval | None = None,
) -> str:
    """For a pair that has no time: everything that together stands in its way, and the smallest change that would help.

    What is named is a minimal core (`reasons`): nothing of it can be left out. Not so by its nature: of two sides that
    have not answered, or gave no time within their hours, both are named, since both have to be asked; and of two that
    have no common time, where they come nearest.

    `opening`: when it could take place if both sides gave that time.
    """
    sides = [programme.organisations[key] for key in (pair.a, pair.b)]
    if silent := unanswered(pair, known):
        return f"{_names(programme, silent)} {'has' if len(silent) == 1 else 'have'} not answered"
    if not blockers or blockers[0].what == "no common time":
        return _no_common_time(programme, plan, known, sides)
    said = " and ".join(dict.fromkeys(_words(programme, plan, pair, one) for one in blockers))
    to_mend = blockers[:1] if blockers[0].steps else blockers
    return f"{said}: {_what_helps(programme, to_mend, opening)}"


def unanswered(pair: Pair, known: Known) -> tuple[str, ...]:
    """The sides (keys) that have not said when they can."""
    return tuple(key for key in (pair.a, pair.b) if key not in known.availabilities)


def all_reasons(
    programme: Programme, plan: Bilaterals, known: Known, problem: Problem, schedule: Schedule, now: datetime
) -> Mapping[str, str]:
    """By pair, for all that the schedule leaves without a time."""
    pairs = {one.key: one for one in known.pairs}
    opening = openings.openings(programme, plan, known, problem, schedule, now)
    return {
        key: reason(programme, plan, known, pairs[key], blockers, opening=opening.get(key))
        for key, blockers in sorted(schedule.left.items())
    }


def _what_helps(programme: Programme, to_mend: Sequence[Blocker], opening: Interval | None) -> str:
    """The smallest change: another time that both give, else one more of what is missing."""
    missing = {one.what for one in to_mend}
    if "interpreters" in missing and not all(one.who for one in to_mend if one.what == "interpreters"):
        return "add an interpreter to the programme"
    if opening is not None:
        when = f"{times.date_text(opening.start, programme.zone)}, {times.span_text(opening, programme.zone)}"
        return f"possible on {when}, if both can then"
    if "calls" in missing:
        return "choose later days, or add a host to the programme"
    if missing == {"hosts"}:
        return "add a host to the programme"
    if missing == {"interpreters"}:
        return "add an interpreter to the programme"
    return "no other time of these days is possible; add a day"


def _no_common_time(programme: Programme, plan: Bilaterals, known: Known, sides: Sequence[Organisation]) -> str:
    """Where the two come closest, and by how much one of them would have to give more."""
    theirs = [_times_of(programme, plan, known, one) for one in sides]
    if empty := [one.name for one, stretches in zip(sides, theirs, strict=True) if not stretches]:
        return f"{' and '.join(empty)} gave no time within the working hours: ask for one"
    nearest = min(product(*theirs), key=lambda both: (_lacking(both, plan.duration), both))
    both = " and ".join(
        f"{one.name} can on {times.date_text(stretch.start, one.zone)}, {times.span_text(stretch, one.zone)}"
        for one, stretch in zip(sides, nearest, strict=True)
    )
    minutes = _lacking(nearest, plan.duration) // timedelta(minutes=1)
    more = (
        f"{_duration(minutes)} more of one of them would do"
        if minutes > 0
        else "nothing can begin in between, or by now it is too late to invite to it"
    )
    return f"no common free time; nearest, {both}: {more}"


def _times_of(programme: Programme, plan: Bilaterals, known: Known, one: Organisation) -> tuple[Interval, ...]:
    """What it said, as far as people work then."""
    grid = windows.grid(plan, programme)
    off = known.holidays.get(one.country, {})
    able, _ = windows.said(known.availabilities[one.key], grid)
    return windows.intervals(able & windows.workable(one, windows.hours_of(one, plan), off, grid), grid)


def _lacking(both: Sequence[Interval], duration: timedelta) -> timedelta:
    """How much later one would have to end, or earlier the other begin."""
    return duration - (min(one.end for one in both) - max(one.start for one in both))


def _words(programme: Programme, plan: Bilaterals, pair: Pair, blocker: Blocker) -> str:
    who = programme.organisations[blocker.who].name if blocker.who in programme.organisations else blocker.who
    match blocker.what:
        case "delegation":
            return f"{who} has other meetings when both could"
        case "day full":
            return f"{who} has its {plan.most_a_day} bilaterals of the day already when both could"
        case "hosts":
            return "all hosts hold other meetings when both could"
        case "interpreters":
            languages = "–".join(" or ".join(programme.organisations[key].speaks) for key in (pair.a, pair.b))
            return f"no {languages} interpreter is {'free when both could' if who else 'known'}"
        case "calls":
            return "the hosts may create no more meetings until then (Zoom allows each 100 calls a day)"
    return "a meeting would end after the last day"


def _names(programme: Programme, keys: Sequence[str]) -> str:
    return " and ".join(programme.organisations[key].name for key in keys)


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join(filter(None, (f"{hours} h" if hours else "", f"{rest} min" if rest else "")))
