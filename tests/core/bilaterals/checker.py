"""Looks at a finished schedule with plain loops and says what is wrong with it. Shares no code with what made it.

`faults` goes by the steps of the problem, `faults_on_the_clock` by what the clocks on the walls of both sides show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from meetbot.core.bilaterals.problem import Problem, Request, Schedule
from meetbot.core.delegations import WorkingHours
from meetbot.core.model import Programme
from meetbot.core.times import Interval

#: The two organisations of a bilateral.
Sides = tuple[str, str]


def faults(problem: Problem, schedule: Schedule) -> list[str]:
    """Every rule of the problem that the schedule breaks; what is fixed is there before the rules, and may."""
    return [
        *_sums(problem, schedule),
        *(fault for one in problem.requests if one.pair in schedule.placed for fault in _alone(problem, schedule, one)),
        *_together(problem, schedule),
        *_hosts(problem, schedule),
        *_days(problem, schedule),
        *_calls(problem, schedule),
    ]


def _sums(problem: Problem, schedule: Schedule) -> Iterator[str]:
    """Nobody is left out, nobody is there twice, and the figures are those of the placements."""
    weight = reluctant = 0
    moved = []
    for one in problem.requests:
        placed, left = one.pair in schedule.placed, one.pair in schedule.left
        if placed == left:
            yield f"{one.pair} is {'placed and left' if placed else 'nowhere'}"
        if left and not schedule.left[one.pair]:
            yield f"{one.pair} is left without a reason"
        if placed:
            weight += one.weight
            reluctant += one.reluctant >> schedule.placed[one.pair].step & 1
        if one.announced is not None and not (placed and schedule.placed[one.pair].step == one.announced):
            moved.append(one.pair)
    for stranger in {*schedule.placed, *schedule.left} - {one.pair for one in problem.requests}:
        yield f"{stranger} was not asked for"
    if (weight, reluctant, sorted(moved)) != (schedule.weight, schedule.reluctant, sorted(schedule.moved)):
        yield f"weight {weight}, reluctant {reluctant}, moved {moved}: the schedule says otherwise"
    if weight > schedule.bound + 1e-6:
        yield f"weight {weight} is above the bound {schedule.bound}"


def _alone(problem: Problem, schedule: Schedule, one: Request) -> Iterator[str]:
    """What can be said of one placement by itself."""
    step, interpreter = schedule.placed[one.pair].step, schedule.placed[one.pair].interpreter
    if one.fixed:
        if step != one.announced:
            yield f"{one.pair} is fixed at {one.announced} and stands at {step}"
        return
    if not one.allowed >> step & 1:
        yield f"{one.pair} may not begin at {step}"
    for at in range(step, step + problem.length):
        if at >= problem.grid.count:
            yield f"{one.pair} runs beyond the last step"
        for side in (one.a, one.b):
            if problem.busy.get(side, 0) >> at & 1:
                yield f"{side} is taken at {at}, in {one.pair}"
        if interpreter is not None and not problem.interpreters.get(interpreter, 0) >> at & 1:
            yield f"{interpreter} is not free at {at}, in {one.pair}"
    if (one.interpreted or one.interpreters) and interpreter not in one.interpreters:
        yield f"{one.pair} needs one of {sorted(one.interpreters)} and has {interpreter}"
    if not (one.interpreted or one.interpreters) and interpreter is not None:
        yield f"{one.pair} has {interpreter} and needs nobody"


def _together(problem: Problem, schedule: Schedule) -> Iterator[str]:
    """Any two placements: the same delegation, shared people or the same interpreter too close together."""
    placed = [one for one in problem.requests if one.pair in schedule.placed]
    for one, other in combinations(placed, 2):
        if one.fixed and other.fixed:
            continue
        mine, theirs = schedule.placed[one.pair], schedule.placed[other.pair]
        apart = abs(mine.step - theirs.step)
        for side in (one.a, one.b):
            if side in (other.a, other.b) and apart < problem.length + problem.rest:
                yield f"{side} is in {one.pair} and {other.pair}, {apart} steps apart"
            for group in problem.shared:
                for peer in (other.a, other.b):
                    near = apart < problem.length + max(problem.rest, problem.travel)
                    if side != peer and side in group and peer in group and near:
                        yield f"{side} and {peer} share people: {one.pair} and {other.pair}, {apart} steps apart"
        who = mine.interpreter
        if who is not None and who == theirs.interpreter and apart < problem.length + problem.rest:
            yield f"{who} is in {one.pair} and {other.pair}, {apart} steps apart"


def _hosts(problem: Problem, schedule: Schedule) -> Iterator[str]:
    fixed = {one.pair for one in problem.requests if one.fixed}
    for step, most in enumerate(problem.hosts):
        held = []
        for pair, placement in schedule.placed.items():
            if placement.step <= step < placement.step + problem.length + problem.host_rest:
                held.append(pair)
        if len(held) > most and not fixed.issuperset(held):
            yield f"{most} hosts at {step} for {sorted(held)}"


def _days(problem: Problem, schedule: Schedule) -> Iterator[str]:
    if not problem.most_a_day:
        return
    for name, days in problem.days.items():
        for number, day in enumerate(days):
            held = []
            for one in problem.requests:
                if one.pair in schedule.placed and name in (one.a, one.b) and day >> schedule.placed[one.pair].step & 1:
                    held.append(one)
            if len(held) > problem.most_a_day and not all(one.fixed for one in held):
                yield f"{name} has {len(held)} meetings on its day {number}"


def _calls(problem: Problem, schedule: Schedule) -> Iterator[str]:
    calls = 0
    for one in problem.requests:
        if one.pair in schedule.placed and schedule.placed[one.pair].step != one.announced:
            calls += 1
    if problem.most_creates is not None and calls > problem.most_creates:
        yield f"{calls} calls, and only {problem.most_creates} are left"


def faults_on_the_clock(
    programme: Programme,
    meetings: Mapping[Sides, Interval],
    holidays: Mapping[str, Mapping[date, str]],
    *,
    interpreters: Mapping[Sides, str] | None = None,
    hosts: Mapping[Sides, str] | None = None,
) -> list[str]:
    """What somebody with a wall clock, a calendar and a pencil on each side would object to.

    `holidays` by country. Times at which the programme's own meetings hold a delegation are objected to as well.
    """
    plan = programme.bilaterals
    assert plan is not None
    found = []
    for sides, interval in meetings.items():
        for side in sides:
            organisation = programme.organisations[side]
            rules = plan.hours.get(organisation.country, WorkingHours())
            off = holidays.get(organisation.country, {})
            objection = _objection(interval, ZoneInfo(organisation.zone), rules, off)
            if objection:
                found.append(f"{side}: {objection}")
        for meeting in programme.meetings.values():
            concerned = not meeting.delegations or set(sides) & set(meeting.delegations)
            taken = Interval(meeting.opens_at, meeting.interval.end)
            theirs = set(sides) == set(meeting.delegations)
            if concerned and not theirs and not meeting.cancelled and _near(interval, taken, plan.rest):
                found.append(f"{'+'.join(sides)}: {meeting.key} is then")
    buffer = max((one.buffer for one in programme.hosts), default=timedelta())
    for (one, mine), (other, then) in combinations(meetings.items(), 2):
        for side in {*one} & {*other}:
            if _near(mine, then, plan.rest):
                found.append(f"{side}: twice at one time")
        for who, apart in ((interpreters, plan.rest), (hosts, buffer)):
            if who and who.get(one) is not None and who.get(one) == who.get(other) and _near(mine, then, apart):
                found.append(f"{who[one]}: twice at one time")
    for side in {side for sides in meetings for side in sides}:
        found += _crowded_days(side, programme, meetings)
    return found


def _near(one: Interval, other: Interval, apart: timedelta) -> bool:
    return one.start < other.end + apart and other.start < one.end + apart


def _objection(interval: Interval, zone: ZoneInfo, rules: WorkingHours, off: Mapping[date, str]) -> str:
    """Minute by minute, what the wall clock there shows while they meet."""
    minute = interval.start
    while minute < interval.end:
        wall = minute.astimezone(UTC).astimezone(zone)
        said = f"{wall:%a %d %b %H:%M}"
        if wall.weekday() not in rules.weekdays:
            return f"{said} is no working day"
        if wall.date() in off:
            return f"{said} is {off[wall.date()]}"
        if not rules.start <= wall.time() < rules.end:
            return f"{said} is outside the working hours"
        if rules.lunch and rules.lunch[0] <= wall.time() < rules.lunch[1]:
            return f"{said} is lunch"
        minute += timedelta(minutes=1)
    return ""


def _crowded_days(side: str, programme: Programme, meetings: Mapping[Sides, Interval]) -> list[str]:
    assert programme.bilaterals is not None
    zone, most = ZoneInfo(programme.organisations[side].zone), programme.bilaterals.most_a_day
    count: dict[date, int] = {}
    for sides, interval in meetings.items():
        if side in sides:
            day = _wall(interval.start, zone).date()
            count[day] = count.get(day, 0) + 1
    return [f"{side}: {held} meetings on {day}" for day, held in sorted(count.items()) if most and held > most]


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(UTC).astimezone(zone)
